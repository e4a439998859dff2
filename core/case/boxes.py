"""The desk's five boxes 待办 / 已办 / 我发起的 / 抄送我的 / 督办: what lies in each, as a condition on cases."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, or_, select, union_all

from core import moment
from core.access.viewer import Viewer
from core.case.around import Round, RoundState, Vote
from core.case.models import Case, CaseTask, Event, Watcher
from core.case.workflow import CLOSED, OPEN, WAITING

Rule = Callable[[Viewer], ColumnElement[bool]]
_TASKS, _VOTES, _ROUNDS, _EVENTS, _WATCHERS = (each.__table__.c for each in (CaseTask, Vote, Round, Event, Watcher))
"""Their columns, without the row rule: what they name are cases, and those are under it."""


def mine(viewer: Viewer, cases: Any = Case) -> ColumnElement[bool]:
    """Unfinished cases of the person and of those in whose place he stands, and open ones of his unit that nobody has:
    they are everybody's there. ``cases``: where the columns are, when it is not the entity."""
    unclaimed = and_(cases.assignee_id.is_(None), cases.meaning == OPEN, cases.unit_id == viewer.unit_id)
    return or_(and_(cases.meaning.in_((OPEN, WAITING)), cases.assignee_id.in_(sorted(viewer.ids))), unclaimed)


@lru_cache(maxsize=512)
def todo(viewer: Viewer) -> ColumnElement[bool]:
    """待办: unfinished cases of his, cases with a task for him, cases in which he must decide something.

    The menu of every page asks, and it follows from the viewer alone: put together once for each. Three ways that each have
    an index, one after the other: as alternatives the database would read every case to find that nothing waits.
    """
    cases = Case.__table__.alias("his")
    own = select(cases.c.id).where(mine(viewer, cases.c))
    tasks = select(_TASKS.case_id).where(_TASKS.assignee_id.in_(sorted(viewer.ids)), _TASKS.done_at.is_(None))
    return Case.id.in_(union_all(own, tasks, _votes(viewer, cases)))


def _votes(viewer: Viewer, cases: FromClause) -> Select[Any]:
    """The cases in which he, or a role that he holds, is asked to agree to what another one wants to do."""
    asked: list[ColumnElement[bool]] = [_VOTES.user_id.in_(sorted(viewer.ids))]
    for role, reach in viewer.roles.items():
        within = [] if reach.everywhere else [cases.c.unit_id.in_(sorted(reach.units))]
        asked.append(and_(_VOTES.user_id.is_(None), _VOTES.role == role, *within))
    return select(_VOTES.case_id).where(
        _ROUNDS.id == _VOTES.round_id, cases.c.id == _VOTES.case_id, _ROUNDS.state == RoundState.PENDING,
        _VOTES.decision.is_(None), or_(*asked), _ROUNDS.asked_by_id != viewer.user_id, cases.c.awaiting != "")


def done(viewer: Viewer) -> ColumnElement[bool]:
    """已办: cases on which he took a step, and which no longer wait for him."""
    acted = select(_EVENTS.case_id).where(_EVENTS.actor_id == viewer.user_id, _EVENTS.kind == "action")
    left = or_(Case.meaning == CLOSED, Case.assignee_id.is_(None), Case.assignee_id != viewer.user_id)
    return and_(Case.id.in_(acted), left)


def started(viewer: Viewer) -> ColumnElement[bool]:
    """我发起的: cases that he opened."""
    return Case.created_by_id == viewer.user_id


def copied(viewer: Viewer) -> ColumnElement[bool]:
    """抄送我的: cases of which he is kept informed."""
    return Case.id.in_(select(_WATCHERS.case_id).where(_WATCHERS.user_id == viewer.user_id))


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
