"""The desk: 待办 / 已办 / 我发起的 / 抄送我的 / 督办, by due day; the coming working days; what others did since I was here
last; what waits for my review or signature; my tasks; the month's figures. A fixed number of statements.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core import moment
from core.access.preferences import keep, preference
from core.access.viewer import Viewer
from core.api.keyset import Count, Page
from core.calendar import WorkCalendar
from core.case import Case, clocks
from core.case.boxes import BOXES
from core.case.describe import event_title
from core.case.desk import DayLoad, changes, coming, desk_counts, end_of_week, group_of
from core.case.query import CaseFilters, list_cases
from core.errors import Refusal
from core.jobs import tasks
from core.jobs.models import TaskState
from core.letter.models import LetterState
from core.letter.register import pending, pending_counts
from core.pages import draw
from core.pages.frame import needs, request_session
from core.pages.list_views import due_of_row, stepper
from core.security import request_viewer
from core.web.widgets import Action, Column, Row, Tab, Tag, Text

pages = Blueprint("desk", __name__)
SHOWN, LETTERS, CHANGES, DAYS = 20, 5, 8, 5
AWAY = dt.timedelta(minutes=30)
"""Who comes back after so long is told what happened meanwhile."""
BY_DUE = ("todo", "overdue")
TITLES: dict[str, Callable[[], str]] = {
    "todo": lambda: _("To do"), "done": lambda: _("Done by me"), "started": lambda: _("Started by me"),
    "copied": lambda: _("Copied to me"), "overdue": lambda: _("Supervised")}


@pages.get("/")
@needs("")
def index() -> str | Response:
    """The desk of the person."""
    viewer, session = request_viewer(), request_session()
    if viewer.is_admin and not any(p.endswith(":read") and "." in p for p in viewer.permissions):
        return redirect("/admin/")
    tab = request.args.get("tab", "todo") if request.args.get("tab") in BOXES else "todo"
    calendar, day = clocks.calendar_of(session), _day(request.args.get("day", ""))
    filters = CaseFilters(box=tab, due_on=day)
    order = "due_at" if tab in BY_DUE else "-updated_at"
    try:
        found = list_cases(session, filters, order=order, limit=SHOWN, cursor=request.args.get("cursor", ""), counted=False)
    except Refusal:  # a cursor of another tab
        found = list_cases(session, filters, order=order, limit=SHOWN, counted=False)
    boxes, groups = desk_counts(session, tab)
    new, since = _since(session, viewer)
    reads = viewer.may("letter:read")
    waiting = pending_counts(session, viewer) if reads else {}
    return render_template(
        "pages/desk.html", title=_("Desk"), tabs=_tabs(boxes, tab), tab=tab, day=day, new=new, columns=_columns(),
        by_due=tab in BY_DUE, groups=_groups(found, groups if day is None else {}, calendar, viewer, tab),
        pager=_pager(found, tab),
        now=moment.local(moment.now()), days=_days(coming(session, calendar, DAYS), day), since=since,
        changes=[_change(*change) for change in changes(session, since, CHANGES)],
        letters=[(draw.letter_row(letter), letter.addressee) for letter in pending(session, viewer, LETTERS)]
        if sum(waiting.values()) else [], to_review=waiting.get(LetterState.DRAFT, 0),
        to_sign=waiting.get(LetterState.REVIEWED, 0), tasks=_tasks(session, viewer), cards=_cards(session, viewer))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _since(session: Session, viewer: Viewer) -> tuple[bool, dt.datetime]:
    """Whether the person was never here, and when he was last, before this sitting. Kept at most every few
    minutes: a look is hardly a write."""
    kept, now = preference(session, viewer.user_id, "desk"), moment.now()
    seen = dt.datetime.fromisoformat(kept["seen"]) if "seen" in kept else now - dt.timedelta(days=1)
    since = dt.datetime.fromisoformat(kept["since"]) if "since" in kept else seen
    if now - seen > AWAY:
        since = seen
    if now - seen > AWAY / 6 and viewer.user_id is not None:
        keep(session, viewer.user_id, "desk", {"seen": now.isoformat(), "since": since.isoformat()})
        session.commit()
    return not kept, since


def _tabs(boxes: Mapping[str, Count], current: str) -> list[Tab]:
    return [Tab(TITLES[name](), "/" if name == "todo" else f"/?tab={name}", boxes[name].value, name == current)
            for name in BOXES]


def _columns() -> list[Column]:
    return [Column("number", _("Number")), Column("what", _("Matter")), Column("state", _("State")),
            Column("due", _("Due"), kind="due")]


def _groups(found: Page, counts: Mapping[str, Count], calendar: WorkCalendar, viewer: Viewer, tab: str,
            ) -> list[tuple[str, str, list[Row]]]:
    """Overdue, today, this week, later, without a date; or one group by date of change."""
    rows: dict[str, list[Row]] = {}
    now, solid = moment.now(), "go" if tab == "todo" else ""  # one solid button: the most urgent step of all
    for row in found.rows:
        group = "changed" if tab not in BY_DUE else _heading(row, now)
        drawn = _row(row, calendar, viewer, solid)
        rows.setdefault(group, []).append(drawn)
        solid = "" if drawn.actions[0].tone else solid
    words = {"overdue": (_("Overdue"), "r"), "today": (_("Due today"), ""), "week": (_("This week"), ""),
             "later": (_("Later"), ""), "none": (_("Without a date"), ""), "changed": ("", "")}
    return [(f"{label} {_number(counts[name])}" if name in counts else label, tone, rows[name])
            for name, (label, tone) in words.items() if name in rows]


def _number(count: Count) -> str:
    return f"{count.value:,}{'' if count.exact else '+'}"


def _heading(row: Any, now: dt.datetime) -> str:
    if row.due_at is None:
        return "none"
    return "later" if row.due_at > end_of_week(now) else group_of(row, now)


def _row(row: Any, calendar: WorkCalendar, viewer: Viewer, tone: str) -> Row:
    kind = Case.loaded()[row.kind]
    state = kind.workflow.known.get(row.state)
    party = row.enterprise_name
    what = Text(party, note=row.title.removeprefix(party).strip(" ·：:")) if party else Text(row.title)
    steps = [step for step in stepper(kind.workflow, viewer)(row) if step.leads_on]
    acts = [Action(_("View"), f"/cases/{row.number}", name="view")] if not steps else [
        Action(steps[0].label, f"/cases/{row.number}/do/{steps[0].name}", tone=tone, drawer=True, name="next")]
    return Row(row.number, {
        "number": Text(row.number, note=kind.kind_title, url=f"/cases/{row.number}", mono=True), "what": what,
        "state": Tag(state.label, draw.TONES.get(state.colour, "")) if state else Tag(row.state),
        "due": due_of_row(row, calendar)}, actions=acts, name=row.title)


def _pager(found: Page, tab: str) -> list[tuple[str, str]]:
    base = f"/?tab={tab}&cursor="
    return [(rel, base + cursor) for rel, cursor in (("prev", found.previous_cursor), ("next", found.next_cursor)) if cursor]


def _days(loads: Sequence[DayLoad], chosen: dt.date | None) -> list[dict[str, Any]]:
    return [{"date": load.date, "count": load.count, "url": f"/?day={load.date.isoformat()}", "current": load.date == chosen}
            for load in loads]


def _change(event: Any, number: str, title: str, kind: str) -> dict[str, Any]:
    return {"url": f"/cases/{number}", "number": number, "title": title, "at": event.at, "who": event.actor,
            "what": event_title(Case.loaded()[kind], event)}


def _tasks(session: Session, viewer: Viewer) -> list[Any]:
    """What runs, and what ended within the hour."""
    lately = moment.now() - dt.timedelta(hours=1)
    return [draw.task_progress(task) for task in tasks.recent(session, viewer.user_id or 0, 5)
            if task.state in (TaskState.QUEUED, TaskState.RUNNING) or task.created_at > lately]


def _cards(session: Session, viewer: Viewer) -> list[tuple[Any, Sequence[Any], str]]:
    found = []
    for addon, card in current_app.extensions["yingshang"].collect("views", "CARDS"):
        if viewer.works_in(addon.name) and viewer.may(card.permission):
            found.append((card.title, card.figures(session, viewer), card.url))
    return found
