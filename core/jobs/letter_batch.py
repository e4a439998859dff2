"""A batch of letters as a long task: watched, stopped, taken up again by another worker."""
from __future__ import annotations

from core.jobs.running import TaskRun
from core.jobs.tasks import Result, TaskKind, register_kind
from core.letter import batches
from core.words import N_


def install() -> None:
    """Make the work known."""
    register_kind(TaskKind(batches.KIND, _run, N_("Batch of letters")))


def _run(task: TaskRun) -> Result:
    outcome = batches.run(task)
    return Result(outcome.message, name=outcome.name, file=outcome.file)
