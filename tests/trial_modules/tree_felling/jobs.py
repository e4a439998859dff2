"""What runs by the clock: applications whose papers never came lapse after a month."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import system_viewer
from core.case import do
from core.jobs import Job
from trial_modules.tree_felling.models import Permit

PATIENCE = dt.timedelta(days=30)


def lapse(session: Session, now: dt.datetime) -> dict[str, int]:
    """Close what has waited for its papers longer than a month."""
    waiting = session.scalars(select(Permit).where(Permit.state == "incomplete", Permit.updated_at < now - PATIENCE)).all()
    for case in waiting:
        do(case, "lapse", actor=system_viewer("lapse"))
    return {"closed": len(waiting)}


JOBS = [Job("tree_felling.lapse", lapse, _l("Lapse of incomplete applications"), cron="0 3 * * *")]
