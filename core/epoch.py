"""What every page asks for and hardly ever changes is kept until somebody writes to it anywhere: rights, parameters, calendars.

One row carries a random word. Whoever writes to a watched table changes the word in the same transaction, as its last
statement: whatever way the write took, the word and what was written are seen together. A request learns the word along
with the sign-in, and takes what this process worked out under that word.
"""
from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, ScalarSelect, String, Table, event, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import moment
from core.db import Model

T = TypeVar("T")
M = TypeVar("M", bound=type[Model])
KEEP = dt.timedelta(minutes=1)
"""Even under the same word nothing is kept longer: somebody may have mended a table by hand."""
_CHANGED, _WORD = "watched table changed", "word of the house"
_MOST = 512


class GrantsEpoch(Model):
    """The word under which things are kept. One row."""

    __tablename__ = "core_grants_epoch"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(32))


_table: Any = GrantsEpoch.__table__
_asking = select(_table.c.word).where(_table.c.id == 1)
_watched: dict[str, frozenset[str]] = {}
_kept: dict[tuple[str, str], tuple[Any, dt.datetime]] = {}


def watch(*tables: Any, only: frozenset[str] = frozenset()) -> None:
    """A write to one of these tables changes the word; with ``only``, an update of another column does not."""
    _watched.update((table.name, only) for table in tables)


def watched(model: M) -> M:
    """:func:`watch` as a decorator of a model."""
    table = model.__table__
    assert isinstance(table, Table)
    watch(table)
    return model


def word_now() -> ScalarSelect[str]:
    """The word as a part of another statement, for whoever asks the database something else just then."""
    return _asking.scalar_subquery()


def ask_word(session: Session) -> str | None:
    """The word, by a small statement of its own; None where nothing was ever written."""
    found: str | None = session.connection().scalar(_asking)
    return found


def remember(session: Session, word: str | None) -> None:
    """Until its next commit ``session`` may be given what was kept under ``word``; None: everything is read."""
    session.info[_WORD] = word


def kept(session: Session, name: str, read: Callable[[], T]) -> T:
    """What ``read`` gives, or gave under the same word: without a statement while nothing changes.

    Read for itself in a session that knows no word, and in one that has written to a watched table.
    """
    word = session.info.get(_WORD)
    if word is None or session.connection().info.get(_CHANGED):
        return read()
    now, key = moment.now(), (word, name)
    found = _kept.get(key)
    if found is not None and found[1] <= now < found[1] + KEEP:
        value: T = found[0]
        return value
    value = read()
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[key] = value, now
    return value


@event.listens_for(Session, "after_commit")
def _word_is_over(session: Session) -> None:
    session.info.pop(_WORD, None)


@event.listens_for(Engine, "after_execute")
def _notice(connection: Connection, statement: Any, _many: Any, _one: Any, _options: Any, result: Any) -> None:
    if not getattr(statement, "is_dml", False):
        return
    only = _watched.get(getattr(statement.table, "name", ""))
    if only is None:
        return
    if only and statement.is_update:
        given = result.context.compiled_parameters
        if given and not only & given[0].keys():
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
