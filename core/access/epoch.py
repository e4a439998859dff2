"""What a person holds is worked out once and kept until something that decides it changes anywhere.

One row carries a random word. Whoever writes to a table that decides rights (accounts, roles, permissions, appointments,
units, switches, leave to read) changes the word in the same transaction, as its last statement: whatever way the
write took, the word and the rights are seen together. A worker asks for the word (one small statement), and takes the
viewer that it built under that word.
"""
from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_permissionview_role,
)
from sqlalchemy import Connection, Engine, ScalarSelect, String, event, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import moment
from core.access.grants import build_viewer, open_until
from core.access.models import Appointment, Unit
from core.access.viewer import Viewer
from core.db import Model
from core.module_switch import BureauModule

_CHANGED = "rights changed"
_KEEP = dt.timedelta(minutes=1)
"""Even under the same word nothing is kept longer: somebody may have mended a table by hand."""
_MOST = 4_096
_TOLD_OF_PERSON = frozenset({"active", "first_name", "last_name"})
"""What a viewer takes from an account; that somebody signed in changes no right."""


class GrantsEpoch(Model):
    """The word under which rights are kept. One row."""

    __tablename__ = "core_grants_epoch"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(32))


_table: Any = GrantsEpoch.__table__
_WORD = select(_table.c.word).where(_table.c.id == 1)
_watched = {table.name for table in (
    User.__table__, Role.__table__, Permission.__table__, PermissionView.__table__, ViewMenu.__table__,
    assoc_permissionview_role, Appointment.__table__, Unit.__table__, BureauModule.__table__)}
_kept: dict[tuple[str, int, dt.date], tuple[Viewer, dt.datetime, dt.datetime]] = {}


def decides_rights(model: type[Model]) -> type[Model]:
    """Register a table of a room above (used as a decorator): a write to it makes every viewer be built anew."""
    _watched.add(str(model.__tablename__))
    return model


def word_now() -> ScalarSelect[str]:
    """The word as a part of another statement, for whoever asks the database something else just before the viewer."""
    return _WORD.scalar_subquery()


def viewer_of(session: Session, user_id: int, word: str | None = None) -> Viewer:
    """What the person may see and do now, as :func:`~core.access.grants.build_viewer` says it: one small statement while
    nobody's rights change, none when :func:`word_now` was asked along with another. For the first question of a request;
    inside a transaction that changed rights, build it."""
    word = word or session.connection().scalar(_WORD)
    if word is None:
        return build_viewer(session, user_id)
    now, key = moment.now(), (word, user_id, moment.today())
    found = _kept.get(key)
    if found is not None and found[1] <= now < found[2]:
        return found[0]
    viewer = build_viewer(session, user_id)
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[key] = viewer, now, min(now + _KEEP, open_until(session, viewer) or now + _KEEP)
    return viewer


@event.listens_for(Engine, "after_execute")
def _notice(connection: Connection, statement: Any, _many: Any, _one: Any, _options: Any, result: Any) -> None:
    if not getattr(statement, "is_dml", False):
        return
    name = getattr(statement.table, "name", "")
    if name not in _watched:
        return
    if name == User.__tablename__ and statement.is_update:
        given = result.context.compiled_parameters
        if given and not _TOLD_OF_PERSON & given[0].keys():
            return
    connection.info[_CHANGED] = True


@event.listens_for(Engine, "commit")
def _write(connection: Connection) -> None:
    if not connection.info.pop(_CHANGED, False):
        return
    word = secrets.token_hex(16)
    if not connection.execute(update(_table).where(_table.c.id == 1).values(word=word)).rowcount:
        connection.execute(insert(_table).values(id=1, word=word))


@event.listens_for(Engine, "rollback")
def _forget(connection: Connection) -> None:
    connection.info.pop(_CHANGED, None)
