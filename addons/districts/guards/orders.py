"""Guards of an order to a department."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from addons.districts.effects.common import session_of
from core import moment
from core.calendar import PeriodSpec, Unit, compute
from core.case import clocks
from core.rules.lookup import lookup
from core.words import gettext as _

Data = Mapping[str, Any] | None


def promise_day(case: Any, data: Data) -> str | None:
    """A complex need has a day that the handling unit promises when it signs."""
    day = (data or {}).get("promised_on")
    if day is None:
        return None
    if not case.complex:
        return _("A general need is answered within its seven working days: there is nothing to promise.")
    if day <= moment.today() or not clocks.calendar_of(session_of(case)).day(day).working:
        return _("Promise a working day after today.")
    return None


def may_return(case: Any, data: Data) -> str | None:
    """Within a day (two for a complex need) of the dispatch; who stays silent has accepted, and a final one stays."""
    if case.final:
        return _("This dispatch was decided finally. It cannot be returned.")
    if data is not None and moment.now() >= return_until(case):
        return _("It could be returned until %(day)s. Who stays silent has accepted.",
                 day=moment.local(return_until(case) - dt.timedelta(seconds=1)).date())
    return None


def return_until(case: Any) -> dt.datetime:
    """The instant at which the period for returning ends."""
    session = session_of(case)
    rule = lookup(session, "need.dept_return_complex" if case.complex else "need.dept_return", case.rule_day, case.bureau_id)
    return compute(PeriodSpec(int(rule.value), Unit(rule.unit.value)), case.opened_at, clocks.calendar_of(session), (),
                   ()).due_at


def leads(case: Any) -> bool:
    """The lead unit speaks for all."""
    return bool(case.lead)


def is_lead_or_helper(case: Any, data: Data) -> str | None:
    """Nothing more than the state asks."""
    return None


def need_runs(case: Any, data: Data) -> str | None:
    """What is missing is named at once."""
    if data is not None and data["reason"] != "不可抗力" and not data["material"].strip():
        return _("Name everything that the enterprise must bring.")
    clock = clocks.running(case, "handle")
    return _("It waits for the enterprise already.") if clock is not None and clock.paused else None


def not_extended(case: Any, data: Data) -> str | None:
    """Once, before it is over."""
    clock = clocks.running(case, "handle")
    if clock is not None and clock.extensions:
        return _("This period was extended already. It can be extended once.")
    if clock is not None and data is None and moment.now() >= clock.due_at:
        return _("This period is over. It can only be extended before it ends.")
    return None
