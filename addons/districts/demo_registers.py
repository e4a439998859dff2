"""The registers of the fictional year: roster, leaders, contacts, visits, handbook, trainings, model cases, common issues."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.districts.models import Agent, Contact, Handbook, Issue, ModelCase, Need, Post, Serving, Training, Visit
from addons.districts.operations.works import link_issue, plan_visit
from core.access import Appointment, Unit, system_viewer
from core.access.models import Staff
from core.case.clocks import calendar_of
from core.party.models import Enterprise

QUESTIONS = (("个体工商户如何转为企业？", "可到政务服务中心综合窗口或者网上办理，按一窗通办流程提交材料（示例）。", "审批"),
             ("小微企业可以申请哪些贴息？", "以当年公布的贴息政策为准，可请为企服务人员协助查询（示例）。", "融资"),
             ("变压器增容需要多久？", "以供电公司公布的办理时限为准，可请为企服务人员协助催办（示例）。", "水电气"),
             ("被列入经营异常名录怎么办？", "补报年报或者更正信息后，可申请移出（示例）。", "市场"))
PURPOSE = "例行走访（示例）"
EXPERTISE = {"NH-SCJGJ": "登记注册、食品经营许可、知识产权", "NH-CGW": "占道经营、道路照明、燃气",
             "NH-ZJW": "施工许可、竣工验收", "NH-RSJ": "招工、技能培训、社保",
             "NH-GDGS": "用电报装、增容", "NH-SWUJ": "用水、排水接入"}


def fill(session: Session, units: Mapping[str, Unit], today: dt.date) -> None:
    """Some rows of every register."""
    hub, since = units["NH-ZWB"], today - dt.timedelta(days=300)
    session.add_all(Handbook(question=question, answer=answer, category=category, unit_id=hub.id, basis="示例依据",
                             review_on=today + dt.timedelta(days=60 * n - 20))
                    for n, (question, answer, category) in enumerate(QUESTIONS))
    session.add_all(Training(title=title, on=today - dt.timedelta(days=40 + 60 * n), sort=sort, unit_id=hub.id,
                             people="各街镇为企服务人员")
                    for n, (title, sort) in enumerate((("业务培训（示例）", "业务"), ("沟通技巧培训（示例）", "沟通技巧"))))
    session.add(ModelCase(title="一次走访解决增容难题（示例）",
                          story="为企服务人员走访中发现企业用电增容需求，当日吹哨，五日办结（示例）。",
                          unit_id=units["120117001"].id, on=today - dt.timedelta(days=20), published=True))
    session.add_all(Contact(unit_id=units[code].id, duty="liaison", name="示例联络员", post="科长", phone="022-00000000",
                            expertise=expertise, valid_from=since) for code, expertise in EXPERTISE.items() if code in units)
    session.add_all(Contact(unit_id=units[code].id, duty=duty, name=name, post=post, phone="022-00000000", valid_from=since)
                    for code in ("120117001", "120117110") for duty, name, post in (
                        ("chief", "示例分管领导", "副主任"), ("section", "示例责任科室", "经济发展科")))
    _leaders(session, since)
    _issue(session, today)
    _visits(session, units["120117001"], today)


def _leaders(session: Session, since: dt.date) -> None:
    """Those who hold the role take care of the street in which they hold it."""
    rows = session.execute(select(Appointment.unit_id, Staff).join(Staff, Staff.id == Appointment.user_id).join(
        FabRole, FabRole.id == Appointment.role_id).where(FabRole.name == "districts.leader"))
    session.add_all(Contact(unit_id=unit_id, duty="leader", name=person.name, post="区领导（示例）", user_id=person.id,
                            valid_from=since) for unit_id, person in rows)


def _issue(session: Session, today: dt.date) -> None:
    """Lorries may not enter the park at certain hours: one cause, several enterprises."""
    issue = Issue(title="园区限行时段影响送货（示例）", category="物流", cause="限行时段与企业发货时间冲突（示例）。",
                  reserve=True, proposal="为园区货运车辆核发定时通行证（示例）。", noticed_on=today - dt.timedelta(days=45))
    session.add(issue)
    session.flush()
    for need in session.scalars(select(Need).where(Need.category == "物流").order_by(Need.id.desc()).limit(4)):
        link_issue(session, issue, need)


def _visits(session: Session, street: Unit, today: dt.date) -> None:
    """An officer's round: enterprises that he serves."""
    actor = system_viewer("demonstration", "为企服务人员")
    officer = session.scalar(select(Post.user_id).where(Post.unit_id == street.id, Post.part == "A").limit(1))
    enterprises = session.scalars(select(Enterprise).join(Serving).join(Post).where(
        Post.user_id == officer, Serving.valid_to > today).order_by(Enterprise.id).limit(22)).all()
    calendar, day = calendar_of(session), today
    for enterprise in enterprises[:10]:
        day = calendar.next_working(day + dt.timedelta(days=1)).date  # nobody is visited on a day off
        planned = plan_visit(session, actor, enterprise, street, day, purpose=PURPOSE)
        planned.user_id = officer
    session.add_all(Visit(unit_id=street.id, user_id=officer, enterprise_id=enterprise.id, purpose=PURPOSE, done=True,
                          identity_shown=True,
                          on=calendar.previous_working(today - dt.timedelta(days=35 + number)).date,
                          found="生产经营正常（示例）。")
                    for number, enterprise in enumerate(enterprises[10:22]))
    session.add_all(Agent(enterprise_id=enterprise.id, unit_id=street.id, name="示例联系人", mobile="19900000000",
                          position="办公室", consent=True, confirmed_on=today - dt.timedelta(days=30))
                    for enterprise in enterprises[:8])
    session.flush()
