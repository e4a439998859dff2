"""What the month needs from outside: the bureaus' own numbers, and the averages that the city publishes."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from addons.credit_repair.models import CityAverage, MonthCount
from addons.credit_repair.stats import INDICATORS
from core import moment
from core.access import Unit
from core.errors import Refusal
from core.tabular.columns import Choice, Date, Int, Text
from core.tabular.models import ImportChange
from core.tabular.profile import Handler, ImportProfile, Outcome, Record
from core.tabular.work import Work
from core.words import gettext as _

TITLES = {
    "合规率": "credit_repair.compliance", "迟报率": "credit_repair.late", "瞒报率": "credit_repair.unreported",
    "应报尽报率": "credit_repair.completeness", "平均报送时长": "credit_repair.report_time",
    "书函同达率": "credit_repair.letters", "修复按期率": "credit_repair.repairs_on_time", "修复率": "credit_repair.repaired"}
"""How the city calls the figures of which it publishes averages."""
SHARES = {item.code for item in INDICATORS if item.measure == "share"}


class MonthCounts(Handler):
    """A bureau's numbers of a month; a sheet that comes again replaces them."""

    def prepare(self, session: Session, rows: Sequence[Record], work: Work) -> None:
        """The bureaus and what is there of them: two statements."""
        names = sorted({row["bureau"] for row in rows})
        self.units = {name: unit for unit in session.scalars(select(Unit).where(
            or_(Unit.name.in_(names), Unit.short_name.in_(names), Unit.code.in_(names)), Unit.bureau_id == Unit.id))
            for name in (unit.name, unit.short_name, unit.code)}
        self.held = {(count.bureau_id, count.month): count for count in session.scalars(select(MonthCount).where(
            MonthCount.bureau_id.in_([unit.id for unit in self.units.values()])))}

    def apply(self, row: Record, work: Work) -> Outcome:
        """Keep the numbers."""
        unit = self.units.get(row["bureau"])
        if unit is None:
            raise Refusal(_("There is no bureau %(name)s.", name=row["bureau"]), "bureau")
        month = row["month"].replace(day=1)
        values = {"decisions": row["decisions"], "exempt": row["exempt"] or 0, "sampled": row["sampled"] or 0,
                  "unreported": row["unreported"] or 0, "source": row["source"] or ""}
        known = self.held.get((unit.id, month))
        if known is not None and all(getattr(known, name) == value for name, value in values.items()):
            return Outcome.UNCHANGED
        if known is None:
            known = self.held[unit.id, month] = MonthCount(bureau_id=unit.id, month=month, **values)
            work.session.add(known)
            work.session.flush()
            work.changed(row.row, "credit_repair.month_count", known.id, None, 1)
            return Outcome.CREATED
        for name, value in values.items():
            setattr(known, name, value)
        return Outcome.UPDATED

    def undo(self, session: Session, changes: Sequence[ImportChange], work: Work) -> Sequence[ImportChange]:
        """Take away what the sheet brought."""
        for change in changes:
            found = session.get(MonthCount, int(change.key))
            if found is not None:
                session.delete(found)
        session.flush()
        return []


def faults(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Numbers that contradict one another."""
    if (row.get("exempt") or 0) > row["decisions"]:
        yield "exempt", _("More are exempt than there are decisions.")
    if (row.get("unreported") or 0) > (row.get("sampled") or 0):
        yield "unreported", _("More are unreported than were sampled.")


class CityAverages(Handler):
    """The city's averages; a figure that comes again replaces the one of its month."""

    def prepare(self, session: Session, rows: Sequence[Record], work: Work) -> None:
        """What is there: one statement."""
        self.held = {(item.indicator, item.month): item for item in session.scalars(select(CityAverage))}

    def apply(self, row: Record, work: Work) -> Outcome:
        """Keep the value: a share may be written as 97.5% or as 0.975."""
        month, code, source = row["month"].replace(day=1), row["indicator"], row["source"]
        value = _number(row["value"])
        if code in SHARES:
            value = value / 100 if "%" in row["value"] or value > 1 else value
            if not 0 <= value <= 1:
                raise Refusal(_("A share lies between nothing and the whole: write it like 97.5% or 0.975."), "value")
        known = self.held.get((code, month))
        if known is not None and (known.value, known.source) == (value, source):
            return Outcome.UNCHANGED
        if known is None:
            known = self.held[code, month] = CityAverage(indicator=code, month=month, value=value, source=source,
                                                          imported_at=moment.now())
            work.session.add(known)
            work.session.flush()
            work.changed(row.row, "credit_repair.city_average", known.id, None, 1)
            return Outcome.CREATED
        known.value, known.source, known.imported_at = value, source, moment.now()
        return Outcome.UPDATED

    def undo(self, session: Session, changes: Sequence[ImportChange], work: Work) -> Sequence[ImportChange]:
        """Take away what the sheet brought."""
        for change in changes:
            found = session.get(CityAverage, int(change.key))
            if found is not None:
                session.delete(found)
        session.flush()
        return []


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.replace("%", "").replace("％", "").strip())
    except ArithmeticError:
        raise Refusal(_("“%(text)s” is no number. Write it like 97.5%%.", text=text), "value") from None


MONTH = dt.date(2000, 1, 1)
COUNTS = ImportProfile(
    code="credit_repair.month_counts", title="应报数量和抽查情况", module="credit_repair",
    permission="credit_repair.month:import", keys=("month", "bureau"), handler=MonthCounts(), check=faults,
    columns=(Date(name="month", heading="月份", required=True, earliest=MONTH, future=False, sample="2026-10-01",
                  help="填当月任意一天"),
             Text(name="bureau", heading="单位", required=True, longest=128, sample="区市场监管局"),
             Int(name="decisions", heading="处罚决定数", required=True, sample="120"),
             Int(name="exempt", heading="免予公示数", sample="6"), Int(name="sampled", heading="抽查数", sample="20"),
             Int(name="unreported", heading="抽查发现未报数", sample="0"),
             Text(name="source", heading="数据来源", longest=128, sample="执法办案系统")))
AVERAGES = ImportProfile(
    code="credit_repair.city_averages", title="全市平均值", module="credit_repair", permission="credit_repair.month:import",
    keys=("month", "indicator"), handler=CityAverages(),
    columns=(Date(name="month", heading="月份", required=True, earliest=MONTH, future=False, sample="2026-10-01",
                  help="填当月任意一天"),
             Choice(name="indicator", heading="指标", required=True, options=TITLES, sample="合规率"),
             Text(name="value", heading="全市平均", required=True, longest=16, sample="97.5%"),
             Text(name="source", heading="来源", required=True, longest=200, sample="市通报2026年第10期")))
