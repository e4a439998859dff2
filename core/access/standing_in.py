"""AB角: while somebody is away, another one holds his roles too, and acts by them in his place.

What is lent are appointments like any other, with their days, so that the row rule, its explanation and its proof need to
know nothing new. A lent role never outlasts the one it is lent from, is not lent on, and administrators' is not lent.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, event, or_, select, update
from sqlalchemy.orm import Mapper, Session, joinedload

from core import moment
from core.access.grants import ADMIN
from core.access.models import Appointment, Staff
from core.audit import record
from core.errors import Refusal
from core.words import gettext as _

LONGEST = dt.timedelta(days=90)


@dataclass(frozen=True)
class StandIn:
    """Who stands in for whom, from which day to which."""

    person: Staff
    deputy: Staff
    first: dt.date
    last: dt.date


def lend(session: Session, person: Staff, deputy: Staff, first: dt.date, last: dt.date, reason: str) -> list[Appointment]:
    """Let ``deputy`` hold what ``person`` holds, from the day ``first`` to the day ``last``. Flushes."""
    if person.id == deputy.id or not deputy.active:
        raise Refusal(_("Choose somebody else who works here."), "deputy")
    if last < first or last < moment.today():
        raise Refusal(_("The last day lies before the first, or is over."), "last")
    if last - first > LONGEST:
        raise Refusal(_("At most %(days)s days at a time.", days=LONGEST.days), "last")
    if not reason.strip():
        raise Refusal(_("Give a reason."), "reason")
    if _lent(session, person, first, last):
        raise Refusal(_("Somebody stands in on these days already. End that first."), "first")
    made = [Appointment(user_id=deputy.id, role_id=held.role_id, unit_id=held.unit_id, scope=held.scope,
                        custom_units=held.custom_units, valid_from=max(first, held.valid_from),
                        valid_to=min(last, held.valid_to or last), lent_by_id=person.id, lent_from_id=held.id)
            for held in _held(session, person, first, last)]
    if not made:
        raise Refusal(_("There is no role to be held in this person's place on these days."), "deputy")
    session.add_all(made)
    record(session, "stands in", Staff.__tablename__, deputy.id, deputy.name, instead_of=person.name, first=first, last=last,
           reason=reason.strip())
    session.flush()
    return made


def end(session: Session, person: Staff, deputy: Staff) -> None:
    """It is over: from today on the deputy holds nothing more in the person's place."""
    yesterday = moment.today() - dt.timedelta(days=1)
    for held in session.scalars(select(Appointment).where(
            Appointment.lent_by_id == person.id, Appointment.user_id == deputy.id, Appointment.valid_to > yesterday)).all():
        if held.valid_from > yesterday:
            session.delete(held)
        else:
            held.valid_to = yesterday
    record(session, "stands in no longer", Staff.__tablename__, deputy.id, deputy.name, instead_of=person.name)
    session.flush()


def arrangements(session: Session, people: Iterable[int] = ()) -> Sequence[StandIn]:
    """Who stands in for one of ``people``, or one of them for whom, today or later."""
    keys = sorted(set(people))
    rows = session.scalars(select(Appointment).where(
        Appointment.lent_by_id.is_not(None), Appointment.valid_to >= moment.today(),
        or_(Appointment.lent_by_id.in_(keys), Appointment.user_id.in_(keys)))
        .options(joinedload(Appointment.user)).order_by(Appointment.id).limit(200)).all()
    names = {each.id: each for each in session.scalars(select(Staff).where(Staff.id.in_({r.lent_by_id for r in rows})))}
    found: dict[tuple[int, int], StandIn] = {}
    for row in rows:
        if row.lent_by_id is not None and row.valid_to is not None:
            known = found.get((row.lent_by_id, row.user_id))
            found[row.lent_by_id, row.user_id] = StandIn(
                names[row.lent_by_id], row.user, min(row.valid_from, known.first) if known else row.valid_from,
                max(row.valid_to, known.last) if known else row.valid_to)
    return list(found.values())


def deputies(session: Session, people: Iterable[int]) -> list[int]:
    """Who stands in for one of ``people`` today. One statement."""
    keys, today = sorted(set(people)), moment.today()
    if not keys:
        return []
    return list(session.scalars(select(Appointment.user_id).where(
        Appointment.lent_by_id.in_(keys), Appointment.valid_from <= today, Appointment.valid_to >= today).distinct()
        .order_by(Appointment.user_id)))


def away(session: Session, people: Iterable[int]) -> set[int]:
    """Those of ``people`` in whose place somebody stands today: new work goes to others."""
    keys, today = sorted(set(people)), moment.today()
    return set(session.scalars(select(Appointment.lent_by_id).where(
        Appointment.lent_by_id.in_(keys), Appointment.valid_from <= today, Appointment.valid_to >= today))) if keys else set()


def _held(session: Session, person: Staff, first: dt.date, last: dt.date) -> Sequence[Appointment]:
    rows = session.scalars(select(Appointment).where(
        Appointment.user_id == person.id, Appointment.lent_by_id.is_(None), Appointment.valid_from <= last,
        or_(Appointment.valid_to.is_(None), Appointment.valid_to >= first)).options(joinedload(Appointment.role)))
    return [held for held in rows if held.role.name != ADMIN]


def _lent(session: Session, person: Staff, first: dt.date, last: dt.date) -> bool:
    return session.scalar(select(Appointment.id).where(
        Appointment.lent_by_id == person.id, Appointment.valid_from <= last,
        Appointment.valid_to >= first).limit(1)) is not None


@event.listens_for(Appointment, "after_update")
def _not_longer(_mapper: Mapper[Appointment], connection: Connection, held: Appointment) -> None:
    """An appointment ended: what was lent from it ends with it; what was to begin later never holds."""
    if held.lent_from_id is None and held.valid_to is not None:
        table = Appointment.__table__
        lent = table.c.lent_from_id == held.id
        connection.execute(table.delete().where(lent, table.c.valid_from > held.valid_to))
        connection.execute(update(table).where(lent, table.c.valid_to > held.valid_to).values(valid_to=held.valid_to))
