"""Messages and the record of each attempt to deliver them."""
from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, and_
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, UtcDateTime, enum_column


class Channel(enum.StrEnum):
    """The way a message takes: to the person's inbox in the suite, or out of the house."""

    INAPP = "inapp"
    EMAIL = "email"
    SMS = "sms"
    WECOM = "wecom"
    WEBHOOK = "webhook"


class MessageState(enum.StrEnum):
    """How far a message has come: ``failed`` will be tried again, ``dead`` will not unless a person asks for it."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"


class Message(Model):
    """Something that a person must be told: in their inbox, or by e-mail, SMS or WeCom.

    It goes to a person of the suite (``recipient_id``) or to an ``address`` outside. ``dedupe_key`` names the occasion
    (``"clock:17:warn:3d:user:5"``): the same occasion is told once, however often a sweep finds it.
    ``case_id`` is a plain number, because messages lie below cases in the house.
    """

    __tablename__ = "core_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    address: Mapped[str] = mapped_column(String(254), default="")
    channel: Mapped[Channel] = mapped_column(enum_column(Channel))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500), default="")
    file_name: Mapped[str] = mapped_column(String(255), default="")
    file_sha256: Mapped[str] = mapped_column(String(64), default="")
    """A file of the store that goes along with an e-mail."""
    case_id: Mapped[int | None] = mapped_column(index=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    try_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    """When the next attempt may begin; later while one is under way."""
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState), default=MessageState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    dismissed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (CheckConstraint("attempts >= 0", name="attempts"),)


_unread = and_(Message.channel == Channel.INAPP, Message.read_at.is_(None), Message.dismissed.is_(False))
Index("ix_core_message_state_try_at", Message.state, Message.try_at)
Index("ix_core_message_recipient_id_due_at", Message.recipient_id, Message.due_at)
Index("ix_core_message_unread", Message.recipient_id, Message.due_at, sqlite_where=_unread, postgresql_where=_unread)


class Delivery(Model):
    """One attempt to deliver a message. An attempt without an end was cut off, and another one follows it."""

    __tablename__ = "core_delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("core_message.id", ondelete="CASCADE"), index=True)
    attempt: Mapped[int]
    channel: Mapped[Channel] = mapped_column(enum_column(Channel))
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ok: Mapped[bool | None]
    reference: Mapped[str] = mapped_column(String(200), default="")
    """What the other side calls it: a file, a gateway's number."""
    error: Mapped[str] = mapped_column(Text, default="")
