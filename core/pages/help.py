"""Help for the page one is on (`?`): what it is for, what can be done there, how a case of this kind goes on, its periods, the
words used; and all of it on one page. Made of what modules declare: screens, registers, reports, workflows, rules.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from core import moment
from core.access.viewer import Viewer
from core.case import Case
from core.case.screens import CaseScreen, Report
from core.case.workflow import CLOSED, State, Workflow
from core.pages import bulk
from core.pages.admin_roles import role_titles
from core.pages.draw import TONES
from core.pages.frame import menu_of, needs, registers, request_session, screens
from core.pages.help_topics import CASE, DUES, LIST_CAN, TOPICS, WORDS, Topic
from core.rules.lookup import NoRule, Rule, book
from core.security import request_viewer
from core.web import Crumb
from core.web.widgets import Tag

pages = Blueprint("help", __name__)
Move = tuple[Any, Any, str]
"""What is done, the state it leads to, and who may do it."""


@dataclass
class Help:
    """What the page shows: a topic, and for cases how they go on."""

    title: Any
    text: Any
    can: Sequence[Any] = ()
    words: Sequence[tuple[Any, Any]] = ()
    way: Sequence[tuple[Tag, Sequence[Move]]] = ()
    now: tuple[Tag, Sequence[Move]] | None = None
    ends: Sequence[Tag] = ()
    periods: Sequence[tuple[Any, Rule]] = field(default_factory=tuple)


@pages.get("/help")
@needs("")
def index() -> str:
    """Help for the page ``at``; without one, every page of the person's menu and every word."""
    viewer, at = request_viewer(), request.args.get("at", "")
    told = _help(viewer, at) if at else None
    menu = [] if told else [(group.label, [(item.label, item.url, _topic(viewer, item.url).text) for item in group.items])
                            for group in menu_of(viewer, {})]
    return render_template("pages/help.html", told=told, menu=menu, words=[*WORDS.values()],
                           title=told.title if told else _("Help"),
                           crumbs=[Crumb(_("Help"), "/help"), Crumb(told.title)] if told else [Crumb(_("Help"))])


def _help(viewer: Viewer, at: str) -> Help:
    """The help for one address, as far as the person may open it."""
    topic, screen, case = _topic(viewer, at), _screen(viewer, at), None
    if at.startswith("/cases/"):
        case = request_session().execute(select(Case.kind, Case.state, Case.workflow_version).where(
            Case.number == at.split("/")[2])).first()
        screen = next((each for each in screens().values() if case and each.kind == case.kind), None)
        topic = CASE
    words = [WORDS[name] for name in topic.words]
    title = next((item.label for group in menu_of(viewer, {}) for item in group.items if item.url == at), "")
    told = Help(screen.title if screen else title or _("This page"), topic.text, topic.can, words)
    if screen is None:
        return told
    words += [(column.label, column.help) for column in screen.columns if column.help]
    flow = _version(screen.case.workflow, case.workflow_version if case else None)
    titles = role_titles()
    told.way = [(_tag(state), _moves(flow, state, titles)) for state in flow.states if state.meaning is not CLOSED]
    told.ends = [_tag(state) for state in flow.states if state.meaning is CLOSED]
    if case is not None and case.state in flow.by_name:
        told.now = (_tag(flow.by_name[case.state]), _moves(flow, flow.by_name[case.state], titles))
    told.periods = _periods(flow, viewer)
    return told


def _topic(viewer: Viewer, at: str) -> Topic:
    """What is said of the page at an address: by its screen, register or report; else by the longest address that fits."""
    screen = _screen(viewer, at)
    if screen is not None:
        return Topic(screen.text or _("The cases of this kind that you may see."), _offers(viewer, screen), ("case", *DUES))
    module, sort, name = [*at.strip("/").split("/"), "", "", ""][:3]
    declared: Any = None
    if sort == "registers":
        declared = registers().get(f"{module}/{name}")
    elif sort == "reports":
        declared = next((report for addon, report in _reports() if (addon.name, report.name) == (module, name)), None)
    if declared is not None and viewer.may(declared.read if sort == "registers" else declared.permission):
        return Topic(declared.text or declared.title)
    fits = [url for url in TOPICS if at == url or (url != "/" and at.startswith(url if url.endswith("/") else f"{url}/"))]
    return TOPICS[max(fits, key=len)] if fits else Topic(_("For this page there is no help yet."))


def _reports() -> Sequence[tuple[Any, Report]]:
    found: Sequence[tuple[Any, Report]] = current_app.extensions["yingshang"].collect("views", "REPORTS")
    return found


def _screen(viewer: Viewer, at: str) -> CaseScreen | None:
    """The screen whose list, or form for a new case, lies at the address."""
    found = screens().get("/".join(at.strip("/").split("/")[:2]))
    return found if found is not None and viewer.may(f"{found.kind}:read") else None


def _offers(viewer: Viewer, screen: CaseScreen) -> list[Any]:
    """What the person can do on a list beside looking: as the screen declares it and his roles allow."""
    found = [*LIST_CAN]
    acts = [act.label for act in screen.bulk if viewer.may(act.permission)] + [act.label for act in bulk.bar(screen)]
    if acts:
        found.append(_("Select rows to do one thing to many: %(acts)s.", acts="、".join(str(label) for label in acts)))
    if screen.form is not None and viewer.may(f"{screen.kind}:create"):
        found.append(_("“New” enters a case by hand; what you typed stays until you save it."))
    if screen.import_profile and viewer.may("import:run"):
        found.append(_("“Import” brings many in by sheet; checking saves nothing."))
    return found


def _version(flow: Workflow, version: int | None) -> Workflow:
    return next((each for each in flow.earlier if each.version == version), flow)


def _tag(state: State) -> Tag:
    return Tag(state.label, TONES.get(state.colour, ""))


def _moves(flow: Workflow, state: State, titles: Mapping[str, str]) -> list[Move]:
    """What leads on from a state, where to, and who may do it."""
    return [(act.label, flow.by_name[act.target].label, _("by itself") if act.system else "、".join(
                dict.fromkeys(titles.get(name, name) for name in act.roles)))
            for act in sorted(flow.actions, key=lambda act: act.danger)  # what leads on before what leads out
            if act.target not in (None, state.name) and state.name in flow.sources(act)]


def _periods(flow: Workflow, viewer: Viewer) -> list[tuple[Any, Rule]]:
    """The duties of such a case with what the rules say of each today."""
    rules, found = book(request_session()), []
    for duty in flow.deadlines:
        try:
            found.append((duty.label, rules.rule(duty.rule, moment.today(), viewer.bureau_id)))
        except NoRule:  # a duty of older cases alone
            continue
    return found
