"""The end of a letter: 署名 and 成文日期 with the seal, 附注, the code to verify it by, 抄送 or 版记, and the page
numbers."""
from __future__ import annotations

import math

from core.errors import Refusal
from core.letter.artwork import QrCode, Rule, Seal
from core.letter.content import LetterContent, chinese_date
from core.letter.fonts import FontBook
from core.letter.geometry import (
    AREA_BOTTOM,
    AREA_WIDTH,
    BODY,
    CAP,
    CELL,
    HEIGHT,
    IMPRINT_INNER,
    IMPRINT_LINE,
    IMPRINT_OUTER,
    LEFT,
    MM,
    NOTE,
    NOTE_LINE,
    PAGE_NUMBER,
    PITCH,
    QR,
    SEAL,
    SEAL_RAISED,
    SMALL,
)
from core.letter.layout import Box, Page, em_top, visible
from core.letter.typeset import Line, Setter, indent
from core.words import gettext as _

TO_BE_DATED = "年    月    日"
"""Of what somebody else signs."""
DATE_INDENT = 4
"""Characters between the date and the right edge."""
VERIFY = "扫描二维码或登录以下网址核验："
SIDE = SMALL / MM
"""One character of the 版记: its text stands so far inside its rules."""
BESIDE = LEFT + QR + 3.0
"""Where the text beside the QR code begins."""
NARROWEST = 27.0
"""The least width of that text."""
RIGHT_EDGE = LEFT + AREA_WIDTH


class Tail:
    """署名, 成文日期, seal, 附注 and QR code: one piece that is never torn apart. A 纪要 has the last two alone."""

    def __init__(self, content: LetterContent, fonts: FontBook) -> None:
        self.content, self.fonts, self.setter = content, fonts, Setter(fonts)
        contact = content.contact
        if contact and not contact.startswith("（"):
            contact = f"（{contact}）"
        self.contact = tuple(self.setter.set(contact, indent(2)))
        if visible(self.setter, content.signing_organ) > AREA_WIDTH:
            raise Refusal(_("The name of the signing organ is too long for one line."), "signing_organ")
        self.date = chinese_date(content.date) if content.letterhead.form.numbered else TO_BE_DATED
        self.width, self.date_width = visible(self.setter, content.signing_organ), visible(self.setter, self.date)
        # The organ is centred over the date; a very long one moves both to the left rather than leave the type area.
        self.middle = RIGHT_EDGE - max(DATE_INDENT * CELL + self.date_width / 2, self.width / 2)
        # 附注 stands in the line below the date; one so long that the seal would cover it leaves a line free.
        reach = max((LEFT + line.indent + visible(self.setter, line.text) for line in self.contact), default=0.0)
        self.gap = int(reach > self.middle - SEAL / 2)
        # The seal reaches almost a line below the date: that line stays free of 版记 and rules.
        self.lines = 2 + max(1, self.gap + len(self.contact))
        form = content.letterhead.form
        if not form.sealed:
            self.lines = len(self.contact) + (3 if content.verify_url else 0)
        self.copies = [] if form.imprinted else copies_of(content, fonts)
        """抄送 without a 版记: it shares the last page with the signature."""
        self.reserved = self.lines + math.ceil(len(self.copies) * IMPRINT_LINE / PITCH)
        self.clear = self.middle - max(self.width / 2, SEAL / 2)
        self.crowded = form.sealed and bool(content.verify_url) and self.clear < BESIDE + NARROWEST
        """The organ's name is so long that the code stands in the lines above it."""

    @property
    def blanks(self) -> tuple[int, ...]:
        """How many empty lines may stand above it, the best first."""
        if not self.content.letterhead.form.sealed:
            return (1,) if self.lines else (0,)
        return (2,) if self.crowded else (2, 1)

    def place(self, page: Page, top: float) -> float:
        """Put everything on ``page``, the organ's line beginning at ``top``; returns where the last line ends."""
        if not self.content.letterhead.form.sealed:
            if self.contact:
                page.boxes.append(Box(LEFT, top, AREA_WIDTH, "p", "fang", self.contact))
            if self.content.verify_url:
                self._verify(page, top + (len(self.contact) + 0.5) * PITCH + QR, AREA_WIDTH - (BESIDE - LEFT))
            return top + self.lines * PITCH
        organ, middle = self.content.signing_organ, self.middle
        page.boxes.append(Box(middle - self.width / 2, top, self.width, "p", "fang", (Line(organ),)))
        date = (Line(self.date),)
        page.boxes.append(Box(middle - self.date_width / 2, top + PITCH, self.date_width, "p", "fang", date))
        if self.contact:
            page.boxes.append(Box(LEFT, top + (2 + self.gap) * PITCH, AREA_WIDTH, "p", "fang", self.contact))
        if self.content.seal:
            page.art.append(Seal(self.content.seal, middle, top + PITCH - SEAL_RAISED, self.content.seal_picture))
        if self.content.verify_url:
            width = (self.middle - SEAL / 2 if self.crowded else self.clear) - 2.0 - BESIDE
            self._verify(page, em_top(top) - 0.5 if self.crowded else em_top(top + PITCH) + HEIGHT, width)
        return top + self.lines * PITCH

    def _verify(self, page: Page, bottom: float, width: float) -> None:
        """The QR code at the left edge and what it says beside it; usually it stands on the date's line."""
        page.art.append(QrCode(self.content.code_text or self.content.verify_url, LEFT, bottom - QR, QR))
        setter = Setter(self.fonts, "fang", NOTE, width, 0.0, justify=False)
        lines = (*setter.set(VERIFY), *setter.set(self.content.verify_url))
        top = bottom - QR / 2 - len(lines) * NOTE_LINE / 2
        page.boxes.append(Box(BESIDE, top, width, "p", "note", lines))


def copies_of(content: LetterContent, fonts: FontBook) -> list[Line]:
    """The lines of 抄送, a full stop at the end; none when nobody gets a copy."""
    setter = Setter(fonts, "fang", SMALL, AREA_WIDTH - 2 * SIDE, 0.0)
    label = "抄送："
    text = content.cc.removeprefix(label).rstrip("。")
    return setter.set(f"{label}{text}。", 0.0, setter.width(label) / MM) if text else []


def set_imprint(content: LetterContent, fonts: FontBook, pages: list[Page], tail: Tail, end: float) -> None:
    """抄送 of a 信函, or the 版记 of a 公文, at the foot of the last page; ``end`` is where that page's text ends.

    A 公文 or 纪要 may need a further page: because there is no room, or because the 版记 of one of several pages stands on an
    even page. An empty page that this leaves before it bears no number, nor does then the page of the 版记 (GB/T
    9704-2012, 7.5).
    """
    if not content.letterhead.form.imprinted:
        _copies_alone(pages, tail.copies)
        return
    copies = copies_of(content, fonts)
    tall = IMPRINT_LINE * (len(copies) + 1) + 2 * IMPRINT_OUTER + (IMPRINT_INNER if copies else 0.0)
    if end > AREA_BOTTOM - tall:
        pages.append(Page())
    if len(pages) > 1 and len(pages) % 2:
        pages.append(Page())
    if len(pages) > 1 and not pages[-2].boxes:
        pages[-2].numbered = pages[-1].numbered = False
    _imprint(content, fonts, pages[-1], copies, AREA_BOTTOM - tall)


def _copies_alone(pages: list[Page], copies: list[Line]) -> None:
    """A 信函 names who gets a copy on its last lines: without rules, organ or date. Room was kept for them."""
    if copies:
        tall, gap = len(copies) * IMPRINT_LINE, (IMPRINT_LINE - SMALL / MM) / 2
        foot = pages[-1].foot + gap
        pages[-1].boxes.append(Box(LEFT + SIDE, foot - tall, AREA_WIDTH - 2 * SIDE, "p", "imprint", tuple(copies)))


def _imprint(content: LetterContent, fonts: FontBook, page: Page, copies: list[Line], y: float) -> None:
    """版记: rule, 抄送, thin rule, 印发机关 and date, rule; the last one ends with the type area."""
    page.art.append(Rule(LEFT, y, AREA_WIDTH, IMPRINT_OUTER))
    y += IMPRINT_OUTER
    if copies:
        page.boxes.append(Box(LEFT + SIDE, y, AREA_WIDTH - 2 * SIDE, "p", "imprint", tuple(copies)))
        y += IMPRINT_LINE * len(copies)
        page.art.append(Rule(LEFT, y, AREA_WIDTH, IMPRINT_INNER))
        y += IMPRINT_INNER
    office, issued = content.letterhead.print_office or content.letterhead.organ, f"{chinese_date(content.date)}印发"
    for text, left in ((office, True), (issued, False)):
        width = fonts.width("fang", text) * SIDE
        x = LEFT + SIDE if left else RIGHT_EDGE - SIDE - width
        page.boxes.append(Box(x, y, width, "p", "imprint", (Line(text, 0.0),)))
    page.art.append(Rule(LEFT, y + IMPRINT_LINE, AREA_WIDTH, IMPRINT_OUTER))


def set_page_number(page: Page, number: int, fonts: FontBook) -> None:
    """``— 1 —``: its dashes 7 mm under the type area, one character in from the right on odd pages, from the left on
    even ones."""
    text = f"— {number} —"
    em = SMALL / MM
    width = fonts.width("song", text) * em
    _low, dash = fonts.ink("song", "—")
    baseline = AREA_BOTTOM + PAGE_NUMBER + dash * em
    x = RIGHT_EDGE - BODY / MM - width if number % 2 else LEFT + BODY / MM
    page.boxes.append(Box(x, baseline - CAP * em, width, "p", "folio", (Line(text, 0.0),)))

