"""The demonstration's role switcher: from one invented account to another, and only there. It says what it is."""
from __future__ import annotations

from itertools import groupby

from flask import Blueprint, current_app, flash, redirect, render_template
from flask_babel import gettext as _
from flask_login import login_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.models import Staff
from core.demo.accounts import DOMAIN, read_passwords
from core.demo.people import accounts
from core.errors import NotFound
from core.pages.admin_roles import role_titles
from core.pages.frame import needs, request_session
from core.security import request_viewer, sessions
from core.security.manager import SESSION_VERSION
from core.web import Crumb

pages = Blueprint("demo", __name__)


def is_demo(session_person: Staff | None) -> bool:
    """Whether this is an invented account in an installation that bears the demonstration's accounts."""
    return (session_person is not None and session_person.email.endswith(f"@{DOMAIN}")
            and session_person.username in read_passwords(current_app.extensions["yingshang"].settings.var))


@pages.get("/demo")
@needs("")
def index() -> str:
    """Everybody whom one may be, bureau by bureau."""
    _demo_only()
    told = accounts(request_session(), current_app.extensions["yingshang"].settings.var)
    order = {account["bureau_name"]: place for place, account in reversed(list(enumerate(told)))}  # as the tree of units has it
    people = sorted(told, key=lambda account: order[account["bureau_name"]])
    return render_template("pages/demo.html", title=_("Demonstration: be somebody else"), names=role_titles(),
                           crumbs=[Crumb(_("Demonstration"))], me=request_viewer().name,
                           bureaus=[(name, list(group)) for name, group in groupby(people, key=lambda a: a["bureau_name"])])


@pages.post("/demo/<username>")
@needs("")
def switch(username: str) -> Response:
    """Be somebody else of the demonstration; the log keeps that it was the switcher."""
    _demo_only()
    session = request_session()
    other = session.scalars(select(Staff).where(Staff.username == username)).one_or_none()
    if not is_demo(other) or other is None or not other.active:
        raise NotFound(_("There is no such person."))
    from flask import session as cookie

    sessions.end_own(session)
    cookie.pop(SESSION_VERSION, None)
    login_user(other)
    cookie[SESSION_VERSION] = other.session_version
    sessions.begin(session, other)
    current_app.appbuilder.sm.log_sign_in(other.username, "signed in", way="demonstration")  # type: ignore[attr-defined]  # set by Flask-AppBuilder
    session.commit()
    flash(_("Demonstration: you are now %(name)s.", name=other.name), "info")
    return redirect("/")


def _demo_only() -> None:
    if not is_demo(request_session().get(Staff, request_viewer().user_id)):
        raise NotFound(_("There is no such page."))
