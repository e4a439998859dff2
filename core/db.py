"""The database: declarative base, column types and constraint names that every table of the suite shares."""
from __future__ import annotations

import datetime as dt
import enum
from contextlib import suppress
from typing import Any

from flask_appbuilder.models.sqla import Model as FabModel
from flask_appbuilder.models.sqla.base import SQLA
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, Enum, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.types import TypeDecorator
from sqlalchemy_utils.aggregates import manager as aggregates
from sqlalchemy_utils.proxy_dict import expire_proxy_dicts

from core.words import gettext as _

# Every constraint has a name that a migration can drop.
FabModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
for _table in FabModel.metadata.tables.values():  # the framework's own, when somebody imported it before us
    for _constraint in [constraint for constraint in _table.constraints if constraint.name is None]:
        _table.append_constraint(_constraint)  # attached once more, it is named

# The framework brings a library that looks through all that a session holds at each flush, and at each row that expires, for
# declarations of its own. Nobody here makes any, and in long work this took a tenth of the time.
event.remove(Session, "after_flush", aggregates.construct_aggregate_queries)
event.remove(Mapper, "expire", expire_proxy_dicts)

db = SQLA(session_options={"expire_on_commit": False})


class Model(FabModel):
    """Base of every table. It undoes ``extend_existing``, with which two modules could share a table name unnoticed."""

    __abstract__ = True
    __table_args__: Any = ()


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An instant: aware in Python, UTC in the database, on SQLite too. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"an instant needs a time zone: {value!r}")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None or value.tzinfo is dt.UTC:
            return value
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
"""A JSON column: JSONB on PostgreSQL."""


def enum_column(kind: type[enum.StrEnum], length: int = 32) -> Enum:
    """A column for a ``StrEnum``: stores the value as text with a check, so that a downgrade leaves no type behind."""
    return Enum(kind, native_enum=False, length=length, create_constraint=True, name=kind.__name__.lower(),
                values_callable=lambda members: [m.value for m in members])


_WROTE = "wrote something"


@event.listens_for(Engine, "after_cursor_execute")
def _note_writing(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    if not statement.startswith("SELECT"):
        connection.info[_WROTE] = True


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _forget_writing(connection: Connection) -> None:
    connection.info.pop(_WROTE, None)


def end_reading(session: Session) -> None:
    """End a transaction that only read with COMMIT: after a ROLLBACK the driver forgets the statements that PostgreSQL has
    prepared, and each page would have them parsed anew. What was written, or waits to be, is left for its owner to end."""
    if not session.in_transaction() or not session.is_active or session.new or session.dirty or session.deleted:
        return
    with suppress(DBAPIError):  # the answer is there already
        if not session.connection().info.get(_WROTE):
            session.commit()


def told_by_database(error: BaseException) -> str:
    """What stopped the database, for whoever runs a command. A table or a column that is not there means that the database was
    not brought up to this program, which no command but ``upgrade`` can work with; anything else stands in its own words."""
    cause = getattr(error, "orig", None) or error
    words = " ".join(str(cause).split())
    if getattr(cause, "sqlstate", "") in ("42P01", "42703") or words.startswith(("no such table", "no such column")):
        return str(_("The database was not brought up to this program yet. Run: yingshang upgrade"))
    return str(_("The database answered: %(error)s", error=words))
