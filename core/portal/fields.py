"""Fields that the portal's forms have in common."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from core.words import N_

TELEPHONE = r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$"


def telephone(about: Any) -> Any:
    """Where somebody can be called; ``about`` says what for."""
    return fields.String(required=True, validate=validate.Regexp(TELEPHONE, error=N_(
        "Write a mobile number of 11 digits, or area code and number such as 022-12345678.")), metadata={
            "label": _l("Phone"), "widget": "tel", "help": about})
