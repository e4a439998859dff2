"""The desk: how much lies in each box, and what is due soon. Two statements, however much there is."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, literal, or_, select, true
from sqlalchemy.orm import Session

from core import moment
from core.access.rows import current_viewer
from core.access.viewer import Viewer
from core.api.keyset import EXACT_TO, Count, capped
from core.calendar.workdays import WorkCalendar
from core.case.boxes import BOXES, in_box, mine, overdue_rule
from core.case.models import Case, Event
from core.case.query import select_cases

GROUPS = ("overdue", "today", "week")
SHOWN = 50


@dataclass(frozen=True)
class DueGroup:
    """Cases of one heading: ``overdue``, due ``today``, due later this ``week``; ``rows`` are the most urgent."""

    name: str
    count: Count
    rows: Sequence[Row[Any]]


@dataclass(frozen=True)
class Desk:
    """What a person finds in the morning. Rows are those of :func:`core.case.query.list_cases`."""

    boxes: Mapping[str, Count]
    due: Sequence[DueGroup]
    as_of: dt.datetime


def desk(session: Session, shown: int = SHOWN) -> Desk:
    """The desk of the session's viewer."""
    viewer, now = current_viewer(session), moment.now()
    rules: dict[str, ColumnElement[bool]] = {f"box {name}": in_box(name, viewer) for name in BOXES}
    due = due_rules(viewer, now)
    rules |= {f"due {name}": rule for name, rule in due.items()}
    counting = select(*(capped(select(Case.id).where(rule)).scalar_subquery().label(name)
                        for name, rule in rules.items()))
    counts = {name: _count(value) for name, value in session.execute(counting).one()._mapping.items()}
    statement = select_cases().where(_due_mine(viewer), Case.due_at <= end_of_week(now))
    rows = session.execute(statement.order_by(Case.due_at, Case.id).limit(shown)).all()
    grouped: dict[str, list[Row[Any]]] = {name: [] for name in GROUPS}
    for row in rows:
        grouped[group_of(row, now)].append(row)
    return Desk({name: counts[f"box {name}"] for name in BOXES},
                [DueGroup(name, counts[f"due {name}"], grouped[name]) for name in GROUPS], now)


@dataclass(frozen=True)
class DayLoad:
    """How many of the person's cases fall due on a working day to come."""

    date: dt.date
    count: int


def desk_counts(session: Session, box: str) -> tuple[dict[str, Count], dict[str, Count]]:
    """How much lies in each box, and how much of ``box`` is overdue, due today, due later this week: one statement."""
    viewer, now = current_viewer(session), moment.now()
    rules = {f"box {name}": in_box(name, viewer) for name in BOXES}
    rules |= {f"due {name}": in_box(box, viewer) & rule for name, rule in _headings(now).items()}
    counting = select(*(capped(select(Case.id).where(rule)).scalar_subquery().label(name) for name, rule in rules.items()))
    counts = {name: _count(value) for name, value in session.execute(counting).one()._mapping.items()}
    return {name: counts[f"box {name}"] for name in BOXES}, {name: counts[f"due {name}"] for name in GROUPS}


def coming(session: Session, calendar: WorkCalendar, days: int) -> list[DayLoad]:
    """What falls due on the next working days, today first if it is one: one statement."""
    viewer, day = current_viewer(session), moment.local(moment.now()).date()
    dates: list[dt.date] = []
    while len(dates) < days:
        day = calendar.next_working(day).date
        dates.append(day)
        day += dt.timedelta(days=1)
    due = (in_box("todo", viewer), Case.due_on.in_(dates))
    counting = select(Case.due_on, func.count()).where(*due).group_by(Case.due_on)
    counts: dict[dt.date | None, int] = dict(session.execute(counting).all())
    return [DayLoad(date, counts.get(date, 0)) for date in dates]


def changes(session: Session, since: dt.datetime, limit: int) -> list[tuple[Event, str, str, str]]:
    """What others did since then to cases that the person has, opened or is kept informed of, newest first:
    ``(event, number, title, kind)``. One statement."""
    viewer = current_viewer(session)
    concerns = or_(Case.assignee_id == viewer.user_id, Case.created_by_id == viewer.user_id, in_box("copied", viewer))
    return [(event, number, title, kind) for event, number, title, kind in session.execute(
        select(Event, Case.number, Case.title, Case.kind).join(Case, Case.id == Event.case_id)
        .where(Event.at > since, Event.actor_id.is_distinct_from(viewer.user_id), concerns)
        .order_by(Event.at.desc(), Event.id.desc()).limit(limit))]


def todo_by_kind(session: Session, *beside: Select[int], **asked: Any) -> tuple[dict[str, int], Sequence[int]]:
    """How much waits for the person, by kind of case, for the menu, and the numbers that the statements ``beside`` ask for,
    with what they ask it of: one statement. The count stops at :data:`EXACT_TO`."""
    rows = session.execute(_by_kind(current_viewer(session), beside), asked).all()
    return {kind: number for kind, number, *_beside in rows if kind is not None}, rows[0][2:]


@lru_cache(maxsize=256)
def _by_kind(viewer: Viewer, beside: tuple[Select[int], ...]) -> Select[Any]:
    """Every page asks: put together once for each person."""
    some = select(Case.kind).where(in_box("todo", viewer)).limit(EXACT_TO).subquery()
    counted = select(some.c.kind, func.count().label("number")).group_by(some.c.kind).subquery()
    once = select(literal(1).label("row")).subquery()  # the numbers come even where nothing waits
    return select(counted.c.kind, counted.c.number, *(each.scalar_subquery() for each in beside)).select_from(
        once.outerjoin(counted, true()))


def due_rules(viewer: Viewer, now: dt.datetime) -> dict[str, ColumnElement[bool]]:
    """What holds of the viewer's cases under each heading."""
    ours = _due_mine(viewer)
    return {name: ours & rule for name, rule in _headings(now).items()}


def _headings(now: dt.datetime) -> dict[str, ColumnElement[bool]]:
    tonight = _tonight(now)
    return {
        "overdue": overdue_rule(now),
        "today": (Case.due_at <= tonight) & ((Case.due_at > now) | Case.due_paused.is_(True)),
        "week": (Case.due_at > tonight) & (Case.due_at <= end_of_week(now)),
    }


def group_of(row: Any, now: dt.datetime) -> str:
    """The heading under which a row stands; the same answer as :func:`due_rules` gives the database."""
    if row.due_at <= now and not row.due_paused:
        return "overdue"
    return "today" if row.due_at <= _tonight(now) else "week"


def _due_mine(viewer: Viewer) -> ColumnElement[bool]:
    return mine(viewer) & Case.due_at.is_not(None)


def _tonight(now: dt.datetime) -> dt.datetime:
    return moment.start_of(moment.local(now).date() + dt.timedelta(days=1))


def end_of_week(now: dt.datetime) -> dt.datetime:
    """The midnight after Sunday."""
    day = moment.local(now).date()
    return moment.start_of(day + dt.timedelta(days=8 - day.isoweekday()))


def _count(value: int) -> Count:
    return Count(min(value, EXACT_TO), value <= EXACT_TO)
