"""Figures: each with its 口径, its sample and its as-of time, and the cases behind it."""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core import moment
from core.access.models import Unit
from core.board.stats import behind, compute, indicator_named
from core.case import Case, clocks
from core.errors import Refusal
from core.pages import draw
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web import Crumb

pages = Blueprint("figures", __name__)
MONTHS, LISTED = 12, 500


def month_asked() -> dt.date:
    """The month in the address; this one when there is none."""
    text = request.args.get("month", "")
    try:
        return dt.date.fromisoformat(f"{text}-01") if text else moment.today().replace(day=1)
    except ValueError:
        raise Refusal(_("%(text)s is no month. Write it like 2026-02.", text=text), "month") from None


def months_to_choose(chosen: dt.date) -> list[dt.date]:
    """The months of two years to choose from, the latest first, and the chosen one if it is older."""
    found = [moment.today().replace(day=1)]
    while len(found) < 24:
        found.append((found[-1] - dt.timedelta(days=1)).replace(day=1))
    return found if chosen in found else [*found, chosen]


def bureaus() -> list[Unit]:
    """The bureaus among whose cases the viewer may choose."""
    viewer = request_viewer()
    query = select(Unit).where(Unit.id == Unit.bureau_id, Unit.is_enforcer.is_(True)).order_by(Unit.position, Unit.id)
    if not viewer.reach("stats:read").everywhere:
        query = query.where(Unit.id == viewer.bureau_id)
    return list(request_session().scalars(query))


@pages.get("/stats")
@needs("stats:read")
def index() -> Response:
    """The figures stand on the board: an address of before leads there, with its month and bureau."""
    return redirect("/board" + (f"?{asked}" if (asked := request.query_string.decode("ascii", "ignore")) else ""))


@pages.get("/stats/<code>")
@needs("stats:read")
def indicator(code: str) -> str:
    """One figure, and the cases behind it."""
    session, month, declared = request_session(), month_asked(), indicator_named(code)
    bureau_id = request.args.get("bureau", type=int)
    wanted = {"1": True, "0": False}.get(request.args.get("hit", ""))
    figure = compute(session, declared, month, bureau_id)
    rows: dict[int, list[Any]] = {}
    for key, hit in behind(session, declared, month, bureau_id, hit=wanted, limit=LISTED):
        rows.setdefault(key, []).append(hit)  # one case may count several times: a figure of periods has all of its periods
    cases = session.scalars(select(Case).where(Case.id.in_(sorted(rows))).options(joinedload(Case.unit))
                            .order_by(Case.id)).all()
    calendar = clocks.calendar_of(session)
    return render_template(
        "pages/indicator.html", title=declared.title, crumbs=[Crumb(_("Board"), "/board"), Crumb(declared.title)],
        indicator=declared, figure=figure, month=month, bureau_id=bureau_id, wanted=request.args.get("hit", ""),
        counted=sum(map(len, rows.values())), listed=LISTED,
        cases=[(case, rows[case.id], draw.state_tag(case), draw.due_of_case(case, calendar)) for case in cases])
