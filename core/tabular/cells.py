"""One cell of a sheet: its text without what typing adds, how a fault of it is told, how it is written out safely."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.errors import Refusal
from core.words import gettext as _

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

_INVISIBLE = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
PLAIN = "!-~一-鿿（）、，。；：《》“”·—"
"""The signs, as ranges of a pattern, of which a text consists that needs no mending."""
_PLAIN = re.compile(f"[{PLAIN}]+")
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_EXCEL_ERRORS = frozenset(
    ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!")
)


class Fault(Refusal):
    """What is wrong with one cell; the row and the heading are added by whoever reads the sheet."""


@dataclass(frozen=True, slots=True)
class CellError:
    """A fault, or a doubt, at one place of a sheet. ``row`` is the number that the sheet's own margin shows."""

    row: int
    column: str
    value: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        """``{"row", "column", "value", "message"}``: the shape that other programs rely on."""
        return {"row": self.row, "column": self.column, "value": self.value, "message": self.message}


def guard(text: str) -> str:
    """``text`` with an apostrophe before it when a spreadsheet would take it for a formula (``= + - @``, narrow or
    full-width, at its beginning)."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def unguard(text: str) -> str:
    """What :func:`guard` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_DANGEROUS) else text


def shown(value: object) -> str:
    """A cell as an error list shows it: as people type it, cut at 100 characters."""
    if isinstance(value, (list, tuple)):
        text = ";".join(map(str, value))
    elif isinstance(value, Decimal):
        text = f"{value.normalize():f}"
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= 100 else text[:99] + "…"


def plain(value: Cell) -> str:
    """The text of a cell with full-width letters and digits narrowed, control characters and outer spaces removed.

    Chinese punctuation stays: 《》（） belong to titles and names.
    """
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value[0] not in "'#":
            return value
        text = _SPACES.sub(" ", _INVISIBLE.sub("", value.replace("\r\n", "\n")).translate(_WIDE)).strip()
        text = unguard(text)
        if text in _EXCEL_ERRORS:
            raise Fault(_("The cell shows the spreadsheet error %(error)s: correct it in the sheet.", error=text))
        return text
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def narrow(value: Cell) -> str:
    """For numbers, dates and codes: every full-width sign narrowed, capitals, no spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", plain(value))).upper()


def empty(value: Cell) -> bool:
    """Whether a cell counts as not filled in."""
    return value is None or (isinstance(value, str) and not _INVISIBLE.sub("", value).strip())
