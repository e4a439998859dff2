"""Puts a PostgreSQL database back to how it was: the rows of the tables that changed, where a copy of the whole would be
nearly a thousand files.

Of every table it is known how many rows there were, and of the whole since which transaction it is as it was: whatever was
inserted or changed has a later one, and where something was only deleted rows are missing. The same is asked of the
database's own tables, which say what tables, columns and rules there are: if they changed, this gives up and says so.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

STRUCTURE = tuple(f"pg_catalog.{name}" for name in (
    "pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_extension", "pg_index", "pg_namespace", "pg_policy",
    "pg_proc", "pg_rewrite", "pg_statistic", "pg_trigger", "pg_ts_config", "pg_type"))
MOST = 60
"""After so many times the rows that went fill the tables more than those that are there: a fresh copy is due."""


class PutBack:
    """What is remembered of a database, and the way back to it."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo, self._times = conninfo, 0
        with self._alone() as connection:
            tables = [row[0] for row in connection.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
                "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1")]
            self._question = " UNION ALL ".join(
                f"SELECT '{name}', count(*), count(*) FILTER (WHERE age(xmin) < age(%(since)s::xid)) FROM {name}"
                for name in (*STRUCTURE, *tables)).encode()
            self._pristine = self._since = _transaction(connection)
            self._counts = {name: count for name, count, _later in self._asked(connection)}
            self._rows = {name: b"".join(map(bytes, _copied(connection, name))) for name in tables}
            self._numbers = _numbers(connection)

    def copied(self) -> None:
        """The database is a fresh copy of what it was."""
        self._times, self._since = 0, self._pristine

    def rows(self) -> bool:
        """Send away whoever is connected and put the rows back. False: more than rows changed, so nothing was done."""
        if self._times >= MOST:
            return False
        try:
            with self._alone() as connection:
                changed = [name for name, count, later in self._asked(connection) if later or count != self._counts[name]]
                if not set(changed).isdisjoint(STRUCTURE):
                    return False
                self._write(connection, changed)
                self._since = _transaction(connection)
        except psycopg.Error:  # a table that is no longer there
            return False
        self._times += 1
        return True

    def _asked(self, connection: psycopg.Connection[Any]) -> list[tuple[str, int, int]]:
        """Each table with its rows, and how many of them were written later than they should be."""
        return connection.execute(self._question, {"since": self._since}).fetchall()

    def _write(self, connection: psycopg.Connection[Any], changed: Iterable[str]) -> None:
        connection.execute("SET LOCAL session_replication_role = replica")  # rows refer to one another in no order
        for name in changed:
            connection.execute(f"DELETE FROM {name}".encode())
            if self._rows[name]:
                with connection.cursor().copy(f"COPY {name} FROM STDIN".encode()) as copy:
                    copy.write(self._rows[name])
        for name, last in _numbers(connection).items():
            if last != self._numbers.get(name):
                wanted = self._numbers[name]
                connection.execute("SELECT setval(%s::regclass, %s, %s)", (name, wanted or 1, wanted is not None))

    def _alone(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(self._conninfo)
        connection.execute("SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity "
                           "WHERE datname = current_database() AND pid <> pg_backend_pid()")
        return connection


def _transaction(connection: psycopg.Connection[Any]) -> str:
    """The number of the connection's own transaction, the last one until now."""
    [number] = connection.execute("SELECT pg_current_xact_id()::xid::text").fetchone() or ("",)
    return str(number)


def _copied(connection: psycopg.Connection[Any], name: str) -> Iterable[Any]:
    with connection.cursor().copy(f"COPY {name} TO STDOUT".encode()) as copy:
        yield from copy


def _numbers(connection: psycopg.Connection[Any]) -> dict[str, int | None]:
    """Where each sequence stands; None: nothing was taken from it yet."""
    return dict(connection.execute("SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"))
