"""The years whose notices are known already, from the table of the ``holidays`` library. No database here."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from core.calendar.workdays import NATIONAL, ONE_DAY, SUBSTITUTED, CalendarRow, RowKind, plain_name

FIRST_SEEDED = 2012
SWAP = re.compile(r"(\d{4}-\d{2}-\d{2})")
EVE = "除夕"


def published_years() -> list[int]:
    """The years from 2012 on for which the library knows the notice, without a gap.

    It lists later years too, but those are a guess: statutory days and supposed days in lieu, no moved weekend. Every
    notice since 2012 moves weekend days, so a year is published when the library knows one that is worked.
    """
    from holidays import country_holidays

    years: list[int] = []
    year = FIRST_SEEDED
    while any(day.year == year for day in country_holidays("CN", years=year).weekend_workdays):
        years.append(year)
        year += 1
    return years


def seed_rows() -> dict[int, list[CalendarRow]]:
    """The rows of each published year: days off with the weekends that join them, and make-up working days.

    A day off, or a make-up day, that the library knows only as moved bears the name of the break that it belongs to.
    """
    from holidays import country_holidays

    years = published_years()
    found = country_holidays("CN", years=years, language="zh_CN") if years else {}
    off = {date: name for date, name in found.items() if date.year in years}
    worked = {day for day in getattr(found, "weekend_workdays", ()) if day.year in years}
    names: dict[dt.date, str] = {}
    for run in _runs(off, worked):
        known = [plain_name(off[d]) for d in run if d in off and not SUBSTITUTED.search(off[d])]
        feasts = [feast for name in known for feast in name.split("、")]
        title = "、".join(dict.fromkeys(name for name in feasts if name != EVE)) or EVE
        names |= {d: plain_name(off[d]) if d in off and not SUBSTITUTED.search(off[d]) else title for d in run}
    swaps = {dt.date.fromisoformat(match[1]): date for date, name in off.items() if (match := SWAP.search(name))}
    source = f"holidays {version('holidays')}"
    rows = [CalendarRow(d, RowKind.HOLIDAY, name, NATIONAL, source) for d, name in names.items() if d.year in years]
    for day in worked:
        break_ = names.get(swaps[day]) if day in swaps else None
        rows.append(CalendarRow(day, RowKind.WORKDAY, f"{break_}调休" if break_ else "调休", NATIONAL, source))
    return {year: sorted((r for r in rows if r.date.year == year), key=lambda r: r.date) for year in years}


def _runs(off: Mapping[dt.date, str], worked: set[dt.date]) -> Iterator[list[dt.date]]:
    """The breaks: days off in a row, together with the weekend days that touch them and are not worked."""

    def free(day: dt.date) -> bool:
        return day in off or (day.isoweekday() > 5 and day not in worked)

    seen: set[dt.date] = set()
    for day in sorted(off):
        if day in seen:
            continue
        first = last = day
        while free(first - ONE_DAY):
            first -= ONE_DAY
        while free(last + ONE_DAY):
            last += ONE_DAY
        run = [first + n * ONE_DAY for n in range((last - first).days + 1)]
        seen.update(run)
        yield run
