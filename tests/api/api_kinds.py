"""Two kinds of case made up for these tests: complaints with columns of every type, and permits with two."""
from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal

from marshmallow import Schema, fields
from sqlalchemy import ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from core.case import CLOSED, WAITING, Action, Case, Deadline, State, Workflow
from core.db import enum_column


class Severity(enum.StrEnum):
    LOW = "low"
    HIGH = "high"


class Answer(Schema):
    amount = fields.Integer(required=True, metadata={"label": "Amount"})


def not_empty(case, data):
    return None if case.subject else "Say first what it is about."


def note_amount(case, event, data):
    case.amount = Decimal(data["amount"])


CLERK, HEAD = "trial.clerk", "trial.head"
WORKFLOW = Workflow(
    initial="arrived",
    states=(State("arrived", "Arrived"), State("asked", "Asked back", WAITING), State("answered", "Answered", CLOSED)),
    actions=(
        Action("ask", "Ask back", ("arrived",), "asked", roles=(CLERK,), note=True),
        Action("hear", "Take the reply", ("asked",), "arrived", roles=(CLERK,)),
        Action("answer", "Answer", ("arrived",), "answered", roles=(CLERK,), guard=not_empty, effect=note_amount,
               data=Answer),
        Action("reject", "Reject", ("arrived",), "answered", roles=(HEAD,), danger=True, consequence="It ends here."),
        Action("expire", "Expire", ("asked",), "answered", system=True),
    ),
    deadlines=(Deadline("answer", "Answer", rule="trial.answer", starts=("arrived",), met_by=("answered",),
                        paused_in=("asked",)),),
)


class Complaint(Case):
    """Somebody complains."""

    __tablename__ = "trial_complaint"
    __mapper_args__ = {"polymorphic_identity": "trial.complaint"}
    workflow, kind_title, number_code = WORKFLOW, "Complaint", "TS"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), default="", info={"label": "Subject"})
    amount: Mapped[Decimal | None] = mapped_column(Numeric(16, 2), info={"label": "Amount"})
    happened_on: Mapped[dt.date | None] = mapped_column(info={"label": "Day"})
    severity: Mapped[Severity] = mapped_column(enum_column(Severity), default=Severity.LOW)
    caller_phone: Mapped[str | None] = mapped_column(String(20), info={"mask": "phone"})
    caller_name: Mapped[str | None] = mapped_column(String(20), info={"mask": "name"})
    source: Mapped[str | None] = mapped_column(String(40), info={"roles": [HEAD]})
    secret: Mapped[str | None] = mapped_column(String(40), info={"private": True})
    reference: Mapped[str | None] = mapped_column(String(40), unique=True)


class Permit(Case):
    """Somebody asks for a permit."""

    __tablename__ = "trial_permit"
    __mapper_args__ = {"polymorphic_identity": "trial.permit"}
    workflow, kind_title, number_code = WORKFLOW, "Permit", "XK"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), default="x")
    amount: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))


TABLES = (Complaint.__table__, Permit.__table__)
