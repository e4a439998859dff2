"""How a person likes things: the columns of a list, how dense it is, when he last looked at his desk."""
from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import moment
from core.db import Json, Model, UtcDateTime

MOST_BYTES = 4000
"""No taste needs more."""


class Preference(Model):
    """One liking of one person. Every query names the person: nobody reads another one's."""

    __tablename__ = "core_preference"

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


LIKING = select(Preference.value).where(Preference.user_id == bindparam("me"), Preference.name == bindparam("liking"))
"""The statement that reads a liking of the person ``me``, to be asked together with others."""


def preference(session: Session, user_id: int | None, name: str) -> dict[str, Any]:
    """What the person keeps under ``name``; empty when nothing."""
    return dict(session.scalar(LIKING, {"me": user_id, "liking": name}) or {})


def keep(session: Session, user_id: int, name: str, value: dict[str, Any]) -> None:
    """Keep a liking. Two pages that are opened at once may both be the first to do so. Flushes; the caller commits."""
    found = session.get(Preference, (user_id, name))
    if found is None:
        dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
        insert = dialect.insert(Preference).values(user_id=user_id, name=name, value=value, updated_at=moment.now())
        session.connection().execute(insert.on_conflict_do_update(
            index_elements=["user_id", "name"],
            set_={"value": insert.excluded.value, "updated_at": insert.excluded.updated_at}))
    else:
        found.value, found.updated_at = value, moment.now()
    session.flush()
