"""The first page's head: 发文机关标志, red rules, 发文字号, and where the title begins."""
from __future__ import annotations

from core.letter.artwork import Rule
from core.letter.content import Form, LetterContent, chinese_date
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
    TOP,
)
from core.letter.layout import Box, Page, visible
from core.letter.typeset import Line, Setter

MARK_WIDTH = 180.0
"""Of the mark's box, in whose middle it stands."""
LARGEST = {Form.XINHAN: 46.0, Form.GONGWEN: 56.0, Form.JIYAO: 56.0, Form.TONGZHI: 40.0, Form.DUBAN: 40.0}
"""The mark's size in points when its name is short."""


def set_head(content: LetterContent, fonts: FontBook, page: Page) -> float:
    """Put the head on ``page``; returns where the title's first line begins (millimetres from the page's top)."""
    form = content.letterhead.form
    if not form.numbered:
        return TOP + PITCH
    if form is Form.XINHAN:
        return _letter_head(content, fonts, page)
    if form.imprinted:
        return _document_head(content, fonts, page)
    return _sheet_head(content, fonts, page)


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
    _secrecy(content, page, number_top)
    if content.number:
        width = visible(Setter(fonts), content.number)
        page.boxes.append(Box(LEFT + AREA_WIDTH - width, number_top, width, "p", "fang", (Line(content.number),)))
    return number_top + 3 * PITCH


def _document_head(content: LetterContent, fonts: FontBook, page: Page) -> float:
    bottom = set_mark(content, fonts, page, DOCUMENT_MARK_TOP)
    _secrecy(content, page, TOP + PITCH)
    number_top = bottom + 2 * PITCH
    if content.number:
        width = visible(Setter(fonts), content.number)
        page.boxes.append(Box(LEFT + (AREA_WIDTH - width) / 2, number_top, width, "p", "fang", (Line(content.number),)))
    if content.letterhead.form is Form.JIYAO:
        number_top += PITCH
        _who_and_when(content, fonts, page, number_top)
    rule = number_top + (PITCH + HEIGHT) / 2 + RULE_GAP
    page.art.append(Rule(LEFT, rule, AREA_WIDTH, SEPARATOR, RED))
    return rule + SEPARATOR + 2 * PITCH


def _who_and_when(content: LetterContent, fonts: FontBook, page: Page, top: float) -> None:
    """A 纪要 bears neither 署名 nor date at its end: organ and date stand over its rule, one character in."""
    for text, left in ((content.signing_organ, True), (chinese_date(content.date), False)):
        width = visible(Setter(fonts), text)
        x = LEFT + HEIGHT if left else LEFT + AREA_WIDTH - HEIGHT - width
        page.boxes.append(Box(x, top, width, "p", "fang", (Line(text),)))


def _sheet_head(content: LetterContent, fonts: FontBook, page: Page) -> float:
    """A 通知书 or 督办单: the mark begins with the type area, a red rule 4 mm below it; the number of a 督办单 stands
    under the rule like a 信函's."""
    rule = set_mark(content, fonts, page, TOP) + RULE_GAP
    page.art.append(Rule(LEFT, rule, AREA_WIDTH, THICK, RED))
    below = rule + THICK
    number_top = below + SEVEN_EIGHTHS - (PITCH - HEIGHT) / 2
    _secrecy(content, page, number_top)
    if content.letterhead.form is not Form.DUBAN:
        return below + 2 * PITCH
    if content.number:
        width = visible(Setter(fonts), content.number)
        page.boxes.append(Box(LEFT + AREA_WIDTH - width, number_top, width, "p", "fang", (Line(content.number),)))
    return number_top + 3 * PITCH


def _secrecy(content: LetterContent, page: Page, top: float) -> None:
    """密级和保密期限, flush left in 黑体: on a 公文 in the second line of the type area, else beside the number."""
    if content.secrecy:
        page.boxes.append(Box(LEFT, top, AREA_WIDTH / 2, "p", "hei", (Line(content.secrecy),)))


def double_rule(page: Page, y: float, thick_first: bool) -> None:
    """A red double rule, 170 mm wide, centred on the page; ``y`` is its upper edge."""
    upper, lower = (THICK, THIN) if thick_first else (THIN, THICK)
    page.art.append(Rule(RULE_LEFT, y, RULE_WIDTH, upper, RED))
    page.art.append(Rule(RULE_LEFT, y + upper + BETWEEN, RULE_WIDTH, lower, RED))
