"""The HTML of a letter: every line in its place, as the tree that WeasyPrint lays out.

Made as a tree, not as text that would have to be read again, with as few elements as there can be: each costs a box, its
styles and a structure element of the PDF. Imported only where WeasyPrint is already loaded.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from cssselect2 import ElementWrapper
from weasyprint import HTML

from core.letter.geometry import PITCH, TRACKING
from core.letter.layout import Box, Page
from core.letter.tables import PADDING, Cell, Row
from core.letter.typeset import Line

FLAT = frozenset(("mark", "title", "note", "imprint", "folio", "table", "remark"))
"""The styles of ``letter.css`` that have no tracking of their own."""
STEP = 3
"""Decimals of a point: trackings that differ by less are one; over a whole line that is less than 0.01 mm."""


class Sheets(HTML):  # type: ignore[misc]  # WeasyPrint publishes no types
    """The pages of a letter as a document of WeasyPrint."""

    def __init__(self, pages: Iterable[Page], title: str, author: str, fetcher: Any) -> None:
        # Instead of what the base class does: its own would parse text.
        self.base_url, self.url_fetcher, self.media_type = "letter:", fetcher, "print"
        self.wrapper_element = ElementWrapper.from_html_root(tree(pages, title, author), content_language=None)
        self.etree_element = self.wrapper_element.etree_element


def tree(pages: Iterable[Page], title: str, author: str) -> Element:
    """The document's root."""
    root = Element("html", lang="zh-CN")
    head = SubElement(root, "head")
    SubElement(head, "title").text = title
    for name, content in (("author", author), ("generator", "Yingshang")):
        SubElement(head, "meta", name=name, content=content)
    body = SubElement(root, "body")
    for page in pages:
        section = SubElement(body, "section")
        for box in page.boxes:
            _put_box(section, box)
    return root


def _put_box(section: Element, box: Box) -> None:
    usual, spaced = _usual(box.lines, 0.0 if box.style in FLAT else TRACKING)
    begin = box.lines[0].indent if box.lines else 0.0
    style = (f"left:{box.x:.3f}mm;top:{box.y:.3f}mm;width:{box.width:.3f}mm" + (f";font-size:{box.size}pt" if box.size else "")
             + spaced + (f";text-indent:{begin:.3f}mm" if begin else ""))
    element = SubElement(section, box.tag, {"class": f"b {box.style}", "style": style})
    if box.table:
        rows = SubElement(element, "tbody")
        for row in box.rows:
            _put_row(rows, row)
    else:
        _put_lines(element, box.lines, usual)


def _put_row(rows: Element, row: Row) -> None:
    line = SubElement(rows, "tr", style=f"height:{row.height * PITCH:.3f}mm")
    for cell in row.cells:
        _put_cell(line, cell)


def _put_cell(row: Element, cell: Cell) -> None:
    usual, spaced = _usual(cell.lines, 0.0)
    given = {"style": f"width:{cell.width - 2 * PADDING:.3f}mm{spaced}"}
    if cell.span > 1:
        given["colspan"] = str(cell.span)
    if cell.style:
        given["class"] = cell.style
    _put_lines(SubElement(row, "th" if cell.label else "td", given), cell.lines, usual)


def _usual(lines: Sequence[Line], own: float) -> tuple[float, str]:
    """The tracking that most of the lines have, and its declaration if the element does not have it by its class."""
    if not lines:
        return own, ""
    [(usual, _count)] = Counter(round(line.tracking, STEP) for line in lines).most_common(1)
    return usual, "" if usual == round(own, STEP) else f";letter-spacing:{usual}pt"


def _put_lines(element: Element, lines: Sequence[Line], usual: float) -> None:
    """The lines as text, one a line; only what differs from the element's usual is an element of its own."""
    said, last = "", None
    for place, line in enumerate(lines):
        if place:
            said += "\n"
        tracking = round(line.tracking, STEP)
        declared = "" if tracking == usual else f"letter-spacing:{tracking}pt"
        if line.indent and place:
            declared += f";padding-left:{line.indent:.3f}mm"
        if not declared and not line.lead:
            said += line.text
            continue
        _say(element, last, said)
        last, said = SubElement(element, "span", {"style": declared} if declared else {}), ""
        if line.lead:
            lead = SubElement(last, "span", {"class": "lead"})
            lead.text, lead.tail = line.lead, line.text
        else:
            last.text = line.text
    _say(element, last, said)


def _say(element: Element, last: Element | None, text: str) -> None:
    """Text behind the last child, or as the element's first."""
    if last is None:
        element.text = text
    else:
        last.tail = text
