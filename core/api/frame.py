"""The frame of every endpoint: who calls, what is answered, and how it is described.

Flask-AppBuilder's ``BaseApi`` registers the routes and gathers the description; :func:`endpoint` says in one place what
an endpoint takes and gives. Endpoints that change something are committed here, after their answer is complete.
"""
from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, g, request
from flask_appbuilder.api import BaseApi
from marshmallow import Schema, fields
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from core.access.rows import current_viewer
from core.access.viewer import Viewer
from core.api.idempotency import HEADER, once
from core.db import db
from core.errors import Refusal
from core.words import gettext as _

SAFE = ("GET", "HEAD", "OPTIONS")
BEARER = "Bearer "
PROBLEM = "application/problem+json"
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")

View = Callable[..., Response]


class FaultSchema(Schema):
    """One thing wrong with one field."""

    field = fields.String()
    message = fields.String()


class ProblemSchema(Schema):
    """What is answered when something cannot be done (RFC 9457)."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.List(fields.Nested(FaultSchema))
    trace = fields.String(metadata={"description": "The request's number, to be told to the administrator"})


@dataclass(frozen=True)
class Parameter:
    """A query parameter, for the description."""

    name: str
    description: str
    schema: Mapping[str, Any]

    def spec(self) -> dict[str, Any]:
        """As OpenAPI writes it."""
        return {"in": "query", "name": self.name, "description": self.description, "schema": dict(self.schema)}


def parameter(name: str, description: str, kind: str = "string", **schema: Any) -> Parameter:
    """A query parameter of a plain type."""
    return Parameter(name, description, {"type": kind, **schema})


@dataclass(frozen=True)
class Operation:
    """What an endpoint takes and gives, for the description."""

    rule: str
    summary: str
    answer: Any = None
    status: int = 200
    body: Any = None
    query: Sequence[Parameter] = ()
    public: bool = False
    idempotent: bool = False
    media: str = "application/json"

    def spec(self) -> dict[str, Any]:
        """As OpenAPI writes it."""
        arguments: list[dict[str, Any]] = [
            {"in": "path", "name": name, "required": True, "schema": {"type": "integer" if kind == "int" else "string"}}
            for kind, name in _ARGUMENT.findall(self.rule)]
        arguments += [given.spec() for given in self.query]
        if self.idempotent:
            arguments.append({"in": "header", "name": HEADER, "schema": {"type": "string", "maxLength": 128},
                              "description": "A repeat with the same key and body returns the first answer"})
        answered: dict[str, Any] = {"description": "Done"}
        if self.answer is not None:
            answered["content"] = {self.media: {"schema": self.answer}}
        found: dict[str, Any] = {
            "summary": self.summary, "parameters": arguments,
            "responses": {str(self.status): answered, "default": {
                "description": "A problem document", "content": {PROBLEM: {"schema": ProblemSchema}}}}}
        if self.body is not None:
            found["requestBody"] = {"required": True, "content": {"application/json": {"schema": self.body}}}
        if not self.public:
            found["security"] = [{"jwt": []}]
        return found


class SuiteApi(BaseApi):
    """Base of the suite's own API classes. Routes are guarded by :func:`endpoint`, rows by the session's rule."""

    responses: dict[str, dict[str, Collection[str]]] = {}
    base_permissions: list[str] | None = []  # there are no permissions by view: operations and the row rule ask

    def operation_helper(self, path: str | None = None, operations: dict[str, Any] | None = None,
                         methods: Sequence[str] = (), func: Any = None, **_rest: Any) -> None:
        """Describe a route by what :func:`endpoint` was told."""
        if operations is not None:
            operations.update({method.lower(): func.operation.spec() for method in methods})


def endpoint(rule: str, method: str = "GET", *, summary: str, answer: Any = None, status: int = 200, body: Any = None,
             query: Sequence[Parameter] = (), public: bool = False, idempotent: bool = False,
             media: str = "application/json") -> Callable[[View], View]:
    """Make a method of a :class:`SuiteApi` an endpoint.

    Callers must be signed in unless ``public``: by token, or by cookie with the form's token for what changes
    something. ``idempotent`` heeds the ``Idempotency-Key``.
    """
    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(self: SuiteApi, **arguments: Any) -> Response:
            if public:
                return view(self, **arguments)
            viewer = caller()
            if method in SAFE:
                return view(self, **arguments)

            def work() -> Response:
                return view(self, **arguments)

            try:
                given = once(db.session(), request, viewer.user_id or 0, work) if idempotent else work()
                db.session.commit()
            except IntegrityError as error:
                raise Refusal(_("The database refused this: a record like it exists already, or one that it refers "
                                "to does not.")) from error
            finally:
                db.session.rollback()  # after a commit there is nothing to undo; after a refusal nothing may remain
            return given

        guarded._urls = [(rule, (method,))]  # type: ignore[attr-defined]  # where Flask-AppBuilder looks for routes
        guarded.operation = Operation(  # type: ignore[attr-defined]
            rule, summary, answer, status, body, query, public, idempotent, media)
        return guarded
    return wrap


def caller() -> Viewer:
    """Who calls. Raises 401 for nobody and for a bad token, 400 for a changing call by cookie without the form's token.
    """
    viewer = current_viewer(db.session())
    token = request.headers.get("Authorization", "").startswith(BEARER)
    if viewer.user_id is None or (token and not g.get("token_holds", False)):
        raise Unauthorized(_("Sign in, and send the token that you get as “Authorization: Bearer …”."),
                           www_authenticate=WWWAuthenticate("bearer"))
    if not token and request.method not in SAFE and current_app.config.get("WTF_CSRF_ENABLED", True):
        current_app.extensions["csrf"].protect()
    return viewer


def answer_json(data: Any, status: int = 200, **headers: str) -> Response:
    """``data`` as JSON, Chinese left readable."""
    return Response(json.dumps(data, ensure_ascii=False, separators=(",", ":")), status,
                    {name.replace("_", "-"): value for name, value in headers.items()}, mimetype="application/json")
