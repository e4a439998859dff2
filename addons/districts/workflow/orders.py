"""The life of an order to a department (需求转办单): sent, signed for or returned, handled, reported."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from addons.districts.effects import orders as effects
from addons.districts.forms import orders as forms
from addons.districts.guards import orders as guards
from addons.districts.workflow.roles import BUREAU, CHIEF, HEAD, HUB, LIAISON, STREET
from core.case.workflow import CLOSED, Action, Deadline, Reminder, State, Workflow

HANDLERS = (LIAISON, BUREAU, STREET, CHIEF)
"""A street can be a lead unit too, when a meeting says so."""


def never(_case: Any) -> None:
    """The step itself starts the clock."""


ORDER = Workflow(
    initial="sent",
    states=(
        State("sent", _l("To be signed for"), tone="warn"), State("handling", _l("Being handled")),
        State("returned", _l("Returned"), CLOSED, "seal"), State("reported", _l("Reported"), CLOSED),
        State("explained", _l("Explained"), CLOSED, "idle"), State("unsolved", _l("Cannot be solved here"), CLOSED, "warn"),
        State("cancelled", _l("No longer needed"), CLOSED, "idle"),
    ),
    actions=(
        Action("sign_in", _l("Sign for it"), ("sent",), "handling", HANDLERS, guards.promise_day, effects.signed,
               forms.SignIn),
        Action("silence", _l("Not returned in time: accepted"), ("sent",), "handling", system=True, effect=effects.signed,
               data=forms.SignIn),
        Action("return_it", _l("Return with a ground"), ("sent", "handling"), "returned", HANDLERS, guards.may_return,
               effects.returned, forms.Return, danger=True, closes="returned",
               consequence=_l("It goes back to the street; the time of the enterprise runs on. The second return is seen by "
                              "the hub, which decides the third dispatch.")),
        Action("report", _l("Report the result"), ("handling",), "reported", HANDLERS, guards.is_lead_or_helper,
               effects.reported, forms.Report, closes="reported"),
        Action("unsolvable", _l("Cannot be solved here"), ("handling",), "unsolved", HANDLERS, note=True,
               effect=effects.unsolved, closes="unsolved", applies=guards.leads,
               consequence=_l("Your opinion goes with the need to the hub.")),
        Action("explain", _l("Sign that it cannot be met"), ("handling",), "explained", (BUREAU, CHIEF),
               effect=effects.explained, data=forms.Explanation, closes="explained", applies=guards.leads,
               consequence=_l("The street signs it too; then the need is closed as not met.")),
        Action("ask_enterprise", _l("Wait for the enterprise"), ("handling",), None, HANDLERS, guards.need_runs,
               effects.asked_enterprise, forms.Suspension, applies=guards.leads),
        Action("extend", _l("Extend the period"), ("handling",), None, (BUREAU, CHIEF, HEAD), guards.not_extended,
               effects.extended, note=True, applies=guards.leads),
        Action("cancel", _l("No longer needed"), ("sent", "handling"), "cancelled", system=True, closes="cancelled"),
    ),
    deadlines=(
        Deadline("signin", _l("Sign for the order"), "need.dept_signin", ("sent",), ("handling", "returned"), ("cancelled",),
                 reminders=(Reminder(before=0, to=("assignee", "unit"), hour=10),)),
        Deadline("handle", _l("Report the result"), "need.dept_handle", ("sent",), ("reported", "explained", "unsolved"),
                 ("returned", "cancelled"), start=never,
                 reminders=(Reminder(before=1, to=("assignee", "unit")), Reminder(before=0, to=("assignee", "unit", HUB)))),
    ),
)
