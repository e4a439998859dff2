"""What an action changes beside the state, in the same transaction."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from core import moment
from core.access import system_viewer
from core.case import act, clocks
from core.case.workflow import CLOSED
from core.rules.lookup import lookup

Data = Mapping[str, Any]


def push_day(case: Any) -> dt.date | None:
    """The day of the push, from which acceptance and result run."""
    day: dt.date | None = case.pushed_on
    return day


def reported(case: Any, event: Any, data: Data) -> None:
    """Sending does not stop the clock; the first sending is remembered."""
    case.first_sent_at = case.first_sent_at or event.at
    case.reject_reason = ""


def accepted(case: Any, event: Any, data: Data) -> None:
    """The platform took the row: whether at the first attempt is what 合规率 counts."""
    case.first_accepted = True if case.first_accepted is None else case.first_accepted


def rejected(case: Any, event: Any, data: Data) -> None:
    """The platform rejected the row."""
    case.first_accepted = False
    case.reject_reason = data["reason"]


def published(case: Any, event: Any, data: Data) -> None:
    """The last day of publicity is computed; a person may have set another one, which stays."""
    case.published_until = case.published_until or case.publicity().max_last


def served(case: Any, event: Any, data: Data) -> None:
    """Service stops its clock and starts the one for paying the fine."""
    case.served_on, case.served_how = data["served_on"], data["served_how"]
    case.served_with_letter = True
    _stop(case, "deliver", event, data["served_on"])
    start_fine_clock(case, event)


def start_fine_clock(case: Any, event: Any) -> None:
    """15 days from service for paying a fine that is not paid yet (行政处罚法 art. 67)."""
    if case.fine and case.performed_on is None and case.served_on is not None:
        clocks.start(_session(case), case, case.workflow.deadline("fine"), event, case.served_on)


def performed(case: Any, event: Any, data: Data) -> None:
    """All duties are performed."""
    case.performed_on = data["performed_on"]
    _stop(case, "fine", event, data["performed_on"])


def pushed_elsewhere(case: Any, event: Any, data: Data) -> None:
    """The other province has its own ten working days from here."""
    case.market_pushed_on = data["day"]
    _stop(case, "market_push", event, data["day"])
    clocks.start(_session(case), case, case.workflow.deadline("market_assist"), event, data["day"])


def published_in_market(case: Any, event: Any, data: Data) -> None:
    """Publication in the market-regulation system."""
    case.market_published_on = data["day"]
    for code in ("market", "market_assist"):
        _stop(case, code, event, data["day"])


def corrected(case: Any, event: Any, data: Data) -> None:
    """A new version begins."""
    case.revision += 1


def withdrawn(case: Any, event: Any, data: Data) -> None:
    """Repair cases that are about this decision alone are no longer needed; the others go on without it."""
    from addons.credit_repair.models import Repair, RepairPenalty

    session, system = _session(case), system_viewer("withdrawal")
    links = session.scalars(select(RepairPenalty).join(Repair, Repair.id == RepairPenalty.case_id).where(
        RepairPenalty.penalty_id == case.id, Repair.meaning != CLOSED)).all()
    for link in links:
        repair = link.repair
        if len(repair.penalties) == 1:
            act.do(repair, "fall_away", actor=system, note=_("The decision %(number)s was withdrawn.",
                                                             number=case.document_number))
        else:
            repair.penalties.remove(link)


def waiting(case: Any, event: Any, data: Data) -> None:
    """Remember from which day on the enterprise may apply; the sweep wakes the case then."""
    case.waiting_until = case.blocked_until


def materials(case: Any, event: Any, data: Data) -> None:
    """Tick off the documents that were handed in."""
    case.proof, case.commitment = bool(data["proof"]), bool(data["commitment"])


def submitted(case: Any, event: Any, data: Data) -> None:
    """The application is with Credit China; the rules of this day hold from now on."""
    case.external_number, case.submitted_on = data["external_number"], moment.local(event.at).date()
    case.rule_day = case.submitted_on


def pushed(case: Any, event: Any, data: Data) -> None:
    """The push starts the clocks of acceptance and result, from its own day."""
    case.pushed_on = data["pushed_on"]
    session = _session(case)
    for code in ("accept", "total"):
        if clocks.running(case, code) is None:
            clocks.start(session, case, case.workflow.deadline(code), event, case.pushed_on)


def extended(case: Any, event: Any, data: Data) -> None:
    """More time for a case that is complex, counted from the old due day."""
    session = _session(case)
    rule = lookup(session, "credit.extend", case.rule_day, case.bureau_id)
    for code in ("total", "decide"):
        clock = clocks.running(case, code)
        if clock is not None and not clock.extensions:
            clocks.extend(clock, int(rule.value), event.note, event.actor)


def decided(case: Any, event: Any, data: Data) -> None:
    """The day of the decision."""
    case.decided_on = moment.local(event.at).date()


def approved(case: Any, event: Any, data: Data) -> None:
    """Publicity of every penalty of the case ends."""
    decided(case, event, data)
    system = system_viewer("repair approved")
    for item in case.penalties:
        if item.penalty.state in ("published", "validated"):
            act.do(item.penalty, "terminate", actor=system, note=_("Repaired by %(number)s.", number=case.number))


def synced(case: Any, event: Any, data: Data) -> None:
    """What ended with the repair."""
    case.sync_platform, case.sync_sanctions = bool(data["sync_platform"]), bool(data["sync_sanctions"])


def _stop(case: Any, code: str, event: Any, day: dt.date) -> None:
    """Stop a clock by something that was done on ``day``."""
    clock = clocks.running(case, code)
    if clock is not None:
        clocks.stop(clock, event, moment.as_instant(day))


def _session(case: Any) -> Session:
    session = object_session(case)
    if session is None:
        raise RuntimeError("the case is in no session")
    return session
