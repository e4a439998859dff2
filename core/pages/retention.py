"""到期鉴定: closed cases whose file need not be kept any longer, by kind and result; for whoever appraises files."""
from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from core import moment
from core.case import Case
from core.case.retention import narrowed, result_label, retention, to_appraise
from core.pages.frame import needs, request_session
from core.pages.taste import with_taste
from core.security import request_viewer
from core.web import Crumb
from core.web.forms import Field
from core.web.widgets import Column, Count, Empty, ListPage, Row, Text

pages = Blueprint("retention", __name__)
URL = "/retention"
AHEAD = 5
"""So many years ahead one can look, to plan."""


@pages.get(URL)
@needs("archive:appraise")
def index() -> str:
    """The cases to appraise in a year, and how many there are of each kind and result."""
    session, args, today = request_session(), request.args, moment.today()
    year = min(max(args.get("year", today.year, type=int), today.year), today.year + AHEAD)
    limit = min(max(args.get("limit", 20, type=int), 1), 100)
    kind = args.get("kind", "") if args.get("kind", "") in Case.loaded() else ""
    groups = session.execute(select(Case.kind, Case.result, func.count()).where(to_appraise(session, year))
                             .group_by(Case.kind, Case.result).order_by(Case.kind, Case.result)).all()
    query = narrowed(session, year, kind, args.get("result", ""))
    if args.get("cursor", "").isdigit():
        query = query.where(Case.id > int(args["cursor"]))
    found = session.scalars(query.limit(limit + 1)).all()
    shown = found[:limit]
    total = sum(n for of, result, n in groups if (not kind or of == kind) and args.get("result", "") in ("", result))
    page = ListPage(
        key="retention", url=URL, args=args.to_dict(flat=False), page_size=limit, caption=_("Files to appraise"),
        columns=[Column("number", _("Number"), fixed=True), Column("kind", _("Kind")), Column("title", _("Matter")),
                 Column("result", _("Result")), Column("closed", _("Closed on"), kind="date"),
                 Column("years", _("Kept (years)")),
                 Column("until", _("Kept until"), kind="date")],
        rows=[_row(case) for case in shown], count=Count(total), next_cursor=str(shown[-1].id) if len(found) > limit else "",
        query=[Field(name="year", label=_("Appraised in"), kind="choice", value=str(year),
                     choices=[(str(each), str(each)) for each in range(today.year, today.year + AHEAD + 1)]),
               Field(name="kind", label=_("Kind"), kind="choice", value=kind,
                     choices=[(name, Case.loaded()[name].kind_title) for name in sorted({of for of, _r, _n in groups})]),
               Field(name="result", label=_("Result"), kind="choice", value=args.get("result", ""),
                     choices=sorted({(result, result_label(Case.loaded()[of], result))
                                     for of, result, _n in groups if kind in ("", of)}))],
        export_url=f"/export/archive.due/ask?{urlencode({'year': year, 'kind': kind, 'result': args.get('result', '')})}"
        if request_viewer().may("export:run") else "",
        empty=Empty(title=_("No file is to be appraised in this year"), text=_("Choose another year to look ahead.")))
    told = [(Case.loaded()[of].kind_title, result_label(Case.loaded()[of], result), n,
             f"{URL}?{urlencode({'year': year, 'kind': of, 'result': result})}") for of, result, n in groups]
    return render_template("pages/retention.html", list=with_taste(page), title=_("Files to appraise"), groups=told, year=year,
                           crumbs=[Crumb(_("Files to appraise"))])


def _row(case: Case) -> Row:
    kept = retention(request_session(), case)
    return Row(case.id, {"number": Text(case.number, url=f"/cases/{case.number}", mono=True), "kind": str(case.kind_title),
                         "title": Text(case.title), "result": result_label(type(case), case.result),
                         "closed": moment.local(case.closed_at).date() if case.closed_at else None, "years": kept.years,
                         "until": kept.until}, name=case.number)
