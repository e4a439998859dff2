"""The targets of the indicators: what a figure is to reach and from where on it is red; saved as a whole."""
from __future__ import annotations

from functools import partial

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.board import targets
from core.board.stats import Measure, indicators
from core.pages.frame import needs, request_session
from core.pages.saving import save_all
from core.security import request_viewer
from core.web import Crumb

pages = Blueprint("targets", __name__)


@pages.route("/admin/targets", methods=["GET", "POST"])
@needs("parameter:edit")
def index() -> str | Response:
    """Every indicator with its target; a change is in the log and holds for the next board."""
    session, form = request_session(), request.form
    known = indicators()
    found, title = targets.aims(session, known), _("Targets")

    def typed(code: str, value: float) -> str:
        return f"{value * (100 if known[code].measure is Measure.SHARE else 1):g}"

    edges = {code: (typed(code, found[code].target), typed(code, found[code].limit)) if code in found else ("", "")
             for code in known}
    if request.method == "POST":
        given = {code: (form.get(f"target:{code}", now[0]), form.get(f"limit:{code}", now[1])) for code, now in edges.items()}
        return save_all([(f":{code}", partial(targets.put, session, code, *given[code], request_viewer().user_id))
                         for code in known if given[code] != edges[code]],
                        "/admin/targets", _("Saved. It holds from the next request on."))
    rows = [(indicator, "%" if indicator.measure is Measure.SHARE else indicator.unit, *edges[code])
            for code, indicator in known.items()]
    return render_template("pages/targets.html", title=title, crumbs=[Crumb(title)], rows=rows, words=targets.light_words())
