"""What a bureau settles for itself: who gets a case, ready replies, the ladders of reminders. For whoever may arrange work."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.models import Staff, Unit
from core.case import Case, arranging
from core.case.arranging import PERMISSION, Sort
from core.case.columns import value_type
from core.case.ladders import CHANNELS, PEOPLE, ladder
from core.case.query import case_fields
from core.case.replies import in_words
from core.case.workflow import ANY, CLOSED, Assignment, Pick, Reminder, Reply
from core.errors import NotFound, Refusal
from core.letter import register
from core.pages.admin_roles import role_titles
from core.pages.frame import needs, request_session
from core.pages.ladders import names
from core.pages.saving import save
from core.security import request_viewer
from core.web import Crumb
from core.web.forms import FormSchema, form_fields, load_form
from core.web.widgets import Action, Confirm, Tab
from core.words import N_

pages = Blueprint("arranging", __name__)
URL = "/arrangements"
HOW: Mapping[str, str] = {Pick.BY_LOAD: N_("by load: whoever has least"), Pick.IN_TURN: N_("in turn"),
                          "": N_("nobody by itself: the unit takes it")}
WHEN: Mapping[str, str] = {"nth": N_("on that day of the period"), "before": N_("so many days before the due day"),
                           "after": N_("so many working days after the due day")}


def _several(label: Any, choices: Any, **meta: Any) -> Any:
    return fields.List(fields.String(), load_default=[], metadata={"label": label, "choices": choices, **meta})


class AssignmentForm(FormSchema):
    """How somebody is found for a case that nobody has."""

    how = fields.String(load_default="", metadata={
        "label": _l("How"), "widget": "radio", "choices": lambda: [(value, _(words)) for value, words in HOW.items()]})
    roles = _several(_l("Among those who are"), lambda: _roles())


class RuleForm(FormSchema):
    """A word that decides before anything else."""

    field = fields.String(required=True, metadata={"label": _l("In which field"), "choices": lambda: _columns()})
    text = fields.String(required=True, validate=validate.Length(1, 64), metadata={"label": _l("contains the words")})
    person = fields.String(required=True, metadata={"label": _l("goes to"), "picker": "/pick/people"})


class ReplyForm(FormSchema):
    """Words that are often written."""

    label = fields.String(required=True, validate=validate.Length(1, 40), metadata={"label": _l("Name")})
    text = fields.String(required=True, validate=validate.Length(1, 2000), metadata={
        "label": _l("Text"), "widget": "textarea", "rows": 6, "help": _l(
            "$number, $title, $enterprise, $unit and $due are filled in from the case.")})
    states = _several(_l("Offered while the case is"), lambda: _states(), help=_l("None chosen: always."))
    actions = _several(_l("Offered when one does"), lambda: _steps(), help=_l("None chosen: with every step."))
    offered = fields.Boolean(load_default=True, metadata={"label": _l("Offer it")})


class RungForm(FormSchema):
    """One reminder."""

    when = fields.String(required=True, validate=validate.OneOf(list(WHEN)), metadata={
        "label": _l("When"), "choices": lambda: [(value, _(words)) for value, words in WHEN.items()]})
    days = fields.Integer(required=True, validate=validate.Range(0, 400), metadata={
        "label": _l("How many days"), "help": _l("0 before the due day is the due day itself.")})
    hour = fields.Integer(load_default=8, validate=validate.Range(0, 23), metadata={"label": _l("Hour"), "unit": _l("o'clock")})
    to = _several(_l("Who is told"), lambda: [(name, _(words)) for name, words in PEOPLE.items()] + _roles())
    channels = _several(_l("How"), lambda: [(name, _(CHANNELS[name])) for name in arranging.CHANNELS])
    letter = fields.String(load_default="", metadata={
        "label": _l("Letter that is drafted with it"), "choices": lambda: _letters()})


@pages.get(URL)
@needs(PERMISSION)
def index() -> str:
    """All that is settled about a kind of case, the module's word beside the bureau's own."""
    session, bureau, kinds = request_session(), the_bureau(), _kinds()
    if not kinds:
        raise NotFound(_("There is no such page."))
    name = request.args.get("kind", "") or next(iter(kinds))
    kind = the_kind(name)
    settled = {sort: arranging.own(session, bureau.id, name, sort) for sort in Sort}
    titles = names()
    assigned = [(state, _in_words(settled[Sort.ASSIGNMENT].get(state.name) or _as_row(
        arranging.declared_assignment(kind, state.name))), state.name in settled[Sort.ASSIGNMENT])
        for state in kind.workflow.states if state.meaning is not CLOSED]
    replies = [(each, in_words(str(each.text)), each.name in settled[Sort.REPLY])
               for each in _all_replies(kind, settled[Sort.REPLY])]
    return render_template(
        "pages/arrangements.html", title=_("Work settings"), crumbs=[Crumb(_("Work settings"))], bureau=bureau, kind=name,
        tabs=[Tab(each.kind_title, f"{URL}?kind={code}", current=code == name) for code, each in kinds.items()],
        assigned=assigned, replies=replies, off={n for n, data in settled[Sort.REPLY].items() if not data["offered"]},
        found=[ladder(session, bureau.id, name, duty, titles) for duty in kind.workflow.deadlines],
        restore=_restoring, address=_address)


@pages.route(f"{URL}/assignment", methods=["GET", "POST"])
@needs(PERMISSION)
def assignment() -> str | Response | tuple[str, int]:
    """Who gets a case in one state: how somebody is found, and the words that decide before that."""
    kind, state, session = the_kind(), request.values.get("name", ""), request_session()
    if state not in kind.workflow.by_name:
        raise NotFound(_("There is no such state."))
    present = arranging.own(session, the_bureau().id, arranging.identity(kind), Sort.ASSIGNMENT).get(state) or _as_row(
        arranging.declared_assignment(kind, state))
    schema: FormSchema = RuleForm() if "field" in request.form else AssignmentForm()
    answer = _posted(kind, Sort.ASSIGNMENT, state, schema, lambda given: _with(present, given))
    if isinstance(answer, Response):
        return answer
    whole, one = (request.method == "POST" and isinstance(schema, form) for form in (AssignmentForm, RuleForm))
    people = {row.username: row.name for row in session.scalars(select(Staff).where(
        Staff.username.in_([rule["person"] for rule in present["rules"]])))}
    labels = dict(_columns())
    page = render_template(
        "pages/arrangement_assignment.html", title=str(kind.workflow.state(state).label), kind=arranging.identity(kind),
        name=state, general=answer, own_rule=one,
        fields=form_fields(AssignmentForm(), request.form if whole else present, _errors(answer) if whole else ()),
        rule_fields=form_fields(RuleForm(), request.form.to_dict() if one else {}, _errors(answer) if one else ()),
        rules=[(labels.get(rule["field"], rule["field"]), rule["text"], people.get(rule["person"], rule["person"]))
               for rule in present["rules"]], crumbs=_crumbs(kind, str(kind.workflow.state(state).label)), **_frame(kind))
    return (page, 422) if answer is not None else page


@pages.route(f"{URL}/reply", methods=["GET", "POST"])
@needs(PERMISSION)
def reply() -> str | Response | tuple[str, int]:
    """A ready reply: one of the module's in the bureau's own words, or one more."""
    kind, session = the_kind(), request_session()
    settled = arranging.own(session, the_bureau().id, arranging.identity(kind), Sort.REPLY)
    name = request.values.get("name", "") or arranging.free_name(session, the_bureau().id, kind)
    declared = next((each for each in kind.workflow.replies if each.name == name), None)
    present: Mapping[str, Any] = settled.get(name) or (_reply_row(declared) if declared else {})
    answer = _posted(kind, Sort.REPLY, name, ReplyForm(), lambda given: given)
    if isinstance(answer, Response):
        return answer
    title = str(present.get("label") or _("New reply"))
    page = render_template(
        "pages/arrangement_form.html", title=title, general=answer, url=f"{URL}/reply", data={"kind": arranging.identity(kind),
                                                                                              "name": name},
        fields=form_fields(ReplyForm(), present if answer is None else request.form, _errors(answer)),
        crumbs=_crumbs(kind, title), **_frame(kind))
    return (page, 422) if answer is not None else page


@pages.route(f"{URL}/ladder", methods=["GET", "POST"])
@needs(PERMISSION)
def rungs() -> str | Response | tuple[str, int]:
    """The ladder of one duty: its rungs, and one more."""
    kind, code, session, bureau = the_kind(), request.values.get("name", ""), request_session(), the_bureau()
    duty = kind.workflow.deadline(code)
    if duty is None:
        raise NotFound(_("There is no such period."))
    present = arranging.reminders_for(session, bureau.id, arranging.identity(kind), duty)
    answer = _posted(kind, Sort.LADDER, code, RungForm(), lambda given: {"rungs": arranging.as_data([*present, _rung(given)])},
                     stay=True)
    if isinstance(answer, Response):
        return answer
    given: Any = request.form if answer is not None else {"channels": ["inapp"], "to": ["assignee"], "when": "before"}
    page = render_template(
        "pages/arrangement_ladder.html", title=str(duty.label), kind=arranging.identity(kind), name=code, general=answer,
        each=ladder(session, bureau.id, arranging.identity(kind), duty, names()),
        fields=form_fields(RungForm(), given, _errors(answer)), crumbs=_crumbs(kind, str(duty.label)), **_frame(kind))
    return (page, 422) if answer is not None else page


@pages.post(f"{URL}/remove")
@needs(PERMISSION)
def remove() -> Response:
    """Take one rung of a ladder, or one rule of an assignment, away."""
    kind, session, bureau = the_kind(), request_session(), the_bureau()
    code, name, what = arranging.identity(kind), request.form.get("name", ""), request.form.get("what", "")

    def ladder_without() -> None:
        duty = kind.workflow.deadline(name)
        if duty is None:
            raise NotFound(_("There is no such period."))
        left = [each for each in arranging.reminders_for(session, bureau.id, code, duty) if each.name != what]
        arranging.arrange(session, bureau, kind, Sort.LADDER, name, {"rungs": arranging.as_data(left)}, request_viewer())

    def assignment_without() -> None:
        present = arranging.own(session, bureau.id, code, Sort.ASSIGNMENT).get(name)
        if present is None or not what.isdigit() or int(what) >= len(present["rules"]):
            raise NotFound(_("There is no such rule."))
        left = [rule for n, rule in enumerate(present["rules"]) if n != int(what)]
        arranging.arrange(session, bureau, kind, Sort.ASSIGNMENT, name, {**present, "rules": left}, request_viewer())

    of_ladder = request.form.get("sort") == Sort.LADDER
    return save(ladder_without if of_ladder else assignment_without,
                _address(code, "ladder" if of_ladder else "assignment", name), _("Removed. It holds at once."))


@pages.post(f"{URL}/restore")
@needs(PERMISSION)
def restore() -> Response:
    """What the module declares holds again."""
    kind = the_kind()
    sort = next((each for each in Sort if each == request.form.get("sort")), None)
    if sort is None:
        raise NotFound(_("There is no such page."))
    return save(lambda: arranging.give_back(request_session(), the_bureau(), kind, sort, request.form.get("name", ""),
                                            request_viewer()), f"{URL}?kind={arranging.identity(kind)}",
                _("What the module declares holds again."))


def the_bureau() -> Unit:
    """The bureau for which the viewer settles things: his own."""
    viewer = request_viewer()
    found = request_session().get(Unit, viewer.bureau_id) if viewer.bureau_id else None
    if found is None or not viewer.reach(PERMISSION).covers(found.id):
        raise NotFound(_("There is no such page."))
    return found


def the_kind(name: str = "") -> type[Case]:
    """The kind of case that is asked about, out of those that the viewer works with."""
    found = _kinds().get(name or request.values.get("kind", ""))
    if found is None:
        raise NotFound(_("There is no such page."))
    return found


def _kinds() -> dict[str, type[Case]]:
    viewer, bureau = request_viewer(), the_bureau()
    return {name: kind for name, kind in sorted(Case.loaded().items()) if arranging.may_arrange(viewer, bureau, kind)}


def _posted(kind: type[Case], sort: Sort, name: str, schema: FormSchema, data: Any, stay: bool = False) -> Any:
    """Settle what was posted: the way on, the refusal, or None when nothing was posted."""
    if request.method != "POST":
        return None
    session, code = request_session(), arranging.identity(kind)
    try:
        arranging.arrange(session, the_bureau(), kind, sort, name, data(load_form(schema, request.form)), request_viewer())
        session.commit()
    except Refusal as refusal:
        session.rollback()
        return refusal
    flash(_("Saved. It holds at once."), "success")
    stay = stay or isinstance(schema, RuleForm)
    return redirect(_address(code, "ladder" if sort is Sort.LADDER else sort.value, name) if stay else f"{URL}?kind={code}")


def _with(present: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """An assignment with what one of its two forms changes."""
    if "field" not in given:
        return {**present, **given}
    person = request_session().scalars(select(Staff).where(
        Staff.id == int(given["person"]) if given["person"].isdigit() else Staff.username == given["person"],
        Staff.active.is_(True))).one_or_none()
    if person is None:
        raise Refusal(_("There is no such person."), "person")
    if given["field"] not in dict(_columns()):
        raise Refusal(_("Choose where the word stands."), "field")
    rule = {"field": given["field"], "text": given["text"], "person": person.username}
    return {**present, "rules": [*present["rules"], rule]}


def _errors(answer: Refusal | None) -> Sequence[Any]:
    return answer.errors if answer is not None else ()


def _rung(given: Mapping[str, Any]) -> Reminder:
    return arranging.rung_from({**given, given["when"]: given["days"]})


def _as_row(declared: Assignment | None) -> dict[str, Any]:
    if declared is None:
        return {"how": "", "roles": [], "rules": []}
    return {"how": declared.how.value, "roles": list(declared.roles), "rules": [], "by_module": declared.rule is not None}


def _in_words(data: Mapping[str, Any]) -> str:
    titles = role_titles()
    said: str = _(HOW[data["how"]])
    if data["how"]:
        said = _("%(how)s, among: %(roles)s", how=said, roles="、".join(titles.get(role, role) for role in data["roles"]))
    if data.get("by_module"):
        said = _("by the module's rule; else %(how)s", how=said)
    elif data["rules"]:
        said = _("%(n)s rules first; else %(how)s", n=len(data["rules"]), how=said)
    return said


def _all_replies(kind: type[Case], settled: arranging.Own) -> list[Reply]:
    """The replies of a kind with those that the bureau does not offer: on this page they can be offered again."""
    declared = {each.name: each for each in kind.workflow.replies}
    return [arranging.reply_from(name, settled[name]) if name in settled else declared[name]
            for name in dict.fromkeys([*declared, *settled])]


def _reply_row(declared: Reply) -> dict[str, Any]:
    return {"label": str(declared.label), "text": str(declared.text), "states": [s for s in declared.states if s != ANY],
            "actions": list(declared.actions), "offered": True}


def _roles() -> list[tuple[str, str]]:
    module = request.values.get("kind", "").partition(".")[0]
    return [(name, title) for name, title in role_titles().items() if name.partition(".")[0] == module]


def _columns() -> list[tuple[str, Any]]:
    return [("title", _("Subject")), *((each.name, each.label) for each in case_fields(the_kind())
                                       if issubclass(value_type(each.column), str) and each.free)]


def _states() -> list[tuple[str, Any]]:
    return [(state.name, state.label) for state in the_kind().workflow.states]


def _steps() -> list[tuple[str, Any]]:
    return [(action.name, action.label) for action in the_kind().workflow.actions if not action.system]


def _letters() -> list[tuple[str, str]]:
    module = request.values.get("kind", "").partition(".")[0]
    return [(name, kind.name) for name, kind in register.letter_kinds().items() if name.partition(".")[0] == module]


def _address(kind: str, what: str, name: str = "") -> str:
    return f"{URL}/{what}?{urlencode({'kind': kind, 'name': name} if name else {'kind': kind})}"


def _restoring(kind: str, sort: str, name: str, gone: bool = False) -> Action:
    label = _("Remove") if gone else _("Restore")
    told = _("The reply is gone.") if gone else _("What the module declares holds again, at once.")
    return Action(label, f"{URL}/restore", method="post", name=f"restore-{sort}-{name}",
                  data={"kind": kind, "sort": sort, "name": name},
                  confirm=Confirm(label, [told], ""))


def _removing(kind: str, sort: str, name: str, what: str) -> Action:
    return Action(_("Remove"), f"{URL}/remove", method="post", name=f"remove-{what}".replace(" ", "-"),
                  data={"kind": kind, "sort": sort, "name": name, "what": what})


def _frame(kind: type[Case]) -> dict[str, Any]:
    return {"bureau": the_bureau(), "back": f"{URL}?kind={arranging.identity(kind)}", "kind_title": kind.kind_title,
            "removing": _removing}


def _crumbs(kind: type[Case], title: str) -> list[Crumb]:
    return [Crumb(_("Work settings"), f"{URL}?kind={arranging.identity(kind)}"), Crumb(title)]
