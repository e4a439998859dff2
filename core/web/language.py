"""The language of a request."""
from __future__ import annotations

from flask import current_app, has_request_context, request, session


def language() -> str | None:
    """The language that the address asks for with ``_l_``, else that of the session, else the house's.

    Flask-AppBuilder's own goes through all parameters of the address; whether anything else looked at one, nobody could
    tell any more (:mod:`core.isolation.asking`).
    """
    if not has_request_context():
        return None
    usual = str(current_app.config["BABEL_DEFAULT_LOCALE"])
    wanted = request.args.get("_l_")
    if wanted is not None:
        return wanted if wanted in current_app.config["LANGUAGES"] else usual
    return str(session.setdefault("locale", usual) or usual)
