"""One thing done to very many cases in the background, for whoever asked and with his rights; told row by row in a sheet."""
from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from core.access import current_viewer, view_as
from core.access.grants import build_viewer
from core.access.viewer import Viewer
from core.case import act, bulk, deeds
from core.case.bulk import Outcome
from core.case.models import Case
from core.case.screens import CaseScreen
from core.errors import NotFound, Refusal
from core.jobs.models import Task
from core.jobs.running import TaskRun
from core.jobs.tasks import Result, TaskKind, register_kind, start
from core.tabular.cells import guard
from core.words import N_
from core.words import gettext as _

KIND = "case.bulk"
HEADINGS = ("编号", "事项", "结果", "说明")


def start_bulk(session: Session, action: str, title: str, numbers: Sequence[str], note: str = "",
               given: Mapping[str, Any] | None = None, screen: CaseScreen | None = None) -> Task:
    """Have ``action`` (``do.<step>``, ``deed.<deed>`` or a module's own of ``screen``) done to the cases. The caller commits.

    ``given`` is what the form of the step or deed took, as it was posted.
    """
    viewer = current_viewer(session)
    params = {"screen": f"{screen.module}/{screen.name}" if screen is not None else "", "action": action,
              "numbers": list(numbers), "note": note, "given": dict(given or {})}
    return start(session, KIND, params, viewer.user_id, bureau_id=viewer.bureau_id,
                 title=_("%(action)s: %(n)s cases", action=title, n=len(numbers)))


def install() -> None:
    """Make the task known, at start-up."""
    register_kind(TaskKind(KIND, _run, N_("Many cases at once")))


def _run(task: TaskRun) -> Result:
    """Case by case, each kept as soon as it is done: a later attempt goes on where this one stopped."""
    if task.by_id is None:
        raise Refusal(_("This is done for a person."))
    numbers: Sequence[str] = task.params["numbers"]
    viewer, told = build_viewer(task.session, task.by_id), [
        Outcome(number, "", False, _("Worked on before an interruption: look at the case.")) for number in
        task.params["numbers"][:task.done]]
    with view_as(viewer) as session:
        work = _work(session, viewer, task.params)
        for place, number in enumerate(numbers[task.done:], task.done + 1):
            told += bulk.each(session, [number], work)
            session.commit()
            task.progress(place, len(numbers))
    done = sum(outcome.done for outcome in told)
    return Result(_("Done for %(done)s of %(all)s.", done=done, all=len(told)), _sheet(told), f"{task.title}.csv")


def _work(session: Session, viewer: Viewer, params: Mapping[str, Any]) -> Callable[[Case], Any]:
    """What is done to one case. Raises :class:`NotFound` when the module no longer offers it."""
    sort, _dot, name = str(params["action"]).partition(".")
    note = str(params["note"])
    if sort == "do":
        return lambda case: act.do(case, name, actor=viewer, note=note, data=params["given"] or None)
    if sort == "deed":
        return lambda case: deeds.do_deed(case, name, viewer, params["given"])
    screens: Mapping[str, CaseScreen] = current_app.extensions["screens"]
    declared = next((one for one in screens[str(params["screen"])].bulk if one.name == params["action"]), None)
    if declared is None or not viewer.may(declared.permission):
        raise NotFound(_("There is no such page."))
    found = declared

    def own(case: Case) -> None:
        [(_case, sentence, done)] = found.run(session, viewer, [case], note)
        if not done:
            raise Refusal(sentence)
    return own


def _sheet(told: Sequence[Outcome]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for outcome in told:
        writer.writerow([outcome.number, guard(outcome.title), _("Done") if outcome.done else _("Not done"),
                         guard(outcome.message)])
    return text.getvalue().encode("utf-8-sig")
