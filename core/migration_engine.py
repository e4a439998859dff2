"""The engine with which tables are changed. Apart from :mod:`core.migrate`, so that a web worker loads no Alembic."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL


def migration_engine(url: str | URL) -> Engine:
    """An engine for changing tables. Each transaction is one on SQLite too, tables included: the driver would otherwise
    commit before every change of a table; and SQLite's foreign keys are off, because a table is altered there by
    copying it, and dropping the old one would delete what refers to it."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _leave_transactions_to_us(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA busy_timeout=30000")
