"""The tree of units, and the people: accounts, posts, roles held in units, sign-ins."""
from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, render_template, request
from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core import dictionary, moment, parameters
from core.access import Scope, UnitKind
from core.access.models import Appointment, Staff, Unit
from core.errors import NotFound, Refusal
from core.pages.admin_roles import role_titles, scope_words
from core.pages.frame import needs, request_session
from core.pages.saving import save
from core.party import people as keep
from core.party import units as tree_of
from core.party.search import people_found
from core.security import request_viewer, sessions, twofactor
from core.web import Crumb
from core.web.widgets import Node

pages = Blueprint("people", __name__)
SHOWN = 50


def kind_words() -> dict[UnitKind, str]:
    """What a unit is, in words."""
    return {UnitKind.DISTRICT: _("district"), UnitKind.BUREAU: _("bureau"), UnitKind.STREET: _("street or park"),
            UnitKind.SECTION: _("section"), UnitKind.OUTSIDE: _("outside the district")}


@pages.route("/admin/units", methods=["GET", "POST"])
@needs("unit:edit")
def units() -> str | Response:
    """The tree; the chosen unit beside it, with its people and a form for a new one below."""
    session = request_session()
    if request.method == "POST":
        return save(_new_unit, f"/admin/units?unit={request.form.get('parent', '')}", _("The unit is there."))
    found = session.scalars(select(Unit).order_by(Unit.position, Unit.id)).all()
    chosen = next((unit for unit in found if unit.id == request.args.get("unit", type=int)),
                  next((unit for unit in found if unit.parent_id is None), None))
    people = session.execute(
        select(Staff.id, Staff.last_name, Staff.first_name, Staff.post, Staff.active).distinct()
        .join(Appointment, Appointment.user_id == Staff.id)
        .where(Appointment.unit_id == (chosen.id if chosen else 0),
               or_(Appointment.valid_to.is_(None), Appointment.valid_to >= moment.today()))
        .order_by(Staff.id).limit(SHOWN)).all()
    return render_template("pages/admin_units.html", title=_("Units"), crumbs=[Crumb(_("Units"))], chosen=chosen, people=people,
                           tree=_nodes(found, None, chosen), kinds=kind_words(), count=len(found),
                           places=[unit for unit in found if unit.kind is not UnitKind.SECTION or unit is chosen])


@pages.post("/admin/units/<int:unit_id>")
@needs("unit:edit")
def unit(unit_id: int) -> Response:
    """Change a unit; move it; switch it off or on."""
    def work() -> None:
        session, form = request_session(), request.form
        found = session.get(Unit, unit_id)
        if found is None:
            raise NotFound(_("There is no such unit."))
        if "switch" in form:
            (tree_of.deactivate_unit if found.active else tree_of.activate_unit)(session, found)
            return
        names = ("name", "short_name", "doc_word", "uscc", "phone", "address")
        changes: dict[str, Any] = {name: form[name] for name in names if name in form}
        if form.get("position", "").isdecimal():
            changes["position"] = int(form["position"])
        tree_of.change_unit(session, found, is_enforcer="is_enforcer" in form, **changes)
        parent = form.get("parent", type=int)
        if "parent" in form and parent != found.parent_id:
            tree_of.move_unit(session, found, session.get(Unit, parent) if parent else None)

    return save(work, f"/admin/units?unit={unit_id}", _("Saved."))


@pages.route("/admin/people", methods=["GET", "POST"])
@needs("people:edit")
def people() -> str | Response:
    """People with their roles, found by name or unit; a new one."""
    session, args = request_session(), request.args
    if request.method == "POST":
        made: list[Staff] = []
        answer = save(lambda: made.append(_new_person()), "/admin/people", _("The account is there. Give it a role now."))
        if made and made[0].id:
            answer.location = f"/admin/people/{made[0].id}"
        return answer
    text = args.get("q", "").strip()[:100]
    query, attempts = _narrowed(people_found(text).order_by(None)), parameters.values(session)["security.login_attempts"]
    states = _state_rules(attempts)
    if args.get("state") in states:
        query = query.where(states[args["state"]][1])
    if args.get("cursor", "").isdecimal():
        query = query.where(Staff.id > int(args["cursor"]))
    found = session.scalars(query.order_by(Staff.id).limit(SHOWN + 1)).all()
    held: dict[int, list[Appointment]] = {}
    for appointment in session.scalars(
            select(Appointment).options(joinedload(Appointment.role), joinedload(Appointment.unit))
            .where(Appointment.user_id.in_([person.id for person in found])).order_by(Appointment.id)):
        held.setdefault(appointment.user_id, []).append(appointment)
    return render_template(
        "pages/admin_people.html", title=_("People"), crumbs=[Crumb(_("People"))], people=found[:SHOWN], held=held, q=text,
        titles=role_titles(), scopes=scope_words(), today=moment.today(), posts=dictionary.choices(session, "core.post"),
        password_rule=keep.password_rule(keep.shortest_password(session)), args=args, attempts=attempts,
        states={name: word for name, (word, _rule) in states.items()},
        kept="&".join(f"{quote(k)}={quote(v)}" for k, v in args.items() if v and k != "cursor"),
        next_cursor=found[SHOWN - 1].id if len(found) > SHOWN else None, unit_id=args.get("unit", type=int),
        bureaus=session.scalars(select(Unit).where(Unit.id == Unit.bureau_id, Unit.active.is_(True))
                                .order_by(Unit.position, Unit.id)).all())


def _narrowed(query: Select[Any]) -> Select[Any]:
    """Whoever holds a role in that unit or bureau, and that role, today."""
    unit, role = request.args.get("unit", type=int), request.args.get("role", "")
    if not unit and not role:
        return query
    held = select(Appointment.user_id).where(or_(Appointment.valid_to.is_(None), Appointment.valid_to >= moment.today()))
    if unit:
        held = held.join(Unit, Unit.id == Appointment.unit_id).where(or_(Unit.id == unit, Unit.bureau_id == unit))
    if role:
        held = held.join(FabRole, FabRole.id == Appointment.role_id).where(FabRole.name == role)
    return query.where(Staff.id.in_(held))


def _state_rules(attempts: int) -> dict[str, tuple[str, ColumnElement[bool]]]:
    """What an account may be asked for: its word and its rule."""
    return {"active": (_("in use"), Staff.active.is_(True)), "off": (_("switched off"), Staff.active.is_(False)),
            "locked": (_("locked out"), Staff.fail_login_count >= attempts),
            "never": (_("never signed in"), Staff.last_login.is_(None))}


@pages.get("/admin/people/<int:user_id>")
@needs("people:edit")
def person(user_id: int) -> str:
    """One account: roles, sign-ins, what can be done about it."""
    session, found = request_session(), _person(user_id)
    held = session.scalars(select(Appointment).options(joinedload(Appointment.role), joinedload(Appointment.unit))
                           .where(Appointment.user_id == user_id).order_by(Appointment.id)).all()
    units = session.scalars(select(Unit).order_by(Unit.position, Unit.id)).all()
    below: dict[int | None, list[Unit]] = {}
    for one in units:
        if one.active:
            below.setdefault(one.parent_id, []).append(one)
    return render_template(
        "pages/admin_person.html", below=below, unit_names={one.id: one.short_name for one in units},
        title=found.name, person=found, held=held, titles=role_titles(), scopes=scope_words(),
        today=moment.today(), signed_in=sessions.mine(session, user_id, 10), second=twofactor.enabled(session, user_id),
        posts=dictionary.choices(session, "core.post"), me=request_viewer().user_id,
        password_rule=keep.password_rule(keep.shortest_password(session)),
        locked=(found.fail_login_count or 0) >= parameters.values(session)["security.login_attempts"],
        crumbs=[Crumb(_("People"), "/admin/people"), Crumb(found.name)])


@pages.post("/admin/people/<int:user_id>/<what>")
@needs("people:edit")
def act(user_id: int, what: str) -> Response:
    """Change an account, give or end a role, reset the password, lift the lock, switch off or on."""
    return save(lambda: _do(user_id, what), f"/admin/people/{user_id}", _("Saved."))


def _do(user_id: int, what: str) -> None:
    session, form, found = request_session(), request.form, _person(user_id)
    if what == "change":
        keep.rename_person(session, found, form.get("name", found.name))
        found.post, found.phone = form.get("post", "").strip()[:64] or None, form.get("phone", "").strip()[:64] or None
        email = form.get("email", "").strip()
        if email and email != found.email:
            if "@" not in email or session.scalar(select(func.count()).where(Staff.email == email)):
                raise Refusal(_("This e-mail address is taken or is none."), "email")
            found.email = email
    elif what == "role":
        unit = session.get(Unit, form.get("unit", 0, type=int))
        if unit is None:
            raise Refusal(_("Choose the unit in which the role is held."), "unit")
        keep.give_role(session, found, form.get("role", ""), unit, Scope(form.get("scope", "unit_tree")),
                       custom_units=form.getlist("custom", type=int), valid_from=_day("valid_from"), valid_to=_day("valid_to"))
    elif what == "end":
        held = session.get(Appointment, form.get("appointment", 0, type=int))
        if held is None or held.user_id != found.id:
            raise NotFound(_("There is no such appointment."))
        keep.end_appointment(session, held, _day("last_day"))
    elif what == "switch":
        if found.active:
            keep.deactivate_person(session, found, request_viewer().user_id)
        else:
            keep.activate_person(session, found)
    elif what == "password":
        keep.reset_password(session, found, form.get("password", ""))
    elif what == "unlock":
        found.fail_login_count = 0
    elif what == "second-factor":
        twofactor.switch_off(session, found, request_viewer().name)
    else:
        raise NotFound(_("There is no such page."))
    session.flush()


def _day(name: str) -> dt.date | None:
    text = request.form.get(name, "").strip()
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(_("%(text)s is no day. Write it like 2026-11-23.", text=text), name) from None


def _nodes(found: Any, parent: int | None, chosen: Unit | None) -> list[Node]:
    """The units below ``parent`` as a tree that is open down to the chosen one."""
    below = [unit for unit in found if unit.parent_id == parent]
    off = _("switched off")
    return [Node(unit.short_name if unit.active else f"{unit.short_name}（{off}）", f"/admin/units?unit={unit.id}",
                 current=unit is chosen, spelled=unit.pinyin, children=_nodes(found, unit.id, chosen),
                 open=parent is None or (chosen is not None and chosen.path.startswith(unit.path))) for unit in below]


def _new_unit() -> None:
    form, session = request.form, request_session()
    tree_of.create_unit(session, code=form.get("code", ""), name=form.get("name", ""), short_name=form.get("short_name", ""),
                        kind=UnitKind(form.get("kind", "section")), parent=session.get(Unit, form.get("parent", 0, type=int)))


def _new_person() -> Staff:
    form = request.form
    made = keep.create_person(request_session(), username=form.get("username", ""), name=form.get("name", ""),
                              password=form.get("password", ""), phone=form.get("phone", ""), post=form.get("post", ""),
                              email=form.get("email", ""))
    flash(_("The first password must be changed at the first sign-in."), "info")
    return made


def _person(user_id: int) -> Staff:
    found = request_session().get(Staff, user_id)
    if found is None:
        raise NotFound(_("There is no such person."))
    return found
