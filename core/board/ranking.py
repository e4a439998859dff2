"""A table of bureaus that is fair: the sample beside each share, the median beside the mean's temptation, and nobody is
ranked whose sample is too small."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, cast, func, select
from sqlalchemy.orm import Session

from core import moment, parameters
from core.access.models import Unit
from core.board.figures import ON_TIME
from core.board.stats import Figure, Indicator, Period, by_bureau, indicators, month_of
from core.board.targets import LEAST
from core.case.models import Case


@dataclass(frozen=True)
class Place:
    """A bureau's line. ``rank`` is None when the sample is too small; bureaus with the same share share a rank."""

    rank: int | None
    bureau_id: int
    name: str
    figure: Figure
    median_days: float | None
    closed: int


def least_sample(session: Session) -> int:
    """Whose sample has fewer is shown, and not ranked: one case must not top a table."""
    return int(parameters.values(session)[LEAST])


def ranking(session: Session, month: dt.date, indicator: Indicator | None = None, least: int | None = None) -> list[Place]:
    """The bureaus of the session's sight by an indicator (default: periods kept). Three statements, four without ``least``."""
    least = least_sample(session) if least is None else least
    chosen = indicator or indicators()[ON_TIME]
    figures = by_bureau(session, chosen, month)
    medians = median_days(session, month_of(month))
    keys = figures.keys() | medians.keys()
    names = {row.id: row.short_name for row in session.execute(
        select(Unit.id, Unit.short_name).where(Unit.id.in_(sorted(keys))))}
    nothing = Figure(0, 0, None, moment.now(), chosen.measure, chosen.unit)
    lines = [(key, names.get(key, str(key)), figures.get(key, nothing), *medians.get(key, (None, 0))) for key in keys]
    ranked = [line for line in lines if line[2].denominator >= least and line[2].value is not None]
    ranked.sort(key=lambda line: ((-1 if chosen.good else 1) * (line[2].value or 0), -line[2].denominator, line[1]))
    places: list[Place] = []
    for number, (key, name, figure, median, closed) in enumerate(ranked, 1):
        same = bool(places) and places[-1].figure.value == figure.value
        places.append(Place(places[-1].rank if same else number, key, name, figure, median, closed))
    small = sorted((line for line in lines if line not in ranked), key=lambda line: (-line[2].denominator, line[1]))
    return places + [Place(None, key, name, figure, median, closed) for key, name, figure, median, closed in small]


def median_days(session: Session, period: Period) -> dict[int, tuple[float | None, int]]:
    """For each bureau the median of days from opening to closing of what it closed in the period, and how many those are.
    The database picks the middle; no row is carried here. One statement."""
    days = _days(session, Case.opened_at, Case.closed_at)
    closed = (select(Case.bureau_id, days.label("days"),
                     func.row_number().over(partition_by=Case.bureau_id, order_by=days).label("place"),
                     func.count().over(partition_by=Case.bureau_id).label("n"))
              .where(Case.closed_at >= period.start, Case.closed_at < period.end).subquery())
    middle = (closed.c.place * 2 >= closed.c.n) & (closed.c.place * 2 <= closed.c.n + 2)
    found = session.execute(select(closed.c.bureau_id, func.avg(closed.c.days).label("median"), func.max(closed.c.n).label("n"))
                            .where(middle).group_by(closed.c.bureau_id))
    return {row.bureau_id: (round(float(row.median), 1), int(row.n)) for row in found}


def _days(session: Session, start: Any, end: Any) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.extract("epoch", end - start) / 86_400, Float)
    return func.julianday(end) - func.julianday(start)


def unranked(places: Sequence[Place]) -> int:
    """How many have too small a sample."""
    return sum(place.rank is None for place in places)
