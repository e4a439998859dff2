"""The suite's side of :mod:`benchmarks.lists`, alone in a process: ``prepare ROWS`` or ``measure TIMES``."""
from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

BEGAN = time.perf_counter()

from flask import Flask  # noqa: E402  # importing is part of what is measured
from sqlalchemy import select  # noqa: E402

import benchmarks.sample as sample  # noqa: E402
from benchmarks.common import memory_mb, served, signed_in_as, statements, timed  # noqa: E402
from core.access import build_viewer, view_as  # noqa: E402  # importing is part of what is measured
from core.access.models import Staff  # noqa: E402
from core.case.screens import CaseScreen, ListColumn, ListFilter  # noqa: E402
from core.cli.frame import build_app, load_settings  # noqa: E402
from core.db import db  # noqa: E402
from core.testing.people import PASSWORD  # noqa: E402

PAGES = {
    "first page": {"order": "-opened_at"},
    "filtered": {"order": "-opened_at", "state": "arrived", "opened_to": "2026-11-22"},
    "rule only, by due date": {"order": "due_at"},
    "search": {"order": "-opened_at", "q": "第77"},
}
DEEP = 40
SCREEN = CaseScreen(
    sample.Request, "requests", "Requests", sections=(),
    columns=(ListColumn("number", "Number"), ListColumn("title", "Title"), ListColumn("state", "State"),
             ListColumn("due", "Due", kind="due", sort="due_at"), ListColumn("unit", "Unit"), ListColumn("bureau", "Bureau"),
             ListColumn("enterprise", "Enterprise"), ListColumn("assignee", "Responsible"),
             ListColumn("opened_at", "Opened", kind="datetime", sort="opened_at")),
    filters=(ListFilter("q", "Number or title"), ListFilter("state", "State", "choice", [("arrived", "Arrived")])))


def prepare(rows: int) -> dict[str, object]:
    """Fill the database."""
    from core import lifecycle
    from core.case.search import install_search_indexes

    app = build_app(load_settings())
    lifecycle.upgrade(app.extensions["yingshang"], app)
    with app.app_context():
        sample.fill(app, rows)
        with db.engine.begin() as connection:
            trigrams = install_search_indexes(connection)
    return {"rows": rows, "trigrams": trigrams}


def measure(times: int) -> dict[str, Any]:
    """Start-up, memory, and the pages of a person who sees five bureaus of twenty."""
    app = build_app(load_settings())
    app.extensions["screens"]["bench/requests"] = SCREEN
    client = app.test_client()
    client.get("/healthz")
    found: dict[str, Any] = {"start_s": round(time.perf_counter() - BEGAN, 2), "idle_mb": memory_mb()}
    signed_in: Any = client.post("/api/v1/security/login", json={
        "username": sample.OURS, "password": PASSWORD, "provider": "db"}).json
    token = signed_in["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    def asking(query: dict[str, str]) -> Callable[[], bytes]:
        return served(app, "/api/v1/bench/request", {"limit": "50"} | query, headers)

    def page(query: dict[str, str]) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(asking(query)())
        return told

    pages: dict[str, Any] = {}
    deep = dict(PAGES["first page"])
    for _n in range(DEEP):
        deep["cursor"] = page(deep)["next_cursor"] or deep.get("cursor", "")
    for name, query in {**PAGES, f"page {DEEP + 1}": deep}.items():
        given = page(query)
        with app.app_context():
            engine = db.engine
        with statements(engine) as sent:
            page(query)
        pages[name] = timed(asking(query), times) | {
            "statements": len(sent), "rows": len(given["items"]), "count": given["count"]}
    with app.app_context():
        person, version = db.session.execute(select(Staff.id, Staff.session_version).where(
            Staff.username == sample.OURS)).one()
    shown = served(app, "/bench/requests", {"limit": "50", "order": "-opened_at"},
                   signed_in_as(app, person, "/bench/requests", _version=version))
    page_bytes = shown()
    with statements(engine) as sent:
        shown()
    pages["list in HTML"] = timed(shown, times) | {"statements": len(sent), "rows": page_bytes.count(b"NH-BM-"), "count": 0}
    found |= {"pages": pages, "sql_ms": _sql(app, times), "after_mb": memory_mb()}
    return found


def _sql(app: Flask, times: int) -> dict[str, float]:
    """The list query by itself, without HTTP and sign-in."""
    from core.case.query import CaseFilters, list_cases

    with app.app_context():
        person = db.session.scalars(select(Staff.id).where(Staff.username == sample.OURS)).one()
        with view_as(build_viewer(db.session(), person)) as session:
            return timed(lambda: list_cases(session, CaseFilters(), kind=sample.Request), times)


if __name__ == "__main__":
    print(json.dumps((prepare if sys.argv[1] == "prepare" else measure)(int(sys.argv[2]))))
