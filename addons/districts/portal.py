"""What an enterprise does from its own telephone: hand a need in, follow it, add to it, object, rate.

Rating is by a one-time link that goes to the enterprise's registered contact when the need is answered, so that nobody can
do it in its place.
"""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, object_session

from addons.districts import operations, words
from addons.districts.channels import Incoming
from addons.districts.effects.common import beyond
from addons.districts.forms.needs import choice, line
from addons.districts.models import Need
from addons.districts.models.areas import Area, Post, PublicServing
from addons.districts.operations.contacts import MOBILE, own_number
from addons.districts.operations.needs import serving
from addons.districts.operations.public import areas_page
from core import moment
from core.access.models import Staff
from core.case.models import Case, Event
from core.case.workflow import CLOSED
from core.party.models import Enterprise
from core.party.picking import find_enterprise
from core.portal import tokens
from core.portal.declare import (
    TOKEN,
    Answer,
    Contact,
    Given,
    PublicForm,
    PublicKind,
    PublicList,
    PublicLookup,
    PublicStep,
)
from core.portal.fields import telephone
from core.portal.reading import listed_page
from core.signals import step_taken
from core.web.forms import FormSchema
from core.words import gettext as _

FOR_THE_ENTERPRISE = ("acceptance", "refusal", "extension", "reply", "explanation", "officer_change")
"""Letters of a need that are addressed to the enterprise; the others go from office to office."""


class PublicNeed(FormSchema):
    """A need as the enterprise itself writes it."""

    enterprise = line(_l("Name or credit code of your enterprise"), 200)
    title = line(_l("Matter in one line"), 60, help=_l("For example: the road before our gate is flooded"))
    text = fields.String(required=True, validate=validate.Length(10, 2000), metadata={
        "label": _l("What is asked for"), "widget": "textarea", "rows": 6, "help": _l(
            "10 to 2000 characters. Please write no secret, no identity number and no account.")})
    category = choice(_l("Category"), words.CATEGORIES)
    contact_name = line(_l("Contact"), 64)
    contact_phone = telephone(_l("Your officer calls this number."))
    area = line(_l("Second-level district"), 24, required=False, widget="hidden")
    """From the code on an officer's notice."""


class Addition(FormSchema):
    """What is added to a need."""

    text = fields.String(required=True, validate=validate.Length(1, 2000), metadata={
        "label": _l("What do you want to add?"), "widget": "textarea", "rows": 4})


class Complaint(FormSchema):
    """Why the enterprise does not agree."""

    reason = fields.String(required=True, validate=validate.Length(1, 1000), metadata={
        "label": _l("Your reason"), "widget": "textarea", "rows": 4})


def _single(label: Any) -> Any:
    """A verdict on one side of the service, which may be left out."""
    return fields.Integer(load_default=None, allow_none=True, validate=validate.OneOf([s for s, _label in words.SCORES]),
                          metadata={"label": label, "choices": words.SCORES, "widget": "choice"})


class Verdict(FormSchema):
    """What the enterprise thinks of the service."""

    score = fields.Integer(required=True, validate=validate.OneOf([score for score, _label in words.SCORES]), metadata={
        "label": _l("All in all"), "widget": "radio", "choices": words.SCORES})
    response = _single(_l("How quickly you were answered"))
    attitude = _single(_l("How you were treated"))
    outcome = _single(_l("What came of it"))
    comment = fields.String(load_default="", validate=validate.Length(0, 1000), metadata={
        "label": _l("What can be done better? (optional)"), "widget": "textarea"})


def submit(session: Session, given: Given) -> Case:
    """The need arrives through the channel of the portal, with its photographs."""
    data = given.data
    known = session.get(Enterprise, given.enterprise_id) if given.enterprise_id is not None else \
        find_enterprise(session, data["enterprise"])
    here = None if not data["area"] or serving(session, known, moment.today()) is not None else _officer_there(
        session, data["area"])
    need = operations.submit_need(session, given.actor, Incoming(
        "portal", data["title"], data["text"], data["enterprise"], data["enterprise"], data["contact_name"],
        data["contact_phone"], category=data["category"]), enterprise=known, unit=here.unit if here is not None else None)
    if here is not None:
        need.assignee_id = need.first_asker_id = here.user_id
        need.area_code = here.area.code
    given.attach_to(need)
    return need


def _officer_there(session: Session, code: str) -> Post | None:
    """Who serves in the district whose notice was scanned: for enterprises that nobody serves yet."""
    today = moment.today()
    return session.scalars(select(Post).join(Area, Area.id == Post.area_id).where(
        Area.code == code, Area.valid_to > today, Post.part == "A", Post.valid_from <= today, Post.valid_to > today)
        .order_by(Post.id).limit(1)).one_or_none()


def add(session: Session, need: Need, given: Given) -> None:
    """Words and photographs; a need that waited for them goes on."""
    given.attach_to(need)
    operations.add_material(session, need, given.data["text"])


def objects(session: Session, need: Need, given: Given) -> None:
    """The screening was wrong."""
    operations.object_to_refusal(session, need, given.data["reason"])


def not_satisfied(session: Session, need: Need, given: Given) -> None:
    """The answer does not help."""
    operations.dissatisfied(session, need, given.data["reason"])


def withdraws(session: Session, need: Need, given: Given) -> None:
    """It is settled, or no longer wanted."""
    operations.withdraw_need(session, need, given.data["reason"])


def rates(session: Session, need: Need, given: Given) -> None:
    """The verdict, with where it came from."""
    data = given.data
    operations.rate(session, need, data["score"], response=data["response"], attitude=data["attitude"],
                    outcome=data["outcome"], comment=data["comment"], address=given.address)


@step_taken.connect
def invite_to_rate(_sender: Any, case: Case, event: Event, **_rest: Any) -> None:
    """A need was answered: the enterprise's own contact gets the one-time link, with the answer; never an officer's number."""
    session = object_session(case)
    if not isinstance(case, Need) or session is None or event.to_state != "answered" or event.from_state == "answered":
        return
    with beyond(session, "the enterprise's own telephone") as wide:
        phone = own_number(wide, wide.get_one(Need, case.id))
    if phone:
        tokens.invite(session, case, "rate", phone, lambda link: _(
            "Your need %(number)s was answered. Please rate the service, once, here: %(link)s", number=case.number,
            link=link))


def find_officer(session: Session, asked: str) -> list[Answer]:
    """Who serves the enterprise with exactly that name or code: the officer's name and office line, and nothing about the
    enterprise. Two owners of one name get each his own answer."""
    code = asked.upper()
    rows = session.scalars(select(PublicServing).where(or_(
        PublicServing.uscc == code, PublicServing.reg_no == code, PublicServing.name == asked))
        .order_by(PublicServing.serving_id).limit(10))
    return [Answer(row.officer, ((_("Unit"), row.unit), (_("Second-level district"), row.area)), row.phone) for row in rows]


def served_by(need: Need) -> Contact:
    """The officer by name, with an office line; a mobile number is nobody's business."""
    person: Staff | None = need.assignee
    line_of = person.phone if person is not None and person.phone and not MOBILE.fullmatch(person.phone) else ""
    return Contact(person.name if person else "", "为企服务人员" if person else "", need.unit.name,
                   line_of or need.unit.phone)


def answer_to(need: Need) -> str:
    """What the enterprise was told."""
    if need.state == "not_accepted":
        return f"不属于为企服务范围（{need.excluded}）。{need.guidance}"
    return need.reply_text or (need.explain_text if need.state == "unmet" else "")


def listed_as(need: Need) -> str:
    """A solved need by its category: what an enterprise wrote stays its own."""
    solved = need.state == "closed" and need.result_class in ("已解决", "部分解决")
    return f"{need.category}：{need.result_class}" if solved else ""


KINDS = [PublicKind(
    "districts.need", text=lambda need: "" if need.sealed else need.text, reply=answer_to, server=served_by,
    shown=lambda need: True, listed=listed_as, letters=tuple(f"districts.{name}" for name in FOR_THE_ENTERPRISE),
    promises=("total", "promised"), received=_l("Your need has been received"),
    states={"new": _l("Received, an officer is going to call you"), "local": _l("Your officer is working on it"),
            "to_dispatch": _l("Being passed to a department"), "dispatched": _l("Passed to a department"),
            "handling": _l("A department is working on it"), "returned": _l("The right department is being settled"),
            "feedback": _l("Your officer is working on it"), "hub": _l("The district is helping"),
            "assigned": _l("A lead department was named"), "leader": _l("A leader of the district is helping"),
            "city": _l("The city was asked to help"), "suspended": _l("Waiting for what you send"),
            "explaining": _l("The answer is being written"), "answered": _l("Answered; please rate it"),
            "closed": _l("Completed"), "not_accepted": _l("Not something we can take on"),
            "withdrawn": _l("Withdrawn by you")},
    words={"first_response": _l("Your officer gets in touch with you"), "total": _l("You get the answer, and rate it"),
           "promised": _l("You get the answer, and rate it"), "wait": _l("Please send what is missing"),
           "evaluate": _l("Please rate the answer"), "material": _l("You added something"),
           "accept": _l("Your need was accepted"), "answer": _l("You were answered"), "dept_answered": _l("You were answered"),
           "dispatch": _l("A department was asked to handle it"),
           "decide_unit": _l("The district settled which department it is"),
           "to_hub": _l("The district's joint meeting was asked to help"),
           "assign_lead": _l("The joint meeting named the department in the lead"),
           "leader_decides": _l("A leader of the district named the department in the lead"),
           "to_city": _l("The city was asked to help")},
    steps=(
        PublicStep("material", _l("Add material or photographs"), add, Addition, lambda need: need.meaning is not CLOSED
                   and need.state != "answered", files=6, done=_l("What you added is with your need.")),
        PublicStep("object", _l("Ask for a review"), objects, Complaint,
                   lambda need: need.state == "not_accepted" and need.objected_at is None,
                   help=_l("Once. The hub looks at it and tells you."), done=_l("It will be reviewed.")),
        PublicStep("dissatisfied", _l("The answer does not help"), not_satisfied, Complaint,
                   lambda need: need.state in ("answered", "closed", "unmet") and not need.reopened,
                   help=_l("Once. Your need is then worked on again."), done=_l("Your need is worked on again.")),
        PublicStep("withdraw", _l("Withdraw the need"), withdraws, Complaint,
                   lambda need: need.meaning is not CLOSED and need.state not in ("answered", "explaining"),
                   help=_l("Nobody works on it any more after that. You can hand in a new one at any time."),
                   done=_l("Your need was withdrawn.")),
        PublicStep("rate", _l("How satisfied are you?"), rates, Verdict, lambda need: need.state == "answered", by=TOKEN)))]
FORMS = [PublicForm("need", _l("Hand in a need"), PublicNeed, submit, files=6, prefill=("enterprise", "area"), intro=_l(
    "What is difficult for your enterprise? Your officer gets in touch with you; a general need is answered within seven "
    "working days."))]
LOOKUPS = [PublicLookup("officer", _l("Who serves my enterprise?"), _l("Name or credit code of your enterprise"), find_officer,
                        _l("Your service officer and his office line"))]
LISTS = [PublicList("districts", _l("Districts and their officers"), (
    _l("Second-level district"), _l("Unit"), _l("Sides"), _l("Service officers"), _l("Office line")), areas_page, _l(
        "Which district your enterprise lies in, and who serves there.")),
         PublicList("needs", _l("Needs that were solved"), (_l("Category"), _l("Unit"), _l("Received at"), _l("Closed at")),
                    listed_page("districts.need"), _l("Without names: what was asked for, who solved it, and when."))]
