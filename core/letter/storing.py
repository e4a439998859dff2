"""The values of a letter's fields as JSON keeps them, and back: a letter signed next week reads what was drafted today."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core.letter.bodytext import DueDate


def to_json(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Texts, numbers, days, due days; lists of them, and rows of a table that name them."""
    return {name: _out(value) for name, value in fields.items()}


def from_json(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What :func:`to_json` was given."""
    return {name: _in(value) for name, value in fields.items()}


def _out(value: Any) -> Any:
    if isinstance(value, DueDate):
        return {"due": value.day.isoformat(), "provisional": value.provisional}
    if isinstance(value, dt.date):
        return {"day": value.isoformat()}
    if isinstance(value, list | tuple):
        return [_out(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _out(item) for name, item in value.items()}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _in(value: Any) -> Any:
    if isinstance(value, dict) and "due" in value:
        return DueDate(dt.date.fromisoformat(value["due"]), value["provisional"])
    if isinstance(value, dict) and "day" in value:
        return dt.date.fromisoformat(value["day"])
    if isinstance(value, list):
        return [_in(item) for item in value]
    if isinstance(value, dict):
        return {name: _in(item) for name, item in value.items()}
    return value
