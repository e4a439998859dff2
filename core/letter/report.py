"""Plain pages in the letters' faces and grid, without head, number or seal: the lists and extracts of a case file."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from core.letter import engine
from core.letter.content import Block, Kind, LetterContent, Letterhead
from core.letter.fonts import FontBook
from core.letter.geometry import AREA_WIDTH, LEFT, LINES, MM, SMALL, TOP
from core.letter.layout import BLANK, Box, Page, Passage, Strip, block_strips, fill_pages, place, title_strips
from core.letter.tables import Entry, rule_table, set_form
from core.letter.typeset import Line

ABSENT = "〓"
"""What stands for a character that no font has. A letter refuses it; what was written long ago cannot."""
CUT = 240
"""Characters of a long text in one row of a table: it goes on in the next."""


def drawable(text: str, fonts: FontBook) -> str:
    """``text`` with the sign of absence in place of every character without a glyph."""
    for char in fonts.missing("fang", text):
        text = text.replace(char, ABSENT)
    return text


def table(head: Sequence[str], rows: Sequence[Sequence[str]], fonts: FontBook) -> Block:
    """A table's block. A long text in the last column goes on in further rows, whose other cells are empty."""
    made = [tuple(head)]
    for row in rows:
        *others, last = (drawable(cell, fonts) or "—" for cell in row)
        pieces = [last[at:at + CUT] for at in range(0, len(last), CUT)]
        made.append((*others, pieces[0]))
        made += [(*("" for _cell in others), piece) for piece in pieces[1:]]
    return Block(Kind.TABLE, rows=tuple(made))


def paragraph(text: str, fonts: FontBook, kind: Kind = Kind.PARA) -> Block:
    """A paragraph's block."""
    return Block(kind, drawable(text, fonts))


def report(title: str, blocks: Sequence[Block], organ: str, day: dt.date, fonts: FontBook) -> bytes:
    """Pages with a title and blocks, as PDF."""
    content = _content(title, blocks, organ, day, fonts)
    strips = title_strips(content, fonts)
    for before, block, after in zip((None, *content.body), content.body, (*content.body[1:], None), strict=False):
        told = block.kind is not Kind.TABLE
        if told and before is not None and before.kind is Kind.TABLE:
            strips.append(BLANK)
        stays = told and after is not None  # words stand on the page of the table that they explain
        strips += [replace(strip, keep=True) for strip in block_strips(block, fonts)] if stays else block_strips(block, fonts)
    pages = []
    for filled in fill_pages(strips, LINES):
        page = Page(boxes=place(filled, TOP), numbered=False)
        for box in page.boxes:
            page.art += rule_table(box.rows, box.x, box.y) if box.table else ()
        pages.append(page)
    return engine.draw(content, pages, fonts, preview=False)


def cover(organ: str, name: str, entries: Sequence[tuple[str, str]], day: dt.date, fonts: FontBook) -> bytes:
    """The cover of a file: organ, name, and what the file is about."""
    content = _content(name, (), organ, day, fonts)
    page = Page(numbered=False)
    size = min(26.0, AREA_WIDTH * MM / fonts.width("biao", content.letterhead.organ))
    for text, points, top, tag in ((content.letterhead.organ, size, TOP + 8, "p"), (name, 36.0, TOP + 34, "h1")):
        page.boxes.append(Box(LEFT, top, AREA_WIDTH, tag, "title", (Line(text, 0.0),), points))
    made = set_form(fonts, [Entry(label, drawable(value, fonts), 1, whole=True) for label, value in entries])
    passage = Passage("table", "table", made)
    strips = [Strip(passage, row.height, row=row) for row in made.rows]
    [box] = place(strips, TOP + 80)
    page.boxes.append(box)
    page.art += rule_table(made.rows, box.x, box.y)
    return engine.draw(content, [page], fonts, preview=False)


def numbers(count: int, fonts: FontBook) -> bytes:
    """So many empty pages, each with its number in the upper outer corner: to be laid over a file's pages."""
    pages = []
    for number in range(1, count + 1):
        text = str(number)
        width = fonts.width("song", text) * SMALL / MM
        x = LEFT + AREA_WIDTH - width if number % 2 else LEFT
        pages.append(Page(boxes=[Box(x, 12.0, width, "p", "folio", (Line(text, 0.0),))], numbered=False))
    return engine.draw(_content("页号", (), "页号", dt.date(2000, 1, 1), fonts), pages, fonts, preview=False)


def _content(title: str, blocks: Sequence[Block], organ: str, day: dt.date, fonts: FontBook) -> LetterContent:
    return LetterContent(Letterhead(drawable(organ, fonts)), drawable(title, fonts), "", tuple(blocks), organ, day)
