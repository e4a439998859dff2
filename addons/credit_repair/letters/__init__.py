"""The letters of the module. Wording is in ``templates``, the values of the fields in ``fields``, who is due in ``due``."""
from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from addons.credit_repair import names
from addons.credit_repair.letters import due, fields
from addons.credit_repair.letters.due import prenotices as due_prenotices
from addons.credit_repair.letters.fields import money
from addons.credit_repair.models import Penalty, PriorNotice
from core import moment
from core.letter.bodytext import DueDate
from core.letter.content import Form
from core.letter.kinds import Field, LetterKind
from core.letter.models import Letter

HERE = Path(__file__).parents[1] / "templates" / "credit_repair" / "letters"
D = dt.date
CONVERTED = dt.timedelta(days=30)
"""An application so long after the pre-notice counts as its fruit."""

ADDRESSEE = Field("addressee", "行政相对人名称", "天津示例商贸有限公司")
DOCUMENT = Field("document", "行政处罚决定书文号", "津宁市监罚〔2026〕121号")
DOCUMENTS = Field("documents", "行政处罚决定书文号，可以有几个", "津宁市监罚〔2026〕121号")
EXTERNAL = Field("external", "“信用中国”申请编号", "XYZG-示例-000123")
DECIDED = Field("decided_on", "决定日期", D(2026, 11, 19))
PUBLISHED = Field("published_on", "公示起始日", D(2026, 11, 19))
DUTIES = Field("duties", "尚未完成的义务；已全部履行为空", "缴清罚款")
GUIDE = Field("guide", "办理指引的网址", "https://ys.example.gov.cn/portal/guides/credit-repair")
REASON = Field("reason", "事实和理由", "罚款尚有0.2万元未缴清")
CONDITION = Field("condition", "不符合的条件；可以为空", "完全履行法定义务")
REMEDY = Field("remedy", "需要完成的整改；可以为空", "缴清全部罚款")


def notice_signed(session: Any, case: Penalty, letter: Letter, viewer: Any) -> None:
    """The decision can be served now: its repair letter is signed."""
    case.notice_number = letter.number or ""


def consequences_signed(session: Any, case: PriorNotice, letter: Letter, viewer: Any) -> None:
    """The prior notice can be served now: what it means for the party's credit is signed."""
    case.notice_number = letter.number or ""


def explanation_signed(session: Any, case: Penalty, letter: Letter, viewer: Any) -> None:
    """The decision can be taken down now: its public explanation is signed."""
    case.explanation_number = letter.number or ""


def prenotice_signed(session: Any, case: Penalty, letter: Letter, viewer: Any) -> None:
    """From this day counts whether the enterprise came because it was told."""
    case.prenoticed_on = moment.today()
    case.prenotice_counts_until = case.prenoticed_on + CONVERTED


def last_notice_signed(session: Any, case: Penalty, letter: Letter, viewer: Any) -> None:
    """The enterprise was told that publicity ends."""
    case.notice_before_end_on = moment.today()


def _kind(name: str, title: str, *said: Field, **more: Any) -> LetterKind:
    """A letter whose text lies in the file of its name."""
    more.setdefault("context", getattr(fields, name.partition(".")[2], None))
    return LetterKind(name, more.pop("called", title), title, HERE / f"{name.partition('.')[2]}.txt", said, **more)


LETTERS = [
    _kind(names.NOTICE, "信用修复告知书", ADDRESSEE,
          Field("violation", "违法行为类型", "未按规定公示企业信息"), DOCUMENT, DECIDED,
          Field("report_by", "应当公示的最后一日（取自时限）", DueDate(D(2026, 11, 30))),
          Field("tier", "失信等级：轻微、一般、严重", "一般"), Field("minimum", "最短公示期；轻微失信为空", "3个月"),
          Field("maximum", "最长公示期", "1年"), Field("apply_from", "可以申请信用修复的首日", D(2027, 2, 20)),
          Field("fine", "罚款金额；没有罚款为空", "5000元"), Field(
              "unrepairable", "依法不予修复的依据；可以修复的为空", ""), due=due.notices, on_signed=notice_signed),
    _kind(names.CONSEQUENCES, "行政处罚信用影响预通知书", ADDRESSEE,
          Field("violation", "涉嫌的违法行为类型", "未按规定公示企业信息"),
          Field("document", "行政处罚事先告知书文号", "津宁市监罚告〔2026〕121号"), Field("kinds", "拟处罚的种类", "罚款"),
          Field("fine", "拟罚款金额；没有罚款为空", "5000元"), Field("tier", "失信等级：轻微、一般、严重", "一般"),
          Field("light", "轻微失信的为真", False), Field("minimum", "最短公示期；轻微失信为空", "3个月"),
          Field("maximum", "最长公示期", "1年"), called="信用影响预通知书（处罚事先告知时）", due=due.consequences,
          on_signed=consequences_signed),
    _kind(names.PRENOTICE, "信用修复预通知书", ADDRESSEE, DOCUMENT, PUBLISHED,
          Field("min_last", "最短公示期的最后一日", D(2027, 2, 19)),
          Field("apply_from", "可以申请信用修复的首日", D(2027, 2, 20)), DUTIES, GUIDE,
          issuer=due.lead_bureau, due=due.prenotices, on_signed=prenotice_signed),
    _kind(names.LAST_NOTICE, "信用修复预通知书", ADDRESSEE, DOCUMENT, PUBLISHED,
          Field("max_last", "最长公示期的最后一日", D(2027, 11, 19)), DUTIES, GUIDE,
          called="信用修复预通知书（最长公示期届满前）", issuer=due.lead_bureau, due=due.last_notices,
          on_signed=last_notice_signed),
    _kind(names.REMINDER, "关于及时报送行政处罚信息的提醒",
          Field("addressee", "被提醒单位", "天津市宁河区城市管理委员会"), DOCUMENT, DECIDED,
          Field("due_by", "第7个工作日（取自时限）", DueDate(D(2026, 11, 30))), Field("nth", "今为第几个工作日", 5),
          Field("rejected", "平台退回原因；没有退回为空", "1001 名称与统一社会信用代码不一致"),
          Field("section", "责任科室", "执法大队"), Field("party", "行政相对人", "天津示例商贸有限公司"),
          called="行政处罚信息报送提醒单", mark="行政处罚信息报送提醒单", form=Form.DUBAN,
          issuer=due.lead_bureau, due=due.reminders,
          summary=(("行政相对人", "{{ party }}"), ("责任科室", "{{ section }}")),
          occasion=lambda case: f"day {min(fields.nth_day(case), 8)}"),
    _kind(names.BULLETIN, "关于{{ month }}行政处罚信息报送公示情况的通报",
          Field("addressee", "主送机关", "各有关单位"), Field("month", "月份", "2026年10月"),
          Field("reported", "报送条数", 126),
          Field("compliance", "合规率", "97.6%"), Field("late", "迟报率", "3.2%"), Field("late_count", "迟报条数", 4),
          Field("late_before", "上月迟报率", "4.1%"), Field("city_late", "全市平均迟报率；没有为空", "3.5%"),
          Field("city_compliance", "全市平均合规率；没有为空", "96.9%"), Field("source", "全市数据来源；可以为空", "市通报"),
          Field("rows", "迟报清单：单位、责任科室、条数、最长天数", [
              {"bureau": "区城管委", "section": "执法大队", "count": 3, "days": 5},
              {"bureau": "区市场监管局", "section": "芦台所", "count": 1, "days": 1}]),
          Field("answer_by", "说明情况的期限", DueDate(D(2026, 11, 12))), called="迟报通报", form=Form.GONGWEN),
    _kind(names.SUPPLEMENT, "信用修复材料补正告知书", ADDRESSEE,
          Field("items", "需要补正的材料及理由", ["义务履行完毕证明：缺缴款票据", "信用承诺书：未加盖公章"]),
          Field("complete_by", "补正期限", D(2026, 12, 4)), occasion=lambda case: f"{case.complete_by}"),
    _kind(names.ACCEPTED, "信用修复受理通知书", ADDRESSEE, DOCUMENTS, EXTERNAL, Field("pushed_on", "推送日期", D(2026, 11, 20)),
          Field("result_by", "反馈结果的最后一日（取自时限）", DueDate(D(2026, 12, 4))), form=Form.TONGZHI),
    _kind(names.NOT_ACCEPTED, "信用修复不予受理通知书", ADDRESSEE, DOCUMENTS, EXTERNAL,
          Field("pushed_on", "推送日期", D(2026, 11, 20)), REASON, CONDITION, REMEDY, context=fields.declined,
          form=Form.TONGZHI),
    _kind(names.APPROVED, "准予信用修复决定书", ADDRESSEE, DOCUMENTS, EXTERNAL,
          Field("applied_on", "申请日期", D(2026, 11, 18)), DECIDED,
          Field("measures", "解除的措施；没有为空", "限制参加政府采购"), form=Form.TONGZHI),
    _kind(names.REFUSED, "不予信用修复决定书", ADDRESSEE, DOCUMENTS, EXTERNAL, Field("applied_on", "申请日期", D(2026, 11, 18)),
          REASON, CONDITION, REMEDY, form=Form.TONGZHI),
    _kind(names.RESULT, "信用修复结果告知及惩戒措施解除函", ADDRESSEE, DOCUMENTS, EXTERNAL, DECIDED,
          Field("holders", "解除措施的单位、措施、回执；没有为空", [
              {"holder": "天津市宁河区财政局", "measure": "限制参加政府采购", "receipt": "宁财采〔2026〕回3号"}]),
          Field("copies", "抄送单位；没有为空", "天津市宁河区财政局"), issuer=due.lead_bureau,
          cc="{% if copies %}{{ copies }}{% endif %}"),
    _kind(names.LIFTING, "关于解除信用惩戒措施的函", Field("addressee", "采取措施的单位", "天津市宁河区财政局"),
          Field("party", "行政相对人", "天津示例商贸有限公司"),
          Field("uscc", "统一社会信用代码", "91120117MA05A1B251"), DOCUMENTS,
          Field("ended_on", "修复日期", D(2026, 11, 30)), Field("measure", "需要解除的措施", "限制参加政府采购"),
          Field("answer_by", "反馈期限（取自时限）", DueDate(D(2026, 12, 3))),
          Field("restored", "撤销修复、恢复措施的为真", False), called="惩戒措施解除函",
          issuer=due.lead_bureau, due=due.liftings),
    _kind(names.EXPLANATION, "行政处罚公示信息{% if corrected %}更正{% else %}撤回{% endif %}说明",
          Field("addressee", "公开对象", "各有关单位和社会公众"), DOCUMENT, PUBLISHED,
          Field("instrument", "撤销或者变更的文书号", "宁政复决〔2026〕8号"), Field("outcome", "处理结果", "撤销"),
          Field("effective_on", "生效日期", D(2026, 11, 18)), Field("corrected", "更正的为真", False),
          Field("reason", "理由", "事实认定不清，复议机关决定撤销"), called="撤回（更正）说明",
          occasion=lambda case: f"revision {case.revision}", on_signed=explanation_signed),
    _kind(names.COMMITMENT, "信用承诺书", Field("addressee", "作出处罚的机关", "天津市宁河区市场监督管理局"), DOCUMENTS,
          Field("uscc", "统一社会信用代码", "91120117MA05A1B251"), Field("party", "承诺单位", "天津示例商贸有限公司"),
          form=Form.PARTY, signatory="{{ party }}"),
    _kind(names.REVOKED, "撤销信用修复决定书", ADDRESSEE, DOCUMENTS, DECIDED, Field("found_on", "查实日期", D(2026, 12, 20)),
          Field("facts", "虚假事实", "所提交的缴款票据系伪造"), Field("falsehood", "性质", "提供虚假材料"),
          Field("published_until", "恢复公示至", D(2027, 12, 20)), Field("barred_until", "不予受理至", D(2027, 12, 20)),
          form=Form.TONGZHI),
]

__all__ = ["LETTERS", "due_prenotices", "money"]
