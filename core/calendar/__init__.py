"""The working-day calendar and the arithmetic of legal periods.

``workdays``, ``spec`` and ``period`` are pure arithmetic: they know no database and are safe to call anywhere.
``store`` reads and keeps the published calendars, ``sheet`` reads the file in which a year arrives, ``seed`` fills in
the years that are known already.
"""
from __future__ import annotations

from core.calendar.period import compute, explain, latest_before, remaining_workdays
from core.calendar.spec import DayRow, Due, Explanation, Extension, Latest, Pause, PeriodSpec, Span, Unit
from core.calendar.workdays import CalendarRow, Day, DayKind, RowKind, WorkCalendar

__all__ = [
    "CalendarRow", "Day", "DayKind", "DayRow", "Due", "Explanation", "Extension", "Latest", "Pause", "PeriodSpec",
    "RowKind", "Span", "Unit", "WorkCalendar", "compute", "explain", "latest_before", "remaining_workdays",
]
