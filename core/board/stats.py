"""Indicators: one select says which cases count and which of them hit; figure and drill-down come from that same select."""
from __future__ import annotations

import calendar
import datetime as dt
import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import CompoundSelect, Date, Select, Subquery, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from core import moment
from core.case.models import Case
from core.db import UtcDateTime
from core.errors import NotFound
from core.words import gettext as _


@dataclass(frozen=True)
class Period:
    """A month: its first and last day, ``until`` (its last day, or today while it runs), the instants ``start`` and ``end``
    at which it begins and is over.

    For several months at one go they are the columns of a small table (:func:`series`): a sample compares with them in SQL
    and does no arithmetic.
    """

    first: Any
    last: Any
    until: Any
    start: Any
    end: Any


_TYPES: dict[str, Any] = {"first": Date(), "last": Date(), "until": Date(), "start": UtcDateTime(), "end": UtcDateTime()}
Sample = Callable[[Period, int | None], Select[Any]]
"""``sample(period, bureau_id) -> select(case id as "id", hit as "hit")``: one row per case that counts; ``hit`` says
whether it is in the numerator, or (of a mean) how much it counts for."""
Totals = Callable[[Period, int | None], Select[Any]]
"""``totals(period, bureau_id) -> select(numerator, denominator)``: for a figure that rests on numbers which a bureau
reports, and not on cases that could be shown."""


class Measure(enum.StrEnum):
    """What is made of the sample: how many of it hit; the mean, the median, the ninth decile of what each counts for; how
    many there are. The median of an even number is the mean of the middle two, the decile the smallest amount that nine in
    ten do not exceed."""

    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    COUNT = "count"

    @property
    def of_amounts(self) -> bool:
        """Whether each case counts for an amount, and not for one or nothing."""
        return self in (Measure.MEAN, Measure.MEDIAN, Measure.P90)


@dataclass(frozen=True)
class Compared:
    """A value from outside that stands beside a figure, such as the city's average of the month, and where it is from."""

    value: float
    source: str


@dataclass(frozen=True)
class Indicator:
    """A figure. ``formula`` is its 口径 in words; ``good`` tells whether more is better.

    It has a ``sample`` or, where there are no cases behind it, ``totals``. ``unit`` is what a mean or a number counts in.
    ``compared(session, period)`` gives the value of others, if there is one.
    """

    code: str
    title: Any
    formula: Any
    sample: Sample | None = None
    good: bool = True
    measure: Measure = Measure.SHARE
    unit: Any = ""
    totals: Totals | None = None
    compared: Callable[[Session, Period], Compared | None] | None = None

    @property
    def module(self) -> str:
        """The module that it belongs to."""
        return self.code.partition(".")[0]


@dataclass(frozen=True)
class Figure:
    """A figure of a month: ``value`` is numerator / denominator, of a number the number itself; None when nothing counts."""

    numerator: int
    denominator: int
    value: float | None
    as_of: dt.datetime
    measure: Measure = Measure.SHARE
    unit: Any = ""

    @property
    def percent(self) -> str:
        """``98.4%``; a dash when nothing counts."""
        return "—" if self.value is None else f"{self.value * 100:.1f}%"

    @property
    def shown(self) -> str:
        """The value as people read it: a percentage, a mean or a number with its unit."""
        if self.measure is Measure.SHARE:
            return self.percent
        if self.value is None:
            return "—"
        number = f"{self.value:.1f}" if self.measure.of_amounts else f"{self.numerator}"
        return f"{number} {self.unit}".strip()

    @property
    def ratio(self) -> str:
        """``123/125``; of a mean and of a number the cases that count."""
        return f"{self.numerator}/{self.denominator}" if self.measure is Measure.SHARE else f"n={self.denominator}"


def month_of(day: dt.date) -> Period:
    """The month in which ``day`` lies."""
    first, last = day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return Period(first, last, min(last, moment.today()), moment.start_of(first),
                  moment.start_of(last + dt.timedelta(days=1)))


def compute(session: Session, indicator: Indicator, month: dt.date, bureau_id: int | None = None) -> Figure:
    """The figure of the month in which ``month`` lies, for a bureau or for all that the session may see. One statement."""
    numerator, denominator = session.execute(_totals(indicator, month_of(month), bureau_id)).one()
    return _figure(indicator, numerator, denominator, moment.now())


def _totals(indicator: Indicator, period: Period, bureau_id: int | None, each: Subquery | None = None) -> Select[Any]:
    """Numerator and denominator; of a sample with a table of months in ``each`` those of each month, and before them its
    number."""
    if indicator.totals is not None:
        return indicator.totals(period, bureau_id)
    chosen = _sample(indicator)(period, bureau_id)
    rows = (chosen if each is None else chosen.add_columns(each.c.number)).subquery()
    parts = [] if each is None else [rows.c.number]
    if indicator.measure in (Measure.MEDIAN, Measure.P90):
        placed = select(*parts, rows.c.hit, func.row_number().over(partition_by=parts, order_by=rows.c.hit).label("place"),
                        func.count().over(partition_by=parts).label("n")).subquery()
        parts = [placed.c.number for _number in parts]
        return select(*parts, func.coalesce(_picked(indicator.measure, placed), 0), func.count()).select_from(
            placed).group_by(*parts)
    amount = rows.c.hit if indicator.measure is Measure.MEAN else case((rows.c.hit, 1), else_=0)
    return select(*parts, func.coalesce(func.sum(amount), 0), func.count()).select_from(rows).group_by(*parts)


def _picked(measure: Measure, placed: Any) -> Any:
    """The median or the ninth decile of rows that are numbered in order (``place`` of ``n``)."""
    place, n = placed.c.place, placed.c.n
    if measure is Measure.P90:
        return func.min(case((place * 10 >= n * 9, placed.c.hit)))
    return func.avg(case(((place * 2 >= n) & (place * 2 <= n + 2), placed.c.hit)))


def _sample(indicator: Indicator) -> Sample:
    if indicator.sample is None:
        raise NotFound(_("The figure %(code)s rests on numbers that were reported: there are no cases behind it.",
                         code=indicator.code))
    return indicator.sample


def behind(session: Session, indicator: Indicator, month: dt.date, bureau_id: int | None = None, *, hit: bool | None = None,
           limit: int = 500) -> list[tuple[int, Any]]:
    """The cases behind a figure as ``(id, hit)``: those that hit, those that do not, or both. Of a mean, with what each
    counts for; none when the figure rests on totals."""
    if indicator.totals is not None:
        return []
    rows = _sample(indicator)(month_of(month), bureau_id).subquery()
    query = select(rows.c.id, rows.c.hit).order_by(rows.c.id).limit(limit)
    if indicator.measure.of_amounts:
        return [(row.id, row.hit) for row in session.execute(query)]
    if hit is not None:
        query = query.where(rows.c.hit.is_(hit))
    return [(row.id, bool(row.hit)) for row in session.execute(query)]


def series(session: Session, indicator: Indicator, month: dt.date, bureau_id: int | None = None, months: int = 12
           ) -> list[tuple[dt.date, Figure]]:
    """The figure of the month and of those before it, oldest first, by the same select as :func:`compute`, asked once for
    all of them: what a sample has to look up for a month costs hardly more for a year. One statement."""
    firsts = [month.replace(day=1)]
    while len(firsts) < months:
        firsts.append((firsts[-1] - dt.timedelta(days=1)).replace(day=1))
    firsts.reverse()
    asked = _month_by_month if indicator.totals is not None else _grouped
    query = asked(indicator, list(map(month_of, firsts)), bureau_id)
    found = {number: (top, bottom) for number, top, bottom in session.execute(query)}
    now = moment.now()
    return [(first, _figure(indicator, *found.get(number, (0, 0)), now)) for number, first in enumerate(firsts)]


def _grouped(indicator: Indicator, periods: Sequence[Period], bureau_id: int | None) -> Select[Any]:
    """The sample beside a small table of months."""
    each = union_all(*(select(literal(number).label("number"), *(
        literal(getattr(period, name), kind).label(name) for name, kind in _TYPES.items()))
        for number, period in enumerate(periods))).subquery("month")
    return _totals(indicator, Period(**{name: each.c[name] for name in _TYPES}), bureau_id, each)


def _month_by_month(indicator: Indicator, periods: Sequence[Period], bureau_id: int | None) -> CompoundSelect[Any]:
    """The totals of each month, one below the other: they are selects of any shape, over few rows."""
    parts = []
    for number, period in enumerate(periods):
        top, bottom = list(_totals(indicator, period, bureau_id).subquery().c)[:2]
        parts.append(select(literal(number), top, bottom))
    return union_all(*parts)


def by_bureau(session: Session, indicator: Indicator, month: dt.date) -> dict[int, Figure]:
    """The figure of the month for each bureau that has a sample. One statement. None of a figure that rests on totals."""
    if indicator.totals is not None:
        return {}
    rows = _sample(indicator)(month_of(month), None).subquery()
    if indicator.measure in (Measure.MEDIAN, Measure.P90):
        placed = (select(Case.bureau_id, rows.c.hit, func.count().over(partition_by=Case.bureau_id).label("n"),
                         func.row_number().over(partition_by=Case.bureau_id, order_by=rows.c.hit).label("place"))
                  .select_from(rows).join(Case, Case.id == rows.c.id).subquery())
        return {row.bureau_id: _figure(indicator, row.top, row.bottom, moment.now()) for row in session.execute(
            select(placed.c.bureau_id, _picked(indicator.measure, placed).label("top"), func.count().label("bottom"))
            .group_by(placed.c.bureau_id))}
    amount = rows.c.hit if indicator.measure is Measure.MEAN else case((rows.c.hit, 1), else_=0)
    now = moment.now()
    return {row.bureau_id: _figure(indicator, row.top, row.bottom, now) for row in session.execute(
        select(Case.bureau_id, func.coalesce(func.sum(amount), 0).label("top"), func.count().label("bottom"))
        .select_from(rows).join(Case, Case.id == rows.c.id).group_by(Case.bureau_id))}


def _figure(indicator: Indicator, numerator: Any, denominator: Any, now: dt.datetime) -> Figure:
    top, bottom = int(numerator or 0), int(denominator or 0)
    if indicator.measure in (Measure.MEDIAN, Measure.P90):
        return Figure(top, bottom, float(numerator) if bottom else None, now, indicator.measure, indicator.unit)
    value = None if not bottom else float(top) if indicator.measure is Measure.COUNT else top / bottom
    return Figure(top, bottom, value, now, indicator.measure, indicator.unit)


def indicators() -> dict[str, Indicator]:
    """The indicators of core and of the loaded modules, by code."""
    from core.board.figures import INDICATORS  # they are made of what stands above

    own = {item.code: item for item in INDICATORS}
    return own | {item.code: item for _addon, item in current_app.extensions["yingshang"].collect("stats", "INDICATORS")}


def indicator_named(code: str) -> Indicator:
    """The indicator with that code; :class:`NotFound` when no loaded module has it."""
    found = indicators().get(code)
    if found is None:
        raise NotFound(_("There is no figure %(code)s.", code=code))
    return found
