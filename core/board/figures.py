"""The figures that every suite has, whatever its modules: periods kept, cases opened and closed."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, literal, select

from core.board.stats import Indicator, Measure, Period
from core.case.models import Case, Clock, ClockResult

OPENED, CLOSED, ON_TIME = "core.opened", "core.closed", "core.on_time"


def _of(query: Any, bureau_id: int | None) -> Select[Any]:
    found: Select[Any] = query if bureau_id is None else query.where(Case.bureau_id == bureau_id)
    return found


def opened(period: Period, bureau_id: int | None) -> Select[Any]:
    """收件."""
    return _of(select(Case.id.label("id"), literal(True).label("hit")).where(
        Case.opened_at >= period.start, Case.opened_at < period.end), bureau_id)


def closed(period: Period, bureau_id: int | None) -> Select[Any]:
    """办结."""
    return _of(select(Case.id.label("id"), literal(True).label("hit")).where(
        Case.closed_at >= period.start, Case.closed_at < period.end), bureau_id)


def on_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """按期率: a row for each period that ended; a case with two periods counts twice."""
    return _of(select(Case.id.label("id"), (Clock.result == ClockResult.ON_TIME).label("hit"))
               .join(Clock, Clock.case_id == Case.id)
               .where(Clock.result.in_((ClockResult.ON_TIME, ClockResult.LATE)), Clock.stopped_at >= period.start,
                      Clock.stopped_at < period.end), bureau_id)


INDICATORS = (
    Indicator(OPENED, _l("Cases received"), _l("Cases of every kind that were opened in the month."), opened,
              measure=Measure.COUNT),
    Indicator(CLOSED, _l("Cases closed"), _l("Cases of every kind that were closed in the month, whenever they were opened."),
              closed, measure=Measure.COUNT),
    Indicator(ON_TIME, _l("Periods kept"),
              _l("Periods that ended in the month by the act that they demand, no later than their last day / all periods that "
                 "ended so. Periods that were voided do not count; pauses and extensions on record do."), on_time),
)
