"""Plain Flask-AppBuilder over the same tables, as its documentation shows it: a ``ModelRestApi`` with ``base_filters``.

Alone in a process, without a line of the suite: ``python -m benchmarks.plain_worker TIMES URL``.
"""
from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any

BEGAN = time.perf_counter()

import prison  # noqa: E402  # importing is part of what is measured
from flask import Flask  # noqa: E402
from flask_appbuilder import AppBuilder, Model, ModelRestApi, ModelView  # noqa: E402
from flask_appbuilder.models.sqla.base import SQLA  # noqa: E402
from flask_appbuilder.models.sqla.filters import FilterInFunction  # noqa: E402
from flask_appbuilder.models.sqla.interface import SQLAInterface  # noqa: E402
from flask_appbuilder.security.sqla.models import User  # noqa: E402
from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Integer, Numeric, String  # noqa: E402
from sqlalchemy.orm import relationship  # noqa: E402

from benchmarks.common import memory_mb, served, signed_in_as, statements, timed  # noqa: E402

HTML, PARED = "list in HTML", "list in HTML, pared down"
ACCOUNT, PASSWORD, SEEN, DEEP = "plain", "correct horse battery staple", 5, 40
db = SQLA()


class Unit(Model):
    __tablename__ = "core_unit"
    id = Column(Integer, primary_key=True)
    short_name = Column(String(64))


class Enterprise(Model):
    __tablename__ = "core_enterprise"
    id = Column(Integer, primary_key=True)
    uscc = Column(String(18))
    name = Column(String(200))


class Case(Model):
    __tablename__ = "core_case"
    id = Column(Integer, primary_key=True)
    kind = Column(String(64))
    number = Column(String(40))
    title = Column(String(255))
    state = Column(String(40))
    meaning = Column(String(16))
    result = Column(String(40))
    confidentiality = Column(String(16))
    bureau_id = Column(ForeignKey("core_unit.id"))
    unit_id = Column(ForeignKey("core_unit.id"))
    enterprise_id = Column(ForeignKey("core_enterprise.id"))
    assignee_id = Column(ForeignKey("ab_user.id"))
    opened_at = Column(DateTime(timezone=True))
    closed_at = Column(DateTime(timezone=True))
    updated_at = Column(DateTime(timezone=True))
    due_at = Column(DateTime(timezone=True))
    due_on = Column(Date)
    due_code = Column(String(40))
    due_provisional = Column(Boolean)
    due_paused = Column(Boolean)
    returns = Column(Integer)
    version = Column(Integer)
    unit = relationship(Unit, foreign_keys=[unit_id])
    bureau = relationship(Unit, foreign_keys=[bureau_id])
    enterprise = relationship(Enterprise)
    assignee = relationship(User)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "case"}


class Request(Case):
    __tablename__ = "bench_request"
    id = Column(ForeignKey("core_case.id"), primary_key=True)
    subject = Column(String(80))
    amount = Column(Numeric(16, 2))
    __mapper_args__ = {"polymorphic_identity": "bench.request"}


def bureaus_seen() -> list[int]:
    """The five bureaus, as an application would look them up for the person."""
    return [row[0] for row in db.session.query(Unit.id).order_by(Unit.id).limit(SEEN)]


LISTED = ["number", "title", "state", "meaning", "result", "confidentiality", "opened_at", "closed_at", "updated_at",
          "due_at", "due_on", "due_code", "due_provisional", "due_paused", "returns", "version", "subject", "amount",
          "unit.short_name", "bureau.short_name", "enterprise.name", "enterprise.uscc", "assignee.username"]


class RequestApi(ModelRestApi):
    resource_name = "request"
    datamodel = SQLAInterface(Request)
    include_route_methods = {"get_list"}
    list_columns = LISTED
    show_columns = add_columns = edit_columns = ["number", "title"]
    search_columns = ["number", "title", "state", "opened_at", "due_at"]
    base_filters = [["unit_id", FilterInFunction, bureaus_seen]]


class RequestView(ModelView):
    """The list as the framework makes it: every field and relation in its search form, links to each record."""

    route_base = "/requests"
    datamodel = SQLAInterface(Request)
    list_columns = ["number", "title", "state", "due_at", "unit.short_name", "bureau.short_name", "enterprise.name",
                    "assignee.username", "opened_at"]
    base_filters = [["unit_id", FilterInFunction, bureaus_seen]]


class ParedView(RequestView):
    """The same without links and with five plain fields in its search form: less than the suite's page offers."""

    route_base = "/fewer"
    include_route_methods = {"list"}  # type: ignore[assignment]  # the framework says None
    show_columns = add_columns = edit_columns = ["number", "title"]
    search_columns = ["number", "title", "state", "opened_at", "due_at"]


PAGES = {
    "first page": {"order_column": "opened_at", "order_direction": "desc", "page": 0},
    "filtered": {"order_column": "opened_at", "order_direction": "desc", "page": 0, "filters": [
        {"col": "state", "opr": "eq", "value": "arrived"},
        {"col": "opened_at", "opr": "lt", "value": "2026-11-22 16:00:00"}]},
    "rule only, by due date": {"order_column": "due_at", "order_direction": "asc", "page": 0},
    "search": {"order_column": "opened_at", "order_direction": "desc", "page": 0, "filters": [
        {"col": "title", "opr": "ct", "value": "第77"}]},
    f"page {DEEP + 1}": {"order_column": "opened_at", "order_direction": "desc", "page": DEEP},
}


def application(url: str) -> Flask:
    """The application as the documentation builds it; permissions are there already on the second start."""
    app = Flask("plain")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SECRET_KEY="k" * 32, JWT_SECRET_KEY="k" * 32,
                      FAB_CREATE_DB=False, FAB_ADD_SECURITY_API=False)
    db.init_app(app)
    with app.app_context():
        builder = AppBuilder()
        builder.init_app(app, db.session)
        builder.add_api(RequestApi)
        builder.add_view(RequestView, "Requests")
        builder.add_view(ParedView, "Fewer")
    return app


def measure(times: int, url: str) -> dict[str, Any]:
    """Start-up, memory, and the same pages."""
    app = application(url)
    client = app.test_client()
    client.get("/api/v1/_openapi")
    found: dict[str, Any] = {"start_s": round(time.perf_counter() - BEGAN, 2), "idle_mb": memory_mb()}
    signed_in: Any = client.post("/api/v1/security/login", json={
        "username": ACCOUNT, "password": PASSWORD, "provider": "db"}).json
    token = signed_in["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    def asking(query: dict[str, object]) -> Callable[[], bytes]:
        return served(app, "/api/v1/request/", {"q": prison.dumps({"page_size": 50, **query})}, headers)

    def page(query: dict[str, object]) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(asking(query)())
        return told

    pages: dict[str, Any] = {}
    with app.app_context():
        engine = db.engine
    for name, query in PAGES.items():
        given = page(query)
        with statements(engine) as sent:
            page(query)
        pages[name] = timed(asking(query), times) | {
            "statements": len(sent), "rows": len(given["result"]), "count": given["count"]}
    with app.app_context():
        person = db.session.query(User.id).filter(User.username == ACCOUNT).scalar()
    for view, name in ((RequestView, HTML), (ParedView, PARED)):
        shown = served(app, f"{view.route_base}/list/", {
            f"psize_{view.__name__}": "50", f"_oc_{view.__name__}": "opened_at", f"_od_{view.__name__}": "desc"},
            signed_in_as(app, person, f"{view.route_base}/list/"))
        page_bytes = shown()
        with statements(engine) as sent:
            shown()
        rows = len(set(re.findall(rb"NH-BM-[\d-]+", page_bytes)))
        pages[name] = timed(shown, times) | {"statements": len(sent), "rows": rows, "count": 0}
    return found | {"pages": pages, "after_mb": memory_mb()}


if __name__ == "__main__":
    if sys.argv[1] == "start":
        application(sys.argv[2])
        print("{}")
    else:
        print(json.dumps(measure(int(sys.argv[1]), sys.argv[2])))
