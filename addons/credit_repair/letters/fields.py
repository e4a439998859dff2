"""What each letter says of its case: the values of its fields, from what is stored and nothing else."""
from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from addons.credit_repair.effects.common import everybodys
from addons.credit_repair.guide import address, months_in_words
from addons.credit_repair.models import Bulletin, Penalty, PriorNotice, Repair, Sync
from addons.credit_repair.tiers import Tier
from core import moment
from core.calendar import PeriodSpec, Unit, compute
from core.case import clocks
from core.case.models import Case, Clock
from core.errors import Refusal
from core.letter.bodytext import DueDate
from core.rules.lookup import lookup
from core.words import gettext as _

TIERS = {Tier.LIGHT: "轻微", Tier.GENERAL: "一般", Tier.SERIOUS: "严重"}
DUTIES = {"pay": "缴清罚没款", "correct": "改正违法行为"}


def money(amount: Decimal | None) -> str:
    """An amount in 万元 as people read it: below 1 万元 in 元."""
    if amount is None:
        return ""
    if amount < 1:
        return f"{(amount * 10000).normalize():,f}元"
    return f"{amount.normalize():f}万元"


def notice(case: Penalty) -> dict[str, Any]:
    """信用修复告知书."""
    told = case.publicity()
    return {
        "addressee": case.party_name, "violation": case.violation, "document": case.document_number,
        "decided_on": case.decided_on, "report_by": _due(case, "publish"), "tier": TIERS[told.tier],
        "minimum": months_in_words(told.min_months) if told.min_months else "", "maximum": months_in_words(told.max_months),
        "apply_from": told.apply_from, "fine": money(case.fine), "unrepairable": case.unrepairable.rstrip("。")}


def consequences(case: PriorNotice) -> dict[str, Any]:
    """信用影响预通知书, with the prior notice."""
    told = case.publicity()
    return {
        "addressee": _party(case), "violation": case.violation, "document": case.document_number,
        "kinds": case.kinds.replace(";", "、"), "fine": money(case.fine), "tier": TIERS[told.tier],
        "light": told.tier is Tier.LIGHT, "minimum": months_in_words(told.min_months) if told.min_months else "",
        "maximum": months_in_words(told.max_months)}


def prenotice(case: Penalty) -> dict[str, Any]:
    """信用修复预通知书."""
    told = case.publicity(moment.today())
    if told.min_last is None:
        raise Refusal(_("A light loss of credit has no minimum period: repair can be asked for at once."))
    return {"addressee": _party(case), "document": case.document_number,
            "published_on": case.published_on or case.decided_on, "min_last": told.min_last,
            "apply_from": case.first_day(moment.today()), "duties": _duties(case), "guide": address()}


def last_notice(case: Penalty) -> dict[str, Any]:
    """信用修复预通知书 before publicity ends by itself."""
    return {"addressee": _party(case), "document": case.document_number,
            "published_on": case.published_on or case.decided_on, "max_last": case.published_until or case.max_last,
            "duties": _duties(case), "guide": address()}


def reminder(case: Penalty) -> dict[str, Any]:
    """行政处罚信息报送提醒单."""
    return {"addressee": case.unit.bureau.name if case.unit.bureau else case.unit.name, "document": case.document_number,
            "decided_on": case.decided_on, "due_by": _due(case, "publish"), "nth": nth_day(case),
            "rejected": case.reject_reason, "section": str(case.unit), "party": case.party_name}


def nth_day(case: Penalty) -> int:
    """How many working days have begun since the decision."""
    return max(1, clocks.calendar_of(_session(case)).count_working(case.decided_on, moment.today()))


def explanation(case: Penalty) -> dict[str, Any]:
    """行政处罚公示信息撤回（更正）说明."""
    return {"addressee": "各有关单位和社会公众", "document": case.document_number, "published_on": case.published_on,
            "instrument": case.revoked_by, "outcome": case.revocation, "effective_on": case.revoked_on,
            "corrected": case.revocation in ("变更", "信息有误"), "reason": case.revocation_reason.rstrip("。")}


def supplement(case: Repair) -> dict[str, Any]:
    """信用修复材料补正告知书."""
    return {"addressee": _applicant(case), "items": [item.rstrip("。；;") for item in case.missing],
            "complete_by": case.complete_by}


def accepted(case: Repair) -> dict[str, Any]:
    """信用修复受理通知书."""
    return {**_application(case), "pushed_on": case.pushed_on, "result_by": _due(case, "total")}


def declined(case: Repair) -> dict[str, Any]:
    """信用修复不予受理通知书."""
    return {**_application(case), "pushed_on": case.pushed_on, **_grounds(case)}


def approved(case: Repair) -> dict[str, Any]:
    """准予信用修复决定书."""
    measures = "、".join(dict.fromkeys(s.measure for penalty in case.subjects for s in penalty.sanctions))
    return {**_application(case), "applied_on": case.submitted_on, "decided_on": case.decided_on, "measures": measures}


def refused(case: Repair) -> dict[str, Any]:
    """不予信用修复决定书."""
    return {**_application(case), "applied_on": case.submitted_on, **_grounds(case)}


def result(case: Repair) -> dict[str, Any]:
    """信用修复结果告知及惩戒措施解除函, to the enterprise; whoever held a measure gets a copy."""
    with everybodys(_session(case), "receipts of a repair") as rows:
        held = rows.execute(select(Sync.holder, Sync.measure, Sync.receipt).where(
            Sync.repair_id == case.id, Sync.state == "lifted").order_by(Sync.id)).all()
    return {**_application(case), "decided_on": case.decided_on,
            "holders": [{"holder": row.holder, "measure": row.measure, "receipt": row.receipt} for row in held],
            "copies": "，".join(dict.fromkeys(row.holder for row in held))}


def lifting(case: Sync) -> dict[str, Any]:
    """惩戒措施解除函, to whoever holds a measure."""
    return {"addressee": case.holder, "party": case.party_name, "uscc": case.uscc, "documents": case.document_numbers,
            "ended_on": case.ended_on, "measure": case.measure, "answer_by": _due(case, "sync"),
            "restored": case.repair is not None and case.repair.revoked_on is not None}


def commitment(case: Repair) -> dict[str, Any]:
    """信用承诺书, for the party to sign."""
    if not case.subjects:
        raise Refusal(_("No penalty is left in this application."))
    authority = case.subjects[0].authority_name
    return {"addressee": authority, "documents": _documents(case), "uscc": case.subjects[0].uscc, "party": _applicant(case)}


def revoked(case: Repair) -> dict[str, Any]:
    """撤销信用修复决定书."""
    return {"addressee": _applicant(case), "documents": _documents(case), "decided_on": case.decided_on,
            "found_on": case.revoked_on, "facts": case.reason.rstrip("。"), "falsehood": case.condition,
            "published_until": max(p.published_until or p.max_last for p in case.subjects),
            "barred_until": max(p.barred_until or p.max_last for p in case.subjects)}


def bulletin(case: Bulletin) -> dict[str, Any]:
    """行政处罚信息迟报通报."""
    session = _session(case)
    days = int(lookup(session, "credit.bulletin_answer", moment.today(), case.bureau_id).value)
    due = compute(PeriodSpec(days, Unit.WD), moment.today(), clocks.calendar_of(session))
    return {"addressee": "各有关单位", "month": f"{case.month.year}年{case.month.month}月", **case.figures,
            "rows": [{name: row[name] for name in ("bureau", "section", "count", "days")} for row in case.late],
            "answer_by": DueDate(due.due_on, due.provisional)}


def _application(case: Repair) -> dict[str, Any]:
    return {"addressee": _applicant(case), "documents": _documents(case), "external": case.external_number}


def _grounds(case: Repair) -> dict[str, Any]:
    return {"reason": case.reason.rstrip("。"), "condition": case.condition, "remedy": case.remedy.rstrip("。")}


def _documents(case: Repair) -> str:
    return "、".join(penalty.document_number for penalty in case.subjects)


def _applicant(case: Repair) -> str:
    return case.enterprise.name if case.enterprise is not None else case.subjects[0].party_name


def _party(case: Penalty | PriorNotice) -> str:
    """Whom to write to today: the successor, or the party under its present name."""
    present = getattr(case, "successor", None) or case.enterprise
    return present.name if present is not None else case.party_name


def _duties(case: Penalty) -> str:
    return "、".join(DUTIES[name] for name in case.unperformed)


def _due(case: Case, code: str) -> DueDate:
    clock: Clock | None = clocks.running(case, code) or next((c for c in reversed(case.clocks) if c.code == code), None)
    if clock is None:
        raise Refusal(_("There is no period from which this letter could take its day."))
    return DueDate(clock.due_on, clock.provisional)


def _session(case: Case) -> Session:
    session = object_session(case)
    if session is None:
        raise RuntimeError("the case is in no session")
    return session

