"""Running a periodic job: never twice at once, and never without a line in the log."""
from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import cast

from sqlalchemy import CursorResult, Delete, Update, delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import moment
from core.jobs.alive import DEAD_AFTER, beating
from core.jobs.models import JobRun
from core.jobs.schedule import Job

log = logging.getLogger(__name__)

KEEP = dt.timedelta(days=90)

OpenSession = Callable[[str], AbstractContextManager[Session]]
"""Opens a session of its own for work outside requests: ``with open_session("why") as session``."""


def run_job(job: Job, open_session: OpenSession, by_id: int | None = None) -> dict[str, object] | None:
    """Run ``job`` now and return its figures; None when it is running elsewhere already.

    A fault in the job is logged with the run and raised again.
    """
    with open_session(f"job {job.name}") as session:
        run_id = _begin(session, job.name, by_id)
        if run_id is None:
            log.info("job %s is running already", job.name)
            return None
        mine = update(JobRun).where(JobRun.id == run_id, JobRun.ended_at.is_(None))
        try:
            with beating(session.get_bind(), JobRun, mine):
                result = job.run(session, moment.now())
                session.commit()
        except BaseException as fault:  # also when the process is told to end: the run must not stay open
            session.rollback()
            session.execute(mine.values(ended_at=moment.now(), ok=False, error=f"{type(fault).__name__}: {fault}"))
            session.commit()
            raise
        figures = dict(result or {})
        if job.quiet and not any(figures.values()):
            session.execute(delete(JobRun).where(JobRun.id == run_id))
        else:
            session.execute(mine.values(ended_at=moment.now(), ok=True, result=figures))
        session.commit()
        return figures


def close_dead(session: Session, now: dt.datetime, name: str | None = None) -> int:
    """Close the runs whose worker died (of one job, or of all); how many. The caller commits."""
    dead = update(JobRun).where(JobRun.ended_at.is_(None), JobRun.heartbeat_at < now - DEAD_AFTER)
    if name is not None:
        dead = dead.where(JobRun.name == name)
    return changed(session, dead.values(ended_at=now, ok=False, error="the worker stopped in the middle"))


def forget_old(session: Session, now: dt.datetime) -> int:
    """Remove what the log of runs need not keep any longer; how many. The caller commits."""
    return changed(session, delete(JobRun).where(JobRun.started_at < now - KEEP, JobRun.ended_at.is_not(None)))


def changed(session: Session, statement: Update | Delete) -> int:
    """Execute a change in bulk and return how many rows it touched."""
    result = session.execute(statement, execution_options={"synchronize_session": "fetch"})
    return cast("CursorResult[tuple[()]]", result).rowcount


def _begin(session: Session, name: str, by_id: int | None) -> int | None:
    """Open a run, unless one is open: a unique key on open runs decides it, not a look beforehand."""
    now = moment.now()
    close_dead(session, now, name)
    run = JobRun(name=name, by_id=by_id, started_at=now, heartbeat_at=now)
    session.add(run)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        return None
    run_id = run.id
    session.commit()
    return run_id

