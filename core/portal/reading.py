"""Reading the public projection: whose case it is, what its owner may see. The session here sees nothing that is ruled."""
from __future__ import annotations

import datetime as dt
import hmac
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.access.rows import view_as
from core.access.viewer import NOBODY
from core.case import Case
from core.module_switch import BureauModule
from core.portal.declare import Page, PublicKind
from core.portal.models import PublicCase, PublicEvent, PublicLetter
from core.portal.projection import code_digest, portal

LINES = 20
UNKNOWN = "0" * 64


@contextmanager
def public() -> Iterator[Session]:
    """A session that sees nothing of what is ruled: whoever is signed in on this machine, the portal is the same."""
    with view_as(NOBODY) as session:
        yield session


def tidy_number(typed: str) -> str:
    """A case number as it is stored, however it was typed."""
    return re.sub(r"[^0-9A-Z-]", "", typed.upper())[:40]


def tidy_code(typed: str) -> str:
    """A query code as it was given out, however it was typed."""
    return re.sub(r"[\s-]", "", typed).upper()[:16]


def spaced(code: str) -> str:
    """A query code as people read it aloud: ``K7QM 4T9X``."""
    return " ".join(code[start:start + 4] for start in range(0, len(code), 4))


def owned(session: Session, number: str, code: str = "", enterprise_id: int | None = None) -> PublicCase | None:
    """The case, if the query code is its own or the signed-in enterprise's it is; else None, whichever of the two is
    wrong. The comparison takes as long for a number that nobody has."""
    found = session.scalars(select(PublicCase).where(PublicCase.number == number).options(
        selectinload(PublicCase.events), selectinload(PublicCase.letters))).one_or_none()
    right = hmac.compare_digest(found.code_digest if found else UNKNOWN, code_digest(number, code))
    if found is None:
        return None
    return found if right or (enterprise_id is not None and found.enterprise_id == enterprise_id) else None


def of_enterprise(session: Session, enterprise_id: int, before: int | None = None) -> Sequence[PublicCase]:
    """The cases of an enterprise, the newest first; one more than :data:`LINES` when there are more."""
    query = select(PublicCase).where(PublicCase.enterprise_id == enterprise_id, PublicCase.kind.in_(sorted(portal().kinds)))
    if before is not None:
        query = query.where(PublicCase.id < before)
    return session.scalars(query.order_by(PublicCase.id.desc()).limit(LINES + 1)).all()


def letters_of(session: Session, enterprise_id: int) -> Sequence[PublicLetter]:
    """The letters of an enterprise, the newest first."""
    return session.scalars(select(PublicLetter).where(PublicLetter.enterprise_id == enterprise_id)
                           .order_by(PublicLetter.id.desc()).limit(100)).all()


def letter(session: Session, letter_id: int, number: str = "", enterprise_id: int | None = None) -> PublicLetter | None:
    """A letter of the case ``number`` or of the enterprise."""
    of_case = PublicLetter.case_id.in_(select(PublicCase.id).where(PublicCase.number == number))
    mine = of_case if number else PublicLetter.enterprise_id == enterprise_id
    return session.scalars(select(PublicLetter).where(PublicLetter.id == letter_id, mine)).one_or_none()


def switched_on(session: Session) -> frozenset[str]:
    """The modules that at least one bureau has switched on."""
    return frozenset(session.scalars(select(BureauModule.module).distinct()))


def listed_page(kind: str, *columns: str) -> Any:
    """For a :class:`~core.portal.declare.PublicList`: the cases of ``kind`` that everybody may read, without names.
    ``columns`` are those of :class:`PublicCase` that it shows, the first one as its heading."""
    shown = columns or ("listed_as", "unit", "opened_at", "closed_at")

    def page(session: Session, cursor: str) -> Page:
        query = select(PublicCase).where(PublicCase.kind == kind, PublicCase.listed)
        if cursor.isascii() and cursor.isdigit():
            query = query.where(PublicCase.id < int(cursor[:18]))
        found = session.scalars(query.order_by(PublicCase.id.desc()).limit(LINES + 1)).all()
        rows = [tuple(getattr(one, name) for name in shown) for one in found[:LINES]]
        return Page(rows, str(found[LINES - 1].id) if len(found) > LINES else "")
    return page


@dataclass(frozen=True)
class Line:
    """A line of what happened, or will happen."""

    title: Any
    at: dt.datetime | None = None
    day: dt.date | None = None
    by: Any = ""
    text: str = ""
    note: Any = ""
    length: Any = ""
    code: str = ""


def past(case: PublicCase, kind: PublicKind) -> list[Line]:
    """What happened, in the words of the kind and of its workflow."""
    return [Line(_event_title(kind, event), event.at, text=event.text) for event in case.events]


def coming(case: PublicCase, kind: PublicKind) -> list[Line]:
    """What happens next: the public clocks that run, and what the module expects."""
    workflow = Case.loaded()[case.kind].workflow
    lines = []
    for item in case.due:
        deadline = workflow.deadline(item["code"])
        if deadline is not None:
            note = _("paused") if item["paused"] else _("provisional") if item["provisional"] else ""
            lines.append(Line(kind.words.get(item["code"]) or deadline.label, day=dt.date.fromisoformat(item["on"]), note=note,
                              length=period(item["amount"], item["unit"]), code=item["code"]))
    if case.closed_at is None:
        lines += [Line(one.label, by=one.by) for one in kind.expected if not one.states or case.state in one.states]
    return lines


def answer_by(kind: PublicKind, lines: Sequence[Line]) -> Line | None:
    """The day by which all that was promised is done: what the first sentence of the page says. None while it stands."""
    days = [(line.day, place) for place, line in enumerate(lines)
            if line.day is not None and not line.note and (not kind.promises or line.code in kind.promises)]
    return lines[max(days)[1]] if days else None


def period(amount: int, unit: str) -> str:
    """A length of time in words."""
    words = {"WD": _("%(n)s working days", n=amount), "CD": _("%(n)s days", n=amount), "MONTH": _("%(n)s months", n=amount)}
    return str(words.get(unit, ""))


def state_label(case: PublicCase) -> Any:
    """How it stands, in the words for outside, else in the workflow's."""
    kind = portal().kinds.get(case.kind)
    if kind is not None and case.state in kind.states:
        return kind.states[case.state]
    known = Case.loaded()[case.kind].workflow.known.get(case.state)
    return known.label if known else case.state


def _event_title(kind: PublicKind, event: PublicEvent) -> Any:
    own = kind.words.get(event.action) or kind.words.get(event.kind)
    if own is not None:
        return own
    titles = {"opened": _("We have received it"), "letter": _("A letter"), "evaluated": _("You rated it"),
              "note": _("A word from the office"), "reopened": _("Opened again"), "file": _("A file was added")}
    if event.kind == "action":
        action = Case.loaded()[kind.kind].workflow.action(event.action)
        return action.label if action else event.action
    return titles.get(event.kind, _("Something was done"))

