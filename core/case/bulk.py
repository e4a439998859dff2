"""One thing done to many cases, told row by row: what was refused leaves the others done."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.access.viewer import Viewer
from core.case import act, deeds
from core.case.models import Case
from core.case.query import find_case
from core.errors import Refusal
from core.words import gettext as _

MOST = 200
"""More at once is work for the background (:mod:`core.jobs.bulk`)."""
EVER = 10_000
"""More than this at once is a query that wants narrowing down."""


@dataclass(frozen=True)
class Outcome:
    """How it went with one case."""

    number: str
    title: str
    done: bool
    message: str


def each(session: Session, numbers: Sequence[str], work: Callable[[Case], Any]) -> list[Outcome]:
    """Do ``work`` for each case in a savepoint of its own. The caller commits what could be done."""
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        raise Refusal(_("Select some cases first."), "numbers")
    if len(wanted) > MOST:
        raise Refusal(_("At most %(n)s cases at once.", n=MOST), "numbers")
    return [_one(session, number, work) for number in wanted]


def act_on(session: Session, viewer: Viewer, numbers: Sequence[str], action: str, note: str = "",
           data: Mapping[str, Any] | None = None) -> list[Outcome]:
    """Do a step of the workflow on each."""
    return each(session, numbers, lambda case: act.do(case, action, actor=viewer, note=note, data=data))


def deed_on(session: Session, viewer: Viewer, numbers: Sequence[str], deed: str, given: Mapping[str, Any]) -> list[Outcome]:
    """Do a deed around each."""
    return each(session, numbers, lambda case: deeds.do_deed(case, deed, viewer, given))


def _one(session: Session, number: str, work: Callable[[Case], Any]) -> Outcome:
    title = ""
    try:
        case = find_case(session, number)
        title = case.title
        with session.begin_nested():
            work(case)
            session.flush()
    except Refusal as refusal:
        return Outcome(number, title, done=False, message="; ".join(e.message for e in refusal.errors) or refusal.message)
    return Outcome(number, title, done=True, message=_("Done"))
