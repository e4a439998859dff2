"""A list of cases seen otherwise: as lanes by state, and as the month of its due dates; a register as the month of its days.
All of them follow the list's filters."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from core import moment
from core.access.viewer import Viewer
from core.calendar import WorkCalendar, remaining_workdays
from core.case import clocks
from core.case.query import CaseFilters, conditions, most_urgent, select_cases
from core.case.registers import Register
from core.case.screens import CaseScreen
from core.case.workflow import CLOSED, Action, Workflow
from core.pages.days import month_page, span
from core.pages.draw import TONES
from core.pages.frame import request_session
from core.security import request_viewer
from core.web import widgets
from core.web.boards import Card, DayEntry, Lane, Month, MonthDay, Move, load_of

CARDS, ENTRIES, MOST_ENTRIES = 12, 3, 400


def due_of_row(row: Any, calendar: WorkCalendar, now: dt.datetime | None = None) -> widgets.Due | None:
    """The most urgent running clock, from what the row repeats of it; ``now``: asked once for a page's rows."""
    if row.due_on is None:
        return None
    now = now or moment.now()
    left = remaining_workdays(moment.local(now).date(), row.due_on, calendar)
    if now >= row.due_at and left == 0:
        left = -1
    return widgets.Due(row.due_on, left, "paused" if row.due_paused else "running", row.due_provisional,
                       why_url=f"/cases/{row.number}/due")


def stepper(workflow: Workflow, viewer: Viewer) -> Callable[[Any], Sequence[Action]]:
    """The steps that the workflow and the person's roles leave for a row, the next one first; worked out once for rows that
    are alike in what decides them. Whether something still hinders a step is said when it is opened: asking every guard for
    every row would be a statement a row."""
    @cache
    def open_to(state: str, unit_id: int, assignee_id: int | None) -> Sequence[Action]:
        found = [action for action in workflow.actions
                 if not action.system and action.applies is None and state in workflow.sources(action)
                 and viewer.holds(action.roles, unit_id, (assignee_id,))]
        return sorted(found, key=lambda action: (action.target is None, action.danger))

    return lambda row: open_to(row.state, row.unit_id, row.assignee_id)


def step_links() -> Callable[[Any, Sequence[Action]], list[widgets.Action]]:
    """What the column 操作 offers for a row: the next step, the record, and the rest behind 更多."""
    view, more = _("View"), _("More")  # said once for a page's rows

    def links(row: Any, steps: Sequence[Action]) -> list[widgets.Action]:
        here = f"/cases/{row.number}"
        first = next((step for step in steps if step.leads_on), None)
        found = [widgets.Action(first.label, f"{here}/do/{first.name}", drawer=True)] if first else []
        found.append(widgets.Action(view, here, name="open"))
        if any(step is not first for step in steps):  # asked for when it is opened: a list stays small
            found.append(widgets.Action(more, f"{here}/steps", drawer=True, name="more"))
        return found

    return links


def lanes(screen: CaseScreen, filters: CaseFilters, calendar: WorkCalendar, url: Any) -> list[Lane]:
    """One lane for each state that is not closed, with its most urgent cases, and the closed states as places to drop
    something on: they show no cards. Two statements, however many states there are."""
    session, viewer, kind = request_session(), request_viewer(), screen.case
    states = [state for state in kind.workflow.states if not filters.state or state.name in filters.state]
    open_ones = [state for state in states if filters.state or state.meaning is not CLOSED]
    reached = {action.target for action in kind.workflow.actions if not action.system}
    closed = [state for state in states if state not in open_ones and state.name in reached]
    shown = replace(filters, state=tuple(state.name for state in (*open_ones, *closed)))
    counts = dict(session.execute(select(kind.state, func.count()).where(*conditions(session, shown, viewer, kind))
                                  .group_by(kind.state)).all())
    cards: dict[str, list[Card]] = {}
    steps = stepper(kind.workflow, viewer)
    for row in most_urgent(session, kind, replace(filters, state=tuple(state.name for state in open_ones)), CARDS):
        cards.setdefault(row.state, []).append(_card(screen, row, steps(row), calendar))
    return [Lane(state.name, state.label, cards.get(state.name, []), widgets.Count(counts.get(state.name, 0)),
                 TONES.get(state.colour, ""), url(state=state.name, view=None)) for state in (*open_ones, *closed)]


def _card(screen: CaseScreen, row: Any, steps: Sequence[Action], calendar: WorkCalendar) -> Card:
    moves: dict[str, Move] = {}
    for action in screen.case.workflow.actions:
        target = action.target
        if target is None or target == row.state or row.state not in screen.case.workflow.sources(action):
            continue
        if action in steps:
            moves[target] = Move(f"/cases/{row.number}/do/{action.name}", action.label)
        else:
            words = _("“%(action)s” is done by the system only.") if action.system else \
                _("You may not do “%(action)s” on this case.")
            moves.setdefault(target, Move(why_not=words % {"action": action.label} if "%(" in words else words))
    due = due_of_row(row, calendar)
    return Card(row.number, row.enterprise_name or row.title, f"/cases/{row.number}",
                row.title.removeprefix(row.enterprise_name or "").strip(" ·：:") if row.enterprise_name else "",
                f"{row.assignee_last or ''}{row.assignee_first or ''}", due, moves)


def month(screen: CaseScreen, filters: CaseFilters, first: dt.date, calendar: WorkCalendar, url: Any) -> Month:
    """The due dates of a month, with the load of each day: two statements."""
    session, viewer, kind = request_session(), request_viewer(), screen.case
    start, end = span(first)
    rules = [*conditions(session, filters, viewer, kind), kind.due_on.between(start, end)]
    counts = dict(session.execute(select(kind.due_on, func.count()).where(*rules).group_by(kind.due_on)).all())
    rows = session.execute(select_cases(kind).where(*rules).order_by(kind.due_at, kind.id).limit(MOST_ENTRIES)).all()
    by_day: dict[dt.date, list[Any]] = {}
    for row in rows:
        by_day.setdefault(row.due_on, []).append(row)
    total = sum(count for day, count in counts.items() if day is not None and day.month == first.month)
    entries = {day: [_entry(row, calendar) for row in found[:ENTRIES]] for day, found in by_day.items()}
    return _filled(first, calendar, counts, entries,
                   lambda day: url(due_on=day.isoformat(), view=None, month=None),
                   lambda other: url(month=f"{other:%Y-%m}", view="month"), _("%(n)s fall due in this month", n=total))


def register_month(register: Register, query: Select[Any], first: dt.date, base: str, url: Any) -> Month:
    """What ``query`` finds of a register in a month, day by day: two statements."""
    declared, session = register.month, request_session()
    assert declared is not None
    start, end = span(first)
    inside = query.where(declared.column.between(start, end))
    counted = inside.options().with_only_columns(declared.column, func.count()).order_by(None).group_by(declared.column)
    counts: dict[dt.date, int] = dict(session.execute(counted).all())
    by_day: dict[dt.date, list[DayEntry]] = {}
    for row in session.scalars(inside.order_by(declared.column, register.model.id).limit(MOST_ENTRIES)).unique():
        by_day.setdefault(getattr(row, declared.column.key), []).append(
            replace(declared.entry(row), url=f"{base}/{row.id}"))
    total = sum(count for day, count in counts.items() if (day.year, day.month) == (first.year, first.month))

    def of_day(day: dt.date) -> str:
        return str(url(**{f"{declared.filter}_from": day.isoformat(), f"{declared.filter}_to": day.isoformat()}, view=None,
                       month=None))

    return _filled(first, clocks.calendar_of(session), counts, by_day, of_day,
                   lambda other: url(month=f"{other:%Y-%m}", view="month"), _("%(n)s in this month", n=total))


def _filled(first: dt.date, calendar: WorkCalendar, counts: Mapping[Any, int], entries: dict[dt.date, list[DayEntry]],
            of_day: Callable[[dt.date], str], of_month: Callable[[dt.date], str], note: Any) -> Month:
    """A month with its entries and the load of each day."""
    most = max(counts.values(), default=0)

    def fill(day: MonthDay) -> MonthDay:
        count = counts.get(day.date, 0)
        return replace(day, entries=entries.get(day.date, [])[:ENTRIES], count=count, load=load_of(count, most),
                       url=of_day(day.date))

    return month_page(first, calendar, of_month, fill, note)


def _entry(row: Any, calendar: WorkCalendar) -> DayEntry:
    due = due_of_row(row, calendar)
    return DayEntry(row.enterprise_name or row.title, f"/cases/{row.number}", due.tone if due else "",
                    f"{row.number} {due.words if due else ''}")
