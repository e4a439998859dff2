"""Sheets in: 下载模板 → 校验 → 预览 → 确认 → 结果下载, with undo."""
from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.case.files import store
from core.errors import NotFound, Refusal
from core.jobs import sheets as background
from core.jobs import tasks
from core.pages.frame import may_see, needs, request_session, screens
from core.security import request_viewer
from core.tabular.catalogue import import_profile, import_profiles
from core.tabular.cells import shown
from core.tabular.importing import SAMPLE, run_import
from core.tabular.models import ImportBatch
from core.tabular.profile import ImportProfile
from core.tabular.reading import Limits, open_sheet
from core.tabular.undoing import undo_batch
from core.tabular.work import ImportResult
from core.web import Crumb

pages = Blueprint("sheets", __name__)
SHOWN = 200
FIRST, WIDEST = 20, 30
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
        return render_template("pages/import_step.html", limit=_limit(), profile=profile, title=profile.title, crumbs=crumbs,
                               result=None)
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
        if confirmed and request.form.get("rows", 0, type=int) > background.BACKGROUND:
            return _in_background(profile.title, {
                "code": code, "name": name, "sha256": sha256, "skip": "skip" in request.form,
                "rows": request.form.get("rows", 0, type=int)})
        with _as_file(sha256, name) as path:
            result = run_import(session, profile, path, by=viewer, bureau_id=viewer.bureau_id, limits=_limits(),
                                dry_run=not confirmed, skip_errors=not confirmed or "skip" in request.form,
                                file_name=name)
            head = [] if confirmed else _preview(path, result)
        if confirmed and result.saved:
            session.commit()
        else:
            session.rollback()
    except Refusal as refusal:
        session.rollback()
        page = render_template("pages/import_step.html", limit=_limit(), profile=profile, title=profile.title, crumbs=crumbs,
                               result=None, refusal=refusal.message)
        return page, 422
    return render_template("pages/import_step.html", limit=_limit(), profile=profile, title=profile.title, crumbs=crumbs,
                           result=result.as_dict(), name=name, sha256=sha256, confirmed=confirmed, saved=result.saved,
                           onward=next((screen for screen in screens().values() if screen.import_profile == code), None),
                           shown=SHOWN, head=head, background=background.BACKGROUND)


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


def _in_background(title: str, params: dict[str, Any]) -> Response:
    session, viewer = request_session(), request_viewer()
    tasks.start(session, background.IMPORT, params, viewer.user_id, bureau_id=viewer.bureau_id,
                title=f"{_('Import')} · {title}")
    session.commit()
    flash(_("This goes on in the background. You may leave the page; a message tells when it is done."), "success")
    return redirect("/tasks")


def _preview(path: Path, result: ImportResult) -> list[tuple[int, list[str], bool]]:
    """The heading and the first rows as they were read, without the template's sample, which is no row: number, cells,
    whether the row is wrong."""
    wrong = {error.row for error in result.errors}
    found = []
    for number, cells in open_sheet(path, _limits()).rows():
        begins = next((cell for cell in cells if cell not in (None, "")), "")
        if number >= result.heading_row and not str(begins).lstrip().startswith(SAMPLE):
            found.append((number, [shown(cell) for cell in cells[:WIDEST]], number in wrong))
        if len(found) > FIRST:
            break
    return found


@contextmanager
def _as_file(sha256: str, name: str) -> Iterator[Path]:
    """A file of the store under its own name's ending, for as long as the ``with`` block lasts."""
    if not store().exists(sha256):
        raise NotFound(_("The uploaded sheet is no longer there. Choose it again."))
    with tempfile.TemporaryDirectory(prefix="yingshang-") as folder:
        yield background.as_sheet(store(), sha256, name, folder)
