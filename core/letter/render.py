"""From what a letter says to the bytes of its PDF/A-3u file. The same letter always gives the same bytes.

Nothing heavy is loaded before the first letter: a process that renders none stays small.
"""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask import current_app, has_app_context

from core.errors import Refusal
from core.letter.content import LetterContent
from core.words import gettext as _

MAX_PAGES = 120
"""No letter is longer; one that would be has a fault in its template."""


def render_pdf(content: LetterContent, preview: bool = False, most_pages: int = MAX_PAGES) -> bytes:
    """The letter as PDF/A-3u, tagged, with its data attached as JSON.

    A preview is marked 样稿 on every page and bears no number, no seal and no address to verify it at. Raises
    ``Invalid`` when a part is missing, ``Refusal`` when a character has no glyph, the letter has more than ``most_pages``
    or the fonts have not been prepared.
    """
    content = content.normalised()
    if preview:
        content = replace(content, number=None, seal=None, verify_url="", code_text="", seal_room=0)
    content.check(preview)
    from core.letter import engine  # the fonts and the drawing library: only in a process that renders
    from core.letter.compose import compose
    from core.letter.fonts import book, check_glyphs

    point_at_fonts()
    fonts = book()
    for role, text, where in content.texts():
        check_glyphs(text, role, where)
    pages = compose(content, fonts, preview)
    if len(pages) > most_pages:
        raise Refusal(_("The letter would have %(count)s pages, more than %(limit)s.", count=len(pages),
                        limit=most_pages))
    return engine.draw(content, pages, fonts, preview)


def render_sheet(html: str, style: str, text: str) -> bytes:
    """A page that is no letter as PDF, in the letters' fonts: ``style`` may name ``{fang}``, ``{hei}``, ``{song}`` …;
    ``text`` is all that stands on it, and what no font can draw of it is left out of ``html``."""
    from core.letter import engine
    from core.letter.fonts import STACKS, book

    point_at_fonts()
    fonts = book()
    for char in fonts.missing("fang", text):
        html = html.replace(char, "")
    for role in STACKS:
        style = style.replace(f"{{{role}}}", fonts.css(role))
    return engine.draw_sheet(html, style, fonts)


def point_at_fonts() -> None:
    """Inside an installation: the bureau's own faces in ``var/fonts`` come first, the setting ``letter.fonts``
    counts."""
    from core.letter.fonts import configure

    if has_app_context():
        settings = current_app.extensions["yingshang"].settings
        configure(settings.var / "fonts", Path(settings.letter.fonts) if settings.letter.fonts else None)
