"""Flask-AppBuilder's own pages where they need more than a template: changing one's password asks for the present one.

Use: ``resetmypasswordview = PasswordView`` on the security manager.
"""
from __future__ import annotations

from typing import Any

from flask import g
from flask_appbuilder.security.forms import ResetPasswordForm
from flask_appbuilder.security.views import ResetMyPasswordView
from flask_appbuilder.validators import PasswordComplexityValidator
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.security import check_password_hash
from wtforms import Field, PasswordField
from wtforms.validators import DataRequired, EqualTo, ValidationError


class PasswordForm(ResetPasswordForm):
    """The present password, the new one, and the new one again."""

    present = PasswordField(_l("Present password"), validators=[DataRequired(_l("Please fill this in."))],
                            render_kw={"autocomplete": "current-password"})
    password = PasswordField(_l("New password"), validators=[
        DataRequired(_l("Please fill this in.")),
        PasswordComplexityValidator()], render_kw={"autocomplete": "new-password"})
    conf_password = PasswordField(_l("New password, again"), validators=[
        EqualTo("password", message=_l("The two new passwords differ."))], render_kw={"autocomplete": "new-password"})

    @staticmethod
    def least() -> int:
        """How long a password must be."""
        return 12

    def validate_password(self, field: Field) -> None:
        """Long enough."""
        if len(field.data or "") < self.least():
            raise ValidationError(_("A password has at least %(count)s characters.", count=self.least()))

    def validate_present(self, field: Field) -> None:
        """Someone who finds an open screen must not be able to take the account over."""
        if not check_password_hash(g.user.password or "", field.data or ""):
            raise ValidationError(str(_l("This is not your present password.")))


class PasswordView(ResetMyPasswordView):
    """Change one's own password."""

    form = PasswordForm
    form_title = _l("Change password")
    message = _l("The password is changed.")
    form_template = "password.html"
    form_columns = ["present", "password", "conf_password"]

    def render_template(self, template: str, **more: Any) -> str:
        """The page says how long a password must be."""
        return str(super().render_template(template, least=self.form.least(), **more))  # type: ignore[no-untyped-call]  # the framework's
