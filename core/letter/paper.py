"""Ordinary documents on paper: an HTML page, drawn by the same library and with the same fonts as letters."""
from __future__ import annotations

from core.letter.render import point_at_fonts


def print_html(html: str, css: str) -> bytes:
    """The page as PDF. Nothing may be loaded from anywhere; the families are those of the letters (``{fang}`` …)."""
    point_at_fonts()
    from core.letter import engine
    from core.letter.fonts import STACKS, book

    fonts = book()
    for role in STACKS:
        css = css.replace("{" + role + "}", fonts.css(role))
    return engine.print_page(html, css, fonts)
