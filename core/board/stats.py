"""Indicators: one select says which cases count and which of them hit; figure and drill-down come from that same select."""
from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from core import moment
from core.errors import NotFound
from core.words import gettext as _


@dataclass(frozen=True)
class Period:
    """A month: its first and last day, and the instants at which it begins and ends."""

    first: dt.date
    last: dt.date

    @property
    def start(self) -> dt.datetime:
        """Its first instant."""
        return moment.start_of(self.first)

    @property
    def end(self) -> dt.datetime:
        """The first instant after it."""
        return moment.start_of(self.last + dt.timedelta(days=1))


Sample = Callable[[Period, int | None], Select[Any]]
"""``sample(period, bureau_id) -> select(case id as "id", hit as "hit")``: one row per case that counts; ``hit`` says
whether it is in the numerator."""


@dataclass(frozen=True)
class Indicator:
    """A figure. ``formula`` is its 口径 in words; ``good`` tells whether more is better."""

    code: str
    title: Any
    formula: Any
    sample: Sample
    good: bool = True

    @property
    def module(self) -> str:
        """The module that it belongs to."""
        return self.code.partition(".")[0]


@dataclass(frozen=True)
class Figure:
    """A figure of a month: ``value`` is numerator / denominator, None when nothing counts."""

    numerator: int
    denominator: int
    value: float | None
    as_of: dt.datetime

    @property
    def percent(self) -> str:
        """``98.4%``; a dash when nothing counts."""
        return "—" if self.value is None else f"{self.value * 100:.1f}%"

    @property
    def ratio(self) -> str:
        """``123/125``."""
        return f"{self.numerator}/{self.denominator}"


def month_of(day: dt.date) -> Period:
    """The month in which ``day`` lies."""
    return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def compute(session: Session, indicator: Indicator, month: dt.date, bureau_id: int | None = None) -> Figure:
    """The figure of the month in which ``month`` lies, for a bureau or for all that the session may see. One statement."""
    rows = indicator.sample(month_of(month), bureau_id).subquery()
    hits, counted = session.execute(
        select(func.coalesce(func.sum(case((rows.c.hit, 1), else_=0)), 0), func.count())).one()
    return Figure(int(hits), int(counted), int(hits) / int(counted) if counted else None, moment.now())


def behind(session: Session, indicator: Indicator, month: dt.date, bureau_id: int | None = None, *, hit: bool | None = None,
           limit: int = 500) -> list[tuple[int, bool]]:
    """The cases behind a figure as ``(id, hit)``: those that hit, those that do not, or both."""
    rows = indicator.sample(month_of(month), bureau_id).subquery()
    query = select(rows.c.id, rows.c.hit).order_by(rows.c.id).limit(limit)
    if hit is not None:
        query = query.where(rows.c.hit.is_(hit))
    return [(row.id, bool(row.hit)) for row in session.execute(query)]


def indicators() -> dict[str, Indicator]:
    """The indicators of the loaded modules, by code."""
    return {item.code: item for _addon, item in current_app.extensions["yingshang"].collect("stats", "INDICATORS")}


def indicator_named(code: str) -> Indicator:
    """The indicator with that code; :class:`NotFound` when no loaded module has it."""
    found = indicators().get(code)
    if found is None:
        raise NotFound(_("There is no figure %(code)s.", code=code))
    return found
