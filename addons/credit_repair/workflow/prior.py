"""A penalty that is intended: the party is told beforehand, and told what it would mean for its credit. As data."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from addons.credit_repair import forms, names
from addons.credit_repair.effects import prior as effects
from addons.credit_repair.guards import prior as guards
from addons.credit_repair.workflow.roles import CLERK
from core.case.workflow import ANY, CLOSED, WAITING, Action, Deadline, Reminder, State, Workflow


def filed(case: Any) -> Any:
    """The day on which the matter was put on file; a clock without it does not start."""
    return case.filed_on


PRIOR = Workflow(
    initial="prepared",
    states=(State("prepared", _l("To be told")), State("told", _l("Told, decision awaited"), WAITING),
            State("decided", _l("Penalty decided"), CLOSED), State("dropped", _l("No penalty"), CLOSED, "idle")),
    actions=(
        Action("edit", _l("Edit"), ("prepared",), None, (CLERK,), effect=effects.edited, data=forms.PriorForm),
        Action("write", _l("Draft the pre-notice"), ("prepared",), None, (CLERK,), letter=names.CONSEQUENCES),
        Action("tell", _l("Serve the prior notice"), ("prepared",), "told", (CLERK,), guards.written, effects.told,
               forms.Service, consequence=_l("Prior notice and pre-notice of the effect on credit are served together.")),
        Action("decide", _l("A penalty was decided"), ("prepared", "told"), "decided", (CLERK,), guards.decision_is_here,
               effects.decided, forms.DecisionNumber, closes="decided"),
        Action("drop", _l("No penalty"), (ANY,), "dropped", (CLERK,), note=True, closes="dropped"),
    ),
    deadlines=(
        Deadline("decide", _l("Decide on the penalty"), "penalty.decide", ("prepared",), ("decided",), ("dropped",),
                 start=filed, applies=lambda case: case.filed_on is not None,
                 reminders=(Reminder(before=15), Reminder(before=3, to=("assignee", "unit")))),
    ),
)
