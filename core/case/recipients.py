"""Who is meant: the person who has a case, the people of its unit or bureau, the holders of a role."""
from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from core import moment
from core.access.grants import ADMIN
from core.access.models import Appointment, Scope, Unit
from core.access.standing_in import deputies
from core.case.models import Case


def recipients(session: Session, case: Case, to: Iterable[str]) -> list[int]:
    """The people meant by ``assignee``, ``unit``, ``bureau`` or a role's name, each once.

    A case that nobody has is everybody's in its unit. Whoever stands in for one of them today is meant too.
    """
    wanted = set(to)
    people: list[int] = []
    if "assignee" in wanted:
        if case.assignee_id is not None:
            people.append(case.assignee_id)
        else:
            wanted.add("unit")
    units = {case.unit_id} if "unit" in wanted else set()
    units |= {case.bureau_id} if "bureau" in wanted else set()
    roles = wanted - {"assignee", "unit", "bureau"}
    if units or roles:
        people += _holders(session, case, units, roles)
    return list(dict.fromkeys([*people, *deputies(session, people)]))


def _holders(session: Session, case: Case, units: set[int], roles: set[str]) -> list[int]:
    today = moment.today()
    rows = session.execute(
        select(Appointment).options(joinedload(Appointment.role), joinedload(Appointment.unit))
        .where(Appointment.valid_from <= today, or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today))
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(or_(Appointment.unit_id.in_([*units, case.unit_id, case.bureau_id]), Appointment.scope == Scope.ALL))
    ).scalars()
    found = []
    for held in rows:
        if held.role.name == ADMIN or not held.role.name.startswith(f"{case.module}."):
            continue
        if held.unit_id in units or held.role.name in roles:
            found.append(held.user_id)
    return found
