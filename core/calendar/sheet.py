"""The file in which a year's calendar arrives: ``date,kind,name``, checked row by row before anything is kept."""
from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.calendar.workdays import FIRST_YEAR, LAST_YEAR, NATIONAL, CalendarRow, RowKind
from core.errors import FieldError, Invalid
from core.words import gettext as _

HEADINGS = {"date": "date", "日期": "date", "kind": "kind", "类型": "kind", "name": "name", "名称": "name"}
KINDS = {
    "holiday": RowKind.HOLIDAY, "放假": RowKind.HOLIDAY, "节假日": RowKind.HOLIDAY, "休息": RowKind.HOLIDAY,
    "workday": RowKind.WORKDAY, "上班": RowKind.WORKDAY, "调休上班": RowKind.WORKDAY, "工作日": RowKind.WORKDAY,
}
DATE = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})日?")
NAME_LENGTH = 64
DECEMBER = 12


@dataclass(frozen=True)
class RowError:
    """What is wrong with one cell: the row as the sheet numbers it, the column, the value, and what to do."""

    row: int
    column: str
    value: str
    message: str


class CalendarSheetError(Invalid):
    """The sheet cannot be taken; nothing was kept. ``rows`` holds one :class:`RowError` a fault."""

    def __init__(self, rows: Sequence[RowError]) -> None:
        self.rows = tuple(rows)
        super().__init__([FieldError(f"{e.row}.{e.column}", e.message) for e in rows],
                         "; ".join(_("row %(row)s, %(column)s: %(fault)s", row=e.row, column=e.column,
                                     fault=e.message) for e in rows))


@dataclass(frozen=True)
class YearSheet:
    """The days of one year's notice, in order of date."""

    year: int
    rows: tuple[CalendarRow, ...]


def read_csv(data: bytes | Path) -> list[dict[str, str]]:
    """The rows of a CSV file in UTF-8 or GB18030, keyed ``date``, ``kind``, ``name``."""
    raw = data.read_bytes() if isinstance(data, Path) else data
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            raise CalendarSheetError([RowError(1, "date", "", _(
                "The file is not text in UTF-8 or GB18030. Save it as CSV."))]) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    head = [HEADINGS.get(cell.strip().lower(), cell.strip()) for cell in next(reader, [])]
    missing = [name for name in ("date", "kind") if name not in head]
    if missing:
        advice = _("The heading is missing. The first row must be date,kind,name.")
        raise CalendarSheetError([RowError(1, name, "", advice) for name in missing])
    return [dict(zip(head, (cell.strip() for cell in cells), strict=False)) for cells in reader]


def check_year(rows: Iterable[Mapping[str, object]], scope: str = NATIONAL, source: str = "",
               first: int = 2) -> YearSheet:
    """The rows ``{"date", "kind", "name"}`` as one year's calendar; ``first`` is the number of the first of them.

    One sheet holds one year: that of its latest date. Days of the December before it may stand in it too, because a
    notice for January may move them. Raises :class:`CalendarSheetError` that lists every fault.
    """
    found: dict[dt.date, tuple[int, CalendarRow]] = {}
    errors: list[RowError] = []
    for number, cells in enumerate(rows, first):
        text = {key: str(cells.get(key) or "").strip() for key in ("date", "kind", "name")}
        if not any(text.values()):
            continue
        date, kind = _date(text["date"]), KINDS.get(text["kind"].lower())
        faults = list(_faults(text, date, kind, scope))
        if date is not None and date in found:
            faults.append(("date", _("The date stands in row %(row)s already. Remove one of them.",
                                     row=found[date][0])))
        errors += [RowError(number, column, text[column], message) for column, message in faults]
        if date is not None and kind is not None and not faults:
            found[date] = number, CalendarRow(date, kind, text["name"], scope, source)
    if not found and not errors:
        errors.append(RowError(first, "date", "", _("The file holds no day. Write one row for each day off or moved.")))
    year = max((date.year for date in found), default=0)
    for date, (number, _row) in found.items():
        if date.year != year and (date.year, date.month) != (year - 1, DECEMBER):
            errors.append(RowError(number, "date", date.isoformat(), _(
                "The date is not in %(year)s. Import each year from a file of its own.", year=year)))
    if errors:
        raise CalendarSheetError(sorted(errors, key=lambda e: e.row))
    return YearSheet(year, tuple(found[date][1] for date in sorted(found)))


def _date(text: str) -> dt.date | None:
    """A date as offices write it: 2027-02-05, 2027/2/5 or 2027年2月5日."""
    match = DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return dt.date(*map(int, match.groups()))
    except ValueError:
        return None


def _faults(text: Mapping[str, str], date: dt.date | None, kind: RowKind | None,
            scope: str) -> Iterable[tuple[str, str]]:
    if date is None:
        yield "date", _("This is not a date. Write it like 2027-02-05.")
    elif not FIRST_YEAR <= date.year <= LAST_YEAR:
        yield "date", _("The year must lie between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)
    if kind is None:
        yield "kind", _("Write holiday for a day off and workday for a make-up working day.")
    elif kind is RowKind.WORKDAY and date is not None and date.isoweekday() <= 5 and scope == NATIONAL:
        yield "kind", _("A make-up working day is a Saturday or a Sunday. Correct the date, or remove the row.")
    if len(text["name"]) > NAME_LENGTH:
        yield "name", _("The name is longer than %(most)s characters. Shorten it.", most=NAME_LENGTH)
