"""Who has a case: assigning, passing on (转办), returning with a ground (退回), reopening, reading for a time."""
from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from core import moment
from core.access.grants import build_viewer, reader_source
from core.access.models import Staff, Unit
from core.access.viewer import Viewer
from core.audit import record
from core.case import clocks
from core.case.act import add_event
from core.case.models import Case, CaseReader, CaseTask, Evaluation, Event
from core.case.workflow import CLOSED
from core.errors import NotAllowed, NotFound, Refusal
from core.words import gettext as _


def assign(case: Case, person: Staff, *, actor: Viewer, note: str = "") -> Event:
    """Make ``person`` responsible. He must be one who sees the case by his own roles."""
    _need(case, actor)
    session = _session(case)
    if not build_viewer(session, person.id).reach(f"{case.kind}:read").covers(case.unit_id):
        raise Refusal(_("%(person)s has no role in %(unit)s that lets him work on this case.", person=person.name,
                        unit=str(case.unit)), "person")
    before = case.assignee_id
    case.assignee_id = person.id
    return add_event(case, actor, "assigned", note=note, before=before, to=person.id, name=person.name)


def pass_on(case: Case, unit: Unit, *, actor: Viewer, note: str) -> Event:
    """转办: hand the case to another unit. The clocks run on; the assignee is for the new unit to name."""
    _need(case, actor)
    _reason(note)
    if unit.id == case.unit_id:
        raise Refusal(_("The case is with %(unit)s already.", unit=str(unit)), "unit")
    before = case.unit_id
    case.unit_id, case.bureau_id, case.assignee_id = unit.id, unit.bureau_id or unit.id, None
    return add_event(case, actor, "passed_on", note=note, before=before, to=unit.id, name=str(unit), public=False)


def send_back(case: Case, *, actor: Viewer, note: str) -> Event:
    """退回: return the case, with the ground, to the unit that passed it on."""
    _need(case, actor)
    _reason(note)
    last = next((event for event in reversed(case.events) if event.kind == "passed_on"
                 and event.data.get("to") == case.unit_id), None)
    if last is None:
        raise Refusal(_("Nobody passed this case on to this unit, so there is nowhere to return it to."))
    unit = _session(case).get(Unit, last.data["before"])
    if unit is None:
        raise Refusal(_("The unit that passed the case on does not exist any more."))
    case.unit_id, case.bureau_id, case.assignee_id = unit.id, unit.bureau_id or unit.id, None
    case.returns += 1
    return add_event(case, actor, "returned", note=note, to=unit.id, name=str(unit), times=case.returns)


def reopen(case: Case, *, actor: Viewer, note: str, state: str | None = None) -> Event:
    """Open a closed case again, with a reason, in the state it was in before it was closed (or in ``state``)."""
    if case.meaning is not CLOSED:
        raise Refusal(_("This case is open."))
    _need(case, actor, "reopen")
    _reason(note)
    before = next((event.from_state for event in reversed(case.events) if event.to_state == case.state
                   and event.from_state != case.state), case.workflow.initial)
    target = case.workflow.state(state or before)
    closed = case.state
    case.state, case.meaning, case.closed_at, case.result = target.name, target.meaning, None, ""
    event = add_event(case, actor, "reopened", action="reopen", note=note, public=True, before=closed)
    event.from_state = closed
    clocks.follow(case, event)
    _session(case).flush()
    return event


def add_task(case: Case, title: str, *, actor: Viewer, person: Staff | None = None, due_on: dt.date | None = None) -> CaseTask:
    """Something to be done for the case beside its steps."""
    if not title.strip():
        raise Refusal(_("Say what is to be done."), "title")
    if not case.visible_to(actor):
        raise NotAllowed(_("You may not write in this case."))
    task = CaseTask(title=title.strip(), assignee_id=person.id if person else None, due_on=due_on)
    case.tasks.append(task)
    add_event(case, actor, "task", note=title.strip())
    return task


def finish_task(task: CaseTask, *, actor: Viewer) -> CaseTask:
    """Tick a task off; a second time changes nothing."""
    if task.done_at is None:
        task.done_at, task.done_by_id = moment.now(), actor.user_id
        add_event(task.case, actor, "task_done", note=task.title)
    return task


def evaluate(case: Case, score: int, comment: str = "", *, actor: Viewer, channel: str = "staff") -> Evaluation:
    """Record what the one who was served thinks of it: once, after the case is closed, 1 to 5."""
    if case.meaning is not CLOSED:
        raise Refusal(_("A case can be rated when it is closed."))
    if case.evaluation is not None:
        raise Refusal(_("This case was rated already."))
    if not 1 <= score <= 5:
        raise Refusal(_("Give a score from 1 to 5."), "score")
    made = Evaluation(score=score, comment=comment, channel=channel, at=moment.now())
    case.evaluation = made
    add_event(case, actor, "evaluated", note=comment, public=True, score=score)
    return made


def let_read(session: Session, case: Case, person: Staff, until: dt.datetime, reason: str, *, actor: Viewer) -> CaseReader:
    """Let ``person`` read this one case until a moment, because he must decide something in it. On record."""
    _need(case, actor)
    made = CaseReader(case_id=case.id, user_id=person.id, until=until, reason=reason)
    session.add(made)
    record(session, "granted", "core_case", case.id, case.number, to=person.name, until=until, reason=reason)
    session.flush()
    return made


@reader_source
def _readable(session: Session, user_id: int) -> list[int]:
    return list(session.scalars(select(CaseReader.case_id)
                                .where(CaseReader.user_id == user_id, CaseReader.until > moment.now()).limit(500)))


def unit_named(session: Session, code: str) -> Unit:
    """The unit with that code; :class:`NotFound` when there is none."""
    unit = session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
    if unit is None:
        raise NotFound(_("There is no unit %(code)s.", code=code))
    return unit


def _need(case: Case, actor: Viewer, verb: str = "assign") -> None:
    if not actor.reach(f"{case.kind}:{verb}").covers(case.unit_id, (case.assignee_id,), actor.user_id):
        raise NotAllowed(_("You may not do this on this case."))


def _reason(note: str) -> None:
    if not note.strip():
        raise Refusal(_("Give a reason."), "note")


def _session(case: Case) -> Session:
    session = object_session(case)
    if session is None:
        raise RuntimeError("the case is in no session")
    return session
