"""An application with jobs on both databases, without a running worker."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

import background_app
from core.access import User, as_system
from core.db import db
from core.jobs.install import Jobs


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    url = request.getfixturevalue("postgres_server") if request.param == "postgresql" else ""
    with background_app.own_sweep():
        app = background_app.build(background_app.settings_for(tmp_path / "var", url))
        with app.app_context():
            yield app
            db.session.remove()
            if url:
                with db.engine.begin() as connection:
                    connection.execute(text("DROP SCHEMA public CASCADE"))
                    connection.execute(text("CREATE SCHEMA public"))
            db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with as_system("tests") as session:
        yield session


@pytest.fixture
def jobs(app: Flask) -> Jobs:
    return app.extensions["jobs"]


@pytest.fixture
def clerk(session: Session) -> int:
    """The id of 李敏, who starts tasks and reads messages."""
    return person(session, "limin")


@pytest.fixture
def colleague(session: Session) -> int:
    return person(session, "wanggang")


def person(session: Session, name: str) -> int:
    user = User(username=name, first_name=name, last_name="", email=f"{name}@example.cn", active=True, password="-")
    session.add(user)
    session.commit()
    return user.id
