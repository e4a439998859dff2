"""What an enterprise sees of its own credit from outside and does about it: its penalties and the first day to have each
repaired, an application for repair, an objection, how both stand, and the letters to it.
"""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from addons.credit_repair import names
from addons.credit_repair.effects.common import lead_unit
from addons.credit_repair.forms import GROUNDS
from addons.credit_repair.guide import GUIDE
from addons.credit_repair.operations import open_objection, open_repair
from core.case.models import Confidentiality
from core.portal.declare import Given, Prospect, PublicKind, PublicList, PublicStep
from core.portal.fields import telephone
from core.portal.reading import listed_page
from core.web.forms import FormSchema

PUBLISHED = ("validated", "published", "revoking", "expired", "terminated", "withdrawn")
"""States of a penalty in which it was made public: before that it is the authority's own."""
CALLED = _l("We call this number if something is missing.")


def _caller(label: Any) -> Any:
    return fields.String(required=True, validate=validate.Length(1, 64), metadata={"label": label})


class PublicRepair(FormSchema):
    """Who is to be called about the repair."""

    agent_name = _caller(_l("Contact"))
    agent_phone = telephone(CALLED)


class PublicObjection(FormSchema):
    """What is wrong with what is published."""

    ground = fields.String(required=True, validate=validate.OneOf(GROUNDS[:2]), metadata={
        "label": _l("What is wrong"), "widget": "radio", "choices": (
            (GROUNDS[0], _l("Something published about us is not right")),
            (GROUNDS[1], _l("It still shows on a website although it has ended")))})
    content = fields.String(required=True, validate=validate.Length(5, 2000), metadata={
        "label": _l("Please say what exactly"), "widget": "textarea", "rows": 5, "help": _l(
            "What stands there, what would be right, and how we can see that. Papers can be sent along below.")})
    site = fields.String(load_default="", validate=validate.Length(max=128), metadata={
        "label": _l("Name of the website (if it is one)")})
    asker_name = _caller(_l("Contact"))
    asker_phone = telephone(CALLED)


def asks_for_repair(session: Session, penalty: Any, given: Given) -> None:
    """The credit section gets the application, checks it beforehand and helps to file it."""
    case = open_repair(session, given.actor, [penalty], unit=lead_unit(session), channel="online", **given.data)
    given.attach_to(case)


def objects(session: Session, penalty: Any, given: Given) -> None:
    """The authority that decided gets the objection."""
    given.attach_to(open_objection(session, given.actor, penalty, **given.data))


def published(penalty: Any) -> bool:
    """Whether the penalty was made public, and is no secret."""
    return bool(penalty.state in PUBLISHED and not penalty.secret
                and penalty.confidentiality is not Confidentiality.RESTRICTED)


def repair_day(penalty: Any) -> str:
    """From when on repair can be asked for and until when it is published, from the days that stand on the record."""
    if penalty.state != "published":
        return ""
    if penalty.unrepairable:
        return f"依法不予信用修复：{penalty.unrepairable}"
    days = [day + dt.timedelta(days=1) for day in (penalty.min_last, penalty.barred_until) if day]
    start = f"{max(days):%Y-%m-%d}起可以申请信用修复" if days else "可以申请信用修复"
    until = f"最迟公示至{penalty.published_until:%Y-%m-%d}，到期自动停止。" if penalty.published_until else ""
    return f"{start}（须先履行完处罚决定规定的义务）。{until}"


def decisions(repair: Any) -> str:
    """An application by the decisions that it is about; whose it is the enterprise knows itself."""
    return f"信用修复：{'、'.join(one.penalty.document_number for one in repair.penalties)}"


def taken_down(penalty: Any) -> str:
    """What everybody may read of a decision that was taken down or corrected: which, and by what (行政处罚法 art. 48)."""
    if not penalty.explanation_number or penalty.state not in ("published", "withdrawn"):
        return ""
    return f"{penalty.document_number}：{penalty.revocation}（{penalty.revoked_by}）"


def explained(penalty: Any) -> str:
    """Why it was taken down or corrected; nothing before that is made known."""
    return penalty.revocation_reason if taken_down(penalty) else ""


KINDS = [
    PublicKind(
        "credit_repair.repair", title=decisions, received=_l("Your application for credit repair has been received"),
        letters=(names.SUPPLEMENT, names.ACCEPTED, names.NOT_ACCEPTED, names.APPROVED, names.REFUSED, names.RESULT,
                 names.REVOKED),
        words={"opened": _l("We have received your application"), "precheck": _l("We have checked whether you can apply now"),
               "wait": _l("The minimum period is not over yet; it goes on by itself when it is"),
               "wake": _l("The minimum period is over"), "ask_materials": _l("Please complete your papers"),
               "submit": _l("Submitted to Credit China"), "push": _l("Passed to the authority that decided"),
               "accept": _l("The authority has accepted your application"), "extend": _l("The period was extended"),
               "approve": _l("Repair approved"), "sync": _l("The penalty is no longer published"), "close": _l("Completed"),
               "total": _l("You are told the result")},
        states={"consult": _l("Received, being looked at"), "precheck": _l("Your papers are being checked"),
                "materials": _l("Waiting for your papers"), "submitted": _l("Submitted to Credit China"),
                "pushed": _l("With the authority that decided"), "accepted": _l("Accepted, being checked"),
                "approved": _l("Approved, publicity is being ended"), "synced": _l("No longer published")},
        expected=(Prospect(_l("We check whether you can apply now, and call you"), _l("next"), ("consult",)),
                  Prospect(_l("It goes on by itself when the minimum period is over"), _l("next"), ("waiting_min",)),
                  Prospect(_l("The office helps you to submit it to Credit China"), _l("next"), ("precheck",)))),
    PublicKind(
        "credit_repair.penalty", title=lambda penalty: f"行政处罚：{penalty.document_number}", text=repair_day, submitted=False,
        shown=published, listed=taken_down, reply=explained,
        letters=(names.NOTICE, names.PRENOTICE, names.LAST_NOTICE, names.EXPLANATION),
        words={"opened": _l("The decision was entered"), "publish": _l("The decision was made public"),
               "serve": _l("The decision was handed to you"), "pay": _l("Your payment was recorded"),
               "put_right": _l("It was recorded that the violation is put right")},
        steps=(
            PublicStep("repair", _l("Apply for credit repair"), asks_for_repair, PublicRepair,
                       lambda penalty: penalty.state == "published" and not penalty.unrepairable, files=6,
                       help=_l("Free of charge. We check whether you can apply now and help you to file it with Credit China. "
                               "Please send photographs of the payment receipt and of what was put right."),
                       done=_l("We have received your application. You follow it in your enterprise’s account.")),
            PublicStep("object", _l("Something published is wrong"), objects, PublicObjection,
                       lambda penalty: penalty.state in ("published", "expired", "terminated"), files=6,
                       help=_l("The authority that decided looks at it and answers you."),
                       done=_l("We have received your objection. You follow it in your enterprise’s account.")))),
    PublicKind(
        "credit_repair.objection", title=lambda objection: f"异议申诉：{objection.penalty.document_number}",
        text=lambda objection: objection.content, reply=lambda objection: objection.answer,
        received=_l("Your objection has been received"),
        words={"opened": _l("We have received your objection"), "check": _l("It is being checked"),
               "uphold": _l("You were right: it is being put right"), "dismiss": _l("Checked: it stays as it is"),
               "drop": _l("The objection was withdrawn"), "answer": _l("You get the answer")},
        states={"received": _l("Received, being looked at"), "upheld": _l("You were right: it is being put right"),
                "dismissed": _l("Checked: it stays as it is")}),
]
LISTS = [PublicList("withdrawn", _l("Penalties taken down or corrected"), (
    _l("Decision"), _l("Reason"), _l("Authority"), _l("Taken down on")), listed_page(
        "credit_repair.penalty", "listed_as", "reply", "unit", "closed_at"), _l(
            "Which decisions were withdrawn from publicity or corrected, by which instrument, and why."))]
GUIDES = [GUIDE]
