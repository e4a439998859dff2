"""A batch of letters as a long task: watched, stopped, taken up again by another worker."""
from __future__ import annotations

from sqlalchemy.orm import Session

from core.access.viewer import Viewer
from core.jobs.models import Task
from core.jobs.running import TaskRun
from core.jobs.tasks import Result, TaskKind, register_kind
from core.jobs.tasks import start as start_task
from core.letter import batches
from core.letter.batch_models import LetterBatch
from core.words import N_


def install() -> None:
    """Make the work known."""
    register_kind(TaskKind(batches.KIND, _run, N_("Batch of letters")))


def start(session: Session, batch: LetterBatch, by: Viewer) -> Task:
    """Ask for the work. The caller commits."""
    task = start_task(session, batches.KIND, {"batch": batch.id}, batch.by_id, bureau_id=by.bureau_id, title=batch.title)
    batch.task_id = task.id
    return task


def _run(task: TaskRun) -> Result:
    outcome = batches.run(task)
    return Result(outcome.message, name=outcome.name, file=outcome.file)
