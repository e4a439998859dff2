"""Who is due for which letter. Each asks a fixed number of statements, however many there are."""
from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from addons.credit_repair.effects.common import lead_unit
from addons.credit_repair.models import Penalty, PriorNotice, Repair, RepairPenalty, Sync
from addons.credit_repair.names import CONSEQUENCES, LAST_NOTICE, LIFTING, NOTICE, PRENOTICE
from core import moment
from core.access import Unit
from core.calendar import PeriodSpec, compute
from core.calendar import Unit as Length
from core.case import clocks
from core.case.models import Case, Clock
from core.case.workflow import CLOSED
from core.letter.models import Letter, LetterState
from core.rules.lookup import lookup


def notices(session: Session, by: dt.date) -> list[int]:
    """Decisions that are to be served and have no repair letter yet, oldest first. One statement."""
    return list(session.scalars(select(Penalty.id).where(
        Penalty.served_on.is_(None), Penalty.meaning != CLOSED, Penalty.outside.is_(False), Penalty.decided_on <= by,
        ~_living(NOTICE)).order_by(Penalty.decided_on, Penalty.id)))


def consequences(session: Session, by: dt.date) -> list[int]:
    """Intended penalties that are to be served and have no pre-notice of their effect on credit yet. One statement."""
    written = exists().where(Letter.case_id == PriorNotice.id, Letter.kind == CONSEQUENCES,
                             Letter.state.in_([LetterState.SIGNED, LetterState.DELIVERED]))
    return list(session.scalars(select(PriorNotice.id).where(
        PriorNotice.state == "prepared", PriorNotice.noticed_on <= by, ~written)
        .order_by(PriorNotice.noticed_on, PriorNotice.id)))


def prenotices(session: Session, by: dt.date) -> list[int]:
    """Published penalties whose pre-notice falls due by that day: their minimum period ends within the notice period, they
    have no such letter yet and no repair case that is open. One statement, and one for the rules."""
    ahead = int(lookup(session, "credit.prenotice_before_min", by).value)
    return list(session.scalars(select(Penalty.id).where(
        Penalty.state == "published", Penalty.unrepairable == "", Penalty.min_last <= by + dt.timedelta(days=ahead),
        Penalty.apply_from >= min(by, moment.today()), ~_living(PRENOTICE), ~_busy())
        .order_by(Penalty.apply_from, Penalty.id)))


def last_notices(session: Session, by: dt.date) -> list[int]:
    """Published penalties whose longest period ends within the notice period, and that nobody has asked to repair."""
    ahead = int(lookup(session, "credit.prenotice_before_max", by).value)
    return list(session.scalars(select(Penalty.id).where(
        Penalty.state == "published", Penalty.unrepairable == "", Penalty.published_until <= by + dt.timedelta(days=ahead),
        Penalty.published_until >= min(by, moment.today()), ~_living(LAST_NOTICE), ~_busy())
        .order_by(Penalty.published_until, Penalty.id)))


def reminders(session: Session, by: dt.date) -> list[int]:
    """Decisions that the platform has not accepted on the third working day: four are left, or fewer."""
    left = compute(PeriodSpec(4, Length.WD), by, clocks.calendar_of(session)).due_on
    late = exists().where(Clock.case_id == Penalty.id, Clock.code == "publish", Clock.stopped_at.is_(None),
                          Clock.due_on <= left)
    return list(session.scalars(select(Penalty.id).where(Penalty.meaning != CLOSED, late)
                                .order_by(Penalty.decided_on, Penalty.id)))


def liftings(session: Session, by: dt.date) -> list[int]:
    """Whoever holds a measure and was not written to yet."""
    written = exists().where(Letter.case_id == Sync.id, Letter.kind == LIFTING, Letter.state != LetterState.VOIDED,
                             Letter.state.in_([LetterState.SIGNED, LetterState.DELIVERED]))
    return list(session.scalars(select(Sync.id).where(Sync.meaning != CLOSED, ~written, Sync.ended_on <= by)
                                .order_by(Sync.id)))


def lead_bureau(session: Session, case: Case) -> Unit:
    """The bureau that leads credit work and writes for all of them."""
    return lead_unit(session)


def _living(kind: str) -> ColumnElement[bool]:
    return exists().where(Letter.case_id == Penalty.id, Letter.kind == kind,
                          Letter.state.in_([LetterState.SIGNED, LetterState.DELIVERED]))


def _busy() -> ColumnElement[bool]:
    return exists().where(RepairPenalty.penalty_id == Penalty.id, RepairPenalty.case_id == Repair.id,
                          Repair.meaning != CLOSED)
