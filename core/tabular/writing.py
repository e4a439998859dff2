"""Writes rows as they come, whatever their number, so that no cell is ever run as a formula: CSV here, workbooks in
:mod:`core.tabular.xlsx`, which is imported by whoever writes one."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from core import moment
from core.tabular.cells import Cell, guard, shown
from core.tabular.heading import RESULT_HEADING
from core.tabular.reading import CsvSheet, Limits, open_sheet
from core.tabular.work import ImportResult

if TYPE_CHECKING:
    from core.tabular.xlsx import XlsxWriter

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class CsvWriter:
    """CSV in UTF-8 with a mark, as spreadsheets open it, or as asked."""

    def __init__(self, out: BinaryIO, encoding: str = "utf-8-sig", delimiter: str = ",") -> None:
        self._text = io.TextIOWrapper(out, encoding=encoding, newline="", write_through=False)
        self._writer = csv.writer(self._text, delimiter=delimiter)

    def row(self, cells: Sequence[Any], *, marked: bool = False, guarded: bool = True) -> None:
        """Write one row."""
        self._writer.writerow([shown_text(cell, guarded) for cell in cells])

    def heading(self, cells: Sequence[str]) -> None:
        """Write the row of headings."""
        self.row(cells)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._text.flush()
        self._text.detach()


class JsonWriter:
    """For programs: a list of objects, one a row, by the sheet's headings. Days and instants as ISO 8601."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._names = out, list[str]()
        self._rows = 0

    def heading(self, cells: Sequence[str]) -> None:
        """The names of every row's values."""
        self._names = list(cells)

    def row(self, cells: Sequence[Any], *, marked: bool = False, guarded: bool = True) -> None:
        """Write one row."""
        found = dict(zip(self._names, (self._plain(cell) for cell in cells), strict=True))
        self._out.write(((",\n" if self._rows else "[\n") + json.dumps(found, ensure_ascii=False)).encode())
        self._rows += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.write(b"\n]\n" if self._rows else b"[]\n")

    @staticmethod
    def _plain(value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return (moment.local(value) if value.tzinfo else value).isoformat()
        if isinstance(value, dt.date):
            return value.isoformat()
        if value is None or isinstance(value, (str, bool, int, float)):
            return value
        return [str(each) for each in value] if isinstance(value, (list, tuple)) else str(value)


def shown_text(value: Any, guarded: bool) -> str:
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
    text = UNPRINTABLE.sub("", str(value))
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
        from core.tabular.xlsx import XlsxWriter  # only who writes a workbook pays for its library

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
