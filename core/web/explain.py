"""The strip of days that answers 为什么是这天: the explanation of a date cut into months and weeks for drawing."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from core.web.filters import date_zh, month_label

FOLD = 3
"""More months than this and each is a strip of its own, all but the first and the last folded."""


@dataclass(frozen=True)
class DayCell:
    """One day: ``number`` names the month on its first, ``look`` is its CSS class, ``word`` what
    stands below the number, ``said`` all of it for those who listen."""

    date: dt.date
    number: str
    look: str
    word: str
    said: str


@dataclass(frozen=True)
class MonthStrip:
    """The days of a month, or of the whole period when it is short; the first stands in column ``lead`` of its week
    (1 Monday … 7 Sunday)."""

    label: str
    lead: int
    days: Sequence[DayCell]
    open: bool = True


@dataclass(frozen=True)
class Explained:
    """An explanation ready to be drawn. ``basis`` is shown as the law only for rules of status law."""

    title: Any
    due_on: dt.date
    months: Sequence[MonthStrip]
    weekdays: Sequence[str] = ()
    summary: Any = ""
    basis: Sequence[Any] = ()
    rule: Any = ""
    provisional: bool = False
    print_url: str = ""
    notes: Sequence[Any] = field(default_factory=tuple)


def explained(title: Any, due_on: dt.date, days: Iterable[Mapping[str, Any]], *, start: dt.date | None = None,
              **more: Any) -> Explained:
    """Cut ``days`` (``[{"date", "counted", "n", "kind", "name"}]``, dates as ``date`` or ISO text) into months.

    ``start`` is the day from which the period runs, itself not counted; it is drawn before the first day when
    ``days`` does not hold it. ``more`` are the other fields of :class:`Explained`.
    """
    rows = [{**d, "date": _date(d["date"])} for d in days]
    if start and (not rows or rows[0]["date"] > start):
        rows.insert(0, {"date": start, "counted": False, "n": None, "kind": "start", "name": ""})
    months = [list(group) for _key, group in groupby(rows, key=lambda d: (d["date"].year, d["date"].month))]
    if len(months) <= FOLD:
        strips = [_strip(rows, start, due_on)] if rows else []
    else:
        last = len(months) - 1
        strips = [_strip(group, start, due_on, opened=i in (0, last)) for i, group in enumerate(months)]
    monday = dt.date(2024, 1, 1)
    weekdays = [str(format_date(monday + dt.timedelta(days=i), "EEEEE")) for i in range(7)] if strips else []
    return Explained(title=title, due_on=due_on, months=strips, weekdays=weekdays, **more)


def _strip(days: Sequence[Mapping[str, Any]], start: dt.date | None, due_on: dt.date, opened: bool = True,
           ) -> MonthStrip:
    first, last = days[0]["date"], days[-1]["date"]
    one = (first.year, first.month) == (last.year, last.month)
    label = month_label(first) if one else f"{month_label(first)} – {month_label(last)}"
    return MonthStrip(label, first.isoweekday(), [_cell(d, start, due_on) for d in days], opened)


def _date(value: dt.date | str) -> dt.date:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _cell(day: Mapping[str, Any], start: dt.date | None, due_on: dt.date) -> DayCell:
    date, kind, counted, n = day["date"], str(day["kind"]), bool(day["counted"]), day.get("n")
    name = str(day.get("name") or "")
    weekday = str(format_date(date, "EEE"))
    mark = {"makeup": _("Work"), "holiday": _("Off")}.get(kind, "")
    counting = "" if n is None else _("Day %(n)s", n=n) if n < 10 else _("D%(n)s", n=n)
    if date == start and not counted:
        look, word = "start", _("start")
    elif date == due_on:
        look, word = "last", counting or _("due")
    elif counted and kind == "makeup":
        look, word = "makeup", f"{mark}·{n}"
    elif counted:
        look, word = "work", counting
    elif kind == "paused":
        look, word = "paused", _("paused")
    else:
        look, word = "off", (name or mark if kind == "holiday" else weekday)
    told = [date_zh(date), mark, name, str(_("Day %(n)s", n=n)) if n is not None else str(word)]
    said = " · ".join(dict.fromkeys(str(t) for t in told if t))
    number = f"{date.month}/{date.day}" if date.day == 1 else str(date.day)
    return DayCell(date, number, look, str(word), said)
