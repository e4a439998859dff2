"""What the public sees and does about trees: apply, follow, add papers, object, rate."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Unit
from core.case import add_event, do, open_case
from core.case.duty import evaluate
from core.letter.bodytext import parse_body
from core.portal.declare import (
    TOKEN,
    Answer,
    Given,
    Prospect,
    PublicForm,
    PublicGuide,
    PublicKind,
    PublicList,
    PublicLookup,
    PublicStep,
)
from core.portal.reading import listed_page
from core.web.forms import FormSchema
from trial_modules.tree_felling.models import Permit


class Application(FormSchema):
    """Which tree, and why."""

    title = fields.String(required=True, validate=validate.Length(2, 60), metadata={"label": _l("Which tree?")})
    species = fields.String(load_default="", validate=validate.Length(0, 64), metadata={"label": _l("Species")})
    text = fields.String(required=True, validate=validate.Length(10, 2000),
                         metadata={"label": _l("Why must it be felled?"), "widget": "textarea"})
    phone = fields.String(required=True, validate=validate.Regexp(r"1[3-9]\d{9}"),
                          metadata={"label": _l("Telephone"), "widget": "tel"})


class Words(FormSchema):
    """A few words."""

    text = fields.String(required=True, validate=validate.Length(1, 2000),
                         metadata={"label": _l("What do you want to say?"), "widget": "textarea"})


class Score(FormSchema):
    """How it was."""

    score = fields.Integer(required=True, validate=validate.OneOf([5, 4, 3, 2, 1], [
        _l("Very satisfied"), _l("Satisfied"), _l("Neither"), _l("Not satisfied"), _l("Very dissatisfied")]),
        metadata={"label": _l("How was it?"), "widget": "radio"})
    comment = fields.String(load_default="", validate=validate.Length(0, 500),
                            metadata={"label": _l("What do you want to say?"), "widget": "textarea"})


def apply(session: Session, given: Given) -> Permit:
    """Open an application in the bureau of trees."""
    unit = session.scalars(select(Unit).where(Unit.code == "CGW")).one()
    data = given.data
    case = open_case(session, Permit, given.actor, unit=unit, title=data["title"], note=data["text"],
                     species=data["species"], phone=data["phone"], enterprise_id=given.enterprise_id)
    given.attach_to(case)
    return case


def add_papers(_session: Session, case: Permit, given: Given) -> None:
    """Add words and files."""
    add_event(case, given.actor, "note", note=given.data["text"], public=True)
    given.attach_to(case)


def complete(_session: Session, case: Permit, given: Given) -> None:
    """The missing papers are there: the clock runs again."""
    do(case, "complete", actor=given.actor, note=given.data["text"])


def rated(_session: Session, case: Permit, given: Given) -> None:
    """Keep the rating."""
    evaluate(case, given.data["score"], given.data["comment"], actor=given.actor, channel="portal")


def find_office(_session: Session, words: str) -> list[Answer]:
    """Who fells trees: made up."""
    return [Answer("城管委", [("姓名", "林办事")], "022-69590000")] if words == "国槐" else []


def first_words(case: Any) -> str:
    """What was written when it was opened."""
    return str(case.events[0].note)


KINDS = [PublicKind(
    "tree_felling.permit", text=first_words,
    reply=lambda case: f"准予砍伐{case.granted}株" if case.granted else "",
    listed=lambda case: f"{case.species}{case.granted}株" if case.result == "granted" else "",
    letters=("tree_felling.granted",),
    expected=(Prospect(_l("The office telephones you"), _l("within one working day")),),
    steps=(
        PublicStep("material", _l("Add papers or photographs"), add_papers, Words, lambda case: case.closed_at is None,
                   files=3, done=_l("Your papers are with the case.")),
        PublicStep("complete", _l("The papers are complete"), complete, Words, lambda case: case.state == "incomplete"),
        PublicStep("rate", _l("How satisfied are you?"), rated, Score, lambda case: case.closed_at is not None, by=TOKEN)))]
FORMS = [PublicForm("felling", _l("Apply to fell a tree"), Application, apply, files=3, prefill=("species",))]
LOOKUPS = [PublicLookup("felling-office", _l("Who fells trees?"), _l("Species"), find_office)]
LISTS = [PublicList("felled", _l("Trees that may be felled"), (_l("Which tree?"), _l("Office"), _l("Received"), _l("Day")),
                    listed_page("tree_felling.permit"))]
GUIDES = [PublicGuide("felling", _l("How a tree is felled"), lambda _session: parse_body("一、申请。\n二、等待批准。"))]
