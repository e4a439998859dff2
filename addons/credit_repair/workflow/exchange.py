"""What hangs on penalties and repairs: objections, results that others act upon, the month's bulletin. As data."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from addons.credit_repair import forms, names
from addons.credit_repair.effects import exchange as effects
from addons.credit_repair.guards import repair as guards
from addons.credit_repair.workflow.roles import CLERK, CREDIT, HEAD, WINDOW
from core.case.workflow import ANY, CLOSED, WAITING, Action, Deadline, Reminder, State, Workflow

SYNC = Workflow(
    initial="asked",
    states=(State("asked", _l("Asked to lift")), State("differs", _l("Still shown or applied"), tone="seal"),
            State("lifted", _l("Lifted, receipt given"), CLOSED), State("void", _l("Not needed any more"), CLOSED, "idle")),
    actions=(
        Action("confirm", _l("Confirm with receipt"), ("asked", "differs"), "lifted", (CLERK, CREDIT), guards.since_ended,
               effects.confirmed, forms.Receipt, public=True, closes="lifted"),
        Action("differ", _l("It is still shown or applied"), ("asked", "lifted"), "differs", (CLERK, CREDIT, WINDOW),
               effect=effects.differs, note=True,
               consequence=_l("Credit China decides: the holder must follow it.")),
        Action("write", _l("Draft the letter"), ("asked", "differs"), None, (CREDIT,), letter=names.LIFTING),
        Action("cancel", _l("Not needed any more"), (ANY,), "void", system=True, closes="not_needed"),
    ),
    deadlines=(
        Deadline("sync", _l("Lift and answer"), "credit.sync_check", ("asked", "differs"), ("lifted",), ("void",),
                 reminders=(Reminder(before=1, to=("assignee", "unit")), Reminder(before=0, to=("assignee", "unit", CREDIT)))),
    ),
)

OBJECTION = Workflow(
    initial="received",
    states=(State("received", _l("Objection received")), State("checking", _l("Being checked")),
            State("upheld", _l("Upheld"), CLOSED), State("dismissed", _l("Dismissed"), CLOSED, "idle"),
            State("withdrawn", _l("Objection withdrawn"), CLOSED, "idle")),
    actions=(
        Action("check", _l("Begin to check"), ("received",), "checking", (CLERK, CREDIT), public=True),
        Action("uphold", _l("Uphold"), ("received", "checking"), "upheld", (CLERK, CREDIT), guards.can_uphold,
               effects.upheld, forms.Answer, public=True, danger=True, closes="upheld",
               consequence=_l("What is wrong is taken down or put right; a site that differs is asked to follow.")),
        Action("dismiss", _l("Dismiss"), ("received", "checking"), "dismissed", (CLERK, CREDIT), effect=effects.dismissed,
               data=forms.Answer, public=True, closes="dismissed"),
        Action("drop", _l("Withdraw the objection"), (ANY,), "withdrawn", (CREDIT, WINDOW), note=True, public=True,
               closes="withdrawn"),
    ),
    deadlines=(
        Deadline("answer", _l("Answer the objection"), "credit.objection", ("received",), ("upheld", "dismissed"),
                 ("withdrawn",), reminders=(Reminder(before=2), Reminder(before=0, to=("assignee", "unit"))), public=True),
    ),
)

BULLETIN = Workflow(
    initial="compiled",
    states=(State("compiled", _l("Put together")), State("issued", _l("Issued, answers awaited"), WAITING),
            State("closed", _l("Closed"), CLOSED)),
    actions=(
        Action("recompile", _l("Put together anew"), ("compiled",), None, (CREDIT, HEAD), guards.not_signed,
               effects.recompiled),
        Action("write", _l("Draft the bulletin"), ("compiled",), None, (CREDIT, HEAD), letter=names.BULLETIN),
        Action("issue", _l("Issue the bulletin"), ("compiled",), "issued", (CREDIT, HEAD), guards.bulletin_signed,
               effects.issued, consequence=_l("Every bureau named in it is told and must answer.")),
        Action("close", _l("All have answered"), ("issued",), "closed", (CREDIT, HEAD), note=True, closes="answered"),
    ),
    deadlines=(
        Deadline("explain", _l("Bureaus explain themselves"), "credit.bulletin_answer", ("issued",), ("closed",), (),
                 reminders=(Reminder(before=0, to=("assignee", "unit")),)),
    ),
)
