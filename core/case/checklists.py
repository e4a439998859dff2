"""Checklists reckoned from a day: what must be done ten working days before the meeting, and five after it.

A workflow declares them (:class:`core.case.workflow.Checklist`); their lines are tasks of the case.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core import moment
from core.calendar.workdays import WorkCalendar
from core.case import act, clocks
from core.case.models import Case, CaseTask, Event
from core.case.recipients import recipients
from core.case.workflow import CLOSED, Checklist, Item
from core.outbox.post import post
from core.signals import case_opened, step_taken
from core.words import gettext as _

BATCH = 500
Guard = Callable[[Any, Mapping[str, Any] | None], str | None]


@case_opened.connect
@step_taken.connect
def follow(_kind: type[Case], case: Case, event: Event, **_rest: Any) -> None:
    """Begin the checklists of the state that was reached, and reckon those anew whose day has become known or moved."""
    if not case.workflow.checklists:
        return
    calendar = clocks.calendar_of(act.session_of(case))
    for declared in case.workflow.checklists:
        begun = {task.item: task for task in case.tasks if (task.item or "").startswith(f"{declared.name}.")}
        if begun or case.state in declared.states:
            _reckon(case, declared, begun, calendar)


def all_done(name: str) -> Guard:
    """A guard: every line of the checklist is ticked off."""
    def guard(case: Any, data: Mapping[str, Any] | None) -> str | None:
        left = [task.title for task in case.tasks if (task.item or "").startswith(f"{name}.") and task.done_at is None]
        return _("Not done yet: %(what)s.", what="、".join(left[:5])) if left else None
    return guard


def remind(session: Session, now: dt.datetime) -> dict[str, int]:
    """Tell those who have a task that is due today or was due before, once for each due day."""
    today, told = moment.local(now).date(), 0
    due = session.scalars(
        select(CaseTask).join(Case, Case.id == CaseTask.case_id).options(joinedload(CaseTask.case))
        .where(CaseTask.done_at.is_(None), CaseTask.due_on <= today, Case.meaning != CLOSED,
               CaseTask.reminded_on.is_(None) | (CaseTask.reminded_on < CaseTask.due_on))
        .order_by(CaseTask.id).limit(BATCH))
    for task in due.all():
        task.reminded_on = today
        people = [task.assignee_id] if task.assignee_id else recipients(session, task.case, (task.role or "assignee",))
        for person in people:
            post(session, to=person, channel="inapp", subject=_("To be done: %(title)s", title=task.title),
                 body=_("%(title)s of case %(number)s is due on %(day)s.", title=task.title, number=task.case.number,
                        day=task.due_on), dedupe_key=f"task:{task.id}:{task.due_on}:{person}",
                 link=f"/cases/{task.case.number}", case_id=task.case_id)
        told += 1
    session.flush()
    return {"warned": told}


def _reckon(case: Case, declared: Checklist, begun: Mapping[str | None, CaseTask], calendar: WorkCalendar) -> None:
    day = declared.day(case) if declared.day is not None else moment.today()
    if isinstance(day, dt.datetime):
        day = moment.local(day).date()
    for item in declared.items:
        name = f"{declared.name}.{item.name}"
        task = begun.get(name)
        if task is None:
            task = CaseTask(title=str(item.label), item=name, role=item.role)
            case.tasks.append(task)
        elif declared.day is None or task.done_at is not None:
            continue
        task.due_on = _due(item, day, calendar) if day is not None else None


def _due(item: Item, day: dt.date, calendar: WorkCalendar) -> dt.date:
    if item.calendar:
        return day + dt.timedelta(days=item.days)
    step = dt.timedelta(days=1 if item.days >= 0 else -1)
    for _nth in range(abs(item.days)):
        day = calendar.next_working(day + step).date if item.days > 0 else calendar.previous_working(day + step).date
    return day
