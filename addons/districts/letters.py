"""The letters of needs: to the enterprise, to bureaus, to the leaders, to the city."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.districts import words
from addons.districts.effects.common import beyond, named_unit, session_of
from addons.districts.models import Handover, Meeting, Need, Order, Supervision
from addons.districts.stats import INDICATORS
from core import moment
from core.access import Unit
from core.access.models import Staff
from core.board.stats import compute
from core.case import CLOSED, ClockResult, clocks
from core.errors import Refusal
from core.letter.bodytext import DueDate
from core.letter.content import Form
from core.letter.kinds import Field, LetterKind
from core.rules.lookup import lookup
from core.words import gettext as _

HERE = Path(__file__).parent / "templates" / "districts" / "letters"
DAY = dt.date(2026, 4, 28)
DUE = DueDate(dt.date(2026, 5, 11))
PLAN = "《宁河区“政企同行·有需必应”工作实施方案（试行）》"


def due_of(case: Any, *codes: str) -> DueDate:
    """The stored due date of the first of these clocks that runs or ran."""
    for code in codes:
        clock = clocks.running(case, code) or next((c for c in reversed(case.clocks) if c.code == code), None)
        if clock is not None and clock.result is not ClockResult.VOID:
            return DueDate(clock.due_on, clock.provisional)
    raise Refusal(_("No period runs from which the letter could take its date."))


WHOLE = ("text", "reply")
"""Fields that stand as paragraphs of their own, with their full stops."""


def bare(context: Callable[[Any], Mapping[str, Any]]) -> Callable[[Any], Mapping[str, Any]]:
    """The fields without the full stop that somebody may have typed: the letter's sentence goes on behind them."""
    def told(case: Any) -> Mapping[str, Any]:
        return {name: value.rstrip("。；;. \n") if isinstance(value, str) and name not in WHOLE else value
                for name, value in context(case).items()}
    return told


def days_of(case: Any, key: str) -> str:
    """The figure of a parameter, as it holds for the case."""
    return str(lookup(session_of(case), key, case.rule_day, case.bureau_id).value)


def asker_of(case: Any) -> tuple[str, str]:
    """The first asker's name and office line."""
    person = session_of(case).get(Staff, case.first_asker_id) if case.first_asker_id else None
    if person is None:
        raise Refusal(_("The need has no first asker yet: accept it first."))
    return person.name, person.phone or case.unit.phone or "见街镇公布的联系电话"


def _common(case: Need) -> dict[str, Any]:
    return {"addressee": case.enterprise_name, "matter": case.title, "number": case.number}


def acceptance(case: Need) -> dict[str, Any]:
    """《需求受理告知书》."""
    name, phone = asker_of(case)
    return {**_common(case), "received_on": moment.local(case.opened_at).date(), "channel": words.CHANNEL_NAMES[case.channel],
            "street": case.unit.name, "asker": name, "phone": phone, "complex": "较复杂" if case.complex else "一般性",
            "due": due_of(case, "promised", "total"), "code": case.query_code,
            "days": "" if case.complex else f"（{days_of(case, 'need.general_limit')}个工作日）"}


def refusal(case: Need) -> dict[str, Any]:
    """《不予受理告知书》."""
    return {"addressee": case.enterprise_name, "number": case.number, "ground": case.excluded, "guidance": case.guidance,
            "days": days_of(case, "need.objection"), "hub": named_unit(session_of(case), "hub").name}


def order(case: Any) -> dict[str, Any]:
    """《需求转办单》（吹哨单）: of an order, or of the latest one that a need's dispatch made."""
    if isinstance(case, Need):
        with beyond(session_of(case), "the letter of an order") as wide:
            latest = wide.scalars(select(Order).where(Order.need_id == case.id, Order.lead.is_(True))
                                  .order_by(Order.id.desc()).limit(1)).one_or_none()
            if latest is None:
                raise Refusal(_("The need was not sent to a department."))
            return order(latest)
    return {"addressee": case.unit.bureau.name if case.unit.bureau else case.unit.name, "number": case.need_number,
            "order": case.number, "enterprise": case.enterprise_name, "matter": case.title, "text": case.text,
            "done": case.done or "无", "wanted": case.wanted or "请依职责办理", "signin": due_of(case, "signin"),
            "due": due_of(case, "handle"), "asker": case.first_asker_name or "见需求登记", "returnable": not case.final,
            "days": days_of(case, "need.dept_return_complex" if case.complex else "need.dept_return")}


def meeting_request(case: Need) -> dict[str, Any]:
    """《提请召开优化营商环境联席会议的函》."""
    session = session_of(case)
    tried = "；".join(
        f"{r.unit.name}：{(r.result or r.reason or '办理中').rstrip('。；')}" for r in case.ledger) or "属地已办理"
    return {**_common(case), "addressee": named_unit(session, "hub").name, "enterprise": case.enterprise_name,
            "text": case.text, "tried": tried, "obstacle": case.obstacle or case.opinion,
            "lead": case.ledger[-1].unit.name if case.ledger else "请会议研究确定"}


def leader_request(case: Need) -> dict[str, Any]:
    """《关于提请协调解决××问题的请示》."""
    bureau = case.ledger[-1].unit.name if case.ledger else case.unit.name
    step = next((e for e in reversed(case.events) if e.action == "to_leader"), None)
    return {**_common(case), "addressee": "包联区领导", "enterprise": case.enterprise_name, "category": case.category,
            "street": case.unit.name, "handled_on": moment.local(case.opened_at).date(), "bureau": bureau,
            "obstacle": case.obstacle or "见研判意见", "opinion": case.opinion,
            "proposal": (step.data.get("proposal") if step else "") or "由牵头单位提出"}


def city_request(case: Need) -> dict[str, Any]:
    """《关于提请市级协调××事项的函》."""
    step = next((e for e in reversed(case.events) if e.action == "to_city"), None)
    if step is None:
        raise Refusal(_("The need was not raised to the city."))
    name, phone = asker_of(case)
    return {**_common(case), "addressee": named_unit(session_of(case), "city").name, "enterprise": case.enterprise_name,
            "ground": case.city_ground, "basis": step.data.get("basis", ""), "done": step.data.get("done", ""),
            "wanted": step.data.get("wanted", ""), "contact": f"{name}，{phone}"}


def extension(case: Need) -> dict[str, Any]:
    """《延期办理告知书》."""
    clock = next((c for c in reversed(case.clocks) if c.extensions), None)
    if clock is None:
        raise Refusal(_("The period was not extended."))
    told = clock.extensions[-1]
    name, phone = asker_of(case)
    return {**_common(case), "reason": told["basis"], "approver": told["by"], "due": DueDate(clock.due_on, clock.provisional),
            "contact": f"{name}，{phone}"}


def reply(case: Need) -> dict[str, Any]:
    """《办结答复函》."""
    name, phone = asker_of(case)
    unit = session_of(case).get(Unit, case.answering_id) if case.answering_id else None
    return {**_common(case), "unit": (unit or case.unit).name, "reply": case.reply_text, "basis": case.reply_basis,
            "contact": f"{name}，{phone}"}


def explanation(case: Need) -> dict[str, Any]:
    """《解释说明函》."""
    name, phone = asker_of(case)
    unit = session_of(case).get(Unit, case.explain_bureau_id) if case.explain_bureau_id else None
    return {**_common(case), "unit": unit.name if unit else case.unit.name, "basis": case.reply_basis,
            "reason": case.explain_text, "other_way": case.explain_other_way, "contact": f"{name}，{phone}",
            "reserve": "已" if case.reserve else "未"}


def minutes(case: Meeting) -> dict[str, Any]:
    """《联席会议纪要》."""
    session = session_of(case)
    items = [{"need": m.need_number, "title": m.title, "lead": m.lead.name if m.lead else "", "task": m.task,
              "helpers": "、".join(u.name for key in m.helpers if (u := session.get(Unit, key))) or "有关单位", "due": m.due_on}
             for m in case.matters]
    return {"addressee": "各成员单位", "held_on": moment.local(case.held_at).date() if case.held_at else case.meets_on,
            "place": case.place, "chair": case.chair, "matters": items, "present": case.present,
            "absent": case.absent or "无", "attending": case.attending or "无", "hub": named_unit(session, "hub").name}


def supervision(case: Supervision) -> dict[str, Any]:
    """《督办单》."""
    return {"addressee": case.target_name, "matter": case.title, "number": case.need_number, "was_due": case.was_due_on
            or moment.today(), "as_of": moment.today(), "late": case.days_late, "problem": case.problem,
            "due": due_of(case, "feedback"), "hub": named_unit(session_of(case), "hub").name}


def report(case: Supervision) -> dict[str, Any]:
    """《为企服务超期事项专报》: the period's figures, and every supervision that is open. Names no person."""
    session = session_of(case)
    figures = {code: compute(session, next(i for i in INDICATORS if i.code == code), moment.today())
               for code in ("districts.closed", "districts.on_time", "districts.overdue")}
    late = select(Supervision).where(Supervision.meaning != CLOSED).order_by(Supervision.id).limit(100)
    rows = [{"number": each.need_number, "unit": each.target_name, "days": each.days_late, "problem": each.problem,
             "cause": each.feedback or "尚未书面说明原因"} for each in session.scalars(late)]
    return {"addressee": "区委、区政府", "received": figures["districts.closed"].denominator,
            "rate": figures["districts.on_time"].percent, "late": figures["districts.overdue"].numerator, "rows": rows,
            "month": moment.today()}


def handover(case: Handover) -> dict[str, Any]:
    """《问题线索移交函》: restricted."""
    return {"addressee": case.receiver, "unit": case.target_name, "facts": case.facts, "evidence": case.evidence_list,
            "impact": case.impact, "secrecy": days_of(case, "need.handover_secrecy")}


def officer_change(case: Need) -> dict[str, Any]:
    """《为企服务人员变更告知》: of an open need whose officer has changed."""
    name, phone = asker_of(case)
    person = session_of(case).get(Staff, case.assignee_id) if case.assignee_id else None
    if person is None:
        raise Refusal(_("Nobody has this need now: name the new officer first."))
    return {"addressee": case.enterprise_name, "former": name, "officer": person.name, "phone": person.phone or phone,
            "since": moment.today(), "open_cases": f"未结事项“{case.title}”（{case.number}）由{person.name}承接"}


def hub(session: Session, case: Any) -> Unit:
    """Letters that the hub sends."""
    return named_unit(session, "hub")


def nth(*actions: str) -> Callable[[Any], str]:
    """Each time that one of the steps is taken has its own letter: another department, another answer after a reopening."""
    def occasion(case: Any) -> str:
        times = sum(event.kind == "action" and event.action in actions for event in case.events)
        return str(times) if times > 1 else ""
    return occasion


def _to(addressee: str) -> Field:
    """Whom the letter goes to, as its sample says it."""
    return Field("addressee", "主送", addressee)


MATTER = Field("matter", "事项", "门口道路照明")
NUMBER = Field("number", "需求编号", "NH-XQ-20260428-0001")
WHO = _to("天津示例商贸有限公司")
ENTERPRISE = Field("enterprise", "企业名称（受理时）", "天津示例商贸有限公司")
CONTACT = Field("contact", "联系人及电话", "王芳，022-00000000")
STREET = Field("street", "受理的街镇、园区", "芦台街道办事处")
LETTERS = [
    LetterKind("districts.acceptance", "需求受理告知书", "需求受理告知书", HERE / "acceptance.txt",
               (WHO, MATTER, NUMBER, STREET, Field("received_on", "收到日期", DAY), Field("channel", "渠道", "12345热线"),
                Field("asker", "首问责任人", "王芳"), Field("phone", "首问责任人电话", "022-00000000"),
                Field("complex", "一般性或者较复杂", "一般性"), Field("due", "答复期限（取自时限）", DUE),
                Field("days", "期限说明；较复杂的为空", "（7个工作日）"),
                Field("code", "查询码", "K7P3QX")), context=bare(acceptance)),
    LetterKind("districts.refusal", "不予受理告知书", "不予受理告知书", HERE / "refusal.txt",
               (WHO, NUMBER, Field("ground", "不予受理的情形", "涉法涉诉"),
                Field("guidance", "反映渠道及电话", "宁河区人民法院诉讼服务中心，电话022-00000000"),
                Field("days", "申请复核的工作日数（参数）", "5"),
                Field("hub", "复核单位", "天津市宁河区人民政府政务服务办公室")),
               context=bare(refusal), occasion=nth("refuse")),
    LetterKind("districts.order", "需求转办单", "需求转办单", HERE / "order.txt",
               (_to("天津市宁河区城市管理委员会"), NUMBER, ENTERPRISE, MATTER,
                Field("order", "转办编号", "NH-ZB-20260428-0001"),
                Field("text", "企业诉求", "门口道路照明损坏，夜间装卸货物不安全，请予修复。"),
                Field("done", "属地已做工作", "已现场查看，确认不属属地管养范围。"),
                Field("wanted", "需协同内容", "请修复并答复企业。"),
                Field("signin", "签收期限", DueDate(dt.date(2026, 4, 29))), Field("due", "办理期限（取自时限）", DUE),
                Field("asker", "首问责任人", "王芳"), Field("returnable", "是否可以退回", True),
                Field("days", "退回的工作日数（参数）", "1")),
               context=bare(order), occasion=nth("dispatch", "decide_unit"), form=Form.DUBAN),
    LetterKind("districts.meeting_request", "提请召开联席会议的函", "关于提请召开优化营商环境联席会议的函",
               HERE / "meeting_request.txt",
               (_to("天津市宁河区人民政府政务服务办公室"), MATTER, NUMBER, ENTERPRISE,
                Field("text", "基本情况", "企业反映道路照明损坏。"),
                Field("tried", "已办理情况", "区城管委：需明确管养责任"), Field("obstacle", "卡点", "道路管养责任交叉"),
                Field("lead", "建议牵头单位", "宁河区城市管理委员会")), context=bare(meeting_request), occasion=nth("to_hub")),
    LetterKind("districts.leader_request", "提请领导协调的请示", "关于提请协调解决{{ matter }}问题的请示",
               HERE / "leader_request.txt",
               (_to("包联区领导"), MATTER, NUMBER, ENTERPRISE, STREET, Field("category", "类别", "水电气"),
                Field("handled_on", "办理日期", DAY),
                Field("bureau", "主管部门", "宁河区城市管理委员会"), Field("obstacle", "主要困难", "道路管养责任交叉"),
                Field("opinion", "研判意见", "建议明确由城管委管养"), Field("proposal", "建议方案", "纳入年度维修计划")),
               context=bare(leader_request), occasion=nth("to_leader"), form=Form.GONGWEN),
    LetterKind("districts.city_request", "提请市级协调的函", "关于提请市级协调{{ matter }}事项的函",
               HERE / "city_request.txt",
               (_to("天津市人民政府政务服务办公室"), MATTER, NUMBER, ENTERPRISE,
                Field("ground", "提请理由", "超出区级权限"), Field("basis", "权限依据", "市级权限清单第三项"),
                Field("done", "区级已履行程序", "已召开联席会议并经区领导协调"),
                Field("wanted", "请求协调的内容", "请协调市级管养单位"), CONTACT),
               context=bare(city_request), occasion=nth("to_city"), issuer=hub),
    LetterKind("districts.extension", "延期办理告知书", "延期办理告知书", HERE / "extension.txt",
               (WHO, MATTER, NUMBER, Field("reason", "原因", "需采购专用灯具"), Field("approver", "审批人", "赵敏"),
                Field("due", "新的期限（取自时限）", DueDate(dt.date(2026, 5, 20))), CONTACT),
               context=bare(extension), occasion=nth("extend")),
    LetterKind("districts.reply", "办结答复函", "关于{{ matter }}的答复函", HERE / "reply.txt",
               (WHO, MATTER, NUMBER, Field("unit", "办理单位", "宁河区城市管理委员会"),
                Field("reply", "答复内容", "路灯已于5月8日修复。"),
                Field("basis", "依据；没有的为空", "《城市道路管理条例》"), CONTACT),
               context=bare(reply), occasion=nth("answer", "dept_answered")),
    LetterKind("districts.explanation", "解释说明函", "关于{{ matter }}的解释说明函", HERE / "explanation.txt",
               (WHO, MATTER, NUMBER, Field("unit", "研究单位", "宁河区城市管理委员会"),
                Field("basis", "现行规定", "《某管理办法》第三条"),
                Field("reason", "未能满足的理由", "该路段已列入下一年度改造计划"),
                Field("other_way", "可替代途径；没有的为空", "临时照明申请"),
                Field("reserve", "是否纳入政策储备池：已、未", "已"), CONTACT),
               context=bare(explanation), occasion=nth("sign_explanation")),
    LetterKind("districts.minutes", "联席会议纪要", "关于协调解决经营主体需求的会议纪要", HERE / "minutes.txt",
               (_to("各成员单位"), Field("held_on", "会议日期", DAY), Field("place", "地点", "区政务服务中心"),
                Field("chair", "主持人", "何涛"),
                Field("matters", "议定事项", [{
                    "need": "NH-XQ-20260428-0001", "title": "门口道路照明", "lead": "宁河区城市管理委员会",
                    "task": "修复路灯并明确管养责任", "helpers": "芦台街道办事处", "due": dt.date(2026, 5, 29)}]),
                Field("present", "出席", "胡静、孙立、成伟"), Field("absent", "请假", "无"), Field("attending", "列席", "无"),
                Field("hub", "督促落实单位", "区政务服务办")), context=bare(minutes), issuer=hub,
               form=Form.JIYAO, mark="宁河区优化营商环境联席会议纪要"),
    LetterKind("districts.supervision", "督办单", "督办单", HERE / "supervision.txt",
               (_to("天津市宁河区城市管理委员会"), MATTER, NUMBER, Field("was_due", "原期限", dt.date(2026, 5, 11)),
                Field("as_of", "截至日期", dt.date(2026, 5, 18)), Field("late", "超期工作日数", 5),
                Field("problem", "主要问题", "未按期反馈办理结果"),
                Field("due", "反馈期限（取自时限）", DueDate(dt.date(2026, 5, 21))), Field("hub", "督办单位", "区政务服务办")),
               context=bare(supervision), issuer=hub, cc="区营商环境质量提升三年行动督导组", form=Form.DUBAN,
               summary=(("督办事项", "{{ matter }}（{{ number }}）"), ("督办单位", "{{ hub }}"), ("反馈期限", "{{ due }}"))),
    LetterKind("districts.report", "超期事项专报", "为企服务超期事项专报", HERE / "report.txt",
               (_to("区委、区政府"), Field("month", "月份", DAY), Field("received", "本期受理件数", 120),
                Field("rate", "按期办结率", "96.7%"), Field("late", "超期件数", 4),
                Field("rows", "超期及缓慢事项", [{
                    "number": "NH-XQ-20260428-0001", "unit": "宁河区城市管理委员会", "days": 5, "problem": "未按期反馈",
                    "cause": "专用灯具采购延误"}])),
               context=bare(report), issuer=hub, form=Form.GONGWEN),
    LetterKind("districts.handover", "问题线索移交函", "问题线索移交函", HERE / "handover.txt",
               (_to("中共天津市宁河区纪律检查委员会"), Field("unit", "涉及单位", "示例单位"),
                Field("facts", "事实经过", "两次无依据退回，超期15个工作日"),
                Field("evidence", "证据目录", "转办单及退回说明各2份"), Field("impact", "影响", "企业停工3日"),
                Field("secrecy", "密级栏（参数）", "工作秘密")),
               context=bare(handover), issuer=hub, receipt=True, secrecy="{{ secrecy }}"),
    LetterKind("districts.officer_change", "为企服务人员变更告知", "为企服务人员变更告知", HERE / "officer_change.txt",
               (WHO, Field("former", "原为企服务人员", "王芳"), Field("officer", "新任为企服务人员", "李明"),
                Field("phone", "办公电话", "022-00000000"), Field("since", "生效日期", DAY),
                Field("open_cases", "未结事项说明", "未结需求1件由李明承接")), context=bare(officer_change)),
]
