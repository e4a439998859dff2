"""Around a case: its deeds with their forms, what it is linked and merged with, who held it; pickers of cases and people."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.models import Staff
from core.calendar import WorkCalendar
from core.case import Case, approving, deeds, duplicates, duty, held, links
from core.case.around import RoundState
from core.case.describe import action_label
from core.case.models import Watcher
from core.case.search import matching
from core.case.workflow import Action as Step
from core.errors import FieldError, Refusal
from core.pages.draw import state_tag
from core.pages.found import the_case
from core.pages.frame import needs, request_session
from core.party.search import people_found
from core.security import request_viewer
from core.web import Crumb
from core.web.forms import Field, form_fields, load_form
from core.web.widgets import Action

pages = Blueprint("around", __name__)
PICKED = 12


@pages.route("/cases/<number>/deeds/<what>", methods=["GET", "POST"])
@needs("")
def deed(number: str, what: str) -> str | Response | tuple[str, int]:
    """Do something around the case. A refusal keeps what was typed."""
    case, viewer, session = the_case(number), request_viewer(), request_session()
    found = deeds.the_deed(case, what, viewer)
    schema = found.form()
    errors: Any = ()
    general: list[str] = []
    if request.method == "POST":
        try:
            found.run(case, viewer, load_form(schema, request.form))
            session.commit()
        except Refusal as refusal:
            session.rollback()
            case = the_case(number)
            errors, general = refusal.errors, [] if refusal.errors else [refusal.message]
        else:
            flash(_("Done: %(action)s.", action=found.label), "success")
            return redirect(f"/cases/{number}" if case.visible_to(viewer) else "/")
    given: Any = request.form if request.method == "POST" else request.args.to_dict()
    page = render_template(
        "pages/deed.html", case=case, deed=found, fields=form_fields(schema, given, errors), general=general,
        title=found.label, crumbs=[Crumb(case.number, f"/cases/{case.number}"), Crumb(found.label)])
    return (page, 422) if request.method == "POST" else page


@pages.get("/pick/cases")
@needs("")
def pick_cases() -> Response:
    """Cases as one types, out of those that the person may see."""
    words, session = request.args.get("q", "").strip(), request_session()
    query = select(Case).order_by(Case.opened_at.desc(), Case.id.desc()).limit(PICKED)
    if words:
        query = query.where(matching(words, session.get_bind().dialect.name))
    return jsonify(items=[{"id": case.number, "label": case.title, "hint": case.number} for case in session.scalars(query)])


@pages.get("/pick/people")
@needs("")
def pick_people() -> Response:
    """Members of staff as one types: name, account, pinyin or its initials."""
    query = people_found(request.args.get("q", "")[:100]).where(Staff.active.is_(True)).limit(PICKED)
    return jsonify(items=[{"id": each.id, "label": each.name, "hint": each.post or each.username}
                          for each in request_session().scalars(query)])


APPROVERS = 4
"""So many people can be named on the form; more are asked by 加签."""


def names_people(declared: Step) -> bool:
    """Whether whoever does the action names people who are to agree first."""
    return declared.approval is not None and declared.approval.named


def asked_people(declared: Step, errors: Sequence[FieldError]) -> list[Field]:
    """The fields of the action's form for those who are to agree first."""
    if not names_people(declared):
        return []
    told = [error.message for error in errors if error.field == "approvers"]
    return [Field(f"approver_{n}", _("To be approved by (%(n)s)", n=n), "picker", request.form.get(f"approver_{n}", ""),
                  required=n == 1, picker="/pick/people", errors=told if n == 1 else [],
                  shown=request.form.get(f"approver_{n}__label", "")) for n in range(1, APPROVERS + 1)]


def named_approvers(case: Case) -> list[int]:
    """Whom the posted form names."""
    names = [request.form.get(f"approver_{n}", "").strip() for n in range(1, APPROVERS + 1)]
    return [deeds.the_person(case, name, "approvers").id for name in names if name]


def buttons(case: Case) -> list[Action]:
    """The deeds that are offered now, as buttons that open a form."""
    return [Action(each.label, f"/cases/{case.number}/deeds/{each.name}", drawer=True, name=f"deed-{each.name}",
                   tone="go" if each.name == "decide" else "")
            for each in deeds.offers(case, request_viewer()) if each.button]


def shown(case: Case, calendar: WorkCalendar) -> dict[str, Any]:
    """What the case page shows of the surroundings."""
    session, viewer = request_session(), request_viewer()
    into = session.get(Case, case.merged_into_id) if case.merged_into_id is not None else None
    manages = deeds.manages(case, viewer)
    offered = buttons(case)
    return {
        "first": [each for each in offered if each.tone], "deeds": [each for each in offered if not each.tone],
        "into": into, "merged": case.merged_into_id is not None, "manages": manages,
        "links": [(each, state_tag(each.case)) for each in links.linked(session, case)],
        "rounds": [(each, action_label(case, each.action),
                    approving.asked_now(each) if each.state is RoundState.PENDING else [])
                   for each in reversed(case.rounds)],
        "roles": {role.name: role.title for role in current_app.extensions["roles"]},
        "watchers": session.scalars(select(Staff).join(Watcher, Watcher.user_id == Staff.id)
                                    .where(Watcher.case_id == case.id).order_by(Watcher.id)).all(),
        "readers": duty.readers(session, case) if manages else [], "me": viewer.user_id,
        "held": held.held(case, calendar),
        "alike": duplicates.suggest(case) if deeds.manages_open(case, viewer) else [],
    }
