"""The first day: what an administrator sets up, in order and with what is still missing; and what each role tries first."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, has_request_context, redirect, render_template, request, session
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core import moment
from core.access import UnitKind
from core.access.models import Appointment, Staff, Unit
from core.access.viewer import Viewer
from core.audit import AuditEntry
from core.calendar.models import CalendarImport, ImportState
from core.module_switch import BureauModule
from core.outbox.channels import FileSink
from core.outbox.models import Channel
from core.outbox.ways import routes_now
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web import Crumb
from core.web.widgets import Step

pages = Blueprint("start", __name__)
WIZARD = "_wizard"
PATHS = ("/admin/units", "/admin/units/sheet", "/admin/modules", "/import/people", "/calendar", "/admin/channels/email",
         "/admin/channels/sms")
"""Where the steps of the wizard are done, in its order."""


@pages.get("/start")
@needs("")
def index() -> str:
    """The steps of the first day, each with its state; they can be done in any order and left and taken up again."""
    viewer = request_viewer()
    return render_template("pages/start.html", title=_("First steps"), crumbs=[Crumb(_("First steps"))],
                           setup=_setup() if viewer.may("admin:open") else [], mine=_mine(viewer))


@pages.get("/start/<int:number>")
@needs("admin:open")
def go(number: int) -> Response:
    """On to a step of the wizard: the page itself, with a bar above it until the wizard is left. 0 leaves it."""
    if not 0 < number <= len(PATHS):
        session.pop(WIZARD, None)
        return redirect("/start")
    session[WIZARD] = number
    if number == 1:
        district = request_session().scalars(select(Unit.id).where(Unit.kind == UnitKind.DISTRICT)).first()
        return redirect(f"{PATHS[0]}?unit={district}" if district else PATHS[0])
    return redirect(PATHS[number - 1])


@pages.app_context_processor
def wizard() -> dict[str, Any]:
    """What the bar of the wizard shows: which step of how many, and whether this page is that step's. No statement."""
    number = session.get(WIZARD, 0) if has_request_context() else 0
    if not number or not request.path.startswith(PATHS[number - 1]):
        return {}
    return {"wizard": {"number": number, "count": len(PATHS), "label": _steps()[number - 1],
                       "next": _steps()[number] if number < len(PATHS) else ""}}


def _steps() -> list[str]:
    """The steps of the first day in words, in the order of :data:`PATHS`."""
    return [_("The district"), _("The bureaus and their words for numbers"), _("The modules, bureau by bureau"),
            _("The people, by sheet"), _("The working-day calendar"), _("E-mail"), _("Short messages")]


def _setup() -> list[Step]:
    """District, bureaus, modules, people, calendar, mail: as the tables tell it. One statement each."""
    rows, today = request_session(), moment.today()
    district = rows.scalars(select(Unit).where(Unit.kind == UnitKind.DISTRICT)).first()
    bureaus = rows.scalar(select(func.count()).where(Unit.id == Unit.bureau_id, Unit.active.is_(True))) or 0
    words = rows.scalar(select(func.count()).where(Unit.doc_word != "", Unit.active.is_(True))) or 0
    modules = rows.scalar(select(func.count(func.distinct(BureauModule.module)))) or 0
    people = rows.scalar(select(func.count(func.distinct(Appointment.user_id)))
                            .join(Staff, Staff.id == Appointment.user_id).where(Staff.active.is_(True))) or 0
    years = set(rows.scalars(select(CalendarImport.year).where(CalendarImport.state == ImportState.CONFIRMED)))
    routes = routes_now(rows, current_app.extensions["yingshang"].settings, current_app.extensions["jobs"].routes)
    mail = Channel.EMAIL in routes and not isinstance(routes[Channel.EMAIL].adapter, FileSink)
    labels, found = _steps(), (
        (district is not None, district.name if district else _("Make the unit of the district.")),
        (bureaus > 0 and words > 0,
         _("%(bureaus)s bureaus, %(words)s with a word for numbers. Without it a bureau cannot sign a letter.",
           bureaus=bureaus, words=words)),
        (modules > 0, _("%(n)s modules are in use.", n=modules)),
        (people > 1, _("%(n)s people hold a role. The template has a row for each.", n=people)),
        (today.year in years, _("Confirmed: %(years)s.", years="、".join(map(str, sorted(years)[-3:])) or "—")),
        (mail, _("A mail server is set.") if mail else _("Give the mail server and send yourself a trial.")),
        (not isinstance(routes[Channel.SMS].adapter, FileSink),
         _("Choose the gateway, or the console for a demonstration.")))
    return [Step(label, done, note, f"/start/{number}")
            for number, (label, (done, note)) in enumerate(zip(labels, found, strict=True), 1)]


def _mine(viewer: Viewer) -> list[Step]:
    """What a person with these permissions tries first; done when the log says so or the account shows it."""
    rows = request_session()
    acts = set(rows.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == viewer.user_id).distinct()))
    me = rows.get(Staff, viewer.user_id)
    steps = [Step(_("Choose a password of your own"), me is not None and me.password_changed_at is not None, "",
                  "/resetmypassword/form"),
             Step(_("Read the notices"), False, _("What the house tells everybody."), "/notices")]
    offered = (
        (any(p.endswith(":read") and "." in p for p in viewer.permissions), _("Open your desk and a case"), "read", "/",
         _("The number, the date and who has it stand at the top; ask the date why it is that day.")),
        (viewer.may("import:run") and not viewer.is_admin, _("Check a sheet"), "imported", "/import",
         _("Checking saves nothing.")),
        (viewer.may("letter:draft"), _("Draft a letter"), "created", "/letters", _("Somebody else reviews it.")),
        (viewer.may("letter:sign"), _("Look at what waits for your signature"), "signed", "/letters",
         _("The number is taken when you sign.")),
        (viewer.may("stats:read"), _("Look at the board"), "exported", "/board", _("Every number opens the cases behind it.")),
        (viewer.may("people:edit"), _("Ask what a person sees"), "changed", "/admin/people", _("Before you give a role.")),
        (viewer.may("audit:read"), _("Read the log"), "", "/admin/log", _("Who did what, before and after.")),
    )
    return steps + [Step(label, act in acts, note, url) for shown, label, act, url, note in offered if shown]
