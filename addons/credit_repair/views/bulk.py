"""What is done to many selected cases at once."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from core.access import Viewer
from core.case import act
from core.case.screens import BulkAction
from core.errors import Refusal
from core.letter import register


def draft_letters(kind: str) -> Any:
    """A bulk action that drafts the letter of a kind for each selected case."""
    def run(session: Session, viewer: Viewer, cases: Sequence[Any], note: str) -> list[tuple[Any, str, bool]]:
        told = []
        for case in cases:
            try:
                with session.begin_nested():
                    letter = register.draft(session, register.kind_named(kind), case, viewer)
                told.append((case, letter.title, True))
            except Refusal as refusal:
                told.append((case, refusal.message, False))
        return told
    return run


def do_to_each(action: str) -> Any:
    """A bulk action that does one action on each selected case."""
    data: dict[str, Any] | None = {} if action in ("report", "accept", "publish") else None

    def run(session: Session, viewer: Viewer, cases: Sequence[Any], note: str) -> list[tuple[Any, str, bool]]:
        told = []
        for case in cases:
            try:
                with session.begin_nested():
                    act.do(case, action, actor=viewer, note=note, data=data)
                told.append((case, "", True))
            except Refusal as refusal:
                told.append((case, refusal.message, False))
        return told
    return run


def each(workflow: Any, action: str, permission: str) -> BulkAction:
    """The bulk form of an action that needs nothing to be filled in."""
    declared = workflow.action(action)
    assert declared is not None
    return BulkAction(action, declared.label, do_to_each(action), permission, declared.consequence)
