"""What time does to cases: reminders before a due day, escalation after it. Found by clocks' own times; idempotent."""
from __future__ import annotations

import datetime as dt
import logging
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core import moment
from core.case import clocks
from core.case.models import Case, Clock, Event
from core.case.recipients import recipients
from core.case.workflow import Reminder
from core.errors import Refusal
from core.outbox.post import post
from core.rules.lookup import book
from core.signals import clock_overdue, reminder_due
from core.words import gettext as _

log = logging.getLogger(__name__)

BATCH = 500
LEVELS = ("escalate.section", "escalate.bureau")
"""The rules that say how many working days after the due day the next level answers for the case: the section's head, then
the bureau's. A bureau may have values of its own."""


def remind(session: Session, now: dt.datetime) -> dict[str, int]:
    """Send the reminders that are due. A reminder is named on its clock, so it is sent once."""
    calendar, warned = clocks.calendar_of(session), 0
    due = session.scalars(
        select(Clock).options(joinedload(Clock.case)).join(Case, Case.id == Clock.case_id)
        .where(Clock.stopped_at.is_(None), Clock.next_reminder_at <= now).order_by(Clock.next_reminder_at).limit(BATCH))
    for clock in due.all():
        try:
            deadline = clock.case.workflow.deadline(clock.code)
        except Refusal as unknown:  # its version is not loaded: the others are reminded of, and the log says it every day
            log.error("no reminder of clock %s: %s", clock.id, unknown)
            clock.next_reminder_at = now + dt.timedelta(days=1)
            continue
        if deadline is None:
            clock.next_reminder_at = None
            continue
        times = clocks.reminder_times(clock, deadline, calendar)
        ready = [item for item in times if item[1] <= now and item[0] not in clock.reminded]
        clock.reminded = [*clock.reminded, *(name for name, _at, _r in ready)]
        clock.next_reminder_at = clocks.next_reminder(clock, deadline, calendar)
        if not ready:
            continue
        name, _at, reminder = max(ready, key=lambda item: item[1])  # after a stand-still only the newest is worth a word
        _remind(session, clock, name, reminder, deadline.label)
        if reminder.letter:
            reminder_due.send(type(clock.case), case=clock.case, clock=clock, letter=reminder.letter)
        warned += 1
    session.flush()
    return {"warned": warned}


def _remind(session: Session, clock: Clock, name: str, reminder: Reminder, label: object) -> None:
    """Tell everybody whom the reminder names, by each of its channels."""
    case, day = clock.case, clock.due_on
    subject = (_("Due %(day)s: %(title)s", day=day, title=case.title) if reminder.after is None else
               _("Overdue since %(day)s: %(title)s", day=day, title=case.title))
    for person, channel in product(recipients(session, case, reminder.to), reminder.channels):
        key = f"remind:{clock.id}:{name}:{person}" + ("" if channel == "inapp" else f":{channel}")
        post(session, to=person, channel=channel, subject=subject, dedupe_key=key, link=f"/cases/{case.number}",
             body=_("%(label)s of case %(number)s is due on %(day)s.", label=label, number=case.number, day=day),
             case_id=case.id)


def _label(clock: Clock) -> object:
    """What the duty is called; its code where the case's workflow does not know it, or is not loaded."""
    try:
        deadline = clock.case.workflow.deadline(clock.code)
    except Refusal:
        return clock.code
    return deadline.label if deadline else clock.code


def escalate(session: Session, now: dt.datetime) -> dict[str, int]:
    """Record, for each clock that ran out, that the next level answers for it now, and tell that level."""
    calendar, rules, escalated = clocks.calendar_of(session), book(session), 0
    today = moment.local(now).date()
    late = session.scalars(
        select(Clock).options(joinedload(Clock.case)).join(Case, Case.id == Clock.case_id)
        .where(Clock.stopped_at.is_(None), Clock.paused.is_(False), Clock.due_at <= now, Clock.escalated < len(LEVELS))
        .order_by(Clock.due_at).limit(BATCH))
    for clock in late.all():
        days = calendar.count_working(clock.due_on, today)
        reached = [n for n, rule in enumerate(LEVELS, 1) if days >= rules.rule(rule, today, clock.case.bureau_id).value]
        level = max(reached, default=0)
        if level <= clock.escalated:
            continue
        clock.escalated = level
        label = _label(clock)
        clock.case.events.append(Event(
            at=now, kind="escalated", action=clock.code, from_state=clock.case.state, to_state=clock.case.state,
            actor=_("System"), note=_("%(label)s was due on %(day)s and is not done.", label=label, day=clock.due_on),
            data={"clock": clock.code, "level": level}))
        for person in recipients(session, clock.case, ("assignee", "unit") if level == 1 else ("bureau",)):
            post(session, to=person, channel="inapp", subject=_("Overdue: %(title)s", title=clock.case.title),
                 body=_("%(label)s of case %(number)s was due on %(day)s.", label=label, number=clock.case.number,
                        day=clock.due_on),
                 dedupe_key=f"overdue:{clock.id}:{level}:{person}", link=f"/cases/{clock.case.number}",
                 case_id=clock.case_id)
        clock_overdue.send(type(clock.case), case=clock.case, clock=clock, level=level)
        escalated += 1
    session.flush()
    return {"escalated": escalated}
