"""The people of the made-up district who fell trees, and short words for what they do."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import moment
from core.access import Scope, Viewer, view_as
from core.access.models import Staff
from core.case import Clock, do, open_case
from core.testing.people import District, give_role
from trial_modules.tree_felling.models import Permit

PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00"
       b"\rIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82")
"""The smallest picture there is."""


@pytest.fixture
def office(people: District) -> District:
    """lin is clerk and han head of felling in 城管委, zhao clerk in 市场监管局, sun head in its law section."""
    with moment.at(dt.date(2026, 1, 5)):
        give_role(people, "lin", "林办事", "tree_felling.clerk", "CGW")
        give_role(people, "han", "韩科长", "tree_felling.head", "CGW")
        give_role(people, "zhao", "赵窗口", "tree_felling.clerk", "SAMR")
        give_role(people, "sun", "孙法规", "tree_felling.head", "SAMR-LAW", Scope.UNIT)
    people.session.commit()
    return people


class Desk:
    """What people do with cases, each in a session of his own that shows what he may see."""

    def __init__(self, district: District) -> None:
        self.district = district

    @contextmanager
    def of(self, username: str) -> Iterator[tuple[Session, Viewer]]:
        """That person's session and what he may do."""
        viewer = self.district.viewer(username)
        with view_as(viewer) as session:
            yield session, viewer

    def opens(self, username: str, unit: str = "CGW", on: Any = dt.date(2026, 2, 11), title: str = "门前枯树",
              **fields: Any) -> str:
        """``username`` takes an application in; its number."""
        with moment.at(on), self.of(username) as (session, viewer):
            case = open_case(session, Permit, viewer, unit=session.merge(self.district.unit(unit), load=False),
                             title=title, **fields)
            session.commit()
            return case.number

    def does(self, username: str, number: str, action: str, on: Any = dt.date(2026, 2, 11), **given: Any) -> None:
        """``username`` does a step on a case that he sees."""
        with moment.at(on), self.of(username) as (session, viewer):
            do(find(session, number), action, actor=viewer, **given)
            session.commit()

    def clock(self, number: str) -> Clock:
        """The newest clock of the case, as the system sees it."""
        self.district.session.expire_all()
        return find(self.district.session, number).clocks[-1]

    def case(self, number: str) -> Permit:
        """The case as the system sees it now."""
        self.district.session.expire_all()
        return find(self.district.session, number)

    def sees(self, username: str, number: str) -> bool:
        """Whether the case is there for that person."""
        with self.of(username) as (session, _viewer):
            return session.scalars(select(Permit).where(Permit.number == number)).one_or_none() is not None

    def person(self, username: str) -> Staff:
        """The account."""
        return self.district.people[username]


def find(session: Session, number: str) -> Permit:
    """The case with that number, in that session."""
    return session.scalars(select(Permit).where(Permit.number == number)).one()


@pytest.fixture
def desk(office: District, app: Flask) -> Desk:
    """See :class:`Desk`."""
    return Desk(office)
