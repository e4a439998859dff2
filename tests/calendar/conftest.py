"""The published calendars of 2012 to 2026, and a database with two people who look after calendars."""
from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from blinker import Signal
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.orm import Session

from core.audit import AuditEntry, AuditHead
from core.calendar import WorkCalendar, store
from core.calendar.models import CalendarImport, Workday
from core.calendar.seed import seed_rows
from core.db import Model

MODELS = (User, AuditEntry, AuditHead, CalendarImport, Workday)


@pytest.fixture(autouse=True)
def nobody_else_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here there are no cases: whoever computes their clocks anew has been loaded by other tests of this run."""
    monkeypatch.setattr(store, "calendar_confirmed", Signal())


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    rows = seed_rows()
    return WorkCalendar([row for days in rows.values() for row in days], rows)


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = create_engine(os.environ.get("TEST_DATABASE_URL", "sqlite://"))
    tables = [model.__table__ for model in MODELS]
    # Where the room of rights is loaded, a new account changes its word.
    tables += [table for name, table in Model.metadata.tables.items() if name == "core_grants_epoch"]
    Model.metadata.create_all(engine, tables)
    yield engine
    Model.metadata.drop_all(engine, tables)
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


def _person(session: Session, number: int, name: str) -> int:
    session.execute(insert(User.__table__).values(id=number, first_name=name, last_name="", username=name,
                                                  email=f"{number}@example.cn"))
    session.commit()
    return number


@pytest.fixture
def wang(session: Session) -> int:
    return _person(session, 1, "wang")


@pytest.fixture
def li(session: Session) -> int:
    return _person(session, 2, "li")
