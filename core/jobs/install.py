"""Jobs as a part of an application: ``app.extensions["jobs"]`` holds what web workers and background workers share."""
from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from kombu.exceptions import KombuError, OperationalError
from sqlalchemy.orm import Session

from core import audit
from core.access import as_system
from core.api.idempotency import forget_old as forget_answers
from core.files import FileStore
from core.jobs import alive, runs, sweep, tasks
from core.jobs.celery_app import RUN_JOB, RUN_TASK, SuiteCelery, build_celery
from core.jobs.runs import OpenSession
from core.jobs.schedule import Job, by_name, module_jobs
from core.outbox.channels import Route, nobody, routes_from
from core.outbox.deliver import deliver_due
from core.outbox.models import Channel
from core.outbox.ways import routes_now
from core.outbox.webhooks import WebhookPost
from core.security.sessions import forget_old as forget_sign_ins
from core.settings import Settings
from core.words import N_

log = logging.getLogger(__name__)

SWEEP = "core.sweep"


@dataclass(frozen=True)
class Jobs:
    """What is needed to start work and to do it."""

    celery: SuiteCelery
    jobs: Mapping[str, Job]
    open_session: OpenSession
    files: FileStore
    routes: Mapping[Channel, Route]

    def publish_task(self, task_id: int) -> None:
        """Tell the workers of a task. When the broker is away, the sweep tells them later."""
        self._send(RUN_TASK, [task_id])

    def publish_job(self, name: str, by_id: int | None = None) -> None:
        """“Run now” of the administrator's page. ``LookupError`` when there is no such job."""
        if name not in self.jobs:
            raise LookupError(f"no job is named {name!r}")
        self._send(RUN_JOB, [name, by_id])

    def run_job(self, name: str, by_id: int | None = None) -> dict[str, object] | None:
        """Run a job here and now; see :func:`core.jobs.runs.run_job`."""
        return runs.run_job(self.jobs[name], self.open_session, by_id)

    def _send(self, name: str, args: list[Any]) -> None:
        try:
            self.celery.send_task(name, args, retry=False)
        except (KombuError, OperationalError, OSError) as fault:
            log.warning("the broker cannot be reached; %s%s waits for the sweep: %s", name, args, fault)


def init_jobs(app: Flask, settings: Settings, *, declared: Iterable[tuple[Any, Job]] = (),
              core_jobs: Iterable[Job] = (), open_session: OpenSession = as_system,
              routes: Mapping[Channel, Route] | None = None) -> Jobs:
    """Set up Celery, the jobs and the sweep for ``app``.

    ``declared`` are the modules' jobs as ``suite.collect("jobs", "JOBS")`` gives them, ``core_jobs`` those of other
    rooms of core; ``routes`` deliver messages (default: as the settings say).
    """
    if routes is None:
        routes = routes_from(settings) | {Channel.WEBHOOK: Route(WebhookPost(settings.secret_key), nobody)}
    files = FileStore(settings.files_url or settings.var / "files")
    known = by_name([
        Job(SWEEP, sweep.run_due, N_("Warnings, escalation, messages"), every=dt.timedelta(minutes=1), quiet=True),
        Job("core.seal", _seal, N_("Seal the log"), every=dt.timedelta(seconds=10), quiet=True),
        Job("core.tidy", _tidy(files), N_("Clean up old records and temporary files"), cron="40 3 * * *"),
        *core_jobs, *module_jobs(declared)])
    jobs = Jobs(build_celery(settings.var, settings.broker_url, settings.timezone, known.values()), known,
                open_session, files, routes)

    def deliver(session: Session, now: dt.datetime) -> dict[str, int]:
        return {"messages": deliver_due(session, now, routes_now(session, settings, routes), files=files,
                                        stop=alive.stopping.is_set)}

    sweep.register_sweeper("core.dead_work", _dead_work, order=10)
    sweep.register_sweeper("core.outbox", deliver, order=90)
    sweep.register_sweeper("core.audit", _sealed, order=95)
    app.extensions["jobs"] = jobs
    app.extensions["celery"] = jobs.celery
    jobs.celery.bind_flask(app)
    return jobs


def _dead_work(session: Session, now: dt.datetime) -> dict[str, int]:
    """What workers that died left behind: open runs and unfinished tasks."""
    runs.close_dead(session, now)
    tasks.recover(session, now)
    return {}


def _seal(session: Session, now: dt.datetime) -> dict[str, int]:
    """Link the log's new rows into the chain."""
    return {"sealed": audit.seal(session)}


def _sealed(session: Session, now: dt.datetime) -> dict[str, int]:
    _seal(session, now)
    return {}


def _tidy(files: FileStore) -> Any:
    def tidy(session: Session, now: dt.datetime) -> dict[str, int]:
        yesterday = (now - dt.timedelta(days=1)).timestamp()
        return {"runs": runs.forget_old(session, now), "answers": forget_answers(session, now),
                "sign-ins": forget_sign_ins(session, now),
                "files": files.sweep_temporary(yesterday)}
    return tidy
