"""A person's inbox: what is there, how much of it is new, and putting it aside. Every query names the person."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, Update, and_, bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from core import moment
from core.outbox.models import Channel, Message

UNREAD_CAP = 100
"""Counting stops here: the badge says 99+ and the page stays quick whatever has piled up."""


def inbox(session: Session, user_id: int, *, unread_only: bool = False, before: Message | None = None,
          limit: int = 50) -> Sequence[Message]:
    """The person's messages that are due and not dismissed, newest first; ``before`` is the last one of the page
    before.
    """
    query = select(Message).where(_mine(user_id)).order_by(Message.due_at.desc(), Message.id.desc()).limit(limit)
    if unread_only:
        query = query.where(Message.read_at.is_(None))
    if before is not None:
        query = query.where(tuple_(Message.due_at, Message.id) < (before.due_at, before.id))
    return session.scalars(query).all()


def unread_count(session: Session, user_id: int) -> int:
    """How many messages the person has not read, counted up to :data:`UNREAD_CAP`: one short statement on a small
    index.
    """
    return session.scalar(UNREAD_NUMBER, {"me": user_id, "now": moment.now()}) or 0


def mark_read(session: Session, user_id: int, ids: Collection[int] | None = None) -> int:
    """Mark these messages of the person as read (all of them by default); another person's stay untouched. How many
    changed.
    """
    change = update(Message).where(_mine(user_id), Message.read_at.is_(None)).values(read_at=moment.now())
    if ids is not None:
        change = change.where(Message.id.in_(ids))
    return _changed(session, change)


def dismiss(session: Session, user_id: int, ids: Collection[int]) -> int:
    """Put these messages of the person aside; they leave the inbox and stay in the record. How many changed."""
    return _changed(session, update(Message).where(_mine(user_id), Message.id.in_(ids)).values(dismissed=True))


def _mine(user_id: Any, now: Any = None) -> ColumnElement[bool]:
    return and_(Message.recipient_id == user_id, Message.channel == Channel.INAPP, Message.dismissed.is_(False),
                Message.due_at <= (moment.now() if now is None else now))


def _unread_number() -> Select[int]:
    some = select(Message.id).where(_mine(bindparam("me"), bindparam("now")), Message.read_at.is_(None))
    return select(func.count()).select_from(some.limit(UNREAD_CAP).subquery())


UNREAD_NUMBER = _unread_number()
"""The statement that counts what the person ``me`` has not read ``now``, to be asked together with others."""


def _changed(session: Session, change: Update) -> int:
    result = session.execute(change, execution_options={"synchronize_session": "fetch"})
    return cast("CursorResult[tuple[()]]", result).rowcount
