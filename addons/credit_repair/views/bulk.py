"""What is done to many selected cases at once."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from core.access import Viewer
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
