"""What the effects share."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from core import moment
from core.access import Unit, Viewer, system_viewer
from core.access.rows import VIEWER
from core.case import ClockResult, clocks
from core.case.workflow import CLOSED
from core.errors import NotFound
from core.words import gettext as _

Data = Mapping[str, Any]


def actor_of(event: Any, reason: str) -> Viewer:
    """The person of ``event`` when what he did brings about something on another record."""
    return replace(system_viewer(reason, event.actor), user_id=event.actor_id, unit_id=event.unit_id)


def open_links(session: Session, case: Any) -> list[Any]:
    """The open repair cases that are about a penalty, by their links to it."""
    from addons.credit_repair.models import Repair, RepairPenalty

    return list(session.scalars(select(RepairPenalty).join(Repair, Repair.id == RepairPenalty.case_id).where(
        RepairPenalty.penalty_id == case.id, Repair.meaning != CLOSED)))


def instant(event: Any, data: Data) -> dt.datetime:
    """When it happened: the day that was given, else the moment of the entry."""
    day: dt.date | None = data.get("day")
    return moment.as_instant(day) if day is not None else event.at


def restop(case: Any, event: Any, data: Data) -> None:
    """The clocks that this step stopped were stopped on the day that was given."""
    if data.get("day") is not None:
        for clock in case.clocks:
            if clock.stop_event_id == event.id and clock.result is not ClockResult.VOID:
                clocks.stop(clock, event, moment.as_instant(data["day"]))


def stop_by_day(case: Any, code: str, event: Any, day: dt.date) -> None:
    """Stop a clock by something that was done on ``day``."""
    clock = clocks.running(case, code)
    if clock is not None:
        clocks.stop(clock, event, moment.as_instant(day))


def session_of(case: Any) -> Session:
    """The session in which the case is."""
    session = object_session(case)
    if session is None:
        raise RuntimeError("the case is in no session")
    return session


@contextmanager
def everybodys(session: Session, reason: str) -> Iterator[Session]:
    """A session in the same transaction that sees all rows: what a step brings about at another bureau, which whoever
    takes the step need not see."""
    session.flush()
    with Session(session.connection(), expire_on_commit=False) as made:
        made.info[VIEWER] = system_viewer(reason)
        yield made
        made.flush()


def open_exchanges(session: Session, repair_id: int) -> list[str]:
    """Who has not confirmed yet, of all whom the repair concerns, whoever asks."""
    from addons.credit_repair.models import Sync

    with everybodys(session, "who has confirmed a repair") as all_rows:
        return list(all_rows.scalars(select(Sync.holder).where(Sync.repair_id == repair_id, Sync.meaning != CLOSED)
                                     .order_by(Sync.id)))


def lead_unit(session: Session) -> Unit:
    """The bureau that leads credit work (module setting ``lead_bureau``)."""
    code = current_app.extensions["yingshang"].setting("credit_repair", "lead_bureau")
    found = session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
    if found is None:
        raise NotFound(_("There is no unit %(code)s. Set lead_bureau of the module credit_repair.", code=code))
    return found


def ask_to_lift(session: Session, event: Any, holder: str, unit_id: int | None, **fields: Any) -> str:
    """Open the case by which a holder is asked to lift a measure, with him; a site outside is the credit section's work."""
    from addons.credit_repair.models import Sync
    from core.case import act

    with everybodys(session, "a result is shared") as made:
        unit = made.get(Unit, unit_id) if unit_id is not None else None
        case = act.open_case(made, Sync, actor_of(event, "a result is shared"), unit=unit or lead_unit(made), holder=holder,
                             title=_("%(holder)s: %(measure)s (%(party)s)", holder=holder, measure=fields["measure"],
                                     party=fields["party_name"]), **fields)
        return case.number
