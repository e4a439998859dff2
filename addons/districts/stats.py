"""The figures of needs. Each says in words what it counts; a duty is counted by the day on which it fell due."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, case, exists, func, literal, or_, select

from addons.districts.models import Dispatch, Need, NeedChannel, Order, Post, Rating, Serving, Supervision, Visit
from core import moment
from core.access import Unit
from core.board.stats import Indicator, Measure, Period
from core.case.models import Case, Clock, ClockResult
from core.case.workflow import CLOSED
from core.party.models import Enterprise
from core.party.register_import import CLOSED as ENDED


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


def closed(hit: Any, period: Period, bureau_id: int | None) -> Select[Any]:
    """Needs closed in the period, as solved or as explained; less those that were withdrawn, merged or not accepted."""
    return _of(select(Need.id.label("id"), hit.label("hit")).where(
        Need.closed_at >= period.start, Need.closed_at < period.end, Need.state.in_(("closed", "unmet")),
        Need.merged_into_id.is_(None)), bureau_id)


def on_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """按期办结率: due in the period is the denominator, not received in it."""
    hit = func.coalesce(Clock.result == ClockResult.ON_TIME, literal(False))
    return _of(select(Need.id.label("id"), hit.label("hit")).join(Clock, Clock.case_id == Need.id).where(
        Clock.code.in_(("total", "promised")), or_(Clock.result.is_(None), Clock.result != ClockResult.VOID),
        Clock.due_on >= period.first, Clock.due_on <= period.last), bureau_id)


def _late(code: tuple[str, ...]) -> Any:
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


def _active(bureau_id: int | None) -> Any:
    """Active enterprises, of the district or of one street: the codes of its smaller districts begin with its own."""
    if bureau_id is None:
        return Enterprise.status.not_in(ENDED)
    street = select(Unit.id).where(Unit.id == bureau_id, Unit.code == func.substr(
        Enterprise.district_code, 1, func.length(Unit.code))).exists()
    return and_(Enterprise.status.not_in(ENDED), street)


def _all_active(bureau_id: int | None) -> Any:
    return select(func.count()).select_from(Enterprise).where(_active(bureau_id)).scalar_subquery()


def _served(period: Period, bureau_id: int | None) -> Any:
    return select(func.count()).select_from(Serving).join(Enterprise, Enterprise.id == Serving.enterprise_id).where(
        Serving.valid_from <= period.until, Serving.valid_to > period.until, _active(bureau_id)).scalar_subquery()


def covered(period: Period, bureau_id: int | None) -> Select[Any]:
    """覆盖率: active enterprises with a valid primary officer / active enterprises."""
    return select(_served(period, bureau_id), _all_active(bureau_id))


def per_officer(period: Period, bureau_id: int | None) -> Select[Any]:
    """户均人数: enterprises for each officer."""
    posts = _of(select(func.count()).select_from(Post).where(
        Post.part == "A", Post.valid_from <= period.until, Post.valid_to > period.until), bureau_id, Post.unit_id)
    return select(_served(period, bureau_id), posts.scalar_subquery())


def _made(period: Period, bureau_id: int | None, *what: Any) -> Select[Any]:
    return _of(select(*what).where(Visit.done.is_(True), Visit.on >= period.first, Visit.on <= period.last), bureau_id,
               Visit.unit_id)


def visited(period: Period, bureau_id: int | None) -> Select[Any]:
    """走访: entities visited / entities."""
    return select(_made(period, bureau_id, func.count(Visit.enterprise_id.distinct())).scalar_subquery(),
                  _all_active(bureau_id))


def visit_needs(period: Period, bureau_id: int | None) -> Select[Any]:
    """Needs per visit."""
    return _made(period, bureau_id, func.coalesce(func.sum(Visit.needs), 0), func.count())


def visited_twice(period: Period, bureau_id: int | None) -> Select[Any]:
    """重复走访: enterprises, out of those that were visited."""
    times = _made(period, bureau_id, func.count().label("n")).where(Visit.asked_for.is_(False)).group_by(
        Visit.enterprise_id).subquery()
    return select(func.coalesce(func.sum(case((times.c.n > 1, 1), else_=0)), 0), func.count()).select_from(times)


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
    Indicator("districts.solved", _l("Really solved"), _l("Result 已解决 / needs closed in the period."),
              lambda p, b: closed(Need.result_class == "已解决", p, b)),
    Indicator("districts.explained", _l("Explained, not met (share)"), _l("Result 解释说明 / needs closed in the period."),
              lambda p, b: closed(Need.result_class == "解释说明", p, b), good=False),
    Indicator("districts.handling_days", _l("Mean working days to the answer"), _l(
        "Mean of the working days from receipt to answer of needs answered in the period; days of waiting for the "
        "enterprise are left out."), lambda p, b: answered(func.coalesce(Need.answer_days, 0), p, b), good=False,
        measure=Measure.MEAN, unit=_l("working days")),
    Indicator("districts.handling_median", _l("Median working days to the answer"), _l(
        "Middle one of the working days from receipt to answer of needs answered in the period (of an even number the mean of "
        "the middle two); days of waiting for the enterprise are left out."),
        lambda p, b: answered(func.coalesce(Need.answer_days, 0), p, b), good=False, measure=Measure.MEDIAN,
        unit=_l("working days")),
    Indicator("districts.handling_p90", _l("Working days within which nine in ten are answered"), _l(
        "Smallest number of working days from receipt to answer that nine in ten of the needs answered in the period do not "
        "exceed (P90); days of waiting for the enterprise are left out."),
        lambda p, b: answered(func.coalesce(Need.answer_days, 0), p, b), good=False, measure=Measure.P90,
        unit=_l("working days")),
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
        "Number of the needs received in the period that departments returned at least twice."),
        lambda p, b: received(_TWICE, p, b), good=False, measure=Measure.COUNT, unit=_l("needs")),
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
    Indicator("districts.satisfied", _l("Satisfied (share)"), _l(
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
    Indicator("districts.covered", _l("Enterprises with an officer"), _l(
        "Active enterprises that had a valid officer on the last day of the period (on this day while it runs) / active "
        "enterprises of the register. Active as of now."), totals=covered),
    Indicator("districts.per_officer", _l("Enterprises per officer"), _l(
        "Enterprises with a valid officer / officers (A) in their posts, on the last day of the period."), totals=per_officer,
        measure=Measure.MEAN, unit=_l("firms")),
    Indicator("districts.visited", _l("Enterprises visited"), _l(
        "Enterprises with a visit that was made in the period / active enterprises of the register."), totals=visited),
    Indicator("districts.visit_needs", _l("Needs found per visit"), _l(
        "Needs that came of visits made in the period / visits made in the period."), totals=visit_needs,
        measure=Measure.MEAN, unit=_l("needs")),
    Indicator("districts.visited_twice", _l("Enterprises visited more than once"), _l(
        "Number of the enterprises that were visited more than once in the period without asking for it; the report of visits "
        "names them."), totals=visited_twice, good=False, measure=Measure.COUNT, unit=_l("firms")),
]
