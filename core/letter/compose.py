"""Brings head, text and tail of a letter together into pages."""
from __future__ import annotations

from core.letter.artwork import Watermark
from core.letter.content import Form, LetterContent
from core.letter.fonts import FontBook
from core.letter.geometry import AREA_BOTTOM, HEIGHT, LINES, LOWER_LIMIT, PITCH, TOP
from core.letter.head import set_head
from core.letter.layout import Page, Strip, fill_pages, height, place, repeat_head, text_strips
from core.letter.receipt import receipt_sheet
from core.letter.tables import rule_table
from core.letter.tail import Tail, set_imprint, set_page_number

SAMPLE = "样稿"
"""What a preview is marked with."""
CARRIED = 2
"""So many lines of the text at least stand over a signature that had to move to a new page."""


def compose(content: LetterContent, fonts: FontBook, preview: bool) -> list[Page]:
    """The pages of ``content``, each with all that stands on it."""
    letter = content.letterhead.form is Form.XINHAN
    first = Page(numbered=not letter, foot=LOWER_LIMIT if letter else AREA_BOTTOM)
    top = set_head(content, fonts, first)
    # The first page of a 信函 ends at its lower double rule, every other page with the type area.
    limit = LOWER_LIMIT + (PITCH - HEIGHT) / 2 if letter else AREA_BOTTOM
    room = int((limit - top) / PITCH + 1e-6)
    filled = fill_pages(text_strips(content, fonts), room)
    tail = Tail(content, fonts)
    blanks = make_room(filled, tail.reserved, room, tail.blanks)
    pages = [first, *(Page() for _page in filled[1:])]
    for page, strips, start in zip(pages, filled, [top, *([TOP] * len(pages))], strict=False):
        boxes = place(strips, start)
        page.boxes += boxes
        for box in boxes:
            page.art += rule_table(box.rows, box.x, box.y) if box.table else (box.beside,) if box.code else ()
    end = (top if len(pages) == 1 else TOP) + height(filled[-1]) * PITCH
    bottom = tail.place(pages[-1], end + blanks * PITCH)
    set_imprint(content, fonts, pages, tail, bottom)
    for number, page in enumerate(pages, 1):
        if page.numbered:
            set_page_number(page, number, fonts)
    if content.receipt:
        pages += receipt_sheet(content, fonts, len(pages))
    if preview and content.letterhead.form.numbered:
        for page in pages:
            page.art.insert(0, Watermark(SAMPLE))
    return pages


def make_room(filled: list[list[Strip]], lines: int, first: int, choices: tuple[int, ...] = (2, 1)) -> int:
    """See to it that the last page has room for a tail of ``lines``; returns the empty lines above it, one of
    ``choices``.

    Two empty lines let the seal stand clear of the text and reach to within one line of it; one must do if that saves a
    page. A tail that does not fit takes the last lines of the text along to a new page: it never stands alone.
    """
    last = filled[-1]
    room = (first if len(filled) == 1 else LINES) - height(last)
    for blanks in choices:
        if blanks + lines <= room:
            return blanks
    carried = carry(last, LINES - 2 - lines)
    if not last:  # the page holds little more than its title: the text's last line alone goes along
        last += carried[:-1]
        carried = carried[-1:]
    filled.append(repeat_head(carried))
    return 2


def carry(page: list[Strip], most: int) -> list[Strip]:
    """Take the last lines of ``page`` (at most ``most`` of the grid) for a new one, with what must not be left behind
    alone."""
    carried: list[Strip] = []
    while page and (len(carried) < CARRIED or page[-1].keep or _lone(page, carried[0])):
        if carried and height(carried) + page[-1].rows > most:
            break
        carried.insert(0, page.pop())
    while carried[0].blank:
        del carried[0]
    return carried


def _lone(page: list[Strip], following: Strip) -> bool:
    """Whether the last line of ``page`` is the first, alone, of the paragraph that ``following`` goes on with."""
    passage = page[-1].passage
    return passage is following.passage and (len(page) < 2 or page[-2].passage is not passage)
