"""The one calendar of visits, of all modules: planned, made, called off."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, object_session

from addons.districts.channels import Incoming
from addons.districts.forms.registers import ReasonForm, VisitDone, VisitForm
from addons.districts.models import Agent, Visit
from addons.districts.operations.serving import primary_of
from addons.districts.operations.works import call_off, finish_visit, move_visit, plan_visit
from addons.districts.registers.common import between, on_day, sentence, the_enterprise
from core import moment
from core.access import Unit, Viewer
from core.case.registers import Register, RegisterFilter, RegisterMonth, RegisterStep
from core.case.screens import ListColumn
from core.errors import FieldError, Invalid, NotAllowed, Refusal
from core.party.models import Enterprise
from core.web.boards import DayEntry
from core.web.widgets import Tag, Text, call
from core.words import gettext as _

Data = Mapping[str, Any]
EDIT = "districts.visit:edit"
STATES = (("planned", _l("planned")), ("done", _l("done")), ("off", _l("called off")))


def _state(visit: Visit) -> Tag:
    if visit.called_off:
        return Tag(_("called off"))
    if visit.done:
        return Tag(_("done"), "g")
    return Tag(_("planned"), "b") if visit.on >= moment.today() else Tag(_("not reported yet"), "y")


def _on_its_day(visit: Visit) -> DayEntry:
    state = _state(visit)
    return DayEntry(visit.enterprise.name, "", state.tone, "，".join(filter(None, (
        str(state.text), str(visit.unit), visit.user.name if visit.user else "", sentence(visit.purpose)))))


def _reached(visit: Visit) -> Sequence[tuple[Any, Any]]:
    """Where one goes, and whom one calls before."""
    found, told = visit.enterprise, object_session(visit)
    agent = told.scalars(select(Agent).where(Agent.enterprise_id == found.id)).one_or_none() if told is not None else None
    return ((_("Business address"), found.business_address or found.registered_address),
            (_("Contact"), call(agent.mobile, agent.name) if agent is not None else ""))


def _open(visit: Visit) -> bool:
    return not visit.done and not visit.called_off


def _save(session: Session, viewer: Viewer, row: Visit | None, data: Data) -> Visit:
    enterprise = the_enterprise(session, data["enterprise"])
    if row is not None:
        if row.enterprise_id != enterprise.id:
            raise Refusal(_("A visit stays with its enterprise: call it off and plan another one."), "enterprise")
        return move_visit(session, row, data["on"], data["purpose"], data["asked_for"])
    served, reach = primary_of(session, enterprise.id, data["on"]), viewer.reach(EDIT)
    unit = session.get(Unit, served.unit_id if served is not None and reach.covers(served.unit_id)
                       else viewer.bureau_id or viewer.unit_id or 0)
    if unit is None or not reach.covers(unit.id):
        raise NotAllowed(_("You may not do this for that unit."))
    return plan_visit(session, viewer, enterprise, unit, data["on"], purpose=data["purpose"], asked_for=data["asked_for"])


def _finish(session: Session, viewer: Viewer, visit: Visit, data: Data) -> str:
    needs = []
    if data["title"] or data["text"]:
        if len(data["text"].strip()) < 10 or not data["title"].strip():
            raise Invalid([FieldError("text", _("Describe the matter in 10 to 2000 characters."))
                           if data["title"].strip() else FieldError("title", _("Give the matter in one line."))])
        needs = [Incoming("visit", data["title"], data["text"], category=data["category"])]
    made = finish_visit(session, viewer, visit, identity_shown=data["identity_shown"], found=data["found"], needs=needs)
    return _("The visit is reported; the need %(number)s was entered.", number=made[0].number) if made else \
        _("The visit is reported; there is no need.")


def _call_off(session: Session, viewer: Viewer, visit: Visit, data: Data) -> None:
    call_off(session, visit, data["reason"])


def _by_state(value: str) -> Any:
    return {"planned": Visit.done.is_(False) & (Visit.called_off == ""), "done": Visit.done.is_(True),
            "off": Visit.called_off != ""}[value]


VISITS = Register(
    "visits", _l("Visits"), Visit, read="districts.visit:read", edit=EDIT, form=VisitForm, save=_save,
    values=lambda v: {"enterprise": v.enterprise_id, "enterprise__label": v.enterprise.name, "on": v.on, "purpose": v.purpose,
                      "asked_for": v.asked_for},
    label=lambda v: f"{v.on:%Y-%m-%d} {v.enterprise.name}", owners=("user_id",), changeable=_open,
    order="-on", group="visits", text=_l(
        "One calendar for all modules: nobody visits an enterprise more often than the limit, unless it asks."),
    joins=(Visit.enterprise,), searched=(Enterprise.name, Enterprise.uscc, Enterprise.pinyin),
    loads=(contains_eager(Visit.enterprise), joinedload(Visit.unit), joinedload(Visit.user)),
    facts=lambda v: ((_("Enterprise"), Text(v.enterprise.name, url=f"/enterprises/{v.enterprise_id}")), *_reached(v),
                     (_("Day"), v.on), (_("State"), _state(v)), (_("Unit"), str(v.unit)),
                     (_("Service officer"), v.user.name if v.user else ""), (_("Purpose"), v.purpose),
                     (_("The enterprise asked for it"), v.asked_for), (_("Identity shown"), v.identity_shown),
                     (_("What was found"), v.found), (_("Needs found"), v.needs), (_("Called off because"), v.called_off)),
    columns=(on_day("on", _l("Day"), "on"),
             ListColumn("enterprise", _l("Enterprise"), lambda v: v.enterprise.name),
             ListColumn("unit", _l("Unit"), lambda v: str(v.unit)),
             ListColumn("user", _l("Service officer"), lambda v: v.user.name if v.user else ""),
             ListColumn("purpose", _l("Purpose"), lambda v: sentence(v.purpose)), ListColumn("state", _l("State"), _state),
             ListColumn("needs", _l("Needs found"), kind="number")),
    filters=(RegisterFilter("on", _l("Day"), lambda since, until: between(Visit.on, since, until), "range"),
             RegisterFilter("state", _l("State"), _by_state, "choice", STATES, "planned", {"planned": "on"})),
    month=RegisterMonth(Visit.on, _on_its_day, "on"),
    steps=(RegisterStep("finish", _l("Report"), VisitDone, _finish, _open, main=True),
           RegisterStep("call_off", _l("Call off"), ReasonForm, _call_off, _open, danger=True)))
