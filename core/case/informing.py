"""Who is kept informed (抄送) and who is urged (催办)."""
from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from core import moment
from core.access.grants import build_viewer
from core.access.models import Staff
from core.access.viewer import Viewer
from core.case import act, duty
from core.case.approving import asked_now, pending
from core.case.models import Case, Event, Watcher
from core.case.recipients import recipients
from core.case.workflow import CLOSED, Action
from core.errors import Refusal
from core.outbox.post import post
from core.signals import step_taken
from core.words import gettext as _

READING = dt.timedelta(days=30)
"""How long somebody who does not see a case by his own roles may read it when it is copied to him."""
PATIENCE = dt.timedelta(hours=4)
"""One person urges a case once in this time."""


def copy_to(case: Case, person: Staff, *, actor: Viewer, note: str = "") -> Event:
    """抄送: ``person`` is told of every step from now on. Who does not see the case by his roles may read it for a time."""
    act.need(case, actor)
    session = act.session_of(case)
    if session.scalar(select(Watcher.id).where(Watcher.case_id == case.id, Watcher.user_id == person.id)) is not None:
        raise Refusal(_("%(person)s is kept informed of this case already.", person=person.name), "person")
    if not case.visible_to(build_viewer(session, person.id)):
        duty.open_to(case, person, moment.now() + READING, _("Copied to him"), actor=actor)
    session.add(Watcher(case=case, user_id=person.id, added_at=moment.now()))
    post(session, to=person.id, channel="inapp", subject=_("Copied to you: %(title)s", title=case.title),
         body=note or _("%(name)s keeps you informed of this case.", name=actor.name), case_id=case.id,
         dedupe_key=f"copy:{case.id}:{person.id}:{len(case.events)}", link=f"/cases/{case.number}")
    return act.add_event(case, actor, "copied", note=note, name=person.name)


def stop_copying(case: Case, user_id: int, *, actor: Viewer) -> None:
    """Somebody is no longer kept informed: himself whenever he likes, others by whoever manages the case."""
    if user_id != actor.user_id:
        act.need(case, actor)
    session = act.session_of(case)
    for watcher in session.scalars(select(Watcher).where(Watcher.case_id == case.id, Watcher.user_id == user_id)).all():
        session.delete(watcher)
    session.flush()


def urge(case: Case, *, actor: Viewer, note: str = "") -> Event:
    """催办: remind whoever has to act now: those who are asked to approve, else the one who has the case, else its unit."""
    if case.meaning is CLOSED:
        raise Refusal(_("This case is closed."))
    since = moment.now() - PATIENCE
    if any(e.kind == "urged" and e.actor_id == actor.user_id and e.at > since for e in case.events):
        raise Refusal(_("You urged this case a short while ago. Give them time."))
    session, found = act.session_of(case), pending(case)
    if found is not None:
        people = [person for vote in asked_now(found) for person in (
            [vote.user_id] if vote.user_id is not None else recipients(session, case, (vote.role,)))]
    else:
        people = recipients(session, case, ("assignee",))
    people = [person for person in people if person != actor.user_id]
    if not people:
        raise Refusal(_("There is nobody to urge: the case is with nobody but you."))
    event = act.add_event(case, actor, "urged", note=note, people=len(people))
    for person in people:
        post(session, to=person, channel="inapp", subject=_("Urged: %(title)s", title=case.title),
             body=note or _("%(name)s asks you to go on with this case.", name=actor.name), case_id=case.id,
             dedupe_key=f"urge:{event.id}:{person}", link=f"/cases/{case.number}")
    return event


@step_taken.connect
def tell_watchers(_kind: type[Case], case: Case, event: Event, action: Action, **_rest: Any) -> None:
    """Tell those who are kept informed of a step, but for whoever took it. One statement when there is nobody."""
    session = act.session_of(case)
    for user_id in session.scalars(select(Watcher.user_id).where(Watcher.case_id == case.id)).all():
        if user_id != event.actor_id:
            post(session, to=user_id, channel="inapp", subject=f"{action.label}: {case.title}",
                 body=event.note or _("%(name)s took this step.", name=event.actor), case_id=case.id,
                 dedupe_key=f"step:{event.id}:{user_id}", link=f"/cases/{case.number}")
