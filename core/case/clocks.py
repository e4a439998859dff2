"""Clocks of a case: started, paused, extended, stopped, voided, and computed anew when a calendar is published.

The arithmetic is :mod:`core.calendar`'s; here is which clock runs for which case, and since when.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session

from core import moment
from core.access.rows import beside, current_viewer
from core.calendar import Explanation, Extension, Pause, PeriodSpec, Unit, compute, explain
from core.calendar.store import load_calendar
from core.calendar.workdays import WorkCalendar
from core.case.arranging import reminders_of
from core.case.models import Case, Clock, ClockResult, Event
from core.case.workflow import Deadline, Reminder
from core.errors import Refusal
from core.rules.lookup import lookup
from core.signals import calendar_confirmed
from core.words import gettext as _

SCOPES = ("national", "tianjin", "ninghe")
"""Whose days off hold here, from wide to narrow."""


def calendar_of(session: Session) -> WorkCalendar:
    """The working-day calendar in force for the district."""
    return load_calendar(session, SCOPES)


def follow(case: Case, event: Event) -> None:
    """Bring the clocks in step with the state that ``event`` led to: stop, void, pause, resume, start."""
    session = _session(case)
    for deadline in case.workflow.deadlines:
        clock = running(case, deadline.code)
        if clock is not None:
            if event.to_state in deadline.met_by:
                stop(clock, event)
                continue
            if event.to_state in deadline.voided_by:
                void(clock, event, str(case.state_info.label))
                continue
            if event.to_state in deadline.paused_in and not clock.paused:
                pause(clock, str(case.state_info.label), event)
            elif clock.paused and event.to_state not in deadline.paused_in:
                resume(clock, event.at)
        if event.to_state in deadline.starts and event.from_state != event.to_state and running(case, deadline.code) is None:
            start(session, case, deadline, event)
    refresh_due(case)


def start(session: Session, case: Case, deadline: Deadline, event: Event, since: dt.date | dt.datetime | None = None,
          amount: int | None = None) -> Clock | None:
    """Start a clock by its declaration; None when it does not apply or the event that starts it has not happened.

    ``amount`` is how long it runs where a person promised a day, in the rule's own unit; the rule says so otherwise.
    """
    if deadline.applies is not None and not deadline.applies(case):
        return None
    began = since or (deadline.start(case) if deadline.start is not None else event.at)
    if began is None:
        return None
    rule = lookup(session, deadline.rule, deadline.rule_day(case) if deadline.rule_day else case.rule_day, case.bureau_id)
    clock = Clock(code=deadline.code, rule_key=rule.key, rule_version_id=rule.version_id, unit=rule.unit.value,
                  basis=" ".join(filter(None, (rule.basis, rule.article))), is_law=rule.is_law and amount is None,
                  amount=amount or int(rule.value),
                  start_event_id=event.id, start_at=moment.as_instant(began), start_label=str(deadline.label),
                  pauses=[], extensions=[], reminded=[], paused=False, escalated=0)
    calendar = calendar_of(session)
    _set_due(clock, calendar)
    case.clocks.append(clock)
    clock.next_reminder_at = next_reminder(clock, deadline, calendar)
    return clock


def running(case: Case, code: str) -> Clock | None:
    """The clock of that code which runs now, if any."""
    return next((clock for clock in case.clocks if clock.code == code and clock.running), None)


def stop(clock: Clock, event: Event, at: dt.datetime | None = None) -> None:
    """The duty was done: on time when that was before the clock ran out."""
    ended = at or event.at
    resume(clock, ended)
    clock.stopped_at = ended
    clock.stop_event_id = event.id
    clock.result = ClockResult.ON_TIME if clock.stopped_at < clock.due_at else ClockResult.LATE
    clock.next_reminder_at = None


def void(clock: Clock, event: Event | None, reason: str) -> None:
    """The duty fell away. A void clock counts neither as on time nor as late."""
    clock.stopped_at = event.at if event else moment.now()
    clock.stop_event_id = event.id if event else None
    clock.result, clock.void_reason, clock.next_reminder_at = ClockResult.VOID, reason[:255], None
    clock.paused = False


def pause(clock: Clock, reason: str, event: Event | None = None, by: str = "") -> None:
    """Stop the clock for a while; it resumes with the days that remain."""
    since = event.at if event else moment.now()
    clock.pauses = [*clock.pauses, {"since": since.isoformat(), "until": None, "reason": reason,
                                    "by": by or (event.actor if event else "")}]
    clock.paused, clock.next_reminder_at = True, None
    _set_due(clock, calendar_of(_session(clock)))


def resume(clock: Clock, at: dt.datetime | None = None) -> None:
    """Let a paused clock run again, from ``at`` (default: now) on; does nothing to one that runs."""
    if not clock.paused:
        return
    clock.pauses = [*clock.pauses[:-1], {**clock.pauses[-1], "until": (at or moment.now()).isoformat()}]
    clock.paused = False
    session = _session(clock)
    _set_due(clock, calendar_of(session))
    deadline = clock.case.workflow.deadline(clock.code)
    clock.next_reminder_at = next_reminder(clock, deadline, calendar_of(session)) if deadline else None


def extend(clock: Clock, amount: int, basis: str, by: str) -> None:
    """More time, counted from the old due date. Once, and before the period is over."""
    if clock.extensions:
        raise Refusal(_("This period was extended already. It can be extended once."))
    if moment.now() >= clock.due_at:
        raise Refusal(_("This period is over. It can only be extended before it ends."))
    if not basis.strip():
        raise Refusal(_("Give the ground on which the period is extended."), "basis")
    clock.extensions = [{"amount": amount, "unit": clock.unit, "basis": basis, "by": by, "at": moment.now().isoformat()}]
    session = _session(clock)
    _set_due(clock, calendar_of(session))
    deadline = clock.case.workflow.deadline(clock.code)
    clock.next_reminder_at = next_reminder(clock, deadline, calendar_of(session)) if deadline else None
    refresh_due(clock.case)


def replace(clock: Clock, event: Event, reason: str, since: dt.date | dt.datetime) -> Clock | None:
    """Void a clock that was started from a wrong day, and start it anew from the right one."""
    deadline = clock.case.workflow.deadline(clock.code)
    if deadline is None:
        raise Refusal(_("This clock is no longer part of the workflow."))
    void(clock, event, reason)
    made = start(_session(clock), clock.case, deadline, event, since)
    refresh_due(clock.case)
    return made


def renew(clock: Clock, event: Event) -> Clock:
    """Let a void clock's duty hold again: a new clock from the same start under the same rule, as if it had never fallen
    away."""
    twin = Clock(**{name: getattr(clock, name) for name in (
        "code", "rule_key", "rule_version_id", "basis", "is_law", "amount", "unit", "start_at", "start_label", "pauses",
        "extensions", "reminded", "escalated")}, start_event_id=event.id, paused=False)
    calendar, deadline = calendar_of(_session(clock)), clock.case.workflow.deadline(clock.code)
    _set_due(twin, calendar)
    clock.case.clocks.append(twin)
    twin.next_reminder_at = next_reminder(twin, deadline, calendar) if deadline else None
    return twin


def explanation(clock: Clock, calendar: WorkCalendar | None = None) -> Explanation:
    """The stored date, day by day, with its basis. Raises :class:`AssertionError` if it does not replay to it.

    A stopped clock is explained as of the moment when it stopped.
    """
    told = explain(_spec(clock), _start(clock), calendar or calendar_of(_session(clock)), _pauses(clock),
                   _extensions(clock), basis=clock.basis, today=clock.stopped_at)
    if clock.running and not clock.paused and told.due.due_at != clock.due_at:
        raise AssertionError(f"clock {clock.id}: stored {clock.due_at}, explained {told.due.due_at}")
    return told


def refresh_due(case: Case) -> None:
    """Repeat on the case what its most urgent running clock says; nothing when none runs."""
    open_clocks = sorted((c for c in case.clocks if c.running), key=lambda c: (c.paused, c.due_at))
    first = open_clocks[0] if open_clocks else None
    case.due_at = first.due_at if first else None
    case.due_on = first.due_on if first else None
    case.due_code = first.code if first else ""
    case.due_provisional = bool(first and first.provisional)
    case.due_paused = bool(first and first.paused)


def next_reminder(clock: Clock, deadline: Deadline, calendar: WorkCalendar) -> dt.datetime | None:
    """When the next reminder of the clock is due; None when all were sent, or it is paused."""
    times = [at for name, at, _r in reminder_times(clock, deadline, calendar) if name not in clock.reminded]
    return min(times, default=None) if clock.running and not clock.paused else None


def reminder_times(clock: Clock, deadline: Deadline, calendar: WorkCalendar,
                   ) -> list[tuple[str, dt.datetime, Reminder]]:
    """The reminders of a clock as ``(name, instant, reminder)``, by the ladder of the case's bureau."""
    rows = explain(_spec(clock), _start(clock), calendar, _pauses(clock), _extensions(clock), today=clock.stopped_at).days
    counted = [row.date for row in rows if row.counted]
    found = []
    for reminder in reminders_of(_session(clock.case), clock.case, deadline):
        day = _rung(reminder, counted, clock.due_on, calendar)
        if day is not None:
            found.append((reminder.name, moment.start_of(day) + dt.timedelta(hours=reminder.hour), reminder))
    return found


def _rung(reminder: Reminder, counted: Sequence[dt.date], due_on: dt.date, calendar: WorkCalendar) -> dt.date | None:
    """The day of a reminder; None when the period is too short to have it."""
    if reminder.after is not None:
        day = due_on
        for _step in range(reminder.after):
            day = calendar.next_working(day + dt.timedelta(days=1)).date
        return day
    place = reminder.nth - 1 if reminder.nth is not None else len(counted) - 1 - (reminder.before or 0)
    return counted[place] if 0 <= place < len(counted) else None


@calendar_confirmed.connect
def recompute_open(session: Session, years: Sequence[int], scope: str, **_rest: Any) -> int:
    """A calendar came into force: compute the open clocks that it can touch anew; returns how many moved.

    Stopped clocks are left alone: what was on time stays on time. Each move is in the log and on the timeline.
    Whoever confirms a calendar need not see a single case: it is done for all of them, in the same transaction.
    """
    if not years:
        return 0
    viewer = current_viewer(session)
    if viewer.system is not None:
        return _recompute(session, dt.date(min(years), 1, 1))
    with beside(session, "a calendar came into force") as everything:
        return _recompute(everything, dt.date(min(years), 1, 1))


def _recompute(session: Session, first: dt.date) -> int:
    calendar, moved = calendar_of(session), 0
    clocks = session.scalars(select(Clock).options(joinedload(Clock.case)).where(
        Clock.stopped_at.is_(None), Clock.due_on >= first, Clock.unit.in_([Unit.WD.value, Unit.CD.value])))
    for clock in clocks.all():
        before, was_provisional = clock.due_on, clock.provisional
        _set_due(clock, calendar)
        if (clock.due_on, clock.provisional) == (before, was_provisional):
            continue
        refresh_due(clock.case)
        if clock.due_on != before:
            moved += 1
            clock.case.events.append(Event(
                at=moment.now(), kind="clock", action="calendar", actor=_("System"),
                note=_("The calendar was published: due %(new)s instead of %(old)s.", new=clock.due_on, old=before),
                data={"clock": clock.code, "old": before.isoformat(), "new": clock.due_on.isoformat()}))
    session.flush()
    return moved


def _set_due(clock: Clock, calendar: WorkCalendar) -> None:
    due = compute(_spec(clock), _start(clock), calendar, _pauses(clock), _extensions(clock))
    clock.due_on, clock.due_at, clock.provisional = due.due_on, due.due_at, due.provisional


def _spec(clock: Clock) -> PeriodSpec:
    return PeriodSpec(clock.amount, Unit(clock.unit))


def _start(clock: Clock) -> dt.date | dt.datetime:
    return clock.start_at


def _pauses(clock: Clock) -> list[Pause]:
    return [Pause(dt.datetime.fromisoformat(p["since"]), dt.datetime.fromisoformat(p["until"]) if p["until"] else None,
                  p["reason"]) for p in clock.pauses]


def _extensions(clock: Clock) -> list[Extension]:
    return [Extension(e["amount"], Unit(e["unit"]), e["basis"]) for e in clock.extensions]


def _session(thing: Any) -> Session:
    session = object_session(thing)
    if session is None:
        raise RuntimeError("a case must be in a session before its clocks can run")
    return session
