"""A repeat returns the first answer: ``Idempotency-Key`` and what was answered under it, in the fact's own transaction.

The row is written before the work, in the same transaction: of two requests with one key that arrive together, the
second waits for the first. Work that is refused leaves no row, so it can be tried again under the same key.
"""
from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

from flask import Request, Response
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import moment
from core.db import Model, UtcDateTime
from core.errors import Refusal
from core.words import gettext as _

HEADER = "Idempotency-Key"
KEPT = dt.timedelta(days=7)


class Idempotency(Model):
    """What was answered to a request that a program may have to repeat. ``status`` is empty while it is being done."""

    __tablename__ = "core_idempotency"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128))
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    request: Mapped[str] = mapped_column(String(64))
    """SHA-256 of method, address and body."""
    status: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text, default="")
    location: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (UniqueConstraint("key", "user_id"),)


def once(session: Session, request: Request, user_id: int, work: Callable[[], Response]) -> Response:
    """Answer ``request`` by ``work``, or by what was answered the first time. Does not commit.

    Raises :class:`Refusal` when the key stood for another request before.
    """
    key = request.headers.get(HEADER, "").strip()
    if not key:
        return work()
    if len(key) > 128 or not key.isprintable():
        raise Refusal(_("The idempotency key is at most 128 printable characters."), HEADER)
    digest = hashlib.sha256(b"\0".join((request.method.encode(), request.full_path.encode(), request.get_data())))
    taken = _take(session, key, user_id, digest.hexdigest())
    if taken is None:
        return _again(session, key, user_id, digest.hexdigest())
    answer = work()
    session.execute(update(Idempotency).where(Idempotency.id == taken).values(
        status=answer.status_code, body=answer.get_data(as_text=True), location=answer.headers.get("Location", "")))
    return answer


def forget_old(session: Session, now: dt.datetime) -> int:
    """Delete answers that nobody will ask for again; returns how many. The caller commits."""
    gone = session.execute(delete(Idempotency).where(Idempotency.created_at < now - KEPT).returning(Idempotency.id))
    return len(gone.all())


def _take(session: Session, key: str, user_id: int, digest: str) -> int | None:
    """The new row's id; None when the key was used before (waiting for whoever uses it just now)."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    made: int | None = session.connection().execute(
        dialect.insert(Idempotency).values(key=key, user_id=user_id, request=digest, body="", location="",
                                           created_at=moment.now())
        .on_conflict_do_nothing().returning(Idempotency.id)).scalar()
    return made


def _again(session: Session, key: str, user_id: int, digest: str) -> Response:
    first = session.scalars(select(Idempotency).where(
        Idempotency.key == key, Idempotency.user_id == user_id)).one()
    if first.request != digest:
        raise Refusal(_("This idempotency key was used for another request."), HEADER)
    answer = Response(first.body, first.status, mimetype="application/json")
    answer.headers["Idempotency-Replayed"] = "true"
    if first.location:
        answer.headers["Location"] = first.location
    return answer
