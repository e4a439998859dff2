"""What an action changes on a penalty beside the state, in the same transaction."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from addons.credit_repair.effects.common import actor_of, instant, open_links, session_of, stop_by_day
from addons.credit_repair.guards.penalty import plan_of
from addons.credit_repair.names import NOTICE
from core import moment
from core.access import Unit
from core.audit import plain
from core.calendar.period import add_months
from core.case import act, clocks
from core.case.recipients import recipients
from core.letter import register
from core.letter.models import Letter, LetterState
from core.outbox.post import post
from core.rules.lookup import lookup
from core.words import gettext as _

Data = Mapping[str, Any]


def edited(case: Any, event: Any, data: Data) -> None:
    """The record is mended and classified anew."""
    from addons.credit_repair.operations import take_over

    take_over(session_of(case), case, data)


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
    """The first sending is remembered. It stops the clock only where the parameter says so."""
    case.first_sent_at = case.first_sent_at or instant(event, data)
    case.reject_reason = ""
    clock = clocks.running(case, "publish")
    if clock is not None and case.reporting("report_stop_on") == "reported":
        clocks.stop(clock, event, instant(event, data))
        clocks.refresh_due(case)


def accepted(case: Any, event: Any, data: Data) -> None:
    """The platform took the row: this stops the clock. 合规率 counts a row that was taken at the first attempt; at
    whatever attempt where the parameter says so."""
    if case.first_accepted is None or not case.reporting("compliance_first"):
        case.first_accepted = True
    case.accepted_at = instant(event, data)
    day = moment.local(case.accepted_at).date()
    case.report_days = clocks.calendar_of(session_of(case)).count_working(case.decided_on, day)
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
    case.published_on = moment.local(instant(event, data)).date()
    stays(case)


def stays(case: Any) -> None:
    """谁办案谁录入谁负责: what is published stays with whoever entered it until it is served and the money is paid. Then it
    only waits for its last day, on nobody's desk."""
    if case.state == "published":
        left = any(clock.running for clock in case.clocks) or any(part.paid_on is None for part in case.instalments)
        case.assignee_id = (case.assignee_id or case.entered_by_id) if left else None


def end_changed(case: Any, event: Any, data: Data) -> None:
    """An earlier end of publicity."""
    case.published_until = data["published_until"]


def served(case: Any, event: Any, data: Data) -> None:
    """Decision and repair letter are served together: one clock stops, that of the fine starts."""
    case.served_on, case.served_how, case.receipt = data["served_on"], data["served_how"], data.get("receipt") or ""
    case.served_with_letter = True
    session = session_of(case)
    letter = session.scalars(select(Letter).where(Letter.case_id == case.id, Letter.kind == NOTICE,
                                                  Letter.state == LetterState.SIGNED)).one_or_none()
    if letter is not None:
        register.deliver(session, letter, actor_of(event, "served together"), data["served_how"])
    service_known(case, event)


def service_known(case: Any, event: Any) -> None:
    """Stop the clock of service, and start the 15 days for paying what is not paid yet (行政处罚法 art. 67)."""
    stop_by_day(case, "deliver", event, case.served_on)
    if case.fine and case.paid_on is None:
        clocks.start(session_of(case), case, case.workflow.deadline("fine"), event, case.served_on)
    clocks.refresh_due(case)
    stays(case)


def paid(case: Any, event: Any, data: Data) -> None:
    """Paid to the last instalment."""
    case.paid_on = data["paid_on"]
    stop_by_day(case, "fine", event, case.paid_on)
    stays(case)


def put_right(case: Any, event: Any, data: Data) -> None:
    """The violation is put right."""
    case.corrected_on = data["corrected_on"]


def pushed_elsewhere(case: Any, event: Any, data: Data) -> None:
    """The other province has its own ten working days from here."""
    case.market_pushed_on = data["day"]
    stop_by_day(case, "market_push", event, data["day"])
    clocks.start(session_of(case), case, case.workflow.deadline("market_assist"), event, data["day"])


def published_in_market(case: Any, event: Any, data: Data) -> None:
    """Publication in the market-regulation system."""
    case.market_published_on = data["day"]
    for code in ("market", "market_assist"):
        stop_by_day(case, code, event, data["day"])
    stays(case)


def corrected(case: Any, event: Any, data: Data) -> None:
    """A new revision begins: publicity starts with the original decision all the same."""
    from addons.credit_repair.models import PenaltyVersion

    stood = {column.key: getattr(case, column.key) for column in type(case).__mapper__.columns if "cf" in column.info}
    case.versions.append(PenaltyVersion(revision=case.revision, replaced_at=event.at, instrument=case.revoked_by,
                                        values=plain(stood)))
    case.revision += 1
    case.assignee_id = event.actor_id


def revoked(case: Any, event: Any, data: Data) -> None:
    """The decision does not stand any more: three working days to take it down; whom it concerns is told."""
    case.revocation, case.revoked_by, case.revoked_on = data["outcome"], data["instrument"], data["effective_on"]
    case.explanation_number, case.revocation_reason = "", event.note
    session = session_of(case)
    clocks.start(session, case, case.workflow.deadline("withdraw"), event, case.revoked_on)
    told = dict.fromkeys(recipients(session, case, ("credit_repair.credit",)))
    for link in open_links(session, case):
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
    for link in open_links(session_of(case), case):
        repair = link.repair
        if len(repair.penalties) == 1:
            act.do(repair, "lapse", actor=actor_of(event, "withdrawal"),
                   note=_("The decision %(number)s was withdrawn.", number=case.document_number))
        else:
            repair.penalties.remove(link)
            repair.examine(moment.today())


def planned(case: Any, event: Any, data: Data) -> None:
    """Instalments: the fifteen days no longer hold, each part has its own day."""
    from addons.credit_repair.models import Instalment

    case.plan_number = data["number"]
    case.instalments[:] = [Instalment(due_on=day, amount=amount) for day, amount in plan_of(data["parts"])]
    clock = clocks.running(case, "fine")
    if clock is not None:
        clocks.void(clock, event, _("Deferred by %(number)s.", number=case.plan_number))
    stays(case)


def instalment_paid(case: Any, event: Any, data: Data) -> None:
    """The next part is paid; with the last one the fine is."""
    parts = [part for part in case.instalments if part.paid_on is None]
    parts[0].paid_on = data["paid_on"]
    if len(parts) == 1:
        case.paid_on = data["paid_on"]
    stays(case)


def litigated(case: Any, event: Any, data: Data) -> None:
    """Publicity goes on (行政处罚法 art. 73); the addition for paying late does not count meanwhile."""
    case.litigation, case.litigation_from, case.litigation_to = data["number"], data["since"], None


def litigation_ended(case: Any, event: Any, data: Data) -> None:
    """From here on paying late costs again."""
    case.litigation_to = data["ended_on"]


def excluded(case: Any, event: Any, data: Data) -> None:
    """By law it is public to the last day of its longest period; applications that are open are told."""
    case.unrepairable = data["basis"].strip()
    for link in open_links(session_of(case), case):
        act.add_event(link.repair, actor_of(event, "repair is excluded"), "told", note=_(
            "The decision %(number)s cannot be repaired: %(basis)s.", number=case.document_number, basis=case.unrepairable))


def readmitted(case: Any, event: Any, data: Data) -> None:
    """The exclusion was a mistake, or holds no more."""
    case.unrepairable = ""


def shielded(case: Any, event: Any, data: Data) -> None:
    """The court approved the plan: publicity rests while it is carried out."""
    case.ruling, case.shielded_on = f"{data['court']} {data['number']}", data["day"]


def restored(case: Any, event: Any, data: Data) -> None:
    """The plan failed: the decision is public again, for no longer than before."""
    case.shielded_on = None


def plan_done(case: Any, event: Any, data: Data) -> None:
    """The plan is carried out: what was shielded ends for good."""
    case.ruling = f"{data['court']} {data['number']}"


def succeeded(case: Any, event: Any, data: Data) -> None:
    """Another enterprise follows; the decision keeps the name of its day."""
    from addons.credit_repair.operations import party

    found, _new = party(session_of(case), data["uscc"], data["name"], data["succeeded_on"])
    case.successor_id, case.succession, case.succeeded_on = found.id, data["how"], data["succeeded_on"]


def sanctioned(case: Any, event: Any, data: Data) -> None:
    """Somebody took a measure because of this penalty; he will be told when it ends."""
    from addons.credit_repair.models import Sanction

    session, holder = session_of(case), data["holder"].strip()
    unit = session.scalars(select(Unit).where(or_(Unit.code == holder, Unit.name == holder, Unit.short_name == holder))
                           .order_by(Unit.id).limit(1)).first()
    name = unit.name if unit is not None else holder
    if all((known.holder, known.measure) != (name, data["measure"]) for known in case.sanctions):
        case.sanctions.append(Sanction(unit_id=unit.id if unit is not None else None, holder=name, measure=data["measure"]))


def adopted(case: Any, event: Any, data: Data) -> None:
    """Published by somebody else: here it is kept for service and counts in no figure."""
    case.published_on = case.decided_on


def end_recomputed(case: Any, event: Any, data: Data) -> None:
    """The later rules are shorter, and the bureau's parameter lets them hold for older decisions. Never longer."""
    case.published_until = min(case.published_until or case.max_last, case.publicity(moment.today()).max_last)


def republished(case: Any, event: Any, data: Data) -> None:
    """The repair was got by falsehood: public again, barred for a time, and for the whole period where the parameter
    says that it begins anew."""
    session, today = session_of(case), moment.local(event.at).date()
    bar = int(lookup(session, "credit.false_bar", today, case.bureau_id).value)
    case.barred_until = add_months(today, bar)
    if lookup(session, "credit.republish_restart", today, case.bureau_id).value:
        case.published_until = add_months(today, case.publicity(today).max_months)
