"""An empty database of each kind, and modules made up for a test."""
from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from core.addon import Addon, Suite, discover, load_order
from core.db import db
from core.settings import Settings
from house.kinds_of_modules import MakeAddon


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    from core.testing.postgres import private_postgres

    with private_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'house.db'}"
        return
    cluster: str = request.getfixturevalue("cluster")
    name = f"house_{uuid.uuid4().hex[:12]}"
    server = create_engine(cluster, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    """Settings of an installation on that database."""
    return Settings.load({"YINGSHANG_VAR": str(tmp_path / "var"), "YINGSHANG_DATABASE_URL": database,
                          "YINGSHANG_LOCALE": "en"})


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for modules that can be imported; its name differs from test to test, so that Python forgets the last."""
    folder = tmp_path / f"trial_{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == folder.name]:
        del sys.modules[name]


@pytest.fixture
def make_addon(root: Path) -> MakeAddon:
    """``make_addon(name, manifest={...}, models="…")`` writes a module: its manifest and files by their names."""
    def make(name: str, manifest: object = None, **files: str) -> Path:
        folder = root / name
        folder.mkdir()
        described = {"title": name.title(), "summary": "For a test", "version": "1.0"} | (
            manifest if isinstance(manifest, dict) else {})
        (folder / "__init__.py").write_text("")
        (folder / "__manifest__.py").write_text(manifest if isinstance(manifest, str) else repr(described))
        for file, source in files.items():
            (folder / f"{file}.py").write_text(source)
        return folder
    return make


@pytest.fixture
def suite_of(root: Path, settings: Settings) -> Callable[..., Suite]:
    """``suite_of("a", "b")``: the suite with these modules loaded (none named: all) out of those that were made."""
    def build(*names: str) -> Suite:
        found: dict[str, Addon] = discover([root], entry_points=False)
        return Suite(settings, load_order(found, names or None), found)
    return build


@pytest.fixture
def make_app() -> Iterator[Callable[[Suite], Flask]]:
    """The smallest application that an upgrade needs: the suite and its database."""
    made: list[Flask] = []

    def make(suite: Suite) -> Flask:
        app = Flask("house")
        app.config["SQLALCHEMY_DATABASE_URI"] = suite.settings.database_url
        app.extensions["yingshang"] = suite
        db.init_app(app)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
