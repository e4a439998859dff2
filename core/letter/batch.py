"""Many letters at once: who is due for one, and each issued in its own transaction."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from core.access.viewer import Viewer, system_viewer
from core.case.models import Case
from core.errors import Refusal
from core.letter import press, register
from core.letter.kinds import LetterKind
from core.letter.models import Letter, LetterState
from core.words import gettext as _

Progress = Callable[[int, int], None]


@dataclass
class Issued:
    """What a batch did: the letters, and for each case that was refused its number and the reason."""

    issued: list[Letter] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def issue_for(session: Session, case: Case, kind: str, actor: Viewer | None = None) -> Letter:
    """Take the letter of ``kind`` for a case through draft, review and signature. The caller commits.

    A letter that was drafted or reviewed already goes on from there; one that was signed is returned as it is.
    """
    who = actor or system_viewer("letters are issued")
    declared = register.kind_named(kind)
    letter = register.draft(session, declared, case, who)
    if letter.state is LetterState.DRAFT and declared.needs_review:
        register.review(session, letter, who)
    if letter.state in (LetterState.DRAFT, LetterState.REVIEWED):
        register.sign(session, letter, who)
    return letter


def due_cases(session: Session, kind: str, by: dt.date) -> list[int]:
    """The ids of the cases that are due for a letter of ``kind`` by that day, as its module finds them."""
    declared = register.kind_named(kind)
    if declared.due is None:
        raise Refusal(_("Letters of the kind %(kind)s are not issued in batches.", kind=declared.name))
    return list(declared.due(session, by))


def draft_due(session: Session, declared: LetterKind, ids: Sequence[int], actor: Viewer) -> tuple[int, list[str]]:
    """Draft the letter for each of the cases, each in its own transaction; how many, and what was refused and why."""
    done, refused = 0, []
    for case_id in ids:
        case: Any = session.get(Case, case_id)
        if case is None:
            continue
        number = case.number
        try:
            register.draft(session, declared, case, actor)
            session.commit()
            done += 1
        except Refusal as refusal:
            session.rollback()
            refused.append(f"{number}: {refusal.message}")
    return done, refused


def issue_due(session: Session, kind: str, by: dt.date, actor: Viewer | None = None,
              progress: Progress | None = None) -> Issued:
    """Issue every letter that is due: one transaction a letter, so that a stop leaves neither a gap nor a twin.

    ``progress(n, total)`` is told after each. What is refused does not stop the rest.
    """
    who = actor or system_viewer("letters are issued")
    told, numbers, waiting = Issued(), {}, []
    declared, ids = register.kind_named(kind), due_cases(session, kind, by)
    session.rollback()
    for case_id in ids:
        case: Any = session.get(Case, case_id)
        if case is None:
            continue
        number = case.number
        try:
            letter = register.draft(session, declared, case, who)
            if letter.state is LetterState.DRAFT and declared.needs_review:
                register.review(session, letter, who)
            session.commit()
        except Refusal as refusal:
            session.rollback()
            told.refused.append((number, refusal.message))
            continue
        if letter.number is not None:
            told.issued.append(letter)
        else:
            waiting.append(letter.id)
            numbers[letter.id] = number

    def after(letter_id: int, refusal: Refusal | None) -> None:
        session.commit()
        if refusal is None:
            told.issued.append(session.get_one(Letter, letter_id))
        else:
            told.refused.append((numbers[letter_id], refusal.message))
        if progress is not None:
            progress(len(told.issued) + len(told.refused), len(ids))

    with press.Press(press.processes()) as drawing:
        press.sign_all(session, waiting, who, drawing, after)
    return told
