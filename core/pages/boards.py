"""The boards: a bureau's month, what lies open, the districts, the cases behind each number; and the command centre's wall."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, g, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from core import moment
from core.access.models import Unit
from core.audit import record
from core.board import sheet, targets
from core.board.load import AGES, LIGHTS, Choice, Lights, conditions
from core.board.map import district_map
from core.board.month import CLOSED, ON_TIME, OPENED, Line, Month, month_board
from core.board.ranking import unranked
from core.board.stats import Figure, Indicator, Measure, series
from core.case import Case, clocks
from core.errors import Refusal
from core.letter.paper import print_html
from core.pages import draw
from core.pages.figures import bureaus, month_asked, months_to_choose
from core.pages.frame import needs, request_session
from core.reference import reference
from core.web import Crumb
from core.web.charts import Chart, Series
from core.web.widgets import Stat, Tab

pages = Blueprint("boards", __name__)
SHOWN, TILES = 200, 8
HERE = Path(__file__).parent / "templates" / "pages"
TONES = {"red": "r", "yellow": "y", "green": "g", "none": "n"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/board")
@needs("stats:read")
def index() -> str:
    """The month: figures with sample and 口径, twelve months of the chosen one, what lies open, the bureaus."""
    board, view = _board(), request.args.get("view", "month")
    view = view if view in ("month", "load", "districts") else "month"
    chosen = board.line(request.args.get("figure", ON_TIME)) or board.lines[0]
    return render_template(
        "pages/board.html", months=months_to_choose(board.month), title=_("Board"), crumbs=[Crumb(_("Board"))],
        board=board, view=view, chosen=chosen,
        tabs=[Tab(label, _here(view=name), None, name == view) for name, label in (
            ("month", _("The month")), ("load", _("What lies open")), ("districts", _("Districts")))],
        groups=_groups(board), reached=[(targets.light_words()[light], TONES[light], n) for light in ("red", "yellow", "green")
                                        if (n := sum(line.light == light for line in board.lines))],
        silent=[_stat(board, line) for line in board.lines if line.silent], ages=_ages(board),
        trend=_trend(chosen.indicator, _year(board, chosen)) if view == "month" else None,
        ring=_ring(board.load.total), kinds=_kinds(board), sections=_sections(board), bureaus=bureaus(), here=_here,
        bureau_id=request.args.get("bureau", type=int), small=unranked(board.places), least=board.least, lights=LIGHTS,
        words=sheet.light_words(), tones=TONES, map=district_map(current_app.extensions["yingshang"].settings.var),
        districts=[(fact, board.districts.get(fact.code, Lights())) for fact in reference().streets()], behind=_behind)


@pages.get("/board/export")
@needs("stats:read")
def export() -> Response:
    """The same figures as a workbook or on paper; logged like every export."""
    board, kind = _board(), "pdf" if request.args.get("format") == "pdf" else "xlsx"
    name = f"{_('Figures')}-{board.month:%Y-%m}.{kind}"
    data = sheet.as_workbook(board) if kind == "xlsx" else print_html(
        render_template("pages/board_paper.html", heading=sheet.heading_of(board), tables=sheet.tables(board),
                        light=sheet.light_of),
        (HERE / "board_paper.css").read_text("utf-8"))
    session = request_session()
    record(session, "exported", "board", f"{board.month:%Y-%m}", name, rows=len(board.lines),
           filters=_asked("month", "bureau", "format"))
    session.commit()
    return send_file(BytesIO(data), mimetype=XLSX if kind == "xlsx" else "application/pdf", as_attachment=True,
                     download_name=name)


@pages.get("/board/cases")
@needs("stats:read")
def cases() -> str:
    """The open cases behind a number of the board, by the very condition that counted them."""
    session, args = request_session(), request.args
    choice = Choice(args.get("bureau", type=int), args.get("unit", type=int), args.get("assignee", type=int),
                    args.get("district") or None, args.get("light") or None, args.get("age") or None, args.get("kind") or None)
    if choice.light not in (None, *LIGHTS) or choice.age not in (None, *(name for name, _f, _t in AGES)):
        raise Refusal(_("There is no such number on the board."))
    found = session.scalars(
        select(Case).where(conditions(session, choice, moment.now())).options(joinedload(Case.unit), joinedload(Case.assignee))
        .order_by(Case.due_at.is_(None), Case.due_at, Case.id).limit(SHOWN + 1)).all()
    calendar = clocks.calendar_of(session)
    title = _("Open cases")
    return render_template(
        "pages/board_cases.html", title=title, crumbs=[Crumb(_("Board"), "/board"), Crumb(title)],
        said=_said(session, choice), more=len(found) > SHOWN, shown=SHOWN,
        cases=[(case, draw.state_tag(case), draw.due_of_case(case, calendar)) for case in found[:SHOWN]])


@pages.get("/command")
@needs("stats:read")
def command() -> str:
    """指挥部大屏: one page for a wall of 1920 × 1080, the same figures one below the other on a telephone."""
    board = _board()
    g.shell.theme = "dark"  # a wall is looked at from afar, in a lit room
    own = {OPENED, CLOSED, ON_TIME}
    worst = request_session().scalars(
        select(Case).where(conditions(request_session(), Choice(light="red"), board.as_of)).options(joinedload(Case.unit))
        .order_by(Case.due_at, Case.id).limit(6)).all()
    calendar = clocks.calendar_of(request_session())
    return render_template(
        "pages/command.html", title=_("Command centre"), board=board, aimed=targets.light_words(),
        map=district_map(current_app.extensions["yingshang"].settings.var),
        key=[line for line in board.lines if line.indicator.code in own],
        lines=_telling(line for line in board.lines if line.indicator.code not in own), flow=_flow(board), ages=_ages(board),
        words=sheet.light_words(), worst=[(case, draw.due_of_case(case, calendar)) for case in worst], behind=_behind,
        least=board.least, districts={fact.code: board.districts.get(fact.code, Lights()) for fact in reference().streets()})


def _telling(lines: Iterable[Line]) -> list[Line]:
    """What a wall has room for: figures of this month that count something, those with a target first, the worst before."""
    said = [line for line in lines if line.figure.value is not None]
    return sorted(said, key=lambda line: ("red", "yellow", "green", "").index(line.light))[:TILES]


def _board() -> Month:
    return month_board(request_session(), month_asked(), request.args.get("bureau", type=int))


def _here(**changes: Any) -> str:
    """This board's address with some arguments changed."""
    args = _asked("month", "bureau", "figure", "view") | {k: v for k, v in changes.items() if v}
    return "/board" + (f"?{urlencode(args)}" if args else "")


def _asked(*names: str) -> dict[str, str]:
    """Those of the parameters ``names`` that the address gives."""
    return {name: value for name in names if (value := request.args.get(name))}


def _behind(**choice: Any) -> str:
    """Where the cases behind a number are."""
    bureau = request.args.get("bureau")
    args = ({"bureau": bureau} if bureau else {}) | {name: value for name, value in choice.items() if value not in (None, "")}
    return f"/board/cases?{urlencode(args)}"


def _groups(board: Month) -> list[tuple[str, list[Stat]]]:
    """The figures under the module that brings each, the house's own first; without those that tell nothing."""
    titles = {addon.name: _(addon.title) for addon in current_app.extensions["yingshang"].addons}
    groups: dict[str, list[Stat]] = {}
    for line in board.lines:
        if not line.silent:
            groups.setdefault(line.indicator.module, []).append(_stat(board, line))
    return [(titles.get(module, _("All cases")), stats) for module, stats in groups.items()]


def _stat(board: Month, line: Line) -> Stat:
    bureau = request.args.get("bureau")
    url = f"/stats/{line.indicator.code}?month={board.month:%Y-%m}" + (f"&bureau={bureau}" if bureau else "")
    words = {1: _("better than last month’s %(value)s", value=line.last.shown),
             -1: _("worse than last month’s %(value)s", value=line.last.shown),
             0: _("last month %(value)s", value=line.last.shown)}
    told = words[line.trend if line.indicator.measure is not Measure.COUNT else 0]
    if line.compared is not None:
        told = f"{told}{_(', ')}{line.compared.source} {line.compared.value:g}"
    sample = "" if line.indicator.measure is Measure.COUNT else line.figure.ratio
    return Stat(line.indicator.title, line.figure.shown, sample, line.indicator.formula, None, url, told, *_aim(line))


def _aim(line: Line) -> tuple[str, str]:
    """The tone and the words of a target: reached or not, and what it is."""
    if line.aim is None:
        return "", ""
    told = targets.light_words().get(line.light, "")
    return TONES.get(line.light, ""), f"{_('Target')} {line.aim.shown}{_(', ') if told else ''}{told}"


def _year(board: Month, line: Line) -> list[tuple[dt.date, Figure]]:
    """The figure of a line in twelve months."""
    return series(request_session(), line.indicator, board.month, request.args.get("bureau", type=int))


def _trend(indicator: Indicator, year: list[tuple[dt.date, Figure]]) -> Chart:
    share = indicator.measure is Measure.SHARE
    values = [None if figure.value is None else round(figure.value * (100 if share else 1), 1) for _first, figure in year]
    return Chart(indicator.title, [f"{first:%Y-%m}" for first, _figure in year],
                 [Series(indicator.title, values)], "line", indicator.unit, percent=share,
                 urls=[f"/stats/{indicator.code}?month={first:%Y-%m}" for first, _figure in year],
                 note=indicator.formula, height=20)


def _flow(board: Month) -> Chart:
    """Received and closed, twelve months."""
    both = [(line.indicator.title, _year(board, line)) for code in (OPENED, CLOSED)
            if (line := board.line(code)) is not None]
    return Chart(_("Received and closed"), [f"{first.month}{_('(month)')}" for first, _figure in both[0][1]],
                 [Series(title, [figure.numerator for _first, figure in year]) for title, year in both], "bar", height=20)


def _ages(board: Month) -> Chart:
    words = sheet.light_words()
    return Chart(_("How long they have been open"), [_("%(span)s days", span=name) for name in board.load.ages],
                 [Series(words[light], [getattr(each, light) for each in board.load.ages.values()], TONES[light])
                  for light in LIGHTS], "stack", urls=[_behind(age=name) for name in board.load.ages],
                 note=_("Days since the case was opened, by the calendar."), height=16)


def _ring(lights: Lights) -> list[tuple[str, str, int, str]]:
    words = sheet.light_words()
    return [(words[name], TONES[name], getattr(lights, name), _behind(light=name)) for name in LIGHTS]


def _kinds(board: Month) -> list[tuple[str, Lights, str]]:
    titles = sheet.kind_titles()
    return [(titles.get(kind, kind), lights, kind) for kind, lights in sorted(board.load.kinds.items())]


def _sections(board: Month) -> Chart:
    """The twenty sections with most open cases."""
    words = sheet.light_words()
    most = sorted(board.load.sections, key=lambda s: -s[2].count)[:20]
    return Chart(_("Load of the sections"), [name for _key, name, _lights, _free in most],
                 [Series(words[light], [getattr(lights, light) for _k, _n, lights, _f in most], TONES[light])
                  for light in LIGHTS], "stack", flat=True, urls=[_behind(unit=key) for key, _n, _l, _f in most],
                 height=32 if len(most) > 10 else 20)


def _said(session: Session, choice: Choice) -> list[str]:
    """What was chosen, in words."""
    told = []
    for unit_id in (choice.bureau_id, choice.unit_id):
        unit = session.get(Unit, unit_id) if unit_id is not None else None
        if unit is not None:
            told.append(unit.short_name)
    if choice.district:
        told.append(next((fact.short_name for fact in reference().streets() if fact.code == choice.district), choice.district))
    if choice.light:
        told.append(sheet.light_words()[choice.light])
    if choice.age:
        told.append(_("%(span)s days", span=choice.age))
    if choice.kind:
        told.append(sheet.kind_titles().get(choice.kind, choice.kind))
    return told

