"""Sheets: orders of 12345 in and out, needs as the transfer form of the district's other platforms, officers."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from addons.districts.channels import ADAPTERS, hotline_reply
from addons.districts.models import Area, Need, NeedChannel, Order, Post
from addons.districts.operations.areas import appoint_officer, draw_area
from addons.districts.operations.needs import submit_need
from addons.districts.operations.public import publish
from addons.districts.operations.serving import keep_assigned
from core import moment
from core.access import Unit, UnitKind, Viewer, build_viewer, system_viewer
from core.access.models import Staff
from core.errors import Refusal
from core.tabular.columns import Choice, Column, Date, Int, Text, options
from core.tabular.models import ImportChange
from core.tabular.profile import ExportColumn, ExportProfile, Handler, ImportProfile, Outcome, Person, Record, mask_middle
from core.tabular.work import Work
from core.words import gettext as _


@dataclass(frozen=True, kw_only=True)
class Instant(Column):
    """A day with its time of day, in the suite's zone: 2026-04-28 09:30."""

    def parse(self, value: Any) -> dt.datetime:
        """The instant. Raises :class:`~core.errors.Refusal`."""
        if isinstance(value, dt.datetime):
            return moment.as_instant(value.date()) + (value.replace(tzinfo=None) - dt.datetime.combine(value.date(), dt.time()))
        text = str(value).strip().replace("/", "-").replace("T", " ")
        try:
            found = dt.datetime.fromisoformat(text)
        except ValueError:
            raise Refusal(_("Write the time as 2026-04-28 09:30.")) from None
        return moment.start_of(found.date()) + dt.timedelta(hours=found.hour, minutes=found.minute, seconds=found.second)


class Hotline(Handler):
    """Orders of 12345 become needs of the street of the enterprise's officer; the same order again changes nothing."""

    def prepare(self, session: Session, rows: Sequence[Record], work: Work) -> None:
        """The orders that are there already: one statement."""
        numbers = [row["工单编号"] for row in rows]
        self.held = set(session.scalars(select(NeedChannel.channel_no).where(
            NeedChannel.channel == "12345", NeedChannel.channel_no.in_(numbers))))
        self.viewer: Viewer = build_viewer(session, work.by.user_id) if work.by.user_id else system_viewer("import")

    def apply(self, row: Record, work: Work) -> Outcome:
        """Open the need."""
        number = row["工单编号"]
        if number in self.held:
            return Outcome.UNCHANGED
        given = ADAPTERS["12345"].read({name: row[name] for name in FIELDS})
        need = submit_need(work.session, self.viewer, given, batch=work.batch_id)
        need.channels[0].returned_times = row["退回次数"] or 0
        self.held.add(number)
        work.changed(row.row, "districts_need", need.id, None, need.version)
        return Outcome.CREATED

    def undo(self, session: Session, changes: Sequence[ImportChange], work: Work) -> Sequence[ImportChange]:
        """Needs that nobody has touched are taken back; the others are reported."""
        left = []
        for change in changes:
            need = session.get(Need, int(change.key))
            if need is not None and (need.state != "new" or len(need.events) > 1):
                left.append(change)
            elif need is not None:
                session.delete(need)
        session.flush()
        return left


class Officers(Handler):
    """Officers and the districts that they serve; a district that is new is drawn with its sides and words."""

    def prepare(self, session: Session, rows: Sequence[Record], work: Work) -> None:
        """Streets, districts and people that the rows name: three statements."""
        self.streets = {name: unit for unit in session.scalars(select(Unit).where(Unit.kind == UnitKind.STREET))
                        for name in (unit.code, unit.name, unit.short_name)}
        today = moment.today()
        self.areas = {area.code: area for area in session.scalars(select(Area).where(
            Area.valid_from <= today, Area.valid_to > today))}
        self.people = {person.username: person for person in session.scalars(select(Staff).where(
            Staff.username.in_([row["username"] for row in rows])))}

    def apply(self, row: Record, work: Work) -> Outcome:
        """Draw the district where it is new, appoint the officer where he is not yet."""
        street, person = self.streets.get(row["street"]), self.people.get(row["username"])
        if street is None:
            raise Refusal(_("There is no street %(name)s.", name=row["street"]), "street")
        if person is None:
            raise Refusal(_("There is no account %(name)s.", name=row["username"]), "username")
        area = self.areas.get(row["code"])
        if area is None:
            words = [word for word in (row["words"] or "").replace("，", "、").split("、") if word]
            area = self.areas[row["code"]] = draw_area(
                work.session, street, row["code"], row["name"], words=words,
                east=row["east"] or "", south=row["south"] or "", west=row["west"] or "", north=row["north"] or "")
        if work.session.scalar(select(Post.id).where(Post.user_id == person.id, Post.area_id == area.id,
                                                     Post.valid_to > moment.today())) is not None:
            return Outcome.UNCHANGED
        made = appoint_officer(work.session, person, area, part=row["part"] or "A", valid_from=row["since"],
                               staff_no=row["staff_no"] or "", office_phone=row["office_phone"] or "",
                               mobile=row["mobile"] or "")
        work.changed(row.row, "districts_post", made.id, None, 1)
        return Outcome.CREATED

    def finish(self, session: Session, work: Work) -> None:
        """The new officers begin at once, and the portal says so."""
        keep_assigned(session)
        publish(session)

    def undo(self, session: Session, changes: Sequence[ImportChange], work: Work) -> Sequence[ImportChange]:
        """Posts that serve nobody yet are taken back."""
        from addons.districts.models import Serving

        left = []
        for change in changes:
            key = int(change.key)
            if session.scalar(select(Serving.id).where(Serving.post_id == key).limit(1)) is not None:
                left.append(change)
            elif (post := session.get(Post, key)) is not None:
                session.delete(post)
        session.flush()
        return left


FIELDS = ("工单编号", "诉求类型", "企业名称", "信用代码", "联系电话", "诉求内容", "派发时间", "办理时限", "承办单位")


def _text(name: str, longest: int = 200, **more: Any) -> Text:
    return Text(name=name, heading=name, longest=longest, **more)


IMPORTS = [
    ImportProfile(
        code="districts.hotline", title="12345工单", module="districts", permission="districts.need:import",
        keys=("工单编号",), handler=Hotline(), columns=(
            _text("工单编号", 64, required=True, sample="12345-20260428-0001"),
            _text("来源", 32), _text("诉求类型", 32, sample="诉求"),
            _text("诉求人类别", 32), _text("企业名称", sample="天津示例商贸有限公司"), _text("信用代码", 18),
            _text("联系电话", 32),
            _text("诉求内容", 2000, required=True, lines=True, sample="园区道路路灯损坏，请尽快修复。"),
            Instant(name="派发时间", heading="派发时间", required=True, sample="2026-04-28 09:30"),
            Instant(name="接收时限", heading="接收时限"),
            Instant(name="办理时限", heading="办理时限", sample="2026-05-07 18:00"),
            _text("承办单位"), Int(name="退回次数", heading="退回次数"), Instant(name="办结时间", heading="办结时间"),
            _text("办理结果", 2000), _text("是否解决", 8), _text("满意度", 16))),
    ImportProfile(
        code="districts.officers", title="二级片区和为企服务人员", module="districts", permission="districts.register:edit",
        keys=("code", "username"), handler=Officers(), columns=(
            Text(name="street", heading="街镇园区", required=True, longest=128, sample="芦台街道"),
            Text(name="code", heading="片区编码", required=True, longest=24, sample="120117001-01"),
            Text(name="name", heading="片区名称", required=True, longest=64, sample="示例片区"),
            Text(name="east", heading="东至", longest=128), Text(name="south", heading="南至", longest=128),
            Text(name="west", heading="西至", longest=128), Text(name="north", heading="北至", longest=128),
            Text(name="words", heading="地址关键词", longest=400, sample="示例路、示例村", help="用顿号分隔；不填为整个街镇。"),
            Text(name="username", heading="账号", required=True, longest=64, sample="wangfang"),
            Choice(name="part", heading="AB角", options=options("A", "B"), sample="A"),
            Text(name="staff_no", heading="工号", longest=32), Text(name="office_phone", heading="办公电话", longest=32),
            Text(name="mobile", heading="手机", longest=32), Date(name="since", heading="起始日期", sample="2026-01-05"))),
]


def _needs(session: Session, given: Mapping[str, Any], viewer: Person) -> Select[Any]:
    query = select(Need).options(selectinload(Need.channels), selectinload(Need.ratings)).order_by(Need.id)
    if given.get("state"):
        query = query.where(Need.state == given["state"])
    return query


def _hotline_needs(session: Session, given: Mapping[str, Any], viewer: Person) -> Select[Any]:
    return _needs(session, given, viewer).where(Need.channel == "12345").options(
        joinedload(Need.unit), joinedload(Need.enterprise), selectinload(Need.clocks))


def _take_by(need: Need) -> dt.datetime | None:
    """Until when the order had to be taken: 15 minutes, 30 minutes or a working day, by its urgency."""
    return next((clock.due_at for clock in need.clocks if clock.code.startswith("take")), None)


def _orders(session: Session, given: Mapping[str, Any], viewer: Person) -> Select[Any]:
    query = select(Order).options(joinedload(Order.unit)).order_by(Order.id)
    for name in ("state", "number", "need_number"):
        if given.get(name):
            query = query.where(getattr(Order, name) == given[name])
    return query


def _phone() -> ExportColumn:
    return ExportColumn(heading="联系电话", value="contact_phone", mask=mask_middle, unmask="districts.need:contact")


EXPORTS = [
    ExportProfile(
        code="districts.needs", title="经营主体需求（吹哨转办）", module="districts", permission="districts.need:export",
        query=_needs, columns=(
            ExportColumn(heading="需求编号", value="number"), ExportColumn(heading="企业名称", value="enterprise_name"),
            ExportColumn(heading="渠道", value="channel"), ExportColumn(heading="类别", value="category"),
            ExportColumn(heading="事项", value="title", width=40), ExportColumn(heading="诉求内容", value="text", width=60),
            _phone(),
            ExportColumn(heading="收到时间", value="opened_at"),
            ExportColumn(heading="状态", value=lambda n: str(n.state_info.label)),
            ExportColumn(heading="层级", value="level"), ExportColumn(heading="期限", value="due_on"),
            ExportColumn(heading="结果", value="result_class"), ExportColumn(heading="答复", value="reply_text", width=60),
            ExportColumn(heading="评价", value=lambda n: n.rating.score if n.rating else ""))),
    ExportProfile(
        code="districts.hotline", title="12345工单办理结果", module="districts", permission="districts.need:export",
        query=_hotline_needs, columns=(
            ExportColumn(heading="工单编号", value="channel_no"), ExportColumn(heading="来源", value=lambda n: "12345"),
            ExportColumn(heading="诉求类型", value="sort"),
            ExportColumn(heading="诉求人类别", value=lambda n: "企业"),
            ExportColumn(heading="企业名称", value="enterprise_name"),
            ExportColumn(heading="信用代码", value=lambda n: n.enterprise.uscc or "" if n.enterprise else ""), _phone(),
            ExportColumn(heading="诉求内容", value="text", width=60), ExportColumn(heading="派发时间", value="opened_at"),
            ExportColumn(heading="接收时限", value=_take_by),
            ExportColumn(heading="办理时限", value=lambda n: n.channels[0].due_at if n.channels else None),
            ExportColumn(heading="承办单位", value=lambda n: n.unit.name),
            ExportColumn(heading="退回次数", value=lambda n: n.channels[0].returned_times if n.channels else 0),
            ExportColumn(heading="办结时间", value=lambda n: hotline_reply(n)["办结时间"]),
            ExportColumn(heading="办理结果", value=lambda n: hotline_reply(n)["办理结果"], width=60),
            ExportColumn(heading="是否解决", value=lambda n: "是" if hotline_reply(n)["是否解决"] else "否"),
            ExportColumn(heading="满意度", value=lambda n: n.rating.score if n.rating else ""))),
    ExportProfile(
        code="districts.orders", title="需求转办单（街镇吹哨·部门报道）", module="districts",
        permission="districts.order:export", query=_orders, columns=(
            ExportColumn(heading="转办编号", value="number"), ExportColumn(heading="需求编号", value="need_number"),
            ExportColumn(heading="派单单位", value="sender_name"),
            ExportColumn(heading="承办单位", value=lambda o: o.unit.name),
            ExportColumn(heading="主办", value="lead"), ExportColumn(heading="第几次派单", value="round"),
            ExportColumn(heading="企业名称", value="enterprise_name"),
            ExportColumn(heading="联系电话", value="contact_phone", mask=mask_middle, unmask="districts.order:contact"),
            ExportColumn(heading="事项", value="title", width=40), ExportColumn(heading="企业诉求", value="text", width=60),
            ExportColumn(heading="属地已做工作", value="done", width=60),
            ExportColumn(heading="需协同内容", value="wanted", width=60),
            ExportColumn(heading="首问责任人", value="first_asker_name"), ExportColumn(heading="派单时间", value="opened_at"),
            ExportColumn(heading="办理期限", value="due_on"),
            ExportColumn(heading="状态", value=lambda o: str(o.state_info.label)),
            ExportColumn(heading="退回理由", value=lambda o: f"{o.ground} {o.reason}".strip()),
            ExportColumn(heading="办理结果", value="reply", width=60))),
]
