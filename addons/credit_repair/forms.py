"""What a person gives with an action, and what is needed to enter a penalty or open a repair case by hand."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from addons.credit_repair.tiers import KINDS
from core.web.forms import FormSchema

SERVICE = ("直接送达", "留置送达", "邮寄送达", "电子送达", "委托送达", "公告送达")
REASONS = ("撤销", "变更", "确认违法", "确认无效")
PARTY_TYPES = ("法人及非法人组织", "个体工商户")


class Rejection(FormSchema):
    """Why the platform rejected a row."""

    reason = fields.String(required=True, validate=validate.Length(1, 255), metadata={"label": _l("Rejected because")})


class Service(FormSchema):
    """Service of the decision."""

    served_on = fields.Date(required=True, metadata={"label": _l("Served on")})
    served_how = fields.String(required=True, validate=validate.OneOf(SERVICE), metadata={"label": _l("How it was served")})


class Performance(FormSchema):
    """All duties of the decision are performed: the fine paid to the last instalment, the violation put right."""

    performed_on = fields.Date(required=True, metadata={"label": _l("Duties performed on")})


class Publication(FormSchema):
    """The day of a publication."""

    day = fields.Date(required=True, metadata={"label": _l("Day")})


class Withdrawal(FormSchema):
    """The instrument by which a decision was revoked or changed."""

    what = fields.String(required=True, validate=validate.OneOf(REASONS), metadata={"label": _l("What happened to it")})
    instrument = fields.String(required=True, validate=validate.Length(1, 128), metadata={"label": _l("Number of the instrument")})
    effective_on = fields.Date(required=True, metadata={"label": _l("In effect since")})


class Materials(FormSchema):
    """The two documents that an application needs."""

    proof = fields.Boolean(load_default=False, metadata={"label": _l("Proof that the duties are performed")})
    commitment = fields.Boolean(load_default=False, metadata={"label": _l("Credit commitment")})


class Submission(FormSchema):
    """The submission at Credit China."""

    external_number = fields.String(required=True, validate=validate.Length(1, 64), metadata={
        "label": _l("Number at Credit China")})


class Push(FormSchema):
    """The day on which Credit China pushed the application to the authority."""

    pushed_on = fields.Date(required=True, metadata={"label": _l("Pushed on")})


class Synchronisation(FormSchema):
    """What ends with the repair."""

    sync_platform = fields.Boolean(required=True, validate=validate.Equal(True), metadata={"label": _l("Publicity stopped")})
    sync_sanctions = fields.Boolean(required=True, validate=validate.Equal(True), metadata={"label": _l("Sanctions lifted")})


class NewPenalty(FormSchema):
    """A penalty entered by hand."""

    party_name = fields.String(required=True, validate=validate.Length(1, 200), metadata={"label": _l("Party")})
    party_type = fields.String(required=True, validate=validate.OneOf(PARTY_TYPES), metadata={"label": _l("Kind of party")})
    uscc = fields.String(required=True, metadata={"label": _l("Credit code"), "check": "uscc"})
    document_number = fields.String(required=True, validate=validate.Length(1, 128), metadata={"label": _l("Decision number")})
    decided_on = fields.Date(required=True, metadata={"label": _l("Decided on")})
    kinds = fields.List(fields.String(validate=validate.OneOf(KINDS)), required=True, validate=validate.Length(1), metadata={
        "label": _l("Kinds of penalty"), "choices": [(kind, kind) for kind in KINDS]})
    violation = fields.String(required=True, validate=validate.Length(1, 2000), metadata={"label": _l("Kind of violation")})
    facts = fields.String(required=True, validate=validate.Length(1, 5000), metadata={"label": _l("Facts"),
                                                                                    "widget": "textarea"})
    legal_basis = fields.String(required=True, validate=validate.Length(1, 2048), metadata={"label": _l("Legal basis"),
                                                                                          "widget": "textarea"})
    content = fields.String(required=True, validate=validate.Length(1, 4000), metadata={"label": _l("Penalty"),
                                                                                      "widget": "textarea"})
    fine = fields.Decimal(allow_none=True, load_default=None, validate=validate.Range(min=0), metadata={
        "label": _l("Fine (10,000 yuan)"), "unit": "万元"})
    confiscated = fields.Decimal(allow_none=True, load_default=None, validate=validate.Range(min=0), metadata={
        "label": _l("Confiscated (10,000 yuan)"), "unit": "万元"})
    licence = fields.String(load_default="", validate=validate.Length(max=200), metadata={
        "label": _l("Licence withheld or revoked")})
    special = fields.Boolean(load_default=False, metadata={"label": _l("Food, drugs, special equipment, safety, fire")})


class NewRepair(FormSchema):
    """A repair case opened at the counter."""

    document_number = fields.String(required=True, metadata={"label": _l("Decision number")})
    agent_name = fields.String(load_default="", validate=validate.Length(max=64), metadata={"label": _l("Agent")})
    agent_phone = fields.String(load_default="", validate=validate.Length(max=32), metadata={"label": _l("Phone"),
                                                                                          "check": "phone"})
