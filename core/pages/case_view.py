"""What the page of a case shows beside its facts: the acts with their consequences, the urgent date, who can see it."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _

from core import moment
from core.access import as_system
from core.access.explain import PERMISSION, who_sees, why_not
from core.access.models import Staff
from core.calendar import WorkCalendar
from core.case import Case, Clock, act, clocks, duty
from core.case.consequences import consequences
from core.case.replies import ready
from core.case.workflow import Action as Step
from core.filetypes import ATTACHMENT_ENDINGS
from core.letter import register
from core.pages.around import names_people
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web import Crumb
from core.web.explain import Explained, explained
from core.web.filters import datetime_zh
from core.web.forms import Field
from core.web.widgets import Action, Confirm

pages = Blueprint("case_view", __name__)
SHOWN_ACTS = 4
"""More acts than this, and the lesser ones go behind 更多."""
PREVIEWED = ("application/pdf", "image/png", "image/jpeg")


@pages.get("/access/why")
@needs("")
def why_unseen() -> str:
    """为什么我看不到: for staff one sentence and whom to ask; for administrators every rule, for any person."""
    viewer, number, told = request_viewer(), request.args.get("number", "").strip(), None
    allowed = viewer.may(PERMISSION)
    person = request.args.get("person", "").strip() if allowed else ""
    if number:
        with as_system("why somebody does not see a case", viewer.name) as session:
            user = session.get(Staff, int(person) if person.isdigit() else viewer.user_id)
            told = why_not(session, number, user, asker=viewer) if user is not None else None
            name = user.name if user is not None else ""
    fields = [Field("number", _("Number"), value=number, required=True)]
    if allowed:
        fields.append(Field("person", _("Person"), "picker", picker="/pick/people", value=person,
                            shown=name if number else "", help=_("Empty: yourself.")))
    return render_template("pages/why_unseen.html", title=_("Why can I not see it"), told=told, number=number,
                           fields=fields, crumbs=[Crumb(_("Why can I not see it"))])


def who_can_see(case: Case) -> str:
    """谁能看到: everybody whom a rule lets see the case, and by which role."""
    with as_system("who sees a case", request_viewer().name) as session:
        people = who_sees(session, case.number)
        readers = duty.readers(session, case)
    return render_template("pages/who_sees.html", case=case, people=people, readers=readers, title=_("Who can see this"),
                           last_day=lambda until: moment.local(until - dt.timedelta(seconds=1)).date(),
                           titles={role.name: _(str(role.title)) for role in current_app.extensions["roles"]},
                           crumbs=[Crumb(case.number, f"/cases/{case.number}"), Crumb(_("Who can see this"))])


def told_before(case: Case, step: Step, calendar: WorkCalendar) -> list[str]:
    """The consequences of a step, the letter that it drafts among them."""
    told = consequences(request_session(), case, step, calendar)
    kind = register.letter_kinds().get(step.letter) if step.letter else None
    return [*told, _("A letter is drafted: %(name)s.", name=kind.name)] if kind is not None else told


def buttons(case: Case, calendar: WorkCalendar) -> tuple[list[Action], list[Action]]:
    """The acts offered now: those beside each other, the last of them solid; and those behind 更多."""
    made: list[Action] = []
    solid = None
    for offer in act.available(case, request_viewer()):
        step = offer.action
        url = f"/cases/{case.number}/do/{step.name}"
        common: dict[str, Any] = {"label": step.label, "disabled": offer.reason, "name": f"do-{step.name}",
                                  "tone": "red" if step.danger else "", "url": url}
        if step.data is not None or names_people(step) or (step.note and ready(case, step.name)):
            made.append(Action(drawer=True, **common))
        else:
            confirm = Confirm(step.label, told_before(case, step, calendar), reason="required" if step.note else "optional",
                              reason_label="" if step.note else _("Note"), record=case.number)
            made.append(Action(method="post", confirm=confirm, data={"version": case.version}, **common))
        if offer.enabled and step.leads_on and solid is None:
            solid = len(made) - 1
    first = [replace(made.pop(solid), tone="go")] if solid is not None else []
    made.sort(key=lambda a: (bool(a.disabled), a.tone == "red"))
    room = SHOWN_ACTS - len(first)
    if len(made) <= room:
        return [*reversed(made), *first], []
    return [*reversed(made[:room - 1]), *first], made[room - 1:]


def due_label(case: Case) -> Any:
    """The duty whose date stands in the head."""
    deadline = case.workflow.deadline(case.due_code) if case.due_code else None
    return deadline.label if deadline else ""


def urgent(case: Case, calendar: WorkCalendar) -> Explained | None:
    """The explanation of the date in the head, when it is short enough to stand on the page."""
    clock = clocks.running(case, case.due_code) if case.due_code else None
    if clock is None:
        return None
    told = explained_clock(case, clock, calendar)
    days = sum(len(month.days) for month in told.months)
    return told if days <= 35 else None


def explained_clock(case: Case, clock: Clock, calendar: WorkCalendar) -> Explained:
    """为什么是这天 of one clock, ready to be drawn."""
    told, deadline = clocks.explanation(clock, calendar), case.workflow.deadline(clock.code)
    basis = [clock.basis] if clock.is_law and clock.basis else []
    notes = [] if clock.is_law else [_("A parameter of this installation, not a rule of law.")]
    rule = "" if basis else _("Parameter: %(name)s", name=deadline.label if deadline else clock.rule_key)
    notes += [_("Extended by %(period)s: %(basis)s", period=_period(e["amount"], e["unit"]), basis=e["basis"])
              for e in clock.extensions]
    return explained(
        deadline.label if deadline else clock.code, clock.due_on, told.as_dict()["days"],
        start=moment.local(clock.start_at).date(), basis=basis, rule=rule,
        provisional=clock.provisional, notes=notes, print_url=f"/cases/{case.number}/print",
        summary=_how_long(clock))


def _how_long(clock: Clock) -> str:
    """From when a period runs and how long it is: whole days begin with the next one, hours at once."""
    start, period = moment.local(clock.start_at), _period(clock.amount, clock.unit)
    if clock.unit in ("HOUR", "MIN"):
        return str(_("Runs from %(at)s on: %(period)s.", at=datetime_zh(start), period=period))
    return str(_("Runs from %(day)s; that day is not counted: %(period)s.", day=start.date(), period=period))


def _period(amount: int, unit: str) -> str:
    """So many of a unit of time, in words."""
    words: dict[str, str] = {
        "WD": _("%(n)s working days", n=amount), "CD": _("%(n)s days", n=amount), "MONTH": _("%(n)s months", n=amount),
        "HOUR": _("%(n)s hours", n=amount), "MIN": _("%(n)s minutes", n=amount)}
    return words[unit]


def upload_field(case: Case) -> Field:
    """Where files are dropped."""
    limit = current_app.extensions["yingshang"].settings.limits.attachment_mb * 1024 * 1024
    return Field("file", _("Files"), "file", multiple=True, accept=",".join(ATTACHMENT_ENDINGS), max_bytes=limit,
                 upload_url=f"/cases/{case.number}/files", id="file")


def files(case: Case) -> Sequence[dict[str, Any]]:
    """The attachments that are there: name, size, who brought them, and whether the page can show them."""
    return [{"file": one, "url": f"/cases/{case.number}/files/{one.id}", "shown": one.content_type in PREVIEWED}
            for one in case.attachments if one.removed_at is None]
