"""Workbooks (.xlsx): what is refused before a cell is read, and the rows.

The sheet's XML is looked through once, in pieces, for what the quick reader cannot tell: formulas, merged cells, error
values and how large the table really is. Then the quick reader (calamine, whole sheet in memory) takes what is small
enough, and the streaming one (openpyxl) the rest: a single stray cell far away must not make a table of billions.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import openpyxl
import python_calamine
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from core.tabular.cells import Cell
from core.tabular.reading import Limits, Row, Sheet, SheetError, too_wide
from core.words import gettext as _

_CHUNK = 1 << 20
_OVERLAP = 4096
_QUICK_CELLS = 3_000_000
_NAMED = 50
_P = rb"<(?:\w+:)?"
_CELL = re.compile(_P + rb'c\s[^>]*?r="([A-Z]{1,3})(\d{1,7})"')
_COLUMN = re.compile(rb'\sr="([A-Z]{1,3})\d')
_ROW = re.compile(_P + rb'row\s[^>]*?r="(\d{1,7})"')
_FORMULA = re.compile(_P + rb'c\s[^>]*?r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*' + _P + rb"f[\s/>]")
_ERROR = re.compile(_P + rb'c\s(?=[^>]*?\st="e")[^>]*?r="([A-Z]{1,3})(\d{1,7})"')
_MERGED = re.compile(_P + rb'mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}(\d{1,7}))"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Workbook(Sheet):
    """One sheet of a workbook."""

    kind = "xlsx"

    def __init__(self, path: Path, limits: Limits, name: str | None = None) -> None:
        super().__init__(path, limits)
        try:
            with zipfile.ZipFile(path) as archive:
                _check_archive(archive, limits)
                self.name, self.others = self._choose(archive, name)
        except (zipfile.BadZipFile, EOFError, OSError, ElementTree.ParseError, KeyError, ValueError) as error:
            raise SheetError(_("The workbook is damaged: open it, save it again and send that.")) from error

    def _choose(self, archive: zipfile.ZipFile, wanted: str | None) -> tuple[str, Sequence[str]]:
        """Look through the visible sheets up to the first one with rows; the names of the others are kept for a
        warning."""
        sheets = _sheets(archive)
        visible = [name for name, _member in sheets]
        if wanted is not None and wanted not in visible:
            raise SheetError(
                _("The workbook has no sheet “%(name)s”, only %(names)s.", name=wanted, names="、".join(visible))
            )
        for name, member in sheets:
            if wanted in (None, name) and self._survey(archive, member):
                self.weight = archive.getinfo(member).file_size
                return name, [other for other in visible if other != name]
        raise SheetError(_("The sheet is empty."))

    def _survey(self, archive: zipfile.ZipFile, member: str) -> bool:
        """Find merged cells, formulas, error values and the true size; whether the sheet has any cell."""
        merged: list[tuple[int, str]] = []
        formulas: dict[str, int] = {}
        faulty: dict[str, int] = {}
        columns: set[bytes] = set()
        self.height, filled = 0, False
        for piece in _pieces(archive, member):
            for found in _ROW.finditer(piece):
                self.height = max(self.height, int(found[1]))
            columns.update(_COLUMN.findall(piece))
            filled = filled or b":v>" in piece or b"<v>" in piece or b"<is>" in piece
            if any(mark in piece for mark in (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")):
                _name_cells(_FORMULA, piece, formulas)
            if b't="e"' in piece:
                _name_cells(_ERROR, piece, faulty)
            if len(merged) < _NAMED:
                merged += [(int(found[2]), found[1].decode()) for found in _MERGED.finditer(piece)]
        self.merged = sorted(set(merged))
        self.formulas = [(row, cell) for cell, row in formulas.items()]
        self.faulty = [(row, cell) for cell, row in faulty.items()]
        self.width = max((column_index_from_string(name.decode()) for name in columns), default=0)
        return filled

    def rows(self) -> Iterator[tuple[int, Row]]:
        known = self.height and self.width
        quick = known and self.height * self.width <= _QUICK_CELLS and self.weight <= self.limits.texts
        for number, cells in self._quick() if quick else self._streamed():
            if any(cell not in ("", None) for cell in cells):
                if len(cells) > self.limits.columns and any(
                    cell not in ("", None) for cell in cells[self.limits.columns :]
                ):
                    raise too_wide(number, self.limits)
                yield number, cells

    def _quick(self) -> Iterator[tuple[int, Row]]:
        margin: list[Cell] = [""] * (self._loaded.start[1] if self._loaded.start else 0)
        for number, cells in enumerate(self._loaded.iter_rows(), 1):
            yield number, [*margin, *cells] if margin else cells

    @cached_property
    def _loaded(self) -> python_calamine.CalamineSheet:
        """The whole sheet, read once: the headings are looked for before the rows are read."""
        try:
            with python_calamine.CalamineWorkbook.from_path(self.path) as book:
                return book.get_sheet_by_name(self.name)
        except python_calamine.CalamineError as error:
            raise SheetError(_("The workbook is damaged: open it, save it again and send that.")) from error

    def _streamed(self) -> Iterator[tuple[int, Row]]:
        try:
            book = openpyxl.load_workbook(self.path, read_only=True, data_only=True, keep_links=False)
            try:
                sheet = cast(ReadOnlyWorksheet, book[self.name])
                sheet.reset_dimensions()  # some programs write a wrong one, and rows would be cut off
                rows = cast(Any, sheet).iter_rows(values_only=True, max_col=self.limits.columns + 1)
                yield from enumerate(rows, 1)
            finally:
                book.close()
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError) as error:
            raise SheetError(_("The workbook is damaged: open it, save it again and send that.")) from error


def _name_cells(pattern: re.Pattern[bytes], piece: bytes, found: dict[str, int]) -> None:
    """Collect the first cells that match; a heading may come late, so more are kept than are ever shown."""
    if len(found) < _NAMED:
        for match in pattern.finditer(piece):
            found[f"{match[1].decode()}{match[2].decode()}"] = int(match[2])


def _pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The member in overlapping pieces that end with a tag, so that no tag is missed at a seam."""
    rest, size, true_size = b"", archive.getinfo(member).file_size, 0
    entry = copy(archive.getinfo(member))
    entry.file_size += 1  # one byte more than the directory admits: a bomb that understates itself gives it away
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            true_size += len(chunk)
            if true_size > size:
                raise SheetError(_("The workbook is damaged: open it, save it again and send that."))
            piece = rest + chunk
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise SheetError(
                    _("The workbook was not made by a spreadsheet program: open it in one and save it again.")
                )
            end = max(piece.rfind(b">") + 1, len(piece) - _OVERLAP)
            yield piece[:end]
            rest = piece[max(0, end - _OVERLAP) :]


def _check_archive(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse by the archive's directory alone: bombs, passwords, macros, and archives that are no workbook."""
    members = archive.infolist()
    sizes = {member.filename.lower(): member.file_size for member in members}
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    bomb = unpacked > limits.unpacked or (unpacked > 10 * _CHUNK and unpacked > limits.ratio * max(packed, 1))
    if bomb or len(sizes) != len(members) or len(members) > 10_000:
        raise SheetError(
            _(
                "The workbook would unpack to %(size)s MB, far more than a sheet needs: it is refused. "
                "Copy the rows into a new workbook.",
                size=-(-unpacked // _CHUNK),
            )
        )
    if any(member.flag_bits & 1 for member in members):
        raise SheetError(_("The workbook is protected by a password: open it, remove the password and save it again."))
    macro_sheets = any(name.startswith(("xl/macrosheets/", "xl/dialogsheets/")) for name in sizes)
    if macro_sheets or any(name.endswith("vbaproject.bin") for name in sizes):
        raise SheetError(_("The workbook contains macros: save it as a workbook without macros (.xlsx)."))
    if "xl/workbook.bin" in sizes or "content.xml" in sizes:
        raise SheetError(_("This kind of workbook (.xlsb, .ods) is not read: save it as .xlsx."))
    if "xl/workbook.xml" not in sizes:
        raise SheetError(_("This is not a sheet: send a CSV file or a workbook (.xlsx)."))
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise SheetError(_("The workbook contains macros: save it as a workbook without macros (.xlsx)."))
    if any(size > limits.texts for name, size in sizes.items() if not name.startswith("xl/worksheets/")):
        raise SheetError(_("The workbook holds more text than can be read at once: save the sheet as “CSV UTF-8”."))
    for member in members:
        name = member.filename.lower()
        if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/sheet"):
            for _piece in _pieces(archive, member.filename):
                pass  # read for its refusals alone


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The visible sheets in order, as name and archive member."""
    relations = {
        node.get("Id"): node.get("Target", "")
        for node in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    if any(node.tag.endswith("}workbookPr") and node.get("date1904") in ("1", "true") for node in book):
        raise SheetError(
            _(
                "The workbook counts days from 1904, so that every date would be four years off: switch that off "
                "in its options, check the dates and save it again."
            )
        )
    found = []
    for node in book.iter():
        if node.tag.endswith("}sheet") and node.get("state", "visible") == "visible":
            target = relations[node.get(_RELATION)].lstrip("/")
            member = target if target.startswith("xl/") else f"xl/{target}"
            if "worksheets/" in member:
                found.append((node.get("name", ""), member))
    return found
