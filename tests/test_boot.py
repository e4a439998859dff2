"""The suite starts, and somebody can sign in."""
from __future__ import annotations

from sqlalchemy import select

from core.access.models import Unit


def test_the_suite_starts_on_an_empty_database(app):
    assert app.test_client().get("/login/").status_code == 200


def test_people_sign_in_and_out(people, login):
    client = login("admin")
    assert client.get("/login/").status_code == 302


def test_a_session_without_a_viewer_shows_units_but_no_cases(people, session):
    assert len(session.scalars(select(Unit)).all()) == 6
