"""What doing an action means, said before it is done: the state, the clocks that start, stop or stand still, who sees it.

Worked out from the workflow's declaration, so it cannot disagree with what happens (:func:`core.case.clocks.follow`).
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy.orm import Session

from core import moment
from core.calendar import PeriodSpec, Unit, compute
from core.calendar.workdays import WorkCalendar
from core.case import clocks
from core.case.models import Case
from core.case.workflow import CLOSED, Action, Deadline
from core.rules.lookup import NoRule, lookup
from core.words import gettext as _


def consequences(session: Session, case: Case, action: Action, calendar: WorkCalendar) -> list[str]:
    """Full sentences, the bureau's own first."""
    told = [str(action.consequence)] if action.consequence else []
    target = case.workflow.state(action.target) if action.target else None
    if target is not None and target.name != case.state:
        told.append(_("The case becomes “%(state)s”.", state=target.label) if target.meaning is not CLOSED else
                    _("The case is closed: “%(state)s”.", state=target.label))
        for deadline in case.workflow.deadlines:
            told += _of_clock(session, case, deadline, target.name, calendar)
    if action.public:
        told.append(_("The enterprise can see this step."))
    return told


def _of_clock(session: Session, case: Case, deadline: Deadline, state: str, calendar: WorkCalendar) -> Iterator[str]:
    clock, words = clocks.running(case, deadline.code), {"deadline": deadline.label}
    if clock is not None:
        if state in deadline.met_by:
            late = moment.now() >= clock.due_at
            yield (_("“%(deadline)s” ends, after its due date %(day)s.", day=clock.due_on, **words) if late else
                   _("“%(deadline)s” ends, in time (due %(day)s).", day=clock.due_on, **words))
            return
        if state in deadline.voided_by:
            yield _("“%(deadline)s” (due %(day)s) no longer counts.", day=clock.due_on, **words)
            return
        if state in deadline.paused_in and not clock.paused:
            yield _("“%(deadline)s” stands still; its remaining days are kept.", **words)
        elif clock.paused and state not in deadline.paused_in:
            yield _("“%(deadline)s” runs on with the days that remain.", **words)
    elif state in deadline.starts and (deadline.applies is None or deadline.applies(case)):
        due = _foreseen(session, case, deadline, calendar)
        yield (_("“%(deadline)s” begins to run.", **words) if due is None else
               _("“%(deadline)s” begins to run: due %(day)s.", day=due, **words))


def _foreseen(session: Session, case: Case, deadline: Deadline, calendar: WorkCalendar) -> dt.date | None:
    """The due date if the step is taken now; None when it hangs on something that the step itself says."""
    began = deadline.start(case) if deadline.start is not None else moment.now()
    if began is None:
        return None
    try:
        rule = lookup(session, deadline.rule, deadline.rule_day(case) if deadline.rule_day else case.rule_day, case.bureau_id)
    except NoRule:
        return None
    return compute(PeriodSpec(int(rule.value), Unit(rule.unit.value)), moment.as_instant(began), calendar).due_on
