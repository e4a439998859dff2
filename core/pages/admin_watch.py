"""Running the suite: the log, who is online, jobs, channels and their deliveries, health, the interface for programs."""
from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_babel import get_locale
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased
from werkzeug.wrappers import Response

import core.health  # noqa: F401  # imported for the checks that it declares
from core import __version__, moment
from core.access import as_system
from core.access.models import Staff, Unit
from core.api import openapi
from core.audit import AuditEntry
from core.case import Case
from core.doctor import examine
from core.errors import NotFound, Refusal
from core.jobs.models import JobRun, Task, TaskState
from core.outbox.channels import FileSink, SmsGateway, SmtpMail, WeComRobot
from core.outbox.deliver import retry
from core.outbox.models import Channel, Delivery, Message, MessageState
from core.outbox.post import post
from core.outbox.ways import ADAPTERS, Console, routes_now
from core.outbox.webhooks import WebhookPost
from core.pages.admin_roles import role_titles
from core.pages.frame import needs, request_session
from core.pages.log_words import KINDS, choices, describe, referred
from core.pages.saving import save
from core.security import request_viewer, sessions
from core.web import Crumb
from core.web.widgets import Tab
from core.words import N_
from core.words import gettext as _

pages = Blueprint("operation", __name__)
PAGE = 50


@pages.get("/admin/log")
@needs("audit:read")
def log() -> str:
    """The log in three views: what was changed (before → after), what was read and exported, who signed in."""
    args, session = request.args, request_session()
    kind = args.get("kind", "changes") if args.get("kind") in KINDS else "changes"
    query = select(AuditEntry).where(KINDS[kind].rule()).order_by(AuditEntry.id.desc())
    if args.get("q", "").strip():
        text = args["q"].strip()
        query = query.where(or_(AuditEntry.label.contains(text, autoescape=True), AuditEntry.subject_id == text,
                                AuditEntry.actor.contains(text, autoescape=True)))
    if args.get("action"):
        query = query.where(AuditEntry.action.in_(args["action"].split(",")))
    for name, edge in (("from", 0), ("to", 1)):
        day = _day(args.get(name, ""))
        if day is not None:
            instant = moment.start_of(day + dt.timedelta(days=edge))
            query = query.where(AuditEntry.at >= instant if name == "from" else AuditEntry.at < instant)
    if args.get("cursor", "").isdecimal():
        query = query.where(AuditEntry.id < int(args["cursor"]))
    found = session.scalars(query.limit(PAGE + 1)).all()
    kept = {name: value for name, value in args.items() if name != "cursor"}
    people = _names_of({entry.label for entry in found}) if kind == "signins" else {}
    names = _names_by_number(referred(found)) if kind == "changes" else {}
    return render_template(
        "pages/admin_log.html", title=_("Log"), crumbs=[Crumb(_("Log"))], actions=choices(kind),
        entries=[describe(e, people, names) for e in found[:PAGE]],
        kind=kind, args=args, kept=kept, next_cursor=found[PAGE - 1].id if len(found) > PAGE else None,
        tabs=[Tab(view.title(), f"/admin/log?kind={name}", None, name == kind) for name, view in KINDS.items()])


def _names_of(usernames: set[str]) -> dict[str, str]:
    """Whose user names these are."""
    return {person.username: person.name for person in request_session().scalars(
        select(Staff).where(Staff.username.in_(usernames)))}


def _names_by_number(asked: dict[str, set[int]]) -> dict[tuple[str, Any], str]:
    """What people, units and roles are called; a statement for each of the three."""
    session, titles = request_session(), role_titles()
    called: dict[str, tuple[Any, Callable[[Any], str]]] = {
        "ab_user": (Staff, lambda person: person.name), "core_unit": (Unit, lambda unit: unit.short_name),
        "ab_role": (FabRole, lambda role: titles.get(role.name, role.name))}
    return {(of, row.id): name(row) for of, (model, name) in called.items() if asked.get(of)
            for row in session.scalars(select(model).where(model.id.in_(asked[of])))}


@pages.get("/admin/online")
@needs("session:end")
def online() -> str:
    """Who is signed in now."""
    found = sessions.online(request_session())
    return render_template("pages/admin_online.html", title=_("Who is online"), crumbs=[Crumb(_("Who is online"))],
                           found=found, me=request_viewer().user_id)


@pages.post("/admin/online/<int:session_id>/end")
@needs("session:end")
def end_session(session_id: int) -> Response:
    """Sign somebody out."""
    return save(lambda: sessions.end(request_session(), session_id), "/admin/online",
                _("Signed out. The next click there asks for the password."))


@pages.get("/admin/jobs")
@needs("job:read")
def jobs() -> str:
    """Periodic work: what it is for, when it runs, how the last run ended; below, the run log."""
    session = request_session()
    name = request.args.get("name", "")
    last = select(func.max(JobRun.id)).group_by(JobRun.name)
    latest = {run.name: run for run in session.scalars(select(JobRun).where(JobRun.id.in_(last)))}
    query = select(JobRun, Staff).outerjoin(Staff, Staff.id == JobRun.by_id).order_by(JobRun.id.desc())
    runs = session.execute((query.where(JobRun.name == name) if name else query).limit(PAGE)).all()
    waiting = session.scalar(select(func.count()).select_from(Task).where(
        Task.state.in_((TaskState.QUEUED, TaskState.RUNNING)))) or 0
    return render_template("pages/admin_jobs.html", title=_("Jobs"), crumbs=[Crumb(_("Jobs"))], runs=runs, latest=latest,
                           jobs=current_app.extensions["jobs"].jobs, when=cron_words, name=name, waiting=waiting,
                           counted=count_words())


@pages.post("/admin/jobs/<name>")
@needs("job:run")
def run_job(name: str) -> Response:
    """Run a job now, in the background."""
    try:
        current_app.extensions["jobs"].publish_job(name, request_viewer().user_id)
    except LookupError:
        raise NotFound(_("There is no such job.")) from None
    flash(_("The job was started. Its line appears below as soon as a worker takes it up."), "success")
    return redirect(f"/admin/jobs?name={name}")


@pages.get("/admin/channels")
@needs("channel:read")
def channels() -> str:
    """E-mail, SMS, WeCom: where each leads, how much waits, and the delivery log."""
    session, state = request_session(), request.args.get("state", "")
    counts: dict[tuple[Channel, MessageState], int] = {}
    for channel, how, n in session.execute(
            select(Message.channel, Message.state, func.count()).group_by(Message.channel, Message.state)):
        counts[channel, how] = n
    last = aliased(Delivery)
    query = select(Message, last).outerjoin(last, (last.message_id == Message.id) & (last.attempt == Message.attempts)) \
        .where(Message.channel != Channel.INAPP).order_by(Message.id.desc())
    if state in list(MessageState):
        query = query.where(Message.state == MessageState(state))
    found = session.execute(query.limit(PAGE)).all()
    routes = routes_now(session, current_app.extensions["yingshang"].settings, current_app.extensions["jobs"].routes)
    ways = [(channel, channel_words()[channel], adapter_words(routes.get(channel)), counts) for channel in Channel]
    return render_template("pages/admin_channels.html", title=_("Channels"), crumbs=[Crumb(_("Channels"))], ways=ways,
                           found=found, state=state,
                           people=_names_by_number({"ab_user": {m.recipient_id for m, _last in found if m.recipient_id}}),
                           words=state_words(),
                           channels=channel_words(), states=MessageState, chosen=ADAPTERS)


@pages.post("/admin/channels/<int:message_id>/retry")
@needs("channel:read")
def try_again(message_id: int) -> Response:
    """Give a message that was given up a fresh set of attempts."""
    def work() -> None:
        if not retry(request_session(), message_id, moment.now()):
            raise Refusal(_("This message waits already or was delivered."))

    return save(work, "/admin/channels", _("It will be tried again at once."))


@pages.post("/admin/channels/try")
@needs("channel:read")
def try_out() -> Response:
    """Send a message to an address, to see whether a channel works."""
    def work() -> None:
        channel, to = Channel(request.form.get("channel", "email")), request.form.get("to", "").strip()
        if not to or channel in (Channel.INAPP, Channel.WEBHOOK):
            raise Refusal(_("Write the address to which the trial is to go."), "to")
        post(request_session(), to=to, channel=channel, subject=_("Trial message"),
             body=_("If you read this, the channel works."), dedupe_key=f"trial:{channel}:{moment.now().isoformat()}")

    return save(work, "/admin/channels", _("The trial is on its way; the log below tells how it ended."))


@pages.get("/admin/health")
@needs("job:read")
def health() -> str:
    """The server: checks with what to do, load, versions."""
    session, suite = request_session(), current_app.extensions["yingshang"]
    with as_system("health page", request_viewer().name) as own:
        findings = examine(suite, own)
    figures = [
        (_("People online"), sessions.count_online(session)),
        (_("Accounts in use"), session.scalar(select(func.count()).select_from(Staff).where(Staff.active.is_(True)))),
        (_("Units in use"), session.scalar(select(func.count()).select_from(Unit).where(Unit.active.is_(True)))),
        (_("Tasks waiting"), session.scalar(select(func.count()).select_from(Task).where(Task.state == TaskState.QUEUED))),
        (_("Messages waiting"), session.scalar(select(func.count()).select_from(Message).where(
            Message.state.in_((MessageState.PENDING, MessageState.FAILED))))),
        (_("Messages given up"), session.scalar(select(func.count()).select_from(Message).where(
            Message.state == MessageState.DEAD)))]
    versions = [(_("Suite"), __version__), ("Python", platform.python_version()), (_("Machine"), platform.platform())]
    versions += [(_(addon.title), addon.version) for addon in suite.addons]
    return render_template("pages/admin_health.html", title=_("Health"), crumbs=[Crumb(_("Health"))], findings=findings,
                           checks=check_words(),
                           figures=figures, versions=versions, as_of=moment.now(), machine=_machine(),
                           settings=suite.settings.describe())


THEIRS = (N_("Get the menu data structure. Returns a forest like structure with the menu the user has access to"),
          N_("Authenticate and get a JWT access and refresh token"), N_("Use the refresh token to get a new JWT access token"))
"""What the framework says of its own addresses."""


@pages.get("/admin/api")
@needs("admin:open")
def interface() -> str:
    """What programs may call: from the description that programs read themselves."""
    described = openapi.describe()
    calls = [(path, method.upper(), _(told.get("summary") or told.get("description", "").strip().partition("\n")[0] or "—"),
              (told.get("tags") or [""])[0])
             for path, methods in sorted(described["paths"].items()) for method, told in methods.items()
             if method in ("get", "post", "put", "delete")]
    title = _("Interface (API)")
    return render_template("pages/admin_api.html", title=title, crumbs=[Crumb(title)], calls=calls,
                           base=request.host_url.rstrip("/"),
                           kinds=[{"name": name, "label": kind.kind_title}
                                  for name, kind in sorted(Case.loaded().items())])


def cron_words(cron: str) -> str:
    """When a job runs, in words, for the simple times that jobs have; anything else stands as it is written."""
    minute, hour, day, month, weekday = cron.split()
    if not (minute.isdigit() and hour.isdigit() and day == month == "*"):
        return cron
    at = f"{int(hour):02d}:{int(minute):02d}"
    if weekday == "*":
        return _("every day at %(at)s", at=at)
    return _("every %(day)s at %(at)s", day=get_day_names("wide", locale=get_locale())[(int(weekday) - 1) % 7], at=at) \
        if weekday.isdigit() else cron


def count_words() -> dict[str, str]:
    """What jobs count, in words."""
    return {"warned": _("reminders"), "escalated": _("escalated"), "messages": _("messages delivered"), "due": _("due"),
            "told": _("people told"), "sealed": _("rows of the log sealed"), "closed": _("cases closed"),
            "runs": _("old runs removed"), "answers": _("kept answers removed"), "sign-ins": _("old sign-ins removed"),
            "files": _("temporary files removed"), "tries": _("counters removed"), "codes": _("codes removed"),
            "letters": _("letters drafted"), "ended": _("ended"), "moved": _("moved"), "assigned": _("assigned"),
            "opened": _("opened")}


def check_words() -> dict[str, str]:
    """What each check is about, in words; an unknown one stands as it is."""
    return {"data folder": _("Data folder"), "database": _("Database"), "migrations": _("Tables"), "disk": _("Disk"),
            "clock skew": _("Clocks of the machines"), "bureaus": _("Modules of the bureaus"), "broker": _("Message broker"),
            "fonts": _("Fonts"), "calendar years": _("Years of the working-day calendar"), "permissions": _("Permissions"),
            "bureaus and modules": _("Bureaus and modules"), "clocks without rule": _("Clocks without a rule"),
            "letter fonts": _("Fonts of the letters")}


def channel_words() -> dict[Channel, str]:
    """The channels in words."""
    return {Channel.INAPP: _("Message centre"), Channel.EMAIL: _("E-mail"), Channel.SMS: _("SMS"), Channel.WECOM: _("WeCom"),
            Channel.WEBHOOK: _("Webhooks")}


def state_words() -> dict[MessageState, tuple[str, str]]:
    """How far a message has come, in words, with a tone."""
    return {MessageState.PENDING: (_("waits"), ""), MessageState.SENT: (_("delivered"), "g"),
            MessageState.FAILED: (_("will be tried again"), "y"), MessageState.DEAD: (_("given up"), "r")}


def adapter_words(route: Any) -> str:
    """Where a channel leads, in words."""
    if route is None:
        return _("inside the suite")
    if isinstance(route.adapter, FileSink):
        return _("written to files, nothing leaves the house")
    return {Console: _("Console of the server"), SmtpMail: _("Mail server"), SmsGateway: _("SMS gateway"),
            WeComRobot: _("WeCom robot"), WebhookPost: _("Signed requests to the registered addresses")}.get(
                type(route.adapter), _("An adapter of this installation"))


def _machine() -> list[tuple[str, str]]:
    """Load and memory, where the system tells them."""
    told = [(_("Load (1, 5, 15 minutes)"), " / ".join(f"{load:.2f}" for load in os.getloadavg())),
            (_("Processors"), str(os.cpu_count() or 1))]
    memory = Path("/proc/meminfo")
    if memory.exists():
        lines = dict(line.split(":", 1) for line in memory.read_text("ascii").splitlines() if ":" in line)
        total, free = (int(lines[name].split()[0]) / 1024**2 for name in ("MemTotal", "MemAvailable"))
        told.append((_("Memory in use"), f"{total - free:.1f} / {total:.1f} GB"))
    return told


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(_("%(text)s is no day. Write it like 2026-11-23.", text=text), "from") from None

