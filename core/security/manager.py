"""Flask-AppBuilder's security manager with our people, our roles in units, and lock-out after wrong passwords."""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g, redirect, request, session
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.views import IndexView
from sqlalchemy import func, select

from core import moment, parameters
from core.access.models import Staff
from core.access.rows import current_viewer
from core.audit import AuditEntry, record
from core.db import db
from core.security import sessions, twofactor
from core.security.signin import HousePasswordView, SignInView

SESSION_VERSION = "_version"
WRONG = "wrong password"
CODE_HEADER = "X-Second-Factor"


class FrameworkIndex(IndexView):
    """Where Flask-AppBuilder sends people after signing in; the desk has its place."""

    route_base = "/framework"

    @expose("/")  # type: ignore[untyped-decorator]  # Flask-AppBuilder's decorators carry no types
    def index(self) -> Any:
        """On to the desk."""
        return redirect("/")


class SuiteSecurityManager(SecurityManager):
    """Flask-AppBuilder's accounts, with our people, our roles in units, and lock-out after wrong passwords."""

    user_model = Staff
    resetmypasswordview = HousePasswordView
    authdbview = SignInView

    def load_user(self, pk: Any) -> Staff | None:
        """The signed-in person; nobody when he was switched off or signed out, or his password changed meanwhile."""
        found = sessions.find(db.session(), int(pk))
        if found is None:
            return None
        user, signed_in, word = found
        if session.get(SESSION_VERSION, user.session_version) != user.session_version:
            return None
        if signed_in is not None and not sessions.still_there(db.session(), signed_in):
            return None
        g.rights_word = word
        return user

    def reset_password(self, userid: Any, password: str) -> bool:
        """Set a password; sessions that began before end."""
        changed = super().reset_password(userid, password)
        user = db.session.get(Staff, int(userid))
        if user is not None:
            user.session_version = (user.session_version or 1) + 1
            user.must_change_password = False
            user.password_changed_at = moment.now()
            db.session.commit()
            if str(session.get("_user_id")) == str(user.id):
                session[SESSION_VERSION] = user.session_version
        return bool(changed)

    def auth_user_db(self, username: str, password: str) -> Any:
        """Check a password. An account is locked for a while after too many wrong ones, whoever gives the right one.

        Programs have no second page to be asked on: whoever has a second factor sends its code in a header.
        """
        found = self.find_user(username=username)
        policy = parameters.values(db.session())
        if found is not None and (found.fail_login_count or 0) >= policy["security.login_attempts"]:
            since = found.changed_on.replace(tzinfo=moment.now().tzinfo) if found.changed_on else moment.now()
            if moment.now() - since < dt.timedelta(minutes=policy["security.lock_minutes"]):
                self.log_sign_in(username, "locked")
                return None
        user = super().auth_user_db(username, password)
        if user is None:
            self.log_sign_in(username, WRONG)
        elif request.path.startswith("/api/"):
            if twofactor.enabled(db.session(), user.id) and not twofactor.check(
                    db.session(), user.id, request.headers.get(CODE_HEADER, "")):
                self.log_sign_in(username, "wrong code")
                return None
            self.log_sign_in(username, "signed in", way="API")
        return user

    def update_user_auth_stat(self, user: Any, success: bool = True) -> None:
        """Count; the time of the last try is what the lock runs from."""
        user.changed_on = moment.now().replace(tzinfo=None)
        super().update_user_auth_stat(user, success)

    def on_user_logout(self, user: Any) -> None:
        """The row of this sign-in ends with it."""
        sessions.end_own(db.session())
        db.session.commit()

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the request's viewer may: administrators the framework's own pages, everybody what his roles say, and
        everybody choose a password of his own."""
        viewer = current_viewer(db.session)
        own = view_name == HousePasswordView.__name__ and viewer.user_id is not None
        return bool(own or viewer.is_admin or viewer.may(f"{view_name}:{permission_name}"))

    def _get_user_permission_view_menus(self, user: Any, permission_name: str, view_menus_name: list[str]) -> set[str]:
        return {name for name in view_menus_name if self.has_access(permission_name, name)}

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing of the framework's is public; the portal has pages of its own."""
        return False

    def wants_picture(self, username: str) -> bool:
        """Whether a picture code is asked for: after some wrong passwords for this name, whether or not somebody bears it."""
        after = parameters.values(db.session())["security.captcha_after"]
        since = moment.now() - dt.timedelta(minutes=15)
        recent = (select(AuditEntry.action, AuditEntry.id).where(
            AuditEntry.subject == Staff.__tablename__, AuditEntry.subject_id == username[:128], AuditEntry.at >= since))
        last = recent.where(AuditEntry.action == "signed in").with_only_columns(func.coalesce(func.max(AuditEntry.id), 0))
        wrong = db.session.scalar(recent.where(AuditEntry.action == WRONG, AuditEntry.id > last.scalar_subquery())
                                  .with_only_columns(func.count()))
        return int(wrong or 0) >= int(after)

    def log_sign_in(self, username: str, outcome: str, **more: Any) -> None:
        """A line of the sign-in log, committed at once."""
        record(db.session(), outcome, Staff.__tablename__, username[:128], username,
               address=request.remote_addr or "", browser=str(request.user_agent)[:120], **more)
        db.session.commit()


def must_do_first() -> str:
    """The page to which the signed-in person is sent before any other: a new password, a second factor; else empty."""
    user = g.get("user")
    if user is None or not getattr(user, "is_authenticated", False):
        return ""
    policy = parameters.values(db.session())
    days = policy["security.password_days"]
    changed = user.password_changed_at or moment.as_instant(user.created_on or moment.today())
    if user.must_change_password or (days and moment.now() - changed > dt.timedelta(days=days)):
        return "/resetmypassword/form"
    viewer = current_viewer(db.session)
    wanted = policy["security.second_factor"]
    if (wanted == "everybody" or (wanted == "administrators" and viewer.is_admin)) \
            and not twofactor.enabled(db.session(), user.id):
        return "/account/second-factor"
    return ""
