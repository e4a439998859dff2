"""``/api/v1/_openapi``: the description of every endpoint, gathered from the endpoints themselves."""
from __future__ import annotations

import json
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, current_app, request
from flask_appbuilder.api import BaseApi
from flask_appbuilder.api.manager import resolver

from core import __version__
from core.api.frame import SuiteApi, answer_json, endpoint
from core.words import N_

VERSION = "v1"


def describe(server: str = "") -> dict[str, Any]:
    """The OpenAPI document of all registered endpoints."""
    builder = current_app.appbuilder  # type: ignore[attr-defined]  # set by Flask-AppBuilder
    spec = APISpec(title=builder.app_name, version=__version__, openapi_version="3.0.3",
                   plugins=[MarshmallowPlugin(schema_name_resolver=resolver)],
                   info={"description": "Log in by POST /api/v1/security/login; then Authorization: Bearer."},
                   **({"servers": [{"url": server}]} if server else {}))
    for view in builder.baseviews:
        if isinstance(view, BaseApi) and view.version == VERSION:
            view.add_api_spec(spec)
    plain: dict[str, Any] = json.loads(json.dumps(spec.to_dict(), default=float))  # bounds of amounts are Decimals
    return plain


class OpenApi(SuiteApi):
    """The description of the API."""

    route_base = f"/api/{VERSION}"
    openapi_spec_tag = "Description"

    @endpoint("/_openapi", summary=N_("This description"), answer={"type": "object"}, public=True)
    def describe(self) -> Response:
        """The document; it names no data, so nobody need sign in for it."""
        return answer_json(describe(request.host_url.rstrip("/")))
