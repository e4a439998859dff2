"""The viewer of every request: who is it, what may he see. Plain data, set once, before the first query."""
from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, session
from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from core import epoch
from core.access import Viewer
from core.access.epoch import viewer_of
from core.access.rows import set_viewer
from core.access.viewer import NOBODY
from core.db import db, end_reading
from core.security.manager import SESSION_VERSION

UNSEEN = ("/assets/", "/static/", "/healthz", "/favicon.ico")
"""Addresses that need no viewer, and so no statement."""


def install_viewer(app: Flask) -> None:
    """Before each request: who is it, what may he see."""

    @app.before_request
    def set_request_viewer() -> None:
        if request.path.startswith(UNSEEN):
            return
        user_id = _bearer() if request.path.startswith("/api/") else None
        if user_id is None:
            user_id = _signed_in()
        viewer = viewer_of(db.session(), user_id, g.pop("rights_word", None)) if user_id is not None else NOBODY
        set_viewer(db.session, viewer)
        g.viewer = viewer

    @app.teardown_request
    def end_of_request(fault: BaseException | None) -> None:
        if db.session.registry.has():
            epoch.remember(db.session(), None)
            if fault is None:
                end_reading(db.session())


def request_viewer() -> Viewer:
    """The person who makes this request."""
    found = g.get("viewer")
    return found if isinstance(found, Viewer) else NOBODY


def _signed_in() -> int | None:
    from flask_login import current_user

    if not current_user.is_authenticated:
        return None
    session.setdefault(SESSION_VERSION, current_user.session_version)
    return int(current_user.id)


def _bearer() -> int | None:
    """The person named by a valid bearer token; None without one (the routes answer 401)."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        return None
    try:
        claims = _claims(token.strip(), str(current_app.config["JWT_SECRET_KEY"]))
    except (JWTExtendedException, PyJWTError):
        return None
    if claims.get("type") != "access" or claims.get("exp", 0) <= time.time():
        return None
    g.token_holds = True
    return int(claims["sub"])


@lru_cache(maxsize=2048)
def _claims(token: str, secret: str) -> dict[str, Any]:
    """What a token says, once its signature was found good under ``secret`` (which is part of what is remembered)."""
    found: dict[str, Any] = decode_token(token)
    return found
