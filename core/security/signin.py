"""The pages of signing in: password, picture code after wrong ones, second factor."""
from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, session
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext as _
from flask_login import login_user
from sqlalchemy import select

from core import moment, parameters
from core.access.models import Staff
from core.db import db
from core.security import captcha, sessions, twofactor
from core.web.fab import PasswordForm, PasswordView

WAITING = "_second"
WAITS = 300
"""Seconds in which the code is to be typed."""
TRIES = 5


class HousePasswordForm(PasswordForm):
    """As long as the house's parameter says."""

    @staticmethod
    def least() -> int:
        return int(parameters.values(db.session())["security.password_length"])


class HousePasswordView(PasswordView):
    """Change one's own password; whoever is sent here before anything else is told why."""

    form = HousePasswordForm

    def render_template(self, template: str, **more: Any) -> str:
        """With the reason, when there is one."""
        why = _("Before you begin, choose a password of your own: the present one was given to you by somebody else.")
        return super().render_template(template, why=why if g.user.must_change_password else "", **more)


class SignInView(AuthDBView):
    """Flask-AppBuilder's sign-in page with two more steps, each only when it is called for."""

    @expose("/login/", methods=["GET", "POST"])  # type: ignore[untyped-decorator]  # Flask-AppBuilder's carry no types
    def login(self) -> Any:
        """User name and password; after wrong ones the picture code as well."""
        from flask_login import current_user

        if current_user.is_authenticated:
            return redirect(self._get_safe_next_url())
        form, manager = LoginForm_db(), self._manager()
        name = (form.username.data or "").strip()
        asked = bool(name) and manager.wants_picture(name)
        fault = ""
        if form.validate_on_submit():
            if asked and not captcha.right(request.form.get("picture", "")):
                fault = _("Type the signs of the picture.") if "picture" in request.form else _(
                    "After several wrong passwords we ask for the signs of the picture as well.")
            else:
                user = manager.auth_user_db(name, form.password.data)
                if user is not None:
                    return self._welcome(user)
                fault = _("User name or password is wrong, or the account is locked for a while.")
                asked = manager.wants_picture(name)
        page = self.render_template(self.login_template, title=self.title, form=form, appbuilder=self.appbuilder,
                                    picture=asked, fault=fault,
                                    empty=db.session().scalar(select(Staff.id).limit(1)) is None)
        return Response(page, 200, {"Cache-Control": "no-store"})

    @expose("/login/picture.png")  # type: ignore[untyped-decorator]  # as above
    def picture(self) -> Response:
        """A new picture code."""
        return Response(captcha.draw(), mimetype="image/png", headers={"Cache-Control": "no-store"})

    @expose("/login/code", methods=["GET", "POST"])  # type: ignore[untyped-decorator]  # as above
    def code(self) -> Any:
        """The code of the second factor."""
        waiting = session.get(WAITING)
        if not waiting or moment.now().timestamp() > waiting["until"] or waiting["tries"] >= TRIES:
            session.pop(WAITING, None)
            flash(_("That took too long. Please sign in again."), "warning")
            return redirect("/login/")
        fault = ""
        if request.method == "POST":
            user = db.session.get(Staff, waiting["user"])
            if user is not None and user.active and twofactor.check(db.session(), user.id, request.form.get("code", "")):
                session.pop(WAITING)
                return self._let_in(user, waiting["next"], second_factor=True)
            session[WAITING] = waiting | {"tries": waiting["tries"] + 1}
            if user is not None:
                self._manager().log_sign_in(user.username, "wrong code")
            fault = _("This code does not fit. Wait for the next one and type it.")
        return self.render_template("signin_code.html", title=_("Sign in"), appbuilder=self.appbuilder, fault=fault)

    def _manager(self) -> Any:
        assert self.appbuilder is not None  # it is, once the view is registered
        return self.appbuilder.sm

    def _welcome(self, user: Staff) -> Any:
        """The password was right: let in, or ask for the second factor."""
        target = get_safe_redirect(request.args["next"]) if request.args.get("next") else "/"
        if twofactor.enabled(db.session(), user.id):
            session[WAITING] = {"user": user.id, "until": moment.now().timestamp() + WAITS, "next": target, "tries": 0}
            return redirect("/login/code")
        return self._let_in(user, target)

    def _let_in(self, user: Staff, target: str, second_factor: bool = False) -> Any:
        login_user(user, remember=False)
        sessions.begin(db.session(), user, second_factor=second_factor)
        self._manager().log_sign_in(user.username, "signed in")
        return redirect(target)
