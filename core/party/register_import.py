"""The enterprise register from the market regulator's monthly sheet: a hundred thousand rows at a time.

Every row is read and checked like any other sheet's, then all go into a staging table (:mod:`core.party.staging`) and
from there into the register by a handful of statements over the whole set. An empty cell changes nothing. A former
name is kept with the days on which it was valid.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import Refusal
from core.party import uscc
from core.party.models import Enterprise
from core.party.staging import RegisterMerge, Staged
from core.pinyin import initials
from core.signals import register_changed
from core.tabular.columns import Amount, Choice, Code, Date, Name, Text, options
from core.tabular.models import ImportChange
from core.tabular.profile import BulkHandler, ImportProfile, Outcome
from core.tabular.reading import SheetError
from core.tabular.work import Work
from core.words import gettext as _

# The registry's own terms are what the register keeps.
STATUS = options("存续", "歇业", "吊销，未注销", "吊销，已注销", "注销", "撤销", "迁出")
STATUS_SYNONYMS = {
    "在营": "存续",
    "开业": "存续",
    "在册": "存续",
    "存续（在营、开业、在册）": "存续",
    "在业": "存续",
    "正常": "存续",
    "吊销": "吊销，未注销",
    "吊销,未注销": "吊销，未注销",
    "吊销未注销": "吊销，未注销",
    "吊销,已注销": "吊销，已注销",
    "吊销已注销": "吊销，已注销",
    "已注销": "注销",
    "已迁出": "迁出",
    "停业": "歇业",
}
CLOSED = ("吊销，未注销", "吊销，已注销", "注销", "撤销", "迁出")
CHANGES = {
    "设立": "存续",
    "变更": None,
    "注销": "注销",
    "迁入": "存续",
    "迁出": "迁出",
    "歇业": "歇业",
    "吊销": "吊销，未注销",
}
TOLD = ("change", "item", "before", "after", "done_on")
"""What the sheet tells of the change itself: the other columns say how it stands now, and that is what is kept."""
KINDS = options(*uscc.KIND_NAMES.values())
KIND_SYNONYMS = {
    "个体": "个体工商户",
    "个体户": "个体工商户",
    "合作社": "农民专业合作社",
    "有限责任公司": "企业",
    "股份有限公司": "企业",
    "个人独资企业": "企业",
    "合伙企业": "企业",
    "内资企业": "企业",
    "外资企业": "企业",
}

_DISTRICT = re.compile(r"\d{6,12}")
RENAMED_SHARE = 0.3
RENAMED_LEAST = 50


class _Kind(Choice):
    """The registry's own type codes are not confirmed anywhere: what is not one of our kinds is left to the code's
    prefix."""

    def parse(self, value: Any) -> Any:
        try:
            return super().parse(value)
        except Refusal:
            return None


class _District(Text):
    """A district's code. A name is not refused, for the row is good without it, but pointed out and not kept."""

    def doubt(self, value: str) -> str | None:
        """Names of districts are known to modules only."""
        return None if _DISTRICT.fullmatch(value) else _("This is not the code of a district: it was not kept.")


class EnterpriseRegister(BulkHandler):
    """Brings the whole register up to date from one sheet."""

    def run(
        self, session: Session, rows: Iterator[tuple[int, Sequence[Any]]], names: Sequence[str], work: Work
    ) -> None:
        """Stage, weed out repeated keys, compare, and write what differs."""
        merge = RegisterMerge(session, work.batch_id, CLOSED)
        with merge.staging():
            merge.load(_staged(rows, names))
            merge.hold()
            for row, earlier, key in merge.repeated():
                work.fault(row, "uscc", key, _("The same record already stands in row %(row)s.", row=earlier))
            for row, key in merge.contradictory():
                work.fault(
                    row,
                    "reg_no",
                    key,
                    _("This registration number belongs to an enterprise with another unified social credit code."),
                )
            if work.result.errors and not work.skip_errors:
                return
            counts = merge.compare()
            for outcome in Outcome:
                work.count(outcome, counts.get(outcome.value, 0))
            for row, told, known in merge.late():
                work.doubt(row, "approved_on", told, _("The register knows of %(day)s already: this row changed nothing.",
                                                       day=known))
            self._refuse_mass_renaming(merge.renamed(), sum(counts.values()) - counts.get(Outcome.CREATED.value, 0))
            merge.write()
        register_changed.send(session, batch_id=work.batch_id)

    def known(self, session: Session, work: Work) -> int | None:
        """The enterprises that are still open."""
        return session.scalar(select(func.count()).select_from(Enterprise).where(Enterprise.status.not_in(CLOSED)))

    def undo_all(self, session: Session, batch_id: int, work: Work) -> Sequence[ImportChange]:
        """Delete what was created, put back what was changed, forget the former names that came with it."""
        merge = RegisterMerge(session, batch_id, CLOSED)
        merge.hold()
        conflicts = merge.changed_since()
        if not conflicts:
            merge.put_back()
        return conflicts

    @staticmethod
    def _refuse_mass_renaming(renamed: int, matched: int) -> None:
        """Names in the wrong column, or shifted by a row, show as a register that changes its names all at once."""
        if renamed > RENAMED_LEAST and renamed > RENAMED_SHARE * matched:
            raise SheetError(
                _(
                    "The sheet would rename %(renamed)s of %(matched)s enterprises: nothing was saved. "
                    "Check whether names and codes still stand in the same rows.",
                    renamed=renamed,
                    matched=matched,
                )
            )


def _staged(rows: Iterable[tuple[int, Sequence[Any]]], names: Sequence[str]) -> Iterator[Staged]:
    """The staging table's tuples; the code's prefix says what kind of body it is, the kind of change what its status
    is."""
    place = {name: index for index, name in enumerate(names)}
    code_at, change_at, status_at, kind_at, name_at, district_at = (
        place[name] for name in ("uscc", "change", "status", "kind", "name", "district_code")
    )
    kept = itemgetter(*(index for name, index in place.items() if name not in TOLD))
    for number, values in rows:
        row = list(values)
        code = row[code_at]
        if row[status_at] is None and row[change_at] is not None:
            row[status_at] = CHANGES[row[change_at]]
        if row[district_at] is not None and not _DISTRICT.fullmatch(row[district_at]):
            row[district_at] = None
        org = None
        if code is not None:
            org = uscc.org_code(code)
            row[kind_at] = uscc.kind_name(code) or row[kind_at]
        yield (number, org, initials(row[name_at]), *kept(row))


def _check(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if values["uscc"] is None and values["reg_no"] is None:
        yield "uscc", _("The unified social credit code is missing (for an old file without one: the column 注册号).")
    change, status = values["change"], values["status"]
    if change and status and CHANGES[change] and CHANGES[change] in CLOSED and status not in CLOSED:
        yield "change", _("The kind of change says that it is closed, the status says that it is open.")


def _doubts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    code, kind = values["uscc"], values["kind"]
    meant = uscc.kind_name(code) if kind and code else None
    if meant and kind != meant:
        yield "kind", _("The code is that of another kind (%(kind)s); the code's is kept.", kind=meant)


ENTERPRISES = ImportProfile(
    code="enterprises",
    title="经营主体名录",
    module="core",
    permission="enterprise:import",
    keys=("uscc",),
    check=_check,
    doubts=_doubts,
    handler=EnterpriseRegister(),
    closing_share=0.2,
    closing_least=50,
    columns=(
        Code(
            name="uscc",
            heading="统一社会信用代码",
            aliases=("社会信用代码", "信用代码", "统一信用代码"),
            check=uscc.check,
            sound=uscc.is_sound,
            sample=uscc.make_uscc("120117", 20260101),
            help="18位，含两位校验码；早期个体工商户没有的，填注册号。",
        ),
        Code(
            name="reg_no",
            heading="注册号",
            aliases=("工商注册号", "原注册号"),
            check=uscc.check_reg_no,
            help="15位旧注册号，选填。",
        ),
        Name(
            name="name",
            heading="企业名称",
            aliases=("名称", "市场主体名称", "经营主体名称", "字号名称"),
            required=True,
            longest=200,
            sample="天津市宁河区示例商贸有限公司",
        ),
        Choice(
            name="status",
            heading="登记状态",
            aliases=("经营状态", "状态"),
            options=STATUS,
            synonyms=STATUS_SYNONYMS,
            sample="存续",
        ),
        _Kind(
            name="kind",
            heading="经营主体类型",
            aliases=("主体类型", "市场主体类型", "企业类型"),
            options=KINDS,
            synonyms=KIND_SYNONYMS,
            sample="企业",
        ),
        Text(
            name="legal_rep",
            heading="法定代表人",
            aliases=("负责人", "经营者", "法定代表人（负责人）", "法定代表人（经营者/负责人）"),
            longest=64,
            sample="张三",
        ),
        Text(name="phone", heading="联系电话", aliases=("电话", "手机号码"), longest=64, sample="022-69590000"),
        Text(
            name="registered_address",
            heading="住所",
            aliases=("注册地址", "住所地址"),
            longest=255,
            sample="天津市宁河区芦台街道示例路1号",
        ),
        Text(name="business_address", heading="经营场所", aliases=("经营地址", "生产经营地"), longest=255),
        Code(
            name="industry",
            heading="行业代码",
            aliases=("国民经济行业代码",),
            pattern=r"[A-T]?\d{0,4}",
            longest=5,
            sample="1512",
            help="GB/T 4754-2017，如1512。",
        ),
        Text(name="industry_name", heading="行业名称", longest=128, repeats=True),
        Text(name="scope", heading="经营范围", longest=8000, lines=True),
        Text(name="type_code", heading="主体类型代码", longest=16, repeats=True),
        Amount(
            name="capital",
            heading="注册资本",
            aliases=("注册资本（万元）",),
            unit="万元",
            digits=18,
            help="个体工商户不填。",
        ),
        Text(name="currency", heading="币种", longest=32, repeats=True),
        Date(
            name="registered_on",
            heading="成立日期",
            aliases=("注册日期", "设立日期"),
            future=False,
            sample="2026-01-05",
        ),
        Date(
            name="approved_on",
            heading="核准日期",
            future=False,
            help="早于名录中核准日期的，本行不采用。",
        ),
        Date(name="term_from", heading="营业期限自", aliases=("经营期限自",)),
        Date(
            name="term_to",
            heading="营业期限至",
            aliases=("经营期限至",),
            latest=dt.date(9999, 12, 31),
            help="长期的不填。",
        ),
        Text(name="registrar", heading="登记机关", longest=128, repeats=True, sample="天津市宁河区市场监督管理局"),
        _District(
            name="district_code",
            heading="所属片区",
            aliases=("片区", "片区代码", "所属街镇"),
            longest=64,
            repeats=True,
            sample="120117001",
            help="片区代码（统计用区划代码）。",
        ),
        Choice(
            name="change",
            heading="变动类型",
            aliases=("业务类型",),
            options={label: label for label in CHANGES},
            sample="设立",
            help="选填；登记状态为空时按变动类型确定。",
        ),
        Text(name="item", heading="变更事项", longest=255, help="选填，供核对；以本行其他列为准。"),
        Text(name="before", heading="变更前", longest=2000),
        Text(name="after", heading="变更后", longest=2000),
        Date(name="done_on", heading="业务办结日期", future=False),
    ),
)
