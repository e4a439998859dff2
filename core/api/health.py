"""What a supervisor asks: is the process alive, can it work, what does it measure."""
from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from core.addon import Suite
from core.api.frame import answer_json
from core.api.metrics import exposition
from core.db import db

if TYPE_CHECKING:
    from core.migrate import Part

checks = Blueprint("health", __name__)


@checks.get("/healthz")
def alive() -> Response:
    """The process answers. Asks nobody else."""
    return answer_json({"ok": True})


@checks.get("/readyz")
def ready() -> Response:
    """Whether requests can be served: the database answers with all migrations applied, the broker's folder is there.

    503 when not; ``checks`` names what is missing.
    """
    suite: Suite = current_app.extensions["yingshang"]
    found = {"database": "", "migrations": "", "broker": _broker(suite)}
    try:
        with db.engine.connect() as connection:
            connection.execute(select(1))
            behind = _behind(suite, connection)
        found["migrations"] = f"not up to date: {', '.join(behind)}" if behind else ""
    except SQLAlchemyError as error:
        found["database"] = type(error).__name__  # the message may name hosts and accounts
    ok = not any(found.values())
    told = {name: fault or "ok" for name, fault in found.items()}
    return answer_json({"ok": ok, "checks": told}, 200 if ok else 503)


@checks.get("/metrics")
def measurements() -> Response:
    """Measurements for Prometheus: figures about requests and messages, nothing about people or cases."""
    text, kind = exposition()
    return Response(text, content_type=kind)


def _behind(suite: Suite, connection: Connection) -> list[str]:
    from core.migrate import current, parts  # here, because a process that is never asked needs no Alembic

    return [part.name for part in parts(suite) if current(connection, part) != _head(part)]


@cache
def _head(part: Part) -> str | None:
    """The newest revision of a part's files; they do not change while the process runs."""
    from core.migrate import head

    return head(part)


def _broker(suite: Suite) -> str:
    if suite.settings.broker_url:
        return ""
    folder = suite.settings.var / "broker"
    return "" if os.access(folder, os.W_OK) else "the broker's folder cannot be written"
