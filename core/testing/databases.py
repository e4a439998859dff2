"""Installations for tests: one application per database and process, put back to its first state before each test.

A test may commit, start threads and kill connections: the next one finds a fresh copy all the same.
"""
from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from core import lifecycle
from core.app import create_app
from core.db import db
from core.settings import Settings
from core.testing.put_back import PutBack

BACKENDS = ("sqlite", "postgresql")


class Client(FlaskClient):
    """A browser without a screen, whose every request finds an empty session, as in a web server.

    A request inside a test's application context shares the session of the request before; what that one read and the
    garbage collector has not taken yet would be shown as it was then.
    """

    def open(self, *arguments: Any, **more: Any) -> Any:
        """Ask for a page."""
        if has_app_context():
            db.session.remove()
        return super().open(*arguments, **more)


@dataclass
class Installation:
    """An application with its database, and how to put the database back."""

    app: Flask
    backend: str
    restore: Callable[[], None]


@contextmanager
def installation(backend: str, folder: Path, postgres: str = "", addons: str | None = None) -> Iterator[Installation]:
    """An upgraded, empty installation in ``folder``. ``postgres`` is the URL of a server where databases may be made."""
    environment = {"YINGSHANG_VAR": str(folder)}
    if addons is not None:
        environment["YINGSHANG_ADDONS"] = addons
    if backend == "postgresql":
        with _on_server(postgres) as run:
            run("CREATE DATABASE work")
        environment["YINGSHANG_DATABASE_URL"] = make_url(postgres).set(database="work").render_as_string(False)
    settings = Settings.load(environment)
    app = create_app(settings)
    app.testing = True
    app.test_client_class = Client
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    lifecycle.upgrade(app.extensions["yingshang"], app)
    restore = _sqlite(app, folder) if backend == "sqlite" else _postgres(app, postgres)
    try:
        yield Installation(app, backend, restore)
    finally:
        _disconnect(app)


def _sqlite(app: Flask, folder: Path) -> Callable[[], None]:
    _disconnect(app)
    database = Path(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or "")
    pristine = folder / "pristine.db"
    shutil.copy(database, pristine)

    def restore() -> None:
        _disconnect(app)
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        shutil.copy(pristine, database)

    return restore


def _postgres(app: Flask, server: str) -> Callable[[], None]:
    _disconnect(app)
    with _on_server(server) as run:
        run("CREATE DATABASE pristine TEMPLATE work")
    work = make_url(server).set(database="work", drivername="postgresql").render_as_string(False)
    back = PutBack(work)

    def restore() -> None:
        _disconnect(app)
        if back.rows():
            return
        with _on_server(server) as run:
            run("DROP DATABASE IF EXISTS work WITH (FORCE)")
            run("CREATE DATABASE work TEMPLATE pristine STRATEGY FILE_COPY")
        back.copied()

    return restore


@contextmanager
def _on_server(url: str) -> Iterator[Callable[[str], None]]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            def run(statement: str) -> None:
                connection.execute(text(statement))

            yield run
    finally:
        engine.dispose()


def _disconnect(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


__all__ = ["BACKENDS", "Installation", "installation"]
