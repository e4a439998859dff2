"""Doing a long task: claimed once, checkpoint by checkpoint, and ended in the same transaction as its last work."""
from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import moment
from core.errors import Refusal
from core.jobs import alive
from core.jobs.models import Task, TaskState
from core.jobs.runs import changed
from core.jobs.tasks import MAX_ATTEMPTS, Result, kind_of
from core.outbox.models import Channel
from core.outbox.post import post
from core.words import gettext as _

if TYPE_CHECKING:
    from core.files import FileStore
    from core.jobs.install import Jobs

log = logging.getLogger(__name__)

RESULT_LIMIT = 2_000_000_000
"""Bytes that a task's result may have."""


class Halt(Exception):
    """Raised at a checkpoint to end the work there; it is no fault. The work since the last checkpoint is undone."""


class Cancelled(Halt):
    """The person asked to stop."""


class Stopping(Halt):
    """This worker was told to stop; another will take the task up."""


class TakenOver(Halt):
    """This worker was taken for dead, and another has the task."""


class TaskRun:
    """What the work has in hand: its session, its parameters, how far an earlier attempt came, and the checkpoint."""

    def __init__(self, session: Session, task: Task) -> None:
        self.session = session
        self.id, self.attempt, self.title = task.id, task.attempts, task.title
        self.params: dict[str, Any] = dict(task.params)
        self.by_id, self.bureau_id = task.by_id, task.bureau_id
        self.done, self.total = task.done, task.total
        self._begun, self._first = moment.now(), task.done

    @property
    def mine(self) -> Any:
        """The update of this attempt's row; it touches nothing once another worker has the task."""
        return update(Task).where(Task.id == self.id, Task.attempts == self.attempt, Task.state == TaskState.RUNNING)

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """A checkpoint: ``done`` of ``total`` are finished and are kept, whatever happens next.

        Commits the work since the last one together with the figures, so a later attempt begins at :attr:`done`. Work
        that must be saved whole or not at all calls it only before it writes. Raises a :class:`Halt`, which the work
        lets pass.
        """
        seconds = (moment.now() - self._begun).total_seconds()
        self.done, self.total = done, total if total is not None else self.total
        pace = round((done - self._first) / seconds, 2) if seconds > 0 else None
        self._fenced(done=done, total=self.total, pace=pace, message=message, heartbeat_at=moment.now())
        self.session.commit()
        if self.session.scalar(select(Task.cancel_requested).where(Task.id == self.id)):
            raise Cancelled
        if alive.stopping.is_set():
            raise Stopping

    def finish(self, result: Result | None, store: FileStore) -> None:
        """End the task as done, in one transaction with its last work."""
        result = result or Result()
        values: dict[str, Any] = {"state": TaskState.DONE, "ended_at": moment.now(), "message": result.message}
        stream = result.file or (io.BytesIO(result.content) if result.content is not None else None)
        if stream is not None:
            with stream:
                stored = store.put(stream, RESULT_LIMIT)
            values |= {"result_sha256": stored.sha256, "result_size": stored.size, "result_name": result.name[:200]}
        self._fenced(**values)
        self._tell(_("Done: %(title)s", title=self.title), result.message)
        self.session.commit()

    def _tell(self, subject: str, body: str) -> None:
        """A message in the inbox of who asked, once for each outcome."""
        if self.by_id is not None:
            post(self.session, to=self.by_id, channel=Channel.INAPP, subject=subject, body=body, link="/tasks",
                 dedupe_key=f"task:{self.id}:{subject[:2]}")

    def end(self, state: TaskState, **values: Any) -> None:
        """Undo the work since the last checkpoint and write how the attempt ended."""
        self.session.rollback()
        ended = None if state is TaskState.QUEUED else moment.now()
        if changed(self.session, self.mine.values(state=state, ended_at=ended, heartbeat_at=None, **values)) \
                and state is TaskState.FAILED:
            self._tell(_("Failed: %(title)s", title=self.title), str(values.get("message", "")))
        self.session.commit()

    def _fenced(self, **values: Any) -> None:
        if not changed(self.session, self.mine.values(**values)):
            raise TakenOver


def progress(task: TaskRun, done: int, total: int | None = None, message: str = "") -> None:
    """The same as :meth:`TaskRun.progress`."""
    task.progress(done, total, message)


def run_task(jobs: Jobs, task_id: int) -> None:
    """Do the task, unless another worker has it or it has ended. An unforeseen fault is recorded and raised again."""
    with jobs.open_session(f"task {task_id}") as session:
        task = _claim(session, task_id)
        if task is None:
            return
        run = TaskRun(session, task)
        with alive.beating(session.get_bind(), Task, run.mine):
            _work(jobs, run, task.kind)


def _claim(session: Session, task_id: int) -> Task | None:
    """Take up a queued task. Of several workers that heard of it, one gets it; a message heard twice does nothing."""
    now = moment.now()
    queued = update(Task).where(Task.id == task_id, Task.state == TaskState.QUEUED)
    taken = changed(session, queued.values(state=TaskState.RUNNING, attempts=Task.attempts + 1, started_at=now,
                                           heartbeat_at=now, message=""))
    session.commit()
    return session.get(Task, task_id, populate_existing=True) if taken else None


def _work(jobs: Jobs, run: TaskRun, kind_name: str) -> None:
    kind = kind_of(kind_name)
    if kind is None:
        run.end(TaskState.FAILED, message=_("The module that this work belongs to is switched off."))
        return
    try:
        run.finish(kind.run(run), jobs.files)
    except TakenOver:
        run.session.rollback()
        log.warning("task %s was taken over; attempt %s is dropped", run.id, run.attempt)
    except Cancelled:
        run.end(TaskState.CANCELLED)
    except Stopping:
        run.end(TaskState.QUEUED, published_at=None)
    except Refusal as refusal:
        run.end(TaskState.FAILED, message=refusal.message)
    except OperationalError as fault:  # the database was away or locked for too long: that passes
        if run.attempt < MAX_ATTEMPTS and kind.resumable:
            run.end(TaskState.QUEUED, published_at=None, error=str(fault.orig))
        else:
            _fail(run, fault)
        raise
    except Exception as fault:
        _fail(run, fault)
        raise


def _fail(run: TaskRun, fault: Exception) -> None:
    run.end(TaskState.FAILED, error=f"{type(fault).__name__}: {fault}",
            message=_("The work failed through a fault in the program; the administrator finds it under task %(id)s.",
                      id=run.id))
