"""Results shared and recognised (结果共享互认): what was repaired goes out as a sheet, receipts come back as one."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from addons.credit_repair.models import Sync
from core.access import Viewer
from core.case import act
from core.errors import Refusal
from core.tabular.columns import Code, Date, Text
from core.tabular.profile import ExportColumn, ExportProfile, Handler, ImportProfile, Outcome, Person, Record
from core.tabular.work import Work
from core.words import gettext as _


class Receipts(Handler):
    """Each row confirms one exchange; a receipt that is there already changes nothing. What was confirmed is taken back
    on the case, by saying that it still differs."""

    def prepare(self, session: Session, rows: Sequence[Record], work: Work) -> None:
        """The exchanges that the rows name: one statement."""
        numbers = [row["number"] for row in rows]
        self.held = {case.number: case for case in session.scalars(select(Sync).where(Sync.number.in_(numbers)))}

    def apply(self, row: Record, work: Work) -> Outcome:
        """Confirm it."""
        case = self.held.get(row["number"])
        if case is None:
            raise Refusal(_("There is no exchange %(number)s.", number=row["number"]), "number")
        if case.state == "lifted":
            if case.receipt != row["receipt"]:
                raise Refusal(_("It was confirmed already, with the receipt %(receipt)s.", receipt=case.receipt), "receipt")
            return Outcome.UNCHANGED
        act.do(case, "confirm", actor=cast(Viewer, work.by),
               data={"receipt": row["receipt"], "day": row["day"].isoformat() if row["day"] else None})
        return Outcome.UPDATED


def _query(session: Session, filters: Mapping[str, Any], viewer: Person) -> Select[Any]:
    query = select(Sync).order_by(Sync.id)
    if filters.get("state"):
        query = query.where(Sync.state.in_(str(filters["state"]).split(",")))
    return query


IMPORT = ImportProfile(
    code="credit_repair.receipts", title="结果同步回执", module="credit_repair", permission="credit_repair.sync:import",
    keys=("number",), handler=Receipts(),
    columns=(Code(name="number", heading="编号", required=True, longest=40, sample="NH-XT-20261130-0001"),
             Text(name="receipt", heading="回执编号", required=True, longest=128, sample="宁财采〔2026〕回3号"),
             Date(name="day", heading="办结日期", future=False, earliest=dt.date(2020, 1, 1), sample="2026-11-23")))
EXPORT = ExportProfile(
    code="credit_repair.results", title="信用修复结果", module="credit_repair", permission="credit_repair.sync:export",
    query=_query,
    columns=(ExportColumn(heading="编号", value="number"), ExportColumn(heading="企业名称", value="party_name"),
             ExportColumn(heading="统一社会信用代码", value="uscc"),
             ExportColumn(heading="行政处罚决定书文号", value="document_numbers"),
             ExportColumn(heading="修复日期", value="ended_on"), ExportColumn(heading="采取措施的单位", value="holder"),
             ExportColumn(heading="需要解除的措施", value="measure"), ExportColumn(heading="反馈期限", value="due_on"),
             ExportColumn(heading="回执编号", value="receipt"), ExportColumn(heading="办结日期", value="answered_on")))
