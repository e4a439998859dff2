"""What a person or a program is told when something cannot be done: a page that says what to do, or RFC 9457."""
from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, json, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, InternalServerError

from core.errors import Refusal

log = logging.getLogger(__name__)
PAGES = (403, 404, 409, 500)


@dataclass(frozen=True)
class Problem:
    """One refusal or fault, ready to be shown. ``trace`` is the number that a person reads out on the telephone."""

    status: int
    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    trace: str = ""

    @property
    def title(self) -> str:
        """The fault's kind in the reader's language."""
        return title_of(self.status)


def title_of(status: int) -> str:
    """What an HTTP status means, in words of the office."""
    titles = {
        400: _("The request is not complete"), 401: _("Please sign in"), 403: _("You may not do this"),
        404: _("There is nothing here"), 405: _("This address cannot be used that way"),
        409: _("Someone else has changed this meanwhile"), 413: _("The file is too large"),
        422: _("This cannot be done"), 429: _("Too many attempts"), 500: _("The system made a mistake"),
        503: _("The system is busy"),
    }
    if status in titles:
        return str(titles[status])
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else str(status)


def trace_number() -> str:
    """The request's number: short enough to read out, the same in the page, the answer's header and the log."""
    if "trace" not in g:
        raw = secrets.token_hex(4).upper()
        g.trace = f"{raw[:4]}-{raw[4:]}"
    return str(g.trace)


def wants_json() -> bool:
    """Whether a program is asking: below ``/api``, with a JSON body, or preferring JSON to a page."""
    if request.path.startswith("/api/") or request.is_json:
        return True
    accepts = request.accept_mimetypes
    wanted = max(accepts[kind] for kind in ("application/json", "application/problem+json"))
    return bool(wanted > accepts["text/html"])


def answer(problem: Problem) -> Response:
    """The problem as ``application/problem+json`` or as a page."""
    if wants_json():
        body = {**{k: v for k, v in problem.details.items() if k not in ("type", "title", "status")},
                "type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail,
                "errors": problem.errors, "trace": problem.trace}
        response = Response(json.dumps(body), problem.status, mimetype="application/problem+json")
    else:
        page = problem.status if problem.status in PAGES else "other"
        response = Response(render_template(f"errors/{page}.html", problem=problem), problem.status,
                            mimetype="text/html")
    response.headers["X-Trace"] = problem.trace
    return response


def on_refusal(refusal: Refusal) -> Response:
    """A refusal nobody caught: its own words, its own status."""
    errors = [{"field": e.field, "message": e.message} for e in refusal.errors]
    return answer(Problem(refusal.status, refusal.message, errors, refusal.details, trace_number()))


def on_http(error: HTTPException) -> Response | HTTPException:
    """Flask's and Werkzeug's own errors. Redirects and ready-made answers pass."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    trace = trace_number()
    if isinstance(error, InternalServerError):
        log.error("trace %s: %s %s", trace, request.method, request.path,
                  exc_info=error.original_exception or error)
    # Werkzeug's default sentence is English prose for programmers; a sentence of our own is kept.
    own = error.description if error.description != type(error).description else ""
    if isinstance(error, InternalServerError):
        own = ""
    elif type(error).__name__ == "CSRFError":
        own = _("This page was open too long or you have signed in anew. Go back, reload the page and send it again.")
    answered = answer(Problem(error.code, str(own or ""), [], {}, trace))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            answered.headers[name] = value
    return answered


def init_errors(app: Flask) -> None:
    """Register the handlers. An unexpected exception arrives as ``InternalServerError`` and is logged."""
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http)
    app.jinja_env.globals["trace_number"] = trace_number
