"""Administration: units, people and their roles, modules per bureau, calendar, rules, jobs, the log."""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from werkzeug.security import generate_password_hash
from werkzeug.wrappers import Response

from core import bureau_modules, moment
from core.access import Scope, UnitKind, as_system
from core.access.grants import appoint
from core.access.models import Appointment, Staff, Unit
from core.audit import AuditEntry
from core.calendar import store
from core.calendar.models import CalendarImport
from core.case import clocks
from core.errors import NotFound, Refusal
from core.jobs.models import JobRun
from core.module_switch import BureauModule
from core.pages.frame import needs, request_session
from core.rules.lookup import book
from core.rules.register import override
from core.security import request_viewer
from core.web import Crumb

pages = Blueprint("administration", __name__)
SCOPES = {Scope.ALL: lambda: _("everything"), Scope.CUSTOM: lambda: _("chosen units"), Scope.UNIT: lambda: _("own unit"),
          Scope.UNIT_TREE: lambda: _("own unit and below"), Scope.OWN: lambda: _("own cases only")}


@pages.get("/admin/")
@needs("admin:open")
def index() -> Response:
    """Where an administrator begins."""
    return redirect("/admin/units")


@pages.route("/admin/units", methods=["GET", "POST"])
@needs("unit:edit")
def units() -> str | Response:
    """The tree of units; a new one below another."""
    session = request_session()
    if request.method == "POST":
        return _save(lambda: _new_unit(), "/admin/units", _("The unit is there."))
    found = session.scalars(select(Unit).order_by(Unit.path)).all()
    return render_template("pages/admin_units.html", title=_("Units"), crumbs=[Crumb(_("Units"))], units=found,
                           kinds=list(UnitKind))


@pages.post("/admin/units/<int:unit_id>")
@needs("unit:edit")
def unit(unit_id: int) -> Response:
    """Change a unit's name, its word for numbers, its phone; switch it off."""
    def work() -> None:
        found = request_session().get(Unit, unit_id)
        if found is None:
            raise NotFound(_("There is no such unit."))
        for name in ("name", "short_name", "doc_word", "phone", "address"):
            if name in request.form:
                setattr(found, name, request.form[name].strip())
        if not found.name or not found.short_name:
            raise Refusal(_("A unit needs a name and a short name."), "name")
        found.active = bool(request.form.get("active"))

    return _save(work, "/admin/units", _("Saved."))


@pages.route("/admin/people", methods=["GET", "POST"])
@needs("people:edit")
def people() -> str | Response:
    """People with their roles; a new one; a role for somebody."""
    session = request_session()
    if request.method == "POST":
        return _save(_new_person if "username" in request.form else _new_appointment, "/admin/people", _("Saved."))
    query = select(Staff).order_by(Staff.id)
    text = request.args.get("q", "").strip()
    if text:
        query = query.where(or_(Staff.username.contains(text, autoescape=True),
                                (Staff.last_name + Staff.first_name).contains(text, autoescape=True)))
    found = session.scalars(query.limit(100)).all()
    held: dict[int, list[Appointment]] = {}
    for appointment in session.scalars(
            select(Appointment).options(joinedload(Appointment.role), joinedload(Appointment.unit))
            .where(Appointment.user_id.in_([p.id for p in found])).order_by(Appointment.id)):
        held.setdefault(appointment.user_id, []).append(appointment)
    titles = {role.name: role.title for role in current_app.extensions["roles"]}
    return render_template("pages/admin_people.html", title=_("People and roles"), crumbs=[Crumb(_("People and roles"))],
                           people=found, held=held, titles=titles, q=text, today=moment.today(),
                           scopes=[(scope.value, words()) for scope, words in SCOPES.items()])


@pages.post("/admin/people/<int:user_id>/<what>")
@needs("people:edit")
def person(user_id: int, what: str) -> Response:
    """Switch an account off or on; end an appointment."""
    def work() -> None:
        session = request_session()
        found = session.get(Staff, user_id)
        if found is None:
            raise NotFound(_("There is no such person."))
        if what == "switch":
            if found.id == request_viewer().user_id:
                raise Refusal(_("You cannot switch your own account off."))
            found.active = not found.active
        elif what == "end":
            held = session.get(Appointment, request.form.get("appointment", 0, type=int))
            if held is None or held.user_id != found.id:
                raise NotFound(_("There is no such appointment."))
            held.valid_to = max(held.valid_from, moment.today() - dt.timedelta(days=1))
            if held.valid_from > moment.today() - dt.timedelta(days=1):
                session.delete(held)
        else:
            raise NotFound(_("There is no such page."))

    return _save(work, "/admin/people", _("Saved."))


@pages.route("/admin/modules", methods=["GET", "POST"])
@needs("module:switch")
def modules() -> str | Response:
    """Which bureau uses which module. Switching off tells which open cases remain."""
    session, suite = request_session(), current_app.extensions["yingshang"]
    if request.method == "POST":
        name, bureau_id = request.form.get("module", ""), request.form.get("bureau", 0, type=int)
        try:
            with as_system("a module is switched", request_viewer().name) as own:
                if request.form.get("on"):
                    added = bureau_modules.enable(own, suite, name, bureau_id, request_viewer().user_id)
                    flash(_("Switched on: %(modules)s.", modules="、".join(added) or name), "success")
                else:
                    left = bureau_modules.disable(own, suite, name, bureau_id)
                    flash(_("Switched off. Open cases that remain: %(n)s.", n=len(left)), "success")
                own.commit()
        except Refusal as refusal:
            flash(refusal.message, "error")
        return redirect("/admin/modules")
    bureaus = session.scalars(select(Unit).where(Unit.id == Unit.bureau_id, Unit.active.is_(True)).order_by(Unit.path)).all()
    on = {(row.bureau_id, row.module) for row in session.scalars(select(BureauModule))}
    return render_template("pages/admin_modules.html", title=_("Modules"), crumbs=[Crumb(_("Modules"))], bureaus=bureaus,
                           addons=suite.addons, on=on)


@pages.get("/admin/jobs")
@needs("job:read")
def jobs() -> str:
    """Periodic work: when it last ran, how it ended."""
    runs = request_session().scalars(select(JobRun).order_by(JobRun.id.desc()).limit(100)).all()
    return render_template("pages/admin_jobs.html", title=_("Jobs"), crumbs=[Crumb(_("Jobs"))], runs=runs,
                           jobs=current_app.extensions["jobs"].jobs)


@pages.post("/admin/jobs/<name>")
@needs("job:run")
def run_job(name: str) -> Response:
    """Run a job now, in the background."""
    try:
        current_app.extensions["jobs"].publish_job(name, request_viewer().user_id)
    except LookupError:
        raise NotFound(_("There is no such job.")) from None
    flash(_("The job was started."), "success")
    return redirect("/admin/jobs")


@pages.get("/admin/log")
@needs("audit:read")
def log() -> str:
    """The log: who did what, before → after."""
    args = request.args
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if args.get("subject"):
        query = query.where(AuditEntry.subject == args["subject"].strip())
    if args.get("q"):
        text = args["q"].strip()
        query = query.where(or_(AuditEntry.label.contains(text, autoescape=True), AuditEntry.subject_id == text,
                                AuditEntry.actor.contains(text, autoescape=True)))
    if args.get("cursor", "").isdigit():
        query = query.where(AuditEntry.id < int(args["cursor"]))
    found = request_session().scalars(query.limit(51)).all()
    return render_template("pages/admin_log.html", title=_("Log"), crumbs=[Crumb(_("Log"))], entries=found[:50],
                           next_cursor=found[49].id if len(found) > 50 else None, args=args)


@pages.route("/calendar", methods=["GET", "POST"])
@needs("")
def calendar() -> str | Response:
    """The working-day calendar of a year; importing one, and confirming what somebody else imported."""
    session, viewer = request_session(), request_viewer()
    year = request.args.get("year", moment.today().year, type=int)
    if request.method == "POST":
        return _save(_import_calendar, f"/calendar?year={year}", _("Imported. Another person must confirm it now."))
    told = store.show(session, year, clocks.SCOPES)
    return render_template("pages/calendar.html", title=_("Working-day calendar"), told=told, year=year,
                           crumbs=[Crumb(_("Working-day calendar"))], may_import=viewer.may("calendar:import"),
                           may_confirm=viewer.may("calendar:confirm"), me=viewer.user_id)


@pages.post("/calendar/<int:import_id>/confirm")
@needs("calendar:confirm")
def confirm_calendar(import_id: int) -> Response:
    """Put a calendar into force: open clocks are computed anew."""
    viewer = request_viewer()
    try:
        with as_system("a calendar is confirmed", viewer.name) as session:
            found = session.get(CalendarImport, import_id)
            told = store.confirm(session, import_id, viewer.user_id)
            session.commit()
            flash(_("In force now. Due dates that moved: %(n)s.", n=told.clocks_moved), "success")
            year = found.year if found else moment.today().year
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect("/calendar")
    return redirect(f"/calendar?year={year}")


@pages.get("/rules")
@needs("")
def rules() -> str:
    """The legal periods and parameters: value, unit, basis, from when to when, and what the own bureau decided."""
    viewer, found = request_viewer(), book(request_session())
    rows: list[Any] = []
    for key in found.keys:
        for version in found.versions(key):
            held = version
            if version.valid_from <= moment.today() and (version.valid_to is None or moment.today() <= version.valid_to):
                held = found.rule(key, moment.today(), viewer.bureau_id)
            rows.append((version, held if held.overridden_by else None))
    return render_template("pages/rules.html", title=_("Legal periods"), crumbs=[Crumb(_("Legal periods"))], rows=rows,
                           may_override=viewer.may("rule:override"))


@pages.post("/rules/<key>/override")
@needs("rule:override")
def override_rule(key: str) -> Response:
    """A bureau's own value for a parameter, with its reason."""
    def work() -> None:
        value: Any = request.form.get("value", "").strip()
        override(request_session(), request.form.get("bureau", request_viewer().bureau_id or 0, type=int), key,
                 int(value) if value.lstrip("-").isdigit() else value, request.form.get("note", ""),
                 request_viewer().user_id or 0, moment.today())

    return _save(work, "/rules", _("Saved."))


def _save(work: Any, back: str, said: str) -> Response:
    """Do it, commit, and say so; a refusal is shown and nothing is changed."""
    session = request_session()
    try:
        work()
        session.commit()
    except Refusal as refusal:
        session.rollback()
        flash(refusal.message, "error")
    else:
        flash(said, "success")
    return redirect(back)


def _new_unit() -> None:
    session, form = request_session(), request.form
    code, name = form.get("code", "").strip(), form.get("name", "").strip()
    if not code or not name:
        raise Refusal(_("A unit needs a code and a name."), "name")
    if session.scalars(select(Unit).where(Unit.code == code)).first() is not None:
        raise Refusal(_("There is a unit with the code %(code)s already.", code=code), "code")
    parent = session.get(Unit, form.get("parent", 0, type=int))
    kind = UnitKind(form.get("kind", "section"))
    made = Unit(code=code, name=name, short_name=form.get("short_name", "").strip() or name, kind=kind,
                parent_id=parent.id if parent else None)
    session.add(made)
    session.flush()
    made.path = f"{parent.path if parent else '/'}{made.id}/"
    made.bureau_id = parent.bureau_id if parent is not None and kind is UnitKind.SECTION else made.id


def _new_person() -> None:
    session, form = request_session(), request.form
    username, name, password = (form.get(key, "").strip() for key in ("username", "name", "password"))
    if not username or len(name) < 2:
        raise Refusal(_("A person needs a user name and a name."), "name")
    if len(password) < 12:
        raise Refusal(_("At least twelve characters, please."), "password")
    if session.scalars(select(Staff).where(Staff.username == username)).first() is not None:
        raise Refusal(_("The user name %(name)s is taken.", name=username), "username")
    session.add(Staff(username=username, last_name=name[0], first_name=name[1:], active=True, session_version=1,
                      email=form.get("email", "").strip() or f"{username}@localhost", phone=form.get("phone", "").strip(),
                      post=form.get("post", "").strip(), password=generate_password_hash(password),
                      must_change_password=True))


def _new_appointment() -> None:
    session, form = request_session(), request.form
    user = session.get(Staff, form.get("user", 0, type=int))
    text = form.get("unit", "").strip()
    unit = session.get(Unit, int(text)) if text.isdigit() else session.scalars(select(Unit).where(Unit.code == text)).first()
    if user is None or unit is None:
        raise Refusal(_("Choose a person and a unit."), "unit")
    role = session.scalars(select(FabRole).where(FabRole.name == form.get("role", ""))).one_or_none()
    if role is None:
        raise Refusal(_("Choose a role."), "role")
    appoint(session, user, role.name, unit, Scope(form.get("scope", Scope.UNIT_TREE.value)))


def _import_calendar() -> None:
    if not request_viewer().may("calendar:import"):
        raise Refusal(_("You may not import a calendar."))
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refusal(_("Choose a file first."), "file")
    store.import_calendar(request_session(), upload.stream.read(1 << 20), request_viewer().user_id,
                          document=request.form.get("document", "").strip())
