"""The public projection, and what the portal needs for itself. Nothing here holds more than may be seen outside.

The portal's pages read these tables and no others. :mod:`core.portal.projection` writes them in the transaction of the
fact; ``yingshang portal rebuild`` makes them anew.
"""
from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.case.workflow import Meaning
from core.db import Json, Model, UtcDateTime, enum_column


class PublicCase(Model):
    """A case as its owner sees it from outside. Texts are masked; of the query code there is only a digest."""

    __tablename__ = "core_portal_case"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    code_digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(40))
    meaning: Mapped[Meaning] = mapped_column(enum_column(Meaning, 16))
    unit: Mapped[str] = mapped_column(String(128))
    server: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """:class:`core.portal.declare.Contact` by its fields."""
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("core_enterprise.id"))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    due: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """The public clocks that run: ``[{"code", "on", "amount", "unit", "provisional", "paused"}]``, the earliest first."""
    steps: Mapped[list[str]] = mapped_column(Json, default=list)
    """The names of what its owner may do now."""
    listed: Mapped[bool] = mapped_column(default=False)
    listed_as: Mapped[str] = mapped_column(String(120), default="")
    """What everybody may read of it; empty when it is in no public list."""

    events: Mapped[list[PublicEvent]] = relationship(order_by="PublicEvent.id", passive_deletes=True)
    letters: Mapped[list[PublicLetter]] = relationship(order_by="PublicLetter.id", passive_deletes=True)

    __table_args__ = (Index(None, "enterprise_id", "id"), Index(None, "kind", "listed", "id"))


class PublicEvent(Model):
    """An entry of the timeline that the one concerned may read. Who did it is not said; his words are masked."""

    __tablename__ = "core_portal_event"

    id: Mapped[int] = mapped_column(ForeignKey("core_event.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_portal_case.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(24))
    action: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(Text, default="")


class PublicLetter(Model):
    """A signed letter that its addressee may fetch. The bytes lie in the file store."""

    __tablename__ = "core_portal_letter"

    id: Mapped[int] = mapped_column(ForeignKey("core_letter.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("core_portal_case.id", ondelete="CASCADE"), index=True)
    """None: it belongs to no case and is for an enterprise."""
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("core_enterprise.id"), index=True)
    """In whose account it is."""
    number: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(255))
    organ: Mapped[str] = mapped_column(String(128))
    signed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    voided: Mapped[bool] = mapped_column(default=False)
    sha256: Mapped[str] = mapped_column(String(64))


class Submission(Model):
    """A form that was sent, under the key that the page gave it: sent twice, it is the same submission."""

    __tablename__ = "core_portal_submission"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    form: Mapped[str] = mapped_column(String(128))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class Upload(Model):
    """A file that was sent ahead of its form, so that on a poor connection nothing is sent twice."""

    __tablename__ = "core_portal_upload"

    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class Token(Model):
    """A one-time link to one step of one case, sent to the enterprise's own contact. The link itself is not kept."""

    __tablename__ = "core_portal_token"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    used_from: Mapped[str] = mapped_column(String(64), default="")

    __table_args__ = (CheckConstraint("expires_at > made_at", name="expires"),)


class LoginCode(Model):
    """A one-time code that was sent to the registered contact of an enterprise. The newest one counts."""

    __tablename__ = "core_portal_login"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("core_enterprise.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Hit(Model):
    """How often something was tried in a span of time. ``bucket`` names what and, unreadably, from where."""

    __tablename__ = "core_portal_hit"

    bucket: Mapped[str] = mapped_column(String(96), primary_key=True)
    span: Mapped[int] = mapped_column(primary_key=True)
    """The span's number since 1970, in its own length."""
    tries: Mapped[int] = mapped_column(default=0)
    until: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
