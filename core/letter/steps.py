"""A step that names a letter has it drafted: whoever took the step is its drafter, two others review and sign it."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from core.access.viewer import system_viewer
from core.case.act import add_event
from core.case.models import Case, Event
from core.case.workflow import Action
from core.errors import Refusal
from core.letter import register
from core.letter.models import Letter, LetterState
from core.signals import reminder_due, step_taken
from core.words import gettext as _


@step_taken.connect
def draft_letter(_kind: Any, case: Case, event: Event, action: Action, **_rest: Any) -> None:
    """Draft the letter of ``action``, in the transaction of the step. A field that is missing refuses the step: what
    cannot be said in the letter cannot be done yet."""
    session = object_session(case)
    if not action.letter or session is None:
        return
    drafter = replace(system_viewer(f"letter of {action.name}", event.actor), user_id=event.actor_id, unit_id=event.unit_id)
    register.draft(session, register.kind_named(action.letter), case, drafter)


@reminder_due.connect
def draft_reminder(_kind: Any, case: Case, letter: str, **_rest: Any) -> None:
    """Draft the letter that goes with a reminder, unless one of its kind waits in the case. One that cannot be drafted is
    noted on the timeline and keeps nobody from being reminded."""
    session = object_session(case)
    if session is None or session.scalar(select(Letter.id).where(
            Letter.case_id == case.id, Letter.kind == letter, Letter.state.in_((LetterState.DRAFT, LetterState.REVIEWED)))):
        return
    by = system_viewer("a reminder goes with a letter", _("System"))
    try:
        with session.begin_nested():
            register.draft(session, register.kind_named(letter), case, by)
    except Refusal as refusal:
        add_event(case, by, "note", note=_("The letter could not be drafted: %(why)s", why=refusal.message))
