"""The notice that hangs in a district (亮明身份): who serves here, how to reach him, and the code that leads to the form."""
from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import segno
from flask import render_template_string

from core.letter.paper import print_html
from core.portal.tokens import public_url

HERE = Path(__file__).parent / "templates" / "districts"


def notice_of(post: Any) -> bytes:
    """One A4 page as PDF."""
    url = f"{public_url()}/portal/submit/need?{urlencode({'area': post.area.code})}"
    html = render_template_string(
        (HERE / "notice.html").read_text("utf-8"), post=post, url=url, phone=post.office_phone or post.unit.phone or "",
        picture=segno.make(url, error="q").svg_inline(scale=6, border=0, omitsize=False))
    return print_html(html, (HERE / "notice.css").read_text("utf-8"))
