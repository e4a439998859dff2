"""Who has a case: assigning, passing on (转办), returning with a ground (退回), reopening, reading for a time."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core import moment
from core.access.grants import build_viewer, reader_source
from core.access.models import Staff, Unit
from core.access.viewer import Viewer
from core.audit import record
from core.case import clocks
from core.case.act import add_event, need, session_of
from core.case.models import Case, CaseReader, CaseTask, Evaluation, Event
from core.case.workflow import CLOSED
from core.errors import NotAllowed, NotFound, Refusal
from core.signals import handed_over
from core.words import gettext as _


def assign(case: Case, person: Staff, *, actor: Viewer, note: str = "") -> Event:
    """Make ``person`` responsible. He must be one who sees the case by his own roles."""
    need(case, actor)
    session = session_of(case)
    if not build_viewer(session, person.id).reach(f"{case.kind}:read").covers(case.unit_id):
        raise Refusal(_("%(person)s has no role in %(unit)s that lets him work on this case.", person=person.name,
                        unit=str(case.unit)), "person")
    before = case.assignee_id
    case.assignee_id = person.id
    return add_event(case, actor, "assigned", note=note, before=before, to=person.id, name=person.name)


def pass_on(case: Case, unit: Unit, *, actor: Viewer, note: str) -> Event:
    """转办: hand the case to another unit. The clocks run on; the assignee is for the new unit to name."""
    need(case, actor)
    _reason(note)
    if unit.id == case.unit_id:
        raise Refusal(_("The case is with %(unit)s already.", unit=str(unit)), "unit")
    before = case.unit_id
    case.unit_id, case.bureau_id, case.assignee_id = unit.id, unit.bureau_id or unit.id, None
    event = add_event(case, actor, "passed_on", note=note, before=before, to=unit.id, name=str(unit), public=False)
    handed_over.send(type(case), case=case, event=event)
    return event


def sender(case: Case) -> Unit | None:
    """The unit that passed the case on to the one that has it now."""
    last = next((event for event in reversed(case.events) if event.kind == "passed_on"
                 and event.data.get("to") == case.unit_id), None)
    return session_of(case).get(Unit, last.data["before"]) if last is not None else None


def send_back(case: Case, *, actor: Viewer, note: str) -> Event:
    """退回: return the case, with the ground, to the unit that passed it on."""
    need(case, actor)
    _reason(note)
    unit = sender(case)
    if unit is None:
        raise Refusal(_("Nobody passed this case on to this unit, so there is nowhere to return it to."))
    case.unit_id, case.bureau_id, case.assignee_id = unit.id, unit.bureau_id or unit.id, None
    case.returns += 1
    event = add_event(case, actor, "returned", note=note, to=unit.id, name=str(unit), times=case.returns)
    handed_over.send(type(case), case=case, event=event)
    return event


def reopen(case: Case, *, actor: Viewer, note: str, state: str | None = None) -> Event:
    """Open a closed case again, with a reason, in the state it was in before it was closed (or in ``state``)."""
    if case.meaning is not CLOSED:
        raise Refusal(_("This case is open."))
    if case.merged_into_id is not None:
        raise Refusal(_("This case was merged into another one. Go on there, or undo the merge."))
    need(case, actor, "reopen")
    _reason(note)
    before = next((event.from_state for event in reversed(case.events) if event.to_state == case.state
                   and event.from_state != case.state), case.workflow.initial)
    target = case.workflow.state(state or before)
    closed = case.state
    case.state, case.meaning, case.closed_at, case.result = target.name, target.meaning, None, ""
    event = add_event(case, actor, "reopened", action="reopen", note=note, public=True, before=closed)
    event.from_state = closed
    clocks.follow(case, event)
    session_of(case).flush()
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
    need(case, actor)
    return open_to(case, person, until, reason, actor=actor)


def open_to(case: Case, person: Staff, until: dt.datetime, reason: str, *, actor: Viewer) -> CaseReader:
    """The same as part of a deed that is allowed by itself: somebody is asked to agree, or is kept informed."""
    session = session_of(case)
    made = CaseReader(case_id=case.id, user_id=person.id, until=until, reason=reason[:255], granted_by_id=actor.user_id,
                      granted_at=moment.now())
    session.add(made)
    record(session, "granted", "core_case", case.id, case.number, to=person.name, until=until, reason=reason)
    session.flush()
    return made


def readers(session: Session, case: Case) -> Sequence[tuple[CaseReader, str]]:
    """Who may read the case for a time, with the person's name; those whose time is over are left out."""
    rows = session.execute(select(CaseReader, Staff).join(Staff, Staff.id == CaseReader.user_id).where(
        CaseReader.case_id == case.id, CaseReader.until > moment.now()).order_by(CaseReader.id).limit(50))
    return [(reader, person.name) for reader, person in rows]


def end_reading(case: Case, reader_id: int, *, actor: Viewer) -> None:
    """Somebody need not read the case any longer."""
    need(case, actor)
    session = session_of(case)
    found = session.get(CaseReader, reader_id)
    if found is None or found.case_id != case.id:
        raise NotFound(_("There is no such permission to read."))
    found.until = min(found.until, moment.now())
    record(session, "withdrawn", "core_case", case.id, case.number, reader=found.user_id)
    session.flush()


def reads_by_leave(case: Case, viewer: Viewer) -> bool:
    """Whether the person sees the case only because he was let in for a time: then each look is put on record."""
    return viewer.system is None and case.id in viewer.case_ids and not viewer.reach(f"{case.kind}:read").covers(
        case.unit_id, (case.assignee_id, case.created_by_id), viewer.user_id)


@reader_source
def _readable(session: Session, user_id: int) -> list[tuple[int, dt.datetime]]:
    return [(case, until) for case, until in session.execute(
        select(CaseReader.case_id, CaseReader.until)
        .where(CaseReader.user_id == user_id, CaseReader.until > moment.now()).limit(500))]


def unit_named(session: Session, words: str) -> Unit | None:
    """The unit with that code or name; None when there is none, or more than one."""
    found = session.scalars(select(Unit).where(or_(Unit.code == words, Unit.name == words, Unit.short_name == words),
                                               Unit.active.is_(True)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _reason(note: str) -> None:
    if not note.strip():
        raise Refusal(_("Give a reason."), "note")
