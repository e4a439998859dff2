"""The two workflows as data: a penalty on its way to the platform, a repair on its way to the end of publicity."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from addons.credit_repair import effects, guards
from addons.credit_repair.forms import (
    Materials,
    Performance,
    Publication,
    Push,
    Rejection,
    Service,
    Submission,
    Synchronisation,
    Withdrawal,
)
from core.case.workflow import ANY, CLOSED, OPEN, WAITING, Action, Deadline, Reminder, State, Workflow

CLERK, LAWYER, PUBLISHER = "credit_repair.clerk", "credit_repair.lawyer", "credit_repair.publisher"
CREDIT, HEAD, WINDOW = "credit_repair.credit", "credit_repair.head", "credit_repair.window"

REPORTING = tuple(Reminder(nth=day, to=("assignee", CREDIT) if day > 5 else ("assignee",), hour=10) for day in (3, 5, 6, 7))
"""专门的信息报送提醒机制: on working days 3, 5, 6 and 7, at ten o'clock; the credit section hears of the last two."""


def decided(case: Any) -> dt.date:
    """The day of the decision, from which publication and service run."""
    day: dt.date = case.decided_on
    return day


def first_round(case: Any) -> bool:
    """A corrected version does not start the first report's clock again."""
    return not case.revision


def market_here(case: Any) -> bool:
    """Whether the market-regulation system applies and the party is registered here."""
    return first_round(case) and bool(case.market_system) and not case.other_province


def market_elsewhere(case: Any) -> bool:
    """Whether the decision must be pushed to the authority of another province."""
    return first_round(case) and bool(case.market_system) and bool(case.other_province)


def decided_rules(case: Any) -> dt.date:
    """The rules of the day of the decision hold for its publication and service."""
    return max(decided(case), dt.date(2021, 9, 1))


PENALTY = Workflow(
    initial="drafted",
    states=(
        State("drafted", _l("To be entered")), State("legal_review", _l("Legal review")),
        State("publish_review", _l("Publication review")), State("reviewed", _l("To be reported")),
        State("reported", _l("Reported, not accepted yet")), State("rejected", _l("Rejected by the platform"), tone="seal"),
        State("validated", _l("Accepted by the platform")), State("published", _l("Published"), WAITING, "ok"),
        State("expired", _l("Publicity expired"), CLOSED, "idle"), State("terminated", _l("Repaired"), CLOSED),
        State("withdrawn", _l("Withdrawn"), CLOSED, "idle"),
    ),
    actions=(
        Action("submit", _l("Submit for review"), ("drafted",), "legal_review", (CLERK,), guards.complete),
        Action("pass_legal", _l("Pass legal review"), ("legal_review",), "publish_review", (LAWYER,), guards.another_reviewer),
        Action("pass_publication", _l("Pass publication review"), ("publish_review",), "reviewed", (PUBLISHER,),
               guards.another_reviewer),
        Action("hand_back", _l("Hand back"), ("legal_review", "publish_review", "reviewed"), "drafted",
               (LAWYER, PUBLISHER, CREDIT), note=True, danger=True,
               consequence=_l("The clerk must correct it and all reviews begin anew.")),
        Action("report", _l("Report"), ("reviewed", "rejected"), "reported", (CLERK, PUBLISHER), effect=effects.reported),
        Action("accept", _l("Accepted by the platform"), ("reported",), "validated", (CLERK, PUBLISHER, CREDIT),
               effect=effects.accepted),
        Action("reject", _l("Rejected by the platform"), ("reported",), "rejected", (CLERK, PUBLISHER, CREDIT),
               effect=effects.rejected, data=Rejection),
        Action("publish", _l("Published"), ("validated",), "published", (CLERK, PUBLISHER, CREDIT), effect=effects.published,
               public=True),
        Action("serve", _l("Serve the decision"), (ANY,), None, (CLERK,), guards.not_served, effects.served, Service,
               public=True, applies=guards.unserved),
        Action("perform", _l("Record that the duties are performed"), (ANY,), None, (CLERK, CREDIT, WINDOW),
               guards.not_performed, effects.performed, Performance, public=True, applies=guards.unperformed),
        Action("market_push", _l("Pushed to the other province"), (ANY,), None, (CLERK, PUBLISHER), guards.to_push,
               effects.pushed_elsewhere, Publication, applies=guards.to_be_pushed),
        Action("market_publish", _l("Published in the market system"), (ANY,), None, (CLERK, PUBLISHER), guards.to_publish,
               effects.published_in_market, Publication, applies=guards.to_be_published),
        Action("correct", _l("Correct"), ("validated", "published"), "drafted", (CLERK, CREDIT), effect=effects.corrected,
               note=True, danger=True, consequence=_l("A corrected version goes through all reviews and replaces this one.")),
        Action("withdraw", _l("Withdraw"), (ANY,), "withdrawn", (LAWYER, CREDIT), effect=effects.withdrawn, data=Withdrawal,
               danger=True, public=True, closes="withdrawn",
               consequence=_l("The decision no longer counts as a loss of credit. Open repair cases of it are told.")),
        Action("expire", _l("Publicity expired"), ("published",), "expired", system=True, public=True, closes="expired"),
        Action("terminate", _l("Repaired"), ("published", "validated"), "terminated", system=True, public=True,
               closes="repaired"),
    ),
    deadlines=(
        Deadline("publish", _l("Report and publish"), "penalty.report", ("drafted",), ("validated", "published"), ("withdrawn",),
                 start=decided, rule_day=decided_rules, applies=first_round, reminders=REPORTING),
        Deadline("deliver", _l("Serve the decision"), "penalty.deliver", ("drafted",), (), ("withdrawn",), start=decided,
                 rule_day=decided_rules, applies=guards.unserved_first_round),
        Deadline("fine", _l("Pay the fine"), "penalty.fine_pay", (), (), ("withdrawn", "terminated", "expired"),
                 rule_day=decided_rules, reminders=(Reminder(before=3),)),
        Deadline("market", _l("Publish in the market system"), "penalty.gsxt_same_province", ("drafted",), (), ("withdrawn",),
                 start=decided, rule_day=decided_rules, applies=market_here, reminders=(Reminder(before=3),)),
        Deadline("market_push", _l("Push to the other province"), "penalty.gsxt_push", ("drafted",), (), ("withdrawn",),
                 start=decided, rule_day=decided_rules, applies=market_elsewhere, reminders=(Reminder(before=2),)),
        Deadline("market_assist", _l("Published by the other province"), "penalty.gsxt_assist", (), (), ("withdrawn",),
                 rule_day=decided_rules, reminders=()),
    ),
)

REPAIR = Workflow(
    initial="consulted",
    states=(
        State("consulted", _l("Consulted")), State("waiting", _l("Waiting for the minimum period"), WAITING),
        State("prechecked", _l("May apply")), State("materials", _l("Materials to be completed"), WAITING, "warn"),
        State("submitted", _l("Submitted to Credit China")), State("pushed", _l("Pushed to the authority")),
        State("accepted", _l("Accepted")), State("not_accepted", _l("Not accepted"), CLOSED, "idle"),
        State("checking", _l("Being checked")), State("approved", _l("Repair approved")),
        State("refused", _l("Repair refused"), CLOSED, "seal"), State("synced", _l("Publicity stopped, sanctions lifted")),
        State("closed", _l("Closed"), CLOSED), State("withdrawn", _l("Withdrawn"), CLOSED, "idle"),
    ),
    actions=(
        Action("precheck", _l("May apply"), ("consulted", "waiting", "materials"), "prechecked", (WINDOW, CREDIT),
               guards.eligible),
        Action("wait", _l("Wait for the minimum period"), ("consulted",), "waiting", (WINDOW, CREDIT), guards.too_early,
               effects.waiting, public=True),
        Action("wake", _l("The minimum period is over"), ("waiting",), "prechecked", guard=guards.eligible, system=True,
               public=True),
        Action("receive", _l("Record materials"), ("consulted", "waiting", "prechecked", "materials"), None, (WINDOW, CREDIT),
               effect=effects.materials, data=Materials),
        Action("ask_materials", _l("Ask for materials"), ("prechecked", "submitted"), "materials", (WINDOW, CREDIT), note=True,
               public=True, consequence=_l("All that is missing must be named at once.")),
        Action("submit", _l("Submit to Credit China"), ("prechecked",), "submitted", (WINDOW, CREDIT), guards.both_documents,
               effects.submitted, Submission, public=True),
        Action("push", _l("Pushed to the authority"), ("submitted",), "pushed", (WINDOW, CREDIT), effect=effects.pushed, data=Push,
               public=True),
        Action("accept", _l("Accept"), ("pushed",), "accepted", (CLERK, CREDIT), public=True),
        Action("not_accept", _l("Do not accept"), ("pushed",), "not_accepted", (CLERK, CREDIT), note=True, danger=True,
               public=True, closes="not_accepted", consequence=_l("The enterprise is told the ground and may apply again.")),
        Action("check", _l("Check"), ("accepted",), "checking", (CLERK, CREDIT)),
        Action("extend", _l("Extend the period"), ("accepted", "checking"), None, (HEAD,), guards.not_extended, effects.extended,
               note=True, public=True),
        Action("approve", _l("Approve the repair"), ("accepted", "checking"), "approved", (CLERK, CREDIT), guards.all_performed,
               effects.approved, public=True, consequence=_l("Publicity, sharing and use of these penalties end.")),
        Action("refuse", _l("Refuse the repair"), ("accepted", "checking"), "refused", (CLERK, CREDIT), effect=effects.decided,
               note=True, danger=True, public=True, closes="refused",
               consequence=_l("The enterprise is told the ground and what it must put right.")),
        Action("sync", _l("Publicity stopped, sanctions lifted"), ("approved",), "synced", (CREDIT,), effect=effects.synced,
               data=Synchronisation, public=True),
        Action("close", _l("Close"), ("synced",), "closed", (CREDIT, WINDOW), public=True, closes="repaired"),
        Action("drop", _l("Withdraw the application"), ("consulted", "waiting", "prechecked", "materials", "submitted"),
               "withdrawn", (WINDOW, CREDIT), note=True, danger=True, public=True, closes="withdrawn"),
        Action("fall_away", _l("No longer needed"), (ANY,), "withdrawn", system=True, public=True, closes="not_needed"),
    ),
    deadlines=(
        Deadline("accept", _l("Decide on acceptance"), "credit.accept", ("pushed",), ("accepted", "not_accepted"), ("withdrawn",),
                 start=effects.push_day, public=True),
        Deadline("total", _l("Give the result"), "credit.total", ("pushed",), ("approved", "refused", "not_accepted"),
                 ("withdrawn",), start=effects.push_day, public=True),
        Deadline("decide", _l("Decide after acceptance"), "credit.decide_after_accept", ("accepted",), ("approved", "refused"),
                 ("withdrawn",)),
        Deadline("sync", _l("Stop publicity and lift sanctions"), "credit.sync_check", ("approved",), ("synced",)),
    ),
)

DIAGRAMS: Mapping[str, Workflow] = {"penalty": PENALTY, "repair": REPAIR}
OPEN_REPAIR = tuple(state.name for state in REPAIR.states if state.meaning in (OPEN, WAITING))
