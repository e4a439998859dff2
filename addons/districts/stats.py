"""The figures of needs. Each says in words what it counts; a duty is counted by the day on which it fell due."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, func, literal, or_, select

from addons.districts.models import Dispatch, Need, NeedChannel, Order, Rating, Supervision
from core.board.stats import Indicator, Measure, Period
from core.case.models import Case, Clock, ClockResult
from core.case.workflow import CLOSED


def _of(query: Select[*tuple[Any, ...]], bureau_id: int | None, column: Any = None) -> Select[*tuple[Any, ...]]:
    return query if bureau_id is None else query.where((column if column is not None else Need.bureau_id) == bureau_id)


def received(hit: Any, period: Period, bureau_id: int | None, *more: Any) -> Select[Any]:
    """N: needs received in the period, less merged and not accepted."""
    return _of(select(Need.id.label("id"), hit.label("hit")).where(
        Need.opened_at >= period.start, Need.opened_at < period.end, Need.merged_into_id.is_(None),
        Need.state != "not_accepted", *more), bureau_id)


def answered(hit: Any, period: Period, bureau_id: int | None, *more: Any) -> Select[Any]:
    """Needs answered in the period."""
    return _of(select(Need.id.label("id"), hit.label("hit")).where(
        Need.answered_at >= period.start, Need.answered_at < period.end, *more), bureau_id)


def on_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """按期办结率: due in the period is the denominator, not received in it."""
    hit = func.coalesce(Clock.result == ClockResult.ON_TIME, literal(False))
    return _of(select(Need.id.label("id"), hit.label("hit")).join(Clock, Clock.case_id == Need.id).where(
        Clock.code.in_(("total", "promised")), or_(Clock.result.is_(None), Clock.result != ClockResult.VOID),
        Clock.due_on >= period.first, Clock.due_on <= period.last), bureau_id)


def _late(code: tuple[str, ...]) -> Any:
    from core import moment

    return exists().where(Clock.case_id == Need.id, Clock.code.in_(code), or_(
        Clock.result == ClockResult.LATE, Clock.stopped_at.is_(None) & (Clock.due_at <= moment.now())))


def _dispatches(hit: Any, period: Period, bureau_id: int | None) -> Select[Any]:
    return _of(select(Order.id.label("id"), hit.label("hit")).where(
        Order.opened_at >= period.start, Order.opened_at < period.end), bureau_id, Order.bureau_id)


def _rated(period: Period, bureau_id: int | None) -> Select[Any]:
    return _of(select(Need.id.label("id"), (Rating.score >= 4).label("hit")).join(Rating, Rating.case_id == Need.id).where(
        Rating.superseded.is_(False), Rating.at >= period.start, Rating.at < period.end), bureau_id)


def _cleared(period: Period, bureau_id: int | None) -> Select[Any]:
    return _of(select(Supervision.id.label("id"), (Supervision.meaning == CLOSED).label("hit")).where(
        Supervision.opened_at >= period.start, Supervision.opened_at < period.end), bureau_id, Supervision.bureau_id)


def _hotline(period: Period, bureau_id: int | None) -> Select[Any]:
    taken = exists().where(Clock.case_id == Need.id, Clock.code.in_(("take", "take_life", "take_livelihood")),
                           Clock.result == ClockResult.ON_TIME)
    of_hotline = exists().where(NeedChannel.case_id == Need.id, NeedChannel.channel == "12345")
    return received(taken, period, bureau_id, of_hotline)


def level(number: int) -> Any:
    """Share of needs whose highest level is that one."""
    return lambda period, bureau_id: received(Need.level == number, period, bureau_id)


_RATED = exists().where(Rating.case_id == Need.id, Rating.superseded.is_(False))
_SUPERVISED = exists().where(Supervision.need_id == Need.id)
_TWICE = select(func.count()).where(Dispatch.case_id == Need.id, Dispatch.returned_at.is_not(None)).correlate(
    Case, Need).scalar_subquery() >= 2

INDICATORS = [
    Indicator("districts.on_time", _l("Answered on time"), _l(
        "Needs whose general or promised period fell due in the period and which were answered before it ran out / all "
        "needs whose period fell due in the period; periods that were voided do not count."), on_time),
    Indicator("districts.closed", _l("Share closed"), _l(
        "Closed needs / needs received in the period, less merged and not accepted ones."),
        lambda p, b: received(Need.meaning == CLOSED, p, b)),
    Indicator("districts.solved", _l("Really solved"), _l("Result 已解决 / needs answered in the period."),
              lambda p, b: answered(Need.result_class == "已解决", p, b)),
    Indicator("districts.explained", _l("Explained, not met (share)"), _l("Result 解释说明 / needs answered in the period."),
              lambda p, b: answered(Need.result_class == "解释说明", p, b), good=False),
    Indicator("districts.handling_days", _l("Mean working days to the answer"), _l(
        "Mean of the working days from receipt to answer of needs answered in the period; days of waiting for the "
        "enterprise are left out."), lambda p, b: answered(func.coalesce(Need.answer_days, 0), p, b), good=False,
        measure=Measure.MEAN, unit=_l("working days")),
    Indicator("districts.first_response", _l("First response in time"), _l(
        "Needs whose first response came within its limit / needs received in the period."),
        lambda p, b: received(~_late(("first_response",)), p, b)),
    Indicator("districts.response_hours", _l("Mean working hours to the first response"), _l(
        "Mean of the office hours from receipt to first response of needs received in the period that were responded to."),
        lambda p, b: received(func.coalesce(Need.response_hours, 0), p, b, Need.responded_at.is_not(None)), good=False,
        measure=Measure.MEAN, unit=_l("working hours")),
    Indicator("districts.returned", _l("Dispatches returned"), _l("Returned dispatches / dispatches of the period."),
              lambda p, b: _dispatches(Order.state == "returned", p, b), good=False),
    Indicator("districts.returned_twice", _l("Returned twice or more"), _l(
        "Needs that departments returned at least twice / needs received in the period."),
        lambda p, b: received(_TWICE, p, b), good=False),
    *(Indicator(f"districts.level_{number}", title, _l("Needs whose highest level is this one / needs received in the period."),
                level(number), good=number == 1) for number, title in (
        (1, _l("Share of level 1")), (2, _l("Share of level 2")), (3, _l("Share of level 3")), (4, _l("Share of level 4")),
        (5, _l("Share of level 5")))),
    Indicator("districts.raised", _l("Raised to a leader or the city"), _l(
        "Needs of level 4 or 5 / needs received in the period."), lambda p, b: received(Need.level >= 4, p, b), good=False),
    Indicator("districts.overdue", _l("Overdue (share)"), _l(
        "Needs whose general or promised period was overrun / needs received in the period."),
        lambda p, b: received(_late(("total", "promised")), p, b), good=False),
    Indicator("districts.supervised", _l("Supervised (share)"), _l("Supervised needs / needs received in the period."),
              lambda p, b: received(_SUPERVISED, p, b), good=False),
    Indicator("districts.cleared", _l("Supervision cleared"), _l("Cleared supervisions / supervisions of the period."),
              _cleared),
    Indicator("districts.satisfied", _l("Satisfied"), _l(
        "Very satisfied and satisfied / ratings given in the period. No answer is never counted as satisfied."), _rated),
    Indicator("districts.rated", _l("Rated (share)"), _l("Rated needs / needs answered in the period."),
              lambda p, b: answered(_RATED, p, b)),
    Indicator("districts.late_reclassified", _l("Reclassified on day 6 or 7"), _l(
        "General needs made complex on their sixth or seventh working day / needs made complex, received in the period."),
        lambda p, b: received(func.coalesce(Need.reclassified_day >= 6, literal(False)), p, b, Need.complex.is_(True)),
        good=False),
    Indicator("districts.reserve", _l("Taken into the policy reserve"), _l(
        "Needs in the policy reserve / needs received in the period."), lambda p, b: received(Need.reserve, p, b)),
    Indicator("districts.hotline_taken", _l("Hotline orders taken in time"), _l(
        "Hotline orders taken within 15 minutes, 30 minutes or one working day by their urgency / hotline orders received "
        "in the period."), _hotline),
]
