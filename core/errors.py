"""What the suite says when it will not do something. Every message is meant to be read by the person who asked."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field: its name and a sentence that says what to do."""

    field: str
    message: str


class Refusal(Exception):
    """The work was understood and is refused; nothing was changed. HTTP 422, exit status 1.

    ``details`` are plain values that a program may want (they appear in the API's problem document).
    """

    status = 422

    def __init__(self, message: Any, field: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.field = field
        self.details = details

    @property
    def message(self) -> str:
        """The sentence to show, in the reader's language (lazy translations are resolved here)."""
        return str(self.args[0])

    @property
    def errors(self) -> Sequence[FieldError]:
        """The faults by field; empty when the refusal is about the whole."""
        return [FieldError(self.field, self.message)] if self.field else []

    def __str__(self) -> str:
        return self.message


class Invalid(Refusal):
    """Several fields are wrong at once."""

    def __init__(self, errors: Sequence[FieldError], message: Any | None = None) -> None:
        super().__init__(message or "; ".join(f"{e.field}: {e.message}" for e in errors))
        self._errors = tuple(errors)

    @property
    def errors(self) -> Sequence[FieldError]:
        return self._errors


class NotAllowed(Refusal):
    """The person lacks the role for it. HTTP 403."""

    status = 403


class NotFound(Refusal):
    """It does not exist, or the person may not know that it does: the two answers are the same. HTTP 404."""

    status = 404


class Changed(Refusal):
    """Somebody else changed the record meanwhile; ``details["version"]`` is the present version. HTTP 409."""

    status = 409
