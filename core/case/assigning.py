"""Who gets a new case: by rule, in turn, by load. A workflow says it (:class:`core.case.workflow.Assignment`), or the bureau
for itself (:mod:`core.case.arranging`)."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core import moment
from core.access.grants import build_viewer
from core.access.models import Appointment, Staff
from core.access.rows import beside, in_the_name_of
from core.access.standing_in import away
from core.access.viewer import system_viewer
from core.case import act
from core.case.arranging import assignment_of
from core.case.models import Case, Event
from core.case.numbering import next_number
from core.case.workflow import CLOSED, Assignment, Pick
from core.outbox.post import post
from core.signals import case_opened, handed_over, step_taken
from core.words import gettext as _


def find_somebody(case: Case) -> Staff | None:
    """Make somebody responsible for a case that nobody has, as its workflow says; None when it says nothing, or there is
    nobody there. Whoever it is is told."""
    if case.assignee_id is not None or case.meaning is CLOSED:
        return None
    session = act.session_of(case)
    declared = assignment_of(session, case)
    if declared is None:
        return None
    person = _by_rule(session, case, declared) or _of_several(session, case, declared)
    if person is None:
        return None
    suite = system_viewer("assignment", _("System"))
    with in_the_name_of(session, suite):  # whoever handed it over may not see it any more
        case.assignee_id = person.id
        event = act.add_event(case, suite, "assigned", to=person.id, name=person.name, how=declared.how.value)
    post(session, to=person.id, channel="inapp", subject=_("New for you: %(title)s", title=case.title),
         body=_("Case %(number)s was assigned to you.", number=case.number), dedupe_key=f"assigned:{event.id}",
         link=f"/cases/{case.number}", case_id=case.id)
    return person


@case_opened.connect
@step_taken.connect
@handed_over.connect
def _assign(_kind: type[Case], case: Case, event: Event, **_rest: Any) -> None:
    find_somebody(case)


def candidates(session: Session, case: Case, roles: Sequence[str]) -> list[Staff]:
    """Who holds one of ``roles`` today in the case's unit, else in its bureau; without those who are away, unless all are."""
    today = moment.today()
    held = session.execute(
        select(Appointment.unit_id, Staff).join(Staff, Staff.id == Appointment.user_id)
        .join(FabRole, FabRole.id == Appointment.role_id)
        .where(FabRole.name.in_(list(roles)), Staff.active.is_(True), Appointment.lent_by_id.is_(None),
               Appointment.unit_id.in_({case.unit_id, case.bureau_id}), Appointment.valid_from <= today,
               or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today)).order_by(Staff.id)).all()
    near = [staff for unit_id, staff in held if unit_id == case.unit_id] or [staff for _unit, staff in held]
    people = list(dict.fromkeys(near))
    gone = away(session, [person.id for person in people])
    return [person for person in people if person.id not in gone] or people


def _by_rule(session: Session, case: Case, declared: Assignment) -> Staff | None:
    name = declared.rule(case) if declared.rule is not None else None
    if not name:
        return None
    person = session.scalars(select(Staff).where(Staff.username == name, Staff.active.is_(True))).one_or_none()
    if person is None or not build_viewer(session, person.id).reach(f"{case.kind}:read").covers(case.unit_id):
        return None  # a rule that names nobody who works there is no rule
    return person


def _of_several(session: Session, case: Case, declared: Assignment) -> Staff | None:
    people = candidates(session, case, declared.roles)
    if not people:
        return None
    if declared.how is Pick.IN_TURN:
        turn = next_number(session, f"turn/{case.kind}/{case.unit_id}/{declared.states[0]}")
        return people[(turn - 1) % len(people)]
    with beside(session, "who has least to do") as everything:
        load = {row[0]: row[1] for row in everything.execute(
            select(Case.assignee_id, func.count()).where(
                Case.assignee_id.in_([person.id for person in people]), Case.meaning != CLOSED).group_by(Case.assignee_id))}
    return min(people, key=lambda person: (load.get(person.id, 0), person.id))
