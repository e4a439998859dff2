"""What every administrator's page does with a posted form: do it, commit, say so; or say why not and change nothing."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import flash, redirect
from werkzeug.wrappers import Response

from core.errors import FieldError, Invalid, Refusal
from core.pages.frame import request_session


def save(work: Callable[[], Any], back: str, said: str) -> Response:
    """Do it, commit, and say so; a refusal is shown, sentence by sentence, and nothing is changed.

    The page puts each sentence at the field that it is about, and back into the form what was typed (``again.js``).
    """
    session = request_session()
    try:
        work()
        session.commit()
    except Refusal as refusal:
        session.rollback()
        for field, sentence in [(error.field, error.message) for error in refusal.errors] or [("", refusal.message)]:
            flash(sentence, f"error:{field}" if field else "error")
    else:
        flash(said, "success")
    return redirect(back)


def save_all(changes: Iterable[tuple[str, Callable[[], Any]]], back: str, said: str) -> Response:
    """The same for a page of many values, saved as a whole: all that was changed, or nothing and every complaint at its field.

    A change comes with what stands behind the names of its fields (``label:7``). A form marked ``data-only-changed`` sends
    nothing else, so that nobody puts back what somebody else has changed meanwhile.
    """
    def work() -> None:
        faults: list[FieldError] = []
        for ending, change in changes:
            try:
                change()
            except Refusal as refusal:
                if not refusal.errors:  # about the whole: there is no field to say it at
                    raise
                faults += [FieldError(f"{one.field}{ending}", one.message) for one in refusal.errors]
        if faults:
            raise Invalid(faults)

    return save(work, back, said)
