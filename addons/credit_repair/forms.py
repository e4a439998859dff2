"""What a person gives with an action, and what is needed to enter a penalty or open a repair case by hand."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from addons.credit_repair.tiers import KINDS, Tier
from core.web.forms import FormSchema

SERVICE = ("直接送达", "留置送达", "邮寄送达", "电子送达", "委托送达", "公告送达")
OUTCOMES = ("撤销", "变更", "确认违法", "确认无效", "信息有误")
PARTY_TYPES = ("法人及非法人组织", "个体工商户")
PROCEDURES = ("普通程序", "听证程序", "简易程序")
TIERS = ((Tier.LIGHT.value, _l("Light loss of credit")), (Tier.GENERAL.value, _l("Ordinary loss of credit")),
         (Tier.SERIOUS.value, _l("Serious loss of credit")))
AGENTS = (("legal_rep", _l("Legal representative")), ("staff", _l("Member of staff")), ("agency", _l("Agency")))
GROUNDS = ("信息有误", "结果不一致", "对修复决定有异议")
SUCCESSIONS = ("合并", "分立", "改制", "更名")
CHANNELS = (("window", _l("Counter")), ("online", _l("Online")), ("phone", _l("By telephone")))
REJECTIONS = ("1001 名称与统一社会信用代码不一致", "1002 必填项为空", "1003 日期错误", "1004 文号重复", "1005 处罚类别错误",
              "1006 金额错误", "1099 其他")


def _today(label: Any) -> Any:
    """A day that most often is today: filled in, and changed when it was another one."""
    return fields.Date(required=True, metadata={"label": label, "today": True})


def _text(label: Any, longest: int, required: bool = True, **meta: Any) -> Any:
    if required:
        return fields.String(required=True, validate=validate.Length(1, longest), metadata={"label": label, **meta})
    return fields.String(load_default="", validate=validate.Length(max=longest), metadata={"label": label, **meta})


def _amount(label: Any, **meta: Any) -> Any:
    """So many 万元, as the label says."""
    return fields.Decimal(allow_none=True, load_default=None, validate=validate.Range(min=0), metadata={"label": label, **meta})


class Happened(FormSchema):
    """When it happened, when that was not today."""

    day = fields.Date(load_default=None, allow_none=True, metadata={
        "label": _l("Day"), "help": _l("Leave it empty for today.")})


class Rejection(FormSchema):
    """Why the platform rejected a row."""

    code = fields.String(required=True, validate=validate.OneOf(REJECTIONS), metadata={"label": _l("Reason code")})
    reason = _text(_l("What the platform says"), 255, required=False)


class Service(FormSchema):
    """Service of the decision together with its repair letter."""

    served_on = _today(_l("Served on"))
    served_how = fields.String(required=True, validate=validate.OneOf(SERVICE), metadata={"label": _l("How it was served")})
    receipt = _text(_l("Signed receipt"), 128, required=False)


class DecisionNumber(FormSchema):
    """The decision that followed a prior notice."""

    document_number = _text(_l("Decision number"), 128)


class Payment(FormSchema):
    """A fine that is paid to the last instalment."""

    paid_on = _today(_l("Paid in full on"))


class Correction(FormSchema):
    """The violation is put right."""

    corrected_on = _today(_l("Violation put right on"))


class Plan(FormSchema):
    """Instalments, or a deferral (one line): what the authority allowed (行政处罚法 art. 66)."""

    number = _text(_l("Number of the approval"), 128)
    parts = _text(_l("Days and amounts"), 2000, widget="textarea", help=_l(
        "One a line: the last day and the amount in 万元, such as 2026-06-30 0.25. Together they make the whole fine."))


class Exclusion(FormSchema):
    """The law, regulation or central policy by which a loss of credit is not repaired before its publicity ends."""

    basis = _text(_l("Law and article that excludes repair"), 255)


class Litigation(FormSchema):
    """An administrative review or a lawsuit against the decision."""

    number = _text(_l("Number of the case"), 128)
    since = _today(_l("Accepted on"))


class Ended(FormSchema):
    """The day on which something ended."""

    ended_on = _today(_l("Ended on"))


class Ruling(FormSchema):
    """The court's ruling on a reorganisation or settlement."""

    court = _text(_l("Court"), 100)
    number = _text(_l("Number of the ruling"), 90)
    day = _today(_l("Ruled on"))


class Succession(FormSchema):
    """Who follows the party that was merged, divided or renamed."""

    uscc = _text(_l("Credit code of the successor"), 32, check="uscc")
    name = _text(_l("Name of the successor"), 200)
    how = fields.String(required=True, validate=validate.OneOf(SUCCESSIONS), metadata={"label": _l("How it was succeeded")})
    succeeded_on = fields.Date(required=True, metadata={"label": _l("Succeeded on")})


class SanctionForm(FormSchema):
    """A measure that somebody took because of the penalty, so that he can be told when it ends."""

    holder = _text(_l("Who holds the measure"), 128, help=_l(
        "A bureau of the district by its name or code; or the name of a site outside."))
    measure = _text(_l("Measure to be lifted"), 255)


class MissingMaterials(FormSchema):
    """All that is missing, named at once."""

    items = _text(_l("What is missing, and why"), 2000, widget="textarea", help=_l("One a line."))
    complete_by = fields.Date(required=True, metadata={"label": _l("To be completed by")})


class Authorisation(FormSchema):
    """That the agent may act for the enterprise, and for how long."""

    agent_role = fields.String(required=True, validate=validate.OneOf([a for a, _label in AGENTS]), metadata={
        "label": _l("Who the agent is"), "choices": AGENTS})
    authorised_from = _today(_l("Authorised from"))
    authorised_until = fields.Date(required=True, metadata={"label": _l("Authorised until")})


class Declined(FormSchema):
    """Why an application is not accepted or refused, and what must be put right; the ground itself is the note."""

    condition = _text(_l("Condition that is not met"), 255, required=False)
    remedy = _text(_l("What must be put right"), 500, required=False, widget="textarea")
    day = fields.Date(load_default=None, allow_none=True, metadata={
        "label": _l("Day"), "help": _l("Leave it empty for today.")})


class Falsehood(FormSchema):
    """What was false in the promise or in the proof."""

    facts = _text(_l("What proved to be false"), 2000, widget="textarea")
    found_on = _today(_l("Found on"))


class Receipt(FormSchema):
    """What the holder of a measure answers."""

    receipt = _text(_l("Signed receipt"), 128)
    day = fields.Date(load_default=None, allow_none=True, metadata={
        "label": _l("Day"), "help": _l("Leave it empty for today.")})


class Answer(FormSchema):
    """The answer to an objection."""

    answer = _text(_l("Answer"), 2000, widget="textarea")


class Publication(FormSchema):
    """The day of a publication."""

    day = _today(_l("Day"))


class PublicityEnd(FormSchema):
    """An earlier end of publicity."""

    published_until = fields.Date(required=True, metadata={"label": _l("Published until")})


class Revocation(FormSchema):
    """The instrument by which a decision was revoked or changed."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES), metadata={"label": _l("What happened to it")})
    instrument = _text(_l("Number of the instrument"), 128)
    effective_on = fields.Date(required=True, metadata={"label": _l("In effect since")})


class Materials(FormSchema):
    """The two documents that an application needs; the commitment is made for each penalty."""

    proof = fields.Boolean(load_default=False, metadata={"label": _l("Proof that the duties are performed")})
    commitment = fields.Boolean(load_default=False, metadata={"label": _l("Credit commitment for every penalty")})


class Removal(FormSchema):
    """The penalty that leaves the application."""

    document_number = _text(_l("Decision number"), 128)


class Submission(FormSchema):
    """The submission at Credit China."""

    external_number = _text(_l("Number at Credit China"), 64)
    submitted_on = fields.Date(load_default=None, allow_none=True, metadata={
        "label": _l("Submitted on"), "help": _l("Leave it empty for today.")})
    assisted = fields.Boolean(load_default=True, metadata={"label": _l("Filed with the counter's help")})


class Push(FormSchema):
    """The day on which Credit China pushed the application to the authority."""

    pushed_on = _today(_l("Pushed on"))


class Synchronisation(FormSchema):
    """What ends with the repair."""

    sync_platform = fields.Boolean(required=True, validate=validate.Equal(True), metadata={
        "label": _l("Publicity stopped on every site")})
    sync_sharing = fields.Boolean(required=True, validate=validate.Equal(True), metadata={
        "label": _l("Sharing and use stopped")})
    sync_sanctions = fields.Boolean(required=True, validate=validate.Equal(True), metadata={"label": _l("Sanctions lifted")})


KNOWN = "/pick/enterprises"


class PenaltyForm(FormSchema):
    """A penalty entered or mended by hand. Amounts are in 万元."""

    party_name = _text(_l("Party"), 200, known=KNOWN, fills="uscc", group=_l("Party"))
    uscc = _text(_l("Credit code"), 32, check="uscc", known=KNOWN, fills="party_name", group=_l("Party"))
    party_type = fields.String(load_default=PARTY_TYPES[0], validate=validate.OneOf(PARTY_TYPES), metadata={
        "label": _l("Kind of party"), "group": _l("Party")})
    legal_rep = _text(_l("Legal representative"), 50, required=False, group=_l("Party"))
    document_number = _text(_l("Decision number"), 128, group=_l("Decision"))
    decided_on = fields.Date(required=True, metadata={"label": _l("Decided on"), "group": _l("Decision")})
    procedure = fields.String(load_default=PROCEDURES[0], validate=validate.OneOf(PROCEDURES), metadata={
        "label": _l("Procedure"), "group": _l("Decision")})
    violation = _text(_l("Kind of violation"), 2000, group=_l("Decision"))
    penalty_kinds = fields.List(fields.String(validate=validate.OneOf(KINDS)), required=True, validate=validate.Length(1),
                                metadata={"label": _l("Kinds of penalty"), "choices": [(kind, kind) for kind in KINDS],
                                          "group": _l("Decision")})
    fine = _amount(_l("Fine (10,000 yuan)"), group=_l("Decision"))
    confiscated = _amount(_l("Confiscated (10,000 yuan)"), group=_l("Decision"))
    facts = _text(_l("Facts of the violation"), 5000, widget="textarea", group=_l("Decision"))
    legal_basis = _text(_l("Legal basis"), 2048, widget="textarea", rows=2, group=_l("Decision"))
    content = _text(_l("Penalty"), 4000, widget="textarea", rows=2, group=_l("Decision"))
    licence = _text(_l("Licence withheld or revoked"), 200, required=False, group=_l("Decision"))
    chosen_tier = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([t.value for t in Tier]), metadata={
        "label": _l("Tier"), "choices": TIERS, "help": _l("Leave it empty: the kinds of penalty decide."),
        "group": _l("Publicity")})
    publish_reason = _text(_l("Why a light one is published"), 255, required=False, group=_l("Publicity"))
    special = fields.Boolean(load_default=False, metadata={"label": _l("Food, drugs, special equipment, safety, fire"),
                                                           "group": _l("Publicity")})
    secret = fields.Boolean(load_default=False, metadata={"label": _l("State secret"), "group": _l("Publicity")})
    remark = _text(_l("Remark"), 512, required=False, group=_l("Publicity"))


class PriorForm(FormSchema):
    """A penalty that is intended and of which the party is told beforehand. The amount is in 万元."""

    party_name = _text(_l("Party"), 200, known=KNOWN, fills="uscc")
    uscc = _text(_l("Credit code"), 32, check="uscc", known=KNOWN, fills="party_name")
    document_number = _text(_l("Number of the prior notice"), 128)
    noticed_on = fields.Date(required=True, metadata={"label": _l("Day of the prior notice")})
    filed_on = fields.Date(load_default=None, allow_none=True, metadata={"label": _l("Put on file on"), "help": _l(
        "The period within which the penalty must be decided runs from this day.")})
    violation = _text(_l("Kind of violation"), 2000, help=_l("In the same words as the decision will have."))
    penalty_kinds = fields.List(fields.String(validate=validate.OneOf(KINDS)), required=True, validate=validate.Length(1),
                                metadata={"label": _l("Intended kinds of penalty"),
                                          "choices": [(kind, kind) for kind in KINDS]})
    fine = _amount(_l("Intended fine (10,000 yuan)"))


class RepairForm(FormSchema):
    """A repair case opened at the counter: for one decision, or for all of an enterprise that are published."""

    uscc = _text(_l("Enterprise: name, pinyin or credit code"), 200, required=False, picker="/pick/enterprises")
    document_numbers = _text(_l("Decision numbers"), 2000, required=False, widget="textarea", rows=2, help=_l(
        "One a line. Left empty: every published decision on the enterprise."))
    channel = fields.String(load_default="window", validate=validate.OneOf([c for c, _label in CHANNELS]), metadata={
        "label": _l("Where it was asked for"), "choices": CHANNELS})
    agent_name = _text(_l("Agent"), 64, required=False)
    agent_phone = _text(_l("Phone"), 32, required=False, check="phone")
    agent_role = fields.String(load_default="staff", validate=validate.OneOf([a for a, _label in AGENTS]), metadata={
        "label": _l("Who the agent is"), "choices": AGENTS})
    authorised = fields.Boolean(load_default=False, metadata={"label": _l("Authorisation seen")})
    authorised_until = fields.Date(load_default=None, allow_none=True, metadata={"label": _l("Authorised until")})


class ObjectionForm(FormSchema):
    """An objection taken in at the counter or from Credit China."""

    document_number = _text(_l("Decision number"), 128)
    ground = fields.String(required=True, validate=validate.OneOf(GROUNDS), metadata={"label": _l("Objection to")})
    content = _text(_l("What is objected"), 2000, widget="textarea")
    site = _text(_l("Site that differs"), 128, required=False)
    external_number = _text(_l("Number at Credit China"), 64, required=False)
    asker_name = _text(_l("Who objects"), 64, required=False)
    asker_phone = _text(_l("Phone"), 32, required=False, check="phone")


class BulletinForm(FormSchema):
    """The month of a bulletin."""

    month = fields.Date(required=True, metadata={"label": _l("Month"), "help": _l("Any day of the month.")})
