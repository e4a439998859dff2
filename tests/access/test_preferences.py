"""How a person likes things, kept by pages that may be opened at once."""
from __future__ import annotations

from sqlalchemy.orm import Session

from core.access.preferences import keep, preference
from core.testing.people import District


def test_of_two_pages_that_are_the_first_to_keep_a_liking_the_later_one_is_right(people: District, monkeypatch) -> None:
    session, person = people.session, people.people["admin"].id
    keep(session, person, "desk", {"seen": "yesterday"})
    session.commit()
    with monkeypatch.context() as blind:  # the second page looked before the first one wrote
        blind.setattr(Session, "get", lambda *_args, **_kept: None)
        keep(session, person, "desk", {"seen": "today"})
    session.commit()
    assert preference(session, person, "desk") == {"seen": "today"}
    keep(session, person, "desk", {"seen": "tomorrow"})
    assert preference(session, person, "desk") == {"seen": "tomorrow"}
