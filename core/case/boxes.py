"""The desk's five boxes 待办 / 已办 / 我发起的 / 抄送我的 / 督办: what lies in each, as a condition on cases."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from core import moment
from core.access.viewer import Viewer
from core.case.around import Round, RoundState, Vote
from core.case.models import Case, CaseTask, Event, Watcher
from core.case.workflow import CLOSED, OPEN

Rule = Callable[[Viewer], ColumnElement[bool]]


def mine(viewer: Viewer) -> ColumnElement[bool]:
    """Unfinished cases of the person and of those in whose place he stands, and open ones of his unit that nobody has:
    they are everybody's there."""
    unclaimed = and_(Case.assignee_id.is_(None), Case.meaning == OPEN, Case.unit_id == viewer.unit_id)
    return and_(Case.meaning != CLOSED, or_(Case.assignee_id.in_(sorted(viewer.ids)), unclaimed))


@lru_cache(maxsize=512)
def todo(viewer: Viewer) -> ColumnElement[bool]:
    """待办: unfinished cases of his, cases with a task for him, cases in which he must decide something.

    The menu of every page asks, and it follows from the viewer alone: put together once for each.
    """
    tasks = select(CaseTask.case_id).where(CaseTask.assignee_id.in_(sorted(viewer.ids)), CaseTask.done_at.is_(None))
    return or_(mine(viewer), Case.id.in_(tasks), and_(Case.awaiting != "", Case.id.in_(_votes(viewer))))


def _votes(viewer: Viewer) -> Select[Any]:
    """The cases in which he, or a role that he holds, is asked to agree to what another one wants to do."""
    cases = Case.__table__
    asked: list[ColumnElement[bool]] = [Vote.user_id.in_(sorted(viewer.ids))]
    for role, reach in viewer.roles.items():
        within = [] if reach.everywhere else [cases.c.unit_id.in_(sorted(reach.units))]
        asked.append(and_(Vote.user_id.is_(None), Vote.role == role, *within))
    return select(Vote.case_id).join(Round, Round.id == Vote.round_id).join(cases, cases.c.id == Vote.case_id).where(
        Round.state == RoundState.PENDING, Vote.decision.is_(None), or_(*asked), Round.asked_by_id != viewer.user_id)


def done(viewer: Viewer) -> ColumnElement[bool]:
    """已办: cases on which he took a step, and which no longer wait for him."""
    acted = select(Event.case_id).where(Event.actor_id == viewer.user_id, Event.kind == "action")
    left = or_(Case.meaning == CLOSED, Case.assignee_id.is_(None), Case.assignee_id != viewer.user_id)
    return and_(Case.id.in_(acted), left)


def started(viewer: Viewer) -> ColumnElement[bool]:
    """我发起的: cases that he opened."""
    return Case.created_by_id == viewer.user_id


def copied(viewer: Viewer) -> ColumnElement[bool]:
    """抄送我的: cases of which he is kept informed."""
    return Case.id.in_(select(Watcher.case_id).where(Watcher.user_id == viewer.user_id))


def overdue(viewer: Viewer) -> ColumnElement[bool]:
    """督办: cases within his reach whose most urgent clock has run out."""
    return and_(Case.meaning != CLOSED, overdue_rule(moment.now()))


def overdue_rule(now: dt.datetime) -> ColumnElement[bool]:
    """What holds of a case whose most urgent clock has run out and does not stand still."""
    return and_(Case.due_at <= now, Case.due_paused.is_(False))


BOXES: Mapping[str, Rule] = {"todo": todo, "done": done, "started": started, "copied": copied, "overdue": overdue}


def in_box(name: str, viewer: Viewer) -> ColumnElement[bool]:
    """What holds of the cases in that box of the person's desk."""
    return BOXES[name](viewer)
