"""Tables on the grid: a row is a whole number of lines, columns share the measure by what they hold."""
from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

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
LEAST_LABEL, MOST_LABEL = 24.0, 43.0
"""The least and the greatest width of a form's labels, millimetres."""
CENTRED, FOOT_RIGHT = "c", "s"
SHORT = 8
"""A column whose longest cell has at most so many characters is centred."""


@dataclass(frozen=True)
class Cell:
    """A cell's lines, how they stand in it (a class of ``letter.css``), its outer width in millimetres, how many columns
    it takes, and whether it is a label."""

    lines: tuple[Line, ...]
    style: str
    width: float
    span: int = 1
    label: bool = False


@dataclass(frozen=True)
class Row:
    """A row: its cells and its height in lines of the grid."""

    cells: tuple[Cell, ...]
    height: int


@dataclass(frozen=True)
class Table:
    """A table that has been set: the head (None: it has labels at the side), the other rows."""

    head: Row | None
    rows: tuple[Row, ...]

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """The head, if there is one, and the rows."""
        return (self.head, *self.rows) if self.head else self.rows


@dataclass(frozen=True)
class Entry:
    """A label and its value in a form; a newline in the value begins a line. ``height`` is the least number of lines of
    the grid that its row takes, ``whole`` asks for a row of its own; where somebody signs, the value is the date."""

    label: str
    value: str
    height: int = 1
    whole: bool = False
    signed: bool = False


def set_table(fonts: FontBook, rows: tuple[tuple[str, ...], ...]) -> Table:
    """Set the rows of a table, the first of which is its head, into the measure."""
    columns = list(zip(*rows, strict=True))
    widths = _widths(fonts, columns)
    centred = [max(map(len, column[1:]), default=0) <= SHORT for column in columns]
    made = [_row([_cell(fonts, text, width, CENTRED if middle or place == 0 else "", label=place == 0)
                  for text, width, middle in zip(row, widths, centred, strict=True)]) for place, row in enumerate(rows)]
    return Table(made[0], tuple(made[1:]))


def set_form(fonts: FontBook, entries: Sequence[Entry]) -> Table:
    """Labels with values beside them: two short entries share a row, a longer one has a row of its own."""
    label = max(fonts.width("hei", entry.label) for entry in entries) * TABLE / MM + 2 * PADDING + 0.2
    label = min(max(label, LEAST_LABEL), MOST_LABEL)
    half = AREA_WIDTH / 2 - label
    rows: list[Row] = []
    waiting: list[Entry] = []
    for entry, following in zip(entries, [*entries[1:], None], strict=True):
        waiting.append(entry)
        pair = not _wide(fonts, entry, half) and following is not None and not _wide(fonts, following, half)
        if len(waiting) == 1 and pair:
            continue
        width = half if len(waiting) == 2 else AREA_WIDTH - label
        cells = [cell for one in waiting
                 for cell in (_cell(fonts, one.label, label, CENTRED, label=True),
                              _cell(fonts, one.value, width, FOOT_RIGHT if one.signed else "",
                                    span=1 if len(waiting) == 2 else 3))]
        rows.append(_row(cells, max(one.height for one in waiting)))
        waiting = []
    return Table(None, tuple(rows))


def _wide(fonts: FontBook, entry: Entry, room: float) -> bool:
    return entry.whole or fonts.width("fang", entry.value) * TABLE / MM > room - 2 * PADDING


def _cell(fonts: FontBook, text: str, width: float, style: str, label: bool = False, span: int = 1) -> Cell:
    setter = Setter(fonts, "hei" if label else "fang", TABLE, width - 2 * PADDING, 0.0, justify=False)
    lines = tuple(line for part in text.split("\n") for line in setter.set(part))
    return Cell(lines, style, width, span, label)


def _row(cells: Sequence[Cell], least: int = 1) -> Row:
    rows = max(least, math.ceil((max(len(cell.lines) for cell in cells) * LEADING + 1.0) / PITCH))
    if rows > TALLEST:
        longest = max(cells, key=lambda cell: len(cell.lines)).lines[0].text
        raise Refusal(_("A cell of the letter's table holds too much text: “%(text)s…”", text=longest[:20]))
    return Row(tuple(cells), rows)


def rule_table(rows: Sequence[Row], x: float, y: float) -> Iterator[Rule]:
    """The lines of ``rows`` whose upper left corner is at ``x`` and ``y``: thin ones between rows and columns and
    around. A line down the table is one rule as far as the rows agree about it."""
    at = y
    for row in (*rows, None):
        yield Rule(x, at - HAIR / 2, AREA_WIDTH, HAIR)
        at += row.height * PITCH if row else 0.0
    at = y
    for edges, group in groupby(rows, _edges):
        tall = sum(row.height for row in group) * PITCH
        for edge in edges:
            yield Rule(x + edge - HAIR / 2, at - HAIR / 2, HAIR, tall + HAIR)
        at += tall


def _edges(row: Row) -> tuple[float, ...]:
    return (0.0, *accumulate(cell.width for cell in row.cells))


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
