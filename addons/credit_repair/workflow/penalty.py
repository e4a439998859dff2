"""A penalty on its way to the platform and out of publicity, as data."""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l

from addons.credit_repair import forms, names
from addons.credit_repair.effects import penalty as effects
from addons.credit_repair.guards import penalty as guards
from addons.credit_repair.workflow.replies import PENALTY_REPLIES
from addons.credit_repair.workflow.roles import CLERK, CREDIT, LAWYER, PUBLISHER, WINDOW, never
from core.case.workflow import ANY, CLOSED, WAITING, Action, Deadline, Reminder, State, Workflow

REPORTING = (Reminder(nth=3, hour=10), Reminder(nth=5, hour=10), Reminder(nth=6, to=("assignee", "unit", CREDIT), hour=10),
             Reminder(nth=7, to=("assignee", "unit", CREDIT), hour=10))
"""专门的信息报送提醒机制: on working days 3, 5, 6 and 7, at ten o'clock; unit and credit section hear of the last two."""
ON_THE_WAY = ("draft", "legal_review", "publish_review", "reviewed", "rejected")


def decided(case: Any) -> dt.date:
    """The day of the decision, from which publication and service run."""
    day: dt.date = case.decided_on
    return day


def first_round(case: Any) -> bool:
    """A corrected version does not start the first report's clock again, nor does one whose clock was met already."""
    return (not case.revision and case.accepted_at is None and not case.outside
            and all(clock.result in (None, "void") for clock in case.clocks if clock.code == "publish"))


def to_serve(case: Any) -> bool:
    """The clock of service runs for a decision that is not served yet."""
    return not case.revision and case.served_on is None and not case.outside


def market_here(case: Any) -> bool:
    """Whether the market-regulation system applies and the party is registered here."""
    return (bool(case.market_system) and not case.other_province and not case.revision and not case.outside
            and case.market_published_on is None)


def market_elsewhere(case: Any) -> bool:
    """Whether the decision must be pushed to the authority of another province."""
    return (bool(case.market_system) and bool(case.other_province) and not case.revision and not case.outside
            and case.market_pushed_on is None)


def decided_rules(case: Any) -> dt.date:
    """The rules of the day of the decision hold for its publication and service; the oldest there are for older ones."""
    return max(decided(case), dt.date(2021, 9, 1))


GONE = ("discarded", "revoking", "withdrawn")

PENALTY = Workflow(
    initial="draft",
    states=(
        State("draft", _l("Entry")), State("legal_review", _l("Legal review")),
        State("publish_review", _l("Publication review")), State("reviewed", _l("Reviewed, to be reported")),
        State("reported", _l("Reported, not accepted yet")), State("rejected", _l("Rejected by the platform"), tone="seal"),
        State("validated", _l("Accepted by the platform")), State("published", _l("Made public"), WAITING, "ok"),
        State("shielded", _l("Shielded during reorganisation"), WAITING, "idle"),
        State("revoking", _l("To be withdrawn"), tone="seal"),
        State("expired", _l("Publicity expired"), CLOSED, "idle"), State("terminated", _l("Repaired, publicity ended"), CLOSED),
        State("withdrawn", _l("Withdrawn from publicity"), CLOSED, "idle"),
        State("discarded", _l("Discarded"), CLOSED, "idle"),
    ),
    actions=(
        Action("edit", _l("Edit"), ("draft",), None, (CLERK, CREDIT), effect=effects.edited, data=forms.PenaltyForm),
        Action("submit", _l("Submit for review"), ("draft",), "legal_review", (CLERK, CREDIT), guards.complete,
               effects.entered, bulk=True),
        Action("pass_legal", _l("Pass legal review"), ("legal_review",), "publish_review", (LAWYER,),
               guards.another_than_clerk, effects.legally_passed, bulk=True),
        Action("pass_publication", _l("Pass publication review"), ("publish_review",), "reviewed", (PUBLISHER,),
               guards.another_than_both, bulk=True),
        Action("hand_back", _l("Hand back"), ("legal_review", "publish_review", "reviewed"), "draft",
               (LAWYER, PUBLISHER), effect=effects.handed_back, note=True, danger=True,
               consequence=_l("The clerk must mend it and all reviews begin anew.")),
        Action("report", _l("Report to the platform"), ("reviewed",), "reported", (CLERK, PUBLISHER, CREDIT), guards.happened,
               effects.reported, forms.Happened, bulk=True),
        Action("accept", _l("Record acceptance"), ("reported",), "validated", (CLERK, PUBLISHER, CREDIT), guards.happened,
               effects.accepted, forms.Happened, bulk=True),
        Action("reject", _l("Record rejection"), ("reported",), "rejected", (CLERK, PUBLISHER, CREDIT),
               effect=effects.rejected, data=forms.Rejection,
               consequence=_l("It is mended and reported anew. Where acceptance by the platform counts, the seven working days "
                              "run on.")),
        Action("mend", _l("Mend and review anew"), ("rejected",), "draft", (CLERK, CREDIT), effect=effects.handed_back),
        Action("publish", _l("Record publication"), ("validated",), "published", (CLERK, PUBLISHER, CREDIT), guards.happened,
               effects.published, forms.Happened, public=True, bulk=True),
        Action("write_notice", _l("Draft the repair letter"), (ANY,), None, (CLERK,), applies=guards.unwritten,
               letter=names.NOTICE),
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
        Action("plan", _l("Allow instalments or deferral"), (ANY,), None, (CLERK,), guards.to_plan, effects.planned,
               forms.Plan, public=True, applies=guards.unpaid,
               consequence=_l("The fine counts as paid when the last instalment is.")),
        Action("pay_instalment", _l("Record an instalment"), (ANY,), None, (CLERK, CREDIT, WINDOW), guards.to_pay,
               effects.instalment_paid, forms.Payment, public=True, applies=guards.by_instalments),
        Action("litigate", _l("Record review or lawsuit"), (ANY,), None, (CLERK, LAWYER), guards.litigation,
               effects.litigated, forms.Litigation, applies=guards.not_in_litigation,
               consequence=_l("Publicity goes on; the addition for late payment does not count meanwhile.")),
        Action("end_litigation", _l("Review or lawsuit has ended"), (ANY,), None, (CLERK, LAWYER), guards.litigation_end,
               effects.litigation_ended, forms.Ended, applies=guards.in_litigation),
        Action("exclude", _l("Repair is excluded by law"), (ANY,), None, (CLERK, LAWYER, CREDIT), effect=effects.excluded,
               data=forms.Exclusion, applies=guards.repairable, danger=True,
               consequence=_l("No application is accepted; publicity ends by itself with the longest period.")),
        Action("readmit", _l("Repair is possible again"), (ANY,), None, (LAWYER, CREDIT), effect=effects.readmitted,
               note=True, applies=guards.excluded),
        Action("shield", _l("Shield during reorganisation"), ("published",), "shielded", (CREDIT,), guards.ruled,
               effects.shielded, forms.Ruling, public=True, danger=True,
               consequence=_l("Publicity and sanctions rest while the plan that the court approved is carried out.")),
        Action("restore", _l("The plan failed: publish again"), ("shielded",), "published", (CREDIT,),
               effect=effects.restored, note=True, danger=True, public=True),
        Action("complete_plan", _l("The plan is carried out"), ("shielded",), "terminated", (CREDIT,), guards.ruled,
               effects.plan_done, forms.Ruling, public=True, danger=True, closes="restructured",
               consequence=_l("Publicity and sanctions end for good.")),
        Action("succeed", _l("Record the successor"), (ANY,), None, (CLERK, CREDIT, WINDOW), guards.succession,
               effects.succeeded, forms.Succession,
               consequence=_l("The decision stays public under the name that the party bore on its day.")),
        Action("note_sanction", _l("Note a sanction"), (ANY,), None, (CLERK, CREDIT), effect=effects.sanctioned,
               data=forms.SanctionForm),
        Action("change_end", _l("Shorten publicity"), ("validated", "published"), None, (PUBLISHER, CREDIT),
               guards.earlier_end, effects.end_changed, forms.PublicityEnd, note=True, public=True),
        Action("revoke", _l("Decision revoked or changed"), ("reported", "validated", "published", "shielded"), "revoking",
               (LAWYER, CREDIT), guards.revocation, effects.revoked, forms.Revocation, note=True, danger=True,
               letter=names.EXPLANATION,
               consequence=_l("It must be taken down within three working days, with the reason made public.")),
        Action("withdraw", _l("Withdraw from publicity"), ("revoking",), "withdrawn", (LAWYER, PUBLISHER, CREDIT),
               guards.explained, effects.withdrawn, danger=True, public=True, closes="withdrawn",
               consequence=_l("The decision no longer counts as a loss of credit; open repair cases about it are closed.")),
        Action("correct", _l("Publish a corrected version"), ("revoking",), "draft", (CLERK, CREDIT),
               guards.explained, effects.corrected, danger=True, public=True,
               consequence=_l("The old version is taken down; the new one goes through all reviews and replaces it.")),
        Action("discard", _l("Discard"), ON_THE_WAY, "discarded", (CLERK, LAWYER, CREDIT), note=True, danger=True,
               closes="discarded", consequence=_l("It is not reported and counts in no figure.")),
        Action("adopt", _l("Published by an authority outside the district"), ("draft",), "published",
               guard=guards.is_outside, effect=effects.adopted, system=True),
        Action("recompute_end", _l("Shorten publicity by the later rules"), ("published",), None, effect=effects.end_recomputed,
               system=True, public=True),
        Action("republish", _l("Publish again: the repair was revoked"), ("terminated",), "published",
               effect=effects.republished, system=True, public=True),
        Action("expire", _l("Publicity expired"), ("published", "shielded"), "expired",
               guard=guards.may_expire, system=True, public=True,
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
    replies=PENALTY_REPLIES,
)
