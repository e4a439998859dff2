"""What an action changes on a repair case beside the state, in the same transaction."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from addons.credit_repair.effects.common import actor_of, ask_to_lift, everybodys, instant, restop, session_of
from core import moment
from core.access.rows import in_the_name_of
from core.case import act, clocks, duty
from core.case.workflow import CLOSED
from core.rules.lookup import lookup
from core.words import gettext as _

Data = Mapping[str, Any]


def examined(case: Any, event: Any, data: Data) -> None:
    """From which day on the enterprise may apply, by the rules of today."""
    case.examine(moment.today())


def put_off(case: Any, event: Any, data: Data) -> None:
    """Nobody can do anything until the day has come: the case leaves the desk of whoever had it."""
    case.assignee_id = None


def woken(case: Any, event: Any, data: Data) -> None:
    """The day has come: whoever put it off has it again."""
    case.assignee_id = next((past.actor_id for past in reversed(case.events) if past.action == "wait"), None)


def resumed(case: Any, event: Any, data: Data) -> None:
    """Looked at before its day: whoever does it has it."""
    case.assignee_id = event.actor_id
    examined(case, event, data)


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
    case.submitted_on, case.assisted = data["submitted_on"] or moment.today(), bool(data["assisted"])
    case.missing, case.complete_by = [], None
    case.rule_day = case.submitted_on


def pushed(case: Any, event: Any, data: Data) -> None:
    """The push starts the clocks of acceptance and result, from its own day; the authority has the case now."""
    case.pushed_on = data["pushed_on"]
    session = session_of(case)
    for code in ("accept", "total"):
        if clocks.running(case, code) is None:
            clocks.start(session, case, case.workflow.deadline(code), event, case.pushed_on)
    clocks.refresh_due(case)
    authority = case.subjects[0].unit
    if authority.id != case.unit_id:
        by = actor_of(event, "the authority decides")
        with in_the_name_of(session, by):  # whoever hands it over may not see it any more
            duty.pass_on(case, authority, actor=by, note=_("The authority that decided answers for its repair."))


def taken_up(case: Any, event: Any, data: Data) -> None:
    """The day of acceptance, which stops its clock and starts that of the decision. Whoever of the authority accepts what
    nobody had has it from now on."""
    if case.assignee_id is None and event.unit_id == case.unit_id:
        case.assignee_id = event.actor_id
    case.accepted_on = moment.local(instant(event, data)).date()
    restop(case, event, data)
    clocks.start(session_of(case), case, case.workflow.deadline("decide"), event, case.accepted_on)


def declined(case: Any, event: Any, data: Data) -> None:
    """Not accepted: the clocks stopped on the day of it."""
    case.declined_on = moment.local(instant(event, data)).date()
    _grounds(case, event, data)
    restop(case, event, data)


def decided(case: Any, event: Any, data: Data) -> None:
    """The day of the decision."""
    case.decided_on = moment.local(instant(event, data)).date()
    if case.pushed_on is not None:
        case.total_days = clocks.calendar_of(session_of(case)).count_working(case.pushed_on, case.decided_on)
    restop(case, event, data)


def extended(case: Any, event: Any, data: Data) -> None:
    """More time for a case that is complex, counted from the old due day."""
    rule = lookup(session_of(case), "credit.extend", case.rule_day, case.bureau_id)
    for code in ("total", "decide"):
        clock = clocks.running(case, code)
        if clock is not None and not clock.extensions:
            clocks.extend(clock, int(rule.value), event.note, event.actor)


def synced(case: Any, event: Any, data: Data) -> None:
    """It was looked at: publicity has stopped everywhere, sharing and use too, the measures are lifted."""
    case.sync_platform, case.sync_sharing = bool(data["sync_platform"]), bool(data["sync_sharing"])
    case.sync_sanctions = bool(data["sync_sanctions"])


def materials_asked(case: Any, event: Any, data: Data) -> None:
    """All that is missing, at once, and until when; what is not completed by then counts as withdrawn."""
    case.missing = [line.strip() for line in data["items"].splitlines() if line.strip()]
    case.complete_by = data["complete_by"]


def authorised(case: Any, event: Any, data: Data) -> None:
    """The agent may act for the enterprise until a day."""
    case.agent_role, case.authorised = data["agent_role"], True
    case.authorised_from, case.authorised_until = data["authorised_from"], data["authorised_until"]


def approved(case: Any, event: Any, data: Data) -> None:
    """Publicity, sharing and use end; whoever holds a measure because of these penalties is asked to lift it."""
    decided(case, event, data)
    for penalty in case.subjects:
        if penalty.state == "published":
            act.do(penalty, "terminate", actor=actor_of(event, "repair"), note=_("Repaired by %(number)s.", number=case.number))
    _tell_holders(case, event, "{measure}")


def refused(case: Any, event: Any, data: Data) -> None:
    """The ground, the condition that is not met, and what must be put right."""
    decided(case, event, data)
    _grounds(case, event, data)


def repair_revoked(case: Any, event: Any, data: Data) -> None:
    """The promise or the proof was false: publicity and measures return."""
    case.revoked_on, case.reason, case.condition = data["found_on"], data["facts"], event.note[:255]
    for penalty in case.subjects:
        if penalty.state == "terminated":
            act.do(penalty, "republish", actor=actor_of(event, "a repair was revoked"),
                   note=_("The repair %(number)s was revoked.", number=case.number))
    from addons.credit_repair.models import Sync

    with everybodys(session_of(case), "a repair was revoked") as all_rows:
        for waiting in all_rows.scalars(select(Sync).where(Sync.repair_id == case.id, Sync.meaning != CLOSED)):
            act.do(waiting, "cancel", actor=actor_of(event, "a repair was revoked"))
    _tell_holders(case, event, _("Restore: %(measure)s", measure="{measure}"))


def _tell_holders(case: Any, event: Any, measure: str) -> None:
    held: dict[tuple[str, int | None, str], list[str]] = {}
    for penalty in case.subjects:
        for sanction in penalty.sanctions:
            held.setdefault((sanction.holder, sanction.unit_id, sanction.measure), []).append(penalty.document_number)
    for (holder, unit_id, what), numbers in held.items():
        ask_to_lift(session_of(case), event, holder, unit_id, repair_id=case.id, measure=measure.format(measure=what),
                    party_name=case.subjects[0].party_name, uscc=case.subjects[0].uscc or "",
                    document_numbers="、".join(numbers), ended_on=case.revoked_on or case.decided_on)


def _grounds(case: Any, event: Any, data: Data) -> None:
    case.reason, case.condition, case.remedy = event.note, data["condition"], data["remedy"]
