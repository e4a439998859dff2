"""What happens to an installation as a whole: upgrade, rehearsal of an upgrade, purge of a module.

The only place where a start-up writes. Everything here runs under one lock, in one process, and may be run again.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from core.addon import Suite
from core.database_copy import copy_of
from core.exclusive import exclusive
from core.migration_engine import migration_engine
from core.permission_sync import sync_permissions
from core.settings import Settings

__all__ = ["register_probe", "register_synchroniser", "rehearse", "sync_permissions", "upgrade"]

Synchroniser = Callable[[Session, Suite], Any]
Probe = Callable[[Session, Suite], Mapping[str, str]]
Sessions = Callable[[str], AbstractContextManager[Session]]

_synchronisers: dict[str, Synchroniser] = {}
_probes: dict[str, Probe] = {}


def register_synchroniser(name: str, function: Synchroniser) -> None:
    """Have ``function(session, suite)`` run by every upgrade after the migrations, in order of registration.

    It brings rows into line with what the code declares (roles, rules, the calendar's seed), is idempotent, flushes,
    does not commit. What it returns, a plain JSON value, is reported under its name; the one named ``permissions``
    returns what :func:`sync_permissions` returns. Registering a name again replaces it.
    """
    _synchronisers[name] = function


def register_probe(name: str, function: Probe) -> None:
    """Have a rehearsal compare ``function(session, suite)`` before and after the synchronisers.

    It returns a mapping such as case number and clock → due date; keys whose values differ are reported as changes.
    """
    _probes[name] = function


def upgrade(suite: Suite, app: Flask, *, sessions: Sessions | None = None) -> dict[str, Any]:
    """Bring the database up to this code: core's migrations, each module's, then the synchronisers. Idempotent.

    Returns ``{"applied": [{"module", "revision"}], "permissions": {"added": [], "removed": []}, "synchronised": {name:
    result}}``. ``sessions(reason)`` opens the session for the synchronisers (default: :func:`core.access.as_system`).
    """
    return _upgrade(suite, app, sessions, None)


def rehearse(settings: Settings, make_app: Callable[[Settings], Flask], *, sessions: Sessions | None = None
             ) -> dict[str, Any]:
    """What :func:`upgrade` would do, found out on a copy of the database that is dropped afterwards.

    Returns upgrade's result and ``"changes": {probe: [{"key", "before", "after"}]}``, for example the open due dates
    that would move. ``make_app`` is ``create_app``; it is given settings that point at the copy.
    """
    with copy_of(settings) as url:
        app = make_app(replace(settings, database_url=url))
        changes: dict[str, list[dict[str, Any]]] = {}
        try:
            result = _upgrade(app.extensions["yingshang"], app, sessions, changes)
        finally:
            _dispose(app)
    return result | {"changes": changes}


def _upgrade(suite: Suite, app: Flask, sessions: Sessions | None, changes: dict[str, list[dict[str, Any]]] | None
             ) -> dict[str, Any]:
    with exclusive(suite.settings), app.app_context():
        applied = _migrate(suite)
        with (sessions or _as_system())("upgrade") as session:
            before = {} if changes is None else {name: dict(probe(session, suite)) for name, probe in _probes.items()}
            results = {}
            for name, synchronise in _synchronisers.items():
                results[name] = synchronise(session, suite)
                session.commit()
            if changes is not None:
                changes |= {name: _differences(before[name], probe(session, suite)) for name, probe in _probes.items()}
    permissions = results.pop("permissions", None) or {"added": [], "removed": []}
    return {"applied": applied, "permissions": permissions, "synchronised": results}


def _as_system() -> Sessions:
    from core.access import as_system  # asked for late: registering needs no accounts

    return as_system


def _migrate(suite: Suite) -> list[dict[str, str]]:
    from core.migrate import parts, upgrade_part  # web workers import this file, and need no Alembic

    engine = migration_engine(suite.settings.database_url)
    applied = []
    for part in parts(suite):
        with engine.begin() as connection:  # a part is upgraded wholly or not at all
            applied += [{"module": part.name, "revision": name} for name in upgrade_part(connection, part)]
    return applied


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "before": before.get(key), "after": after.get(key)}
            for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]


def _dispose(app: Flask) -> None:
    """Close the copy's connections, so that it can be dropped."""
    from core.db import db

    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
