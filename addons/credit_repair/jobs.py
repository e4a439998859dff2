"""What falls due by time alone in the credit module: periods that are over, pre-notices that are to be written."""
from __future__ import annotations

import datetime as dt
from collections import Counter

from flask import current_app
from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.credit_repair.letters import due_prenotices
from addons.credit_repair.models import Penalty
from addons.credit_repair.operations import over
from core import moment
from core.access import Appointment, Unit
from core.jobs import Job
from core.jobs.sweep import register_sweeper
from core.outbox.post import post
from core.words import N_


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


register_sweeper("credit_repair.periods", periods, order=45)

JOBS = [Job("credit_repair.prenotices", find_prenotices, N_("Pre-notices that are due"), cron="0 8 * * *")]
