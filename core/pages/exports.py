"""导出: how many rows by the present filter, which columns are masked, and then the sheet, at once or as a task."""
from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qs, urlencode

from flask import Blueprint, flash, redirect, render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.api.reading import OF_THE_PAGE
from core.jobs import exports
from core.pages.frame import may_see, needs, request_session
from core.security import request_viewer
from core.tabular.catalogue import export_profile
from core.web import Crumb

pages = Blueprint("exports", __name__)


@pages.get("/export/<code>")
@needs("export:run")
def at_once(code: str) -> Response:
    """The sheet of what the filter shows; the log keeps who took how many rows. A long one is not waited for: the page
    that says how many rows it has, and that writes it in the background, answers in its place."""
    from core.tabular.exporting import format_of, run_export

    session, viewer = request_session(), request_viewer()
    may_see(viewer, export_profile(code).permission)
    profile = exports.narrowed(code, request.args, session)
    if exports.too_long(profile, session):
        return redirect(f"/export/{code}/ask?{_filters()}")
    out, kind = BytesIO(), format_of(request.args.get("format", ""))
    run_export(session, profile, out, exports.told(request.args), viewer, format=kind, file=f"{profile.title}.{kind}")
    session.commit()
    out.seek(0)
    return send_file(out, as_attachment=True, download_name=f"{profile.title}.{kind}")


@pages.get("/export/<code>/ask")
@needs("export:run")
def ask(code: str) -> str:
    """What the export would be. Nothing is exported yet."""
    session, viewer = request_session(), request_viewer()
    may_see(viewer, export_profile(code).permission)
    profile = exports.narrowed(code, request.args, session)
    return render_template(
        "pages/export_ask.html", title=_("Export"), profile=profile, rows=exports.count(profile, session),
        at_once=exports.AT_ONCE, columns=len(profile.columns), filters=_filters(),
        masked=[column.heading for column in profile.columns if column.masked(viewer)],
        crumbs=[Crumb(_("Export")), Crumb(profile.title)])


@pages.post("/export/<code>/task")
@needs("export:run")
def in_background(code: str) -> Response:
    """Write the sheet in the background; the result is with one's tasks."""
    session = request_session()
    may_see(request_viewer(), export_profile(code).permission)
    profile = exports.narrowed(code, request.args, session)
    exports.start_export(session, profile, parse_qs(_filters(), keep_blank_values=True), request.form.get("format", "xlsx"))
    session.commit()
    flash(_("The export runs. You find the sheet among your tasks, and a message when it is done."), "success")
    return redirect("/tasks")


def _filters() -> str:
    """The filter of the address, whole: ``state=a&state=b`` are two."""
    return urlencode([(name, value) for name, value in request.args.items(multi=True) if name not in OF_THE_PAGE])
