"""Days held per unit: lateness is charged to whoever sat on the case, not to whoever had it last."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from sqlalchemy.orm import object_session

from core import moment
from core.access.models import Unit
from core.calendar.workdays import WorkCalendar
from core.case.around import Stay
from core.case.models import Case, Clock
from core.case.workflow import CLOSED, WAITING


@dataclass(frozen=True)
class Held:
    """How long one unit had the case, in working days: ``days`` in its own hands, ``waiting`` for somebody outside."""

    unit: Unit
    days: int
    waiting: int
    now: bool


def follow(case: Case, at: dt.datetime) -> None:
    """Bring the stays in step with the unit that has the case now. Called after every step and every hand-over."""
    session = object_session(case)
    if session is None:
        raise RuntimeError("the case is in no session")
    with session.no_autoflush:  # the case's own change is written by whoever calls, and its refusal is his to tell
        last = case.stays[-1] if case.stays else None
        unit_id, waiting = (None, False) if case.meaning is CLOSED else (case.unit_id, case.meaning is WAITING)
        if last is None or (last.unit_id, last.waiting) != (unit_id, waiting):
            case.stays.append(Stay(unit_id=unit_id, waiting=waiting, since=max(at, last.since) if last else at))


def held(case: Case, calendar: WorkCalendar) -> list[Held]:
    """Each unit that had the case, in the order in which it first had it."""
    found: dict[int, Held] = {}
    for unit, waiting, since, until, last in _spans(case):
        days, before = _days(calendar, since, until), found.get(unit.id, Held(unit, 0, 0, now=False))
        found[unit.id] = Held(unit, before.days + (0 if waiting else days), before.waiting + (days if waiting else 0),
                              before.now or last)
    return list(found.values())


def charged(clock: Clock, calendar: WorkCalendar) -> Unit | None:
    """The unit that had the case longest in its own hands while ``clock`` ran: lateness, if there is any, is its own."""
    end = clock.stopped_at or moment.now()
    days: dict[int, int] = {}
    units: dict[int, Unit] = {}
    for unit, waiting, since, until, _last in _spans(clock.case):
        since, until = max(since, clock.start_at), min(until, end)
        if not waiting and since < until:
            units[unit.id] = unit
            days[unit.id] = days.get(unit.id, 0) + _days(calendar, since, until)
    return units[max(days, key=lambda key: days[key])] if days else None


def _spans(case: Case) -> Iterator[tuple[Unit, bool, dt.datetime, dt.datetime, bool]]:
    """``(unit, waiting, since, until, whether it has the case now)`` of each stay with a unit."""
    for stay, after in zip_longest(case.stays, case.stays[1:]):
        until = after.since if after is not None else moment.now()
        if stay.unit is not None:
            yield stay.unit, stay.waiting, stay.since, until, stay is case.stays[-1]


def _days(calendar: WorkCalendar, since: dt.datetime, until: dt.datetime) -> int:
    return calendar.count_working(moment.local(since).date(), moment.local(until).date())
