"""The few addresses that belong to the face itself: its static files, display preferences, the gallery of widgets."""
from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as Answer

from core.web.shell import SIZES, THEMES, current_shell

HERE = Path(__file__).parent
STATIC = HERE / "static"
YEAR = 365 * 24 * 3600
PREFERENCES = {"theme": THEMES, "size": SIZES}

web = Blueprint("web", __name__)


@cache
def static_version() -> str:
    """A short hash over all static files: it stands in their addresses, so a browser may keep them for a year."""
    digest = hashlib.sha256()
    for path in sorted(p for p in STATIC.rglob("*") if p.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


@web.app_url_defaults
def _version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "web.static":
        values.setdefault("version", static_version())


@web.get("/assets/<version>/<path:filename>", endpoint="static")
def static_file(version: str, filename: str) -> Response:
    """A static file. A page from before an upgrade asks with an old version and still gets the file, uncached."""
    fresh = version == static_version()
    response = send_from_directory(STATIC, filename, max_age=YEAR if fresh else 0)
    if fresh:
        response.cache_control.immutable = True
    return response


@web.get("/favicon.ico")
def favicon() -> Answer:
    """Browsers ask for it unasked."""
    return send_from_directory(STATIC, "logo.svg", max_age=YEAR)


def back_to(target: str | None) -> str:
    """``target`` when it is a path on this site, else the front page."""
    parts = urlsplit(target or "")
    here = not parts.netloc or parts.netloc == request.host
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if here and path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


@web.post("/preferences")
def preferences() -> Answer:
    """Keep the theme and the size of type in a cookie: a machine's habit, not a fact about a person."""
    changed = redirect(back_to(request.referrer), 303)
    for name, allowed in PREFERENCES.items():
        value = request.form.get(name)
        if value is None:
            continue
        if value not in allowed:
            abort(400)
        changed.set_cookie(f"ys_{name}", value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return changed


@web.get("/_widgets")
def widgets() -> str:
    """Every widget with sample data, for those who build screens. Only while developing, or for administrators."""
    if not (current_app.debug or current_shell().admin):
        abort(404)
    from core.web.gallery import samples  # only this page needs them
    return render_template("gallery.html", **samples())
