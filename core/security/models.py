"""Who is signed in, and who has a second factor."""
from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.access.models import Staff
from core.db import Json, Model, UtcDateTime


class LoginSession(Model):
    """One sign-in at one browser, from its beginning to its end. ``token`` is the hash of what the cookie holds."""

    __tablename__ = "core_login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    second_factor: Mapped[bool] = mapped_column(default=False)

    user: Mapped[Staff] = relationship()

    __table_args__ = (Index(None, "user_id", "ended_at"), Index(None, "ended_at", "seen_at"))


class SecondFactor(Model):
    """The key that a person's telephone shares with the suite (TOTP, RFC 6238), encrypted; and codes for its loss, hashed.

    ``last_step`` is the time step of the last code that was taken: a code that somebody looked at over the shoulder is
    worth nothing a second time.
    """

    __tablename__ = "core_second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(default=0)
    spare: Mapped[list[str]] = mapped_column(Json, default=list)
