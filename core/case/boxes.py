"""The desk's five boxes 待办 / 已办 / 我发起的 / 抄送我的 / 督办: what lies in each, as a condition on cases."""
from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, and_, or_, select

from core.access.viewer import Viewer
from core.case.models import Case, Clock, Event, Task, Watcher
from core.case.workflow import CLOSED, OPEN

Rule = Callable[[Viewer], ColumnElement[bool]]


def mine(viewer: Viewer) -> ColumnElement[bool]:
    """Cases that the person has, and those of his unit that nobody has: they are everybody's there."""
    unclaimed = and_(Case.assignee_id.is_(None), Case.unit_id == viewer.unit_id)
    return or_(Case.assignee_id == viewer.user_id, unclaimed)


def todo(viewer: Viewer) -> ColumnElement[bool]:
    """待办: open cases of his, cases with a task for him, cases in which he must decide something."""
    tasks = select(Task.case_id).where(Task.assignee_id == viewer.user_id, Task.done_at.is_(None))
    ways = [and_(Case.meaning == OPEN, mine(viewer)), Case.id.in_(tasks)]
    if viewer.case_ids:
        ways.append(and_(Case.meaning != CLOSED, Case.id.in_(sorted(viewer.case_ids))))
    return or_(*ways)


def done(viewer: Viewer) -> ColumnElement[bool]:
    """已办: cases on which he took a step, and which are not open with him now."""
    acted = select(Event.case_id).where(Event.actor_id == viewer.user_id, Event.kind == "action")
    left = or_(Case.meaning != OPEN, Case.assignee_id.is_(None), Case.assignee_id != viewer.user_id)
    return and_(Case.id.in_(acted), left)


def started(viewer: Viewer) -> ColumnElement[bool]:
    """我发起的: cases that he opened."""
    return Case.created_by_id == viewer.user_id


def copied(viewer: Viewer) -> ColumnElement[bool]:
    """抄送我的: cases of which he is kept informed."""
    return Case.id.in_(select(Watcher.case_id).where(Watcher.user_id == viewer.user_id))


def urged(viewer: Viewer) -> ColumnElement[bool]:
    """督办: cases that he may see and in which a clock ran out, so that the next level answers for it."""
    late = select(Clock.case_id).where(Clock.stopped_at.is_(None), Clock.escalated > 0)
    return and_(Case.meaning != CLOSED, Case.id.in_(late))


BOXES: Mapping[str, Rule] = {"todo": todo, "done": done, "started": started, "copied": copied, "urged": urged}


def in_box(name: str, viewer: Viewer) -> ColumnElement[bool]:
    """What holds of the cases in that box of the person's desk."""
    return BOXES[name](viewer)
