"""Before a module is switched: what appears or disappears, for whom, and which open cases remain."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, render_template, request
from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core import bureau_modules, moment
from core.access.models import Appointment, Staff, Unit
from core.addon import Suite
from core.case.leaving import count_open
from core.errors import NotFound
from core.module_switch import BureauModule
from core.pages.frame import needs, request_session, screens
from core.web import Crumb

pages = Blueprint("modules", __name__)


@dataclass(frozen=True)
class Line:
    """What switching does in one bureau. ``also``: modules that are switched on along with it; ``held_by``: modules that
    keep it on."""

    id: int
    name: str
    changes: bool
    also: str
    held_by: str
    people: int
    open: int


@pages.get("/admin/modules/plan")
@needs("module:switch")
def plan() -> str:
    """The plan, bureau by bureau; the button below does it. Changes nothing."""
    session, suite, name = request_session(), current_app.extensions["yingshang"], request.args.get("module", "")
    addon = next((each for each in suite.addons if each.name == name), None)
    if addon is None:
        raise NotFound(_("There is no module %(module)s.", module=name))
    on = request.args.get("on") == "1"
    bureaus = session.scalars(select(Unit).where(Unit.id.in_(request.args.getlist("bureau", type=int)),
                                                 Unit.id == Unit.bureau_id).order_by(Unit.position, Unit.id)).all()
    lines = _lines(session, suite, name, bureaus, on)
    title = _("Switch on: %(module)s", module=_(addon.title)) if on else _("Switch off: %(module)s", module=_(addon.title))
    menu = [screen.title for key, screen in screens().items() if key.startswith(f"{name}/")]
    menu += [entry.label for owner, entry in suite.collect("views", "MENU") if owner is addon]
    return render_template(
        "pages/admin_module_plan.html", title=title, crumbs=[Crumb(_("Modules"), "/admin/modules"), Crumb(title)],
        module=name, on=on, lines=lines, changing=sum(line.changes for line in lines), menu=menu,
        roles=[_(str(role.title)) for role in current_app.extensions["roles"] if role.module == name])


def _lines(session: Session, suite: Suite, module: str, bureaus: Sequence[Unit], on: bool) -> list[Line]:
    """A line a bureau, from three statements for all of them."""
    titles, people, left = {addon.name: _(addon.title) for addon in suite.addons}, _people(session, module), {}
    present: dict[int, set[str]] = {}
    for row in session.scalars(select(BureauModule).where(BureauModule.bureau_id.in_([each.id for each in bureaus]))):
        present.setdefault(row.bureau_id, set()).add(row.module)
    if not on:
        left = count_open(session, module)
    wanted, lines = bureau_modules.needed(suite, module), []
    for bureau in bureaus:
        now = present.get(bureau.id, set())
        added = [name for name in titles if name in wanted - now] if on else []
        held = [] if on or module not in now else [addon.title for addon in suite.addons
                                                   if addon.name in now and module in addon.depends]
        lines.append(Line(bureau.id, bureau.name, bool(added) if on else module in now and not held,
                          "、".join(titles[name] for name in added if name != module), "、".join(map(_, held)),
                          people.get(bureau.id, 0), left.get(bureau.id, 0) if module in now else 0))
    return lines


def _people(session: Session, module: str) -> dict[int, int]:
    """How many people of each bureau hold a role of the module today. One statement."""
    today = moment.today()
    return {row[0]: row[1] for row in session.execute(
        select(Unit.bureau_id, func.count(func.distinct(Appointment.user_id)))
        .join(Appointment, Appointment.unit_id == Unit.id).join(FabRole, FabRole.id == Appointment.role_id)
        .join(Staff, Staff.id == Appointment.user_id)
        .where(FabRole.name.startswith(f"{module}.", autoescape=True), Staff.active.is_(True), Appointment.valid_from <= today,
               or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today))
        .group_by(Unit.bureau_id)) if row[0] is not None}
