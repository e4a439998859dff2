"""A copy of the database for a rehearsal, gone when the rehearsal is over."""
from __future__ import annotations

import os
import secrets
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError, ProgrammingError

from core.errors import Refusal
from core.migration_engine import migration_engine
from core.settings import Settings
from core.words import gettext as _

NO_RIGHT, IN_USE = "42501", "55006"
"""PostgreSQL's codes for a missing right and for a database that others are connected to."""


@contextmanager
def copy_of(settings: Settings) -> Iterator[str]:
    """The address of a copy of the installation's database, taken now; the copy is deleted at the end.

    Refused with a sentence about what is missing when the database account may not make one.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise Refusal(_("A database in memory cannot be copied for a rehearsal."))
        with _sqlite_copy(Path(url.database), settings.var) as copy:
            yield copy
    else:
        with _postgresql_copy(url) as copy:
            yield copy


@contextmanager
def _sqlite_copy(source: Path, folder: Path) -> Iterator[str]:
    target = folder / f"rehearsal-{secrets.token_hex(4)}.db"
    try:
        target.touch(0o600)
        if source.exists():
            with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
                original.backup(copy)
        yield f"sqlite:///{target}"
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)


@contextmanager
def _postgresql_copy(url: URL) -> Iterator[str]:
    """A copy beside the original, made by the server; by ``pg_dump`` while others are connected to the original."""
    engine = migration_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    name = f"{(url.database or '')[:40]}_rehearsal_{secrets.token_hex(4)}"
    target = url.set(database=name)
    try:
        _make_copy(engine, url, target)
        yield target.render_as_string(hide_password=False)
    finally:
        _statement(engine, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _make_copy(engine: Engine, source: URL, target: URL) -> None:
    names = (target.database or "", source.database or "")
    try:
        _statement(engine, "CREATE DATABASE {} TEMPLATE {}", *names)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != IN_USE:
            raise
        _statement(engine, "CREATE DATABASE {} TEMPLATE template0", names[0])
        _dump(source, target)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != NO_RIGHT:
            raise
        raise Refusal(_("A rehearsal needs the right to make a database. Let the administrator of the database run: "
                        'ALTER ROLE "%(role)s" CREATEDB;', role=source.username or "")) from error


def _statement(engine: Engine, template: str, *names: str) -> None:
    quote = engine.dialect.identifier_preparer.quote_identifier
    with engine.connect() as connection:
        connection.exec_driver_sql(template.format(*(quote(name) for name in names)))


def _dump(source: URL, target: URL) -> None:
    """Pour the original into the empty copy with PostgreSQL's own tools; the password goes by the environment."""
    environment = os.environ | ({"PGPASSWORD": str(source.password)} if source.password else {})
    address = {url: url.set(drivername="postgresql", password=None).render_as_string() for url in (source, target)}
    try:
        with subprocess.Popen(
                ["pg_dump", "--no-owner", "--no-privileges", f"--dbname={address[source]}"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as dump:
            load = subprocess.run(
                ["psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={address[target]}"],
                stdin=dump.stdout, capture_output=True, env=environment, check=False)
            if dump.stdout:
                dump.stdout.close()  # lets pg_dump end when psql ended first
            fault = dump.stderr.read() if dump.stderr else b""
    except FileNotFoundError as error:
        raise Refusal(_("Others are connected to the database, so that only %(tool)s can copy it, and that is not "
                        "installed. Install PostgreSQL's client programs or stop the suite for the rehearsal.",
                        tool=error.filename)) from error
    if dump.returncode or load.returncode:
        raise Refusal(_("The database could not be copied: %(error)s",
                        error=(fault or load.stderr).decode(errors="replace").strip()))
