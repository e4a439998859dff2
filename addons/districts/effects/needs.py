"""What the steps of a need change beside its state."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from addons.districts.effects.common import actor_of, beyond, session_of
from addons.districts.effects.measures import working_days, working_hours
from addons.districts.effects.rounds import end_rounds, pause_rounds, resume_rounds, unsent
from addons.districts.guards.needs import elapsed
from addons.districts.words import SECRETS
from core import moment
from core.access import Unit
from core.case import clocks
from core.case.recipients import recipients
from core.errors import Refusal
from core.outbox.post import post
from core.rules.lookup import lookup
from core.words import gettext as _

Data = Mapping[str, Any]


def responded(case: Any, event: Any) -> None:
    """The first response to the enterprise; later ones change nothing."""
    if case.responded_at is None:
        case.responded_at = event.at
        case.response_hours = working_hours(case, case.opened_at, event.at)


def accepted(case: Any, event: Any, data: Data) -> None:
    """Whoever accepts it has it in hand; who asked first stays the first asker."""
    responded(case, event)
    case.assignee_id = case.assignee_id or event.actor_id
    case.first_asker_id = case.first_asker_id or event.actor_id


def refused(case: Any, event: Any, data: Data) -> None:
    """The ground and where to turn instead; what is secret does not stay readable."""
    responded(case, event)
    case.excluded, case.guidance, case.result_class = data["ground"], data["guidance"], "不予受理"
    if data.get("phone"):
        case.guidance = f"{data['guidance']}，电话{data['phone']}"[:400]
    if case.excluded in SECRETS and not case.sealed:
        seal_text(case, case.excluded)


def objected(case: Any, event: Any, data: Data) -> None:
    """The hub reviews it, once."""
    case.objected_at, case.objection = event.at, data["reason"]
    session = session_of(case)
    clocks.start(session, case, case.workflow.deadline("review"), event, event.at)
    told(case, event, ("districts.hub",), _("Objection to a refusal: %(title)s", title=case.title))
    hub_decides(case, event, _("Review the refusal: uphold it, or accept the need"), "hub.review")


def upheld(case: Any, event: Any, data: Data) -> None:
    """The refusal stands."""
    case.review_outcome = "维持"
    stop(case, "review", event)


def overturned(case: Any, event: Any, data: Data) -> None:
    """The refusal was wrong."""
    case.review_outcome, case.excluded, case.guidance, case.result_class = "改正", "", "", ""


def answered(case: Any, event: Any, data: Data) -> None:
    """The answer that the enterprise gets, and who stands for it. It closes what others still have in hand."""
    responded(case, event)
    case.answer_days = working_days(case, event.at)
    case.answered_at, case.reply_text, case.reply_basis = event.at, data["reply"], data.get("basis") or ""
    case.reply_mode, case.result_class = data["mode"], data["result"]
    case.answering_id, case.confirmed_at = event.unit_id or case.unit_id, None
    case.first_asker_id = case.first_asker_id or event.actor_id
    end_rounds(case, event)
    for channel in case.channels:
        channel.replied_at = event.at
    if case.first_asker_id is not None:
        say(case, case.first_asker_id, event, _("Answered: %(title)s", title=case.title),
            _("Make sure that the enterprise has got the answer to %(number)s, and confirm it.", number=case.number))


def not_local(case: Any, event: Any, data: Data) -> None:
    """Found to be another's duty: the street's lead section sends it on."""
    responded(case, event)


def dispatched(case: Any, event: Any, data: Data) -> None:
    """吹哨: the department gets an order, its helpers too; the need's own clock runs on."""
    from addons.districts.operations.orders import send_order

    responded(case, event)
    case.level = max(case.level, 2)
    case.dispatches += 1
    send_order(case, event, data, level=2, final=False)


def decided_unit(case: Any, event: Any, data: Data) -> None:
    """The hub's dispatch is final."""
    from addons.districts.operations.orders import send_order

    case.level = max(case.level, 3 if event.from_state == "hub" else 2)
    case.dispatches += 1
    send_order(case, event, data, level=case.level, final=True)


def came_back(case: Any, event: Any, data: Data) -> None:
    """Returned with a ground. The hub hears of the second time."""
    case.returns += 1
    unsent(case, event, _("The department returned the order."))
    told(case, event, ("assignee", "unit", *(("districts.hub",) if case.returns >= 2 else ())),
         _("Returned by the department: %(title)s", title=case.title))
    if case.returns >= 2:
        hub_decides(case, event, _("Returned twice: decide which unit handles it"))


def stuck(case: Any, event: Any, data: Data) -> None:
    """The department's opinion goes with the need when it climbs."""
    case.opinion = event.note
    told(case, event, ("assignee", "unit"), _("The department cannot solve it: %(title)s", title=case.title))


def raised_to_hub(case: Any, event: Any, data: Data) -> None:
    """Level three: the hub convenes the joint meeting."""
    case.level, case.obstacle = max(case.level, 3), data["obstacle"]
    case.opinion = data.get("opinion") or case.opinion
    told(case, event, ("districts.hub",), _("Raised to the hub: %(title)s", title=case.title))
    hub_decides(case, event, _("Raised to the hub: convene the joint meeting, or decide which unit handles it"))


def hub_decides(case: Any, event: Any, title: str, item: str = "hub.decide") -> None:
    """The coordinators have it among what they have to do."""
    from addons.districts.operations.observers import ask_hub

    ask_hub(session_of(case), case, actor_of(event, "the hub decides"), title, item)


def assigned_by_meeting(case: Any, event: Any, data: Data) -> None:
    """The meeting's resolution gave it to a lead unit."""
    case.level = max(case.level, 3)


def raised_to_leader(case: Any, event: Any, data: Data) -> None:
    """Level four."""
    case.level = 4
    case.opinion = data.get("opinion") or case.opinion
    case.obstacle = data.get("obstacle") or case.obstacle
    end_rounds(case, event)
    told_to_leaders(case, event)
    told(case, event, ("districts.leader", "districts.hub"), _("To be decided by a leader: %(title)s", title=case.title))


def told_to_leaders(case: Any, event: Any) -> None:
    """The leaders who take care of the enterprise or its street may read exactly this need."""
    from addons.districts.models import Need
    from addons.districts.operations.observers import tell_leaders

    with beyond(session_of(case), "raised to a leader") as wide:
        tell_leaders(wide, wide.get_one(Need, case.id), actor_of(event, "raised to a leader"))


def leader_decided(case: Any, event: Any, data: Data) -> None:
    """Lead unit, day and way."""
    from addons.districts.operations.orders import send_order

    case.level = 4
    send_order(case, event, {"unit": data["unit"], "done": case.obstacle or case.opinion or case.title, "wanted": data["way"],
                             "due_on": data["due_on"], "helpers": ()}, level=4, final=True)
    promise(case, event, data["due_on"])


def raised_to_city(case: Any, event: Any, data: Data) -> None:
    """Level five."""
    case.level, case.city_ground, case.evidence = 5, data["ground"], ""
    case.obstacle = case.obstacle or data["wanted"][:1000]
    end_rounds(case, event)


def city_answered(case: Any, event: Any, data: Data) -> None:
    """What the city said, and how one knows."""
    case.evidence = (data["evidence"] if data["oral"] else data["answer"])[:1000]


def proposed_complex(case: Any, event: Any, data: Data) -> None:
    """The officer proposes; the street's lead section confirms."""
    case.complex_proposed = True
    told(case, event, ("districts.street_lead",), _("To be confirmed as complex: %(title)s", title=case.title))


def made_complex(case: Any, event: Any, data: Data) -> None:
    """A promised date takes the place of the seven working days; the change is shown to the enterprise."""
    running = clocks.running(case, "total")
    case.reclassified_day = elapsed(case) if running is not None else None
    case.complex, case.complex_proposed = True, False
    if running is not None:
        clocks.void(running, event, _("Treated as complex"))
    promise(case, event, data.get("promised_on"))


def promise(case: Any, event: Any, day: dt.date | None) -> None:
    """Start the clock of the promised date, in place of an earlier promise; only the first promise of a general need
    leaves its seven days alone."""
    if not case.complex:
        return
    session, deadline = session_of(case), case.workflow.deadline("promised")
    before = clocks.running(case, "promised")
    amount = None
    if day is not None:
        calendar = clocks.calendar_of(session)
        if day <= moment.today() or not calendar.day(day).working:
            raise Refusal(_("Promise a working day after today."), "promised_on")
        amount = calendar.count_working(moment.local(event.at).date(), day)
    if before is not None:
        clocks.void(before, event, _("Another day was promised"))
    made = clocks.start(session, case, deadline, event, event.at, amount)
    case.promised_on = made.due_on if made is not None else None
    clocks.refresh_due(case)


def suspended(case: Any, event: Any, data: Data) -> None:
    """Where it goes on afterwards, and what the enterprise must bring."""
    case.suspended_from, case.wanted_material = event.from_state, data["material"]
    pause_rounds(case, event, data["reason"])


def resumed(case: Any, event: Any, data: Data) -> None:
    """Back to where it stood; the clocks go on with the days that remain."""
    case.suspended_from = ""
    resume_rounds(case, event)


def extended(case: Any, event: Any, data: Data) -> None:
    """More days, counted from the old due day."""
    clock = clocks.running(case, "promised") or clocks.running(case, "total")
    if clock is None:
        raise Refusal(_("No period runs that could be extended."))
    days = int(lookup(session_of(case), "need.extension", case.rule_day, case.bureau_id).value)
    clocks.extend(clock, days, event.note, event.actor)
    if clock.code == "promised":
        case.promised_on = clock.due_on


def explained(case: Any, event: Any, data: Data) -> None:
    """The competent bureau has signed; the street signs next."""
    case.explain_reason, case.explain_text = data["reason"], data["explanation"]
    case.reply_basis, case.explain_other_way = data["basis"], data.get("other_way") or ""
    case.reserve = bool(data.get("reserve"))
    case.explain_by_bureau, case.explain_bureau_id = data.get("signed_by") or event.actor, event.unit_id
    case.explain_signer_id, case.explain_by_street = event.actor_id, ""
    told(case, event, ("districts.chief",), _("Explanation to be signed: %(title)s", title=case.title))


def explained_by_street(case: Any, event: Any, data: Data) -> None:
    """The street began: the competent bureau gets an order to sign."""
    from addons.districts.operations.orders import send_order

    case.explain_reason, case.explain_text = data["reason"], data["explanation"]
    case.reply_basis, case.explain_other_way = data["basis"], data.get("other_way") or ""
    case.reserve, case.explain_by_bureau, case.explain_by_street = bool(data.get("reserve")), "", ""
    case.explain_bureau_id, case.explain_signer_id = data["competent"], None
    send_order(case, event, {"unit": data["competent"], "done": data["explanation"], "helpers": (),
                             "wanted": _("Sign the explanation together with the street.")}, level=case.level, final=True)


def explanation_signed(case: Any, event: Any, data: Data) -> None:
    """Both have signed: closed as not met."""
    responded(case, event)
    case.explain_by_street, case.result_class, case.answered_at = event.actor, "解释说明", event.at
    case.reply_text, case.answering_id = case.explain_text, event.unit_id
    case.answer_days = working_days(case, event.at)
    end_rounds(case, event)
    for channel in case.channels:
        channel.replied_at = event.at


def explanation_rejected(case: Any, event: Any, data: Data) -> None:
    """Nothing was agreed."""
    case.explain_by_bureau = case.explain_by_street = ""
    end_rounds(case, event)


def confirmed(case: Any, event: Any, data: Data) -> None:
    """The enterprise has the answer."""
    case.confirmed_at = event.at


def rated(case: Any, event: Any, data: Data) -> None:
    """The verdict; silence never counts as one."""
    from addons.districts.models import Rating
    from core.case.models import Evaluation

    case.ratings.append(Rating(score=data["score"], response=data.get("response"), attitude=data.get("attitude"),
                               outcome=data.get("outcome"), comment=data.get("comment") or "",
                               channel=data.get("channel") or "portal", address=data.get("address") or "", at=event.at))
    if case.evaluation is None:
        case.evaluation = Evaluation(score=data["score"], comment=data.get("comment") or "",
                                     channel=data.get("channel") or "portal", at=event.at)
    else:
        case.evaluation.score, case.evaluation.at = data["score"], event.at


def reopened_by_enterprise(case: Any, event: Any, data: Data) -> None:
    """Once. A verdict on the former answer no longer counts."""
    case.reopened += 1
    begin_anew(case, event)


def reopened_by_visit(case: Any, event: Any, data: Data) -> None:
    """A return visit showed that it is not solved."""
    begin_anew(case, event)


def begin_anew(case: Any, event: Any) -> None:
    """The old answer stays in the timeline; who asked first is told."""
    case.answered_at = case.confirmed_at = None
    case.result_class = case.explain_by_bureau = case.explain_by_street = ""
    for rating in case.ratings:
        rating.superseded = True
    if case.complex:
        promise(case, event, None)
    told(case, event, ("assignee", "unit"), _("Reopened: %(title)s", title=case.title))


def ended(case: Any, event: Any, data: Data) -> None:
    """Nobody needs to work on it any more."""
    case.result_class = "撤回"
    end_rounds(case, event)


def sealed(case: Any, event: Any, data: Data) -> None:
    """Out of sight."""
    seal_text(case, data["why"])


def seal_text(case: Any, why: str) -> None:
    """Put the text under seal; what remains says only that there was one."""
    from addons.districts.models import SealedText

    session = session_of(case)
    with beyond(session, "a text is sealed") as wide:
        wide.add(SealedText(case_id=case.id, why=why, original=f"{case.title}\n{case.text}", sealed_at=moment.now()))
    case.text, case.title, case.sealed = "（内容已封存）", f"（已封存）{case.category}", True


def reported_slow(case: Any, event: Any, data: Data) -> None:
    """The street tells the hub that it is slow or overdue (监督推动办)."""
    told(case, event, ("districts.hub",), _("Reported as slow: %(title)s", title=case.title))


def supervised(case: Any, event: Any, data: Data) -> None:
    """Level six lies over whatever level there is."""
    from addons.districts.operations.followups import open_supervision

    case.supervised = True
    open_supervision(case, event, data)


def meeting_called(case: Any, event: Any, data: Data) -> None:
    """The hub convenes the meeting with this need on its agenda."""
    from addons.districts.operations.followups import open_meeting

    open_meeting(case, event, data)


def stop(case: Any, code: str, event: Any) -> None:
    """Stop a clock that no state stops."""
    clock = clocks.running(case, code)
    if clock is not None:
        clocks.stop(clock, event)


def told(case: Any, event: Any, to: tuple[str, ...], subject: str) -> None:
    """A word on the desk to those who must act."""
    session = session_of(case)
    for person in recipients(session, case, to):
        say(case, person, event, subject, _("See case %(number)s.", number=case.number))


def say(case: Any, person: int, event: Any, subject: str, body: str) -> None:
    """A word to one person, once for each step."""
    post(session_of(case), to=person, channel="inapp", subject=subject, body=body, link=f"/cases/{case.number}",
         dedupe_key=f"districts:{case.id}:{event.id}:{person}", case_id=case.id)


def unit_named(case: Any, key: int) -> Unit:
    """The unit with that key."""
    found = session_of(case).get(Unit, key)
    if found is None:
        raise Refusal(_("This unit is not in use."), "unit")
    return found
