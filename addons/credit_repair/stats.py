"""The figures by which the plan measures publicity and repair. Each says in words what it counts."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, exists, func, literal, or_, select

from addons.credit_repair.models import Penalty, Repair
from core import moment
from core.access import Unit, UnitKind
from core.board.stats import Indicator, Period
from core.case.models import Clock, ClockResult


def _of(query: Select[Any], kind: Any, bureau_id: int | None) -> Select[Any]:
    """Of one bureau, or of all the district's own: what a city authority decided does not count here."""
    if bureau_id is not None:
        return query.where(kind.bureau_id == bureau_id)
    return query.where(kind.bureau_id.not_in(select(Unit.id).where(Unit.kind == UnitKind.OUTSIDE)))


def _sent(hit: Any, period: Period, bureau_id: int | None) -> Select[Any]:
    """Penalties reported for the first time in the period: each counts once."""
    query = select(Penalty.id.label("id"), hit.label("hit")).where(
        Penalty.first_sent_at >= period.start, Penalty.first_sent_at < period.end)
    return _of(query, Penalty, bureau_id)


def compliance(period: Period, bureau_id: int | None) -> Select[Any]:
    """合规率."""
    return _sent(func.coalesce(Penalty.first_accepted, literal(False)), period, bureau_id)


def lateness(period: Period, bureau_id: int | None) -> Select[Any]:
    """迟报率."""
    late = exists().where(Clock.case_id == Penalty.id, Clock.code == "publish", or_(
        Clock.result == ClockResult.LATE, and_(Clock.stopped_at.is_(None), Clock.due_at <= moment.now())))
    return _sent(late, period, bureau_id)


def letters(period: Period, bureau_id: int | None) -> Select[Any]:
    """书函同达率."""
    query = select(Penalty.id.label("id"), Penalty.served_with_letter.label("hit")).where(
        Penalty.served_on >= period.first, Penalty.served_on <= period.last)
    return _of(query, Penalty, bureau_id)


def repairs_on_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """修复按期率."""
    on_time = exists().where(Clock.case_id == Repair.id, Clock.code == "total", Clock.result == ClockResult.ON_TIME)
    query = select(Repair.id.label("id"), on_time.label("hit")).where(
        Repair.decided_on >= period.first, Repair.decided_on <= period.last)
    return _of(query, Repair, bureau_id)


INDICATORS = [
    Indicator("credit_repair.compliance", _l("Compliance rate"),
              _l("Decisions that the platform accepted at their first report / decisions reported for the first time in the "
                 "month. Each decision counts once, by its first report."), compliance),
    Indicator("credit_repair.late", _l("Late rate"),
              _l("Decisions accepted by the platform later than the seventh working day after the decision, or not accepted "
                 "yet when that day is over / decisions reported for the first time in the month."), lateness, good=False),
    Indicator("credit_repair.letters", _l("Letters with decisions"),
              _l("Decisions served together with their repair letter / decisions served in the month."), letters),
    Indicator("credit_repair.repairs_on_time", _l("Repairs decided in time"),
              _l("Repair cases decided within ten working days of the push / repair cases decided in the month."),
              repairs_on_time),
]
