"""The message centre, long tasks, and the search over everything."""
from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core.case import Case, clocks
from core.case.files import store
from core.errors import NotFound
from core.jobs import tasks
from core.jobs.models import TaskState
from core.outbox.inbox import inbox, mark_read
from core.pages import draw
from core.pages.enterprises import matching
from core.pages.frame import needs, request_session
from core.party.models import Enterprise
from core.security import request_viewer
from core.web import Crumb
from core.web.widgets import Action, Progress

pages = Blueprint("mail", __name__)


@pages.get("/messages")
@needs("")
def messages() -> str:
    """One's own messages, newest first."""
    viewer = request_viewer()
    found = inbox(request_session(), viewer.user_id or 0, unread_only="unread" in request.args)
    return render_template("pages/messages.html", title=_("Messages"), crumbs=[Crumb(_("Messages"))], messages=found)


@pages.post("/messages/read")
@needs("")
def read() -> Response:
    """Mark all, or the given ones, as read."""
    session = request_session()
    ids = request.form.getlist("ids", type=int)
    mark_read(session, request_viewer().user_id or 0, ids or None)
    session.commit()
    return redirect("/messages")


@pages.get("/tasks")
@needs("")
def task_list() -> str:
    """One's own long tasks: n of N, result, cancel."""
    found = []
    for task in tasks.recent(request_session(), request_viewer().user_id or 0):
        running = task.state in (TaskState.QUEUED, TaskState.RUNNING)
        found.append(Progress(
            task.title, task.done, task.total or 0, task.state.value, task.message, id=task.id,
            cancel=Action(_("Cancel"), f"/tasks/{task.id}/cancel", method="post") if running else None,
            result=Action(_("Result"), f"/tasks/{task.id}/result") if task.result_sha256 else None))
    return render_template("pages/tasks.html", title=_("Tasks"), crumbs=[Crumb(_("Tasks"))], tasks=found)


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
    """A number opens its case; words find enterprises and cases that the viewer may see."""
    session, viewer, text = request_session(), request_viewer(), request.args.get("q", "").strip()
    cases: list[Case] = []
    enterprises: list[Enterprise] = []
    if text:
        exact = session.scalars(select(Case).where(Case.number == text.upper())).one_or_none()
        if exact is not None:
            return redirect(f"/cases/{exact.number}")
        found = matching(text).order_by(Enterprise.id).limit(20)
        if viewer.may("enterprise:read"):
            enterprises = list(session.scalars(found))
        ids = [e.id for e in enterprises]
        cases = list(session.scalars(
            select(Case).options(joinedload(Case.unit), joinedload(Case.enterprise))
            .where(or_(Case.number.startswith(text.upper(), autoescape=True), Case.title.contains(text, autoescape=True),
                       Case.enterprise_id.in_(ids)))
            .order_by(Case.opened_at.desc()).limit(30)))
    calendar = clocks.calendar_of(session)
    return render_template("pages/search.html", title=_("Search"), crumbs=[Crumb(_("Search"))], text=text,
                           enterprises=enterprises,
                           cases=[(case, draw.state_tag(case), draw.due_of_case(case, calendar)) for case in cases])
