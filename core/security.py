"""Sign-in and permission checks: Flask-AppBuilder's, fed from appointments; and the viewer of every request."""
from __future__ import annotations

from typing import Any

from flask import Flask, g, redirect, request, session
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.views import IndexView
from flask_jwt_extended import get_jwt_identity, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from core import moment
from core.access import Viewer, build_viewer
from core.access.models import Staff
from core.access.rows import current_viewer, set_viewer
from core.access.viewer import NOBODY
from core.audit import record
from core.db import db
from core.web.fab import PasswordView


class FrameworkIndex(IndexView):
    """Where Flask-AppBuilder sends people after signing in; the desk has its place."""

    route_base = "/framework"

    @expose("/")  # type: ignore[untyped-decorator]  # Flask-AppBuilder's decorators carry no types
    def index(self) -> Any:
        """On to the desk."""
        return redirect("/")


UNSEEN = ("/assets/", "/static/", "/healthz", "/favicon.ico")
"""Addresses that need no viewer, and so no statement."""
SESSION_VERSION = "_version"


class SuiteSecurityManager(SecurityManager):
    """Flask-AppBuilder's accounts, with our people, our roles in units, and lock-out after wrong passwords."""

    user_model = Staff
    resetmypasswordview = PasswordView

    def load_user(self, pk: Any) -> Staff | None:
        """The signed-in person; nobody when he was switched off or his password changed since he signed in."""
        user = db.session.get(Staff, int(pk))
        if user is None or not user.active:
            return None
        if session.get(SESSION_VERSION, user.session_version) != user.session_version:
            return None
        return user

    def reset_password(self, userid: Any, password: str) -> bool:
        """Set a password; sessions that began before end."""
        changed = super().reset_password(userid, password)
        user = db.session.get(Staff, int(userid))
        if user is not None:
            user.session_version = (user.session_version or 1) + 1
            user.must_change_password = False
            db.session.commit()
            if str(session.get("_user_id")) == str(user.id):
                session[SESSION_VERSION] = user.session_version
        return bool(changed)

    def auth_user_db(self, username: str, password: str) -> Any:
        """Check a password. An account is locked for a while after too many wrong ones, whoever gives the right one."""
        found = self.find_user(username=username)
        limits = self.appbuilder.app.extensions["yingshang"].settings.limits
        if found is not None and (found.fail_login_count or 0) >= limits.login_attempts:
            since = found.changed_on.replace(tzinfo=moment.now().tzinfo) if found.changed_on else moment.now()
            if (moment.now() - since).total_seconds() < limits.lock_minutes * 60:
                self._log_sign_in(username, "locked")
                return None
        user = super().auth_user_db(username, password)
        self._log_sign_in(username, "signed in" if user is not None else "wrong password")
        return user

    def update_user_auth_stat(self, user: Any, success: bool = True) -> None:
        """Count; the time of the last try is what the lock runs from."""
        user.changed_on = moment.now().replace(tzinfo=None)
        super().update_user_auth_stat(user, success)

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the request's viewer may: administrators the framework's own pages, everybody what his roles say."""
        viewer = current_viewer(db.session)
        return viewer.is_admin or viewer.may(f"{view_name}:{permission_name}")

    def _get_user_permission_view_menus(self, user: Any, permission_name: str, view_menus_name: list[str]) -> set[str]:
        return {name for name in view_menus_name if self.has_access(permission_name, name)}

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing of the framework's is public; the portal has pages of its own."""
        return False

    def _log_sign_in(self, username: str, outcome: str) -> None:
        record(db.session(), outcome, "ab_user", username[:128], username, address=request.remote_addr or "")
        db.session.commit()


def install_viewer(app: Flask) -> None:
    """Before each request: who is it, what may he see. Set once, as plain data, before the first query."""

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
