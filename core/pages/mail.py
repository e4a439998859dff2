"""The message centre, long tasks, and the search over everything."""
from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core.access.models import Staff, Unit
from core.case import Case, clocks
from core.case.files import store
from core.case.search import matching
from core.errors import NotFound
from core.jobs import tasks
from core.jobs.models import Task, TaskState
from core.letter.models import Letter
from core.outbox.inbox import dismiss, inbox, mark_read, unread_count
from core.outbox.models import Channel, Message
from core.pages import draw
from core.pages.frame import needs, request_session
from core.party.models import Enterprise
from core.party.picking import pick_enterprises
from core.party.search import contains, people_found, units_found
from core.security import request_viewer
from core.web import Crumb
from core.web.widgets import Action, Progress, Tab

pages = Blueprint("mail", __name__)
PAGE, FOUND = 30, 20


@pages.get("/messages")
@needs("")
def messages() -> str:
    """站内信: one's own messages, newest first, all or the unread ones."""
    session, me, unread = request_session(), request_viewer().user_id or 0, "unread" in request.args
    last = session.get(Message, request.args.get("cursor", 0, type=int))
    before = last if last is not None and last.recipient_id == me else None
    found = inbox(session, me, unread_only=unread, before=before, limit=PAGE + 1)
    return render_template(
        "pages/messages.html", title=_("Message centre"), crumbs=[Crumb(_("Message centre"))], messages=found[:PAGE],
        unread=unread, next_cursor=found[PAGE - 1].id if len(found) > PAGE else None,
        tabs=[Tab(_("All"), "/messages", None, not unread),
              Tab(_("Unread"), "/messages?unread=1", unread_count(session, me), unread)])


@pages.get("/messages/<int:message_id>/open")
@needs("")
def follow(message_id: int) -> Response:
    """Open what a message tells of; it counts as read from now on."""
    session, me = request_session(), request_viewer().user_id or 0
    found = session.get(Message, message_id)
    if found is None or found.recipient_id != me or found.channel is not Channel.INAPP:
        raise NotFound(_("There is no such message."))
    mark_read(session, me, [message_id])
    session.commit()
    return redirect(found.link if found.link.startswith("/") and not found.link.startswith("//") else "/messages")


@pages.post("/messages/read")
@needs("")
def read() -> Response:
    """Mark all, or the given ones, as read; or put them aside."""
    session, me = request_session(), request_viewer().user_id or 0
    ids = request.form.getlist("ids", type=int)
    if "dismiss" in request.form:
        dismiss(session, me, ids)
    else:
        mark_read(session, me, ids or None)
    session.commit()
    return redirect("/messages")


@pages.get("/tasks")
@needs("")
def task_list() -> str:
    """One's own long tasks: n of N, pace, what is left, result, cancel."""
    found = []
    for task in tasks.recent(request_session(), request_viewer().user_id or 0):
        running = task.state in (TaskState.QUEUED, TaskState.RUNNING)
        found.append(Progress(
            task.title, task.done, task.total or 0, task.state.value, _note(task), id=task.id,
            poll_url=f"/tasks/{task.id}",
            cancel=Action(_("Cancel"), f"/tasks/{task.id}/cancel", method="post") if running else None,
            result=Action(_("Result"), f"/tasks/{task.id}/result") if task.result_sha256 else None))
    return render_template("pages/tasks.html", title=_("Tasks"), crumbs=[Crumb(_("Tasks"))], tasks=found)


@pages.get("/tasks/<int:task_id>")
@needs("")
def progress(task_id: int) -> Response:
    """How far one's own task is, for the page that watches it."""
    task = tasks.find(request_session(), task_id, request_viewer().user_id or 0)
    return jsonify(state=task.state.value, done=task.done, total=task.total or 0, note=_note(task))


def _note(task: Task) -> str:
    """Pace and what is left while it runs; afterwards what it said."""
    if task.state is not TaskState.RUNNING:
        return task.message
    told = [task.message] if task.message else []
    if task.pace:
        told.append(_("%(n)s a second", n=f"{task.pace:.0f}" if task.pace >= 10 else f"{task.pace:.1f}"))
        if task.total and task.total > task.done:
            told.append(_("about %(n)s s left", n=round((task.total - task.done) / task.pace)))
    return " · ".join(told)


@pages.post("/tasks/<int:task_id>/cancel")
@needs("")
def cancel(task_id: int) -> Response:
    """Stop one's own task."""
    session = request_session()
    tasks.cancel(session, task_id, request_viewer().user_id or 0)
    session.commit()
    return redirect("/tasks")


@pages.get("/tasks/<int:task_id>/result")
@needs("")
def result(task_id: int) -> Response:
    """The file that a task made."""
    task = tasks.find(request_session(), task_id, request_viewer().user_id or 0)
    if task.result_sha256 is None:
        raise NotFound(_("This task has no result file."))
    return send_file(store().open(task.result_sha256), as_attachment=True, download_name=task.result_name or "result")


@pages.get("/search")
@needs("")
def search() -> str | Response:
    """A number opens its case; words find cases, enterprises and letters that the viewer may see, by number, name, code,
    pinyin or its initials; and for whoever keeps them, people and units.
    """
    session, viewer, text = request_session(), request_viewer(), request.args.get("q", "").strip()[:100]
    cases: list[Case] = []
    enterprises: list[Enterprise] = []
    letters: list[Letter] = []
    people: list[Staff] = []
    units: list[Unit] = []
    if text:
        exact = session.scalars(select(Case).where(Case.number == text.upper())).one_or_none()
        if exact is not None:
            return redirect(f"/cases/{exact.number}")
        if viewer.may("enterprise:read"):
            enterprises = pick_enterprises(session, text, FOUND)
        if viewer.may("people:edit"):
            people = list(session.scalars(people_found(text).limit(FOUND)))
        if viewer.may("unit:edit"):
            units = list(session.scalars(units_found(text).options(joinedload(Unit.bureau)).limit(FOUND)))
        cases = list(session.scalars(
            select(Case).options(joinedload(Case.unit), joinedload(Case.enterprise))
            .where(matching(text, session.get_bind().dialect.name)).order_by(Case.opened_at.desc()).limit(FOUND)))
        letters = list(session.scalars(
            select(Letter).where(or_(contains(Letter.number, text), contains(Letter.title, text), Letter.code == text.upper()))
            .order_by(Letter.id.desc()).limit(FOUND)))
    calendar = clocks.calendar_of(session)
    return render_template("pages/search.html", most=FOUND, title=_("Search"), crumbs=[Crumb(_("Search"))], text=text,
                           enterprises=enterprises, people=people, units=units,
                           letters=[draw.letter_row(letter) for letter in letters],
                           cases=[(case, draw.state_tag(case), draw.due_of_case(case, calendar)) for case in cases])
