"""A sign of life in a row of the database while its work is done, so that others can tell a long run from a dead
worker.
"""
from __future__ import annotations

import contextvars
import datetime as dt
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Update
from sqlalchemy.exc import OperationalError

from core import moment
from core.jobs.models import JobRun, Task

log = logging.getLogger(__name__)

BEAT = dt.timedelta(seconds=10)
DEAD_AFTER = dt.timedelta(seconds=90)
"""A row without a sign of life for so long has lost its worker."""

stopping = threading.Event()
"""Set when this worker was told to stop: long work ends at its next checkpoint."""


@contextmanager
def beating(bind: Engine | Connection, table: type[JobRun] | type[Task], touch: Update) -> Iterator[None]:
    """Inside the block, ``touch`` (an update of one row of ``table``) gets a fresh ``heartbeat_at`` every few seconds.

    It has a connection of its own. On SQLite it must wait while the work itself holds the only write lock, and then so
    must the sweep that might take the work for dead.
    """
    engine = bind if isinstance(bind, Engine) else bind.engine
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT.total_seconds()):
            try:
                with engine.begin() as connection:
                    connection.execute(touch.values({table.heartbeat_at: moment.now()}))
            except OperationalError as fault:
                log.warning("no sign of life this time: %s", fault.orig)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(beat,), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
