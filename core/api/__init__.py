"""The frame of the HTTP API: callers, pages, repeats, descriptions, health. It knows no case; rooms bring their own
endpoints (:mod:`core.case.api`, :mod:`core.party.api`, :mod:`core.jobs.api`).
"""
from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, request

from core.api.frame import PROBLEM, SuiteApi, answer_json, caller, endpoint, parameter
from core.api.health import checks
from core.api.metrics import init_metrics
from core.api.openapi import OpenApi
from core.web.errors import Problem, answer, trace_number

__all__ = ["SuiteApi", "answer_json", "caller", "endpoint", "init_api", "parameter"]


def init_api(app: Flask, apis: Sequence[type[SuiteApi]]) -> None:
    """Register health, measurements, the description and ``apis``: in an application context, after the builder."""
    init_metrics(app)
    app.register_blueprint(checks)
    app.after_request(_as_problem)
    for api in (OpenApi, *apis):
        app.appbuilder.add_api(api)  # type: ignore[attr-defined]  # set by Flask-AppBuilder


def _as_problem(response: Response) -> Response:
    """Refusals of Flask-AppBuilder's own endpoints (sign-in, tokens) in the form of all others."""
    if response.status_code < 400 or not request.path.startswith("/api/") or response.mimetype == PROBLEM:
        return response
    told = response.get_json(silent=True)
    said = told.get("message") or told.get("msg") if isinstance(told, dict) else ""
    return answer(Problem(response.status_code, str(said or ""), [], {}, trace_number()))
