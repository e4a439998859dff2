"""Opens a sheet that somebody sent: says what it is, refuses what cannot be trusted, streams its rows.

Nothing is loaded before the file has been looked at: its size, what it really is (never its name alone) and, for a
workbook, its directory (:mod:`core.tabular.workbook`). Rows carry the number that the sheet's own margin shows.
"""

from __future__ import annotations

import codecs
import csv
import mmap
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import Refusal
from core.settings import Limits as Configured
from core.tabular.cells import Cell
from core.words import gettext as _

Row = Sequence[Cell]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONSTANT = re.compile(r'="([^"]*)"')
_CHUNK = 1 << 20


class SheetError(Refusal):
    """The sheet as a whole cannot be read; the message says what to do about it."""


@dataclass(frozen=True)
class Limits:
    """What is read at most. ``unpacked`` and ``ratio`` bound what a workbook may grow to when it is unpacked,
    ``texts`` what of it is held in memory."""

    size: int = 200 * 1024 * 1024
    rows: int = 1_000_000
    columns: int = 256
    unpacked: int = 2 * 1024 * 1024 * 1024
    ratio: int = 250
    texts: int = 256 * 1024 * 1024

    @classmethod
    def of(cls, configured: Configured) -> Limits:
        """The limits that the installation's settings name."""
        return cls(size=configured.import_mb * 1024 * 1024, rows=configured.import_rows)


class Sheet:
    """One table of cells. ``rows()`` may be called again: it starts from the top each time."""

    kind = ""
    merged: Sequence[tuple[int, str]] = ()
    formulas: Sequence[tuple[int, str]] = ()
    faulty: Sequence[tuple[int, str]] = ()
    others: Sequence[str] = ()

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits = path, limits

    def rows(self) -> Iterator[tuple[int, Row]]:
        """``(row number, cells)`` from the top, empty rows left out. Raises :class:`SheetError` when a row cannot be
        read."""
        raise NotImplementedError


class CsvSheet(Sheet):
    """Text, cells between ``delimiter``."""

    kind = "csv"

    def __init__(self, path: Path, limits: Limits) -> None:
        super().__init__(path, limits)
        self.encoding = _encoding(path)
        self.delimiter = _delimiter(path, self.encoding)

    def rows(self) -> Iterator[tuple[int, Row]]:
        with self.path.open(encoding=self.encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            number = 0
            try:
                for number, cells in enumerate(reader, 1):
                    if not any(cells):
                        continue
                    if len(cells) > self.limits.columns:
                        raise too_wide(number, self.limits)
                    if '="' in "".join(
                        cells
                    ):  # programs write ="0123" so that a spreadsheet keeps the zeros: the text is meant
                        cells = [found[1] if (found := _CONSTANT.fullmatch(cell)) else cell for cell in cells]
                    yield number, cells
            except csv.Error as error:
                raise SheetError(
                    _(
                        "Row %(row)s cannot be read (%(error)s): a quotation mark is probably missing or one too many.",
                        row=number + 1,
                        error=error,
                    )
                ) from error


def open_sheet(path: Path, limits: Limits | None = None, *, name: str | None = None) -> Sheet:
    """The table in the file ``path``; ``name`` chooses a sheet of a workbook (default: the first visible one that is
    not empty).

    Raises :class:`SheetError` with a sentence that says what to do.
    """
    limits = limits or Limits()
    size = path.stat().st_size
    if size == 0:
        raise SheetError(_("The file is empty."))
    if size >= limits.size:
        raise SheetError(
            _(
                "The file has %(size)s MB; less than %(limit)s MB are read. Split it into several sheets.",
                size=-(-size // 1_048_576),
                limit=limits.size // 1_048_576,
            )
        )
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(_OLE):
        raise _old_format(path)
    if head.startswith(_ZIP):
        from core.tabular.workbook import Workbook  # only who sends a workbook pays for its libraries

        return Workbook(path, limits, name)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SheetError(_("The file is “Unicode text” (UTF-16): save it as “CSV UTF-8” or as a workbook (.xlsx)."))
    return CsvSheet(path, limits)


def too_wide(number: int, limits: Limits) -> SheetError:
    """The refusal of a row with more cells than any sheet of ours has."""
    return SheetError(
        _("Row %(row)s has more than %(limit)s columns: is this the right file?", row=number, limit=limits.columns)
    )


def _old_format(path: Path) -> SheetError:
    """Compound files are old workbooks, or new ones that were encrypted."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted = content.find("EncryptedPackage".encode("utf-16-le")) >= 0
    if encrypted:
        return SheetError(_("The workbook is protected by a password: open it, remove the password and save it again."))
    return SheetError(
        _("This is an old workbook (.xls, .et): open it and save it as a workbook of the present kind (.xlsx).")
    )


def _encoding(path: Path) -> str:
    """UTF-8 with or without a mark, or GB18030: found out from the whole file, read once in pieces."""
    decoders = [
        ("utf-8-sig", codecs.getincrementaldecoder("utf-8")()),
        ("gb18030", codecs.getincrementaldecoder("gb18030")()),
    ]
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if _BINARY.search(chunk):
                raise SheetError(_("This is not a sheet: send a CSV file or a workbook (.xlsx)."))
            decoders = [(name, decoder) for name, decoder in decoders if _decodes(decoder, chunk)]
    decoders = [(name, decoder) for name, decoder in decoders if _decodes(decoder, b"", final=True)]
    if not decoders:
        raise SheetError(
            _("The characters of the file cannot be read: save it as “CSV UTF-8” or as a workbook (.xlsx).")
        )
    return decoders[0][0]


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(path: Path, encoding: str) -> str:
    """The sign that divides the most cells in one of the first lines; a title above the heading has none."""
    with path.open(encoding=encoding, newline="") as stream:
        lines = [re.sub(r'"[^"]*"', "", stream.readline(_CHUNK)) for _line in range(30)]
    return max(",\t;", key=lambda sign: max(line.count(sign) for line in lines))
