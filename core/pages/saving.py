"""What every administrator's page does with a posted form: do it, commit, say so; or say why not and change nothing."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from werkzeug.wrappers import Response

from core.errors import Refusal
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
