"""Legal periods: from the event that starts one to the instant at which it is over, day by day.

There is one algorithm. :func:`explain` walks the days and keeps them, :func:`compute` makes the same walk for its end
alone (and then takes days of which every one counts in one stride).

* The day of the event is not counted (民法典 art. 201, 民事诉讼法 art. 85).
* ``WD`` counts working days, make-up Saturdays and Sundays included.
* ``CD`` counts every day; a last day that is no working day moves to the next one (民法典 art. 203).
* ``MONTH`` ends on the day of the same number, or at the end of the month (民法典 arts. 201 and 202). It does not move
  for a holiday unless ``month_roll``. A minimum period must be over: :attr:`Due.over_on` is the first day after it.
* ``HOUR`` and ``MIN`` run on the wall clock, on working and other days alike.
* A pause stops the clock: the day of the suspension is not counted, nor is the day of the resumption unless
  ``resume_same_day``; the days that remained are counted from then on.
* An extension is counted onward from the old due date, in its own unit.
"""
from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence

from core import moment
from core.calendar.spec import (
    PAUSED,
    DayRow,
    Due,
    Explanation,
    Extension,
    Latest,
    Pause,
    PeriodSpec,
    Span,
    Unit,
    beyond,
    check_year,
    checked,
    day_of,
    instant,
)
from core.calendar.workdays import LAST_YEAR, ONE_DAY, WorkCalendar
from core.errors import Refusal
from core.words import gettext as _

INSTANT = dt.timedelta(microseconds=1)


def compute(spec: PeriodSpec, start: dt.date | dt.datetime, calendar: WorkCalendar, pauses: Sequence[Pause] = (),
            extensions: Sequence[Extension] = (), *, today: dt.date | dt.datetime | None = None) -> Due:
    """When the period that began at ``start`` ends.

    ``start`` is a date, or an aware datetime (hours and minutes need one). While a pause lasts the answer is what it
    would be if the clock resumed ``today`` (default: now; hours and minutes heed the time of a datetime).
    Raises :class:`Refusal` for what cannot be.
    """
    return _walked(spec, start, calendar, pauses, extensions, today, keep=False).due


def explain(spec: PeriodSpec, start: dt.date | dt.datetime, calendar: WorkCalendar, pauses: Sequence[Pause] = (),
            extensions: Sequence[Extension] = (), *, basis: str = "",
            today: dt.date | dt.datetime | None = None) -> Explanation:
    """The way from ``start`` to the due date, day by day; takes what :func:`compute` takes, and the legal basis."""
    walk = _walked(spec, start, calendar, pauses, extensions, today, keep=True)
    return Explanation(start, spec, walk.due, tuple(walk.rows), walk.counted, tuple(walk.spans), tuple(extensions),
                       basis)


def latest_before(event: dt.date, amount: int, unit: Unit, calendar: WorkCalendar) -> Latest:
    """The last day to act when ``amount`` days must lie between the act and ``event`` ("at least 30 days before").

    The day of the act is not counted, ``event`` is. In ``CD`` the answer is not moved for a holiday: later would be too
    late. In ``WD`` it is a working day. Other units are refused.
    """
    unit = checked(amount, unit)
    check_year(event)
    if unit is Unit.CD:
        return Latest(event - amount * ONE_DAY)
    if unit is not Unit.WD:
        raise Refusal(_("Only working days and calendar days can be counted back."), "unit")
    act = calendar.previous_working(event).date
    for _n in range(amount):
        act = calendar.previous_working(act - ONE_DAY).date
    return Latest(act, any(year not in calendar.published for year in range(act.year, event.year + 1)))


def remaining_workdays(today: dt.date, due: dt.date, calendar: WorkCalendar) -> int:
    """Working days left until ``due`` (today not counted, ``due`` counted), or as a negative number those since.

    It is 0 on the due day itself and on the holidays that follow it at once: whether a clock is late is for its
    ``due_at`` to say, not for this number.
    """
    return calendar.count_working(today, due) - calendar.count_working(due, today)


def add_months(date: dt.date, months: int) -> dt.date:
    """The day of the same number ``months`` later, or the last day of that month when it has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if year > LAST_YEAR:
        raise beyond(date)
    return dt.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))


def _walked(spec: PeriodSpec, start: dt.date | dt.datetime, calendar: WorkCalendar, pauses: Sequence[Pause],
            extensions: Sequence[Extension], today: dt.date | dt.datetime | None, keep: bool) -> _Walk:
    walk = _Walk(spec, start, calendar, pauses, moment.now() if today is None else today, keep)
    walk.add(spec.amount, spec.unit)
    for extension in extensions:
        walk.add(extension.amount, extension.unit)
    return walk


class _Walk:
    """A walk along the days: where it has come to, and the rows it leaves behind when it is to ``keep`` them."""

    def __init__(self, spec: PeriodSpec, start: dt.date | dt.datetime, calendar: WorkCalendar, pauses: Sequence[Pause],
                 resuming: dt.date | dt.datetime, keep: bool) -> None:
        self.day = day_of(start)
        check_year(self.day)
        if spec.unit.wall_clock and not isinstance(start, dt.datetime):
            raise Refusal(_("A period of hours or minutes needs the time at which it starts."), "start")
        self.instant = instant(start)
        self.spec, self.calendar = spec, calendar
        self.pauses = sorted(pauses, key=lambda p: (day_of(p.since), str(p.since)))
        self.resuming, self.keep = resuming, keep
        self.rows: list[DayRow] = []
        self.spans: list[Span] = []
        self.counted = 0
        self.provisional = False
        self.paused = False

    @property
    def due(self) -> Due:
        """Where the walk has come to."""
        return Due(self.day, self.instant, self.provisional, self.paused)

    def add(self, amount: int, unit: Unit) -> None:
        """Walk on by ``amount`` of ``unit`` from where the walk has come to."""
        if unit.wall_clock:
            self._run(dt.timedelta(hours=amount) if unit is Unit.HOUR else dt.timedelta(minutes=amount))
        else:
            self._count(amount, unit)
        still = [pause.since for pause in self.pauses if pause.until is None]
        self.paused = any(instant(since) < self.instant if unit.wall_clock else day_of(since) <= self.day
                          for since in still)

    def _count(self, amount: int, unit: Unit) -> None:
        # A month period is the days between its ends, so that after a pause the days that remained can be counted.
        left = amount if unit is not Unit.MONTH else (add_months(self.day, amount) - self.day).days
        roll = unit is Unit.CD or (unit is Unit.MONTH and self.spec.month_roll)
        if not self.keep and not self.pauses and unit is not Unit.WD:
            self.day += (left - 1) * ONE_DAY
            self.counted += left - 1
            left = 1
        arrived = False
        while not arrived:
            self.day += ONE_DAY
            pause = self._pause_on(self.day)
            if pause is not None:
                if self.keep:
                    self.rows.append(DayRow(self.day, False, None, PAUSED, pause.reason))
                continue
            day = self.calendar.day(self.day)
            counts = left > 0 and (day.working or unit is not Unit.WD)
            if counts:
                left -= 1
                self.counted += 1
            if self.keep:
                number = self.counted if counts else None
                self.rows.append(DayRow(self.day, counts, number, str(day.kind), day.name))
            arrived = left == 0 and (day.working or not roll)
            if unit is Unit.WD or (roll and left == 0):
                self.provisional = self.provisional or day.provisional
        eod = self.spec.eod
        self.instant = (moment.start_of(self.day + ONE_DAY) if eod is None
                        else dt.datetime.combine(self.day, eod, moment.zone()).astimezone(dt.UTC))

    def _pause_on(self, day: dt.date) -> Pause | None:
        for pause in self.pauses:
            since = day_of(pause.since)
            if since > day:
                return None
            resumed = self._resumed(pause)
            if day < resumed or (day == resumed and not self.spec.resume_same_day):
                return pause
        return None

    def _resumed(self, pause: Pause) -> dt.date:
        """The day of the resumption; of a pause that lasts, today."""
        if pause.until is not None:
            return day_of(pause.until)
        return max(day_of(self.resuming), day_of(pause.since))

    def _run(self, left: dt.timedelta) -> None:
        begun = self.instant
        first = len(self.spans)
        for since, until, reason in self._stops():
            if until <= self.instant:
                continue
            run = min(left, max(since - self.instant, dt.timedelta()))
            self._span(run, True, "")
            left -= run
            if not left:
                break
            self._span(until - self.instant, False, reason)
        self._span(left, True, "")
        self.day = moment.local(max(self.instant - INSTANT, begun)).date()
        check_year(self.day)
        if self.keep:
            self._rows_of(self.spans[first:])

    def _stops(self) -> list[tuple[dt.datetime, dt.datetime, str]]:
        """The pauses as instants. A pause known by its days only begins with its first day and ends with its last."""
        stops = []
        for pause in self.pauses:
            since = instant(pause.since)
            if pause.until is None:
                until = max(instant(self.resuming), since)
            elif isinstance(pause.until, dt.datetime) or self.spec.resume_same_day:
                until = instant(pause.until)
            else:
                until = instant(pause.until + ONE_DAY)
            stops.append((since, until, pause.reason))
        return sorted(stops)

    def _span(self, length: dt.timedelta, counted: bool, reason: str) -> None:
        if length > dt.timedelta():
            self.spans.append(Span(self.instant, self.instant + length, counted, reason))
            self.instant += length

    def _rows_of(self, spans: Sequence[Span]) -> None:
        for span in spans:
            day, last = moment.local(span.since).date(), moment.local(span.until - INSTANT).date()
            while day <= last:
                known = self.calendar.day(day)
                row = DayRow(day, span.counted, None, str(known.kind) if span.counted else PAUSED,
                             known.name if span.counted else span.reason)
                if not self.rows or self.rows[-1].date != day:
                    self.rows.append(row)
                elif span.counted and not self.rows[-1].counted:
                    self.rows[-1] = row
                day += ONE_DAY
