"""Invented people in every role of the suite and of the loaded modules, and the bureaus that use the modules."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.security import generate_password_hash

from core import bureau_modules, moment
from core.access import Role, Scope, Unit, UnitKind
from core.access.grants import ADMIN, appoint
from core.access.models import Appointment, Staff
from core.addon import Addon, Suite
from core.demo.accounts import DOMAIN, read_passwords, write_passwords
from core.demo.words import PLAN, Usage
from core.errors import Refusal
from core.party.people import new_password
from core.party.units import place
from core.pinyin import syllables
from core.reference import reference
from core.words import gettext as _

HASHING = "pbkdf2:sha256:20000"
"""Cheaper than for passwords that people choose: these are drawn at random, with more than 70 bits."""


@dataclass(frozen=True)
class Seat:
    """A role to be held in a unit."""

    role: str
    unit: str
    post: str
    scope: Scope


def load_people(session: Session, suite: Suite, roles: Sequence[Role], var: Path) -> int:
    """Switch the modules on, fill every seat that is empty; how many accounts were made. Flushes, does not commit.

    Passwords go into the data folder before anything is committed: an account whose password nobody knows is worse than a
    line too many in the file.
    """
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    enforcers = [code for code, unit in units.items() if unit.is_enforcer and unit.active]
    usages = {addon.name: _usage(addon) for addon in suite.addons}
    _letter_words(units)
    for module, usage in usages.items():
        for code in bureaus_of(usage, enforcers):
            bureau_modules.enable(session, suite, module, _unit(units, code).id)
    wanted = [*_core_seats(roles), *(seat for addon in suite.addons
                                     for seat in _seats(addon, usages[addon.name], roles, enforcers))]
    for code in sorted({seat.unit for seat in wanted}):
        _sections(session, units, units[code])
    taken = {(a.role.name, a.unit.code) for a in session.scalars(
        select(Appointment).options(joinedload(Appointment.role), joinedload(Appointment.unit))
        .join(Staff, Staff.id == Appointment.user_id).where(Staff.email.endswith(f"@{DOMAIN}")))}
    names = set(session.scalars(select(Staff.username)))
    passwords, made = read_passwords(var), 0
    for seat in wanted:
        if (seat.role, seat.unit) not in taken:
            person, password = _person(seat, names)
            session.add(person)
            session.flush()
            appoint(session, person, seat.role, _unit(units, seat.unit), seat.scope)
            passwords[person.username] = password
            made += 1
    made_anew = _without_password(session, passwords)
    if made or made_anew:
        write_passwords(var, passwords)
    session.flush()
    return made


def accounts(session: Session, var: Path) -> list[dict[str, Any]]:
    """The demonstration's accounts: ``{"username", "password", "name", "bureau", "roles", …}``, by bureau and role."""
    passwords, today = read_passwords(var), moment.today()
    found: dict[str, dict[str, Any]] = {}
    for held in session.scalars(
            select(Appointment).options(joinedload(Appointment.user), joinedload(Appointment.role),
                                        joinedload(Appointment.unit).joinedload(Unit.bureau))
            .join(Staff, Staff.id == Appointment.user_id).join(Unit, Unit.id == Appointment.unit_id)
            .where(Staff.email.endswith(f"@{DOMAIN}"), Staff.active.is_(True), Appointment.valid_from <= today,
                   or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today))
            .order_by(Unit.position, Appointment.id)):
        bureau = held.unit.bureau or held.unit
        account = found.setdefault(held.user.username, {
            "username": held.user.username, "password": passwords.get(held.user.username, ""), "name": held.user.name,
            "bureau": bureau.code, "roles": [], "bureau_name": bureau.short_name, "post": held.user.post or ""})
        account["roles"].append(held.role.name)
    return list(found.values())


def bureaus_of(usage: Usage, enforcers: Sequence[str]) -> tuple[str, ...]:
    """The codes of the bureaus that use a module, each once."""
    streets = [street.code for street in reference().streets()] if usage.streets else []
    every = [usage.lead, *usage.bureaus, *(enforcers if usage.enforcers else ()), *streets, usage.window]
    return tuple(dict.fromkeys(code for code in every if code))


def _usage(addon: Addon) -> Usage:
    """Who uses the module: as its own ``demo`` says (``BUREAUS``: codes, the leading one first), else as the plan does."""
    own: Sequence[str] | None = getattr(addon.load("demo"), "BUREAUS", None)
    planned = PLAN.usage(addon.name)
    return planned if own is None else replace(planned, lead=own[0], bureaus=tuple(own[1:]), enforcers=False,
                                               streets=False)


def _core_seats(roles: Sequence[Role]) -> Iterator[Seat]:
    for role in roles:
        if role.module in ("core", ADMIN):
            yield Seat(role.name, PLAN.core_roles.get(role.name, PLAN.modules["default"].lead), _(str(role.title)),
                       role.scope)


def _seats(addon: Addon, usage: Usage, roles: Sequence[Role], enforcers: Sequence[str]) -> Iterator[Seat]:
    """One seat for every role of the module in every bureau where it makes sense.

    The module's ``demo.SEATS`` (role → codes) decides; else roles that reach everything sit in the leading bureau, those
    of a window at the window, all others in each bureau that uses the module.
    """
    given: Mapping[str, Sequence[str]] = getattr(addon.load("demo"), "SEATS", {})
    ordinary = [code for code in bureaus_of(usage, enforcers) if code != usage.window]
    for role in roles:
        if role.module != addon.name:
            continue
        if role.name in given:
            codes = given[role.name]
        elif usage.window and "window" in role.name:
            codes = (usage.window,)
        else:
            codes = (usage.lead,) if role.scope is Scope.ALL else ordinary
        for code in codes:
            yield Seat(role.name, code, _(str(role.title)), role.scope)


def _person(seat: Seat, names: set[str]) -> tuple[Staff, str]:
    """Somebody for the seat, the same one for the same seed, and his password; his user name is added to ``names``."""
    rng = Random(f"{PLAN.seed}:{seat.role}:{seat.unit}")
    while True:
        family, given = rng.choice(PLAN.surnames), rng.choice(PLAN.given)
        username = syllables(family + given)
        if username not in names:
            break
    names.add(username)
    password = new_password()
    return Staff(username=username, last_name=family, first_name=given, email=f"{username}@{DOMAIN}", active=True,
                 post=seat.post[:64], phone=f"022-0000{rng.randrange(10_000):04d}", session_version=1,
                 password=generate_password_hash(password, method=HASHING)), password


def _without_password(session: Session, passwords: dict[str, str]) -> int:
    """Accounts whose password this data folder does not know (the database came from elsewhere) get a new one."""
    count = 0
    for person in session.scalars(select(Staff).where(Staff.email.endswith(f"@{DOMAIN}"))):
        if person.username not in passwords:
            passwords[person.username] = new_password()
            person.password = generate_password_hash(passwords[person.username], method=HASHING)
            person.session_version = (person.session_version or 1) + 1
            count += 1
    return count


def _letter_words(units: Mapping[str, Unit]) -> None:
    """Invented words for numbers, so that letters of the demonstration can be signed."""
    for fact in reference().units:
        unit = units.get(fact.code)
        if unit is not None and not unit.doc_word:
            unit.doc_word = fact.doc_word_placeholder


def _sections(session: Session, units: dict[str, Unit], bureau: Unit) -> None:
    for number, name in enumerate(PLAN.sections, 1):
        code = f"{bureau.code}-{number:02d}"
        if code not in units:
            units[code] = place(session, Unit(code=code, name=f"{bureau.name}{name}", short_name=name,
                                              kind=UnitKind.SECTION, position=bureau.position + number), bureau)


def _unit(units: Mapping[str, Unit], code: str) -> Unit:
    if code not in units:
        raise Refusal(_("The demonstration needs the unit %(code)s. Run yingshang upgrade first.", code=code))
    return units[code]

