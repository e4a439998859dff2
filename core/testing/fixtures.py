"""pytest fixtures for core and for modules, loaded as a plugin: ``-p core.testing.fixtures`` in ``setup.cfg``.

``installed`` runs a test on SQLite and on PostgreSQL; ``session`` is a system session in it, ``people`` an invented
district, ``client`` a browser without a screen, ``login`` signs somebody in.

pytest loads plugins before it measures coverage, so the suite itself is imported inside the fixtures.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    from core.testing.databases import Installation
    from core.testing.people import District


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of this test process's own PostgreSQL."""
    from core.testing.postgres import private_postgres

    with private_postgres() as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def _installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    from core.testing.databases import installation

    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else ""
    with installation(request.param, tmp_path_factory.mktemp(request.param), server) as made:
        yield made


@pytest.fixture
def installed(_installation: Installation) -> Installation:
    """An empty installation; whatever an earlier test did to it is gone."""
    _installation.restore()
    return _installation


@pytest.fixture
def app(installed: Installation) -> Iterator[Flask]:
    """The application, with an application context."""
    with installed.app.app_context():
        yield installed.app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session that sees everything."""
    from core.access import as_system

    with as_system("test") as made:
        yield made


@pytest.fixture
def people(session: Session, app: Flask) -> District:
    """The invented district, committed, with every loaded module switched on in every bureau."""
    from core.testing.people import make_district, switch_on

    district = make_district(session)
    bureaus = [unit for unit in district.units.values() if unit.bureau_id == unit.id]
    for addon in app.extensions["yingshang"].addons:
        switch_on(session, addon.name, bureaus)
    session.commit()
    return district


@pytest.fixture
def client(installed: Installation) -> FlaskClient:
    """A browser without a screen."""
    return installed.app.test_client()


@pytest.fixture
def login(client: FlaskClient) -> Callable[[str], FlaskClient]:
    """``login("zhang")`` signs that person in and returns the browser."""
    from core.testing.people import PASSWORD

    def sign_in(username: str) -> FlaskClient:
        client.post("/login/", data={"username": username, "password": PASSWORD})
        return client
    return sign_in
