"""How long the enterprise waited: office hours to the first word, working days to the answer."""
from __future__ import annotations

import datetime as dt
from typing import Any

from addons.districts.effects.common import session_of
from core import moment
from core.case import clocks


def working_hours(case: Any, since: dt.datetime, until: dt.datetime) -> float:
    """Office hours (9 to 17) of working days between two instants."""
    calendar, hours = clocks.calendar_of(session_of(case)), 0.0
    day, last = moment.local(since).date(), moment.local(until).date()
    while day <= last:
        if calendar.day(day).working:
            opens = moment.start_of(day) + dt.timedelta(hours=9)
            closes = opens + dt.timedelta(hours=8)
            hours += max((min(until, closes) - max(since, opens)).total_seconds(), 0) / 3600
        day += dt.timedelta(days=1)
    return round(hours, 2)


def working_days(case: Any, until: dt.datetime) -> int:
    """Working days from the receipt, less those on which it waited for the enterprise."""
    calendar = clocks.calendar_of(session_of(case))
    days = calendar.count_working(moment.local(case.opened_at).date(), moment.local(until).date())
    clock = next((c for c in reversed(case.clocks) if c.code in ("total", "promised")), None)
    for pause in clock.pauses if clock is not None else ():
        since = moment.local(dt.datetime.fromisoformat(pause["since"])).date()
        end = moment.local(dt.datetime.fromisoformat(pause["until"]) if pause["until"] else until).date()
        days -= calendar.count_working(since, end)
    return max(days, 0)
