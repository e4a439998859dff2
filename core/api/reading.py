"""What a caller sent, read strictly: parameters of a list, and JSON bodies by their schema."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from flask import current_app, request
from marshmallow import Schema, ValidationError

from core.errors import FieldError, Invalid, Refusal
from core.words import gettext as _

LONGEST = 200
DEFAULT_LIMIT = 50
OF_THE_PAGE = ("cursor", "order", "limit", "view", "month", "format")
"""What an address says of the page and not of its rows."""
YES, NO = ("1", "true", "yes"), ("0", "false", "no")


class Parameters:
    """Parameters as texts. Each is taken by name; faults are gathered and raised together by :meth:`done`."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        lists = given.to_dict(flat=False) if hasattr(given, "to_dict") else {k: [v] for k, v in given.items()}
        self._given = {name: [str(value) for value in values] for name, values in lists.items()}
        self._taken: set[str] = set()
        self.faults: list[FieldError] = []

    def text(self, name: str, default: str = "") -> str:
        """One text, without the space around it."""
        self._taken.add(name)
        value = self._given.get(name, [default])[-1].strip()
        if len(value) > LONGEST and name != "cursor":
            self.fault(name, _("This is too long."))
            return default
        if any(ord(sign) < 32 for sign in value):
            self.fault(name, _("This contains characters that cannot be searched for."))
            return default
        return value

    def named(self, name: str) -> bool:
        """Whether the address has it at all, were it empty."""
        return name in self._given

    def several(self, name: str) -> tuple[str, ...]:
        """Several texts: the parameter repeated, or separated by commas."""
        joined = ",".join(self._given.get(name, []))
        self._given[name] = [joined]
        return tuple(dict.fromkeys(part.strip() for part in self.text(name).split(",") if part.strip()))

    def date(self, name: str) -> dt.date | None:
        """A day, ``2026-11-23``."""
        value = self.text(name)
        if not value:
            return None
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            self.fault(name, _("Write the day as 2026-11-23."))
            return None
        if not 1900 <= day.year <= 2199:
            self.fault(name, _("Write the day as 2026-11-23."))
            return None
        return day

    def flag(self, name: str) -> bool | None:
        """Yes or no; None when it was not said."""
        value = self.text(name).lower()
        if value and value not in YES + NO:
            self.fault(name, _("Write 1 for yes or 0 for no."))
        return None if not value else value in YES

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        """One of ``allowed``, or nothing."""
        value, known = self.text(name), list(allowed)
        if value and value not in known:
            self.fault(name, _("Use one of: %(names)s.", names=", ".join(known)))
            return ""
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number between two bounds."""
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
            self.fault(name, _("Write a whole number from %(least)s to %(most)s.", least=least, most=most))
            return default
        return int(value)

    def limit(self, default: int = DEFAULT_LIMIT) -> int:
        """How many rows a page is to have, at most what the installation allows."""
        most: int = current_app.extensions["yingshang"].settings.limits.page_size
        return self.number("limit", min(default, most), 1, most)

    def fault(self, name: str, message: str) -> None:
        """Remember that a parameter is wrong."""
        self.faults.append(FieldError(name, message))

    def done(self, ignore: Iterable[str] = ()) -> None:
        """Raise :class:`Invalid` when something was wrong or unknown: a misspelt filter must not show everything."""
        for name in self._given.keys() - self._taken - set(ignore):
            self.fault(name, _("There is no such parameter."))
        if self.faults:
            raise Invalid(self.faults)


def body(schema: type[Schema] | Schema) -> dict[str, Any]:
    """The request's JSON object, read by ``schema``. Raises :class:`Refusal` or :class:`Invalid`."""
    given = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(given, dict):
        raise Refusal(_("Send a JSON object with the content type application/json."))
    return load(schema, given)


def load(schema: type[Schema] | Schema, given: Mapping[str, Any], under: str = "") -> dict[str, Any]:
    """``given`` read by ``schema``; the names of faulty fields begin with ``under``."""
    reader = schema() if isinstance(schema, type) else schema
    try:
        return dict(reader.load(dict(given)))
    except ValidationError as error:
        raise Invalid(list(_faults(error.messages, under))) from None


def _faults(messages: Any, name: str) -> Iterable[FieldError]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _faults(inner, f"{name}.{key}" if name else str(key))
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield FieldError(name, str(message))
