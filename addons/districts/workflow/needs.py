"""The life of a need: five levels that climb, a pause while the enterprise must act, an answer, a verdict."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from addons.districts.effects import needs as effects
from addons.districts.forms import needs as forms
from addons.districts.guards import needs as guards
from addons.districts.workflow.replies import NEED_REPLIES
from addons.districts.workflow.roles import CHIEF, GRID, HEAD, HUB, LEADER, OFFICER, STREET
from core.case.workflow import CLOSED, WAITING, Action, Deadline, Reminder, State, Workflow

TAKEN = ("local", "to_dispatch", "dispatched", "handling", "returned", "feedback", "hub", "assigned", "leader", "city",
         "explaining")
"""States in which somebody works on it."""
WITH_STREET = ("local", "to_dispatch", "returned", "feedback")
WITH_BUREAU = ("dispatched", "handling", "assigned")
GONE = ("not_accepted", "withdrawn")
DESK = (OFFICER, STREET)
STREETS = (OFFICER, STREET, CHIEF)
HUBS = (HUB, HEAD)


def hotline(urgency: str) -> Any:
    """Whether the hotline's limit for taking an order of that urgency applies."""
    return lambda case: case.channel == "12345" and case.urgency == urgency


def never(_case: Any) -> None:
    """The step itself starts the clock."""


ANSWERED = ("answered", "closed", "unmet")
NEED = Workflow(
    initial="new",
    states=(
        State("new", _l("To be screened"), tone="warn"), State("local", _l("Handled on the spot")),
        State("to_dispatch", _l("To be passed to a department")),
        State("dispatched", _l("Sent to a department")), State("handling", _l("Department handling")),
        State("returned", _l("Returned by the department"), tone="seal"), State("feedback", _l("Department has reported")),
        State("hub", _l("With the hub")), State("assigned", _l("Assigned to a lead unit")),
        State("leader", _l("With a leader")), State("city", _l("With the city")),
        State("suspended", _l("Waiting for the enterprise"), WAITING), State("explaining", _l("Explanation to be signed")),
        State("answered", _l("Answered"), WAITING, "ok"), State("closed", _l("Closed and filed"), CLOSED),
        State("unmet", _l("Explained, not met"), CLOSED, "idle"), State("not_accepted", _l("Not accepted"), CLOSED, "idle"),
        State("withdrawn", _l("Withdrawn by the enterprise"), CLOSED, "idle"),
    ),
    actions=(
        Action("accept", _l("Accept"), ("new",), "local", (*DESK, *HUBS), guards.screened, effects.accepted, public=True,
               letter="districts.acceptance"),
        Action("refuse", _l("Do not accept"), ("new",), "not_accepted", (OFFICER, STREET, HUB), guards.excluded,
               effects.refused, forms.Exclusion, danger=True, public=True, letter="districts.refusal", closes="不予受理",
               consequence=_l("The enterprise is told where to turn instead, and may object once.")),
        Action("object", _l("Object to the refusal"), ("not_accepted",), None, (*DESK, HUB), guards.may_object,
               effects.objected, forms.Objection, public=True),
        Action("uphold", _l("Uphold the refusal"), ("not_accepted",), None, HUBS, guards.objected, effects.upheld, note=True,
               public=True, applies=guards.under_review),
        Action("overturn", _l("Accept after review"), ("not_accepted",), "local", HUBS, guards.objected, effects.overturned,
               note=True, public=True, applies=guards.under_review),
        Action("leader_decides", _l("Record the leader's decision"), ("leader",), "assigned", (LEADER, HUB, HEAD),
               guards.unit_can_help, effects.leader_decided, forms.LeaderDecision, public=True),
        Action("city_answers", _l("Record the city's answer"), ("city",), "local", HUBS, guards.evidence, effects.city_answered,
               forms.CityAnswer),
        Action("decide_unit", _l("Decide which unit handles it"), ("returned", "hub"), "dispatched", HUBS,
               guards.unit_can_help, effects.decided_unit, forms.Dispatching, public=True,
               letter="districts.order",
               consequence=_l("This dispatch is final: the unit cannot return it.")),
        Action("answer", _l("Answer"), ("new", "local", "to_dispatch", "returned", "feedback", "city", "leader", "hub"),
               "answered", (*STREETS, HUB), guards.answerable, effects.answered, forms.Answer, public=True,
               letter="districts.reply"),
        Action("whistle", _l("Not for this street"), ("local", "feedback"), "to_dispatch", DESK, effect=effects.not_local,
               note=True),
        Action("dispatch", _l("Send to a department"), ("local", "to_dispatch", "returned", "feedback"), "dispatched",
               (STREET, CHIEF, HUB), guards.may_dispatch, effects.dispatched, forms.Dispatching, public=True,
               letter="districts.order"),
        Action("dept_signed", _l("Signed for by the department"), ("dispatched",), "handling", system=True, public=True),
        Action("dept_returned", _l("Returned by the department"), ("dispatched", "handling"), "returned", system=True,
               effect=effects.came_back),
        Action("dept_reported", _l("Reported by the department"), ("dispatched", "handling", "assigned"), "feedback",
               system=True),
        Action("dept_answered", _l("Answered by the department"), ("dispatched", "handling", "assigned"), "answered",
               system=True, effect=effects.answered, data=forms.Answer, public=True, letter="districts.reply"),
        Action("dept_stuck", _l("The department cannot solve it"), ("dispatched", "handling", "assigned"), "feedback",
               system=True, effect=effects.stuck),
        Action("dept_explains", _l("The department explains"), ("dispatched", "handling", "assigned"), "explaining",
               system=True, effect=effects.explained, data=forms.Explanation),
        Action("to_hub", _l("Raise to the hub"), ("local", "returned", "feedback", "to_dispatch"), "hub", (STREET, CHIEF),
               effect=effects.raised_to_hub, data=forms.Raising, public=True, letter="districts.meeting_request"),
        Action("hub_back", _l("Give back to the street"), ("hub", "leader", "city"), "local", HUBS, note=True),
        Action("assign_lead", _l("Assigned by the joint meeting"), ("hub", "feedback", "leader"), "assigned", system=True,
               effect=effects.assigned_by_meeting, public=True),
        Action("to_leader", _l("Ask a leader to decide"), ("hub", "assigned", "feedback"), "leader", (STREET, CHIEF, HUB),
               guards.may_ask_leader, effects.raised_to_leader, forms.LeaderRequest, letter="districts.leader_request"),
        Action("to_city", _l("Ask the city to coordinate"), ("hub", "assigned", "feedback", "leader"), "city", HUBS,
               effect=effects.raised_to_city, data=forms.CityRequest, public=True, letter="districts.city_request"),
        Action("propose_complex", _l("Propose to treat it as complex"), TAKEN, None, (OFFICER,), guards.not_complex,
               effects.proposed_complex, note=True, applies=guards.is_general),
        Action("confirm_complex", _l("Confirm that it is complex"), ("new", *TAKEN), None, (STREET, HUB),
               guards.early_enough, effects.made_complex, forms.Promise, note=True, public=True, applies=guards.is_general),
        Action("allow_complex", _l("Allow a late reclassification"), TAKEN, None, (CHIEF,), guards.not_complex,
               effects.made_complex, forms.Promise, note=True, public=True, applies=guards.is_general,
               consequence=_l("More than half of the period is over: it is counted as a late reclassification.")),
        Action("suspend", _l("Wait for the enterprise"), TAKEN, "suspended", (*STREETS, HUB), guards.waits_for_enterprise,
               effects.suspended, forms.Suspension, public=True, aside=True,
               consequence=_l("All missing material must be named at once; the clock stops, ten working days at most.")),
        Action("resume", _l("Go on"), ("suspended",), "local", (*STREETS, HUB), effect=effects.resumed, public=True,
               back=True),
        Action("material_came", _l("Material received"), ("suspended",), "local", effect=effects.resumed, system=True,
               public=True, back=True),
        Action("extend", _l("Extend the period"), TAKEN, None, (CHIEF, HEAD), guards.not_extended, effects.extended, note=True,
               public=True, letter="districts.extension"),
        Action("explain", _l("Propose to explain that it cannot be met"), (*WITH_STREET, "hub", "leader", "city"),
               "explaining", (*STREETS, HUB), guards.explainable, effects.explained_by_street, forms.StreetExplanation),
        Action("sign_explanation", _l("Sign the explanation"), ("explaining",), "unmet", (CHIEF,), guards.bureau_signed,
               effects.explanation_signed, public=True, letter="districts.explanation", closes="解释说明",
               consequence=_l("It is closed as not met; the enterprise gets the explanation that both signed.")),
        Action("reject_explanation", _l("Do not sign"), ("explaining",), "feedback", (CHIEF, HUB), note=True,
               effect=effects.explanation_rejected),
        Action("confirm_answer", _l("Confirm that the enterprise has the answer"), ("answered",), None, (OFFICER, STREET),
               guards.first_asker_confirms, effects.confirmed, applies=guards.unconfirmed),
        Action("rate", _l("Rate"), ("answered",), "closed", system=True, guard=guards.unrated, effect=effects.rated,
               data=forms.RatingForm, public=True, closes="evaluated"),
        Action("close_silent", _l("Close after silence"), ("answered",), "closed", system=True, public=True, closes="silent"),
        Action("close", _l("Close and file"), ("answered",), "closed", (STREET, HUB), guards.first_asker_confirmed,
               public=True, closes="filed"),
        Action("dissatisfied", _l("Not satisfied: reopen"), ("answered", "closed", "unmet"), "local", system=True,
               guard=guards.reopened_once, effect=effects.reopened_by_enterprise, data=forms.Dissatisfaction, public=True),
        Action("revisit", _l("Reopen after a return visit"), ("closed", "unmet"), "local", (STREET, CHIEF, HUB),
               effect=effects.reopened_by_visit, note=True, public=True, aside=True),
        Action("call_meeting", _l("Call a joint meeting"), ("hub",), None, (HUB,), effect=effects.meeting_called,
               data=forms.MeetingCall),
        Action("report_slow", _l("Report it as slow to the hub"), ("new", *TAKEN), None, STREETS,
               effect=effects.reported_slow, note=True),
        Action("supervise", _l("Supervise"), ("new", *TAKEN, "suspended", "answered"), None, (HUB,), guards.not_supervised,
               effects.supervised, forms.Supervising, danger=True,
               consequence=_l("The unit is reported to the district committee and government and must answer in writing.")),
        Action("withdraw", _l("The enterprise withdraws"), ("new", *TAKEN, "suspended"), "withdrawn", (*DESK, HUB), note=True,
               danger=True, public=True, closes="撤回", effect=effects.ended,
               consequence=_l("Only when the enterprise itself said so; what was asked of others ends with it.")),
        Action("deregistered", _l("The enterprise has ended"), ("new", *TAKEN, "suspended"), "withdrawn", (STREET, HUB),
               guards.agent_was_asked, effects.ended, forms.Deregistration, note=True, danger=True, closes="主体注销"),
        Action("seal", _l("Seal the text"), ("new", *TAKEN, "suspended", "answered", "closed", "unmet", "not_accepted"), None,
               (STREET, HUB, HEAD, GRID), guards.not_sealed, effects.sealed, forms.Sealing, danger=True,
               consequence=_l("The text is taken out of sight; only those who may open seals can read it.")),
    ),
    deadlines=(
        Deadline("first_response", _l("First response"), "need.first_response", ("new",),
                 (*TAKEN, *ANSWERED, "not_accepted"), ("withdrawn",), public=True,
                 reminders=(Reminder(before=0, hour=10),)),
        Deadline("total", _l("Answer a general need"), "need.general_limit", ("new", "local"), ANSWERED, GONE, ("suspended",),
                 applies=guards.general, public=True,
                 reminders=(Reminder(nth=3), Reminder(nth=5, to=("assignee", "unit")), Reminder(nth=6, to=(
                     "assignee", "unit", HUB)), Reminder(nth=7, to=("assignee", "unit", HUB)))),
        Deadline("promised", _l("Answer a complex need as promised"), "need.complex_default", ("local",), ANSWERED, GONE,
                 ("suspended",), start=never, applies=guards.is_complex, public=True,
                 reminders=(Reminder(before=3), Reminder(before=1, to=("assignee", "unit", HUB)))),
        Deadline("channel", _l("Limit of the channel"), "hotline.finish_default", ("new",), ANSWERED, GONE, start=never,
                 reminders=(Reminder(before=1, to=("assignee", GRID)),)),
        Deadline("take_life", _l("Take a hotline order: danger to life"), "hotline.take_life", ("new",),
                 (*TAKEN, *ANSWERED, "not_accepted"), ("withdrawn",), applies=hotline("life"), reminders=()),
        Deadline("take_livelihood", _l("Take a hotline order: water, power, gas, heat"), "hotline.take_livelihood", ("new",),
                 (*TAKEN, *ANSWERED, "not_accepted"), ("withdrawn",), applies=hotline("livelihood"), reminders=()),
        Deadline("take", _l("Take a hotline order"), "hotline.take_general", ("new",), (*TAKEN, *ANSWERED, "not_accepted"),
                 ("withdrawn",), applies=hotline("normal"), reminders=()),
        Deadline("forward", _l("Pass it to the department"), "need.forward", ("to_dispatch",),
                 ("dispatched", "hub", "answered", "local", "explaining"), GONE, ("suspended",)),
        Deadline("hub", _l("Convene the joint meeting"), "need.hub_arrange", ("hub",),
                 ("assigned", "dispatched", "leader", "city", "local", "answered", "explaining"), GONE,
                 reminders=(Reminder(before=1, to=(HUB,)),)),
        Deadline("leader", _l("Have the leader decide"), "need.leader_decide", ("leader",),
                 ("assigned", "city", "local", "answered", "explaining"), GONE,
                 reminders=(Reminder(before=1, to=("unit", HUB)),)),
        Deadline("city", _l("Answer of the city"), "need.city_answer", ("city",), ("local", "answered", "explaining"), GONE,
                 reminders=(Reminder(before=1, to=(HUB,)),)),
        Deadline("wait", _l("Wait for the enterprise at most"), "need.suspend_max", ("suspended",), TAKEN, GONE,
                 public=True),
        Deadline("evaluate", _l("Rate the answer"), "need.evaluate_silence", ("answered",), ("closed",), ("local", *GONE),
                 public=True, reminders=()),
        Deadline("review", _l("Review the refusal"), "need.review", ("not_accepted",), ("local",), (), start=never,
                 reminders=(Reminder(before=1, to=(HUB,)),)),
    ),
    replies=NEED_REPLIES,
)
"""``total`` starts with the receipt, whatever happens between, and anew only when the enterprise was not satisfied."""
