"""A batch: letters that one person deals with in one act, and how each of them ended."""
from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.access.rows import Scoped
from core.access.viewer import Viewer
from core.db import Json, Model, UtcDateTime, enum_column
from core.letter.models import Letter


class BatchAct(enum.StrEnum):
    """What is done with every letter of the batch."""

    REVIEW = "review"
    SIGN = "sign"
    ZIP = "zip"
    PRINT = "print"


class ItemState(enum.StrEnum):
    """How far one letter of a batch is."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class LetterBatch(Scoped, Model):
    """The letters that a person chose by a filter and deals with as one act. It is that person's own."""

    __tablename__ = "core_letter_batch"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[BatchAct] = mapped_column(enum_column(BatchAct, 8))
    title: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    chosen: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """The filter by which they were chosen."""
    items: Mapped[list[BatchItem]] = relationship(back_populates="batch", lazy="raise", passive_deletes=True)
    task_id: Mapped[int | None]
    """The long task that does it; the latest one when it was taken up again. Tasks lie above letters in the house."""

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """A batch is seen by whoever began it."""
        return cls.by_id == viewer.user_id

    def writable_by(self, viewer: Viewer) -> bool:
        """Its own person."""
        return self.by_id == viewer.user_id


class BatchItem(Scoped, Model):
    """One letter of a batch. It is ``done`` in the same transaction as what was done to the letter."""

    __tablename__ = "core_letter_batch_item"

    batch_id: Mapped[int] = mapped_column(ForeignKey("core_letter_batch.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("core_letter.id", ondelete="CASCADE"))
    state: Mapped[ItemState] = mapped_column(enum_column(ItemState, 8), default=ItemState.WAITING)
    reason: Mapped[str] = mapped_column(Text, default="")

    letter: Mapped[Letter] = relationship()
    batch: Mapped[LetterBatch] = relationship(back_populates="items")

    __table_args__ = (CheckConstraint("(state = 'refused') = (length(reason) > 0)", name="refused_why"),
                      Index(None, "batch_id", "letter_id", unique=True), Index(None, "batch_id", "state"),
                      Index(None, "letter_id"))

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """Whoever sees the batch."""
        batches = LetterBatch.__table__
        return cls.batch_id.in_(select(batches.c.id).where(batches.c.by_id == viewer.user_id))

    def writable_by(self, viewer: Viewer) -> bool:
        """Whoever may write the batch."""
        return self.batch.writable_by(viewer)
