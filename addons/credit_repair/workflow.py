"""The two workflows as data: a penalty on its way to the platform, a repair on its way to the end of publicity."""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l

from addons.credit_repair import effects, forms, guards
from core.case.workflow import ANY, CLOSED, WAITING, Action, Deadline, Reminder, State, Workflow

CLERK, LAWYER, PUBLISHER = "credit_repair.clerk", "credit_repair.lawyer", "credit_repair.publisher"
CREDIT, HEAD, WINDOW = "credit_repair.credit", "credit_repair.head", "credit_repair.window"

REPORTING = (Reminder(nth=3, hour=10), Reminder(nth=5, hour=10), Reminder(nth=6, to=("assignee", "unit", CREDIT), hour=10),
             Reminder(nth=7, to=("assignee", "unit", CREDIT), hour=10))
"""专门的信息报送提醒机制: on working days 3, 5, 6 and 7, at ten o'clock; unit and credit section hear of the last two."""
BEFORE_PUSH = ("consult", "precheck", "waiting_min", "materials", "submitted")
ON_THE_WAY = ("draft", "legal_review", "publish_review", "reviewed", "rejected")


def decided(case: Any) -> dt.date:
    """The day of the decision, from which publication and service run."""
    day: dt.date = case.decided_on
    return day


def first_round(case: Any) -> bool:
    """A corrected version does not start the first report's clock again."""
    return not case.revision and case.accepted_at is None


def to_serve(case: Any) -> bool:
    """The clock of service runs for a decision that is not served yet."""
    return not case.revision and case.served_on is None


def market_here(case: Any) -> bool:
    """Whether the market-regulation system applies and the party is registered here."""
    return bool(case.market_system) and not case.other_province and not case.revision and case.market_published_on is None


def market_elsewhere(case: Any) -> bool:
    """Whether the decision must be pushed to the authority of another province."""
    return bool(case.market_system) and bool(case.other_province) and not case.revision and case.market_pushed_on is None


def decided_rules(case: Any) -> dt.date:
    """The rules of the day of the decision hold for its publication and service; the oldest there are for older ones."""
    return max(decided(case), dt.date(2021, 9, 1))


def never(_case: Any) -> None:
    """The step itself starts the clock, from the day that is given with it."""


GONE = ("discarded", "revoking", "withdrawn")

PENALTY = Workflow(
    initial="draft",
    states=(
        State("draft", _l("Entry")), State("legal_review", _l("Legal review")),
        State("publish_review", _l("Publication review")), State("reviewed", _l("Reviewed, to be reported")),
        State("reported", _l("Reported, not accepted yet")), State("rejected", _l("Rejected by the platform"), tone="seal"),
        State("validated", _l("Accepted by the platform")), State("published", _l("Published"), WAITING, "ok"),
        State("revoking", _l("To be withdrawn"), tone="seal"),
        State("expired", _l("Publicity expired"), CLOSED, "idle"), State("terminated", _l("Repaired, publicity ended"), CLOSED),
        State("withdrawn", _l("Withdrawn from publicity"), CLOSED, "idle"),
        State("discarded", _l("Discarded"), CLOSED, "idle"),
    ),
    actions=(
        Action("edit", _l("Edit"), ("draft",), None, (CLERK, CREDIT), effect=effects.edited, data=forms.PenaltyForm),
        Action("submit", _l("Submit for review"), ("draft",), "legal_review", (CLERK, CREDIT), guards.complete,
               effects.entered),
        Action("pass_legal", _l("Pass legal review"), ("legal_review",), "publish_review", (LAWYER,),
               guards.another_than_clerk, effects.legally_passed),
        Action("pass_publication", _l("Pass publication review"), ("publish_review",), "reviewed", (PUBLISHER,),
               guards.another_than_both),
        Action("hand_back", _l("Hand back"), ("legal_review", "publish_review", "reviewed"), "draft",
               (LAWYER, PUBLISHER), effect=effects.handed_back, note=True, danger=True,
               consequence=_l("The clerk must mend it and all reviews begin anew.")),
        Action("report", _l("Report"), ("reviewed",), "reported", (CLERK, PUBLISHER, CREDIT), guards.happened,
               effects.reported, forms.Happened),
        Action("accept", _l("Record acceptance"), ("reported",), "validated", (CLERK, PUBLISHER, CREDIT), guards.happened,
               effects.accepted, forms.Happened),
        Action("reject", _l("Record rejection"), ("reported",), "rejected", (CLERK, PUBLISHER, CREDIT),
               effect=effects.rejected, data=forms.Rejection,
               consequence=_l("The seven working days run on until the platform accepts it.")),
        Action("mend", _l("Mend and review anew"), ("rejected",), "draft", (CLERK, CREDIT), effect=effects.handed_back),
        Action("publish", _l("Record publication"), ("validated",), "published", (CLERK, PUBLISHER, CREDIT), guards.happened,
               effects.published, forms.Happened, public=True),
        Action("serve", _l("Serve the decision"), (ANY,), None, (CLERK,), guards.not_served, effects.served, forms.Service,
               public=True, applies=guards.unserved),
        Action("pay", _l("Record payment"), (ANY,), None, (CLERK, CREDIT, WINDOW), guards.to_pay, effects.paid,
               forms.Payment, public=True, applies=guards.unpaid),
        Action("put_right", _l("Record that it is put right"), (ANY,), None, (CLERK, CREDIT, WINDOW), guards.to_correct,
               effects.put_right, forms.Correction, public=True, applies=guards.uncorrected),
        Action("market_push", _l("Record the push to the other province"), (ANY,), None, (CLERK, PUBLISHER), guards.to_push,
               effects.pushed_elsewhere, forms.Publication, applies=guards.to_be_pushed),
        Action("market_publish", _l("Record publication in the market system"), (ANY,), None, (CLERK, PUBLISHER),
               guards.to_publish, effects.published_in_market, forms.Publication,
               applies=guards.to_be_published),
        Action("change_end", _l("Shorten publicity"), ("validated", "published"), None, (PUBLISHER, CREDIT),
               guards.earlier_end, effects.end_changed, forms.PublicityEnd, note=True, public=True),
        Action("revoke", _l("Decision revoked or changed"), ("reported", "validated", "published"), "revoking",
               (LAWYER, CREDIT), guards.revocation, effects.revoked, forms.Revocation, note=True, danger=True,
               consequence=_l("It must be taken down within three working days, with the reason made public.")),
        Action("withdraw", _l("Withdraw from publicity"), ("revoking",), "withdrawn", (LAWYER, PUBLISHER, CREDIT),
               effect=effects.withdrawn, danger=True, public=True, closes="withdrawn",
               consequence=_l("The decision no longer counts as a loss of credit; open repair cases about it are closed.")),
        Action("correct", _l("Publish a corrected version"), ("revoking",), "draft", (CLERK, CREDIT),
               effect=effects.corrected, danger=True, public=True,
               consequence=_l("The old version is taken down; the new one goes through all reviews and replaces it.")),
        Action("discard", _l("Discard"), ON_THE_WAY, "discarded", (CLERK, LAWYER, CREDIT), note=True, danger=True,
               closes="discarded", consequence=_l("It is not reported and counts in no figure.")),
        Action("expire", _l("Publicity expired"), ("published",), "expired", guard=guards.may_expire, system=True, public=True,
               closes="expired"),
        Action("terminate", _l("Repaired, publicity ended"), ("published",), "terminated", system=True, public=True,
               closes="repaired"),
    ),
    deadlines=(
        Deadline("publish", _l("Report and have accepted"), "penalty.report", ("draft",), ("validated",), GONE,
                 start=decided, rule_day=decided_rules, applies=first_round, reminders=REPORTING),
        Deadline("deliver", _l("Serve the decision on the party"), "penalty.deliver", ("draft",), (),
                 ("discarded", "withdrawn"), start=decided, rule_day=decided_rules, applies=to_serve),
        Deadline("fine", _l("Pay the fine"), "penalty.fine_pay", (), (),
                 ("discarded", "withdrawn", "terminated", "expired"), start=never, rule_day=decided_rules,
                 reminders=(Reminder(before=3),)),
        Deadline("market", _l("Publish in the market system"), "penalty.gsxt_same_province", ("draft",), (), GONE,
                 start=decided, rule_day=decided_rules, applies=market_here, reminders=(Reminder(before=3),)),
        Deadline("market_push", _l("Push to the other province"), "penalty.gsxt_push", ("draft",), (), GONE,
                 start=decided, rule_day=decided_rules, applies=market_elsewhere, reminders=(Reminder(before=2),)),
        Deadline("market_assist", _l("Publication by the other province"), "penalty.gsxt_assist", (), (), GONE,
                 start=never, rule_day=decided_rules, reminders=()),
        Deadline("withdraw", _l("Withdraw from publicity"), "penalty.withdraw", (), ("withdrawn", "draft"), start=never,
                 reminders=(Reminder(nth=1, to=("assignee", "unit")), Reminder(before=0, to=("assignee", "unit", CREDIT))),
                 rule_day=decided_rules),
    ),
)

REPAIR = Workflow(
    initial="consult",
    states=(
        State("consult", _l("Consultation")), State("precheck", _l("Checked beforehand")),
        State("waiting_min", _l("Waiting for the minimum period"), WAITING),
        State("materials", _l("Materials to be completed"), WAITING, "warn"),
        State("submitted", _l("Submitted to Credit China"), WAITING), State("pushed", _l("Pushed to the authority")),
        State("accepted", _l("Accepted")), State("not_accepted", _l("Not accepted"), CLOSED, "idle"),
        State("checking", _l("Being checked")), State("approved", _l("Repair approved")),
        State("refused", _l("Repair refused"), CLOSED, "seal"), State("synced", _l("Publicity ended, sanctions lifted")),
        State("closed", _l("Closed"), CLOSED), State("withdrawn", _l("Application withdrawn"), CLOSED, "idle"),
        State("lapsed", _l("No longer needed"), CLOSED, "idle"),
    ),
    actions=(
        Action("precheck", _l("Check beforehand"), ("consult", "materials"), "precheck", (WINDOW, CREDIT),
               guards.has_penalties, effects.examined, public=True),
        Action("wait", _l("Wait for the minimum period"), ("precheck",), "waiting_min", (WINDOW, CREDIT), guards.too_early,
               public=True),
        Action("wake", _l("The minimum period is over"), ("waiting_min",), "precheck", guard=guards.eligible, system=True,
               public=True),
        Action("resume", _l("Check again"), ("waiting_min",), "precheck", (WINDOW, CREDIT), effect=effects.examined),
        Action("receive", _l("Record materials"), ("consult", "precheck", "waiting_min", "materials"), None, (WINDOW, CREDIT),
               effect=effects.materials, data=forms.Materials),
        Action("remove", _l("Take a penalty out"), ("consult", "precheck", "waiting_min", "materials"), None,
               (WINDOW, CREDIT), guards.part_of_it, effects.removed, forms.Removal, note=True, applies=guards.several),
        Action("ask_materials", _l("Ask for materials"), ("precheck", "submitted"), "materials", (WINDOW, CREDIT), note=True,
               public=True, consequence=_l("All that is missing must be named at once.")),
        Action("submit", _l("Submit to Credit China"), ("precheck", "materials"), "submitted", (WINDOW, CREDIT), guards.ready,
               effects.submitted, forms.Submission, public=True),
        Action("push", _l("Record the push to the authority"), ("submitted",), "pushed", (WINDOW, CREDIT), guards.pushed_day,
               effects.pushed, forms.Push, public=True),
        Action("accept", _l("Accept the application"), ("pushed",), "accepted", (CLERK, CREDIT), guards.since_push,
               effects.taken_up, forms.Happened, public=True),
        Action("not_accept", _l("Do not accept the application"), ("pushed",), "not_accepted", (CLERK, CREDIT),
               guards.since_push, effects.declined, forms.Happened, note=True, danger=True, public=True, closes="not_accepted",
               consequence=_l("The enterprise is told the ground and may apply again.")),
        Action("check", _l("Begin to check"), ("accepted",), "checking", (CLERK, CREDIT)),
        Action("extend", _l("Extend the period"), ("accepted", "checking"), None, (HEAD,), guards.not_extended,
               effects.extended, note=True, public=True),
        Action("approve", _l("Approve the repair"), ("accepted", "checking"), "approved", (CLERK, CREDIT), guards.approvable,
               effects.decided, forms.Happened, public=True,
               consequence=_l("Publicity, sharing and use of these penalties end.")),
        Action("refuse", _l("Refuse the repair"), ("accepted", "checking"), "refused", (CLERK, CREDIT), guards.since_push,
               effects.decided, forms.Happened, note=True, danger=True, public=True, closes="refused",
               consequence=_l("The enterprise is told the ground and what it must put right.")),
        Action("sync", _l("Record that everything ended"), ("approved",), "synced", (CLERK, CREDIT), effect=effects.synced,
               data=forms.Synchronisation, public=True),
        Action("close", _l("Close the case"), ("synced",), "closed", (CREDIT, WINDOW), public=True, closes="repaired"),
        Action("drop", _l("Withdraw the application"), BEFORE_PUSH, "withdrawn", (WINDOW, CREDIT), note=True, danger=True,
               public=True, closes="withdrawn"),
        Action("lapse", _l("No longer needed"), (ANY,), "lapsed", system=True, public=True, closes="not_needed"),
    ),
    deadlines=(
        Deadline("accept", _l("Decide on acceptance"), "credit.accept", (), ("accepted", "not_accepted"), ("lapsed",),
                 start=never, public=True),
        Deadline("total", _l("Give the result"), "credit.total", (), ("approved", "refused", "not_accepted"), ("lapsed",),
                 start=never, public=True),
        Deadline("decide", _l("Decide after acceptance"), "credit.decide_after_accept", (), ("approved", "refused"),
                 ("lapsed",), start=never),
        Deadline("sync", _l("End publicity, lift sanctions"), "credit.sync_check", ("approved",), ("synced",), ("lapsed",)),
    ),
)
