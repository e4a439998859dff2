"""pytest fixtures for core and for modules, loaded as a plugin: ``-p core.testing.fixtures`` in ``setup.cfg``.

``installed`` runs a test on SQLite and on PostgreSQL; ``session`` is a system session in it, ``people`` an invented
district, ``client`` a browser without a screen, ``login`` signs somebody in.

pytest loads plugins before it measures coverage, so the suite itself is imported inside the fixtures.
"""
from __future__ import annotations

import contextvars
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser as Chromium
    from sqlalchemy.orm import Session

    from core.testing.databases import Installation
    from core.testing.people import District

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
"""The browser draws without a screen, as root, and asks nobody outside."""

# Whether a property holds does not depend on how busy the machine is.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

_counted = pytest.StashKey[set[str]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note which tests run on PostgreSQL after they ran on SQLite, and which go through everything (``walk``)."""
    known = {item.nodeid for item in items}
    config.stash[_counted] = {node for node in known if "postgresql" in node and node.replace("postgresql", "sqlite") in known}
    config.stash[_counted] |= {item.nodeid for item in items if item.get_closest_marker("walk")}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Which lines are reached is measured once for a test that runs on both databases, and not for one that walks through
    everything: measuring takes as long as the test. What only PostgreSQL reaches in such a test is not counted.
    """
    coverage = sys.modules.get("coverage")
    measuring = coverage.Coverage.current() if coverage and item.nodeid in item.config.stash[_counted] else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium. Closed with the module: while Playwright is open its thread can run no other event loop,
    and seals need one.
    """
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as play:
        fonts = {name: value for name, value in os.environ.items() if not name.startswith("FONTCONFIG")}  # the letters' own
        found = play.chromium.launch(executable_path=program, args=FLAGS, env=dict(fonts))
        yield found
        found.close()


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


class Browser:
    """A browser of its own beside others: its requests share nothing with what the test has open, but the clock."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, *arguments: Any, **more: Any) -> Any:
        """Ask for a page."""
        return self._apart(self._client.get, *arguments, **more)

    def post(self, *arguments: Any, **more: Any) -> Any:
        """Send a form."""
        return self._apart(self._client.post, *arguments, **more)

    def sign_in(self, username: str, password: str, **more: str) -> Any:
        """Send the sign-in page's form."""
        return self.post("/login/", data={"username": username, "password": password, **more})

    def _apart(self, work: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        from core import moment

        def asked() -> Any:
            with moment.at(now):
                return work(*arguments, **more)

        now = moment.now()
        return contextvars.Context().run(asked)


@pytest.fixture
def browser(installed: Installation) -> Callable[[str], Browser]:
    """``browser("zhang")`` is a browser of its own in which that person has signed in; ``browser("")`` one in which nobody
    has.
    """
    from core.testing.people import PASSWORD

    def opened(username: str) -> Browser:
        made = Browser(installed.app.test_client())
        if username:
            made.sign_in(username, PASSWORD)
        return made
    return opened
