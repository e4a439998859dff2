"""The file of a case bound in the background, for whoever asked and with his eyes."""
from __future__ import annotations

from sqlalchemy.orm import Session

from core.access import current_viewer, view_as
from core.access.grants import build_viewer
from core.case.models import Case
from core.case.query import find_case
from core.errors import Refusal
from core.jobs.models import Task
from core.jobs.running import TaskRun
from core.jobs.tasks import Result, TaskKind, register_kind, start
from core.letter.casefile import build
from core.words import N_
from core.words import gettext as _

KIND = "case.file"


def start_building(session: Session, case: Case) -> Task:
    """Have the file built in the background, for the session's viewer. The caller commits."""
    viewer = current_viewer(session)
    return start(session, KIND, {"number": case.number}, viewer.user_id, bureau_id=case.bureau_id,
                 title=_("File of %(number)s", number=case.number))


def install() -> None:
    """Make the task known, at start-up."""
    register_kind(TaskKind(KIND, _run, N_("File of a case")))


def _run(task: TaskRun) -> Result:
    """Built under the rights that the person has now: he may have lost them since he asked."""
    if task.by_id is None:
        raise Refusal(_("A file is built for a person."))
    with view_as(build_viewer(task.session, task.by_id)) as session:
        number = str(task.params["number"])
        content = build(session, find_case(session, number))
        session.commit()
    return Result(_("The file of %(number)s is ready.", number=number), content, f"{number}.pdf")
