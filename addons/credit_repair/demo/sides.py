"""What happens beside the main road: instalments, lawsuits, reorganisation, objections, false promises, the month."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.credit_repair.models import CityAverage, MonthCount, Penalty, Repair
from addons.credit_repair.months import open_bulletin
from addons.credit_repair.operations import open_objection, register_penalty
from core import moment
from core.access import Unit, system_viewer
from core.board.stats import month_of
from core.case import act

HOLDERS = (("区财政局", "限制参加政府采购（示例）"), ("区市场监管局", "提高抽查比例（示例）"), ("示例信用查询网",
    "网站公示（示例）"))


def sanction(penalty: Penalty, today: dt.date) -> None:
    """A measure that somebody took because of this decision."""
    holder, measure = HOLDERS[penalty.id % len(HOLDERS)]
    _do(penalty, "note_sanction", penalty.published_on or penalty.decided_on, {"holder": holder, "measure": measure})


def load(session: Session, rng: Random, credit: Unit, quiet: Sequence[Penalty], made: Sequence[Penalty],
         today: dt.date) -> None:
    """A few of each. ``quiet`` are published decisions that nobody asked to repair; ``made`` are all."""
    free = iter([penalty for penalty in quiet if penalty.state == "published"])
    for penalty, work in zip(free, (_instalments, _lawsuit, _shield, _object, _differs, _succeed), strict=False):
        work(session, penalty, today)
    _falsehood(session, today)
    _outside(session, credit, made, today)
    _month(session, rng, today)


def _do(case: Any, action: str, day: dt.date, data: dict[str, Any] | None = None, note: str = "") -> None:
    with moment.at(day):
        act.do(case, action, actor=system_viewer("demonstration", "示例"), data=data, note=note)


def _instalments(session: Session, penalty: Penalty, today: dt.date) -> None:
    if penalty.paid_on is not None or not penalty.fine:
        return
    whole = penalty.fine + (penalty.confiscated or 0)
    half = (whole / 2).quantize(Decimal("0.01"))
    days = [today + dt.timedelta(days=n) for n in (2, 60)]
    _do(penalty, "plan", today, {"number": "示例缓缴批复1号", "parts": f"{days[0]} {half}\n{days[1]} {whole - half}"})


def _lawsuit(session: Session, penalty: Penalty, today: dt.date) -> None:
    _do(penalty, "litigate", today, {"number": "（示例）津0117行初1号", "since": today.isoformat()})


def _shield(session: Session, penalty: Penalty, today: dt.date) -> None:
    _do(penalty, "shield", today, {"court": "天津市宁河区人民法院（示例）", "number": "（示例）津0117破1号",
                                   "day": today.isoformat()})


def _object(session: Session, penalty: Penalty, today: dt.date) -> None:
    with moment.at(today):
        open_objection(session, system_viewer("demonstration", "示例"), penalty, ground="信息有误",
                       content="（示例）罚款金额有误",
                       asker_name="示例经办人", asker_phone="19900000000")


def _differs(session: Session, penalty: Penalty, today: dt.date) -> None:
    with moment.at(today):
        case = open_objection(session, system_viewer("demonstration", "示例"), penalty, ground="结果不一致",
                              site="示例信用查询网",
                              content="（示例）网站仍在公示")
    _do(case, "uphold", today, {"answer": "（示例）已函告网站更正"})


def _succeed(session: Session, penalty: Penalty, today: dt.date) -> None:
    other = next(iter(session.scalars(select(Penalty).where(Penalty.uscc != penalty.uscc).limit(1))), None)
    if other is not None and other.enterprise is not None and other.uscc:
        _do(penalty, "succeed", today, {"uscc": other.uscc, "name": other.enterprise.name, "how": "合并",
                                        "succeeded_on": today.isoformat()})


def _falsehood(session: Session, today: dt.date) -> None:
    case = session.scalars(select(Repair).where(Repair.state == "closed").order_by(Repair.id.desc()).limit(1)).first()
    if case is not None:
        _do(case, "revoke", today, {"facts": "（示例）缴款票据系伪造", "found_on": today.isoformat()}, "提供虚假材料")


def _outside(session: Session, credit: Unit, made: Sequence[Penalty], today: dt.date) -> None:
    """What a city authority decided on an enterprise of the district: here for service, in no figure."""
    if not made or made[0].enterprise is None:
        return
    day = max(penalty.decided_on for penalty in made)
    with moment.at(today):
        register_penalty(session, system_viewer("demonstration", "示例"), credit, {
            "party_name": made[0].party_name, "party_type": made[0].party_type, "uscc": made[0].uscc, "outside": True,
            "document_number": f"津环罚〔{day.year}〕示例1号", "violation": "超标排放污水", "facts": "（示例）",
            "kinds": "罚款",
            "legal_basis": "《水污染防治法》第八十三条", "content": "（示例）罚款20万元。", "fine": Decimal(20),
            "decided_on": day,
            "authority_name": "天津市示例环境执法机关", "authority_code": "SHILI-HUANJING"}, enterprise=made[0].enterprise)


def _month(session: Session, rng: Random, today: dt.date) -> None:
    """The city's averages and the bureaus' numbers of the last three months, and the bulletin of the last one."""
    bureaus = session.scalars(select(Unit).join(Penalty, Penalty.bureau_id == Unit.id).where(Penalty.outside.is_(False))
                              .distinct().order_by(Unit.id)).all()
    month = month_of(today).first
    for _n in range(3):
        month = month_of(month - dt.timedelta(days=1)).first
        for code, value in (("compliance", "0.912"), ("late", "0.118"), ("letters", "0.95")):
            session.add(CityAverage(month=month, indicator=f"credit_repair.{code}", value=Decimal(value),
                                    source="全市平均（示例）",
                                    imported_at=moment.now()))
        for bureau in bureaus:
            count = 1 + len(session.scalars(select(Penalty.id).where(
                Penalty.bureau_id == bureau.id, Penalty.decided_on >= month, Penalty.decided_on <= month_of(month).last)).all())
            session.add(MonthCount(month=month, bureau_id=bureau.id, decisions=count + (rng.random() < 0.2), exempt=1,
                                   sampled=5,
                                   unreported=rng.randrange(0, 2), source="执法办案系统（示例）"))
    session.flush()
    with moment.at(today):
        last = month_of(month_of(today).first - dt.timedelta(days=1)).first
        open_bulletin(session, system_viewer("demonstration", "示例"), last)
