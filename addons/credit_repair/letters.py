"""The letters of the module: 信用修复告知书 with the decision (书函同达), 信用修复预通知书 before repair can be asked for."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from addons.credit_repair.guards import NOTICE, PRENOTICE
from addons.credit_repair.models import Penalty, Repair, RepairPenalty
from addons.credit_repair.tiers import Tier
from core import moment
from core.access import Unit
from core.case import clocks
from core.case.workflow import CLOSED
from core.errors import NotFound, Refusal
from core.letter.bodytext import DueDate
from core.letter.kinds import Field, LetterKind
from core.letter.models import Letter, LetterState
from core.rules.lookup import lookup
from core.words import gettext as _

HERE = Path(__file__).parent / "templates" / "credit_repair" / "letters"
TIERS = {Tier.LIGHT: "轻微", Tier.GENERAL: "一般", Tier.SERIOUS: "严重"}


def months_in_words(months: int) -> str:
    """3个月, 1年, 3年."""
    return f"{months // 12}年" if months and months % 12 == 0 else f"{months}个月"


def notice_fields(case: Penalty) -> dict[str, Any]:
    """The fields of the 信用修复告知书."""
    told = case.publicity()
    clock = clocks.running(case, "publish") or next((c for c in reversed(case.clocks) if c.code == "publish"), None)
    if clock is None:
        raise Refusal(_("This decision has no period of publication."))
    return {
        "addressee": case.party_name, "violation": case.violation, "document": case.document_number,
        "decided_on": case.decided_on, "report_by": DueDate(clock.due_on, clock.provisional), "tier": TIERS[told.tier],
        "minimum": months_in_words(told.min_months) if told.min_months else "", "maximum": months_in_words(told.max_months),
        "apply_from": told.apply_from, "fine": money(case.fine)}


def prenotice_fields(case: Penalty) -> dict[str, Any]:
    """The fields of the 信用修复预通知书."""
    told = case.publicity(moment.today())
    if told.min_last is None:
        raise Refusal(_("A light loss of credit has no minimum period: repair can be asked for at once."))
    duties = "、".join({"pay": "缴清罚没款", "correct": "改正违法行为"}[name] for name in case.unperformed)
    return {"addressee": case.party_name, "document": case.document_number,
            "published_on": case.published_on or case.decided_on, "min_last": told.min_last, "apply_from": told.apply_from,
            "duties": duties}


def lead_bureau(session: Session, case: Penalty) -> Unit:
    """The bureau that leads credit work and writes to enterprises before they may apply (module setting ``lead_bureau``)."""
    code = current_app.extensions["yingshang"].setting("credit_repair", "lead_bureau")
    found = session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
    if found is None:
        raise NotFound(_("There is no unit %(code)s. Set lead_bureau of the module credit_repair.", code=code))
    return found


def due_notices(session: Session, by: dt.date) -> list[int]:
    """Decisions that are to be served and have no repair letter yet, oldest first. One statement."""
    living = exists().where(Letter.case_id == Penalty.id, Letter.kind == NOTICE,
                            Letter.state.in_([LetterState.SIGNED, LetterState.DELIVERED]))
    return list(session.scalars(select(Penalty.id).where(
        Penalty.served_on.is_(None), Penalty.meaning != CLOSED, Penalty.decided_on <= by, ~living)
        .order_by(Penalty.decided_on, Penalty.id)))


def due_prenotices(session: Session, by: dt.date) -> list[int]:
    """Published penalties whose pre-notice falls due by that day: their minimum period ends within the notice period, they
    have no such letter yet and no repair case that is open. One statement, and one for the rules."""
    ahead = int(lookup(session, "credit.prenotice_before_min", by).value)
    living = exists().where(Letter.case_id == Penalty.id, Letter.kind == PRENOTICE,
                            Letter.state.in_([LetterState.SIGNED, LetterState.DELIVERED]))
    busy = exists().where(RepairPenalty.penalty_id == Penalty.id, RepairPenalty.case_id == Repair.id,
                          Repair.meaning != CLOSED)
    return list(session.scalars(select(Penalty.id).where(
        Penalty.state == "published", Penalty.min_last <= by + dt.timedelta(days=ahead),
        Penalty.apply_from >= min(by, moment.today()), ~living, ~busy).order_by(Penalty.apply_from, Penalty.id)))


def notice_signed(session: Session, case: Penalty, letter: Letter, viewer: Any) -> None:
    """The decision can be served now: its repair letter is signed."""
    case.notice_number = letter.number or ""


def money(amount: Decimal | None) -> str:
    """An amount in 万元 as people read it: below 1 万元 in 元."""
    if amount is None:
        return ""
    if amount < 1:
        return f"{(amount * 10000).normalize():f}元"
    return f"{amount.normalize():f}万元"


LETTERS = [
    LetterKind(
        NOTICE, "信用修复告知书", "信用修复告知书", HERE / "notice.txt",
        (Field("addressee", "行政相对人名称", "天津示例商贸有限公司"), Field("violation", "违法行为类型",
                "未按规定公示企业信息"),
         Field("document", "行政处罚决定书文号", "津宁市监罚〔2026〕121号"), Field("decided_on", "处罚决定日期", dt.date(2026,
                 11, 19)),
         Field("report_by", "应当公示的最后一日（取自时限）", DueDate(dt.date(2026, 11, 30))), Field("tier",
                 "失信等级：轻微、一般、严重", "一般"),
         Field("minimum", "最短公示期；轻微失信为空", "3个月"), Field("maximum", "最长公示期", "1年"),
         Field("apply_from", "可以申请信用修复的首日", dt.date(2027, 2, 20)), Field("fine", "罚款金额；没有罚款为空",
                 "5000元")),
        context=notice_fields, due=due_notices, on_signed=notice_signed),
    LetterKind(
        PRENOTICE, "信用修复预通知书", "信用修复预通知书", HERE / "prenotice.txt",
        (Field("addressee", "行政相对人名称", "天津示例商贸有限公司"), Field("document", "行政处罚决定书文号",
                "津宁市监罚〔2026〕121号"),
         Field("published_on", "公示起始日", dt.date(2026, 11, 19)), Field("min_last", "最短公示期的最后一日", dt.date(2027,
                 2, 19)),
         Field("apply_from", "可以申请信用修复的首日", dt.date(2027, 2, 20)), Field("duties",
                 "尚未完成的义务；已全部履行为空", "缴清罚款")),
        context=prenotice_fields, issuer=lead_bureau, due=due_prenotices),
]
