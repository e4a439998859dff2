"""A fictional year of needs in every state, with districts and officers. All of it is invented and marked 示例.

Each need lives through its steps at their own times, by the same door that people use; the same seed gives the same year.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Any

from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.districts.channels import Incoming
from addons.districts.demo_registers import fill
from addons.districts.jobs import over
from addons.districts.models import Area, Meeting, Need, Order, Post, Supervision
from addons.districts.operations import rate, submit_need
from addons.districts.operations.areas import draw_area
from addons.districts.operations.serving import keep_assigned
from core import moment
from core.access import Appointment, Unit, UnitKind, Viewer, system_viewer
from core.access.models import Staff
from core.case import act, clocks
from core.party.models import Enterprise

BUREAUS = ("NH-ZWB", "NH-WGZX", "NH-SCJGJ", "NH-CGW", "NH-ZJW", "NH-RSJ", "NH-GDGS", "NH-SWUJ", "NH-DCS", "NH-JW",
           *(f"1201170{n:02d}" for n in (1, 2)), *(f"1201171{n:02d}" for n in (2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15)),
           "120117401", "120117451")
STREETS = BUREAUS[10:]
HELPERS = ("NH-SCJGJ", "NH-CGW", "NH-ZJW", "NH-RSJ", "NH-GDGS", "NH-SWUJ")
SEATS = {"districts.officer": STREETS, "districts.street_lead": STREETS, "districts.chief": STREETS[:4],
         "districts.liaison": HELPERS, "districts.bureau_chief": HELPERS, "districts.hub": BUREAUS[:1],
         "districts.hub_head": BUREAUS[:1], "districts.grid": ("NH-WGZX",), "districts.leader": STREETS[:2],
         "districts.inspector": ("NH-DCS",), "districts.discipline": ("NH-JW",)}
COUNTS = {"small": 90, "district": 400, "city": 1200}
MATTERS = (
    ("门口道路路灯不亮", "厂区门口道路路灯损坏多日，夜间装卸货物不安全，请尽快修复。", "其他", "NH-CGW"),
    ("变压器增容办理慢", "新上生产线需要变压器增容，资料已提交，请告知办理进度并加快。", "水电气", "NH-GDGS"),
    ("招工困难", "旺季缺少操作工，希望协助组织招聘会或者推荐用工渠道。", "用工", "NH-RSJ"),
    ("贷款贴息政策咨询", "想了解小微企业贷款贴息政策的申请条件和所需材料。", "融资", "NH-SCJGJ"),
    ("食品经营许可变更", "经营场所变更后食品经营许可如何办理变更，需要哪些材料。", "审批", "NH-SCJGJ"),
    ("污水管网接入", "厂房扩建后污水管网接入手续不清楚，请协调现场指导。", "水电气", "NH-SWUJ"),
    ("施工许可办理", "车间改造是否需要办理施工许可，请主管部门予以明确。", "审批", "NH-ZJW"),
    ("物流车辆限行", "货运车辆进入园区受限时段影响送货，希望优化限行安排。", "物流", "NH-CGW"))
REPLY = {"reply": "经核实办理，所反映事项已经解决，请继续关注（示例）。", "mode": "电话", "result": "已解决"}


def load(session: Session, scale: str, rng: Random, today: dt.date) -> None:
    """Districts with officers, enterprises assigned to them, and a year of needs up to ``today``."""
    with moment.at(today - dt.timedelta(days=370)):
        posts = _districts(session)
        if not posts:
            return
        keep_assigned(session)
    enterprises = session.scalars(
        select(Enterprise).where(Enterprise.status == "存续").order_by(Enterprise.id).limit(2000)).all()
    if not enterprises:
        return
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    days = sorted(today - dt.timedelta(days=int(360 * rng.random() ** 1.6)) for _n in range(COUNTS[scale]))
    for number, day in enumerate(days):
        _one(session, rng, rng.choice(enterprises), units, day, today, number)
    with moment.at(today):
        over(session, moment.now())
        fill(session, units, today)
    session.flush()


def _districts(session: Session) -> Sequence[Post]:
    """Two districts in every street, with the officer and the lead of the street as officers."""
    people = session.execute(
        select(Appointment.unit_id, Staff).join(Staff, Staff.id == Appointment.user_id)
        .join(FabRole, FabRole.id == Appointment.role_id)
        .where(FabRole.name.in_(("districts.officer", "districts.street_lead"))).order_by(FabRole.name)).all()
    seated: dict[int, list[Staff]] = {}
    for row in people:
        seated.setdefault(row.unit_id, []).append(row.Staff)
    posts = []
    for street in session.scalars(select(Unit).where(Unit.kind == UnitKind.STREET, Unit.active.is_(True)).order_by(Unit.id)):
        if street.id not in seated or session.scalar(select(Area.id).where(Area.unit_id == street.id)) is not None:
            continue
        area = draw_area(session, street, f"{street.code}-01", f"{street.short_name}示例片区",
                         words=("示例路", street.short_name), east="示例河", south="示例路", west="示例桥", north="示例渠")
        posts += [Post(user_id=person.id, unit_id=street.id, area_id=area.id, part=part, office_phone=person.phone or "",
                       valid_from=moment.today()) for part, person in zip("AB", seated[street.id], strict=False)]
    session.add_all(posts)
    session.flush()
    return posts


def _one(session: Session, rng: Random, enterprise: Enterprise, units: dict[str, Unit], day: dt.date, today: dt.date,
         number: int) -> None:
    """One need; how far it comes depends on how long ago it began."""
    title, text, category, bureau = rng.choice(MATTERS)
    channel = rng.choices(("officer", "portal", "12345", "station", "cloud", "visit"), (40, 25, 20, 5, 5, 5))[0]
    at = min(moment.start_of(day) + dt.timedelta(hours=8 + rng.random() * 9), moment.now())  # of today, a moment that is past
    with moment.at(at):
        need = submit_need(session, _person("为企服务人员"), Incoming(
            channel, title, text, category=category, contact_name="示例联系人", contact_phone="19900000000",
            channel_no=f"示例{number:05d}" if channel == "12345" else "", urgency="normal"), enterprise=enterprise)
    need.first_asker_id = need.first_asker_id or need.assignee_id
    way = rng.random()
    hours = _Later(at, today)
    if not hours.go(rng.uniform(1, 9)):
        return
    if way < 0.06:
        _do(need, hours, "refuse", ground="涉法涉诉", guidance="宁河区人民法院诉讼服务中心")
        return
    _do(need, hours, "accept")
    if way < 0.5:
        _answered(session, need, hours, rng)
        return
    if way > 0.92:
        _do(need, hours, "confirm_complex", note="涉及多个部门（示例）")
    if not hours.go(6):
        return
    _do(need, hours, "dispatch", unit=units[bureau].id, done="已现场了解情况（示例）。", wanted="请依职责协助解决（示例）。")
    order = _order(session, need)
    if not hours.go(rng.uniform(2, 20)):
        return
    if way > 0.88 and way <= 0.92:
        _do(order, hours, "return_it", ground="不属本单位职责", reason="三定规定未列（示例）。")
        return
    _do(order, hours, "sign_in", section="业务科（示例）")
    if not hours.go(rng.uniform(20, 200)):
        return
    if way > 0.97:
        _climb(session, need, order, hours, units)
    elif way > 0.85:
        _do(order, hours, "explain", reason="现行政策未覆盖", explanation="现行政策尚未覆盖该事项（示例）。",
            basis="某办法第三条（示例）", reserve=True)
        if hours.go(20):
            _do(need, hours, "sign_explanation")
    else:
        _do(order, hours, "report", **REPLY)
        if need.state == "feedback" and hours.go(3):
            _answered(session, need, hours, rng)


def _climb(session: Session, need: Need, order: Order, hours: _Later, units: dict[str, Unit]) -> None:
    """To the hub, to a joint meeting, and under supervision."""
    _do(order, hours, "unsolvable", note="需多部门会商（示例）。")
    _do(need, hours, "to_hub", obstacle="职责交叉（示例）")
    _do(need, hours, "call_meeting", meets_on=hours.at.date().isoformat(), place="区政务服务中心", chair="示例主持人")
    meeting = session.scalars(select(Meeting).order_by(Meeting.id.desc()).limit(1)).one()
    due = clocks.calendar_of(session).next_working(hours.at.date() + dt.timedelta(days=20)).date
    _do(meeting, hours, "resolve", need=need.number, lead=units["NH-CGW"].id, task="牵头解决（示例）", due_on=due.isoformat())
    _do(meeting, hours, "hold", present="示例出席人员")
    _do(need, hours, "supervise", unit=units["NH-CGW"].id, problem="办理缓慢（示例）")
    found = session.scalars(select(Supervision).order_by(Supervision.id.desc()).limit(1)).one()
    _do(found, hours, "instruct", instruction="请跟踪督办（示例）。", by="示例领导")


def _answered(session: Session, need: Need, hours: _Later, rng: Random) -> None:
    if not hours.go(rng.uniform(1, 90)):
        return
    _do(need, hours, "answer", **REPLY)
    if hours.go(2):
        _do(need, hours, "confirm_answer")
    if rng.random() < 0.6 and hours.go(rng.uniform(2, 60)):
        with moment.at(hours.at):
            rate(session, need, rng.choices((5, 4, 3, 2), (60, 28, 8, 4))[0], comment="示例评价")


class _Later:
    """The time of a need's next step, never after today."""

    def __init__(self, at: dt.datetime, today: dt.date) -> None:
        self.at, self.end = at, moment.start_of(today)

    def go(self, hours: float) -> bool:
        """Go on by so many hours; whether that is still before today."""
        self.at += dt.timedelta(hours=hours)
        return self.at < self.end


def _do(case: Any, hours: _Later, action: str, note: str = "", **data: Any) -> None:
    with moment.at(hours.at):
        act.do(case, action, actor=_person("示例经办人"), note=note, data=data or None)


def _person(name: str) -> Viewer:
    return system_viewer("demonstration", name)


def _order(session: Session, need: Need) -> Order:
    return session.scalars(select(Order).where(Order.need_id == need.id).order_by(Order.id.desc()).limit(1)).one()
