"""Who is meant: the person who has a case, the people of its unit or bureau, the holders of a role."""
from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from core import moment
from core.access.grants import ADMIN
from core.access.models import Appointment, Scope
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
        people += [held.user_id for held in _held(session, case.module, {*units, case.unit_id, case.bureau_id}, anywhere=True)
                   if held.unit_id in units or held.role.name in roles]
    return list(dict.fromkeys([*people, *deputies(session, people)]))


def people_of(session: Session, module: str, units: Iterable[int]) -> dict[int, list[int]]:
    """Of each of these units, whoever holds a role of the module in it today, and those who stand in for him: three
    statements at most, however many units there are."""
    wanted = set(units)
    held = _held(session, module, wanted, anywhere=False)
    found: dict[int, list[int]] = {unit: [] for unit in wanted}
    for one in held:
        if one.user_id not in found[one.unit_id]:
            found[one.unit_id].append(one.user_id)
    return {unit: list(dict.fromkeys([*people, *deputies(session, people)])) for unit, people in found.items()}


def _held(session: Session, module: str, units: set[int], *, anywhere: bool) -> list[Appointment]:
    """The roles of a module that are held in these units today; with ``anywhere`` also those whose reach is the district."""
    today = moment.today()
    here = Appointment.unit_id.in_(sorted(units))
    rows = session.scalars(
        select(Appointment).options(joinedload(Appointment.role), joinedload(Appointment.unit))
        .where(Appointment.valid_from <= today, or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today))
        .where(or_(here, Appointment.scope == Scope.ALL) if anywhere else here).order_by(Appointment.id))
    return [held for held in rows if held.role.name != ADMIN and held.role.name.startswith(f"{module}.")]
