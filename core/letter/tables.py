"""Tables on the grid: a row is a whole number of lines, columns share the measure by what they hold."""
from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import Refusal
from core.letter.artwork import Rule
from core.letter.fonts import FontBook
from core.letter.geometry import AREA_WIDTH, MM, PITCH, TABLE
from core.letter.typeset import Line, Setter
from core.words import gettext as _

PADDING = 1.8
"""Between a cell's text and its rule, millimetres."""
HAIR = 0.25
"""Thickness of a table's lines, millimetres."""
LEADING = 5.6
"""From line to line inside a cell, millimetres."""
TALLEST = 14
"""Lines of the grid that a row may take: a signature must find room under the last one."""
SHORT = 8
"""A column whose longest cell has at most so many characters is centred."""


@dataclass(frozen=True)
class Cell:
    """A cell's lines and whether they are centred."""

    lines: tuple[Line, ...]
    centred: bool


@dataclass(frozen=True)
class Row:
    """A row: its cells and its height in lines of the grid."""

    cells: tuple[Cell, ...]
    height: int


@dataclass(frozen=True)
class Table:
    """A table that has been set: column widths in millimetres, the head, the other rows."""

    widths: tuple[float, ...]
    head: Row
    rows: tuple[Row, ...]


def set_table(fonts: FontBook, rows: tuple[tuple[str, ...], ...]) -> Table:
    """Set the rows of a table, the first of which is its head, into the measure."""
    columns = list(zip(*rows, strict=True))
    widths = _widths(fonts, columns)
    centred = [max(map(len, column[1:]), default=0) <= SHORT for column in columns]
    made = [_row(fonts, row, widths, centred, head=place == 0) for place, row in enumerate(rows)]
    return Table(tuple(widths), made[0], tuple(made[1:]))


def _row(fonts: FontBook, texts: tuple[str, ...], widths: list[float], centred: list[bool], head: bool) -> Row:
    role = "hei" if head else "fang"
    cells = [Cell(tuple(Setter(fonts, role, TABLE, width - 2 * PADDING, 0.0, justify=False).set(text)), middle or head)
             for text, width, middle in zip(texts, widths, centred, strict=True)]
    tallest = max(len(cell.lines) for cell in cells)
    rows = max(1, math.ceil((tallest * LEADING + 1.0) / PITCH))
    if rows > TALLEST:
        raise Refusal(_("A cell of the letter's table holds too much text: “%(text)s…”", text=max(texts, key=len)[:20]))
    return Row(tuple(cells), rows)


def rule_table(table: Table, rows: Sequence[Row], x: float, y: float) -> Iterator[Rule]:
    """The lines of ``rows`` whose upper left corner is at ``x`` and ``y``: thin ones between rows and columns and
    around."""
    bottom = y + sum(row.height for row in rows) * PITCH
    at = y
    for row in (*rows, None):
        yield Rule(x, at - HAIR / 2, sum(table.widths), HAIR)
        at += row.height * PITCH if row else 0.0
    across = x
    for width in (*table.widths, 0.0):
        yield Rule(across - HAIR / 2, y - HAIR / 2, HAIR, bottom - y + HAIR)
        across += width


def _widths(fonts: FontBook, columns: list[tuple[str, ...]]) -> list[float]:
    """Column widths: what a column needs if there is room, else narrow ones keep theirs and wide ones share the
    rest."""
    needs = [max(fonts.width("hei" if place == 0 else "fang", text) for place, text in enumerate(column)) * TABLE / MM
             + 2 * PADDING + 0.2 for column in columns]
    if sum(needs) <= AREA_WIDTH:
        spare = AREA_WIDTH - sum(needs)
        return [need + spare * need / sum(needs) for need in needs]
    fixed: dict[int, float] = {}
    while True:
        free = [place for place in range(len(needs)) if place not in fixed]
        share = (AREA_WIDTH - sum(fixed.values())) / len(free)
        small = [place for place in free if needs[place] <= share]
        if not small:
            break
        fixed |= {place: needs[place] for place in small}
    room = AREA_WIDTH - sum(fixed.values())
    weight = {place: math.sqrt(needs[place]) for place in free}
    return [fixed.get(place) or room * weight[place] / sum(weight.values()) for place in range(len(needs))]
