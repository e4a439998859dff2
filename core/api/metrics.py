"""Measurements: requests and their time by route, messages that wait to be sent.

With several server processes each writes its figures into the folder ``PROMETHEUS_MULTIPROC_DIR``, and whichever is
asked adds them up. The server makes that folder (:func:`share`) before it starts them.
"""
from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from flask import Flask, Response, g, request, request_started
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from core.db import db
from core.outbox.models import Message, MessageState

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("yingshang_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("yingshang_request_seconds", "Time to answer a request", ["method", "route"], buckets=BUCKETS)


def share(folder: Path) -> None:
    """Prepare for several processes: to be called by the server before this module is loaded anywhere."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER] = str(folder)


def forget(pid: int) -> None:
    """A server process ended; called by the server."""
    if FOLDER in os.environ:
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def exposition() -> tuple[bytes, str]:
    """All figures in Prometheus' text format, and its content type."""
    figures = generate_latest(_registry())
    return figures + generate_latest(_backlog()), CONTENT_TYPE_LATEST


def init_metrics(app: Flask) -> None:
    """Measure every request from before its first handler to its answer."""
    def begin(_sender: Flask, **_rest: object) -> None:
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule is not None else "unknown"
        REQUESTS.labels(request.method, route, response.status_code).inc()
        if "began" in g:
            SECONDS.labels(request.method, route).observe(time.perf_counter() - g.began)
        return response

    request_started.connect(begin, app, weak=False)
    app.after_request(end)


def _registry() -> CollectorRegistry:
    if FOLDER not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _backlog() -> CollectorRegistry:
    """Messages not sent yet, as the database has them now; left out when it does not answer."""
    registry = CollectorRegistry()
    gauge = Gauge("yingshang_outbox_backlog", "Messages that wait to be sent, or were given up", ["state"],
                  registry=registry)
    states = (MessageState.PENDING, MessageState.FAILED, MessageState.DEAD)
    try:
        with db.engine.connect() as connection:
            counting = select(Message.state, func.count()).where(Message.state.in_(states)).group_by(Message.state)
            found = {row[0]: row[1] for row in connection.execute(counting)}
    except SQLAlchemyError:
        return CollectorRegistry()
    for state in states:
        gauge.labels(state.value).set(found.get(state, 0))
    return registry
