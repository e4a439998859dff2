"""Who takes part, and how a need is received and carried through."""
from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from addons.districts.channels import Incoming
from addons.districts.models import Need, Order
from addons.districts.operations import submit_need
from core.access import Scope, Unit
from core.case import act
from core.party.uscc import make_uscc
from core.testing.people import District

TEAM = (
    ("wang", "王芳", "districts.officer", "120117001", Scope.UNIT_TREE),
    ("lead", "李强", "districts.street_lead", "120117001", Scope.UNIT_TREE),
    ("chief", "赵敏", "districts.chief", "120117001", Scope.UNIT_TREE),
    ("qi", "齐海", "districts.officer", "120117110", Scope.UNIT_TREE),
    ("qilead", "齐刚", "districts.street_lead", "120117110", Scope.UNIT_TREE),
    ("samr", "孙立", "districts.liaison", "SAMR", Scope.UNIT_TREE),
    ("samrchief", "孙华", "districts.bureau_chief", "SAMR", Scope.UNIT_TREE),
    ("city", "成伟", "districts.liaison", "CGW", Scope.UNIT_TREE),
    ("hub", "胡静", "districts.hub", "NH-ZWB", Scope.ALL), ("head", "何涛", "districts.hub_head", "NH-ZWB", Scope.ALL),
    ("grid", "郭磊", "districts.grid", "NH-WGZX", Scope.ALL),
    ("mayor", "马超", "districts.leader", "120117001", Scope.UNIT_TREE),
    ("dcs", "董洁", "districts.inspector", "NH-ZWB", Scope.ALL), ("jw", "纪明", "districts.discipline", "NH-ZWB", Scope.ALL),
)
ANSWER = {"reply": "经核实，路灯已于今日修复。", "mode": "电话"}
TEXT = "门口道路的路灯坏了很久，夜里装卸货物不安全，请尽快修复。"


def receive(district: District, who: str = "wang", number: int = 1, title: str = "门口路灯不亮", text: str = TEXT,
            at: dt.datetime | None = None, channel: str = "officer", unit: str = "120117001", **more: Any) -> Need:
    """A need of the first enterprise, in the first street."""
    given = Incoming(channel, title, text, code=make_uscc("120117", number), category="其他", received_at=at, **more)
    need = submit_need(district.session, district.viewer(who), given, unit=district.unit(unit) if unit else None)
    district.session.commit()
    return need


def do(district: District, case: Any, action: str, who: str, note: str = "", **data: Any) -> Any:
    """One step by one person."""
    return act.do(case, action, actor=district.viewer(who), note=note, data=data or None)


def accepted(district: District, **more: Any) -> Need:
    """A need that the officer has accepted."""
    need = receive(district, **more)
    do(district, need, "accept", "wang")
    return need


def sent(district: District, need: Need, unit: str = "SAMR", who: str = "lead", **more: Any) -> Order:
    """The order that the dispatch made."""
    do(district, need, "dispatch", who, unit=district.unit(unit).id, done="已现场查看。", wanted="请协助处理。", **more)
    return order_of(district, need)


def order_of(district: District, need: Need) -> Order:
    """The latest order of a need to a lead unit."""
    return district.session.scalars(select(Order).where(Order.need_id == need.id, Order.lead.is_(True))
                                    .order_by(Order.id.desc()).limit(1)).one()


def clock(case: Any, code: str) -> Any:
    """The latest clock of that code."""
    return next(c for c in reversed(case.clocks) if c.code == code)


def give_seats(district: District) -> None:
    """The bureaus that the demonstration names."""
    from core.access import UnitKind
    from core.testing.people import make_unit, switch_on

    for code, name in (("NH-SCJGJ", "示例市监"), ("NH-CGW", "示例城管"), ("NH-ZJW", "示例住建"), ("NH-RSJ", "示例人社"),
                       ("NH-GDGS", "示例供电"), ("NH-SWUJ", "示例水务")):
        if code not in district.units:
            found = district.session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
            district.units[code] = found or make_unit(district.session, code, name, UnitKind.BUREAU, doc_word="宁示")
    switch_on(district.session, "districts", district.units.values())
    district.session.commit()
