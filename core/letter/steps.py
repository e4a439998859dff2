"""A step that names a letter has it drafted: whoever took the step is its drafter, two others review and sign it."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import object_session

from core.access.viewer import system_viewer
from core.case.models import Case, Event
from core.case.workflow import Action
from core.letter import register
from core.signals import step_taken


@step_taken.connect
def draft_letter(_kind: Any, case: Case, event: Event, action: Action, **_rest: Any) -> None:
    """Draft the letter of ``action``, in the transaction of the step. A field that is missing refuses the step: what
    cannot be said in the letter cannot be done yet."""
    session = object_session(case)
    if not action.letter or session is None:
        return
    drafter = replace(system_viewer(f"letter of {action.name}", event.actor), user_id=event.actor_id, unit_id=event.unit_id)
    register.draft(session, register.kind_named(action.letter), case, drafter)
