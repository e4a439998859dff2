"""The targets of the indicators: what a figure is to reach and from where on it is red, one line an indicator."""
from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.board import targets
from core.board.stats import Measure, indicators
from core.pages.frame import needs, request_session
from core.pages.saving import save
from core.security import request_viewer
from core.web import Crumb

pages = Blueprint("targets", __name__)


@pages.route("/admin/targets", methods=["GET", "POST"])
@needs("parameter:edit")
def index() -> str | Response:
    """Every indicator with its target; a change is in the log and holds for the next board."""
    session, form = request_session(), request.form
    if request.method == "POST":
        code = form.get("code", "")
        return save(lambda: targets.put(session, code, form.get("target", ""), form.get("limit", ""), request_viewer().user_id),
                    f"/admin/targets#{code}", _("Saved. It holds from the next request on."))
    known = indicators()
    found, title = targets.aims(session, known), _("Targets")

    def typed(code: str, value: float) -> str:
        return f"{value * (100 if known[code].measure is Measure.SHARE else 1):g}"

    rows = [(indicator, "%" if indicator.measure is Measure.SHARE else indicator.unit,
             typed(code, found[code].target) if code in found else "", typed(code, found[code].limit) if code in found else "")
            for code, indicator in known.items()]
    return render_template("pages/targets.html", title=title, crumbs=[Crumb(title)], rows=rows, words=targets.light_words())
