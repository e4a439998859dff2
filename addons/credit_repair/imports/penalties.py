"""The national sheet of penalties (双公示, CF_*), in and out."""
from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from addons.credit_repair.forms import PARTY_TYPES
from addons.credit_repair.forms import PROCEDURES as PROCEDURE_NAMES
from addons.credit_repair.guards.penalty import OPENLY, PRIVATE
from addons.credit_repair.models import Penalty
from addons.credit_repair.operations import name_fault, provisional, register_penalty
from addons.credit_repair.tiers import KINDS, WARNINGS, split_kinds
from core.access import Unit, UnitKind, Viewer
from core.errors import Refusal
from core.party import uscc as codes
from core.party.models import Enterprise, EnterpriseName
from core.tabular.columns import Amount, Bool, Choice, Choices, Code, Column, Date, Text
from core.tabular.models import ImportChange
from core.tabular.profile import ExportColumn, ExportProfile, Handler, ImportProfile, Outcome, Person, Record
from core.tabular.work import Work
from core.words import gettext as _

FOREVER = dt.date(2099, 12, 31)
UNUSUAL, IMPLAUSIBLE = Decimal(100), Decimal(1000)
"""Fines in 万元 that are pointed out, and that are believed only when the penalty's own text says the same."""
ENTITY = "credit_repair.penalty"


def _same(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


COLUMNS: tuple[Column, ...] = (
    Text(name="party_name", heading="行政相对人名称", aliases=("CF_XDR_MC",), required=True, longest=200,
         sample="天津示例商贸有限公司"),
    Choice(name="party_type", heading="行政相对人类别", aliases=("CF_XDR_LB",), required=True, options=_same(PARTY_TYPES),
           sample="法人及非法人组织"),
    Code(name="uscc", heading="行政相对人代码_1(统一社会信用代码)", required=True, check=codes.check,
         aliases=("行政相对人代码_1（统一社会信用代码）", "统一社会信用代码", "CF_XDR_SHXYM"), sample="91120117MA05A1B251"),
    Code(name="reg_no", heading="行政相对人代码_2(工商注册号)", aliases=("CF_XDR_GSZC", "CF_XDR_GSDJ"), longest=50),
    Code(name="org_code", heading="行政相对人代码_3(组织机构代码)", aliases=("CF_XDR_ZZJG",), longest=9),
    Code(name="tax_no", heading="行政相对人代码_4(税务登记号)", aliases=("CF_XDR_SWDJ",), longest=15),
    Code(name="institution_no", heading="行政相对人代码_5(事业单位证书号)", aliases=("CF_XDR_SYDW",), longest=12),
    Code(name="society_no", heading="行政相对人代码_6(社会组织登记证号)", aliases=("CF_XDR_SHZZ",), longest=50),
    Text(name="legal_rep", heading="法定代表人", aliases=("CF_FRDB",), longest=50),
    Text(name="document_number", heading="行政处罚决定书文号", aliases=("CF_WSH",), required=True, longest=128,
         sample="津宁市监罚〔2026〕121号"),
    Text(name="violation", heading="违法行为类型", aliases=("CF_WFXW",), required=True, longest=2000,
         sample="未按规定公示企业信息"),
    Text(name="facts", heading="违法事实", aliases=("CF_SY", "CF_WFSS"), required=True, longest=5000, sample="经查明……"),
    Text(name="legal_basis", heading="处罚依据", aliases=("CF_YJ", "CF_CFYJ"), required=True, longest=2048,
         sample="《……条例》第三条"),
    Choices(name="kinds", heading="处罚类别", aliases=("CF_CFLB",), required=True, options=_same(KINDS), sample="罚款"),
    Text(name="content", heading="处罚内容", aliases=("CF_NR",), required=True, longest=4000, sample="罚款5000元"),
    Amount(name="fine", heading="罚款金额（万元）", aliases=("罚款金额(万元)", "CF_NR_FK"), unit="万元", doubtful=UNUSUAL,
           sample="0.5"),
    Amount(name="confiscated", heading="没收违法所得、没收非法财物的金额（万元）", unit="万元", doubtful=UNUSUAL,
           aliases=("没收违法所得、没收非法财物的金额(万元)", "CF_NR_WFFF")),
    Text(name="licence", heading="暂扣或吊销证照名称及编号", aliases=("CF_NR_ZKDX",), longest=200),
    Date(name="decided_on", heading="处罚决定日期", aliases=("CF_JDRQ",), required=True, future=False,
         earliest=dt.date(2010, 1, 1), sample="2026-11-19"),
    Date(name="valid_until", heading="处罚有效期", aliases=("CF_YXQ",)),
    Date(name="published_until", heading="公示截止期", aliases=("CF_GSJZQ",)),
    Text(name="authority_name", heading="处罚机关", aliases=("CF_CFJG",), required=True, longest=200,
         sample="天津市宁河区市场监督管理局"),
    Code(name="authority_code", heading="处罚机关统一社会信用代码", aliases=("CF_CFJGDM",), required=True, longest=18,
         sample="11120221000000000X"),
    Text(name="source_name", heading="数据来源单位", aliases=("CF_SJLY",), required=True, longest=200,
         sample="天津市宁河区市场监督管理局"),
    Code(name="source_code", heading="数据来源单位统一社会信用代码", aliases=("CF_SJLYDM",), required=True, longest=18,
         sample="11120221000000000X"),
    Text(name="remark", heading="备注", aliases=("BZ",), longest=512),
    Choice(name="procedure", heading="适用程序", options=_same(PROCEDURE_NAMES), sample="普通程序"),
    Date(name="served_on", heading="送达日期", future=False),
    Bool(name="served_with_letter", heading="书函同达", help="决定书与信用修复告知书一并送达的填“是”"),
    Text(name="receipt", heading="书函同达回执", longest=128),
)
LOCAL = ("procedure", "served_on", "served_with_letter", "receipt")
"""Columns of this district's sheet that the national one does not have."""


def faults(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What cannot be right about a row as a whole."""
    kinds = row["kinds"] if isinstance(row["kinds"], tuple | list) else split_kinds(str(row["kinds"] or ""))
    if row.get("procedure") == "简易程序":
        yield "procedure", _("Penalties of the simple procedure are not published. Take the row out.")
    if kinds and set(kinds) <= WARNINGS:
        yield "kinds", _("A warning or public criticism alone is not published. Take the row out, or enter it by hand with the "
                         "reason why it must be.")
    if "罚款" in kinds and row.get("fine") is None:
        yield "fine", _("The amount of the fine is missing.")
    if {"暂扣许可证件", "吊销许可证件"} & set(kinds) and not row.get("licence"):
        yield "licence", _("Name the licence that is withheld or revoked.")
    for name in ("fine", "confiscated"):
        yield from _in_yuan(name, row.get(name), str(row.get("content") or "").replace(",", "").replace("，", ""))
    if row.get("served_on") and row.get("decided_on") and row["served_on"] < row["decided_on"]:
        yield "served_on", _("The decision cannot be served before it was made.")


def _in_yuan(name: str, amount: Decimal | None, content: str) -> Iterable[tuple[str, str]]:
    """元 typed into a column of 万元: ten thousand times too much."""
    if not amount:
        return
    said = f"{amount.normalize():f}"
    if re.search(rf"(?<![\d.]){re.escape(said)}(?:\.0+)?元", content):
        yield name, _("The text says %(amount)s 元, the column is in 万元: write %(right)s.", amount=said,
                      right=f"{(amount / 10000).normalize():f}")
    elif amount >= IMPLAUSIBLE and not re.search(
            rf"(?<![\d.]){re.escape(said)}(?:\.0+)?万|(?<!\d){int(amount * 10000)}元", content):
        yield name, _("%(amount)s 万元 is implausible and the text of the penalty does not say so. If 元 was meant, write "
                      "%(right)s; else state the amount in the text.", amount=said, right=f"{(amount / 10000).normalize():f}")


def doubts(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What is kept, and should be looked at."""
    kinds = row["kinds"] if isinstance(row["kinds"], tuple | list) else split_kinds(str(row["kinds"] or ""))
    if row.get("fine") is not None and "罚款" not in kinds:
        yield "fine", _("There is a fine, and 罚款 is not among the kinds of penalty.")
    if row.get("served_on") and not row.get("served_with_letter"):
        yield "served_on", _("The decision was served without its repair letter: it counts as such.")
    for name in OPENLY:
        if PRIVATE.search(str(row.get(name) or "")):
            yield name, _("The text names a person's number. Take it out before the reviews: it would be published.")


class Penalties(Handler):
    """Rows of the national sheet become penalties of the bureau that imposed them."""

    def prepare(self, session: Session, rows: Sequence[Record], work: Work) -> None:
        """Parties, former names, decisions that are there already and units: four statements for some hundreds of rows."""
        wanted = sorted({row["uscc"] for row in rows})
        self.parties = {e.uscc: e for e in session.scalars(select(Enterprise).where(Enterprise.uscc.in_(wanted)))}
        ids = [e.id for e in self.parties.values()]
        self.names: dict[int, list[EnterpriseName]] = defaultdict(list)
        for former in session.scalars(select(EnterpriseName).where(EnterpriseName.enterprise_id.in_(ids))):
            self.names[former.enterprise_id].append(former)
        numbers = sorted({row["document_number"] for row in rows})
        self.held = {(p.authority_code, p.document_number): p for p in session.scalars(
            select(Penalty).where(Penalty.document_number.in_(numbers)))}
        authorities = sorted({row["authority_code"] for row in rows} | {row["authority_name"] for row in rows})
        self.units: dict[str, Unit] = {}
        for unit in session.scalars(select(Unit).where(Unit.uscc.in_(authorities) | Unit.name.in_(authorities))):
            self.units[unit.name] = unit
            if unit.uscc:
                self.units[unit.uscc] = unit

    def apply(self, row: Record, work: Work) -> Outcome:
        """Register the decision; the very same row again changes nothing."""
        values = dict(row.values)
        values["procedure"] = values["procedure"] or PROCEDURE_NAMES[0]
        values["receipt"], values["served_with_letter"] = values["receipt"] or "", bool(values["served_with_letter"])
        values["kinds"] = ";".join(values["kinds"])
        values["valid_until"] = None if values["valid_until"] == FOREVER else values["valid_until"]
        known = self.held.get((values["authority_code"], values["document_number"]))
        if known is not None:
            return self._again(known, values)
        enterprise = self._party(row, work)
        unit = (self.units.get(values["authority_code"]) or self.units.get(values["authority_name"])
                or (work.session.get(Unit, work.bureau_id) if work.bureau_id is not None else None))
        if unit is None:
            raise Refusal(_("The authority is not one of the units, and no bureau was named for the import."), "authority_name")
        clerk = cast(Viewer, work.by)
        values["outside"] = unit.kind is UnitKind.OUTSIDE or self._elsewhere(unit, values["authority_name"])
        if values["outside"]:
            work.doubt(row.row, "authority_name", values["authority_name"], _(
                "The authority is not one of the district's units: the decision is kept for service and counts in no figure."))
        if clerk.bureau_id == unit.id and clerk.unit_id is not None:  # a bureau's own sheet belongs to the clerk's section
            unit = work.session.get(Unit, clerk.unit_id) or unit
        made = register_penalty(work.session, clerk, unit, values, enterprise=enterprise, batch=work.batch_id)
        self.held[made.authority_code, made.document_number] = made
        work.changed(row.row, ENTITY, made.id, None, made.version)
        return Outcome.CREATED

    def _elsewhere(self, unit: Unit, authority: str) -> bool:
        """Whether the credit section takes in, for service, what an authority that is no unit of the district decided."""
        setting = current_app.extensions["yingshang"].setting("credit_repair", "lead_bureau")
        return unit.code == setting and authority not in (unit.name, unit.short_name) and self.units.get(authority) is None

    def undo(self, session: Session, changes: Sequence[ImportChange], work: Work) -> Sequence[ImportChange]:
        """Delete what the batch made, as long as nobody has touched it."""
        touched = []
        for change in changes:
            case = session.get(Penalty, int(change.key))
            if case is not None and case.version != change.version:
                touched.append(change)
            elif case is not None:
                session.delete(case)
        session.flush()
        return touched

    def _again(self, known: Penalty, values: Mapping[str, Any]) -> Outcome:
        differing = [name for name, value in values.items()
                     if name not in (*LOCAL, "published_until") and (getattr(known, name) or None) != (value or None)]
        if differing:
            raise Refusal(_("The decision %(number)s is entered already with other values. Correct it there.",
                            number=known.document_number), "document_number")
        return Outcome.UNCHANGED

    def _party(self, row: Record, work: Work) -> Enterprise:
        code, name = row["uscc"], row["party_name"]
        known = self.parties.get(code)
        if known is None:
            known = self.parties[code] = provisional(work.session, code, name)
            work.doubt(row.row, "uscc", code, _("The register does not know this party: it is kept as “to be verified”."))
        else:
            fault = name_fault(known, self.names[known.id], name, row["decided_on"])
            if fault:
                raise Refusal(fault, "party_name")
        return known


def _query(session: Session, filters: Mapping[str, Any], viewer: Person) -> Select[Any]:
    query = select(Penalty).order_by(Penalty.decided_on, Penalty.id)
    if filters.get("state"):
        query = query.where(Penalty.state.in_(str(filters["state"]).split(",")))
    for name, above in (("decided_on_from", True), ("decided_on_to", False)):
        if filters.get(name):
            day = dt.date.fromisoformat(str(filters[name]))
            query = query.where(Penalty.decided_on >= day if above else Penalty.decided_on <= day)
    return query


def _until(case: Penalty) -> dt.date:
    return case.valid_until or FOREVER


def _export_columns() -> tuple[ExportColumn, ...]:
    given: dict[str, Any] = {"valid_until": _until}
    return tuple(ExportColumn(heading=column.heading, value=given.get(column.name, column.name))
                 for column in COLUMNS if column.name not in LOCAL)


IMPORT = ImportProfile(code="credit_repair.penalties", title="行政处罚信息", module="credit_repair",
                         permission="credit_repair.penalty:import", columns=COLUMNS, handler=Penalties(),
                         keys=("document_number", "authority_code"), max_rows=50_000, check=faults, doubts=doubts)
EXPORT = ExportProfile(code="credit_repair.penalties", title="行政处罚信息", module="credit_repair",
                         permission="credit_repair.penalty:export", columns=_export_columns(), query=_query)
