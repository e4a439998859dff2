"""Second-level districts, their officers, and which officer serves which enterprise."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, object_session

from addons.districts.forms.registers import AreaForm, EndForm, HandOver, OfficerForm, ServingForm
from addons.districts.models import Area, Post, Serving
from addons.districts.notice import notice_of
from addons.districts.operations import areas as drawing
from addons.districts.operations.changes import draft_changes
from addons.districts.operations.public import publish
from addons.districts.operations.serving import assign_officer, keep_assigned, primary_of, served_by_post, transfer_block
from addons.districts.registers.common import (
    EDIT,
    READ,
    days,
    end,
    holds,
    in_force,
    sentence,
    split,
    the_enterprise,
    the_person,
    the_unit,
    until,
)
from core import moment
from core.access import Unit, Viewer
from core.access.models import Staff
from core.case.registers import Register, RegisterFilter, RegisterPaper, RegisterStep
from core.case.screens import ListColumn
from core.errors import NotAllowed, Refusal
from core.party.models import Enterprise
from core.security import request_viewer
from core.web.widgets import Text, call
from core.words import gettext as _

Data = Mapping[str, Any]


def _sides(area: Area) -> str:
    told = ((_("East to"), area.east), (_("South to"), area.south), (_("West to"), area.west), (_("North to"), area.north))
    return "，".join(f"{label}{side}" for label, side in told if side)


def _save_area(session: Session, viewer: Viewer, row: Area | None, data: Data) -> Area:
    unit = the_unit(session, data["unit"], viewer)
    sides = {side: data[side] for side in ("east", "south", "west", "north")}
    polygon = drawing.read_polygon(data["polygon"])
    if row is not None and (row.unit_id != unit.id or row.code != data["code"]):
        raise Refusal(_("Street and code of a district stay as they are: draw another one."), "code")
    if row is not None and data["valid_from"] == row.valid_from:
        made = drawing.correct_area(session, row, name=data["name"], words=split(data["words"]), polygon=polygon, **sides)
    else:
        made = drawing.draw_area(session, unit, data["code"], data["name"], words=split(data["words"]), polygon=polygon,
                                 valid_from=data["valid_from"], **sides)
    keep_assigned(session)
    publish(session)
    return made


def _area_values(area: Area) -> Data:
    return {"unit": area.unit_id, "unit__label": str(area.unit), "code": area.code, "name": area.name, "east": area.east,
            "south": area.south, "west": area.west, "north": area.north, "words": "、".join(area.words),
            "polygon": "\n".join(f"{x},{y}" for x, y in area.polygon or ()), "valid_from": area.valid_from}


def _end_area(session: Session, viewer: Viewer, area: Area, data: Data) -> None:
    manned = session.scalar(select(Post.id).where(Post.area_id == area.id, Post.valid_to > data["on"]).limit(1))
    if manned is not None:
        raise Refusal(_("Officers serve there still: hand their enterprises over and end their posts first."), "on")
    end(area, data["on"])
    publish(session)


def _area_facts(area: Area) -> Any:
    session = object_session(area)
    manned = session.scalars(select(Post).options(joinedload(Post.user)).where(
        Post.area_id == area.id, Post.valid_to > moment.today()).order_by(Post.part)).all() if session else []
    return ((_("Street"), str(area.unit)), (_("Code"), Text(area.code, mono=True)), (_("East to"), area.east),
            (_("South to"), area.south), (_("West to"), area.west), (_("North to"), area.north),
            (_("Words of its addresses"), "、".join(area.words) or _("the whole street")),
            (_("Outline"), _("%(n)s corners", n=len(area.polygon)) if area.polygon else _("not drawn")),
            (_("Service officers"), "、".join(f"{post.user.name}（{post.part}）" for post in manned)),
            (_("Valid from"), area.valid_from), (_("Until"), until(area)))


AREAS = Register(
    "areas", _l("Second-level districts"), Area, read=READ, edit=EDIT, form=AreaForm, save=_save_area, values=_area_values,
    label=lambda area: f"{area.name} {area.code}", facts=_area_facts, loads=(joinedload(Area.unit),), order="code",
    columns=(ListColumn("code", _l("Code"), lambda a: Text(a.code, mono=True), sort="code"), ListColumn("name", _l("Name")),
             ListColumn("unit", _l("Street"), lambda a: str(a.unit)),
             ListColumn("sides", _l("Sides"), lambda a: Text(_sides(a), cut=True)),
             ListColumn("words", _l("Words of its addresses"),
                        lambda a: Text("、".join(a.words) or _("the whole street"), cut=True)), *days()),
    filters=(in_force(Area),), searched=(Area.code, Area.name), group="districts",
    steps=(RegisterStep("end", _l("End"), EndForm, _end_area, holds, danger=True,
                        consequence=_l("From that day on no address is found to lie in it.")),))


def _save_officer(session: Session, viewer: Viewer, row: Post | None, data: Data) -> Post:
    area, person = session.get(Area, data["area"]), the_person(session, data["user"])
    if area is None:
        raise Refusal(_("There is no such district."), "area")
    more = {name: data[name] for name in ("staff_no", "office_phone", "mobile")}
    if row is None:
        if not viewer.reach(EDIT).covers(area.unit_id):
            raise NotAllowed(_("You may not do this for that unit."))
        made = drawing.appoint_officer(session, person, area, part=data["part"], valid_from=data["valid_from"], **more)
        keep_assigned(session)
        publish(session)
        return made
    if (row.user_id, row.area_id, row.valid_from) != (person.id, area.id, data["valid_from"]):
        raise Refusal(_("Person, district and first day of a post stay as they are: hand it over, or end it."), "user")
    for name, value in (*more.items(), ("part", data["part"])):
        setattr(row, name, value)
    session.flush()
    publish(session)
    return row


def _officer_values(post: Post) -> Data:
    return {"user": post.user_id, "user__label": post.user.name, "area": post.area_id, "area__label": post.area.name,
            "part": post.part, "staff_no": post.staff_no, "office_phone": post.office_phone, "mobile": post.mobile,
            "valid_from": post.valid_from}


def _end_officer(session: Session, viewer: Viewer, post: Post, data: Data) -> None:
    if served_by_post(session, post, data["on"]):
        raise Refusal(_("Enterprises are served by this post still: hand them over to a successor."), "on")
    end(post, data["on"])
    publish(session)


def _hand_over(session: Session, viewer: Viewer, post: Post, data: Data) -> str:
    new = session.get(Post, data["successor"])
    if new is None:
        raise Refusal(_("There is no such officer."), "successor")
    if not viewer.reach(EDIT).covers(new.unit_id):
        raise NotAllowed(_("You may not do this for that unit."))
    told = transfer_block(session, viewer, post, new, data["on"], data["reason"])
    publish(session)
    drafted = len(draft_changes(session, viewer, post, new, data["on"]))
    said = _("Handed over: %(enterprises)s enterprises, %(needs)s open needs.", **told)
    return said + (_(" %(n)s letters that tell the enterprises were drafted: review and sign them all at once.", n=drafted)
                   if drafted else "")


def _officer_facts(post: Post) -> Any:
    session, viewer = object_session(post), request_viewer()
    count = served_by_post(session, post, moment.today()) if session else 0
    other = session.scalars(select(Post).options(joinedload(Post.user)).where(
        Post.area_id == post.area_id, Post.part != post.part, Post.valid_to > moment.today()).limit(3)).all() if session else []
    return ((_("Street"), str(post.unit)), (_("Second-level district"), post.area.name),
            (_("A or B"), {"A": _("A: serves"), "B": _("B: stands in")}[post.part]),
            (_("The other one"), "、".join(each.user.name for each in other)), (_("Staff number"), post.staff_no),
            (_("Office line"), call(post.office_phone)),
            (_("Mobile"), post.mobile if viewer.reach(EDIT).covers(post.unit_id) else ""),
            (_("Enterprises"), Text(str(count), url=f"/districts/registers/servings?q={post.user.name}")),
            (_("From"), post.valid_from), (_("Until"), until(post)))


OFFICERS = Register(
    "officers", _l("Service officers"), Post, read=READ, edit=EDIT, form=OfficerForm, save=_save_officer,
    values=_officer_values, label=lambda post: f"{post.user.name}（{post.area.name}·{post.part}）", facts=_officer_facts,
    joins=(Post.user, Post.area), searched=(Staff.last_name + Staff.first_name, Staff.pinyin, Area.name),
    loads=(contains_eager(Post.user), contains_eager(Post.area), joinedload(Post.unit)),
    columns=(ListColumn("user", _l("Service officer"), lambda p: p.user.name), ListColumn("part", _l("A or B")),
             ListColumn("unit", _l("Street"), lambda p: str(p.unit)), ListColumn("area", _l("Second-level district"),
                                                                                lambda p: p.area.name),
             ListColumn("office_phone", _l("Office line"), lambda p: call(p.office_phone)),
             ListColumn("staff_no", _l("Staff number")), *days()),
    filters=(RegisterFilter("part", _l("A or B"), lambda v: Post.part == v, "choice", (("A", "A"), ("B", "B"))),
             in_force(Post)),
    text=_l("Who serves the enterprises of each second-level district: an officer A, and B who stands in."),
    group="districts", links=((_l("Officers by sheet"), "/import/districts.officers", EDIT),
                               (_l("Letters on changes"), "/letters?kind=districts.officer_change", "letter:read")),
    steps=(RegisterStep("hand_over", _l("Hand over"), HandOver, _hand_over, holds, danger=True, consequence=_l(
        "All enterprises of the post and the open needs of its officer go to the successor on that day; the post ends.")),
           RegisterStep("end", _l("End"), EndForm, _end_officer, holds, danger=True)),
    papers=(RegisterPaper("notice", _l("Notice with code"), notice_of, holds),))


def _assign(session: Session, viewer: Viewer, row: Serving | None, data: Data) -> Serving:
    enterprise, post = the_enterprise(session, data["enterprise"]), session.get(Post, data["post"])
    if post is None:
        raise Refusal(_("There is no such officer."), "post")
    now = primary_of(session, enterprise.id, data["on"])
    if now is not None and not viewer.reach(EDIT).covers(now.unit_id):
        raise Refusal(_("%(name)s is served by %(street)s. The hub decides between streets.", name=enterprise.name,
                        street=str(session.get(Unit, now.unit_id))), "enterprise")
    return assign_officer(session, enterprise, post, data["on"], reason=data["reason"])


def _how(serving: Serving) -> str:
    return {"address": _("by address"), "hand": _("by hand"), "transfer": _("handed over")}.get(serving.how, serving.how)


SERVINGS = Register(
    "servings", _l("Who serves whom"), Serving, read=READ, edit=EDIT, form=ServingForm, save=_assign,
    unit=lambda serving: serving.post.unit_id, label=lambda serving: f"{serving.enterprise.name} · {serving.post.user.name}",
    joins=(Serving.enterprise, Serving.post, Post.user),
    searched=(Enterprise.name, Enterprise.uscc, Enterprise.pinyin, Staff.last_name + Staff.first_name, Staff.pinyin),
    loads=(contains_eager(Serving.enterprise), contains_eager(Serving.post).contains_eager(Post.user),
           contains_eager(Serving.post).joinedload(Post.area)),
    facts=lambda s: ((_("Enterprise"), Text(s.enterprise.name, url=f"/enterprises/{s.enterprise_id}")),
                     (_("Service officer"), s.post.user.name), (_("Second-level district"), s.post.area.name),
                     (_("How"), _how(s)), (_("Reason"), s.reason), (_("From"), s.valid_from), (_("Until"), until(s))),
    columns=(ListColumn("enterprise", _l("Enterprise"), lambda s: Text(s.enterprise.name, note=s.enterprise.uscc or "",
                                                                      note_mono=True)),
             ListColumn("officer", _l("Service officer"), lambda s: s.post.user.name),
             ListColumn("area", _l("Second-level district"), lambda s: s.post.area.name), ListColumn("how", _l("How"), _how),
             ListColumn("reason", _l("Reason"), lambda s: sentence(s.reason)), *days()),
    filters=(RegisterFilter("how", _l("How"), lambda v: Serving.how == v, "choice", (
        ("address", _l("by address")), ("hand", _l("by hand")), ("transfer", _l("handed over")))),
             in_force(Serving)), group="districts")
