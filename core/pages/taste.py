"""Lists as each person likes them: which columns, in which order, how wide, how dense."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from core.access.preferences import MOST_BYTES, keep, preference
from core.errors import Refusal
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web.widgets import ListPage
from core.words import gettext as _

pages = Blueprint("taste", __name__)
WIDTHS = range(40, 1200)
DENSITIES = ("normal", "tight")


@pages.post("/taste/<key>")
@needs("")
def save(key: str) -> Response:
    """Keep how the person likes the list ``key``."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or len(key) > 60 or (request.content_length or 0) > MOST_BYTES:
        raise Refusal(_("This cannot be kept."))
    session = request_session()
    keep(session, request_viewer().user_id or 0, liking(key), _read(given))
    session.commit()
    return Response(status=204)


def liking(key: str) -> str:
    """The name under which a person keeps how he likes the list ``key``."""
    return f"list:{key}"


def with_taste(page: ListPage, liked: Mapping[str, Any] | None = None) -> ListPage:
    """The list as its reader likes it: one short statement, none when what he keeps under its name is given."""
    if liked is None:
        liked = preference(request_session(), request_viewer().user_id, liking(page.key))
    page.prefs_url = f"/taste/{page.key}"
    if not liked:
        return page
    place = {name: n for n, name in enumerate(liked.get("order", ()))}
    hidden, widths = set(liked.get("hidden", ())), liked.get("widths", {})
    columns = [replace(c, hidden=not c.fixed and c.key in hidden if "hidden" in liked else c.hidden,
                       width=int(widths.get(c.key, 0))) for c in page.columns]
    page.columns = sorted(columns, key=lambda c: place.get(c.key, len(place)))
    page.density = liked.get("density") or page.density
    return page


def _read(given: dict[str, Any]) -> dict[str, Any]:
    def names(value: Any) -> list[str]:
        return [str(name)[:60] for name in value if isinstance(name, str)][:60] if isinstance(value, list) else []

    widths = given.get("widths")
    density = given.get("density")
    chosen: dict[str, Any] = {name: names(given[name]) for name in ("hidden", "order") if name in given}  # else: as it comes
    return {**chosen, "density": density if density in DENSITIES else "normal",
            "widths": {str(name)[:60]: int(width) for name, width in widths.items()
                       if isinstance(width, int | float) and int(width) in WIDTHS} if isinstance(widths, dict) else {}}
