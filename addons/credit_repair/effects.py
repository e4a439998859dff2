"""What an action changes beside the state, in the same transaction."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from addons.credit_repair.guards import NOTICE
from core import moment
from core.access import Viewer, system_viewer
from core.case import act, clocks
from core.case.models import Event
from core.case.sweep import recipients
from core.case.workflow import CLOSED
from core.letter import register
from core.letter.models import Letter, LetterState
from core.outbox.post import post
from core.rules.lookup import lookup

Data = Mapping[str, Any]


def edited(case: Any, event: Any, data: Data) -> None:
    """The record is mended and classified anew."""
    from addons.credit_repair.operations import take_over

    take_over(_session(case), case, data)


def entered(case: Any, event: Any, data: Data) -> None:
    """Who entered it; the reviewers find it on the desk of their unit."""
    case.entered_by_id, case.legal_by_id, case.assignee_id = event.actor_id, None, None


def legally_passed(case: Any, event: Any, data: Data) -> None:
    """Who passed the legal review."""
    case.legal_by_id = event.actor_id


def handed_back(case: Any, event: Any, data: Data) -> None:
    """Back to whoever entered it."""
    case.assignee_id = case.entered_by_id


def reported(case: Any, event: Any, data: Data) -> None:
    """Sending does not stop the clock; the first sending is remembered."""
    case.first_sent_at = case.first_sent_at or _instant(event, data)
    case.reject_reason = ""


def accepted(case: Any, event: Any, data: Data) -> None:
    """The platform took the row: this stops the clock. Whether it was the first attempt is what 合规率 counts."""
    if case.first_accepted is None:
        case.first_accepted = True
    case.accepted_at = _instant(event, data)
    clock = next((c for c in reversed(case.clocks) if c.code == "publish" and c.stop_event_id == event.id), None)
    if clock is not None:  # the state stopped it at the moment of the entry; the acceptance may have been earlier
        clocks.stop(clock, event, case.accepted_at)


def rejected(case: Any, event: Any, data: Data) -> None:
    """The platform rejected the row; the clock runs on."""
    case.first_accepted = False
    case.rejections += 1
    case.reject_reason = " ".join(filter(None, (data["code"], data.get("reason"))))[:320]


def published(case: Any, event: Any, data: Data) -> None:
    """Publicity is visible; its last day was computed, or set by a person with a reason."""
    case.published_on = moment.local(_instant(event, data)).date()


def end_changed(case: Any, event: Any, data: Data) -> None:
    """An earlier end of publicity."""
    case.published_until = data["published_until"]


def served(case: Any, event: Any, data: Data) -> None:
    """Decision and repair letter are served together: one clock stops, that of the fine starts."""
    case.served_on, case.served_how, case.receipt = data["served_on"], data["served_how"], data.get("receipt") or ""
    case.served_with_letter = True
    session = _session(case)
    letter = session.scalars(select(Letter).where(Letter.case_id == case.id, Letter.kind == NOTICE,
                                                  Letter.state == LetterState.SIGNED)).one_or_none()
    if letter is not None:
        register.deliver(session, letter, actor_of(event, "served together"), data["served_how"])
    service_known(case, event)


def service_known(case: Any, event: Any) -> None:
    """Stop the clock of service, and start the 15 days for paying what is not paid yet (行政处罚法 art. 67)."""
    _stop(case, "deliver", event, case.served_on)
    if case.fine and case.paid_on is None:
        clocks.start(_session(case), case, case.workflow.deadline("fine"), event, case.served_on)
    clocks.refresh_due(case)


def paid(case: Any, event: Any, data: Data) -> None:
    """Paid to the last instalment."""
    case.paid_on = data["paid_on"]
    _stop(case, "fine", event, case.paid_on)


def put_right(case: Any, event: Any, data: Data) -> None:
    """The violation is put right."""
    case.corrected_on = data["corrected_on"]


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
    """A new revision begins: publicity starts with the original decision all the same."""
    case.revision += 1
    case.assignee_id = event.actor_id


def revoked(case: Any, event: Any, data: Data) -> None:
    """The decision does not stand any more: three working days to take it down; whom it concerns is told."""
    case.revocation, case.revoked_by, case.revoked_on = data["outcome"], data["instrument"], data["effective_on"]
    session = _session(case)
    clocks.start(session, case, case.workflow.deadline("withdraw"), event, case.revoked_on)
    told = dict.fromkeys(recipients(session, case, ("credit_repair.credit",)))
    for link in _open_links(session, case):
        act.add_event(link.repair, actor_of(event, "a decision was revoked"), "told", note=_(
            "The decision %(number)s was revoked or changed (%(outcome)s).", number=case.document_number,
            outcome=case.revocation))
        told |= dict.fromkeys(recipients(session, link.repair, ("assignee",)))
    for person in told:
        post(session, to=person, channel="inapp", subject=_("To be withdrawn: %(number)s", number=case.document_number),
             body=_("The decision %(number)s was revoked or changed (%(outcome)s). It must be withdrawn within three working "
                    "days.", number=case.document_number, outcome=case.revocation),
             dedupe_key=f"revoked:{case.id}:{event.id}:{person}", link=f"/cases/{case.number}", case_id=case.id)


def withdrawn(case: Any, event: Any, data: Data) -> None:
    """Repair cases that are about this decision alone are no longer needed; the others go on without it."""
    for link in _open_links(_session(case), case):
        repair = link.repair
        if len(repair.penalties) == 1:
            act.do(repair, "lapse", actor=actor_of(event, "withdrawal"),
                   note=_("The decision %(number)s was withdrawn.", number=case.document_number))
        else:
            repair.penalties.remove(link)
            repair.examine(moment.today())


def examined(case: Any, event: Any, data: Data) -> None:
    """From which day on the enterprise may apply, by the rules of today."""
    case.examine(moment.today())


def materials(case: Any, event: Any, data: Data) -> None:
    """Tick off the documents that were handed in; the commitment is made for each penalty."""
    case.proof = bool(data["proof"])
    for item in case.penalties:
        item.committed_on = (item.committed_on or moment.today()) if data["commitment"] else None


def removed(case: Any, event: Any, data: Data) -> None:
    """The application goes on without this penalty."""
    number = data["document_number"].strip()
    case.penalties[:] = [item for item in case.penalties if item.penalty is None or item.penalty.document_number != number]
    case.examine(moment.today())


def submitted(case: Any, event: Any, data: Data) -> None:
    """The application is with Credit China; the rules of this day hold from now on."""
    case.external_number = data["external_number"]
    case.submitted_on = data["submitted_on"] or moment.today()
    case.rule_day = case.submitted_on


def pushed(case: Any, event: Any, data: Data) -> None:
    """The push starts the clocks of acceptance and result, from its own day; the authority has the case now."""
    case.pushed_on = data["pushed_on"]
    session = _session(case)
    for code in ("accept", "total"):
        if clocks.running(case, code) is None:
            clocks.start(session, case, case.workflow.deadline(code), event, case.pushed_on)
    clocks.refresh_due(case)
    authority = case.subjects[0].unit
    if authority.id != case.unit_id:
        with session.no_autoflush:  # whoever hands it over saw it before: written as one change
            before, case.unit_id, case.bureau_id = case.unit_id, authority.id, authority.bureau_id or authority.id
            case.assignee_id = None
            case.events.append(Event(at=event.at, kind="passed_on", from_state=case.state, to_state=case.state,
                                     actor_id=event.actor_id, actor=event.actor, unit_id=event.unit_id, public=False,
                                     note=_("The authority that decided answers for its repair."),
                                     data={"before": before, "to": authority.id, "name": str(authority)}))


def taken_up(case: Any, event: Any, data: Data) -> None:
    """The day of acceptance, which stops its clock and starts that of the decision."""
    case.accepted_on = moment.local(_instant(event, data)).date()
    _restop(case, event, data)
    clocks.start(_session(case), case, case.workflow.deadline("decide"), event, case.accepted_on)


def declined(case: Any, event: Any, data: Data) -> None:
    """Not accepted: the clocks stopped on the day of it."""
    _restop(case, event, data)


def decided(case: Any, event: Any, data: Data) -> None:
    """The day of the decision."""
    case.decided_on = moment.local(_instant(event, data)).date()
    _restop(case, event, data)


def extended(case: Any, event: Any, data: Data) -> None:
    """More time for a case that is complex, counted from the old due day."""
    rule = lookup(_session(case), "credit.extend", case.rule_day, case.bureau_id)
    for code in ("total", "decide"):
        clock = clocks.running(case, code)
        if clock is not None and not clock.extensions:
            clocks.extend(clock, int(rule.value), event.note, event.actor)


def synced(case: Any, event: Any, data: Data) -> None:
    """Publicity of every penalty of the case ends, everywhere, with sharing, use and sanctions."""
    case.sync_platform, case.sync_sharing = bool(data["sync_platform"]), bool(data["sync_sharing"])
    case.sync_sanctions = bool(data["sync_sanctions"])
    for penalty in case.subjects:
        if penalty.state == "published":
            act.do(penalty, "terminate", actor=actor_of(event, "repair"),
                   note=_("Repaired by %(number)s.", number=case.number))


def actor_of(event: Any, reason: str) -> Viewer:
    """The person of ``event`` when what he did brings about something on another record."""
    return replace(system_viewer(reason, event.actor), user_id=event.actor_id, unit_id=event.unit_id)


def _open_links(session: Session, case: Any) -> list[Any]:
    from addons.credit_repair.models import Repair, RepairPenalty

    return list(session.scalars(select(RepairPenalty).join(Repair, Repair.id == RepairPenalty.case_id).where(
        RepairPenalty.penalty_id == case.id, Repair.meaning != CLOSED)))


def _instant(event: Any, data: Data) -> dt.datetime:
    """When it happened: the day that was given, else the moment of the entry."""
    day: dt.date | None = data.get("day")
    return moment.as_instant(day) if day is not None else event.at


def _restop(case: Any, event: Any, data: Data) -> None:
    """The clocks that this step stopped were stopped on the day that was given."""
    if data.get("day") is not None:
        for clock in case.clocks:
            if clock.stop_event_id == event.id and clock.result is not clocks.ClockResult.VOID:
                clocks.stop(clock, event, moment.as_instant(data["day"]))


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
