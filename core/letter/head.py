"""The first page's head: 发文机关标志, red rules, 发文字号, and where the title begins."""
from __future__ import annotations

from core.letter.artwork import Rule
from core.letter.content import Form, LetterContent
from core.letter.fonts import FontBook
from core.letter.geometry import (
    AREA_WIDTH,
    BETWEEN,
    CAP,
    DOCUMENT_MARK_TOP,
    DOUBLE,
    HEIGHT,
    LEFT,
    LETTER_MARK_TOP,
    LOWER_RULE_BOTTOM,
    MM,
    PAGE_WIDTH,
    PITCH,
    RED,
    RULE_GAP,
    RULE_LEFT,
    RULE_WIDTH,
    SEPARATOR,
    SEVEN_EIGHTHS,
    THICK,
    THIN,
    TRACKING,
)
from core.letter.layout import Box, Page
from core.letter.typeset import Line, Setter

MARK_WIDTH = 180.0
"""Of the mark's box, in whose middle it stands."""
LARGEST = {Form.XINHAN: 46.0, Form.GONGWEN: 56.0}
"""The mark's size in points when its name is short."""


def set_head(content: LetterContent, fonts: FontBook, page: Page) -> float:
    """Put the head on ``page``; returns where the title's first line begins (millimetres from the page's top)."""
    if content.letterhead.form is Form.XINHAN:
        return _letter_head(content, fonts, page)
    return _document_head(content, fonts, page)


def set_mark(content: LetterContent, fonts: FontBook, page: Page, top: float) -> float:
    """Put the 发文机关标志 with its upper (inked) edge at ``top``; returns its lower edge. A long name is set
    smaller."""
    text, form = content.letterhead.shown_mark, content.letterhead.form
    width = fonts.width("biao", text)
    size = min(LARGEST[form], int(AREA_WIDTH * MM / width * 4) / 4)
    low, high = fonts.ink("biao", text)
    em = size / MM
    line = Line(text, 0.0)
    # On a 信函 it is centred on the page, as its rules are; on a 公文 in the type area, which lies 1 mm to the right.
    centre = PAGE_WIDTH / 2 if form is Form.XINHAN else LEFT + AREA_WIDTH / 2
    x = centre - MARK_WIDTH / 2
    page.boxes.append(Box(x, top - (CAP - high) * em, MARK_WIDTH, "p", "mark", (line,), size))
    return top + (high - low) * em


def _letter_head(content: LetterContent, fonts: FontBook, page: Page) -> float:
    bottom = set_mark(content, fonts, page, LETTER_MARK_TOP)
    double_rule(page, bottom + RULE_GAP, thick_first=True)
    double_rule(page, LOWER_RULE_BOTTOM - DOUBLE, thick_first=False)
    number_top = bottom + RULE_GAP + DOUBLE + SEVEN_EIGHTHS - (PITCH - HEIGHT) / 2
    if content.number:
        width = visible(Setter(fonts), content.number)
        page.boxes.append(Box(LEFT + AREA_WIDTH - width, number_top, width, "p", "fang", (Line(content.number),)))
    return number_top + 3 * PITCH


def _document_head(content: LetterContent, fonts: FontBook, page: Page) -> float:
    bottom = set_mark(content, fonts, page, DOCUMENT_MARK_TOP)
    number_top = bottom + 2 * PITCH
    if content.number:
        width = visible(Setter(fonts), content.number)
        page.boxes.append(Box(LEFT + (AREA_WIDTH - width) / 2, number_top, width, "p", "fang", (Line(content.number),)))
    rule = number_top + (PITCH + HEIGHT) / 2 + RULE_GAP
    page.art.append(Rule(LEFT, rule, AREA_WIDTH, SEPARATOR, RED))
    return rule + SEPARATOR + 2 * PITCH


def double_rule(page: Page, y: float, thick_first: bool) -> None:
    """A red double rule, 170 mm wide, centred on the page; ``y`` is its upper edge."""
    upper, lower = (THICK, THIN) if thick_first else (THIN, THICK)
    page.art.append(Rule(RULE_LEFT, y, RULE_WIDTH, upper, RED))
    page.art.append(Rule(RULE_LEFT, y + upper + BETWEEN, RULE_WIDTH, lower, RED))


def visible(setter: Setter, text: str) -> float:
    """The width of ``text`` as seen, in millimetres: without the tracking after its last character."""
    return (setter.width(text) - (TRACKING if setter.tracking else 0.0)) / MM
