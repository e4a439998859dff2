"""Draws pages that are already set: HTML with every line in its place, WeasyPrint, and the artwork put under the text.

WeasyPrint is loaded with the first letter, after fontconfig has been pointed at the letters' own fonts. Its style sheet
and font configuration are read once per process; Pango knows no threads, so letters are drawn one at a time.
"""
from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core import __version__
from core.letter import geometry
from core.letter.content import LetterContent
from core.letter.finisher import Finisher
from core.letter.fonts import STACKS, FontBook
from core.letter.layout import Page
from core.letter.tables import LEADING, PADDING

TEMPLATES = Path(__file__).parent / "templates"
VARIANT = "pdf/a-3u"
ATTACHED = "data.json"
INTENT, COLOURS = "letter", "sRGB2014.icc"
"""What the output intent is called in here, and its profile."""
_drawing = Lock()


class Drawing:
    """WeasyPrint, ready to draw with one set of fonts."""

    def __init__(self, fonts: FontBook) -> None:
        import weasyprint
        from weasyprint.css import ColorProfile
        from weasyprint.text.fonts import FontConfiguration

        from core.letter.fetcher import locked_fetcher
        from core.letter.markup import Sheets

        self.weasyprint, self.book = weasyprint, fonts
        self.fetcher = locked_fetcher(TEMPLATES)
        self.sheets = Sheets
        self.fonts = FontConfiguration()
        # Read once: left to itself, WeasyPrint opens the profile anew for each document and leaves closing it to
        # chance.
        profile = BytesIO((files("weasyprint.pdf") / COLOURS).read_bytes())
        self.colours = {INTENT: ColorProfile(profile, COLOURS, "relative-colorimetric", (["r"], ["g"], ["b"]))}
        css = Environment(undefined=StrictUndefined, loader=FileSystemLoader(TEMPLATES))
        self.style = weasyprint.CSS(string=css.get_template("letter.css").render(_measures(fonts)),
                                    font_config=self.fonts, url_fetcher=self.fetcher)

    def draw(self, content: LetterContent, pages: list[Page], preview: bool) -> bytes:
        """The letter's bytes."""
        document = self.sheets(pages, content.title.replace("\n", ""), content.letterhead.organ, self.fetcher)
        identifier = content.identifier(__version__, self.weasyprint.VERSION, self.book.folder.name, str(preview))
        data: bytes = document.write_pdf(
            stylesheets=[self.style], font_config=self.fonts, color_profiles=dict(self.colours), output_intent=INTENT,
            finisher=Finisher(pages, content.seal_room, content.signing_organ),
            pdf_variant=VARIANT, pdf_tags=True, pdf_identifier=identifier,
            attachments=self._attachments(content))
        return data

    def sheet(self, html: str, style: str) -> bytes:
        """The bytes of a page that is no letter: no number, no seal, no attachments; in the letters' fonts."""
        sheet = self.weasyprint.CSS(string=style, font_config=self.fonts, url_fetcher=self.fetcher)
        document = self.weasyprint.HTML(string=html, url_fetcher=self.fetcher, base_url="letter:")
        data: bytes = document.write_pdf(stylesheets=[sheet], font_config=self.fonts, pdf_tags=True)
        return data

    def _attachments(self, content: LetterContent) -> list[Any]:
        """The public facts as JSON, dated like the letter: its bytes do not depend on the day of the rendering."""
        if not content.data:
            return []
        day = dt.datetime.combine(content.date, dt.time(), dt.UTC)
        return [self.weasyprint.Attachment(
            file_obj=BytesIO(content.payload()), name=ATTACHED, description="本文书的公开数据", created=day,
            modified=day, relationship="Data", url_fetcher=self.fetcher)]


def _measures(fonts: FontBook) -> dict[str, Any]:
    """What the style sheet names."""
    red = ",".join(str(round(part * 255)) for part in geometry.RED)
    return {**{role: fonts.css(role) for role in STACKS}, "red": f"rgb({red})", "leading": LEADING, "padding": PADDING,
            "page_width": geometry.PAGE_WIDTH, "page_height": geometry.PAGE_HEIGHT, "pitch": round(geometry.PITCH, 5),
            "tracking": round(geometry.TRACKING, 4),
            "body": geometry.BODY, "small": geometry.SMALL, "table": geometry.TABLE, "note": geometry.NOTE,
            "note_line": geometry.NOTE_LINE, "imprint_line": geometry.IMPRINT_LINE}


@lru_cache(1)
def _drawing_with(fonts: FontBook) -> Drawing:
    return Drawing(fonts)


def print_page(html: str, css: str, fonts: FontBook) -> bytes:
    """The bytes of an ordinary page."""
    with _drawing:
        drawing = _drawing_with(fonts)
        style = drawing.weasyprint.CSS(string=css, font_config=drawing.fonts, url_fetcher=drawing.fetcher)
        data: bytes = drawing.weasyprint.HTML(string=html, url_fetcher=drawing.fetcher, base_url="letter:").write_pdf(
            stylesheets=[style], font_config=drawing.fonts, pdf_tags=True)
        return data


def draw(content: LetterContent, pages: list[Page], fonts: FontBook, preview: bool) -> bytes:
    """The bytes of the letter whose pages have been set."""
    with _drawing:
        return _drawing_with(fonts).draw(content, pages, preview)


def draw_sheet(html: str, style: str, fonts: FontBook) -> bytes:
    """The bytes of a page that is no letter (a receipt): HTML and a style sheet without addresses."""
    with _drawing:
        return _drawing_with(fonts).sheet(html, style)
