"""Who else sees a need: the street in which the enterprise is registered, the officer of a district to which it moved, the
leader who takes care of it. For reading, on record, as long as the need may last."""
from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from addons.districts.effects.common import actor_of
from addons.districts.models import Contact, Need, Post, Serving
from core import moment
from core.access import Appointment, Unit, UnitKind, Viewer, build_viewer
from core.access.models import Staff
from core.case import act, duty
from core.case.models import CaseTask, Event, Watcher
from core.case.recipients import recipients
from core.case.workflow import CLOSED
from core.outbox.post import post
from core.party.models import Enterprise
from core.signals import step_taken
from core.words import gettext as _

READING = dt.timedelta(days=365)
DECIDE, HUB, REVIEW = "leader.decide", "hub.decide", "hub.review"
"""What tells these tasks from what people write down to be done."""


def observe(session: Session, need: Need, person: Staff, reason: str, actor: Viewer) -> bool:
    """Let ``person`` follow the need: he reads it, and is told of every step. Again changes nothing."""
    if session.scalar(select(Watcher.id).where(Watcher.case_id == need.id, Watcher.user_id == person.id)) is not None:
        return False
    if not need.visible_to(build_viewer(session, person.id)):
        duty.open_to(need, person, moment.now() + READING, reason, actor=actor)
    session.add(Watcher(case=need, user_id=person.id, added_at=moment.now()))
    act.add_event(need, actor, "copied", note=reason, name=person.name)
    post(session, to=person.id, channel="inapp", subject=_("For your information: %(title)s", title=need.title), body=reason,
         dedupe_key=f"districts:observe:{need.id}:{person.id}", link=f"/cases/{need.number}", case_id=need.id)
    return True


def tell_other_street(session: Session, need: Need, enterprise: Enterprise | None, actor: Viewer) -> None:
    """An enterprise that is registered in one street and works in another: both see its need, one has it."""
    if enterprise is None or not enterprise.registered_address or not enterprise.business_address:
        return
    if enterprise.registered_address == enterprise.business_address:
        return
    written = literal(enterprise.registered_address)
    other = session.scalars(select(Unit).where(
        Unit.kind == UnitKind.STREET, Unit.active.is_(True), Unit.id != need.street_id,
        or_(written.contains(Unit.short_name), written.contains(Unit.name))).limit(1)).one_or_none()
    if other is None:
        return
    for person in _leads(session, other):
        observe(session, need, person, _("%(name)s is registered in %(street)s.", name=need.enterprise_name,
                                         street=str(other)), actor)


def follow_moved(session: Session, enterprises: Collection[int], actor: Viewer) -> int:
    """Enterprises have moved to another officer: he observes their open needs, which stay where they are. How many."""
    told, today, keys = 0, moment.today(), sorted(enterprises)
    for start in range(0, len(keys), 500):
        rows = session.execute(
            select(Need, Staff).join(Serving, Serving.enterprise_id == Need.enterprise_id)
            .join(Post, Post.id == Serving.post_id).join(Staff, Staff.id == Post.user_id).where(
                Need.enterprise_id.in_(keys[start:start + 500]), Need.meaning != CLOSED, Serving.valid_from <= today,
                Serving.valid_to > today, or_(Need.assignee_id.is_(None), Need.assignee_id != Post.user_id)))
        for need, person in rows.all():
            told += observe(session, need, person, _("The enterprise has moved: its open need stays with %(street)s.",
                                                     street=str(need.unit)), actor)
    return told


def leaders_of(session: Session, need: Need) -> Iterable[Contact]:
    """Who takes care of the need's enterprise or, where nobody does, of its street."""
    today = moment.today()
    found = session.scalars(select(Contact).where(
        Contact.duty == "leader", Contact.unit_id == need.street_id, Contact.valid_from <= today, Contact.valid_to > today,
        or_(Contact.enterprise_id.is_(None), Contact.enterprise_id == need.enterprise_id)).order_by(Contact.id)).all()
    return [each for each in found if each.enterprise_id is not None] or found


def tell_leaders(session: Session, need: Need, actor: Viewer) -> None:
    """The need was raised: those leaders who have an account may read exactly this one, and find it among what they have to
    do until it is decided."""
    for contact in leaders_of(session, need):
        person = session.get(Staff, contact.user_id) if contact.user_id is not None else None
        if person is not None:
            observe(session, need, person, _("Raised to the leader who takes care of it."), actor)
            duty.add_task(need, _("Decide on the lead unit, the day and the way"), actor=actor, person=person).item = DECIDE


def ask_hub(session: Session, need: Need, actor: Viewer, title: str, item: str = HUB) -> None:
    """The coordinators find the need among what they have to do until one of them has decided."""
    if any(task.item == item and task.done_at is None for task in need.tasks):
        return
    people = recipients(session, need, ("districts.hub",))
    need.tasks += [CaseTask(title=title, assignee_id=person, item=item) for person in people]
    if people:
        act.add_event(need, actor, "task", note=title)


@step_taken.connect
def it_is_decided(_sender: Any, case: Any, event: Event, **_rest: Any) -> None:
    """However it left the leader or the hub, it is no longer theirs to decide."""
    if not isinstance(case, Need):
        return
    over = {DECIDE: event.from_state == "leader" != event.to_state, REVIEW: event.action in ("uphold", "overturn"),
            HUB: event.from_state in ("returned", "hub") and event.from_state != event.to_state}
    for task in case.tasks:
        if task.done_at is None and over.get(task.item or ""):
            duty.finish_task(task, actor=actor_of(event, "it is decided"))


def _leads(session: Session, street: Unit) -> list[Staff]:
    from flask_appbuilder.security.sqla.models import Role

    today = moment.today()
    return list(session.scalars(
        select(Staff).join(Appointment, Appointment.user_id == Staff.id).join(Role, Role.id == Appointment.role_id)
        .where(Role.name == "districts.street_lead", Appointment.unit_id == street.id, Appointment.valid_from <= today,
               or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today), Staff.active.is_(True))
        .distinct().limit(5)))
