"""Keeping the people: accounts, passwords, and the roles that people hold in units.

Every function checks, changes, flushes and is logged. Accounts are switched off, appointments end; neither is deleted,
because cases go on naming who did what.
"""
from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Sequence

from flask_appbuilder.exceptions import PasswordComplexityValidationError
from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_appbuilder.validators import default_password_complexity
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from core import moment, parameters
from core.access import Scope
from core.access.grants import ADMIN, appoint
from core.access.models import Appointment, Staff, Unit
from core.audit import record
from core.errors import FieldError, Invalid, Refusal
from core.words import gettext as _

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,63}")
SHORTEST_PASSWORD = 12
DOUBLE_SURNAMES = frozenset({"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "端木",
                             "夏侯", "呼延", "独孤", "南宫", "闻人", "长孙", "宇文", "轩辕"})
_SMALL, _CAPITAL, _DIGIT = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"


def new_password() -> str:
    """Sixteen characters to be read aloud: four groups, no look-alikes, more than 70 bits."""
    def draw(letters: str, count: int) -> str:
        return "".join(secrets.choice(letters) for _ in range(count))

    return "-".join((draw(_CAPITAL, 1) + draw(_SMALL, 3), draw(_SMALL, 4), draw(_CAPITAL, 1) + draw(_SMALL, 3),
                     draw(_DIGIT, 4)))


def split_name(name: str) -> tuple[str, str]:
    """A name as it is written, as family name and given name; two-character family names are known."""
    name = "".join(name.split())
    length = 2 if len(name) > 2 and name[:2] in DOUBLE_SURNAMES else 1
    return name[:length], name[length:]


def password_fault(password: str, username: str = "", name: str = "", shortest: int = SHORTEST_PASSWORD) -> str | None:
    """Why ``password`` is not taken, or None: long enough, of four kinds, without the account's own name."""
    if len(password) < shortest:
        return _("A password has at least %(count)s characters.", count=shortest)
    lowered = password.lower()
    if (username and username.lower() in lowered) or (name and name in password):
        return _("A password does not contain the name of its owner.")
    try:
        default_password_complexity(password)
    except PasswordComplexityValidationError:
        return password_rule(shortest)
    return None


def password_rule(shortest: int) -> str:
    """What a password has to be, in a sentence: shown before it is typed, and when it was not."""
    return _("At least %(count)s characters, among them two capital letters, three small ones, two digits and one other sign.",
             count=shortest)


def create_person(session: Session, *, username: str, name: str, password: str, phone: str = "", post: str = "",
                  email: str = "") -> Staff:
    """A new account; its first password must be changed at the first sign-in.

    Raises :class:`~core.errors.Invalid` with every fault by field.
    """
    username, name, email = username.strip().lower(), name.strip(), email.strip()
    faults = []
    if not USERNAME.fullmatch(username):
        faults.append(FieldError("username", _("A user name begins with a letter; small letters, digits, dots and dashes "
                                               "follow.")))
    elif _taken(session, Staff.username, username):
        faults.append(FieldError("username", _("The user name %(name)s is taken.", name=username)))
    if len(name) < 2 or len(name) > 64:
        faults.append(FieldError("name", _("Give the whole name: family name and given name.")))
    if email and ("@" not in email or _taken(session, Staff.email, email)):
        faults.append(FieldError("email", _("This e-mail address is taken or is none.")))
    if wrong := password_fault(password, username, name, shortest_password(session)):
        faults.append(FieldError("password", wrong))
    if faults:
        raise Invalid(faults)
    family, given = split_name(name)
    person = Staff(username=username, last_name=family, first_name=given, email=email or f"{username}@localhost",
                   phone=phone.strip() or None, post=post.strip() or None, active=True, session_version=1,
                   password=generate_password_hash(password), must_change_password=True)
    session.add(person)
    session.flush()
    return person


def rename_person(session: Session, person: Staff, name: str) -> Staff:
    """The name in full; what was signed under the old one keeps it."""
    if "".join(name.split()) != person.name:
        if not 2 <= len(name.strip()) <= 64:
            raise Refusal(_("Give the whole name: family name and given name."), "name")
        person.last_name, person.first_name = split_name(name)
        session.flush()
    return person


def reset_password(session: Session, person: Staff, password: str) -> Staff:
    """Give ``person`` a new password, to be changed at the next sign-in; sessions end, a lock is lifted."""
    if wrong := password_fault(password, person.username, person.name, shortest_password(session)):
        raise Refusal(wrong, "password")
    person.password = generate_password_hash(password)
    person.session_version = (person.session_version or 1) + 1
    person.must_change_password = True
    person.fail_login_count = 0
    record(session, "password reset", Staff.__tablename__, person.id, person.username)
    session.flush()
    return person


def deactivate_person(session: Session, person: Staff, by: int | None = None) -> Staff:
    """Switch an account off: it ends its sessions at once. ``by`` is who does it, and cannot be the person himself."""
    if by is not None and person.id == by:
        raise Refusal(_("You cannot switch your own account off."))
    _keep_an_administrator(session, person)
    person.active = False
    person.session_version = (person.session_version or 1) + 1
    session.flush()
    return person


def activate_person(session: Session, person: Staff) -> Staff:
    """Switch an account on again; a lock after wrong passwords is lifted."""
    person.active = True
    person.fail_login_count = 0
    session.flush()
    return person


def make_administrator(session: Session, username: str, name: str, unit: Unit) -> tuple[Staff, str]:
    """An account that administers the suite from ``unit``, with a new password to be changed at the first sign-in.

    One that is there already is let in again: switched on, unlocked, its sessions ended. For the first
    administrator of an installation, and for one whom nobody can help any more. Returns the account and its password.
    """
    password = new_password()
    person = session.scalars(select(Staff).where(func.lower(Staff.username) == username.strip().lower())).one_or_none()
    if person is None:
        person = create_person(session, username=username, name=name, password=password)
    else:
        activate_person(session, person)
        reset_password(session, person, password)
    if session.scalars(administrators().where(Appointment.user_id == person.id).limit(1)).first() is None:
        give_role(session, person, ADMIN, unit, Scope.ALL)
    return person, password


def give_role(session: Session, person: Staff, role: str, unit: Unit, scope: Scope = Scope.UNIT_TREE, *,
              custom_units: Sequence[int] = (), valid_from: dt.date | None = None,
              valid_to: dt.date | None = None) -> Appointment:
    """Appoint ``person``; refused when the account or the unit is switched off, or the days are the wrong way round."""
    if not person.active:
        raise Refusal(_("The account %(name)s is switched off.", name=person.username), "user")
    if not unit.active:
        raise Refusal(_("%(unit)s is switched off.", unit=unit), "unit")
    if valid_to is not None and valid_to < (valid_from or moment.today()):
        raise Refusal(_("The last day lies before the first."), "valid_to")
    return appoint(session, person, role, unit, scope, custom_units=custom_units, valid_from=valid_from,
                   valid_to=valid_to)


def end_appointment(session: Session, appointment: Appointment, last_day: dt.date | None = None) -> None:
    """Let an appointment end with ``last_day`` (default: yesterday, so that it holds no more).

    One that would end before its first day never held: its row goes, and the log keeps that it was there.
    """
    day = last_day if last_day is not None else moment.today() - dt.timedelta(days=1)
    if appointment.role.name == ADMIN and day < moment.today():
        _keep_an_administrator(session, appointment.user, appointment)
    if day < appointment.valid_from:
        session.delete(appointment)
    else:
        appointment.valid_to = day
    session.flush()


def administrators() -> Select[int]:
    """Who administers the suite today: the ids of their accounts, one for each appointment."""
    today = moment.today()
    return (select(Appointment.user_id).join(FabRole, FabRole.id == Appointment.role_id)
            .join(Staff, Staff.id == Appointment.user_id)
            .where(FabRole.name == ADMIN, Staff.active.is_(True), Appointment.valid_from <= today,
                   or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today)))


def _keep_an_administrator(session: Session, person: Staff, appointment: Appointment | None = None) -> None:
    """Refuse what would leave the suite without anybody who administers it."""
    held = administrators()
    mine = held.where(Appointment.user_id == person.id)
    if session.scalars(mine.limit(1)).first() is None:
        return
    others = held.where(Appointment.user_id != person.id) if appointment is None else held.where(
        Appointment.id != appointment.id)
    if session.scalars(others.limit(1)).first() is None:
        raise Refusal(_("%(name)s is the only administrator. Appoint another one first.", name=person.name))


def shortest_password(session: Session) -> int:
    """How many characters a password has at least, as the house has set it."""
    return int(parameters.values(session)["security.password_length"])


def _taken(session: Session, column: object, value: str) -> bool:
    return session.scalar(select(Staff.id).where(func.lower(column) == value.lower()).limit(1)) is not None
