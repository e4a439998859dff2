"""The desk: 待办 / 已办 / 我发起的 / 抄送我的 / 督办, by due day; what waits for review or signature; the month's figures."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from core import moment
from core.access.viewer import Viewer
from core.calendar import WorkCalendar
from core.case import Case, act, clocks
from core.case.boxes import BOXES, in_box
from core.case.desk import box_counts
from core.letter.register import pending
from core.pages import draw
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web.widgets import Action, Column, Row, Tab, Text

pages = Blueprint("desk", __name__)
SHOWN = 40
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
    query = select(Case).where(in_box(tab, viewer)).options(joinedload(Case.enterprise), joinedload(Case.unit))
    ordered = query.order_by(Case.due_at.is_(None), Case.due_at, Case.id) if tab in ("todo", "overdue") \
        else query.order_by(Case.updated_at.desc(), Case.id.desc())
    cases = session.scalars(ordered.limit(SHOWN)).all()
    calendar = clocks.calendar_of(session)
    return render_template(
        "pages/desk.html", title=_("Desk"), tabs=_tabs(session, tab), columns=_columns(),
        groups=_groups(cases, calendar, viewer, tab), now=moment.local(moment.now()),
        letters=list(pending(session, viewer, 6)) if viewer.may("letter:read") else [], cards=_cards(session, viewer),
        more=len(cases) == SHOWN)


def _tabs(session: Session, current: str) -> list[Tab]:
    counts = box_counts(session)
    return [Tab(TITLES[name](), "/" if name == "todo" else f"/?tab={name}", counts[name].value, name == current)
            for name in BOXES]


def _columns() -> list[Column]:
    return [Column("number", _("Number")), Column("what", _("Matter")), Column("state", _("State")),
            Column("due", _("Due"), kind="due")]


def _groups(cases: Sequence[Case], calendar: WorkCalendar, viewer: Viewer, tab: str) -> list[tuple[str, str, list[Row]]]:
    """Overdue, today, this week, later, without a date; or one group by date of change."""
    rows: dict[str, list[Row]] = {}
    today = moment.today()
    week = today + dt.timedelta(days=7 - today.isoweekday())
    for case in cases:
        row = Row(case.number, {
            "number": Text(case.number, note=case.kind_title, url=f"/cases/{case.number}", mono=True),
            "what": _what(case),
            "state": draw.state_tag(case), "due": draw.due_of_case(case, calendar)}, actions=_acts(case, viewer),
            name=case.title)
        rows.setdefault(_group(case, today, week) if tab in ("todo", "overdue") else "changed", []).append(row)
    words = {"overdue": (_("Overdue"), "r"), "today": (_("Due today"), ""), "week": (_("This week"), ""),
             "later": (_("Later"), ""), "none": (_("Without a date"), ""), "changed": (_("Latest first"), "")}
    return [(f"{words[name][0]} {len(rows[name])}", words[name][1], rows[name]) for name in words if name in rows]


def _what(case: Case) -> Text:
    """Whom it is about, and below that the matter without the name once more."""
    if case.enterprise is None:
        return Text(case.title)
    return Text(case.enterprise.name, note=case.title.removeprefix(case.enterprise.name).strip(" ·"))


def _group(case: Case, today: dt.date, week: dt.date) -> str:
    if case.due_on is None or case.due_at is None:
        return "none"
    if not case.due_paused and moment.now() >= case.due_at:
        return "overdue"
    return "today" if case.due_on <= today else "week" if case.due_on <= week else "later"


def _acts(case: Case, viewer: Viewer) -> list[Action]:
    """The one next act, if there is one; else a look."""
    for offer in act.available(case, viewer):
        if offer.enabled and not offer.action.danger and offer.action.target is not None:
            return [Action(offer.action.label, f"/cases/{case.number}", name="next")]
    return [Action(_("View"), f"/cases/{case.number}", name="view")]


def _cards(session: Session, viewer: Viewer) -> list[tuple[Any, Sequence[Any], str]]:
    found = []
    for addon, card in current_app.extensions["yingshang"].collect("views", "CARDS"):
        if addon.name in viewer.modules and viewer.may(card.permission):
            found.append((card.title, card.figures(session, viewer), card.url))
    return found

