"""What falls due by time alone in the credit module: periods that are over, pre-notices that are to be written."""
from __future__ import annotations

import datetime as dt
from collections import Counter

from flask import current_app
from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.credit_repair.counter import tell_of_suspicion
from addons.credit_repair.letters import due_prenotices
from addons.credit_repair.models import Instalment, Penalty
from addons.credit_repair.months import monthly
from addons.credit_repair.operations import over
from core import moment
from core.access import Appointment, Unit
from core.case.recipients import recipients
from core.jobs import Job
from core.jobs.sweep import register_sweeper
from core.outbox.models import Message
from core.outbox.post import post
from core.words import N_
from core.words import gettext as _


def periods(session: Session, now: dt.datetime) -> dict[str, int]:
    """The sweep's part of this module; nothing where the module is not loaded."""
    loaded = {addon.name for addon in current_app.extensions["yingshang"].addons}
    return over(session, now) if "credit_repair" in loaded else {}


def find_prenotices(session: Session, now: dt.datetime) -> dict[str, int]:
    """Tell the credit section, once a day, how many pre-notices of which bureau are to be written."""
    today = moment.local(now).date()
    due = due_prenotices(session, today)
    if not due:
        return {"due": 0}
    bureaus = Counter(session.scalars(select(Unit.short_name).join(Penalty, Penalty.bureau_id == Unit.id)
                                      .where(Penalty.id.in_(due))))
    body = "、".join(f"{name} {count}" for name, count in sorted(bureaus.items()))
    people = session.scalars(
        select(Appointment.user_id).join(FabRole, FabRole.id == Appointment.role_id)
        .where(FabRole.name == "credit_repair.credit", Appointment.valid_from <= today,
               Appointment.valid_to.is_(None) | (Appointment.valid_to >= today)).distinct()).all()
    for person in people:
        post(session, to=person, channel="inapp", subject=_("Pre-notices to be written: %(count)s", count=len(due)), body=body,
             dedupe_key=f"prenotices:{today}:{person}", link="/letters/due/credit_repair.prenotice")
    return {"due": len(due)}


def remind_of_instalments(session: Session, now: dt.datetime) -> dict[str, int]:
    """Tell whoever has the decision of an instalment that is due within three days, and of one that was not paid."""
    today, told = moment.local(now).date(), 0
    due = session.scalars(select(Instalment).join(Penalty, Penalty.id == Instalment.case_id).where(
        Instalment.paid_on.is_(None), Instalment.due_on <= today + dt.timedelta(days=3), Penalty.paid_on.is_(None),
        Penalty.state.not_in(("withdrawn", "discarded"))).order_by(Instalment.due_on))
    for part in due.all():
        when = "late" if part.due_on < today else "soon"
        for person in recipients(session, part.penalty, ("assignee",)):
            key = f"instalment:{part.id}:{when}:{person}"
            if session.scalar(select(Message.id).where(Message.dedupe_key == key)) is None:
                post(session, to=person, channel="inapp", subject=_("Instalment due %(day)s: %(number)s", day=part.due_on,
                                                                  number=part.penalty.document_number),
                     body=_("%(amount)s × 10,000 yuan are due on %(day)s.", amount=f"{part.amount.normalize():f}",
                            day=part.due_on),
                     dedupe_key=key, link=f"/cases/{part.penalty.number}", case_id=part.case_id)
                told += 1
    return {"told": told}


register_sweeper("credit_repair.periods", periods, order=45)

JOBS = [Job("credit_repair.prenotices", find_prenotices, N_("Pre-notices that are due"), cron="0 8 * * *"),
        Job("credit_repair.bulletin", monthly, N_("The month's bulletin"), cron="30 8 * * *"),
        Job("credit_repair.instalments", remind_of_instalments, N_("Instalments that fall due"), cron="10 8 * * *"),
        Job("credit_repair.agents", tell_of_suspicion, N_("Suspicion of paid agents"), cron="20 8 * * 1")]
