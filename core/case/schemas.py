"""The shapes of :mod:`core.case.describe`, for the API's description and for the test that holds both together; and
what callers send.
"""
from __future__ import annotations

import datetime as dt
import enum
from functools import cache
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import Enum as SqlEnum
from sqlalchemy import String

from core.case.columns import value_type
from core.case.models import Case
from core.case.query import case_fields


class NamedSchema(Schema):
    """A unit."""

    code = fields.String()
    name = fields.String()


class EnterpriseLineSchema(Schema):
    """The enterprise of a case."""

    id = fields.Integer()
    uscc = fields.String(allow_none=True)
    name = fields.String()


class PersonSchema(Schema):
    """A member of staff."""

    id = fields.Integer()
    name = fields.String()


class CaseLineSchema(Schema):
    """A case in a list. ``fields`` are the module's own columns, in lists of one kind."""

    number = fields.String()
    kind = fields.String()
    kind_title = fields.String()
    title = fields.String()
    state = fields.String()
    state_label = fields.String()
    meaning = fields.String(validate=validate.OneOf(["open", "waiting", "closed"]))
    result = fields.String()
    confidentiality = fields.String()
    unit = fields.Nested(NamedSchema)
    bureau = fields.Nested(NamedSchema)
    enterprise = fields.Nested(EnterpriseLineSchema, allow_none=True)
    assignee = fields.Nested(PersonSchema, allow_none=True)
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    updated_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(allow_none=True)
    due_on = fields.Date(allow_none=True)
    due_code = fields.String()
    due_provisional = fields.Boolean()
    due_paused = fields.Boolean()
    overdue = fields.Boolean()
    returns = fields.Integer()
    version = fields.Integer()
    own = fields.Dict(data_key="fields", attribute="fields")


class CountSchema(Schema):
    """How many there are; ``exact`` false: at least that many."""

    value = fields.Integer()
    exact = fields.Boolean()


class CasePageSchema(Schema):
    """A page of a list of cases."""

    items = fields.List(fields.Nested(CaseLineSchema))
    next_cursor = fields.String(allow_none=True)
    previous_cursor = fields.String(allow_none=True)
    count = fields.Nested(CountSchema)


class ClockSchema(Schema):
    """A period that runs for a case."""

    code = fields.String()
    label = fields.String()
    rule_key = fields.String()
    rule_version = fields.Integer()
    basis = fields.String()
    is_law = fields.Boolean()
    amount = fields.Integer()
    unit = fields.String()
    start_at = fields.AwareDateTime()
    start_label = fields.String()
    start_event = fields.Integer(allow_none=True)
    due_on = fields.Date()
    due_at = fields.AwareDateTime()
    provisional = fields.Boolean()
    paused = fields.Boolean()
    stopped_at = fields.AwareDateTime(allow_none=True)
    result = fields.String(allow_none=True)
    void_reason = fields.String()
    pauses = fields.List(fields.Dict())
    extensions = fields.List(fields.Dict())


class DaySchema(Schema):
    """One day of an explanation."""

    date = fields.Date()
    counted = fields.Boolean()
    n = fields.Integer(allow_none=True)
    kind = fields.String()
    name = fields.String()


class ExplainedClockSchema(ClockSchema):
    """A clock with its way to the due date, day by day; hours and minutes are told by ``spans``."""

    days = fields.List(fields.Nested(DaySchema))
    spans = fields.List(fields.Dict())
    total = fields.Integer()


class EventSchema(Schema):
    """An entry of the timeline."""

    id = fields.Integer()
    at = fields.AwareDateTime()
    kind = fields.String()
    action = fields.String()
    action_label = fields.String()
    from_state = fields.String()
    to_state = fields.String()
    actor = fields.String()
    note = fields.String()
    public = fields.Boolean()
    data = fields.Dict()


class AskedSchema(Schema):
    """A field that an action asks for."""

    name = fields.String()
    label = fields.String()
    type = fields.String()
    required = fields.Boolean()


class OfferSchema(Schema):
    """An action as it stands for the caller: possible (``enabled``), or the ``reason`` why not."""

    name = fields.String()
    label = fields.String()
    enabled = fields.Boolean()
    reason = fields.String()
    note = fields.Boolean()
    danger = fields.Boolean()
    consequence = fields.String()
    target = fields.String(allow_none=True)
    asked = fields.List(fields.Nested(AskedSchema), data_key="fields", attribute="fields")


class CaseSchema(CaseLineSchema):
    """A whole case."""

    clocks = fields.List(fields.Nested(ClockSchema))
    actions = fields.List(fields.Nested(OfferSchema))
    events = fields.List(fields.Nested(EventSchema))


class TimelineSchema(Schema):
    """The timeline, oldest first."""

    items = fields.List(fields.Nested(EventSchema))


class ClocksSchema(Schema):
    """The clocks with their explanations."""

    items = fields.List(fields.Nested(ExplainedClockSchema))


class OffersSchema(Schema):
    """What may be done now, and why not the rest."""

    items = fields.List(fields.Nested(OfferSchema))


class ActSchema(Schema):
    """``version``: what the caller saw; if the case is another by now, nothing is done (409). ``approvers``: the people who
    are to agree first (ids or user names), for an action that asks for them."""

    version = fields.Integer(load_default=None, allow_none=True, strict=True)
    note = fields.String(load_default="", validate=validate.Length(max=4000))
    data = fields.Dict(load_default=None, allow_none=True)
    approvers = fields.List(fields.String(), load_default=list)


class OpenSchema(Schema):
    """A new case. ``unit`` by code (default: the caller's), ``enterprise`` by code or registration number."""

    kind = fields.String(load_default="")
    title = fields.String(load_default="", validate=validate.Length(max=255))
    unit = fields.String(load_default="")
    enterprise = fields.String(load_default="")
    note = fields.String(load_default="", validate=validate.Length(max=4000))
    data = fields.Dict(load_default=dict)


def columns_schema(kind: type[Case]) -> type[Schema]:
    """A schema for a kind's own columns, from the columns themselves; the same class each time."""
    return _columns_schema(kind)  # type: ignore[arg-type]  # mapped classes can be hashed


@cache
def _columns_schema(kind: Any) -> type[Schema]:
    made: dict[str, fields.Field[Any]] = {}
    for info in case_fields(kind):
        column = info.column.property.columns[0]
        required = not (column.nullable or column.default is not None or column.server_default is not None)
        made[info.name] = _field(column, required, str(info.label))
    name = "".join(part.title() for part in kind.__name__.split("_"))
    return type(f"{name}ColumnsSchema", (Schema,), made)


def _field(column: Any, required: bool, label: str) -> fields.Field[Any]:
    common: dict[str, Any] = {"required": required, "allow_none": bool(column.nullable), "metadata": {"label": label}}
    kind = value_type(column)
    if isinstance(column.type, SqlEnum) and issubclass(kind, enum.Enum):
        return fields.Enum(kind, by_value=True, **common)
    if kind is str:
        longest = column.type.length if isinstance(column.type, String) else None
        return fields.String(validate=validate.Length(max=longest) if longest else None, **common)
    if kind is dt.datetime:
        return fields.AwareDateTime(default_timezone=dt.UTC, **common)
    plain: dict[Any, Any] = {int: fields.Integer, bool: fields.Boolean, dt.date: fields.Date, float: fields.Float}
    if kind in plain:
        made: fields.Field[Any] = plain[kind](**common)
        return made
    return fields.Decimal(as_string=True, **common) if kind.__name__ == "Decimal" else fields.Raw(**common)


