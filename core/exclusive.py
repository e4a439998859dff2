"""One upgrade at a time: the lock that upgrade and purge hold, and the proof that it is held."""
from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import text

from core.migration_engine import migration_engine
from core.settings import Settings

ADVISORY_KEY = 0x59494E47
"""Any number that no other program uses on the same database."""
_held: ContextVar[bool] = ContextVar("yingshang_exclusive", default=False)


@contextmanager
def exclusive(settings: Settings) -> Iterator[None]:
    """Hold the right to change tables, roles and permissions; waits while another process has it.

    On PostgreSQL an advisory lock of the database, so that it holds across machines; on SQLite a lock on a file in the
    data folder. Both are freed by the system when the process dies.
    """
    engine = migration_engine(settings.database_url)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_KEY})
            with _marked():
                yield
    else:
        with (settings.var / "upgrade.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with _marked():
                yield


@contextmanager
def _marked() -> Iterator[None]:
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


def require_exclusive(what: str) -> None:
    """Stop a programmer who lets a web worker do ``what``: several that start at once would race."""
    if not _held.get():
        raise RuntimeError(f"{what} belongs into `yingshang upgrade`, under its lock")
