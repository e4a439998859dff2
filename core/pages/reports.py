"""Reports that modules declare: a question is filled in, the answer is tables. Nothing is written."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _

from core.case.screens import Report
from core.errors import NotFound, Refusal
from core.pages.frame import may_see, request_session
from core.security import request_viewer
from core.web import Crumb
from core.web.forms import form_fields, load_form

pages = Blueprint("reports", __name__)


@pages.get("/<module>/reports/<name>")
def report(module: str, name: str) -> str | tuple[str, int]:
    """The question's form, and below it the answer once it is asked. The question stands in the address."""
    declared = _report(module, name)
    may_see(request_viewer(), declared.permission)
    schema, session = (declared.form() if declared.form is not None else None), request_session()
    asked = schema is None or "ask" in request.args
    errors: Any = ()
    general: list[str] = []
    tables: Any = ()
    given: Any = request.args if asked else declared.prefill(session)
    try:
        if asked:
            tables = declared.run(session, request_viewer(), load_form(schema, request.args) if schema else {})
    except Refusal as refusal:
        errors, general = refusal.errors, [] if refusal.errors else [refusal.message]
    finally:
        session.rollback()  # a report writes nothing, whatever it did on the way to its answer
    page = render_template(
        "pages/report.html", report=declared, title=declared.title, crumbs=[Crumb(declared.title)], tables=tables,
        asked=asked and not errors and not general, general=general,
        fields=form_fields(schema, given, errors) if schema else [])
    return (page, 422) if errors or general else page


def _report(module: str, name: str) -> Report:
    for addon, declared in current_app.extensions["yingshang"].collect("views", "REPORTS"):
        if addon.name == module and declared.name == name and module in request_viewer().modules:
            found: Report = declared
            return found
    raise NotFound(_("There is no such page."))
