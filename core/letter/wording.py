"""A bureau's own wording of a kind of letter: versions, differences, the way back. Plain functions; the caller commits.

The module's own text is version 0. A letter keeps the version under which it was drafted.
"""
from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from core import moment
from core.access.models import Unit
from core.access.viewer import Viewer
from core.errors import Changed, NotAllowed, NotFound, Refusal
from core.letter.content import Letterhead
from core.letter.kinds import LetterKind
from core.letter.models import LetterWording
from core.letter.trial import try_wording
from core.words import gettext as _

MODULES_OWN = 0
"""The number of the module's own text among the versions."""
PERMISSION = "letter:review"
"""Whoever answers for what letters say may word them."""


@dataclass(frozen=True)
class DiffLine:
    """A line of a comparison: ``sign`` is ``same``, ``gone`` or ``new``."""

    sign: str
    text: str


def in_force(session: Session, bureau_id: int, kind: str) -> LetterWording | None:
    """The bureau's own wording that new letters are written with; None is the module's."""
    newest = session.scalars(_versions(bureau_id, kind).limit(1)).one_or_none()
    return newest if newest is not None and newest.text is not None else None


def versions(session: Session, bureau_id: int, kind: str) -> Sequence[LetterWording]:
    """All versions, newest first."""
    return session.scalars(_versions(bureau_id, kind).options(joinedload(LetterWording.by))).all()


def text_of(session: Session, bureau_id: int, kind: LetterKind, version: int) -> str:
    """The text of a version; 0 is the module's own. :class:`NotFound` when there is no such version."""
    if version == MODULES_OWN:
        return tidy_lines(kind.own.text)
    found = session.scalars(_versions(bureau_id, kind.kind).where(LetterWording.version == version)).one_or_none()
    if found is None:
        raise NotFound(_("There is no version %(version)s of this letter's text.", version=version))
    return found.text if found.text is not None else tidy_lines(kind.own.text)


def preview(kind: LetterKind, bureau: Unit, text: str) -> bytes:
    """The letter with its sample values in this wording, marked 样稿. Refuses what may not be saved."""
    return try_wording(kind, tidy_lines(text), letterhead_of(bureau), moment.today())


def save(session: Session, kind: LetterKind, bureau: Unit, text: str, reason: str, actor: Viewer) -> LetterWording:
    """A new version of the bureau's own wording. It must be settable with the sample values, and say something new."""
    _need(actor, bureau)
    text = tidy_lines(text)
    if not reason.strip():
        raise Refusal(_("Give a reason."), "reason")
    present = in_force(session, bureau.id, kind.kind)
    if text == (present.text if present else tidy_lines(kind.own.text)):
        raise Refusal(_("The text is the one in force; nothing was changed."), "text")
    preview(kind, bureau, text)
    return _add(session, kind, bureau, text, reason, actor)


def restore(session: Session, kind: LetterKind, bureau: Unit, version: int, actor: Viewer) -> LetterWording:
    """Back to an earlier version (0: the module's own text), as a new version."""
    _need(actor, bureau)
    text = text_of(session, bureau.id, kind, version)
    if version == MODULES_OWN:
        return _add(session, kind, bureau, None, _("back to the module's own text"), actor)
    preview(kind, bureau, text)  # the module may have dropped a field since
    return _add(session, kind, bureau, text, _("back to version %(version)s", version=version), actor)


def difference(old: str, new: str) -> Iterator[DiffLine]:
    """What changed from ``old`` to ``new``, line by line, all lines."""
    for line in difflib.Differ().compare(old.splitlines(), new.splitlines()):
        sign = {"  ": "same", "- ": "gone", "+ ": "new"}.get(line[:2])
        if sign:
            yield DiffLine(sign, line[2:])


def tidy_lines(text: str) -> str:
    """One kind of line ending, no blanks at the ends of lines, no empty lines at either end."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip("\n")


def letterhead_of(unit: Unit) -> Letterhead:
    """The paper of an organ."""
    return Letterhead(unit.name)


def _versions(bureau_id: int, kind: str) -> Select[LetterWording]:
    return select(LetterWording).where(LetterWording.bureau_id == bureau_id, LetterWording.kind == kind).order_by(
        LetterWording.version.desc())


def _add(session: Session, kind: LetterKind, bureau: Unit, text: str | None, reason: str,
         actor: Viewer) -> LetterWording:
    newest = session.scalars(_versions(bureau.id, kind.kind).limit(1)).one_or_none()
    made = LetterWording(bureau_id=bureau.id, kind=kind.kind, version=newest.version + 1 if newest else 1, text=text,
                         reason=reason.strip()[:255], by_id=actor.user_id, at=moment.now())
    session.add(made)
    try:
        session.flush()
    except IntegrityError:
        raise Changed(_("Somebody else changed this text meanwhile. Look at it again.")) from None
    return made


def _need(actor: Viewer, bureau: Unit) -> None:
    if not actor.reach(PERMISSION).covers(bureau.id):
        raise NotAllowed(_("You may not word the letters of this bureau."))
