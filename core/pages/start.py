"""The first day: what an administrator sets up, in order and with what is still missing; and what each role tries first."""
from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import func, select

from core import moment
from core.access import UnitKind
from core.access.models import Appointment, Staff, Unit
from core.access.viewer import Viewer
from core.audit import AuditEntry
from core.calendar.models import CalendarImport, ImportState
from core.module_switch import BureauModule
from core.outbox.channels import FileSink
from core.outbox.models import Channel
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web import Crumb
from core.web.widgets import Step

pages = Blueprint("start", __name__)


@pages.get("/start")
@needs("")
def index() -> str:
    """The steps of the first day, each with its state; they can be done in any order and left and taken up again."""
    viewer = request_viewer()
    return render_template("pages/start.html", title=_("First steps"), crumbs=[Crumb(_("First steps"))],
                           setup=_setup() if viewer.may("admin:open") else [], mine=_mine(viewer))


def _setup() -> list[Step]:
    """District, bureaus, modules, people, calendar, mail: as the tables tell it. One statement each."""
    session, today = request_session(), moment.today()
    district = session.scalars(select(Unit).where(Unit.kind == UnitKind.DISTRICT)).first()
    bureaus = session.scalar(select(func.count()).where(Unit.id == Unit.bureau_id, Unit.active.is_(True))) or 0
    words = session.scalar(select(func.count()).where(Unit.doc_word != "", Unit.active.is_(True))) or 0
    modules = session.scalar(select(func.count(func.distinct(BureauModule.module)))) or 0
    people = session.scalar(select(func.count(func.distinct(Appointment.user_id)))
                            .join(Staff, Staff.id == Appointment.user_id).where(Staff.active.is_(True))) or 0
    years = set(session.scalars(select(CalendarImport.year).where(CalendarImport.state == ImportState.CONFIRMED)))
    routes = current_app.extensions["jobs"].routes
    mail = Channel.EMAIL in routes and not isinstance(routes[Channel.EMAIL].adapter, FileSink)
    return [
        Step(_("The district"), district is not None, district.name if district else _("Make the unit of the district."),
             "/admin/units"),
        Step(_("The bureaus and their words for numbers"), bureaus > 0 and words > 0,
             _("%(bureaus)s bureaus, %(words)s with a word for numbers. Without it a bureau cannot sign a letter.",
               bureaus=bureaus, words=words), "/admin/units"),
        Step(_("The modules, bureau by bureau"), modules > 0, _("%(n)s modules are in use.", n=modules), "/admin/modules"),
        Step(_("The people, by sheet"), people > 1, _("%(n)s people hold a role. The template has a row for each.", n=people),
             "/import/people"),
        Step(_("The working-day calendar"), today.year in years,
             _("Confirmed: %(years)s.", years="、".join(map(str, sorted(years)[-3:])) or "—"), "/calendar"),
        Step(_("E-mail"), mail, _("Set YINGSHANG_MAIL_HOST and try the channel.") if not mail else _("A mail server is set."),
             "/admin/channels"),
    ]


def _mine(viewer: Viewer) -> list[Step]:
    """What a person with these permissions tries first; done when the log says so or the account shows it."""
    session = request_session()
    acts = set(session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == viewer.user_id).distinct()))
    me = session.get(Staff, viewer.user_id)
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
