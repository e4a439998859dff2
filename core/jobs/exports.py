"""Sheets out: exactly the rows of a list's present filter; many of them in the background, for whoever asked."""
from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from core.access import current_viewer, view_as
from core.access.grants import build_viewer
from core.api.reading import OF_THE_PAGE, Parameters
from core.case.query import conditions, read_filters
from core.case.screens import CaseScreen
from core.errors import Refusal
from core.inspection import examined
from core.jobs.list_sheets import list_sheets
from core.jobs.models import Task
from core.jobs.running import TaskRun
from core.jobs.tasks import Result, TaskKind, register_kind, start
from core.tabular.catalogue import export_profile, offer_made
from core.tabular.exporting import run_export
from core.tabular.profile import ExportProfile
from core.words import N_
from core.words import gettext as _

KIND = "sheet.export"
AT_ONCE = 1000
"""Up to so many rows are written while one waits."""


def narrowed(code: str, given: Mapping[str, Any], session: Session) -> ExportProfile:
    """The profile with the filters of the list that it belongs to: what is exported is what the list shows.

    Raises :class:`Refusal` for a filter that the list does not know.
    """
    profile = export_profile(code)
    screens: Mapping[str, CaseScreen] = current_app.extensions.get("screens", {})
    screen = next((one for one in screens.values() if one.export_profile == code), None)
    if screen is None:
        return replace(profile, query=lambda s, filters, who: profile.query(s, given or filters, who))
    viewer, parameters = current_viewer(session), Parameters(given)
    filters = read_filters(parameters, viewer, screen.case)
    parameters.done(ignore=OF_THE_PAGE)
    rules, kind = conditions(session, filters, viewer, screen.case), screen.case
    wanted = select(kind.id).where(*rules).correlate(None)  # a list of its own, not a condition on the outer row
    return replace(profile, query=lambda s, _filters, who: profile.query(s, {}, who).where(kind.id.in_(wanted)))


def count(profile: ExportProfile, session: Session) -> int:
    """How many rows the export has."""
    statement = profile.query(session, {}, current_viewer(session)).order_by(None)
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def too_long(profile: ExportProfile, session: Session) -> bool:
    """Whether the export has more rows than are written while one waits; who examines the house must read them all."""
    return not examined() and count(profile, session) > AT_ONCE


def told(given: MultiDict[str, Any]) -> dict[str, str]:
    """The filter as the log writes it."""
    return {name: ",".join(map(str, values)) for name, values in given.lists() if any(values)}


def start_export(session: Session, profile: ExportProfile, given: Mapping[str, Sequence[str]], kind: str) -> Task:
    """Have the sheet written in the background; ``given`` is its filter, each name with all its values. The caller commits."""
    viewer = current_viewer(session)
    return start(session, KIND, {"code": profile.code, "filters": dict(given), "kind": kind}, viewer.user_id,
                 bureau_id=viewer.bureau_id, title=_("Export: %(title)s", title=profile.title))


def install() -> None:
    """Make the task known, at start-up."""
    register_kind(TaskKind(KIND, _run, N_("Export")))
    offer_made(list_sheets)


def _run(task: TaskRun) -> Result:
    """Written under the rights that the person has now: he may have lost them since he asked."""
    if task.by_id is None:
        raise Refusal(_("An export is made for a person."))
    code, kind = str(task.params["code"]), "csv" if task.params.get("kind") == "csv" else "xlsx"
    viewer = build_viewer(task.session, task.by_id)
    with view_as(viewer) as session:
        given = MultiDict[str, Any](task.params.get("filters", {}))
        profile = narrowed(code, given, session)
        total, name = count(profile, session), f"{profile.title}.{kind}"
        out = cast(BinaryIO, tempfile.SpooledTemporaryFile(1 << 24))  # noqa: SIM115 - handed over with the result, closed there
        task.progress(0, total)
        made = run_export(session, profile, out, told(given), viewer,
                          format="csv" if kind == "csv" else "xlsx", file=name,
                          progress=lambda rows: task.progress(min(rows, total), total))
        session.commit()
    out.seek(0)
    return Result(_("%(n)s rows were exported.", n=made.rows), name=name, file=out)
