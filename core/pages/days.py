"""Months as pages see them: the days with 班 and 休, for the calendar of due dates and for date fields."""
from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import format_date
from flask_babel import gettext as _

from core import moment
from core.calendar import WorkCalendar
from core.calendar.workdays import FIRST_YEAR, LAST_YEAR, DayKind
from core.case import clocks
from core.pages.frame import needs, request_session
from core.web.boards import Month, MonthDay
from core.web.filters import month_label
from core.web.widgets import Action

pages = Blueprint("days", __name__)


@pages.get("/calendar/days")
@needs("")
def chooser() -> str:
    """The days of a month to choose from, for a date field."""
    first = month_of(request.args.get("month", ""))
    month = month_page(first, clocks.calendar_of(request_session()),
                       lambda other: f"/calendar/days?month={other:%Y-%m}", lambda day: day)
    return render_template("pages/days.html", month=month, chosen=request.args.get("chosen", ""), title=month.label)


def month_of(text: str) -> dt.date:
    """The first day of the month ``2026-11``; of the present one for anything else."""
    year, _dash, month = text.partition("-")
    if year.isdigit() and month.isdigit() and FIRST_YEAR < int(year) < LAST_YEAR and 1 <= int(month) <= 12:
        return dt.date(int(year), int(month), 1)
    return moment.today().replace(day=1)


def span(first: dt.date) -> tuple[dt.date, dt.date]:
    """The Monday on or before the first of the month and the Sunday on or after its last day."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return first - dt.timedelta(days=first.weekday()), last + dt.timedelta(days=6 - last.weekday())


def month_page(first: dt.date, days_off: WorkCalendar, address: Callable[[dt.date], str],
               fill: Callable[[MonthDay], MonthDay], note: Any = "") -> Month:
    """The month that begins on ``first``; ``fill`` adds to a day what is due on it."""
    start, end = span(first)
    days = [fill(_day(date, first, days_off)) for date in _dates(start, end)]
    before, after = (first - dt.timedelta(days=1)).replace(day=1), (first + dt.timedelta(days=31)).replace(day=1)
    if not note and any(days_off.day(day.date).provisional for day in days):
        note = _("The calendar of this year is not published yet; its days are provisional.")
    return Month(month_label(first), [days[i:i + 7] for i in range(0, len(days), 7)],
                 [str(format_date(start + dt.timedelta(days=i), "EEE")) for i in range(7)],
                 Action(_("Previous month"), address(before)), Action(_("Next month"), address(after)), note)


def year_pages(year: int, days_off: WorkCalendar) -> list[Month]:
    """The twelve months of a year, to be looked at; none of a year that no calendar can have."""
    if not FIRST_YEAR < year < LAST_YEAR:
        return []
    return [month_page(dt.date(year, number, 1), days_off, lambda _first: "", lambda day: day) for number in range(1, 13)]


def _dates(start: dt.date, end: dt.date) -> Iterable[dt.date]:
    return (start + dt.timedelta(days=i) for i in range((end - start).days + 1))


def _day(date: dt.date, first: dt.date, days_off: WorkCalendar) -> MonthDay:
    day = days_off.day(date)
    mark = {DayKind.MAKEUP: _("Work"), DayKind.HOLIDAY: _("Off")}.get(day.kind, "")
    made = MonthDay(date, day.working, mark, day.name.removesuffix("（调休）") if day.kind is DayKind.HOLIDAY else "",
                    today=date == moment.today())
    return replace(made, other=date.month != first.month)

