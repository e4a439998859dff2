"""The viewer of every request: who is it, what may he see. Plain data, set once, before the first query."""
from __future__ import annotations

from flask import Flask, g, request, session
from flask_jwt_extended import get_jwt_identity, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from core.access import Viewer, build_viewer
from core.access.rows import set_viewer
from core.access.viewer import NOBODY
from core.db import db
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
        viewer = build_viewer(db.session(), user_id) if user_id is not None else NOBODY
        set_viewer(db.session, viewer)
        g.viewer = viewer


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
    if not request.headers.get("Authorization", "").startswith("Bearer "):
        return None
    try:
        verify_jwt_in_request(optional=True)
    except (JWTExtendedException, PyJWTError):
        return None
    identity = get_jwt_identity()
    return int(identity) if identity is not None else None
