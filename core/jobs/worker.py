"""The background worker: one process that runs tasks in threads and ticks for the periodic jobs."""
from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import warnings
from typing import Any

from celery import bootsteps, signals
from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from flask import Flask

from core.jobs import alive
from core.jobs.install import SWEEP, Jobs

log = logging.getLogger(__name__)

GRACE = 10.0
"""Seconds that work in hand has to reach its next checkpoint when the worker is told to stop."""


class Beat(bootsteps.StartStopStep):
    """The ticking of the schedule, in a thread. (Celery's own ``-B`` starts a process, which outlives a killed worker.)
    """

    requires = ("celery.worker.components:Pool",)

    def create(self, parent: Any) -> Any:
        return EmbeddedService(parent.app, thread=True, schedule_filename=parent.app.conf.beat_schedule_filename)


def run_worker(app: Flask, *, concurrency: int = 4, beat: bool = True, queues: str | None = None,
               loglevel: str = "INFO") -> int:
    """Work until SIGTERM or SIGINT, then end within :data:`GRACE` seconds and leave nothing behind; returns the exit
    status.

    ``beat`` ticks for the periodic jobs; of several workers one should do it, and no harm is done when two do.
    ``queues`` is a comma list (default both).
    """
    jobs: Jobs = app.extensions["jobs"]
    celery = jobs.celery
    if beat:
        celery.steps["worker"].add(Beat)
    alive.stopping.clear()

    def catch_up(**_: Any) -> None:
        jobs.publish_job(SWEEP)

    signals.worker_shutting_down.connect(_stop, weak=False)
    signals.worker_ready.connect(catch_up, weak=False)
    warnings.simplefilter("ignore", SecurityWarning)  # it is about pickled messages under root; ours are JSON
    try:
        worker = celery.Worker(pool="threads", concurrency=concurrency, loglevel=loglevel, queues=queues, quiet=True,
                               hostname=f"yingshang-{os.getpid()}@{socket.gethostname()}", without_gossip=True,
                               without_mingle=True)
        worker.start()
        return 0 if alive.stopping.is_set() else int(worker.exitcode or 0)  # Celery calls an end by Ctrl-C a failure
    finally:
        signals.worker_shutting_down.disconnect(_stop)
        signals.worker_ready.disconnect(catch_up)


def _stop(**_: Any) -> None:
    """Ask the work in hand to end at its next checkpoint, and end the process if it does not: the sweep finds what it
    left.
    """
    alive.stopping.set()
    timer = threading.Timer(GRACE, _give_up)
    timer.daemon = True
    timer.start()


def _give_up() -> None:
    log.error("work in hand did not reach a checkpoint within %s s; the next worker takes it up", GRACE)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
