"""What is given with the steps of a meeting, of supervision and of a hand-over."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from marshmallow import fields

from addons.districts.forms.needs import line, unit
from core.web.forms import FormSchema


class Matter(FormSchema):
    """Another need on the agenda."""

    need = line(_l("Number of the need"), 40)


class Resolution(FormSchema):
    """What the meeting resolved about one need."""

    need = line(_l("Number of the need"), 40)
    lead = unit(_l("Lead unit"))
    helpers = fields.List(fields.Integer(), load_default=list, metadata={
        "label": _l("Helping units"), "picker": "/pick/units", "widget": "picker"})
    task = line(_l("What is to be done"), 1000, widget="textarea")
    due_on = fields.Date(required=True, metadata={"label": _l("To be done by")})


class Minutes(FormSchema):
    """Who was there."""

    present = line(_l("Present"), 1000, widget="textarea")
    absent = line(_l("Absent"), 400, required=False)
    attending = line(_l("In attendance"), 400, required=False)


class Instruction(FormSchema):
    """What the leaders instructed."""

    instruction = line(_l("Instruction"), 1000, widget="textarea")
    by = line(_l("Instructed by"), 64)


class Feedback(FormSchema):
    """What the unit answered in writing."""

    feedback = line(_l("Feedback of the unit"), 2000, widget="textarea")


class Lead(FormSchema):
    """What is handed over, and to whom."""

    receiver = line(_l("Handed to"), 128)
    facts = line(_l("Facts"), 4000, widget="textarea")
    evidence = line(_l("List of evidence"), 2000, widget="textarea")
    impact = line(_l("Impact"), 1000, widget="textarea")


class Receipt(FormSchema):
    """Who received it."""

    receipt = line(_l("Receipt"), 128)
