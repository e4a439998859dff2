"""Large sheets in the background: an import that is saved whole or not at all."""
from __future__ import annotations

import tempfile
from pathlib import Path

from flask import current_app

from core.access import current_viewer
from core.access.grants import build_viewer
from core.access.rows import set_viewer
from core.access.viewer import Viewer
from core.errors import Refusal
from core.files import FileStore
from core.jobs.running import TaskRun
from core.jobs.tasks import Result, TaskKind, register_kind
from core.tabular.catalogue import import_profile
from core.tabular.importing import run_import
from core.tabular.reading import Limits
from core.words import N_
from core.words import gettext as _

IMPORT = "sheet.import"
BACKGROUND = 1000
"""Rows from which a sheet goes to the background."""


def install() -> None:
    """Make the task known, at start-up."""
    register_kind(TaskKind(IMPORT, _import, N_("Import")))


def as_sheet(files: FileStore, sha256: str, name: str, folder: str) -> Path:
    """A file of the store as a sheet with its own name's ending, in ``folder``."""
    path = Path(folder) / f"sheet{Path(name).suffix.lower()[:8]}"
    with files.open(sha256) as kept, path.open("wb") as out:
        while piece := kept.read(1 << 20):
            out.write(piece)
    return path


def _import(task: TaskRun) -> Result:
    """The import and the end of the task are one transaction: taken up again, it finds nothing done or is over."""
    params, session = task.params, task.session
    viewer, profile = _person(task), import_profile(str(params["code"]))
    if not viewer.may(profile.permission):
        raise Refusal(_("You may not import this any longer."))
    task.progress(0, int(params.get("rows", 0)) or None, _("checking and saving"))
    system = current_viewer(session)
    with tempfile.TemporaryDirectory(prefix="yingshang-") as folder:
        path = as_sheet(current_app.extensions["jobs"].files, str(params["sha256"]), str(params["name"]), folder)
        set_viewer(session, viewer)
        try:
            result = run_import(session, profile, path, by=viewer, bureau_id=viewer.bureau_id, skip_errors=bool(params["skip"]),
                                limits=Limits.of(current_app.extensions["yingshang"].settings.limits),
                                file_name=str(params["name"]))
            session.flush()
        finally:
            set_viewer(session, system)
    told = result.as_dict()
    if not result.saved:
        raise Refusal(_("Nothing was imported: %(n)s errors. Check the sheet again.", n=len(result.errors)))
    return Result(_("%(rows)s rows: %(created)s new, %(updated)s changed, %(unchanged)s unchanged, %(errors)s left out.",
                    rows=told["rows"], created=told["created"], updated=told["updated"], unchanged=told["unchanged"],
                    errors=len({error.row for error in result.errors})))


def _person(task: TaskRun) -> Viewer:
    if task.by_id is None:
        raise Refusal(_("A sheet is made for a person."))
    return build_viewer(task.session, task.by_id)
