"""The one door: everything that happens to a case happens here, for people, jobs and imports alike.

allowed here? role? guard? → event → state → clocks → effect → signal. Nothing here commits.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.exc import StaleDataError

from core import moment
from core.access.models import Unit
from core.access.rows import VIEWER
from core.access.viewer import Viewer, system_viewer
from core.audit import plain
from core.case import clocks, held
from core.case.models import Case, Event
from core.case.numbering import case_number, query_code
from core.case.workflow import CLOSED, Action, Meaning
from core.errors import Changed, FieldError, Invalid, NotAllowed, NotFound, Refusal
from core.rules.lookup import book
from core.signals import case_noted, case_opened, step_taken
from core.words import gettext as _

C = TypeVar("C", bound=Case)


@dataclass(frozen=True)
class Offer:
    """An action as it stands for one person now: possible, or not and why not."""

    action: Action
    enabled: bool
    reason: str = ""
    fields: list[str] = field(default_factory=list)


def open_case(session: Session, kind: type[C], actor: Viewer, *, unit: Unit, title: str, note: str = "",
              opened_at: dt.datetime | None = None, rule_day: dt.date | None = None, **fields: Any) -> C:
    """Open a case of ``kind`` in ``unit`` and start its first clocks. Flushes; the caller commits.

    Raises :class:`NotAllowed` without the kind's ``create`` permission for that unit.
    """
    identity = str(kind.__mapper__.polymorphic_identity)
    if not actor.reach(f"{identity}:create").covers(unit.id):
        raise NotAllowed(_("You may not open such a case for %(unit)s.", unit=str(unit)))
    at = opened_at or moment.now()
    workflow = kind.workflow
    if workflow.deadlines:  # read before the number is taken: the next one waits for it until this transaction ends
        book(session)
        clocks.calendar_of(session)
    case = kind(kind=identity, number=case_number(session, kind.number_code, moment.local(at).date()),
                query_code=query_code(), title=title[:255], state=workflow.initial,
                meaning=workflow.state(workflow.initial).meaning, workflow_version=workflow.version, unit_id=unit.id,
                bureau_id=unit.bureau_id or unit.id, created_by_id=actor.user_id, first_asker_id=actor.user_id,
                opened_at=at, updated_at=at, rule_day=rule_day or moment.local(at).date(), **fields)
    session.add(case)
    event = Event(at=at, kind="opened", to_state=workflow.initial, actor_id=actor.user_id, actor=actor.name,
                  unit_id=actor.unit_id, note=note, public=True, data={})
    case.events.append(event)
    held.follow(case, at)
    session.flush()
    clocks.follow(case, event)
    case_opened.send(kind, case=case, event=event)
    session.flush()
    return case


Asker = Callable[[Case, Action, Viewer, str, Mapping[str, Any], Sequence[int]], Event]
_askers: list[Asker] = []


def asks(asker: Asker) -> Asker:
    """Register who asks people for their approval of an action (:mod:`core.case.approving` does)."""
    _askers[:] = [asker]
    return asker


def do(case: Case, name: str, *, actor: Viewer, note: str = "", version: int | None = None,
       data: Mapping[str, Any] | None = None, at: dt.datetime | None = None, approvers: Sequence[int] = ()) -> Event:
    """Do the action ``name`` on ``case``; or, when others must agree to it first, ask them (and ``approvers``).

    ``version`` is what the person had before him: if somebody changed the case since, :class:`Changed` is raised with
    both versions and nothing happens. ``data`` is read by the action's schema. ``at`` is when it happened, for what is
    entered later.
    """
    session = session_of(case)
    action = case.workflow.action(name)
    if action is None:
        raise NotFound(_("There is no action %(action)s for this case.", action=name))
    if version is not None and version != case.version:
        raise Changed(_("Somebody else changed this case meanwhile. Look at it again, then decide."),
                      version=case.version, yours=version)
    given = _read(action, data)
    reason = hindrance(case, action, actor, given)
    if reason is not None:
        raise reason
    if action.note and not note.strip():
        raise Refusal(_("Give a reason."), "note")
    if action.approval is not None and actor.system is None:
        return _askers[0](case, action, actor, note.strip(), plain(data or {}), approvers)
    return _carry_out(session, case, action, actor, note.strip(), given, at or moment.now())


def fulfil(case: Case, action: Action, *, actor: Viewer, note: str, data: Mapping[str, Any],
           agreed: Sequence[str]) -> Event:
    """Do what was asked for and agreed to, in the name of ``actor`` who asked; all that holds for :func:`do` is checked
    again. ``agreed`` are the names of those who agreed.

    ``case.awaiting`` must be cleared by then. For :mod:`core.case.approving` alone.
    """
    given = _read(action, data)
    reason = hindrance(case, action, actor, given)
    if reason is not None:
        raise reason
    session = session_of(case)
    return _carry_out(session, case, action, actor, note, given, moment.now(), agreed=list(agreed))


def _carry_out(session: Session, case: Case, action: Action, actor: Viewer, note: str, given: Mapping[str, Any],
               at: dt.datetime, **more: Any) -> Event:
    event = _enter(session, case, action, actor, note, given, at)
    if more:
        event.data = {**event.data, **more}
    clocks.follow(case, event)
    if action.effect is not None:
        action.effect(case, event, given)
        clocks.refresh_due(case)
    step_taken.send(type(case), case=case, event=event, action=action, data=given)
    _flush(session, case)
    return event


def available(case: Case, actor: Viewer) -> list[Offer]:
    """The actions that ``actor`` may do on the case in its state, with the reason for each that cannot be done now.

    What can never be done by this person, or not in this state, is not offered.
    """
    offers = []
    for action in case.workflow.actions if case.merged_into_id is None else ():
        if action.system or case.state not in case.workflow.sources(action) or not _may(case, action, actor):
            continue
        if action.applies is not None and not action.applies(case):
            continue
        why = _under_way(case, action, actor)
        if why is None and action.guard is not None:
            why = action.guard(case, None)
        offers.append(Offer(action, why is None, "" if why is None else str(why)))
    return offers


def hindrance(case: Case, action: Action, actor: Viewer, data: Mapping[str, Any] | None) -> Refusal | None:
    """Why ``actor`` cannot do ``action`` on the case; None when he can."""
    if case.merged_into_id is not None:
        return Refusal(_("This case was merged into another one. Go on there, or undo the merge."))
    if case.state not in case.workflow.sources(action):
        return Refusal(_("“%(action)s” cannot be done while the case is “%(state)s”.", action=action.label,
                         state=case.state_info.label), state=case.state)
    if action.system and actor.system is None:
        return NotAllowed(_("“%(action)s” is done by the system only.", action=action.label))
    if not _may(case, action, actor):
        return NotAllowed(_("You may not do “%(action)s” on this case.", action=action.label))
    if action.applies is not None and not action.applies(case):
        return Refusal(_("“%(action)s” does not concern this case.", action=action.label))
    why = _under_way(case, action, actor)
    if why is None and action.guard is not None:
        why = action.guard(case, data)
    return None if why is None else Refusal(why)


def note_down(case: Case, actor: Viewer, text: str, *, public: bool = False) -> Event:
    """Add a note to the timeline."""
    if not text.strip():
        raise Refusal(_("Write something first."), "note")
    if not case.visible_to(actor):
        raise NotAllowed(_("You may not write in this case."))
    return add_event(case, actor, "note", note=text.strip(), public=public)


def add_event(case: Case, actor: Viewer, kind: str, *, action: str = "", note: str = "", public: bool = False,
              **data: Any) -> Event:
    """An entry of the timeline that changes no state. Flushes."""
    event = Event(at=moment.now(), kind=kind, action=action, from_state=case.state, to_state=case.state,
                  actor_id=actor.user_id, actor=actor.name, unit_id=actor.unit_id, note=note, public=public,
                  data=plain(data))
    session = session_of(case)
    with session.no_autoflush:  # a case that changes hands is written together with its event: see Case.writable_by
        case.events.append(event)
        case.updated_at = event.at
        held.follow(case, event.at)
    _flush(session, case)
    case_noted.send(type(case), case=case, event=event)
    return event


def need(case: Case, actor: Viewer, verb: str = "assign") -> None:
    """Refuse whoever lacks the kind's permission ``verb`` for this case."""
    if not actor.reach(f"{case.kind}:{verb}").covers(case.unit_id, (case.assignee_id,), actor.user_id):
        raise NotAllowed(_("You may not do this on this case."))


def session_of(case: Case) -> Session:
    """The session in which the case lies."""
    session = object_session(case)
    if session is None:
        raise RuntimeError("the case is in no session")
    return session


def _under_way(case: Case, action: Action, actor: Viewer) -> Any:
    """While people are asked to agree to one action, the case is not moved by another, nor asked about twice."""
    if not case.awaiting or actor.system is not None or (action.target is None and action.approval is None):
        return None
    waiting = case.workflow.action(case.awaiting)
    return _("“%(action)s” waits for approval. Withdraw the question first.", action=waiting.label if waiting else "")


def _may(case: Case, action: Action, actor: Viewer) -> bool:
    return actor.system is not None or actor.holds(action.roles, case.unit_id, (case.assignee_id,))


def _read(action: Action, data: Mapping[str, Any] | None) -> dict[str, Any]:
    if action.data is None:
        if data:
            raise Invalid([FieldError(name, _("This action takes no such field.")) for name in data])
        return {}
    try:
        return dict(action.data().load(dict(data or {})))
    except ValidationError as error:
        raise Invalid([FieldError(name, "; ".join(_flat(messages)))
                       for name, messages in dict(error.messages_dict).items()]) from None


def _flat(messages: Any) -> list[str]:
    if isinstance(messages, Mapping):
        return [text for inner in messages.values() for text in _flat(inner)]
    return [str(message) for message in messages] if isinstance(messages, list) else [str(messages)]


def _enter(session: Session, case: Case, action: Action, actor: Viewer, note: str, data: Mapping[str, Any],
           at: dt.datetime) -> Event:
    target = (_before(case) if action.back else None) or action.target
    event = Event(at=at, kind="action", action=action.name, from_state=case.state, to_state=target or case.state,
                  actor_id=actor.user_id, actor=actor.signature(action.roles, case.unit_id, (case.assignee_id,))[:128],
                  unit_id=actor.unit_id, note=note, public=action.public,
                  data=plain(data))
    case.events.append(event)
    case.updated_at = moment.now()
    if target is not None:
        state = case.workflow.state(target)
        case.state, case.meaning = state.name, state.meaning
        case.closed_at = at if state.meaning is CLOSED else None
        if state.meaning is CLOSED:
            case.result = action.closes or action.name
        elif case.result:
            case.result = ""
        held.follow(case, at)
    _flush(session, case)
    return event


def _before(case: Case) -> str | None:
    """The state from which the case came into the present one, when the workflow still has it."""
    found = next((event.from_state for event in reversed(case.events) if event.to_state == case.state
                  and event.from_state not in ("", case.state)), None)
    return found if found in case.workflow.by_name else None


def _flush(session: Session, case: Case) -> None:
    key, mine = case.id, case.version
    try:
        session.flush()
    except StaleDataError:
        with Session(session.get_bind()) as other:  # this one's transaction is over
            other.info[VIEWER] = system_viewer("which version the case has now")
            present = other.scalar(select(Case.version).where(Case.id == key))
        raise Changed(_("Somebody else changed this case meanwhile. Look at it again, then decide."), version=present,
                      yours=mine) from None


__all__ = ["Meaning", "Offer", "add_event", "asks", "available", "do", "fulfil", "hindrance", "need", "note_down", "open_case",
           "session_of"]
