"""Roles: what each includes, copies that the house makes, and 这个人能看到什么."""
from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import func, or_, select
from werkzeug.wrappers import Response

from core import moment
from core.access import Scope, build_viewer
from core.access.copies import RoleCopy, change_role, copy_role, permissions_of, remove_role, titles
from core.access.grants import ADMIN
from core.access.models import Appointment, Staff, Unit
from core.access.rows import view_as
from core.access.viewer import Viewer
from core.case import Case
from core.errors import NotFound
from core.pages import permission_words
from core.pages.frame import menu_of, needs, request_session
from core.pages.saving import save
from core.security import request_viewer
from core.web import Crumb
from core.words import gettext as _

pages = Blueprint("roles", __name__)


def scope_words() -> dict[Scope, str]:
    """全部 / 自定义 / 本部门 / 本部门及以下 / 仅本人."""
    return {Scope.ALL: _("everything"), Scope.CUSTOM: _("chosen units"), Scope.UNIT: _("own unit"),
            Scope.UNIT_TREE: _("own unit and below"), Scope.OWN: _("own cases only")}


def role_titles() -> dict[str, str]:
    """Every role's name to its title, those of the code and the house's copies."""
    declared = {role.name: str(_(str(role.title))) for role in current_app.extensions["roles"]}
    return declared | titles(request_session())


@pages.get("/admin/roles")
@needs("role:edit")
def index() -> str:
    """All roles, and how many people hold each today."""
    session, today = request_session(), moment.today()
    holders = {row.role_id: row.n for row in session.execute(
        select(Appointment.role_id, func.count(func.distinct(Appointment.user_id)).label("n"))
        .where(Appointment.valid_from <= today, or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today))
        .group_by(Appointment.role_id))}
    copies = {copied.role_id: copied for copied in session.scalars(select(RoleCopy))}
    declared = {role.name: role for role in current_app.extensions["roles"]}
    names = role_titles()
    rows = [(role, names.get(role.name, role.name), declared.get(role.name), copies.get(role.id), holders.get(role.id, 0))
            for role in session.scalars(select(FabRole).order_by(FabRole.id)) if role.name in declared or role.id in copies]
    rows.sort(key=lambda row: (row[0].name.partition(".")[0] not in (ADMIN, "core"), row[0].name))
    return render_template("pages/admin_roles.html", title=_("Roles"), crumbs=[Crumb(_("Roles"))], rows=rows,
                           scopes=scope_words(), names=names,
                           modules={addon.name: _(addon.title) for addon in current_app.extensions["yingshang"].addons})


@pages.route("/admin/roles/<int:role_id>", methods=["GET", "POST"])
@needs("role:edit")
def role(role_id: int) -> str | Response:
    """What a role includes, as a tree; a copy can be changed."""
    session, found = request_session(), _role(role_id)
    copied, offered = session.get(RoleCopy, role_id), _offered(found.name)
    if request.method == "POST":
        chosen = request.form.getlist("permission")
        return save(lambda: change_role(session, role_id, request.form.get("title", ""), chosen, offered),
                    f"/admin/roles/{role_id}", _("Saved. It holds from each person's next click."))
    names, held = role_titles(), permissions_of(session, role_id)
    people = session.execute(
        select(Staff.id, Staff.last_name, Staff.first_name, Unit.short_name, Appointment.scope)
        .join(Appointment, Appointment.user_id == Staff.id).join(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.role_id == role_id, Appointment.valid_from <= moment.today(),
               or_(Appointment.valid_to.is_(None), Appointment.valid_to >= moment.today()))
        .order_by(Unit.position, Staff.id).limit(100)).all()
    title = names.get(found.name, found.name)
    return render_template("pages/admin_role.html", title=title, crumbs=[Crumb(_("Roles"), "/admin/roles"), Crumb(title)],
                           role=found, copied=copied, held=held, people=people, scopes=scope_words(), names=names,
                           tree=permission_words.tree(offered if copied else held))


@pages.post("/admin/roles/<int:role_id>/copy")
@needs("role:edit")
def copy(role_id: int) -> Response:
    """Begin a role of the house's own."""
    made: list[RoleCopy] = []

    def work() -> None:
        made.append(copy_role(request_session(), _role(role_id), request.form.get("title", ""), request_viewer().user_id))

    answer = save(work, f"/admin/roles/{role_id}", _("The copy is there. Choose now what it includes."))
    if made:
        answer.location = f"/admin/roles/{made[0].role_id}"
    return answer


@pages.post("/admin/roles/<int:role_id>/remove")
@needs("role:edit")
def remove(role_id: int) -> Response:
    """Do away with a copy that nobody ever held."""
    return save(lambda: remove_role(request_session(), role_id), "/admin/roles", _("The role is gone."))


@pages.get("/admin/people/<int:user_id>/sees")
@needs("people:edit")
def sees(user_id: int) -> str:
    """这个人能看到什么: his menu, his permissions with their reach, and how many cases of each kind; no case itself."""
    session = request_session()
    person = session.get(Staff, user_id)
    if person is None:
        raise NotFound(_("There is no such person."))
    viewer = build_viewer(session, user_id)
    names = {row.id: row.short_name for row in session.execute(select(Unit.id, Unit.short_name))}
    rights = [(permission_words.phrase(code), code, _reach_words(viewer, code, names)) for code in sorted(viewer.permissions)]
    title = _("What %(name)s sees", name=person.name)
    return render_template("pages/admin_sees.html", title=title, person=person, viewer=viewer, rights=rights,
                           menu=menu_of(viewer, {}) if viewer.user_id else [], counts=_counts(viewer),
                           crumbs=[Crumb(_("People"), "/admin/people"), Crumb(person.name, f"/admin/people/{user_id}"),
                                   Crumb(title)])


def _counts(viewer: Viewer) -> list[tuple[str, int]]:
    with view_as(viewer) as theirs:
        found = {row.kind: row.n for row in theirs.execute(select(Case.kind, func.count().label("n")).group_by(Case.kind))}
    return [(str(cls.kind_title), found.get(kind, 0)) for kind, cls in Case.loaded().items()]


def _reach_words(viewer: Viewer, code: str, names: dict[int, str]) -> str:
    reach = viewer.reach(code)
    if reach.everywhere:
        return _("everything")
    units = [names.get(unit, str(unit)) for unit in sorted(reach.units)]
    words = "、".join(units[:6]) + ("…" if len(units) > 6 else "")
    return words if not reach.own else f"{words}、{_('own cases')}" if words else _("own cases only")


def _role(role_id: int) -> Any:
    found = request_session().get(FabRole, role_id)
    if found is None:
        raise NotFound(_("There is no such role."))
    return found


def _offered(name: str) -> Collection[str]:
    """The permissions that a copy of a module's role may include: those that roles of its module or of the suite have."""
    module = name.partition(".")[0]
    return {permission for role in current_app.extensions["roles"] if role.module in (module, "core")
            for permission in role.permissions}
