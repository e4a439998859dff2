"""Writes rows to CSV or XLSX as they come, whatever their number, so that no cell is ever run as a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from core import moment
from core.errors import Refusal
from core.tabular.cells import Cell, guard, shown
from core.tabular.heading import RESULT_HEADING
from core.tabular.reading import CsvSheet, Limits, open_sheet
from core.tabular.work import ImportResult
from core.words import gettext as _

XLSX_ROWS = 1_048_576
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARK = PatternFill("solid", fgColor="FDE9E7")


class CsvWriter:
    """CSV in UTF-8 with a mark, as spreadsheets open it, or as asked."""

    def __init__(self, out: BinaryIO, encoding: str = "utf-8-sig", delimiter: str = ",") -> None:
        self._text = io.TextIOWrapper(out, encoding=encoding, newline="", write_through=False)
        self._writer = csv.writer(self._text, delimiter=delimiter)

    def row(self, cells: Sequence[Any], *, marked: bool = False, guarded: bool = True) -> None:
        """Write one row."""
        self._writer.writerow([_text(cell, guarded) for cell in cells])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._text.flush()
        self._text.detach()


class XlsxWriter:
    """A workbook written row by row; only the present row is in memory."""

    def __init__(self, out: BinaryIO, title: str = "Sheet", widths: Iterable[int] = ()) -> None:
        self._out, self._book = out, Workbook(write_only=True)
        self._sheet = self._book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
        for number, width in enumerate(widths, 1):
            self._sheet.column_dimensions[get_column_letter(number)].width = width
        self._rows = 0

    def row(self, cells: Sequence[Any], *, marked: bool = False, guarded: bool = True) -> None:
        """Write one row; ``marked`` colours it. Raises a refusal at the end of what a sheet can hold."""
        self._rows += 1
        if self._rows > XLSX_ROWS:
            raise Refusal(_("A workbook holds %(rows)s rows: export as CSV or narrow the filter.", rows=XLSX_ROWS))
        self._sheet.append([self._cell(cell, marked, guarded) for cell in cells])

    def heading(self, cells: Sequence[str]) -> None:
        """Write the row of headings."""
        self._rows += 1
        bold = Font(bold=True)
        row = []
        for text in cells:
            cell = WriteOnlyCell(self._sheet, text)
            cell.font = bold
            row.append(cell)
        self._sheet.append(row)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._book.save(self._out)
        else:
            self._sheet.close()

    def _cell(self, value: Any, marked: bool, guarded: bool) -> Any:
        if isinstance(value, dt.datetime) and value.tzinfo:
            value = moment.local(value).replace(tzinfo=None)
        if isinstance(value, (list, tuple)) or not isinstance(
            value, (str, int, float, Decimal, dt.date, dt.time, dt.timedelta, type(None))
        ):
            value = _text(value, guarded)
        if isinstance(value, str):
            value = _UNPRINTABLE.sub("", guard(value) if guarded else value)[:32_767]
        cell = WriteOnlyCell(self._sheet, value)
        if isinstance(value, str):
            cell.data_type = "s"  # never a formula, whatever it begins with
        elif isinstance(value, dt.date):
            cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, dt.datetime) else "yyyy-mm-dd"
        if marked:
            cell.fill = _MARK
        return cell


def _text(value: Any, guarded: bool) -> str:
    """A value as CSV shows it: days as 2026-11-23, instants in local time, amounts without an exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime):
        return (moment.local(value) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (list, tuple)):
        value = ";".join(map(str, value))
    text = _UNPRINTABLE.sub("", str(value))
    return guard(text) if guarded and not isinstance(value, (int, float)) else text


def annotated_sheet(file: Path, result: ImportResult, out: BinaryIO, *, limits: Limits | None = None) -> str:
    """The sheet that was sent, with one more column that says what is wrong with each row; returns ``"csv"`` or
    ``"xlsx"``.

    A CSV keeps its encoding and delimiter. Row numbers stay the same, so that the list of errors still fits.
    """
    sheet = open_sheet(file, limits)
    messages: dict[int, list[str]] = {}
    for error in (*result.errors, *result.warnings):
        messages.setdefault(error.row, []).append(f"{error.column}：{error.message}" if error.column else error.message)
    bad = {error.row for error in result.errors}
    heading = result.heading_row
    width = max((len(cells) for number, cells in sheet.rows() if number <= heading), default=0)
    longest = max((len(cells) for _number, cells in sheet.rows()), default=width) if sheet.kind == "csv" else width
    writer: CsvWriter | XlsxWriter
    if isinstance(sheet, CsvSheet):
        writer = CsvWriter(out, "gb18030" if sheet.encoding == "gb18030" else "utf-8-sig", sheet.delimiter)
    else:
        writer = XlsxWriter(out, getattr(sheet, "name", "Sheet"))
    with writer:
        last = 0
        for number, cells in sheet.rows():
            for _blank in range(last + 1, number):
                writer.row([])
            note = RESULT_HEADING if number == heading else "；".join(messages.get(number, []))
            body: list[Cell] = list(cells[:longest]) + [""] * (longest - len(cells))
            # A spreadsheet runs what a CSV holds; in a workbook text stays text. The import takes the apostrophe off.
            writer.row([*body, shown_whole(note)], marked=number in bad, guarded=sheet.kind == "csv")
            last = number
    return sheet.kind


def shown_whole(note: str) -> str:
    """A note as long as a cell can hold."""
    return note if len(note) < 32_000 else shown(note)
