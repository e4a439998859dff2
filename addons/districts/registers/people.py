"""The liaison roster with its fields of expertise, leaders' 包联, and the contacts of enterprises."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from addons.districts import words
from addons.districts.forms.registers import AgentForm, ContactForm, EndForm, LeaderForm
from addons.districts.models import Agent, Contact
from addons.districts.operations.contacts import refuse_staff_number
from addons.districts.operations.serving import primary_of
from addons.districts.registers.common import (
    EDIT,
    READ,
    between,
    days,
    end_row,
    holds,
    in_force,
    on_day,
    the_enterprise,
    the_person,
    the_unit,
    until,
)
from core import moment
from core.access import Unit, UnitKind, Viewer
from core.case.registers import Register, RegisterFilter, RegisterStep
from core.case.screens import ListColumn
from core.errors import NotAllowed, Refusal
from core.party.models import Enterprise
from core.web.widgets import Text, call
from core.words import gettext as _

Data = Mapping[str, Any]
END = RegisterStep("end", _l("End"), EndForm, end_row, holds, danger=True)


def _save_contact(session: Session, viewer: Viewer, row: Contact | None, data: Data) -> Contact:
    unit = the_unit(session, data["unit"], viewer)
    if row is None:
        row = Contact(unit_id=unit.id)
        session.add(row)
    row.unit_id = unit.id
    for name in ("duty", "name", "post", "phone", "expertise", "valid_from"):
        setattr(row, name, data[name])
    if row.valid_to is not None and row.valid_from >= row.valid_to:
        raise Refusal(_("The first day lies after the last one."), "valid_from")
    session.flush()
    return row


def _contact_values(row: Contact) -> Data:
    return {"unit": row.unit_id, "unit__label": str(row.unit), "duty": row.duty, "name": row.name, "post": row.post,
            "phone": row.phone, "expertise": row.expertise, "valid_from": row.valid_from}


ROSTER = Register(
    "roster", _l("Liaison roster"), Contact, read=READ, edit=EDIT, form=ContactForm, save=_save_contact,
    values=_contact_values, label=lambda c: f"{c.name}（{c.unit}）", where=lambda: (Contact.duty != "leader",),
    loads=(contains_eager(Contact.unit),), joins=(Contact.unit,), group="people",
    text=_l("Whom to call in each department and street, and what each knows about."),
    searched=(Contact.name, Contact.expertise, Unit.name, Unit.short_name, Unit.pinyin),
    facts=lambda c: ((_("Unit"), str(c.unit)), (_("Duty"), words.DUTIES[c.duty]), (_("Post"), c.post),
                     (_("Office line"), call(c.phone)), (_("Fields of expertise"), c.expertise), (_("From"), c.valid_from),
                     (_("Until"), until(c))),
    columns=(ListColumn("name", _l("Contact")), ListColumn("unit", _l("Unit"), lambda c: str(c.unit)),
             ListColumn("duty", _l("Duty"), lambda c: words.DUTIES[c.duty]), ListColumn("post", _l("Post")),
             ListColumn("phone", _l("Office line"), lambda c: call(c.phone)),
             ListColumn("expertise", _l("Fields of expertise"), lambda c: Text(c.expertise, cut=True)), *days()),
    filters=(RegisterFilter("duty", _l("Duty"), lambda v: Contact.duty == v, "choice", words.ROSTER), in_force(Contact)),
    steps=(END,))


def _save_leader(session: Session, viewer: Viewer, row: Contact | None, data: Data) -> Contact:
    unit = the_unit(session, data["unit"], viewer)
    if not viewer.reach(EDIT).everywhere:
        raise NotAllowed(_("The hub keeps this register."))
    if unit.kind is not UnitKind.STREET:
        raise Refusal(_("A leader takes care of a street, town or park."), "unit")
    if row is None:
        row = Contact(unit_id=unit.id, duty="leader")
        session.add(row)
    enterprise = the_enterprise(session, data["enterprise"]) if data["enterprise"] else None
    row.unit_id, row.enterprise_id = unit.id, enterprise.id if enterprise else None
    row.user_id = the_person(session, data["user"]).id if data["user"] else None
    row.name, row.post, row.phone, row.valid_from = data["name"], data["post"], data["phone"], data["valid_from"]
    session.flush()
    return row


def _leader_values(row: Contact) -> Data:
    return {"user": row.user_id, "user__label": row.user.name if row.user else "", "name": row.name, "post": row.post,
            "unit": row.unit_id, "unit__label": str(row.unit), "enterprise": row.enterprise_id,
            "enterprise__label": row.enterprise.name if row.enterprise else "", "phone": row.phone,
            "valid_from": row.valid_from}


def _cared_for(row: Contact) -> Text:
    return Text(row.enterprise.name, url=f"/enterprises/{row.enterprise_id}") if row.enterprise else Text(_("the whole street"))


LEADERS = Register(
    "leaders", _l("Leaders who take care"), Contact, read=READ, edit=EDIT, form=LeaderForm, save=_save_leader,
    values=_leader_values, label=lambda c: f"{c.name}（{c.unit}）", where=lambda: (Contact.duty == "leader",),
    loads=(contains_eager(Contact.unit), joinedload(Contact.enterprise), joinedload(Contact.user)), joins=(Contact.unit,),
    searched=(Contact.name, Unit.name, Unit.short_name, Unit.pinyin), group="people",
    facts=lambda c: ((_("Leader"), c.name), (_("Post"), c.post), (_("Street"), str(c.unit)),
                     (_("Takes care of"), _cared_for(c)),
                     (_("Office line"), call(c.phone)), (_("From"), c.valid_from), (_("Until"), until(c))),
    columns=(ListColumn("name", _l("Leader")), ListColumn("post", _l("Post")),
             ListColumn("unit", _l("Street"), lambda c: str(c.unit)), ListColumn("of", _l("Takes care of"), _cared_for),
             *days()),
    filters=(in_force(Contact),), steps=(END,))


def _save_agent(session: Session, viewer: Viewer, row: Agent | None, data: Data) -> Agent:
    enterprise = the_enterprise(session, data["enterprise"])
    refuse_staff_number(session, data["mobile"])
    if row is None:
        served = primary_of(session, enterprise.id, moment.today())
        unit_id = served.unit_id if served is not None else viewer.bureau_id or viewer.unit_id
        if session.scalar(select(Agent.id).where(Agent.enterprise_id == enterprise.id)) is not None:
            raise Refusal(_("%(name)s has its contact already: change that one.", name=enterprise.name), "enterprise")
        if not viewer.reach("districts.agent:edit").covers(unit_id):
            raise NotAllowed(_("You may not do this for that unit."))
        row = Agent(enterprise_id=enterprise.id, unit_id=unit_id)
        session.add(row)
    elif row.enterprise_id != enterprise.id:
        raise Refusal(_("A contact stays with its enterprise: add another one."), "enterprise")
    row.name, row.mobile, row.position, row.consent = data["name"], data["mobile"], data["position"], data["consent"]
    row.confirmed_on = moment.today()
    session.flush()
    return row


AGENTS = Register(
    "agents", _l("Contacts of enterprises"), Agent, read="districts.agent:read", edit="districts.agent:edit", form=AgentForm,
    save=_save_agent, label=lambda a: f"{a.enterprise.name} · {a.name}", loads=(contains_eager(Agent.enterprise),
                                                                              joinedload(Agent.unit)),
    joins=(Agent.enterprise,), searched=(Enterprise.name, Enterprise.uscc, Enterprise.pinyin, Agent.name), group="visits",
    values=lambda a: {"enterprise": a.enterprise_id, "enterprise__label": a.enterprise.name, "name": a.name,
                      "mobile": a.mobile, "position": a.position, "consent": a.consent},
    facts=lambda a: ((_("Enterprise"), Text(a.enterprise.name, url=f"/enterprises/{a.enterprise_id}")), (_("Contact"), a.name),
                     (_("Mobile"), call(a.mobile)), (_("Post"), a.position),
                     (_("Agreed to be called and written to"), a.consent), (_("Confirmed on"), a.confirmed_on)),
    columns=(ListColumn("enterprise", _l("Enterprise"), lambda a: a.enterprise.name), ListColumn("name", _l("Contact")),
             ListColumn("mobile", _l("Mobile"), lambda a: call(a.mobile)), ListColumn("position", _l("Post")),
             ListColumn("consent", _l("Agreed"), lambda a: _("yes") if a.consent else _("no")),
             on_day("confirmed_on", _l("Confirmed on"), "confirmed_on")),
    filters=(RegisterFilter("confirmed", _l("Confirmed on"), lambda since, until: between(Agent.confirmed_on, since, until),
                            "range"),))
