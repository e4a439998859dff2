"""The receipt of a case as PDF: number, query code, what was written, by when and by whom it is answered.

It is no letter of the organ: it has no number of its own and no seal, and says so.
"""
from __future__ import annotations

import io
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import segno
from flask import render_template

from core import moment
from core.letter.render import render_sheet
from core.portal import reading
from core.portal.declare import PublicKind
from core.portal.models import PublicCase
from core.portal.tokens import public_url

STYLE = Path(__file__).parent / "templates" / "portal" / "receipt.css"


def receipt_pdf(case: PublicCase, kind: PublicKind, code: str) -> io.BytesIO:
    """One A4 page."""
    url = f"{public_url()}/portal/cases?number={case.number}"
    html = render_template(
        "portal/receipt.html", case=case, kind=kind, code=reading.spaced(code), url=url, state=reading.state_label(case),
        coming=reading.coming(case, kind), made_at=moment.now(),
        picture=segno.make(url, error="m").svg_inline(scale=3, border=0, omitsize=False))
    return io.BytesIO(render_sheet(html, STYLE.read_text("utf-8"), _Words.of(html)))


class _Words(HTMLParser):
    """The text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @classmethod
    def of(cls, html: str) -> Any:
        parser = cls()
        parser.feed(html)
        return "".join("".join(parser.words).split())
