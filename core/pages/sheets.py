"""Sheets in: 下载模板 → 校验 → 预览 → 确认 → 结果下载, with undo; and sheets out, by the current filter."""
from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.case.files import store
from core.errors import NotFound, Refusal
from core.jobs import exports
from core.pages.frame import may_see, needs, request_session
from core.security import request_viewer
from core.tabular.catalogue import export_profile, import_profile, import_profiles
from core.tabular.importing import run_import
from core.tabular.models import ImportBatch
from core.tabular.profile import ImportProfile
from core.tabular.reading import Limits
from core.tabular.undoing import undo_batch
from core.web import Crumb

pages = Blueprint("sheets", __name__)
SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/import")
@needs("import:run")
def index() -> str:
    """What can be imported, and what was."""
    viewer, session = request_viewer(), request_session()
    batches = session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(30)).all()
    return render_template("pages/import.html", title=_("Import"), crumbs=[Crumb(_("Import"))],
                           profiles=[p for p in import_profiles().values() if viewer.may(p.permission)],
                           batches=batches, names={p.code: p.title for p in import_profiles().values()})


@pages.get("/import/<code>/template")
@needs("import:run")
def template(code: str) -> Response:
    """The empty sheet with its headings, help and a sample row."""
    from core.tabular.template import import_template  # here, as below: a process that writes no workbook saves 10 MB

    profile = _profile(code)
    return send_file(BytesIO(import_template(profile)), mimetype=XLSX, as_attachment=True,
                     download_name=f"{profile.title}-导入模板.xlsx")


@pages.route("/import/<code>", methods=["GET", "POST"])
@needs("import:run")
def wizard(code: str) -> str | Response | tuple[str, int]:
    """Check a sheet (the import's own code, rolled back), show what it would do, then do it."""
    profile, session, viewer = _profile(code), request_session(), request_viewer()
    crumbs = [Crumb(_("Import"), "/import"), Crumb(profile.title)]
    if request.method == "GET":
        return render_template("pages/import_step.html", profile=profile, title=profile.title, crumbs=crumbs, result=None)
    name = request.form.get("name", "")
    sha256 = request.form.get("sha256", "")
    upload = request.files.get("file")
    try:
        if upload is not None and upload.filename:
            limit = _limit()
            kept = store().put(upload.stream, limit)
            name, sha256 = upload.filename, kept.sha256
        if not sha256:
            raise Refusal(_("Choose a file first."), "file")
        confirmed = "confirm" in request.form
        with _as_file(sha256, name) as path:
            result = run_import(session, profile, path, by=viewer, bureau_id=viewer.bureau_id, limits=_limits(),
                                dry_run=not confirmed, skip_errors=not confirmed or "skip" in request.form,
                                file_name=name)
        if confirmed and result.saved:
            session.commit()
        else:
            session.rollback()
    except Refusal as refusal:
        session.rollback()
        page = render_template("pages/import_step.html", profile=profile, title=profile.title, crumbs=crumbs, result=None,
                               refusal=refusal.message)
        return page, 422
    return render_template("pages/import_step.html", profile=profile, title=profile.title, crumbs=crumbs,
                           result=result.as_dict(), name=name, sha256=sha256, confirmed=confirmed, saved=result.saved,
                           shown=SHOWN)


@pages.post("/import/<code>/result")
@needs("import:run")
def annotated(code: str) -> Response:
    """The same sheet with one more column that says what is wrong with each row."""
    from core.tabular.writing import annotated_sheet

    profile, session, viewer = _profile(code), request_session(), request_viewer()
    name, sha256 = request.form.get("name", ""), request.form.get("sha256", "")
    out = BytesIO()
    with _as_file(sha256, name) as path:
        result = run_import(session, profile, path, by=viewer, bureau_id=viewer.bureau_id, limits=_limits(), dry_run=True,
                            skip_errors=True, file_name=name)
        session.rollback()
        kind = annotated_sheet(path, result, out, limits=_limits())
    out.seek(0)
    stem = Path(name).stem or profile.title
    return send_file(out, as_attachment=True, download_name=f"{stem}-校验结果{kind if kind.startswith('.') else '.' + kind}")


@pages.post("/import/batches/<int:batch_id>/undo")
@needs("import:run")
def undo(batch_id: int) -> Response:
    """Take a batch back, while nobody has touched what it made."""
    session = request_session()
    try:
        undo_batch(session, batch_id, request_viewer(), profiles=import_profiles())
        session.commit()
    except Refusal as refusal:
        session.rollback()
        flash(refusal.message, "error")
    else:
        flash(_("The import was undone."), "success")
    return redirect("/import")


@pages.get("/export/<code>")
@needs("export:run")
def export(code: str) -> Response:
    """The sheet of what the filter shows; the log keeps who took how many rows."""
    from core.tabular.exporting import run_export

    session, viewer = request_session(), request_viewer()
    may_see(viewer, export_profile(code).permission)
    profile = exports.narrowed(code, request.args, session)
    out = BytesIO()
    filters = {key: value for key, value in request.args.items() if value}
    kind = "csv" if request.args.get("format") == "csv" else "xlsx"
    run_export(session, profile, out, filters, viewer, format="csv" if kind == "csv" else "xlsx",
               file=f"{profile.title}.{kind}")
    session.commit()
    out.seek(0)
    return send_file(out, as_attachment=True, download_name=f"{profile.title}.{kind}")


def _profile(code: str) -> ImportProfile:
    profile = import_profile(code)
    may_see(request_viewer(), profile.permission)
    return profile


def _limits() -> Limits:
    """The bounds of this installation for a sheet."""
    return Limits.of(current_app.extensions["yingshang"].settings.limits)


def _limit() -> int:
    megabytes: int = current_app.extensions["yingshang"].settings.limits.import_mb
    return megabytes * 1024 * 1024


class _as_file:
    """A file of the store under its own name's ending, for as long as the ``with`` block lasts."""

    def __init__(self, sha256: str, name: str) -> None:
        if not store().exists(sha256):
            raise NotFound(_("The uploaded sheet is no longer there. Choose it again."))
        self.sha256, self.ending = sha256, Path(name).suffix.lower()[:8]
        self.folder = tempfile.TemporaryDirectory(prefix="yingshang-")

    def __enter__(self) -> Path:
        path = Path(self.folder.name) / f"sheet{self.ending}"
        with store().open(self.sha256) as kept, path.open("wb") as out:
            while piece := kept.read(1 << 20):
                out.write(piece)
        return path

    def __exit__(self, *_error: object) -> None:
        self.folder.cleanup()
