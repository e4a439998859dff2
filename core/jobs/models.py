"""The log of periodic jobs, and the long tasks that people start."""
from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Model, UtcDateTime, enum_column


class JobRun(Model):
    """One run of a periodic job, for the administrator's page. While it has no end, no second run of that job begins.
    """

    __tablename__ = "core_job_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ok: Mapped[bool | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[str] = mapped_column(Text, default="")


_open = JobRun.ended_at.is_(None)
Index("uq_core_job_run_name_open", JobRun.name, unique=True, sqlite_where=_open, postgresql_where=_open)
Index("ix_core_job_run_name_started_at", JobRun.name, JobRun.started_at)


class TaskState(enum.StrEnum):
    """Where a task stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Task(Model):
    """Something long that a person started and may watch, stop and fetch the result of: an import, a batch of letters.

    ``attempts`` counts the workers that took it up and tells them apart: a worker that was taken for dead and comes
    back finds another number here, and everything it did since its last checkpoint is undone.
    """

    __tablename__ = "core_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"), index=True)
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[TaskState] = mapped_column(enum_column(TaskState), default=TaskState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    pace: Mapped[float | None]
    """Items a second in the present attempt."""
    message: Mapped[str] = mapped_column(Text, default="")
    """What the person reads: the present step, the outcome, the fault."""
    error: Mapped[str] = mapped_column(Text, default="")
    """What the administrator reads of a fault."""
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    """When the workers were last told of it."""
    started_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    result_sha256: Mapped[str | None] = mapped_column(String(64))
    result_name: Mapped[str | None] = mapped_column(String(200))
    result_size: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("done >= 0 AND attempts >= 0", name="counts"),)


Index("ix_core_task_by_id_created_at", Task.by_id, Task.created_at)
Index("ix_core_task_state", Task.state)
