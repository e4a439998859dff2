"""The deeds that every case knows: who has it, what it belongs to, who decides and who is told."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from core import moment
from core.access.viewer import Viewer
from core.case import approving, duty, informing, links, merging
from core.case.act import session_of
from core.case.deeds import deed, manages, manages_open, nowhere, text, the_other, the_person, the_unit
from core.case.models import Case
from core.case.workflow import CLOSED
from core.errors import Refusal
from core.web.forms import FormSchema
from core.words import gettext as _

Data = Mapping[str, Any]
PEOPLE, UNITS, CASES = "/pick/people", "/pick/units", "/pick/cases"


class ReasonForm(FormSchema):
    """A reason."""

    note = text(_l("Reason"), widget="textarea")


class PersonForm(FormSchema):
    """A person, and a word to go with it."""

    person = text(_l("Person"), picker=PEOPLE, longest=64)
    note = text(_l("Note"), required=False, widget="textarea")


class UnitForm(FormSchema):
    """A unit, with the reason."""

    unit = text(_l("Unit"), picker=UNITS, longest=64)
    note = text(_l("Reason"), widget="textarea")


class LinkForm(FormSchema):
    """Another case, and what it is to this one."""

    relation = fields.String(required=True, validate=validate.OneOf(list(links.RELATIONS)), metadata={
        "label": _l("This case is"), "choices": lambda: [(name, _(words[0])) for name, words in links.RELATIONS.items()]})
    other = text(_l("Other case"), picker=CASES, longest=40)
    note = text(_l("Note"), required=False, widget="textarea")


class UnlinkForm(FormSchema):
    """Which link goes."""

    link = fields.Integer(required=True)
    note = text(_l("Note"), required=False)


class MergeForm(FormSchema):
    """The case that goes on, and why."""

    other = text(_l("Goes on as"), picker=CASES, longest=40)
    note = text(_l("Reason"), widget="textarea")


@deed("assign", _l("Assign"), PersonForm, manages_open, button=False)
def _assign(case: Case, actor: Viewer, data: Data) -> Any:
    return duty.assign(case, the_person(case, data["person"]), actor=actor, note=data["note"])


@deed("pass_on", _l("Pass on"), UnitForm, manages_open, button=False)
def _pass_on(case: Case, actor: Viewer, data: Data) -> Any:
    return duty.pass_on(case, the_unit(session_of(case), data["unit"]), actor=actor, note=data["note"])


@deed("send_back", _l("Return"), ReasonForm, manages_open, button=False)
def _send_back(case: Case, actor: Viewer, data: Data) -> Any:
    return duty.send_back(case, actor=actor, note=data["note"])


@deed("reopen", _l("Reopen"), ReasonForm, nowhere, button=False)
def _reopen(case: Case, actor: Viewer, data: Data) -> Any:
    return duty.reopen(case, actor=actor, note=data["note"])


@deed("link", _l("Link"), LinkForm, manages)
def _link(case: Case, actor: Viewer, data: Data) -> Any:
    return links.link(case, the_other(case, data["other"]), data["relation"], actor=actor, note=data["note"])


@deed("unlink", _l("Take the link away"), UnlinkForm, nowhere, button=False)
def _unlink(case: Case, actor: Viewer, data: Data) -> Any:
    return links.unlink(case, data["link"], actor=actor, note=data["note"])


@deed("merge", _l("Merge"), MergeForm, manages_open,
      consequence=_l("This case stands still and its periods fall away; the other one goes on. It can be undone."))
def _merge(case: Case, actor: Viewer, data: Data) -> Any:
    return merging.merge(case, the_other(case, data["other"]), actor=actor, note=data["note"])


def _merged(case: Case, actor: Viewer) -> bool:
    return case.merged_into_id is not None and actor.reach(f"{case.kind}:assign").covers(
        case.unit_id, (case.assignee_id,), actor.user_id)


@deed("unmerge", _l("Undo the merge"), ReasonForm, _merged,
      consequence=_l("The case goes on by itself; its periods run from their old days."))
def _unmerge(case: Case, actor: Viewer, data: Data) -> Any:
    return merging.unmerge(case, actor=actor, note=data["note"])


class DecisionForm(FormSchema):
    """Agree or reject; a rejection needs its reason."""

    decision = fields.String(required=True, validate=validate.OneOf(["agree", "reject"]), metadata={
        "label": _l("Agree or reject"), "widget": "radio", "choices": [("agree", _l("Agree")), ("reject", _l("Reject"))]})
    note = text(_l("Opinion"), required=False, widget="textarea")


class SignerForm(FormSchema):
    """One more person to be asked."""

    person = text(_l("Person"), picker=PEOPLE, longest=64)
    before = fields.Boolean(load_default=False, metadata={"label": _l("before me"), "help": _l(
        "Matters when people are asked one after another.")})
    note = text(_l("Note"), required=False, widget="textarea")


class NoteForm(FormSchema):
    """A word to go with it."""

    note = text(_l("Note"), required=False, widget="textarea")


def _asked(case: Case, actor: Viewer) -> bool:
    return approving.vote_of(approving.pending(case), actor) is not None


def _asker(case: Case, actor: Viewer) -> bool:
    found = approving.pending(case)
    return found is not None and (found.asked_by_id == actor.user_id or manages(case, actor))


@deed("decide", _l("Decide"), DecisionForm, _asked)
def _decide(case: Case, actor: Viewer, data: Data) -> Any:
    return approving.decide(case, data["decision"] == "agree", actor=actor, note=data["note"])


@deed("add_signer", _l("Ask one more person"), SignerForm, lambda case, actor: _asked(case, actor) or _asker(case, actor))
def _add_signer(case: Case, actor: Viewer, data: Data) -> Any:
    return approving.add_signer(case, the_person(case, data["person"]), actor=actor, note=data["note"],
                                before=data["before"])


@deed("withdraw_question", _l("Take the question back"), NoteForm, _asker)
def _withdraw_question(case: Case, actor: Viewer, data: Data) -> Any:
    return approving.withdraw(case, actor=actor, note=data["note"])


@deed("copy", _l("Copy to"), PersonForm, manages_open)
def _copy(case: Case, actor: Viewer, data: Data) -> Any:
    return informing.copy_to(case, the_person(case, data["person"]), actor=actor, note=data["note"])


@deed("stop_copying", _l("Inform no longer"), PersonForm, nowhere, button=False)
def _stop_copying(case: Case, actor: Viewer, data: Data) -> Any:
    return informing.stop_copying(case, the_person(case, data["person"]).id, actor=actor)


@deed("urge", _l("Urge"), NoteForm, lambda case, actor: case.meaning is not CLOSED and case.assignee_id != actor.user_id)
def _urge(case: Case, actor: Viewer, data: Data) -> Any:
    return informing.urge(case, actor=actor, note=data["note"])


class ReadForm(FormSchema):
    """Who may read this one case, until when and why."""

    person = text(_l("Person"), picker=PEOPLE, longest=64)
    until = fields.Date(required=True, metadata={"label": _l("Up to and including")})
    note = text(_l("Reason"), widget="textarea", longest=255)


class EndReadingForm(FormSchema):
    """Which permission ends."""

    reader = fields.Integer(required=True)


@deed("let_read", _l("Let somebody read it"), ReadForm, manages,
      consequence=_l("He reads this one case until that day; each time is put on record."))
def _let_read(case: Case, actor: Viewer, data: Data) -> Any:
    until = moment.start_of(data["until"] + dt.timedelta(days=1))
    if until <= moment.now():
        raise Refusal(_("This day is over."), "until")
    return duty.let_read(session_of(case), case, the_person(case, data["person"]), until, data["note"], actor=actor)


@deed("end_reading", _l("Let him read it no longer"), EndReadingForm, nowhere, button=False)
def _end_reading(case: Case, actor: Viewer, data: Data) -> Any:
    return duty.end_reading(case, data["reader"], actor=actor)
