"""A clerk's own session on both databases, with a table of a module's register beside the suite's."""
from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from core.access import Viewer, as_system, view_as
from core.testing.people import make_person
from sheet_stand_ins import Own, viewer


@pytest.fixture
def clerk(app: Flask) -> Viewer:
    """王科员 may bring in and take out penalties, and bring in the register of enterprises."""
    with as_system("test") as session:
        Own.metadata.create_all(session.connection())
        person = make_person(session, "wang", "王科员")
        session.commit()
        return viewer("penalty:import", "penalty:export", "enterprise:import", user_id=person.id)


@pytest.fixture
def session(clerk: Viewer) -> Iterator[Session]:
    """What 王科员 works with: the row rule holds in it."""
    with force_locale("en"), view_as(clerk) as made:
        yield made
