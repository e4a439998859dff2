"""A small invented district for tests: three bureaus with sections, and one person per role."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from core import moment
from core.access import Scope, Unit, UnitKind, Viewer, appoint, build_viewer
from core.access.models import Staff
from core.module_switch import BureauModule

PASSWORD = "correct horse battery staple"
LONG_AGO = dt.date(2020, 1, 1)
_HASH = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000")  # cheap: these accounts guard nothing


@dataclass
class District:
    """Units by code and people by username, in the session in which they were made."""

    session: Session
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Staff] = field(default_factory=dict)

    def unit(self, code: str) -> Unit:
        """The unit with that code."""
        return self.units[code]

    def viewer(self, username: str) -> Viewer:
        """What that person may see and do today."""
        return build_viewer(self.session, self.people[username].id)


def make_unit(session: Session, code: str, name: str, kind: UnitKind = UnitKind.BUREAU, parent: Unit | None = None,
              doc_word: str = "", enforcer: bool = False) -> Unit:
    """A unit below ``parent``, with its path and its bureau."""
    unit = Unit(code=code, name=name, short_name=name, kind=kind, parent_id=parent.id if parent else None,
                doc_word=doc_word, is_enforcer=enforcer)
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    unit.bureau_id = parent.bureau_id if parent is not None and kind is UnitKind.SECTION else unit.id
    return unit


def make_person(session: Session, username: str, name: str) -> Staff:
    """An account that can sign in with :data:`PASSWORD`; the first character of ``name`` is the family name."""
    person = Staff(username=username, last_name=name[0], first_name=name[1:], email=f"{username}@example.invalid",
                   active=True, password=_HASH, session_version=1)
    session.add(person)
    session.flush()
    return person


def switch_on(session: Session, module: str, units: Iterable[Unit]) -> None:
    """Switch a module on for bureaus."""
    for unit in units:
        if session.get(BureauModule, (unit.id, module)) is None:
            session.add(BureauModule(bureau_id=unit.id, module=module, enabled_at=moment.now()))
    session.flush()


def make_district(session: Session) -> District:
    """发改委 with its credit section, 市场监管局 with two sections, 城管委, and an administrator (``admin``)."""
    district = District(session)
    ndrc = make_unit(session, "NDRC", "区发改委", doc_word="宁发改信")
    samr = make_unit(session, "SAMR", "区市场监管局", doc_word="宁市监", enforcer=True)
    city = make_unit(session, "CGW", "区城管委", doc_word="宁城管", enforcer=True)
    for unit in (ndrc, samr, city,
                 make_unit(session, "NDRC-CREDIT", "信用科", UnitKind.SECTION, ndrc),
                 make_unit(session, "SAMR-LAW", "法规科", UnitKind.SECTION, samr),
                 make_unit(session, "SAMR-TEAM", "执法大队", UnitKind.SECTION, samr)):
        district.units[unit.code] = unit
    give_role(district, "admin", "管理员", "Admin", "NDRC", Scope.ALL)
    return district


def give_role(district: District, username: str, name: str, role: str, unit: str, scope: Scope = Scope.UNIT_TREE) -> None:
    """Have a person (made if need be) hold a role."""
    session = district.session
    if username not in district.people:
        district.people[username] = session.scalars(
            select(Staff).where(Staff.username == username)).one_or_none() or make_person(session, username, name)
    appoint(session, district.people[username], role, district.unit(unit), scope, valid_from=LONG_AGO)
