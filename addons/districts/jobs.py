"""What falls due by time alone: silence closes, waiting ends, who does not return has accepted, frequent problems."""
from __future__ import annotations

import datetime as dt

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from addons.districts.guards.orders import return_until
from addons.districts.models import Need, Order
from addons.districts.operations.public import publish
from addons.districts.operations.serving import keep_assigned
from core import moment
from core.access import system_viewer
from core.case import act
from core.case.models import Clock
from core.jobs.schedule import Job
from core.jobs.sweep import register_sweeper
from core.words import N_

BATCH = 500


def over(session: Session, now: dt.datetime) -> dict[str, int]:
    """Close what nobody rated within the days of silence (never as satisfied), go on with what waited too long, and take
    orders as accepted that were not returned in time. Idempotent."""
    if "districts" not in {addon.name for addon in current_app.extensions["yingshang"].addons}:
        return {}
    system, closed = system_viewer("periods that are over"), 0
    for need in _ran_out(session, "evaluate", "answered", now):
        act.do(need, "close_silent", actor=system)
        closed += 1
    for need in _ran_out(session, "wait", "suspended", now):
        act.do(need, "resume", actor=system)
    for order in session.scalars(select(Order).where(Order.state == "sent", Order.opened_at < now - dt.timedelta(days=1))
                                 .order_by(Order.id).limit(BATCH)).all():
        if now >= return_until(order):
            act.do(order, "silence", actor=system, data={})
    session.flush()
    return {"closed": closed}


def _ran_out(session: Session, code: str, state: str, now: dt.datetime) -> list[Need]:
    """Needs in that state whose clock of that code is over."""
    due = exists().where(Clock.case_id == Need.id, Clock.code == code, Clock.stopped_at.is_(None), Clock.due_at <= now)
    return list(session.scalars(select(Need).where(Need.state == state, due).order_by(Need.id).limit(BATCH)))


register_sweeper("districts.periods", over, order=45)


def serve_today(session: Session, now: dt.datetime) -> dict[str, int]:
    """Posts begin and end by the day: who has no officer gets the one of his address, and the portal tells of today's."""
    told = keep_assigned(session, moment.local(now).date())
    publish(session)
    return told


JOBS = [Job("districts.serving", serve_today, N_("Officers of the day"), cron="10 0 * * *")]
