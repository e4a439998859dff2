"""What is given with an entry of a register, and with what is done with one."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from addons.districts import words
from addons.districts.forms.needs import choice, flag, line, unit
from core.web.forms import FormSchema

AREAS, OFFICERS, ISSUES = (f"/districts/registers/{name}/pick" for name in ("areas", "officers", "issues"))
ENTERPRISES, PEOPLE = "/pick/enterprises", "/pick/people"
MOBILE = r"^1[3-9]\d{9}$"


def day(label: Any, required: bool = True, **meta: Any) -> Any:
    """A day."""
    load = {"required": True} if required else {"load_default": None, "allow_none": True}
    return fields.Date(**load, metadata={"label": label, **meta})


def picked(label: Any, address: str, required: bool = True, **meta: Any) -> Any:
    """One row, found as one types."""
    load = {"required": True} if required else {"load_default": None, "allow_none": True}
    return fields.Integer(**load, metadata={"label": label, "picker": address, "widget": "picker", **meta})


ENTERPRISE = _l("Enterprise")


def enterprise(label: Any = ENTERPRISE, required: bool = True, **meta: Any) -> Any:
    """An enterprise: picked, or its code or whole name."""
    return line(label, 200, required, picker=ENTERPRISES, **meta)


class AreaForm(FormSchema):
    """A second-level district as it is drawn from a day on."""

    unit = unit(_l("Street"))
    code = line(_l("Code"), 24, placeholder="120117001-01")
    name = line(_l("Name"), 64)
    east = line(_l("East to"), 128, required=False)
    south = line(_l("South to"), 128, required=False)
    west = line(_l("West to"), 128, required=False)
    north = line(_l("North to"), 128, required=False)
    words = line(_l("Words of its addresses"), 1000, required=False, widget="textarea", help=_l(
        "Roads, villages, parks, separated by 、. Left empty: the whole street. No two districts of a street may share one."))
    polygon = line(_l("Outline"), 4000, required=False, widget="textarea", help=_l(
        "Optional: one corner in each line, longitude and latitude, such as 117.82,39.33."))
    valid_from = day(_l("Valid from"), help=_l("A later day than before makes a new version; the earlier one is kept."))


class EndForm(FormSchema):
    """From which day it no longer holds."""

    on = day(_l("No longer from"))
    reason = line(_l("Reason"), 255)


class ReasonForm(FormSchema):
    """Why."""

    reason = line(_l("Reason"), 255)


class OfficerForm(FormSchema):
    """Somebody becomes the officer of a district."""

    user = picked(_l("Person"), PEOPLE)
    area = picked(_l("Second-level district"), AREAS)
    part = choice(_l("A or B"), (("A", _l("A: serves")), ("B", _l("B: stands in"))), default="A")
    staff_no = line(_l("Staff number"), 32, required=False)
    office_phone = line(_l("Office line"), 32, required=False, help=_l("It stands on the notice and on the portal."))
    mobile = fields.String(load_default="", validate=validate.Regexp(r"^(1[3-9]\d{9})?$"), metadata={
        "label": _l("Mobile"), "check": "phone", "help": _l("For the office only.")})
    valid_from = day(_l("From"))


class HandOver(FormSchema):
    """All of an officer's enterprises and open needs go to another one."""

    successor = picked(_l("Successor"), OFFICERS)
    on = day(_l("From"))
    reason = line(_l("Reason"), 255)


class ServingForm(FormSchema):
    """An enterprise gets its officer by hand."""

    enterprise = enterprise()
    post = picked(_l("Service officer"), OFFICERS)
    on = day(_l("From"))
    reason = line(_l("Reason"), 255, required=False, help=_l("Needed when the address lies in another district."))


class ContactForm(FormSchema):
    """Somebody who can be asked about something."""

    unit = unit(_l("Unit"))
    duty = choice(_l("Duty"), words.ROSTER)
    name = line(_l("Name"), 64)
    post = line(_l("Post"), 64, required=False)
    phone = line(_l("Office line"), 32, required=False)
    expertise = line(_l("Fields of expertise"), 400, required=False, widget="textarea", help=_l("Separated by 、."))
    valid_from = day(_l("From"))


class LeaderForm(FormSchema):
    """A district leader takes care of a street, or of one enterprise in it."""

    user = picked(_l("Leader's account"), PEOPLE, required=False, help=_l(
        "With an account the leader may read what is raised from there."))
    name = line(_l("Leader"), 64)
    post = line(_l("Post"), 64, required=False)
    unit = unit(_l("Street"))
    enterprise = enterprise(_l("Only this enterprise"), required=False)
    phone = line(_l("Office line"), 32, required=False)
    valid_from = day(_l("From"))


class AgentForm(FormSchema):
    """The person of an enterprise whom the officer calls."""

    enterprise = enterprise()
    name = line(_l("Contact"), 64)
    mobile = fields.String(required=True, validate=validate.Regexp(MOBILE), metadata={
        "label": _l("Mobile"), "check": "phone", "help": _l("The enterprise's own: links for rating go there.")})
    position = line(_l("Post"), 64, required=False)
    consent = flag(_l("Agreed to be called and written to"))


class VisitForm(FormSchema):
    """A visit that is planned."""

    enterprise = enterprise()
    on = day(_l("Day"))
    purpose = line(_l("Purpose"), 255)
    asked_for = flag(_l("The enterprise asked for it"))


class VisitDone(FormSchema):
    """What a visit brought."""

    identity_shown = flag(_l("I showed my identity and said what I am there for"))
    found = line(_l("What was found"), 1000, required=False, widget="textarea")
    title = line(_l("A need, in one line"), 60, required=False, help=_l("Left empty: the enterprise needs nothing now."))
    text = fields.String(load_default="", validate=validate.Length(max=2000), metadata={
        "label": _l("What is asked for"), "widget": "textarea", "rows": 4})
    category = choice(_l("Category"), words.CATEGORIES, default="其他")


class HandbookForm(FormSchema):
    """A question, its answer, and when it is looked at again."""

    question = line(_l("Question"), 255)
    answer = line(_l("Answer"), 4000, widget="textarea", rows=6)
    category = choice(_l("Category"), words.CATEGORIES)
    basis = line(_l("Provision"), 400, required=False)
    unit = unit(_l("Answered for by"))
    review_on = day(_l("To be reviewed on"))


class Reviewed(FormSchema):
    """An entry was looked at and still holds."""

    review_on = day(_l("To be reviewed next on"))


class TrainingForm(FormSchema):
    """A training of service officers."""

    title = line(_l("Title"), 128)
    on = day(_l("Day"))
    sort = choice(_l("Sort"), words.TRAININGS, default="业务")
    unit = unit(_l("Given by"))
    people = line(_l("Participants"), 1000, required=False, widget="textarea")


class ModelCaseForm(FormSchema):
    """A case or an officer that others learn from."""

    title = line(_l("Title"), 128)
    story = line(_l("Story"), 4000, widget="textarea", rows=6, help=_l("Name no enterprise that did not agree."))
    unit = unit(_l("Unit"))
    on = day(_l("Day"))
    published = flag(_l("Published"))


class IssueForm(FormSchema):
    """One cause of the needs of several enterprises."""

    title = line(_l("Title"), 128)
    category = choice(_l("Category"), words.CATEGORIES)
    cause = line(_l("Cause"), 2000, required=False, widget="textarea")
    reserve = flag(_l("In the policy reserve"))
    proposal = line(_l("Proposed policy"), 2000, required=False, widget="textarea")
    noticed_on = day(_l("Noticed on"))


class Settled(FormSchema):
    """What became of an issue."""

    on = day(_l("Settled on"))
    outcome = line(_l("Outcome"), 1000, widget="textarea")


class CommonIssue(FormSchema):
    """The common issue to which a need belongs."""

    issue = picked(_l("Common issue"), ISSUES)
