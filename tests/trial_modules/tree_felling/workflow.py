"""The life of an application to fell a tree, as data."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields

from core.case import ANY, CLOSED, WAITING, Action, Approval, Deadline, Reminder, State, Together, Workflow

CLERK, HEAD = "tree_felling.clerk", "tree_felling.head"


class Decision(Schema):
    """What is decided: how many trees may be felled."""

    trees = fields.Integer(required=True, metadata={"label": _l("Trees that may be felled")})


def enough_trees(case: Any, data: Mapping[str, Any] | None) -> Any:
    """At most as many as were asked for."""
    if data is not None and data["trees"] > case.trees:
        return _l("No more trees can be granted than were asked for.")
    return None


def protected(case: Any, _data: Mapping[str, Any] | None) -> Any:
    """A protected old tree is never granted here."""
    return _l("The tree is protected: it is for the city to decide.") if case.species == "古树" else None


def neither(case: Any, data: Mapping[str, Any] | None) -> Any:
    """Both guards of a grant, the first objection counts."""
    return protected(case, data) or enough_trees(case, data)


def keep_granted(case: Any, _event: Any, data: Mapping[str, Any]) -> None:
    """Keep on the case how many were granted."""
    case.granted = data["trees"]


PERMIT = Workflow(
    initial="received",
    states=(
        State("received", _l("Application received")),
        State("accepted", _l("Application accepted")),
        State("incomplete", _l("Papers missing"), meaning=WAITING),
        State("granted", _l("Felling granted"), meaning=CLOSED),
        State("refused", _l("Felling refused"), meaning=CLOSED),
        State("withdrawn", _l("Application withdrawn"), meaning=CLOSED),
    ),
    actions=(
        Action("accept", _l("Accept the application"), ("received",), "accepted", roles=(CLERK, HEAD), bulk=True),
        Action("ask", _l("Ask for papers"), ("accepted",), "incomplete", roles=(CLERK,), note=True),
        Action("complete", _l("Papers are complete"), ("incomplete",), "accepted", roles=(CLERK,)),
        Action("grant", _l("Grant the felling"), ("accepted",), "granted", roles=(HEAD,), data=Decision, guard=neither,
               effect=keep_granted, letter="tree_felling.granted", closes="granted", public=True),
        Action("refuse", _l("Refuse the felling"), ("accepted",), "refused", roles=(HEAD,), note=True, danger=True),
        Action("avenue", _l("Fell a whole avenue"), ("accepted",), "granted", roles=(CLERK,), closes="granted",
               approval=Approval(Together.ALL, roles=(HEAD,), named=True)),
        Action("replant", _l("Order replanting"), ("accepted",), roles=(CLERK,), data=Decision, effect=keep_granted,
               approval=Approval(Together.ANY, named=True, days=2)),
        Action("close_road", _l("Close the road"), ("accepted",), roles=(CLERK,), note=True,
               approval=Approval(Together.IN_TURN, named=True)),
        Action("withdraw", _l("Withdraw the application"), (ANY,), "withdrawn", roles=(CLERK,), note=True, bulk=True),
        Action("lapse", _l("Let the application lapse"), ("incomplete",), "withdrawn", system=True),
    ),
    deadlines=(
        Deadline("decide", _l("Decision on the felling"), "tree_felling.decide", starts=("accepted",),
                 met_by=("granted", "refused"), voided_by=("withdrawn",), paused_in=("incomplete",), public=True,
                 reminders=(Reminder(before=1), Reminder(nth=3, to=("unit",)))),
    ),
)
