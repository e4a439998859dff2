"""Breaks Chinese text into lines on the 28-cell grid: 禁则 (kinsoku), whole numbers and words, a straight right edge,
real advances.

The drawing library cannot justify Chinese, so a line leaves here complete: its text and the tracking that fills the
measure.
"""
from __future__ import annotations

import re
from dataclasses import dataclass

from core.letter.fonts import FontBook
from core.letter.geometry import AREA_WIDTH, BODY, CELL, MM, TRACKING

NO_START = frozenset("，。、；：？！）》〉】〕〗」』”’％%‰℃°…—～·,.;:?!)]}›»")
NO_END = frozenset("（《〈【〔〖「『“‘([{‹«№￥¥$＄")
SQUEEZABLE = frozenset("，。、；：？！）》〉】〕」』”’（《〈【〔「『“‘")
PAIRS = frozenset(("——", "……", "--"))
BREAK_AFTER = frozenset("/?&=_.,-;#")
"""Where a word that is too long to move to the next line (an address) may be broken."""

MAX_SQUEEZE = 1.01
"""At most so many characters' width is taken out of a line to let a closing mark stay on it."""
MAX_STRETCH = 0.5
"""A line that would need more tracking than this, in em, is left ragged."""

EPSILON = 1e-6
_WORD = re.compile(r"[!-~\u00a1-\u00b6\u00b8-\u024f]+")


@dataclass(frozen=True)
class Line:
    """One line: ``text``, ``tracking`` after each character in points, ``indent`` from the measure's left edge in
    millimetres; ``lead`` stands before the text in 黑体, on the grid."""

    text: str
    tracking: float = TRACKING
    indent: float = 0.0
    lead: str = ""


class Setter:
    """Sets text of one role and size into a measure.

    ``measure`` is in millimetres, ``size`` in points, ``tracking`` the usual addition to a character in points.
    """

    def __init__(self, fonts: FontBook, role: str = "fang", size: float = BODY, measure: float = AREA_WIDTH,
                 tracking: float = TRACKING, justify: bool = True) -> None:
        self.fonts, self.role, self.size, self.measure = fonts, role, size, measure
        self.tracking, self.justify = tracking, justify

    def width(self, text: str) -> float:
        """Natural width of ``text`` with its usual tracking, in points."""
        return self.fonts.width(self.role, text) * self.size + len(text) * self.tracking

    def set(self, text: str, first: float = 0.0, rest: float = 0.0) -> list[Line]:
        """``text`` as lines, the first indented by ``first`` and the others by ``rest`` millimetres.

        No character is lost but the space at which a line ends. An empty text gives no line.
        """
        text = text.strip(" ")
        lines: list[Line] = []
        long = self._inside_long_words(text)
        start = 0
        while start < len(text):
            indent = rest if lines else first
            room = (self.measure - indent) * MM
            end = self._end(text, start, room, long)
            piece = text[start:end].rstrip(" ")
            start = end
            while start < len(text) and text[start] == " ":
                start += 1
            lines.append(Line(piece, self._tracking(piece, room, last=start >= len(text)), indent))
        return lines

    def _advance(self, char: str) -> float:
        return self.fonts.advance(self.role, char) * self.size + self.tracking

    def _inside_long_words(self, text: str) -> frozenset[int]:
        """The places inside words wider than half the measure (addresses, mostly)."""
        words = (match for match in _WORD.finditer(text) if self.width(match[0]) > self.measure * MM / 2)
        return frozenset(at for match in words for at in range(match.start() + 1, match.end()))

    def _end(self, text: str, start: int, room: float, long: frozenset[int]) -> int:
        """Where the line that begins at ``start`` ends."""
        width, fits = 0.0, start
        while fits < len(text) and width + self._advance(text[fits]) <= room + EPSILON:
            width += self._advance(text[fits])
            fits += 1
        if fits == len(text):
            return fits
        squeezed = self._squeezed(text, start, fits, room, long)
        if squeezed:
            return squeezed
        for end in range(fits, start, -1):
            if breakable(text, end, end in long):
                return end
        return max(fits, start + 1)  # one unbreakable run fills the line: it must be cut somewhere

    def _squeezed(self, text: str, start: int, fits: int, room: float, long: frozenset[int]) -> int:
        """A legal end just beyond ``fits`` that closing marks, made narrower, allow; 0 when there is none."""
        for end in range(fits + 1, min(fits + 3, len(text)) + 1):
            if text[end - 1] not in NO_START:
                break
            line = text[start:end]
            allowed = min(0.5 * sum(char in SQUEEZABLE for char in line), MAX_SQUEEZE) * self.size
            if self.width(line) - room <= allowed and (end == len(text) or breakable(text, end, end in long)):
                return end
        return 0

    def _tracking(self, piece: str, room: float, last: bool) -> float:
        """The tracking that brings the last character of ``piece`` to the measure's edge."""
        over = self.width(piece) - room
        if len(piece) < 2 or (over <= EPSILON and (last or not self.justify)):
            return self.tracking
        # The last character's own tracking stands beyond the edge, on every line alike.
        extra = -over / (len(piece) - 1)
        return self.tracking + extra if extra <= MAX_STRETCH * self.size else self.tracking


def breakable(text: str, at: int, long_word: bool = False) -> bool:
    """Whether a line may end before ``text[at]``; inside a ``long_word`` only after a separator."""
    before, after = text[at - 1], text[at]
    if before in NO_END or after in NO_START or before + after in PAIRS:
        return False
    if " " in (before, after):
        return True
    if _WORD.fullmatch(before) and _WORD.fullmatch(after):
        return long_word and before in BREAK_AFTER
    return True


def indent(characters: float) -> float:
    """So many characters of the grid, in millimetres."""
    return characters * CELL
