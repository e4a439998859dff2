"""Cases: what arrives, who is responsible, which clock runs, which steps are taken.

``workflow`` declares (no database), ``models`` keeps, ``act`` is the one door through which anything happens,
``clocks`` count, ``duty`` says who has it, ``sweep`` reminds and escalates.
"""
from __future__ import annotations

from core.case import usual_deeds
from core.case.act import Offer, add_event, available, do, note_down, open_case
from core.case.models import Case, Clock, ClockResult, Confidentiality, Event
from core.case.workflow import (
    ANY,
    CLOSED,
    OPEN,
    WAITING,
    Action,
    Approval,
    Deadline,
    Meaning,
    Reminder,
    State,
    Together,
    Workflow,
    WorkflowError,
)

__all__ = ["ANY", "CLOSED", "OPEN", "WAITING", "Action", "Approval", "Case", "Clock", "ClockResult", "Confidentiality",
           "Deadline", "Event", "Meaning", "Offer", "Reminder", "State", "Together", "Workflow", "WorkflowError", "add_event",
           "available", "do", "note_down", "open_case", "usual_deeds"]
