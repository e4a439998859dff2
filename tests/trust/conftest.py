"""Letters that are signed and sealed in a made-up district: lin drafts, wu reviews, han signs."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from core import moment
from core.access import view_as
from core.letter import register
from core.letter.models import Letter
from core.letter.prepare_fonts import prepare
from core.testing.people import District, give_role
from trial_installation import _installation
from trial_people import Desk, desk, find, office

__all__ = ["_installation", "desk", "office"]
KIND = "tree_felling.granted"
DAY = dt.date(2026, 11, 23)
once = pytest.mark.parametrize("_installation", ["sqlite"], indirect=True, scope="session")
"""For what the kind of database makes no difference to."""


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    """The sentences that the tests look for are the English ones."""
    with force_locale("en"):
        yield


class Chancery:
    """What the three people do with letters, on :data:`DAY` unless another day is told."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.session = desk, desk.district.session

    def reviewed(self, title: str = "门前枯树", on: dt.date = DAY) -> int:
        """A case with a letter that waits for its signature; the letter's id."""
        number = self.desk.opens("lin", title=title, on=on, species="国槐")
        with moment.at(on), self.desk.of("lin") as (session, viewer):
            letter = register.draft(session, register.kind_named(KIND), find(session, number), viewer)
            session.commit()
        with moment.at(on), self.desk.of("wu") as (session, viewer):
            register.review(session, session.get_one(Letter, letter.id), viewer)
            session.commit()
        return letter.id

    def signed(self, title: str = "门前枯树", on: dt.date = DAY) -> Letter:
        """A letter that han signed."""
        return self.sign(self.reviewed(title, on), on)

    def sign(self, letter_id: int, on: dt.date = DAY, who: str = "han") -> Letter:
        """``who`` signs the letter."""
        with moment.at(on), view_as(self.desk.district.viewer(who)) as session:
            register.sign(session, session.get_one(Letter, letter_id), self.desk.district.viewer(who))
            session.commit()
        return self.letter(letter_id)

    def letter(self, letter_id: int) -> Letter:
        """The letter as the system sees it now."""
        self.session.expire_all()
        return self.session.get_one(Letter, letter_id)


@pytest.fixture
def chancery(desk: Desk, office: District, app: Flask) -> Iterator[Chancery]:
    """See :class:`Chancery`."""
    prepare()
    give_role(office, "wu", "吴法务", "tree_felling.lawyer", "CGW")
    office.session.commit()
    yield Chancery(desk)


@pytest.fixture
def system(office: District) -> Session:
    """A session that sees everything."""
    return office.session
