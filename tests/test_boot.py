"""The suite starts, and somebody can sign in."""
from __future__ import annotations

from sqlalchemy import select

from core.access import view_as
from core.access.models import Unit
from core.access.viewer import NOBODY
from core.case import Case


def test_the_suite_starts_on_an_empty_database(app):
    assert app.test_client().get("/login/").status_code == 200


def test_people_sign_in_and_find_their_place(people, login):
    client = login("admin")
    assert client.get("/").location == "/admin/"
    assert client.get("/login/").status_code == 302


def test_whoever_is_not_signed_in_is_asked_to(client):
    assert client.get("/").location.startswith("/login/")
    assert client.post("/import/enterprises").status_code == 401


def test_a_session_without_a_viewer_shows_units_but_no_cases(people):
    with view_as(NOBODY) as session:
        assert session.scalars(select(Unit.code).where(Unit.code == "SAMR")).all() == ["SAMR"]
        assert session.scalars(select(Case)).all() == []
