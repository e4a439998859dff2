"""Cases: what arrives, who is responsible, which clock runs, which steps are taken.

``workflow`` declares (no database), ``models`` keeps, ``act`` is the one door through which anything happens,
``clocks`` count, ``duty`` says who has it, ``sweep`` reminds and escalates.
"""
from __future__ import annotations

from core.case import assigning, checklists, saved, usual_deeds, webhooks
from core.case.act import Offer, add_event, available, do, note_down, open_case
from core.case.models import Case, Clock, ClockResult, Confidentiality, Event
from core.case.workflow import (
    ANY,
    CLOSED,
    OPEN,
    WAITING,
    Action,
    Approval,
    Assignment,
    Checklist,
    Deadline,
    Item,
    Meaning,
    Pick,
    Reminder,
    Reply,
    State,
    Together,
    Workflow,
    WorkflowError,
)

__all__ = ["ANY", "CLOSED", "OPEN", "WAITING", "Action", "Approval", "Assignment", "Case", "Checklist", "Clock",
           "ClockResult", "Confidentiality", "Deadline", "Event", "Item", "Meaning", "Offer", "Pick", "Reminder", "Reply",
           "State", "Together", "Workflow", "WorkflowError", "add_event", "assigning", "available", "checklists", "do",
           "note_down", "open_case", "saved", "usual_deeds", "webhooks"]
