"""What runs by the clock: the jobs that core and the modules declare."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab
from sqlalchemy.orm import Session

Result = Mapping[str, Any] | None


@dataclass(frozen=True)
class Job:
    """Something done again and again: ``run(session, now)``, ``every`` so often or by ``cron`` in the suite's zone.

    ``name`` begins with the module's name (``credit_repair.publish``); ``title`` is what the administrator reads.
    ``run`` must be idempotent and returns plain figures for the log, or nothing. The session is committed after it. A
    ``quiet`` job that had nothing to report leaves no line in the log.
    """

    name: str
    run: Callable[[Session, dt.datetime], Result]
    title: Any
    every: dt.timedelta | None = None
    cron: str | None = None
    quiet: bool = False

    def __post_init__(self) -> None:
        if (self.every is None) == (self.cron is None):
            raise ValueError(f"job {self.name}: give either every or cron")
        if self.every is not None and self.every < dt.timedelta(seconds=1):
            raise ValueError(f"job {self.name}: a job runs once a second at most")
        _ = self.schedule  # a wrong cron expression is an error at start-up, not at midnight

    @property
    def schedule(self) -> dt.timedelta | crontab:
        """The same for Celery's beat."""
        return self.every if self.every is not None else crontab.from_string(self.cron or "")


def by_name(jobs: Iterable[Job]) -> dict[str, Job]:
    """The jobs by name; two of the same name are an error that names it."""
    found: dict[str, Job] = {}
    for job in jobs:
        if found.setdefault(job.name, job) is not job:
            raise ValueError(f"two jobs are named {job.name}")
    return found


def module_jobs(declared: Iterable[tuple[Any, Job]]) -> list[Job]:
    """The jobs of the modules, from ``(addon, job)`` pairs; a name that does not begin with the module's is an error.
    """
    jobs = []
    for addon, job in declared:
        if not job.name.startswith(f"{addon.name}."):
            raise ValueError(f"module {addon.name}: the name of job {job.name!r} must begin with {addon.name}.")
        jobs.append(job)
    return jobs
