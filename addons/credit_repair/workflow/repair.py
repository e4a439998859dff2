"""A repair from the question at the counter to the end of publicity, as data."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from addons.credit_repair import forms, names
from addons.credit_repair.effects import repair as effects
from addons.credit_repair.guards import repair as guards
from addons.credit_repair.workflow.replies import REPAIR_REPLIES
from addons.credit_repair.workflow.roles import CLERK, CREDIT, HEAD, WINDOW, never
from core.case.workflow import ANY, CLOSED, WAITING, Action, Deadline, State, Workflow

BEFORE_PUSH = ("consult", "precheck", "waiting_min", "materials", "submitted")

REPAIR = Workflow(
    initial="consult",
    states=(
        State("consult", _l("Consultation")), State("precheck", _l("Checked beforehand")),
        State("waiting_min", _l("Waiting for the minimum period"), WAITING),
        State("materials", _l("Materials to be completed"), WAITING, "warn"),
        State("submitted", _l("Submitted to Credit China"), WAITING), State("pushed", _l("Pushed to the authority")),
        State("accepted", _l("Application accepted")), State("not_accepted", _l("Not accepted"), CLOSED, "idle"),
        State("checking", _l("Being checked")), State("approved", _l("Repair approved")),
        State("refused", _l("Repair refused"), CLOSED, "seal"), State("synced", _l("Publicity ended, sanctions lifted")),
        State("closed", _l("Closed"), CLOSED), State("withdrawn", _l("Application withdrawn"), CLOSED, "idle"),
        State("revoked", _l("Repair revoked"), CLOSED, "seal"), State("lapsed", _l("Not needed any more"), CLOSED, "idle"),
    ),
    actions=(
        Action("precheck", _l("Check beforehand"), ("consult", "materials"), "precheck", (WINDOW, CREDIT),
               guards.has_penalties, effects.examined, public=True),
        Action("wait", _l("Wait for the minimum period"), ("precheck",), "waiting_min", (WINDOW, CREDIT), guards.too_early,
               effects.put_off, public=True),
        Action("wake", _l("The minimum period is over"), ("waiting_min",), "precheck", guard=guards.eligible,
               effect=effects.woken, system=True, public=True),
        Action("resume", _l("Check again"), ("waiting_min",), "precheck", (WINDOW, CREDIT), effect=effects.resumed),
        Action("receive", _l("Record materials"), ("consult", "precheck", "waiting_min", "materials"), None, (WINDOW, CREDIT),
               effect=effects.materials, data=forms.Materials),
        Action("write_commitment", _l("Print the commitment"), BEFORE_PUSH, None, (WINDOW, CREDIT), guards.has_penalties,
               letter=names.COMMITMENT),
        Action("remove", _l("Take a penalty out"), ("consult", "precheck", "waiting_min", "materials"), None,
               (WINDOW, CREDIT), guards.part_of_it, effects.removed, forms.Removal, note=True, applies=guards.several),
        Action("ask_materials", _l("Ask for materials"), ("precheck", "submitted"), "materials", (WINDOW, CREDIT),
               guards.can_complete, effects.materials_asked, forms.MissingMaterials, public=True, letter=names.SUPPLEMENT,
               consequence=_l("All that is missing must be named at once.")),
        Action("submit", _l("Submit to Credit China"), ("precheck", "materials"), "submitted", (WINDOW, CREDIT), guards.ready,
               effects.submitted, forms.Submission, public=True),
        Action("push", _l("Record the push to the authority"), ("submitted",), "pushed", (WINDOW, CREDIT), guards.pushed_day,
               effects.pushed, forms.Push, public=True),
        Action("authorise", _l("Record the authorisation"), BEFORE_PUSH, None, (WINDOW, CREDIT), guards.authorisation,
               effects.authorised, forms.Authorisation, applies=guards.has_agent),
        Action("accept", _l("Accept the application"), ("pushed",), "accepted", (CLERK, CREDIT), guards.since_push,
               effects.taken_up, forms.Happened, public=True, letter=names.ACCEPTED),
        Action("not_accept", _l("Do not accept the application"), ("pushed",), "not_accepted", (CLERK, CREDIT),
               guards.since_push, effects.declined, forms.Declined, note=True, danger=True, public=True, closes="not_accepted",
               letter=names.NOT_ACCEPTED,
               consequence=_l("The enterprise is told the ground and may apply again.")),
        Action("check", _l("Begin to check"), ("accepted",), "checking", (CLERK, CREDIT)),
        Action("extend", _l("Extend the period"), ("accepted", "checking"), None, (HEAD,), guards.not_extended,
               effects.extended, note=True, public=True),
        Action("approve", _l("Approve the repair"), ("accepted", "checking"), "approved", (CLERK, CREDIT), guards.approvable,
               effects.approved, forms.Happened, public=True, letter=names.APPROVED,
               consequence=_l("Publicity, sharing and use of these penalties end.")),
        Action("refuse", _l("Refuse the repair"), ("accepted", "checking"), "refused", (CLERK, CREDIT), guards.since_push,
               effects.refused, forms.Declined, note=True, danger=True, public=True, closes="refused", letter=names.REFUSED,
               consequence=_l("The enterprise is told the ground and what it must put right.")),
        Action("sync", _l("Record that everything ended"), ("approved",), "synced", (CLERK, CREDIT), guards.all_lifted,
               effects.synced, forms.Synchronisation, public=True, letter=names.RESULT),
        Action("close", _l("Close the case"), ("synced",), "closed", (CREDIT, WINDOW), public=True, closes="repaired"),
        Action("revoke", _l("Revoke the repair: false promise"), ("approved", "synced", "closed"), "revoked", (CLERK, CREDIT),
               guards.once_decided, effects.repair_revoked, forms.Falsehood, note=True, danger=True, public=True,
               closes="revoked", letter=names.REVOKED,
               consequence=_l("The penalties are published again, sanctions return, and repair is barred for a time.")),
        Action("forgo", _l("Not completed in time"), ("materials",), "withdrawn", guard=guards.not_completed, system=True,
               public=True, closes="not_completed"),
        Action("drop", _l("Withdraw the application"), BEFORE_PUSH, "withdrawn", (WINDOW, CREDIT), note=True, danger=True,
               public=True, closes="withdrawn"),
        Action("lapse", _l("Not needed any more"), (ANY,), "lapsed", system=True, public=True, closes="not_needed"),
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
    replies=REPAIR_REPLIES,
)
