"""Writes rows to a workbook (.xlsx). Apart from the rest because its library takes 10 MB: imported where one is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, BinaryIO, Self

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from core import moment
from core.errors import Refusal
from core.tabular.cells import guard
from core.tabular.writing import UNPRINTABLE, shown_text
from core.words import gettext as _

ROWS = 1_048_576
"""How many a sheet can hold."""
MARK = PatternFill("solid", fgColor="FDE9E7")


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
        if self._rows > ROWS:
            raise Refusal(_("A workbook holds %(rows)s rows: export as CSV or narrow the filter.", rows=ROWS))
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
            value = shown_text(value, guarded)
        if isinstance(value, str):
            value = UNPRINTABLE.sub("", guard(value) if guarded else value)[:32_767]
        cell = WriteOnlyCell(self._sheet, value)
        if isinstance(value, str):
            cell.data_type = "s"  # never a formula, whatever it begins with
        elif isinstance(value, dt.date):
            cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, dt.datetime) else "yyyy-mm-dd"
        if marked:
            cell.fill = MARK
        return cell
