"""Which days are worked: weekdays, weekends, public holidays and the make-up working days (调休) of the yearly notice.

A year is *published* when the State Council's notice for it is known. In any other year only the statutory days of
全国年节及纪念日放假办法 are taken as holidays, nothing is taken as a make-up day, and every day is ``provisional``.
"""
from __future__ import annotations

import datetime as dt
import enum
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.errors import Refusal
from core.words import gettext as _

NATIONAL = "national"
SUBSTITUTED = re.compile(r"调休）$")
"""How the holiday library ends the name of a day that is off only because a weekend day is worked for it."""

FIRST_YEAR, LAST_YEAR = 1950, 2100
"""The lunar festivals are known for these years only."""

ONE_DAY = dt.timedelta(days=1)


class RowKind(enum.StrEnum):
    """What a row of the calendar says of its date."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class DayKind(enum.StrEnum):
    """What a day is: ``makeup`` is a Saturday or Sunday that is worked."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One date of a notice. ``scope`` is ``national`` or the name of the narrower area for which the row holds."""

    date: dt.date
    kind: RowKind
    name: str = ""
    scope: str = NATIONAL
    source: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar. ``provisional``: the notice of its year is not known yet."""

    date: dt.date
    kind: DayKind
    name: str = ""
    provisional: bool = False

    @property
    def working(self) -> bool:
        """Whether offices work on it."""
        return self.kind in (DayKind.WORKDAY, DayKind.MAKEUP)


class WorkCalendar:
    """The calendar of one place. Immutable once built; it remembers the days that were asked for.

    ``rows`` are taken in order, a later one replaces an earlier one of the same date and scope; ``published`` are the
    years whose national notice is known; ``scopes`` run from wide to narrow, and the row of a narrower scope replaces
    that of a wider one. Rows of other scopes are ignored.
    """

    def __init__(self, rows: Iterable[CalendarRow], published: Iterable[int],
                 scopes: Sequence[str] = (NATIONAL,)) -> None:
        rank = {scope: n for n, scope in enumerate(scopes)}
        self.scopes = tuple(scopes)
        self.published = frozenset(published)
        self._rows: dict[dt.date, CalendarRow] = {}
        for row in sorted((r for r in rows if r.scope in rank), key=lambda r: rank[r.scope]):
            self._rows[row.date] = row
        self._days: dict[dt.date, Day] = {}
        self._worked: dict[int, list[dt.date]] = {}

    def day(self, date: dt.date) -> Day:
        """What ``date`` is. Raises :class:`Refusal` outside the years 1950 to 2100."""
        known = self._days.get(date)
        if known is None:
            known = self._days[date] = self._judge(date)
        return known

    def _judge(self, date: dt.date) -> Day:
        if not FIRST_YEAR <= date.year <= LAST_YEAR:
            raise Refusal(_("The calendar knows the years %(first)s to %(last)s only, not %(date)s.",
                            first=FIRST_YEAR, last=LAST_YEAR, date=date.isoformat()), date=date.isoformat())
        provisional = date.year not in self.published
        weekend = date.isoweekday() > 5
        row = self._rows.get(date)
        if row is not None and row.kind is RowKind.WORKDAY:
            return Day(date, DayKind.MAKEUP if weekend else DayKind.WORKDAY, row.name, provisional)
        # A statutory day is off whether or not the notice repeats it: the notice only arranges the days around it.
        name = row.name if row is not None else statutory_days(date.year).get(date)
        if name is not None:
            return Day(date, DayKind.HOLIDAY, name, provisional)
        return Day(date, DayKind.WEEKEND if weekend else DayKind.WORKDAY, "", provisional)

    def next_working(self, date: dt.date) -> Day:
        """The first working day that is not before ``date``."""
        day = self.day(date)
        while not day.working:
            day = self.day(day.date + ONE_DAY)
        return day

    def previous_working(self, date: dt.date) -> Day:
        """The last working day that is not after ``date``."""
        day = self.day(date)
        while not day.working:
            day = self.day(day.date - ONE_DAY)
        return day

    def count_working(self, after: dt.date, until: dt.date) -> int:
        """How many working days lie after ``after``, up to and including ``until`` (0 when ``until`` is not later)."""
        if until <= after:
            return 0
        whole = sum(len(self._worked_in(year)) for year in range(after.year, until.year))
        gone = bisect_right(self._worked_in(after.year), after)
        return whole + bisect_right(self._worked_in(until.year), until) - gone

    def _worked_in(self, year: int) -> list[dt.date]:
        worked = self._worked.get(year)
        if worked is None:
            first = dt.date(year, 1, 1)
            dates = (first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days))
            worked = self._worked[year] = [date for date in dates if self.day(date).working]
        return worked


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 1)
def statutory_days(year: int) -> Mapping[dt.date, str]:
    """The days off that the law itself gives in ``year``, with their Chinese names, without any moved day.

    全国年节及纪念日放假办法: since 2025 the 13 days of its art. 2, before that those of the wording then in force.
    """
    from holidays import country_holidays  # here, because it is slow to import

    found = country_holidays("CN", years=year, observed=False, language="zh_CN")
    return {date: plain_name(name) for date, name in sorted(found.items()) if not SUBSTITUTED.search(name)}


def plain_name(name: str) -> str:
    """A festival as offices call it: ``农历除夕（补假）`` → ``除夕``, ``中秋节; 国庆节`` → ``中秋节、国庆节``."""
    return name.removesuffix("（补假）").removeprefix("农历").replace("; ", "、")
