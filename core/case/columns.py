"""Filters by a module's own columns: ``fine=5000``, ``decided_on_from=2026-01-01``. Only what the viewer sees in clear:
a filter on a hidden value would tell it.
"""
from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Enum as SqlEnum

from core import moment
from core.access.fields import FieldInfo
from core.access.viewer import Viewer
from core.api.reading import NO, YES, Parameters
from core.db import UtcDateTime
from core.words import gettext as _

RANGED = (int, float, Decimal, dt.date, dt.datetime)
MOST = 2**31 - 1


def value_type(column: Any) -> type[Any]:
    """What kind of value a column has."""
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return dt.datetime
    found = kind.python_type
    return found if isinstance(found, type) else object


def read_columns(given: Parameters, columns: Iterable[FieldInfo], viewer: Viewer) -> dict[str, Any]:
    """The filters on ``columns`` among the parameters, as values."""
    found: dict[str, Any] = {}
    for field in columns:
        kind = value_type(field.column)
        if not field.clear(viewer) or kind in (dict, list, object, bytes):
            continue
        endings = ("", "_from", "_to") if issubclass(kind, RANGED) and kind is not bool else ("",)
        for ending in endings:
            name = field.name + ending
            text = given.text(name)
            if text:
                try:
                    found[name] = _value(field.column, kind, text, ending)
                except (ValueError, InvalidOperation):
                    given.fault(name, _("This value does not fit the column."))
    return found


def column_rule(columns: Mapping[str, FieldInfo], name: str, value: Any) -> ColumnElement[bool]:
    """One filter as a condition."""
    if name in columns:
        found: ColumnElement[bool] = columns[name].column == value
        return found
    stem, _bar, ending = name.rpartition("_")
    column = columns[stem].column
    if ending == "from":
        return column >= value  # type: ignore[no-any-return]  # columns are untyped here
    return column < value if value_type(column) is dt.datetime else column <= value  # type: ignore[no-any-return]


def _value(column: Any, kind: type[Any], text: str, ending: str) -> Any:
    if isinstance(column.type, SqlEnum) and issubclass(kind, enum.Enum):
        return kind(text)
    if kind is bool:
        if text.lower() not in YES + NO:
            raise ValueError(text)
        return text.lower() in YES
    if kind is int:
        number = int(text)
        if abs(number) > MOST:
            raise ValueError(text)
        return number
    if kind in (Decimal, float):
        amount = Decimal(text)
        if not amount.is_finite():
            raise ValueError(text)
        return amount if kind is Decimal else float(amount)
    if kind is dt.date:
        return dt.date.fromisoformat(text)
    if kind is dt.datetime:
        day = dt.date.fromisoformat(text)
        return moment.start_of(day + dt.timedelta(days=1) if ending == "_to" else day)
    return text
