"""Tables of what surrounds a case: who held it and for how long, who was asked to agree and what he said."""
from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.access.models import Staff, Unit
from core.case.models import Case, CaseChild
from core.case.workflow import Together
from core.db import Json, Model, UtcDateTime, enum_column


class Stay(CaseChild, Model):
    """From this moment on a unit has the case; nobody (None) when it was closed. It lasts until the next one begins.

    ``waiting``: the case waits for somebody outside meanwhile.
    """

    __tablename__ = "core_case_stay"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"), index=True)
    waiting: Mapped[bool] = mapped_column(default=False)
    since: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="stays")
    unit: Mapped[Unit | None] = relationship()


class RoundState(enum.StrEnum):
    """How far a round of approval is; the last three are final."""

    PENDING = "pending"
    AGREED = "agreed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Decision(enum.StrEnum):
    """What somebody who was asked said."""

    AGREED = "agreed"
    REJECTED = "rejected"


class Round(CaseChild, Model):
    """People are asked to agree to an action; with the last agreement it happens, in the name of whoever asked.

    ``data`` and ``note`` are what was given for the action. One round at a time.
    """

    __tablename__ = "core_case_round"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(64))
    how: Mapped[Together] = mapped_column(enum_column(Together, 16))
    note: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    asked_by: Mapped[str] = mapped_column(String(128))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[dt.date]
    state: Mapped[RoundState] = mapped_column(enum_column(RoundState, 16), default=RoundState.PENDING)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="rounds")
    votes: Mapped[list[Vote]] = relationship(back_populates="round", order_by="Vote.place", cascade="all, delete-orphan")


_pending = Round.state == RoundState.PENDING.value
Index("uq_core_case_round_pending", Round.case_id, unique=True, sqlite_where=_pending, postgresql_where=_pending)


class Vote(CaseChild, Model):
    """What one person, or whoever holds a role, is asked to say in a round. ``place`` is the turn in which he is asked."""

    __tablename__ = "core_case_vote"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("core_case_round.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    role: Mapped[str] = mapped_column(String(64), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    added_by: Mapped[str] = mapped_column(String(128), default="")
    """加签: who had him asked too; empty for those who were asked from the beginning."""
    decision: Mapped[Decision | None] = mapped_column(enum_column(Decision, 16))
    note: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    decided_by: Mapped[str] = mapped_column(String(128), default="")
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship()
    round: Mapped[Round] = relationship(back_populates="votes")
    user: Mapped[Staff | None] = relationship(foreign_keys=[user_id])

    __table_args__ = (UniqueConstraint("round_id", "user_id"),
                      CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
                      CheckConstraint("user_id IS NOT NULL OR role <> ''", name="asked"))
