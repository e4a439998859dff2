"""What a department gives with a step on its order."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from addons.districts import words
from addons.districts.forms.needs import Answer, Suspension, choice, flag, line
from core.web.forms import FormSchema


class SignIn(FormSchema):
    """Who handles it, and for a complex need the day that is promised."""

    section = line(_l("Handling section"), 64, required=False)
    handler = line(_l("Handling person and phone"), 64, required=False)
    promised_on = fields.Date(load_default=None, allow_none=True, metadata={
        "label": _l("Promised for"), "help": _l("For complex needs: a working day.")})


class Return(FormSchema):
    """A ground from the list, and the provision that says whose duty it is."""

    ground = choice(_l("Ground"), words.RETURN_GROUNDS)
    reason = line(_l("Reason and basis"), 1000, widget="textarea")
    suggested = line(_l("Whose duty it is"), 128, required=False)


class Report(Answer):
    """What was done. For a complex need the department answers the enterprise itself."""


class Explanation(FormSchema):
    """Why it cannot be met."""

    reason = choice(_l("Why it cannot be met"), words.EXPLAIN_REASONS)
    explanation = fields.String(required=True, validate=validate.Length(5, 3000), metadata={
        "label": _l("Explanation"), "widget": "textarea"})
    basis = line(_l("Provision"), 400)
    other_way = line(_l("Another way"), 400, required=False)
    reserve = flag(_l("Put it into the policy reserve"))


__all__ = ["Explanation", "Report", "Return", "SignIn", "Suspension"]
