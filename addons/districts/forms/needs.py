"""What a person gives with an action on a need, and what is needed to enter one by hand."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from addons.districts import words
from core.web.forms import FormSchema


def line(label: Any, longest: int, required: bool = True, **meta: Any) -> Any:
    """A text field; an optional one is empty when it is not given."""
    if required:
        return fields.String(required=True, validate=validate.Length(1, longest), metadata={"label": label, **meta})
    return fields.String(load_default="", validate=validate.Length(max=longest), metadata={"label": label, **meta})


def choice(label: Any, values: Any, **more: Any) -> Any:
    """One of ``values``: plain words, or ``(code, label)`` pairs."""
    pairs = [value if isinstance(value, tuple) else (value, value) for value in values]
    default = more.pop("default", None)
    load = {"required": True} if default is None else {"load_default": default}
    return fields.String(**load, validate=validate.OneOf([code for code, _label in pairs]),
                         metadata={"label": label, "choices": pairs, **more})


def unit(label: Any, required: bool = True) -> Any:
    """A unit, found as one types."""
    load = {"required": True} if required else {"load_default": None, "allow_none": True}
    return fields.Integer(**load, metadata={"label": label, "picker": "/pick/units", "widget": "picker"})


def flag(label: Any, **meta: Any) -> Any:
    """Yes or no."""
    return fields.Boolean(load_default=False, metadata={"label": label, **meta})


class NeedForm(FormSchema):
    """A need entered by an officer on behalf of an enterprise."""

    enterprise = line(_l("Enterprise: credit code, registration number or full name"), 200, picker="/pick/enterprises")
    contact_name = line(_l("Contact"), 64, required=False)
    contact_phone = line(_l("Phone"), 32, required=False, check="phone")
    title = line(_l("Matter in one line"), 60)
    text = fields.String(required=True, validate=validate.Length(10, 2000), metadata={
        "label": _l("What is asked for"), "widget": "textarea", "rows": 6, "help": _l(
            "10 to 2000 characters. Identity and account numbers are masked when it is saved.")})
    category = choice(_l("Category"), words.CATEGORIES)
    sort = choice(_l("Sort of matter"), words.SORTS, default="诉求")
    channel = choice(_l("Channel"), words.CHANNELS, default="officer")
    channel_no = line(_l("Number in the channel"), 64, required=False)
    urgency = choice(_l("Urgency"), words.URGENCIES, default="normal")


class Exclusion(FormSchema):
    """Why a matter is none of this service, and where it belongs."""

    ground = choice(_l("Excluded as"), words.EXCLUDED)
    guidance = line(_l("Where the enterprise can turn"), 400)
    phone = line(_l("Phone of that place"), 64, required=False)


class Objection(FormSchema):
    """The enterprise thinks that the screening was wrong."""

    reason = line(_l("Why the screening is wrong"), 1000, widget="textarea")


class Answer(FormSchema):
    """What the enterprise is told."""

    result = choice(_l("Kind of result"), ("已解决", "部分解决"), default="已解决")
    reply = fields.String(required=True, validate=validate.Length(5, 4000), metadata={
        "label": _l("Reply"), "widget": "textarea", "rows": 6})
    basis = line(_l("Basis of the reply"), 400, required=False)
    mode = choice(_l("How it was answered"), words.REPLY_MODES, default="电话")


class Dispatching(FormSchema):
    """What a department is asked to do."""

    unit = unit(_l("Department"))
    done = line(_l("What the street has done"), 2000, widget="textarea")
    wanted = line(_l("What is wanted"), 2000, widget="textarea")
    helpers = fields.List(fields.Integer(), load_default=list, metadata={
        "label": _l("Helping units"), "picker": "/pick/units", "widget": "picker"})


class Raising(FormSchema):
    """Why neither street nor department can solve it."""

    obstacle = line(_l("Where it is stuck"), 1000, widget="textarea")
    opinion = line(_l("Opinion of the competent bureau"), 2000, required=False, widget="textarea")
    suggested = unit(_l("Suggested lead unit"), required=False)


class LeaderRequest(FormSchema):
    """What a leader is asked to decide."""

    opinion = line(_l("Opinion of the competent bureau"), 2000, required=False, widget="textarea")
    obstacle = line(_l("Where it is stuck"), 1000, required=False, widget="textarea")
    proposal = line(_l("Proposed way"), 1000, widget="textarea")


class LeaderDecision(FormSchema):
    """Lead unit, day and way that the leader decided."""

    unit = unit(_l("Lead unit"))
    due_on = fields.Date(required=True, metadata={"label": _l("To be done by")})
    way = line(_l("Way to a solution"), 1000, widget="textarea")
    leader = line(_l("Leader"), 64, required=False)


class CityRequest(FormSchema):
    """Why the district cannot do it alone."""

    ground = choice(_l("Why the city"), words.CITY_GROUNDS)
    basis = line(_l("Basis"), 400)
    done = line(_l("What the district has done"), 2000, widget="textarea")
    wanted = line(_l("What the city is asked to coordinate"), 1000, widget="textarea")


class CityAnswer(FormSchema):
    """What the city answered."""

    answer = line(_l("Answer of the city"), 2000, widget="textarea")
    oral = flag(_l("It was given orally"))
    evidence = line(_l("Evidence of an oral answer"), 1000, required=False, widget="textarea")


class Promise(FormSchema):
    """The day that is promised for a complex need; the enterprise is told."""

    promised_on = fields.Date(load_default=None, allow_none=True, metadata={
        "label": _l("Promised for"), "help": _l("A working day. Left empty: the usual limit for complex needs.")})


class Suspension(FormSchema):
    """What the enterprise must do before anybody can go on."""

    reason = choice(_l("Reason"), words.SUSPENSIONS, default="等待企业补充材料")
    material = line(_l("All that is missing"), 1000, required=False, widget="textarea")


class Explanation(FormSchema):
    """Why a need cannot be met, under which provision, and what else may help."""

    reason = choice(_l("Why it cannot be met"), words.EXPLAIN_REASONS)
    explanation = line(_l("Explanation"), 3000, widget="textarea")
    basis = line(_l("Provision"), 400)
    other_way = line(_l("Another way"), 400, required=False)
    reserve = flag(_l("Put it into the policy reserve"))
    signed_by = line(_l("Signed for the bureau"), 64, required=False)
    unit_id = fields.Integer(load_default=None, allow_none=True, metadata={"label": _l("Competent bureau"), "widget": "hidden"})


class StreetExplanation(Explanation):
    """The same, begun by the street: the competent bureau signs on its own order."""

    competent = unit(_l("Competent bureau"))


class RatingForm(FormSchema):
    """The enterprise's verdict: overall, and of response, attitude and result."""

    score = fields.Integer(required=True, validate=validate.Range(1, 5), metadata={
        "label": _l("Overall"), "choices": words.SCORES, "widget": "radio"})
    response = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 5), metadata={
        "label": _l("Response")})
    attitude = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 5), metadata={
        "label": _l("Attitude")})
    outcome = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 5), metadata={
        "label": _l("Result")})
    comment = line(_l("Comment"), 1000, required=False, widget="textarea")
    channel = line(_l("Channel"), 24, required=False)
    address = line(_l("Network address"), 64, required=False)


class Dissatisfaction(FormSchema):
    """Why the enterprise is not satisfied with the answer."""

    reason = line(_l("Why the answer does not help"), 1000, widget="textarea")


class Deregistration(FormSchema):
    """The agent of an enterprise that has ended was asked."""

    asked = flag(_l("The agent was asked and does not pursue it"))


class Sealing(FormSchema):
    """Why a text is taken out of sight."""

    why = choice(_l("Reason"), (*words.SECRETS, "误录敏感信息"))


class MeetingCall(FormSchema):
    """When and where the joint meeting meets."""

    meets_on = fields.Date(required=True, metadata={"label": _l("Meets on")})
    place = line(_l("Place"), 128)
    chair = line(_l("Chair"), 64)


class Supervising(FormSchema):
    """Whom the supervision is about, and why."""

    unit = unit(_l("Supervised unit"))
    problem = line(_l("Main problem"), 1000, widget="textarea")
