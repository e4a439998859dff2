"""The words of a period: its length and unit, pauses and extensions, the due date and its explanation. Plain values."""
from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any

from core import moment
from core.calendar.workdays import FIRST_YEAR, LAST_YEAR, ONE_DAY
from core.errors import Refusal
from core.words import gettext as _

PAUSED = "paused"


class Unit(enum.StrEnum):
    """In what a period is counted."""

    WD = "WD"
    CD = "CD"
    MONTH = "MONTH"
    HOUR = "HOUR"
    MIN = "MIN"

    @property
    def wall_clock(self) -> bool:
        """Whether it runs by the clock on the wall instead of by days."""
        return self in (Unit.HOUR, Unit.MIN)


MOST = {Unit.WD: 2600, Unit.CD: 3660, Unit.MONTH: 600, Unit.HOUR: 8784, Unit.MIN: 527_040}
"""The longest period in each unit: ten years, fifty for months, one for the wall clock. More is a slip of the pen."""


@dataclass(frozen=True)
class PeriodSpec:
    """A period as a rule states it. ``eod`` is the local time at which its last day ends; ``None`` is 24:00."""

    amount: int
    unit: Unit
    month_roll: bool = False
    resume_same_day: bool = False
    eod: dt.time | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", checked(self.amount, self.unit))


@dataclass(frozen=True)
class Pause:
    """A stretch in which the clock stood still: from the suspension to the resumption (``None`` while it lasts)."""

    since: dt.date | dt.datetime
    until: dt.date | dt.datetime | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.until is None:
            return
        exact = isinstance(self.since, dt.datetime) and isinstance(self.until, dt.datetime)
        if day_of(self.until) < day_of(self.since) or (exact and self.until < self.since):
            raise Refusal(_("The clock cannot resume on %(until)s, before it was suspended on %(since)s.",
                            until=day_of(self.until).isoformat(), since=day_of(self.since).isoformat()), "until")


@dataclass(frozen=True)
class Extension:
    """More time, granted before the period was over; counted onward from the old due date."""

    amount: int
    unit: Unit
    basis: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", checked(self.amount, self.unit))


@dataclass(frozen=True)
class Due:
    """When a period ends: its last day, and the first instant (UTC) at which it is over.

    ``provisional``: it depends on a year whose calendar is not published. ``paused``: the clock stands still now, and
    this is the date as if it resumed today.
    """

    due_on: dt.date
    due_at: dt.datetime
    provisional: bool = False
    paused: bool = False

    @property
    def over_on(self) -> dt.date:
        """The first day after the period: for a minimum period (届满后), the first day on which one may apply."""
        return self.due_on + ONE_DAY


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of an explanation. ``n``: its number when it counts as a whole day; ``name``: the holiday or reason."""

    date: dt.date
    counted: bool
    n: int | None
    kind: str
    name: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {"date": self.date.isoformat(), "counted": self.counted, "n": self.n, "kind": self.kind,
                "name": self.name}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the wall clock, from ``since`` to ``until`` (UTC), that was ``counted`` or was a pause."""

    since: dt.datetime
    until: dt.datetime
    counted: bool
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON shows it, in local time."""
        return {"since": moment.local(self.since).isoformat(), "until": moment.local(self.until).isoformat(),
                "counted": self.counted, "reason": self.reason}


@dataclass(frozen=True)
class Explanation:
    """Why it is this day: every day after ``start`` up to the due date, in order.

    ``total`` is how many whole days were counted; periods of hours and minutes are told by ``spans`` instead.
    """

    start: dt.date | dt.datetime
    spec: PeriodSpec
    due: Due
    days: tuple[DayRow, ...]
    total: int
    spans: tuple[Span, ...] = ()
    extensions: tuple[Extension, ...] = ()
    basis: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON shows it: the days as ``[{"date", "counted", "n", "kind", "name"}]``."""
        return {
            "start": (moment.local(self.start) if isinstance(self.start, dt.datetime) else self.start).isoformat(),
            "amount": self.spec.amount, "unit": str(self.spec.unit),
            "due_on": self.due.due_on.isoformat(), "due_at": moment.local(self.due.due_at).isoformat(),
            "provisional": self.due.provisional, "paused": self.due.paused,
            "days": [row.as_dict() for row in self.days], "total": self.total,
            "spans": [span.as_dict() for span in self.spans],
            "extensions": [{"amount": e.amount, "unit": str(e.unit), "basis": e.basis} for e in self.extensions],
            "basis": self.basis,
        }


@dataclass(frozen=True)
class Latest:
    """The last day on which an act still leaves the time that must lie before another one."""

    act_by: dt.date
    provisional: bool = False


def day_of(value: dt.date | dt.datetime) -> dt.date:
    """The local day of a date or an instant."""
    if not isinstance(value, dt.datetime):
        return value
    if value.tzinfo is None:
        raise Refusal(_("The time %(time)s needs a time zone.", time=value.isoformat(sep=" ")), "start")
    return moment.local(value).date()


def instant(value: dt.date | dt.datetime) -> dt.datetime:
    """An instant in UTC; of a date, its first."""
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else moment.start_of(value)


def checked(amount: int, unit: Unit | str) -> Unit:
    """``unit`` as a :class:`Unit`, once it and ``amount`` are found usable."""
    try:
        unit = Unit(unit)
    except ValueError:
        message = _("Unknown unit %(unit)s. Use one of %(units)s.", unit=unit, units=", ".join(Unit))
        raise Refusal(message, "unit") from None
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= MOST[unit]:
        raise Refusal(_("The length of a period must be a whole number from 1 to %(most)s, not %(amount)s.",
                        most=MOST[unit], amount=amount), "amount")
    return unit


def check_year(day: dt.date) -> None:
    """Refuse a day in a year that the calendar does not know."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise beyond(day)


def beyond(day: dt.date) -> Refusal:
    """The refusal of a period that leaves the years which the calendar knows."""
    return Refusal(_("A period from %(date)s would leave the years %(first)s to %(last)s, which the calendar knows.",
                     date=day.isoformat(), first=FIRST_YEAR, last=LAST_YEAR), "start")
