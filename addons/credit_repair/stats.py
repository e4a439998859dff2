"""The figures by which the plan measures publicity and repair. Each says in words what it counts."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from addons.credit_repair.models import CityAverage, MonthCount, Penalty, Repair, RepairPenalty, Sync
from core import moment
from core.access import Unit, UnitKind
from core.board.stats import Compared, Indicator, Measure, Period
from core.case.models import Clock, ClockResult

SHARE, MEAN, COUNT = Measure.SHARE, Measure.MEAN, Measure.COUNT
SOON = 3
"""Working days within which a report counts as quick."""


def _own(query: Select[Any], kind: Any, bureau_id: int | None) -> Select[Any]:
    """Of one bureau, or of all the district's own: what an authority outside decided does not count here."""
    if kind is Penalty:
        query = query.where(Penalty.outside.is_(False))
    if bureau_id is not None:
        return query.where(kind.bureau_id == bureau_id)
    return query.where(kind.bureau_id.not_in(select(Unit.id).where(Unit.kind == UnitKind.OUTSIDE)))


def _of(kind: Any, hit: Any, bureau_id: int | None, *rules: ColumnElement[bool]) -> Select[Any]:
    return _own(select(kind.id.label("id"), hit.label("hit")).where(*rules), kind, bureau_id)


def _days(column: Any, period: Period) -> ColumnElement[bool]:
    """The day lies in the month."""
    return and_(column >= period.first, column <= period.last)


def _sent(hit: Any, period: Period, bureau_id: int | None, *rules: ColumnElement[bool]) -> Select[Any]:
    """Penalties reported for the first time in the period: each counts once."""
    return _of(Penalty, hit, bureau_id, Penalty.first_sent_at >= period.start, Penalty.first_sent_at < period.end, *rules)


def _in_time(kind: Any, code: str) -> ColumnElement[bool]:
    return exists().where(Clock.case_id == kind.id, Clock.code == code, Clock.result == ClockResult.ON_TIME)


def compliance(period: Period, bureau_id: int | None) -> Select[Any]:
    """合规率."""
    return _sent(func.coalesce(Penalty.first_accepted, literal(False)), period, bureau_id)


def lateness(period: Period, bureau_id: int | None) -> Select[Any]:
    """迟报率."""
    late = exists().where(Clock.case_id == Penalty.id, Clock.code == "publish", or_(
        Clock.result == ClockResult.LATE, and_(Clock.stopped_at.is_(None), Clock.due_at <= moment.now())))
    return _sent(late, period, bureau_id)


def unreported(period: Period, bureau_id: int | None) -> Select[Any]:
    """瞒报率: what a sample of the decisions showed."""
    return _counted(period, bureau_id, func.sum(MonthCount.unreported), func.sum(MonthCount.sampled))


def completeness(period: Period, bureau_id: int | None) -> Select[Any]:
    """应报尽报率: what was reported of the month's decisions, against what the bureaus' case systems count."""
    reported = _own(select(func.count()).select_from(Penalty).where(
        _days(Penalty.decided_on, period), Penalty.first_sent_at.is_not(None), Penalty.bureau_id.in_(
            select(MonthCount.bureau_id).where(MonthCount.month == period.first))), Penalty, bureau_id)
    return _counted(period, bureau_id, reported.scalar_subquery(), func.sum(MonthCount.decisions - MonthCount.exempt))


def _counted(period: Period, bureau_id: int | None, numerator: Any, denominator: Any) -> Select[Any]:
    query = select(numerator, denominator).select_from(MonthCount).where(MonthCount.month == period.first)
    return query if bureau_id is None else query.where(MonthCount.bureau_id == bureau_id)


def report_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """平均报送时长."""
    return _sent(Penalty.report_days, period, bureau_id, Penalty.report_days.is_not(None))


def quick(period: Period, bureau_id: int | None) -> Select[Any]:
    """第3个工作日前入库的占比."""
    return _sent(func.coalesce(Penalty.report_days <= SOON, literal(False)), period, bureau_id)


def letters(period: Period, bureau_id: int | None) -> Select[Any]:
    """书函同达率."""
    return _of(Penalty, Penalty.served_with_letter, bureau_id, _days(Penalty.served_on, period))


def applied(period: Period, bureau_id: int | None) -> Select[Any]:
    """修复申请数."""
    return _of(Repair, literal(True), bureau_id, _days(Repair.submitted_on, period))


def acceptance(period: Period, bureau_id: int | None) -> Select[Any]:
    """受理率."""
    return _of(Repair, Repair.accepted_on.is_not(None), bureau_id,
               or_(_days(Repair.accepted_on, period), _days(Repair.declined_on, period)))


def finished(period: Period, bureau_id: int | None) -> Select[Any]:
    """办结率."""
    return _of(Repair, Repair.decided_on.is_not(None), bureau_id, _days(Repair.accepted_on, period))


def accepted_in_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """3个工作日按期受理率."""
    return _of(Repair, _in_time(Repair, "accept"), bureau_id,
               or_(_days(Repair.accepted_on, period), _days(Repair.declined_on, period)))


def decided_in_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """受理后7个工作日按期办结率."""
    return _of(Repair, _in_time(Repair, "decide"), bureau_id, _days(Repair.decided_on, period))


def repairs_on_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """10个工作日按期反馈率."""
    return _of(Repair, _in_time(Repair, "total"), bureau_id, _days(Repair.decided_on, period))


def repair_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """修复平均时长."""
    return _of(Repair, Repair.total_days, bureau_id, _days(Repair.decided_on, period), Repair.total_days.is_not(None))


def repaired(period: Period, bureau_id: int | None) -> Select[Any]:
    """修复率: of those that could be repaired in the month, how many were by its end."""
    until = period.end
    hit = and_(Penalty.state == "terminated", Penalty.closed_at < until)
    there = or_(Penalty.state == "published", and_(Penalty.state == "terminated", Penalty.closed_at >= period.start))
    owing = or_(func.coalesce(Penalty.fine, 0) > 0, func.coalesce(Penalty.confiscated, 0) > 0)
    return _of(Penalty, hit, bureau_id, there, Penalty.unrepairable == "", Penalty.published_on <= period.last,
               Penalty.apply_from <= period.last,
               Penalty.corrected_on <= period.last, or_(~owing, Penalty.paid_on <= period.last))


def converted(period: Period, bureau_id: int | None) -> Select[Any]:
    """预通知转化率."""
    asked = Repair.__table__
    hit = exists().where(RepairPenalty.penalty_id == Penalty.id, RepairPenalty.case_id == asked.c.id,
                         asked.c.submitted_on >= Penalty.prenoticed_on, asked.c.submitted_on <= Penalty.prenotice_counts_until)
    return _of(Penalty, hit, bureau_id, _days(Penalty.prenoticed_on, period))


def by_counter(period: Period, bureau_id: int | None) -> Select[Any]:
    """窗口帮办占比."""
    return _of(Repair, and_(Repair.assisted.is_(True), Repair.channel == "window"), bureau_id,
               _days(Repair.submitted_on, period))


def shared_in_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """结果同步及时率."""
    return _of(Sync, _in_time(Sync, "sync"), bureau_id, _days(Sync.answered_on, period))


def city(code: str) -> Any:
    """The city's average of the month, if it was imported."""
    def found(session: Session, period: Period) -> Compared | None:
        row = session.scalars(select(CityAverage).where(CityAverage.indicator == code,
                                                        CityAverage.month == period.first)).one_or_none()
        return None if row is None else Compared(float(row.value), row.source)
    return found


WD = _l("working days")
COMPLIANCE = Indicator(
    "credit_repair.compliance", _l("Compliance rate"),
    _l("Decisions that the platform accepted at their first report / decisions reported for the first time in the month. Each "
       "decision counts once, by its first report; by its last one where the bureau's parameter says so."), compliance,
    compared=city("credit_repair.compliance"))
LATE = Indicator(
    "credit_repair.late", _l("Late rate"),
    _l("Decisions accepted by the platform later than the seventh working day after the decision, or not accepted yet when "
       "that day is over / decisions reported for the first time in the month. Where the bureau's parameter says so, the "
       "report counts in place of its acceptance."), lateness, good=False,
    compared=city("credit_repair.late"))

INDICATORS = [
    COMPLIANCE, LATE,
    Indicator("credit_repair.unreported", _l("Withheld rate"),
              _l("Decisions that a sample found unreported / decisions in the sample. Numbers as the bureaus report them."),
              totals=unreported, good=False),
    Indicator("credit_repair.completeness", _l("Reported in full"),
              _l("Decisions of the month that were reported / decisions of the bureaus' case systems without those that are "
                 "exempt; of the bureaus whose numbers are there."), totals=completeness),
    Indicator("credit_repair.report_time", _l("Average time to report"),
              _l("Working days from the decision to acceptance by the platform, the mean over decisions reported for the "
                 "first time in the month and accepted."), report_time, good=False, measure=MEAN, unit=WD),
    Indicator("credit_repair.quick", _l("Accepted by the third working day"),
              _l("Decisions accepted by the platform on the third working day at the latest / decisions reported for the "
                 "first time in the month."), quick),
    Indicator("credit_repair.letters", _l("Letters with decisions"),
              _l("Decisions served together with their repair letter / decisions served in the month."), letters),
    Indicator("credit_repair.applied", _l("Repair applications"),
              _l("Repair cases submitted to Credit China in the month."), applied, measure=COUNT, unit=_l("applications")),
    Indicator("credit_repair.acceptance", _l("Acceptance rate of repairs"),
              _l("Repair cases accepted / repair cases on whose acceptance was decided in the month."), acceptance),
    Indicator("credit_repair.finished", _l("Repairs finished"),
              _l("Repair cases decided until now / repair cases accepted in the month."), finished),
    Indicator("credit_repair.accepted_in_time", _l("Acceptance decided in time"),
              _l("Repair cases on whose acceptance was decided within three working days of the push / those on which was "
                 "decided in the month."), accepted_in_time),
    Indicator("credit_repair.decided_in_time", _l("Decided in time after acceptance"),
              _l("Repair cases decided within seven working days of acceptance / repair cases decided in the month."),
              decided_in_time),
    Indicator("credit_repair.repairs_on_time", _l("Repairs decided in time"),
              _l("Repair cases decided within ten working days of the push / repair cases decided in the month."),
              repairs_on_time),
    Indicator("credit_repair.repair_time", _l("Average time of a repair"),
              _l("Working days from the push to the decision, the mean over repair cases decided in the month."), repair_time,
              good=False, measure=MEAN, unit=WD),
    Indicator("credit_repair.repaired", _l("Repair rate"),
              _l("Decisions repaired by the end of the month / decisions whose minimum period was over and whose duties were "
                 "performed by then, published or repaired in the month."), repaired),
    Indicator("credit_repair.converted", _l("Pre-notices that bore fruit"),
              _l("Decisions whose repair was asked for within thirty days of the pre-notice / decisions with a pre-notice of "
                 "the month."), converted),
    Indicator("credit_repair.by_counter", _l("Filed with the counter's help (share)"),
              _l("Repair cases that the counter helped to file / repair cases submitted in the month."), by_counter),
    Indicator("credit_repair.shared_in_time", _l("Results shared in time"),
              _l("Holders of measures who confirmed within the period / holders who confirmed in the month."),
              shared_in_time),
]
