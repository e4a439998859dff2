"""Long tasks as people see them: start one, watch it, stop it, fetch the result. What does the work is in ``running``.
"""
from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from flask import current_app
from sqlalchemy import bindparam, event, func, select, update
from sqlalchemy.orm import Session

from core import moment
from core.errors import NotFound, Refusal
from core.jobs.alive import DEAD_AFTER
from core.jobs.models import Task, TaskState
from core.jobs.runs import changed
from core.words import gettext as _

if TYPE_CHECKING:
    from core.jobs.running import TaskRun

log = logging.getLogger(__name__)

TELL_AGAIN = dt.timedelta(minutes=5)
"""A task still queued so long after the workers were told of it is told again: the message may have died with a worker.
"""
MAX_ATTEMPTS = 3
FINAL = (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)
_PENDING = "core.jobs.pending"


@dataclass(frozen=True)
class Result:
    """What a task hands over: a sentence for the person, and perhaps a file."""

    message: str = ""
    content: bytes | None = None
    name: str = ""
    file: BinaryIO | None = None
    """In place of ``content``, for what is too large to be held in memory; it is closed afterwards."""


@dataclass(frozen=True)
class TaskKind:
    """A kind of long work: ``run(task)`` does it and may be taken up again after its last checkpoint if ``resumable``.
    """

    name: str
    run: Callable[[TaskRun], Result | None]
    title: Any
    resumable: bool = True


_KINDS: dict[str, TaskKind] = {}


def register_kind(kind: TaskKind) -> None:
    """Make a kind of task known, at start-up. The same one twice is fine; another one under the same name is an error.
    """
    known = _KINDS.setdefault(kind.name, kind)
    if known != kind:
        raise ValueError(f"two kinds of task are named {kind.name}")


def kind_of(name: str) -> TaskKind | None:
    """The kind of that name, or None: its module may be switched off."""
    return _KINDS.get(name)


def start(session: Session, kind: str, params: dict[str, Any], by: int | None, *, bureau_id: int | None = None,
          title: str | None = None) -> Task:
    """Ask for long work; workers hear of it when the transaction of ``session`` is committed, and not before.

    ``params`` is JSON; ``by`` is the person's id. Raises ``LookupError`` for a kind that nobody declared.
    """
    known = _KINDS.get(kind)
    if known is None:
        raise LookupError(f"no kind of task is named {kind!r}")
    now = moment.now()
    task = Task(kind=kind, title=(title or _(str(known.title)))[:200], by_id=by, bureau_id=bureau_id, params=params,
                state=TaskState.QUEUED, created_at=now, published_at=now)
    session.add(task)
    session.flush()
    publish_after_commit(session, task.id)
    return task


def publish_after_commit(session: Session, task_id: int) -> None:
    """Tell the workers of a task once the transaction is committed."""
    session.info.setdefault(_PENDING, []).append(partial(current_app.extensions["jobs"].publish_task, task_id))


@event.listens_for(Session, "after_commit")
def _publish(session: Session) -> None:
    """Only when the whole transaction is committed: the end of a savepoint is reported here too."""
    if not session.in_nested_transaction():
        for publish in session.info.pop(_PENDING, ()):
            publish()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)


def find(session: Session, task_id: int, by: int) -> Task:
    """The person's task; :class:`NotFound` when there is none or it is another's."""
    task = session.scalars(select(Task).where(Task.id == task_id, Task.by_id == by)).one_or_none()
    if task is None:
        raise NotFound(_("There is no such task."))
    return task


def recent(session: Session, by: int, limit: int = 20) -> Sequence[Task]:
    """The person's newest tasks, for the drawer."""
    query = select(Task).where(Task.by_id == by).order_by(Task.created_at.desc(), Task.id.desc()).limit(limit)
    return session.scalars(query).all()


OPEN_NUMBER = select(func.count()).select_from(Task).where(
    Task.by_id == bindparam("me"), Task.state.in_((TaskState.QUEUED, TaskState.RUNNING)))
"""The statement that counts the tasks of the person ``me`` that wait or run, to be asked together with others."""


def cancel(session: Session, task_id: int, by: int) -> Task:
    """Stop the person's task: at once while it waits, at its next checkpoint while it runs. The caller commits."""
    task = find(session, task_id, by)
    waiting = update(Task).where(Task.id == task_id, Task.state == TaskState.QUEUED)
    stopped = changed(session, waiting.values(state=TaskState.CANCELLED, ended_at=moment.now(), cancel_requested=True))
    running = update(Task).where(Task.id == task_id, Task.state == TaskState.RUNNING)
    if not stopped and not changed(session, running.values(cancel_requested=True)):
        raise Refusal(_("The task has ended already."))
    session.refresh(task)
    return task


def as_dict(task: Task) -> dict[str, Any]:
    """The task for the API: state, n of N, pace (items a second), result file; times in ISO 8601."""
    def iso(instant: dt.datetime | None) -> str | None:
        return instant.isoformat() if instant else None

    result = {"sha256": task.result_sha256, "name": task.result_name, "size": task.result_size}
    return {
        "id": task.id, "kind": task.kind, "title": task.title, "state": str(task.state), "done": task.done,
        "total": task.total, "pace": task.pace, "message": task.message, "cancel_requested": task.cancel_requested,
        "created_at": iso(task.created_at), "started_at": iso(task.started_at), "ended_at": iso(task.ended_at),
        "result": result if task.result_sha256 else None,
    }


def recover(session: Session, now: dt.datetime) -> int:
    """Find what dead workers left: take it up again, or end it for all to see. How many tasks; commits ``session``."""
    lost = select(Task).where(Task.state == TaskState.RUNNING, Task.heartbeat_at < now - DEAD_AFTER)
    count = 0
    for task in session.scalars(lost.with_for_update(skip_locked=True)).all():
        count += _recover_one(session, task, now)
    unheard = select(Task.id).where(
        Task.state == TaskState.QUEUED, Task.published_at.is_(None) | (Task.published_at < now - TELL_AGAIN))
    for task_id in session.scalars(unheard.with_for_update(skip_locked=True)).all():
        changed(session, update(Task).where(Task.id == task_id).values(published_at=now))
        publish_after_commit(session, task_id)
        count += 1
    session.commit()
    return count


def _recover_one(session: Session, task: Task, now: dt.datetime) -> int:
    """Decide about one task whose worker died; ``published_at`` stays empty when it is to be taken up again."""
    kind = kind_of(task.kind)
    values: dict[str, Any]
    if task.cancel_requested:
        values = {"state": TaskState.CANCELLED, "ended_at": now}
    elif kind is None or not kind.resumable or task.attempts >= MAX_ATTEMPTS:
        values = {"state": TaskState.FAILED, "ended_at": now, "error": f"the worker stopped in attempt {task.attempts}",
                  "message": _("The work was interrupted and could not be continued; please start it again.")}
    else:
        values = {"state": TaskState.QUEUED, "published_at": None}
    log.warning("task %s lost its worker: %s", task.id, values["state"])
    return changed(session, update(Task).where(Task.id == task.id, Task.state == TaskState.RUNNING,
                                               Task.attempts == task.attempts).values(heartbeat_at=None, **values))
