"""Celery, set up from the suite's settings. It carries two messages: run this job, do this task."""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from celery import Celery, Task
from flask import Flask
from kombu import Queue

from core.jobs.broker import embedded
from core.jobs.schedule import Job

RUN_JOB, RUN_TASK = "yingshang.job", "yingshang.task"
SHORT, LONG = "yingshang", "yingshang.long"
"""Two queues, so that a cluster can give long tasks workers of their own; one worker serves both by default."""


class SuiteCelery(Celery):
    """Celery bound to a Flask application: every task runs in an application context."""

    flask_app: Flask

    def bind_flask(self, app: Flask) -> None:
        """Choose the application in whose context tasks run, and make it this process's default Celery application."""
        self.flask_app = app
        self.set_default()


def build_celery(var: Path, broker_url: str, timezone: str, jobs: Iterable[Job]) -> SuiteCelery:
    """A Celery application; ``broker_url`` empty means the embedded broker under ``var/broker``.

    Messages are JSON and nothing else: a pickled one could run any code. Results are not kept in the broker, because
    the database has them.
    """
    celery = SuiteCelery("yingshang", set_as_current=False)
    celery.conf.update(
        task_serializer="json", result_serializer="json", event_serializer="json", accept_content=["json"],
        task_ignore_result=True, task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1,
        task_default_queue=SHORT, task_queues=[Queue(SHORT), Queue(LONG)], task_routes={RUN_TASK: {"queue": LONG}},
        worker_pool="threads", worker_hijack_root_logger=False, worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True, enable_utc=True, timezone=timezone,
        beat_schedule={job.name: _entry(job) for job in jobs}, beat_schedule_filename=str(var / "broker" / "beat"),
    )
    (var / "broker").mkdir(mode=0o700, parents=True, exist_ok=True)
    celery.conf.update(embedded(var / "broker") if not broker_url else {"broker_url": broker_url})
    _register(celery)
    return celery


def _entry(job: Job) -> dict[str, Any]:
    """The line in beat's schedule; a tick nobody took in time is dropped, because the next one does the same."""
    expires = max(job.every.total_seconds(), 5.0) if job.every is not None else 3600.0
    return {"task": RUN_JOB, "schedule": job.schedule, "args": [job.name, None], "options": {"expires": expires}}


def _register(celery: SuiteCelery) -> None:
    class InContext(Task):  # type: ignore[type-arg]  # generic in the stubs only
        abstract = True

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with celery.flask_app.app_context():
                return self.run(*args, **kwargs)

    celery.Task = InContext  # type: ignore[misc]  # Celery reads it from here; the stubs see a property

    @celery.task(name=RUN_JOB)
    def run_job(name: str, by_id: int | None) -> None:
        celery.flask_app.extensions["jobs"].run_job(name, by_id)

    @celery.task(name=RUN_TASK)
    def do_task(task_id: int) -> None:
        from core.jobs.running import run_task

        run_task(celery.flask_app.extensions["jobs"], task_id)
