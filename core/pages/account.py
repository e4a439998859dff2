"""One's own account: where one is signed in, and the second factor."""
from __future__ import annotations

import segno
from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.security import check_password_hash
from werkzeug.wrappers import Response

from core import moment
from core.access.models import Staff
from core.errors import NotFound, Refusal
from core.pages.frame import needs, request_session
from core.pages.saving import save
from core.security import request_viewer, sessions, twofactor
from core.security.models import LoginSession
from core.web import Crumb

pages = Blueprint("account", __name__)


@pages.get("/account")
@needs("")
def index() -> str:
    """Who I am here, and where I am signed in."""
    session, me = request_session(), _me()
    return render_template("pages/account.html", title=_("My account"), crumbs=[Crumb(_("My account"))], person=me,
                           viewer=request_viewer(), signed_in=sessions.mine(session, me.id),
                           second=twofactor.enabled(session, me.id))


@pages.post("/account/sessions/<int:session_id>/end")
@needs("")
def end(session_id: int) -> Response:
    """Sign out elsewhere."""
    def work() -> None:
        mine = request_session().scalars(select(LoginSession).where(
            LoginSession.id == session_id, LoginSession.user_id == request_viewer().user_id)).one_or_none()
        if mine is None:
            raise NotFound(_("There is no such sign-in."))
        mine.ended_at = mine.ended_at or moment.now()

    return save(work, "/account", _("Signed out there."))


@pages.route("/account/second-factor", methods=["GET", "POST"])
@needs("")
def second_factor() -> str | Response:
    """Set the second factor up: scan, type the first code, keep the spare codes."""
    session, me = request_session(), _me()
    crumbs = [Crumb(_("My account"), "/account"), Crumb(_("Second factor"))]
    title = _("Second factor")
    if request.method == "POST" and "code" in request.form:
        try:
            spare = twofactor.confirm(session, me, request.form["code"])
            session.commit()
        except Refusal as refusal:
            session.rollback()
            flash(refusal.message, "error")
        else:
            return render_template("pages/second_factor.html", title=title, crumbs=crumbs, spare=spare)
    if twofactor.enabled(session, me.id):
        return redirect("/account")
    secret = twofactor.pending(session, me.id)
    if request.method == "POST" and not secret:
        secret = twofactor.prepare(session, me)
        session.commit()
    picture = segno.make(twofactor.address(secret, me.username), error="m").svg_data_uri(scale=5) if secret else ""
    return render_template("pages/second_factor.html", title=title, crumbs=crumbs, secret=secret, picture=picture)


@pages.post("/account/second-factor/off")
@needs("")
def off() -> Response:
    """Do without it; the password is asked for once more."""
    def work() -> None:
        me = _me()
        if not check_password_hash(me.password or "", request.form.get("password", "")):
            raise Refusal(_("This is not your present password."), "password")
        twofactor.switch_off(request_session(), me)

    return save(work, "/account", _("The second factor is off."))


def _me() -> Staff:
    found = request_session().get(Staff, request_viewer().user_id)
    if found is None:
        raise NotFound(_("There is no such person."))
    return found
