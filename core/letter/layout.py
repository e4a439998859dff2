"""Puts a letter on its pages: which line stands where, to the hundredth of a millimetre. Nothing is left to the drawing
library's flow.

A page is a list of :class:`Box` (text) and a list of things drawn behind it (:mod:`core.letter.artwork`). All places
are millimetres from the page's upper left corner. The head of the first page and the tail of the last (署名, 版记) are
in :mod:`core.letter.head` and :mod:`core.letter.tail`.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from core.letter.artwork import Art, QrCode
from core.letter.content import Block, Form, Kind, LetterContent
from core.letter.fonts import FontBook
from core.letter.geometry import (
    AREA_BOTTOM,
    AREA_WIDTH,
    GUIDE,
    HEIGHT,
    LEFT,
    LINES,
    MM,
    NOTE,
    NOTE_LINE,
    PITCH,
    TITLE,
)
from core.letter.tables import Entry, Row, Table, set_form, set_table
from core.letter.titles import break_title
from core.letter.typeset import Line, Setter, indent

GUIDE_GAP = 3.0
"""Between a QR code in the text and what stands beside it, millimetres."""
CODE_LINES = 2
"""Lines of the grid that such a code takes."""


@dataclass(frozen=True)
class Box:
    """A piece of text: an HTML element (which decides its PDF tag) with finished lines. ``style`` names a rule of
    ``letter.css``."""

    x: float
    y: float
    width: float
    tag: str
    style: str
    lines: tuple[Line, ...] = ()
    size: float | None = None
    table: Table | None = None
    rows: tuple[Row, ...] = ()
    code: str = ""
    """The address of the QR code that stands before the text."""

    @property
    def beside(self) -> QrCode:
        """The code, level with the middle of the text."""
        return QrCode(self.code, self.x - GUIDE - GUIDE_GAP, self.y + len(self.lines) * NOTE_LINE / 2 - GUIDE / 2, GUIDE)


@dataclass
class Page:
    """One page: text in reading order, and what is drawn behind it."""

    boxes: list[Box] = field(default_factory=list)
    art: list[Art] = field(default_factory=list)
    numbered: bool = True
    foot: float = AREA_BOTTOM
    """Where the characters of its last line end at the lowest."""


@dataclass(eq=False)
class Passage:
    """What belongs together in the text: a paragraph, a heading, a title, a table. Compared by identity."""

    tag: str = "p"
    style: str = "fang"
    table: Table | None = None
    code: str = ""
    said: tuple[Line, ...] = ()
    """What stands beside the code."""


@dataclass(frozen=True)
class Strip:
    """A horizontal strip of the text: some whole lines of the grid. ``keep``: never the last one on a page."""

    passage: Passage | None
    rows: int = 1
    line: Line | None = None
    row: Row | None = None
    keep: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return self.passage is None


BLANK = Strip(None)
BLANK_KEPT = Strip(None, keep=True)

_STYLES = {Kind.HEADING1: ("h2", "hei", True), Kind.HEADING2: ("h3", "kai", True), Kind.HEADING3: ("h4", "fang", True),
           Kind.HEADING4: ("h5", "fang", True)}


def text_strips(content: LetterContent, fonts: FontBook) -> list[Strip]:
    """The text from the title to the 附件说明 as strips, in order."""
    strips = title_strips(content, fonts)
    body = Setter(fonts)
    if content.summary:
        strips += [*summary_strips(content.summary, fonts), BLANK_KEPT]
    if content.addressee:
        addressee = Passage(style="fang")
        strips += [Strip(addressee, line=line, keep=True) for line in body.set(f"{content.addressee.rstrip('：:')}：")]
    before = None
    for block in content.body:
        if block.kind is Kind.PRESENT and before is not Kind.PRESENT:
            strips.append(BLANK_KEPT)  # one line below the body
        strips += block_strips(block, fonts)
        before = block.kind
    if content.attachments:
        strips += attachment_strips(content.attachments, body)
    return strips


def title_strips(content: LetterContent, fonts: FontBook) -> list[Strip]:
    """The title's lines, each on a line of the grid, the number of a 通知书 at the right under it, and an empty line."""
    title = Passage("h1", "title")
    keep = (content.addressee, content.letterhead.organ, content.signing_organ)
    strips = [Strip(title, line=Line(text, 0.0), keep=True) for text in break_title(content.title, fonts, keep)]
    if content.letterhead.form is Form.TONGZHI:
        strips.append(BLANK_KEPT)
        if content.number:
            strips.append(Strip(Passage(style="fang"), line=flush_right(content.number, fonts), keep=True))
    return [*strips, BLANK_KEPT]


def flush_right(text: str, fonts: FontBook) -> Line:
    """``text`` as a line that ends at the type area's right edge."""
    setter = Setter(fonts)
    return Line(text, indent=AREA_WIDTH - visible(setter, text))


def visible(setter: Setter, text: str) -> float:
    """The width of ``text`` as seen, in millimetres: without the tracking after its last character."""
    return (setter.width(text) - (setter.tracking if setter.tracking else 0.0)) / MM


def summary_strips(summary: tuple[tuple[str, str], ...], fonts: FontBook) -> list[Strip]:
    """The table that begins a 督办单: labels and values, two pairs to a row where they are short."""
    table = set_form(fonts, [Entry(label, value) for label, value in summary])
    passage = Passage("table", "table", table)
    return [Strip(passage, row.height, row=row, keep=True) for row in table.rows]


def block_strips(block: Block, fonts: FontBook) -> list[Strip]:
    """A block of the body as strips. A heading stays with what follows it, a table's head with its first row."""
    if block.kind is Kind.TABLE:
        table = set_table(fonts, block.rows)
        passage = Passage("table", "table", table)
        head, *rows = table.all_rows
        return [Strip(passage, head.height, row=head, keep=bool(rows)),
                *(Strip(passage, row.height, row=row) for row in rows)]
    if block.kind is Kind.PRESENT:
        return present_strips(block.text, fonts)
    if block.kind is Kind.CODE:
        return [code_strip(block, fonts)]
    tag, role, keep = _STYLES.get(block.kind, ("p", "fang", False))
    passage = Passage(tag, role)
    return [Strip(passage, line=line, keep=keep) for line in Setter(fonts, role).set(block.text, indent(2))]


def code_strip(block: Block, fonts: FontBook) -> Strip:
    """A QR code two characters in, with what it is for and its address in small type beside it: two lines of the grid that
    no page tears apart."""
    address = block.rows[0][0]
    setter = Setter(fonts, "fang", NOTE, AREA_WIDTH - indent(2) - GUIDE - GUIDE_GAP, 0.0, justify=False)
    said = (*setter.set(block.text), *setter.set(address))
    return Strip(Passage(style="note", code=address, said=said), CODE_LINES)


def present_strips(text: str, fonts: FontBook) -> list[Strip]:
    """``出席：…`` two characters in: the label in 黑体, the names in 仿宋, wrapped lines under the first name."""
    label, _colon, names = text.partition("：")
    lead = f"{label}："
    hanging = indent(2) + Setter(fonts, "hei").width(lead) / MM
    first, *rest = Setter(fonts).set(names, hanging, hanging)
    passage = Passage(style="fang")
    return [Strip(passage, line=line) for line in (replace(first, lead=lead, indent=indent(2)), *rest)]


def attachment_strips(titles: tuple[str, ...], body: Setter) -> list[Strip]:
    """附件说明: one line below the body, two characters in, numbered when there are several, wrapped under the title's
    first character."""
    strips = [BLANK_KEPT]
    label = "附件："
    for place, title in enumerate(titles, 1):
        number = f"{place}. " if len(titles) > 1 else ""
        start = indent(2) + (0.0 if place == 1 else body.width(label) / MM)
        hanging = indent(2) + body.width(label + number) / MM
        text = (label if place == 1 else "") + number + title.rstrip("。；，、;,.")
        passage = Passage(style="fang")
        lines = body.set(text, start, hanging)
        strips += [Strip(passage, line=line, keep=at < len(lines) - 1) for at, line in enumerate(lines)]
    return strips


def fill_pages(strips: Iterable[Strip], first: int, full: int = LINES) -> list[list[Strip]]:
    """The strips by page; the first page has room for ``first`` lines, the others for ``full``."""
    pages: list[list[Strip]] = [[]]
    for strip in strips:
        page = pages[-1]
        room = (first if len(pages) == 1 else full) - height(page)
        if strip.rows > room and page:
            carried = take_kept(page)
            if not page:  # all of it must stay together and cannot: break it here after all
                page.extend(carried)
                carried = []
            pages.append(carried)
            page = carried
            if not page and strip.blank:
                continue
            page.append(strip)
            page[:] = repeat_head(page)
            continue
        if strip.blank and not page and len(pages) > 1:
            continue
        page.append(strip)
    return pages


def repeat_head(strips: list[Strip]) -> list[Strip]:
    """``strips`` that begin a page: a table that goes on there begins with its head again."""
    first = strips[0]
    table = first.passage.table if first.passage else None
    if table is None or table.head is None or first.row is table.head:
        return strips
    return [Strip(first.passage, table.head.height, row=table.head, keep=True), *strips]


def take_kept(page: list[Strip]) -> list[Strip]:
    """Take from the end of ``page`` what must not be last on it."""
    taken: list[Strip] = []
    while page and page[-1].keep:
        taken.insert(0, page.pop())
    return taken


def height(strips: Iterable[Strip]) -> int:
    """Lines of the grid."""
    return sum(strip.rows for strip in strips)


def place(strips: list[Strip], top: float) -> list[Box]:
    """The boxes of one page's strips; the strips of one passage become one box. ``top`` is where the first line's space
    begins."""
    boxes: list[Box] = []
    run: list[Strip] = []
    y = top
    for strip, following in zip(strips, [*strips[1:], None], strict=True):
        run.append(strip)
        if following is None or following.passage is not strip.passage:
            if strip.passage is not None:
                boxes.append(_box(strip.passage, run, y))
            y += height(run) * PITCH
            run = []
    return boxes


def _box(passage: Passage, run: list[Strip], y: float) -> Box:
    if passage.code:
        x = LEFT + indent(2) + GUIDE + GUIDE_GAP
        top = y + (height(run) * PITCH - len(passage.said) * NOTE_LINE) / 2
        return Box(x, top, LEFT + AREA_WIDTH - x, passage.tag, passage.style, passage.said, code=passage.code)
    lines = tuple(strip.line for strip in run if strip.line)
    rows = tuple(strip.row for strip in run if strip.row)
    size = TITLE if passage.style == "title" else None
    return Box(LEFT, y, AREA_WIDTH, passage.tag, passage.style, lines, size, passage.table, rows)


def em_top(line_top: float, size: float = HEIGHT) -> float:
    """The upper edge of the characters (``size`` millimetres high) in a line of the grid that begins at
    ``line_top``."""
    return line_top + (PITCH - size) / 2
