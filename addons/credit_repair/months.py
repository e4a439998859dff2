"""The month's bulletin: its figures, who was late and by how much, and who is told."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from addons.credit_repair.effects.common import lead_unit
from addons.credit_repair.forms import BulletinForm
from addons.credit_repair.models import Bulletin, CityAverage, Penalty
from addons.credit_repair.stats import COMPLIANCE, LATE
from core import moment
from core.access import Unit, Viewer, system_viewer
from core.board.stats import behind, compute, month_of
from core.case import act, clocks
from core.case.models import Case
from core.case.opening import Wanted, opens
from core.errors import Refusal
from core.rules.lookup import lookup
from core.words import gettext as _

MOST = 2000


def put_together(session: Session, case: Bulletin) -> None:
    """Freeze the figures of the month, and list who was late: one row a unit."""
    month, before = case.month, month_of(case.month - dt.timedelta(days=1)).first
    compliance, late = compute(session, COMPLIANCE, month), compute(session, LATE, month)
    city = session.scalars(select(CityAverage).where(CityAverage.month == month, CityAverage.indicator.in_(
        (COMPLIANCE.code, LATE.code)))).all()
    averages = {row.indicator: f"{float(row.value) * 100:.1f}%" for row in city}
    case.figures = {
        "reported": late.denominator, "compliance": compliance.percent, "late": late.percent, "late_count": late.numerator,
        "late_before": compute(session, LATE, before).percent, "city_late": averages.get(LATE.code, ""),
        "city_compliance": averages.get(COMPLIANCE.code, ""), "source": city[0].source if city else ""}
    case.late, case.compiled_at = _late_units(session, month), moment.now()


def _late_units(session: Session, month: dt.date) -> list[dict[str, Any]]:
    calendar, found = clocks.calendar_of(session), dict[int, dict[str, Any]]()
    hits = [key for key, hit in behind(session, LATE, month, hit=True, limit=MOST)]
    for case in session.scalars(select(Penalty).where(Penalty.id.in_(hits)).order_by(Penalty.id).options(
            joinedload(Penalty.unit).joinedload(Unit.bureau))):
        clock = next(c for c in case.clocks if c.code == "publish")
        ended = moment.local(clock.stopped_at or moment.now()).date()
        row = found.setdefault(case.unit_id, {
            "bureau": (case.unit.bureau or case.unit).short_name, "count": 0, "days": 0, "unit_id": case.unit_id,
            "section": case.unit.short_name if case.unit.bureau_id not in (None, case.unit_id) else "—"})
        row["count"] += 1
        row["days"] = max(row["days"], calendar.count_working(clock.due_on, ended))
    return sorted(found.values(), key=lambda row: (-row["count"], row["bureau"], row["section"]))


def open_bulletin(session: Session, actor: Viewer, month: dt.date, unit: Unit | None = None) -> Bulletin:
    """Open the bulletin of the month in which ``month`` lies; there is one for each."""
    first = month_of(month).first
    if first >= month_of(moment.today()).first:
        raise Refusal(_("The month is not over yet."), "month")
    if session.scalar(select(Bulletin.id).where(Bulletin.month == first)) is not None:
        raise Refusal(_("There is a bulletin of that month already."), "month")
    case = act.open_case(session, Bulletin, actor, unit=unit or lead_unit(session), month=first, figures={}, late=[],
                         title=_("Bulletin of %(month)s", month=f"{first.year}年{first.month}月"))
    put_together(session, case)
    session.flush()
    return case


@opens("credit_repair.bulletin", BulletinForm)
def _open_bulletin(session: Session, actor: Viewer, wanted: Wanted) -> Case:
    return open_bulletin(session, actor, wanted.data["month"], wanted.unit)


def bulletin_from_form(session: Session, actor: Viewer, data: Mapping[str, Any]) -> Case:
    """The form of a bulletin, in the person's own unit."""
    return open_bulletin(session, actor, data["month"], session.get(Unit, actor.unit_id or 0))


def monthly(session: Session, now: dt.datetime) -> dict[str, int]:
    """Open the bulletin of the month that is over, on the day that the parameter names. Nothing where nothing was
    reported."""
    today = moment.local(now).date()
    month = month_of(month_of(today).first - dt.timedelta(days=1)).first
    if today.day < int(lookup(session, "credit.bulletin_day", today).value):
        return {"opened": 0}
    if compute(session, LATE, month).denominator == 0 or session.scalar(
            select(Bulletin.id).where(Bulletin.month == month)) is not None:
        return {"opened": 0}
    open_bulletin(session, system_viewer("the month is over"), month)
    return {"opened": 1}
