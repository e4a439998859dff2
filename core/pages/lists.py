"""The list of a module's cases, as its screen declares it; the form for a new one; actions on many at once."""
from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import moment
from core.api.reading import Parameters
from core.calendar import WorkCalendar
from core.case import clocks
from core.case.query import list_cases, read_filters
from core.case.screens import BulkAction, CaseScreen, Cell, ListColumn
from core.errors import NotFound, Refusal
from core.jobs.list_sheets import code_of_screen
from core.pages import bulk as many
from core.pages import list_views
from core.pages import saved as saved_pages
from core.pages.days import month_of
from core.pages.draw import TONES
from core.pages.frame import export_url, may_see, request_session, screens
from core.pages.taste import liking, with_taste
from core.security import request_viewer
from core.web import Crumb, widgets
from core.web.forms import Field, form_fields, load_form

pages = Blueprint("lists", __name__)
PAGE = 20


@pages.get("/<module>/<name>")
def index(module: str, name: str) -> str:
    """A list of cases: filters from the address, one page by key."""
    screen = _screen(module, name)
    session, viewer, calendar = request_session(), request_viewer(), clocks.calendar_of(request_session())
    given = Parameters(request.args)
    limit, order = given.limit(PAGE), given.text("order") or screen.order
    filters = read_filters(given, viewer, screen.case)
    faults = ""
    try:
        given.done(ignore=("cursor", "order", "limit", "view", "month"))
        found = list_cases(session, filters, kind=screen.case, order=order, limit=limit, cursor=given.text("cursor"))
    except Refusal as refusal:  # a filter that cannot be: say so, and show the list without it
        faults = refusal.message
        found = list_cases(session, read_filters(Parameters({}), viewer, screen.case), kind=screen.case,
                           order=screen.order, limit=limit)
    key = f"{module}-{name}"
    kept, liked = saved_pages.shown(screen, liking(key))
    page = widgets.ListPage(
        key=key, url=screen.url, args=request.args.to_dict(flat=False), caption=screen.title,
        columns=[widgets.Column(c.key, c.label, c.kind, c.sort, fixed=n == 0, hidden=c.hidden, help=c.help)
                 for n, c in enumerate(screen.columns)],
        rows=_rows(screen, found.rows, calendar), count=widgets.Count(found.count.value, found.count.exact)
        if found.count else widgets.Count(len(found.rows)),
        query=_query(screen), toolbar=_toolbar(screen), bulk=_bulk(screen), everything=True, page_size=limit, order=order,
        saved=kept,
        next_cursor=found.next_cursor or "", prev_cursor=found.previous_cursor or "", note=_("by your permissions"),
        export_url=export_url(code_of_screen(screen)), empty=_empty(screen))
    view = given.text("view")
    page.views = [widgets.Tab(label, page.link(view=name, month=None), current=name == view)
                  for name, label in (("", _("List")), ("board", _("Board")), ("month", _("Month view")))]
    if faults:
        flash(faults, "error")
    seen: dict[str, Any] = {}
    if view == "board" and not faults:
        seen["lanes"] = list_views.lanes(screen, filters, calendar, page.link)
    elif view == "month" and not faults:
        seen["month"] = list_views.month(screen, filters, month_of(given.text("month")), calendar, page.link)
    return render_template("pages/list.html", list=with_taste(page, liked), title=screen.title,
                           crumbs=[Crumb(screen.title)], **seen)


@pages.route("/<module>/<name>/new", methods=["GET", "POST"])
def new(module: str, name: str) -> str | Response | tuple[str, int]:
    """Enter a case by hand. What was typed stays when it is refused; a link may bring fields along in the address."""
    screen = _screen(module, name)
    if screen.form is None or screen.create is None:
        raise NotFound(_("There is no such page."))
    may_see(request_viewer(), f"{screen.kind}:create")
    schema, session = screen.form(), request_session()
    errors: Any = ()
    general: list[str] = []
    if request.method == "POST":
        try:
            case = screen.create(session, request_viewer(), load_form(schema, request.form))
            session.commit()
        except Refusal as refusal:
            session.rollback()
            errors, general = refusal.errors, [] if refusal.errors else [refusal.message]
        else:
            flash(_("Created: %(number)s.", number=case.number), "success")
            return redirect(f"/cases/{case.number}")
    page = render_template(
        "pages/new.html", fields=form_fields(schema, request.form or request.args.to_dict(), errors), general=general,
        screen=screen,
        title=_("New: %(what)s", what=screen.title), crumbs=[Crumb(screen.title, screen.url), Crumb(_("New"))])
    return (page, 422) if request.method == "POST" else page


@pages.post("/<module>/<name>/bulk/<action>")
def bulk(module: str, name: str, action: str) -> str | Response | tuple[str, int]:
    """Do one thing to many selected cases; each is told how it went."""
    return many.answer(_screen(module, name), action)


def _screen(module: str, name: str) -> CaseScreen:
    screen = screens().get(f"{module}/{name}")
    if screen is None:
        raise NotFound(_("There is no such page."))
    may_see(request_viewer(), f"{screen.kind}:read")
    return screen


def _rows(screen: CaseScreen, rows: Sequence[Any], calendar: WorkCalendar) -> list[widgets.Row]:
    cells = [(c.key, c.cell or _standard(screen, c, calendar)) for c in screen.columns]
    steps, links = list_views.stepper(screen.case.workflow, request_viewer()), list_views.step_links()
    return [widgets.Row(row.number, {key: cell(row) for key, cell in cells}, links(row, steps(row)),
                        name=row.title) for row in rows]


def _standard(screen: CaseScreen, column: ListColumn, calendar: WorkCalendar) -> Cell:
    """How a column of every case reads its cell from a row."""
    match column.key:
        case "number":
            return lambda row: widgets.Text(row.number, url=f"/cases/{row.number}", mono=True)
        case "enterprise":
            return lambda row: widgets.Text(
                row.enterprise_name or "", note=row.uscc or "", note_mono=True, cut=True,
                url=f"/enterprises/{row.enterprise_id}" if row.enterprise_id else "")
        case "state":
            known = {name: widgets.Tag(state.label, TONES.get(state.colour, ""))
                     for name, state in screen.case.workflow.known.items()}
            return lambda row: known.get(row.state) or widgets.Tag(row.state)
        case "due":
            now = moment.now()
            return lambda row: list_views.due_of_row(row, calendar, now)
        case "assignee":
            return lambda row: f"{row.assignee_last or ''}{row.assignee_first or ''}"
    return attrgetter({"unit": "unit_name", "bureau": "bureau_name"}.get(column.key, column.key))


def _query(screen: CaseScreen) -> list[Field]:
    args, found = request.args, []
    for declared in screen.filters:
        choices: Sequence[tuple[Any, Any]] = declared.choices(request_session()) if callable(declared.choices) \
            else declared.choices
        value: Any = args.get(declared.name, "")
        if declared.kind == "range":
            value = (args.get(f"{declared.name}_from", ""), args.get(f"{declared.name}_to", ""))
        found.append(Field(name=declared.name, label=declared.label, kind=declared.kind, value=value, choices=choices))
    return found


def _toolbar(screen: CaseScreen) -> list[widgets.Action]:
    viewer, found = request_viewer(), []
    if screen.import_profile and viewer.may("import:run"):
        found.append(widgets.Action(_("Import"), f"/import/{screen.import_profile}", tone="go", name="import"))
    if screen.form is not None and viewer.may(f"{screen.kind}:create"):
        found.append(widgets.Action(_("New"), f"{screen.url}/new", name="new"))
    links = [(label, url) for label, url, permission in screen.links if viewer.may(permission)]
    found += [widgets.Action(label, url, less=n > 0 and len(links) > 2) for n, (label, url) in enumerate(links)]
    return found + saved_pages.button(screen)


def _empty(screen: CaseScreen) -> widgets.Empty:
    """What a list without a case says: how the first one gets there."""
    viewer = request_viewer()
    enters = screen.form is not None and viewer.may(f"{screen.kind}:create")
    if screen.import_profile and viewer.may("import:run"):
        words = _("Bring them in by sheet, or enter them one by one.") if enters else _("Bring them in by sheet.")
    else:
        words = _("Enter the first one; its periods are then reckoned and watched.") if enters else \
            _("What you may see appears here as soon as there is something; nothing is to be done now.")
    return widgets.Empty(title=_("%(what)s: none yet", what=screen.title), text=words)


def _bulk(screen: CaseScreen) -> list[widgets.Action]:
    viewer = request_viewer()

    def drawn(declared: BulkAction) -> widgets.Action:
        confirm = widgets.Confirm(declared.label, [declared.consequence] if declared.consequence else [],
                                  "required" if declared.reason else "")
        return widgets.Action(declared.label, f"{screen.url}/bulk/{declared.name}", method="post",
                              tone="red" if declared.danger else "", confirm=confirm, name=f"bulk-{declared.name}")

    return [drawn(declared) for declared in screen.bulk if viewer.may(declared.permission)] + many.bar(screen)
