"""The public check of letters: by code, by the scanned code, by the file; and the page that does it without a network.

Told is whether a letter is genuine, which kind, by whom and when; nothing of its content, and nothing that could be counted
through: a code is random, and who asks too often must wait.
"""
from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from core.access import as_system
from core.letter import checking
from core.letter.offline import offline_page
from core.portal import limits

pages = Blueprint("verify", __name__)
SPAN = 600
"""Seconds in which a place may ask so often."""


@pages.get("/verify/<code>")
def verify(code: str) -> str | tuple[str, int]:
    """Genuine, voided or unknown. The code comes from the letter's QR code or is typed."""
    return _page(code[:16], lambda session: checking.check_code(session, code[:16]))


@pages.route("/verify", methods=["GET", "POST"])
@pages.get("/verify/")
def verify_form() -> str | AnyResponse | tuple[str, int]:
    """Where to type a code, paste a scanned one, or choose a file."""
    if request.method == "GET":
        code = request.args.get("code", "").strip().upper()
        if code and "/" not in code and "#" not in code:
            return redirect(f"/verify/{code}")
        return _form()
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        data = upload.stream.read(checking.MOST_BYTES + 1)
        return _page("", lambda session: checking.check_file(session, data))
    text = request.form.get("text", "").strip()[:2000]
    if not text:
        return _form(_("Enter a code or choose a file."))
    return _page(text, lambda session: checking.check_code(session, text))


@pages.get("/verify/offline")
def offline() -> AnyResponse:
    """The page that checks without a network, to be kept."""
    _count()
    with as_system("the offline check of letters is fetched") as session:
        page = offline_page(session)
    return send_file(BytesIO(page.encode()), "text/html", as_attachment=True, download_name="verify-offline.html")


def _page(shown: str, check: Callable[[Session], dict[str, Any]]) -> str | tuple[str, int]:
    """Count the question, then answer it."""
    try:
        _count()
    except limits.TooMany as refusal:
        return _form(refusal.message, refusal.status)
    with as_system("a letter is checked") as session:
        told = check(session)
    return render_template("pages/verify.html", told=told, shown=shown, refusal="", title=_("Is this letter genuine?"))


def _form(refusal: str = "", status: int = 422) -> str | tuple[str, int]:
    page = render_template("pages/verify.html", told=None, shown="", refusal=refusal, title=_("Is this letter genuine?"))
    return (page, status) if refusal else page


def _count() -> None:
    limits.allow("verify", current_app.extensions["yingshang"].settings.limits.verify_checks, seconds=SPAN)
