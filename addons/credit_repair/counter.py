"""The counter (信用服务窗口): agents and what they may do, and the suspicion that somebody makes a business of it."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from addons.credit_repair.models import Repair
from core import moment
from core.access import Viewer
from core.access.fields import mask_phone
from core.case.recipients import recipients
from core.case.screens import Answer
from core.outbox.post import post
from core.rules.lookup import lookup
from core.web.widgets import Text
from core.words import gettext as _

YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Suspicion:
    """A telephone that stands on the applications of many enterprises: repair is free, and nobody needs an agency."""

    phone: str
    enterprises: int
    applications: int
    last: dt.datetime


def authorisation_of(session: Session, enterprise_id: int | None, phone: str, on: dt.date) -> tuple[bool, dt.date | None]:
    """Whether an authorisation of that agent for that enterprise was seen before and still holds, and until when."""
    until = session.scalar(select(func.max(Repair.authorised_until)).where(
        Repair.enterprise_id == enterprise_id, Repair.agent_phone == phone, Repair.authorised.is_(True),
        Repair.authorised_until >= on))
    return until is not None, until


def suspicions(session: Session, on: dt.date, phone: str = "") -> list[Suspicion]:
    """Telephones on applications of at least as many enterprises within a year as the parameter says, most first. One
    statement, and one for the parameter."""
    least = int(lookup(session, "credit.agent_suspicion", on).value)
    count = func.count(func.distinct(Repair.enterprise_id))
    query = select(Repair.agent_phone, count.label("enterprises"), func.count().label("applications"),
                   func.max(Repair.opened_at).label("last")).where(
        Repair.agent_phone != "", Repair.agent_role != "legal_rep", Repair.opened_at >= moment.start_of(on - YEAR))
    if phone:
        query = query.where(Repair.agent_phone == phone)
    rows = session.execute(query.group_by(Repair.agent_phone).having(count >= least).order_by(count.desc(), Repair.agent_phone)
                           .limit(200))
    return [Suspicion(row.agent_phone, row.enterprises, row.applications, row.last) for row in rows]


def suspicion_report(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """The report: whose telephone stands on the applications of many enterprises."""
    found, today = suspicions(session, moment.today()), moment.today()
    clear = viewer.reach("credit_repair.repair:contact").everywhere
    shown = {item.phone: item.phone if clear else mask_phone(item.phone) for item in found}
    cases = session.scalars(select(Repair).where(
        Repair.agent_phone.in_(shown), Repair.agent_role != "legal_rep", Repair.opened_at >= moment.start_of(today - YEAR))
        .options(joinedload(Repair.enterprise)).order_by(Repair.agent_phone, Repair.opened_at.desc()).limit(200)).all()
    return [Answer(_("Telephones on applications of many enterprises"),
                   _("Within a year. Repair is free of charge; ask the enterprises whether they were made to pay."),
                   (_("Phone"), _("Enterprises"), _("Applications"), _("Last application")),
                   [(shown[item.phone], item.enterprises, item.applications, moment.local(item.last).date())
                    for item in found], _("No telephone stands on the applications of several enterprises.")),
            Answer(_("Their applications"), "", (_("Phone"), _("Enterprise"), _("Application"), _("State"), _("Opened")),
                   [(shown[case.agent_phone], Text(case.enterprise.name, url=f"/enterprises/{case.enterprise_id}"),
                     Text(case.number, url=f"/cases/{case.number}", mono=True), case.state_info.label,
                     moment.local(case.opened_at).date()) for case in cases if case.enterprise is not None])]


def tell_of_suspicion(session: Session, now: dt.datetime) -> dict[str, int]:
    """Tell the credit section of each telephone once a month."""
    today = moment.local(now).date()
    told = 0
    for item in suspicions(session, today):
        case = session.scalars(select(Repair).where(Repair.agent_phone == item.phone).order_by(Repair.id.desc()).limit(1)).one()
        for person in recipients(session, case, ("credit_repair.credit",)):
            post(session, to=person, channel="inapp", subject=_("Is this an agency that takes money?"),
                 body=_("The telephone %(phone)s stands on applications of %(count)s enterprises.",
                        phone=mask_phone(item.phone), count=item.enterprises),
                 dedupe_key=f"agent:{item.phone}:{today:%Y-%m}:{person}", link="/credit_repair/reports/agents")
        told += 1
    return {"told": told}
