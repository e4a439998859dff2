"""What was imported, and what it changed: enough to show it and to take it back while nobody has built on it."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, ForeignKey, Index, Integer, String, false, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import moment
from core.access.rows import Scoped
from core.access.viewer import Viewer
from core.db import Json, Model, UtcDateTime, enum_column

# Here a missing value is SQL's NULL, not JSON's null: set-based statements ask for it.
_JsonOrNull = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class BatchState(StrEnum):
    """Whether the import stands."""

    DONE = "done"
    UNDONE = "undone"


class ImportBatch(Scoped, Model):
    """One file that was imported, by whom, for which bureau, and what became of its rows."""

    __tablename__ = "core_import_batch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    profile: Mapped[str] = mapped_column(String(80), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    by_id: Mapped[int | None] = mapped_column(Integer)
    by_name: Mapped[str] = mapped_column(String(100), default="")
    bureau_id: Mapped[int | None] = mapped_column(Integer, index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=moment.now)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    state: Mapped[BatchState] = mapped_column(enum_column(BatchState), default=BatchState.DONE)
    undone_by_id: Mapped[int | None] = mapped_column(Integer)
    undone_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """People see their bureau's imports and their own."""
        mine = cls.by_id == viewer.user_id if viewer.user_id is not None else false()
        return mine if viewer.bureau_id is None else or_(mine, cls.bureau_id == viewer.bureau_id)

    def writable_by(self, viewer: Viewer) -> bool:
        """Whoever may see it; whether he may import is asked by the operation."""
        own = viewer.user_id is not None and self.by_id == viewer.user_id
        return own or (viewer.bureau_id is not None and self.bureau_id == viewer.bureau_id)


class ImportChange(Model):
    """One record that an import created or changed. ``before`` is ``None`` for a created one.

    ``version`` is what the record had after the import: as long as it still has it, the change can be taken back. It
    is read through its batch only and never shown by itself, since ``before`` may hold masked fields.
    """

    __tablename__ = "core_import_change"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("core_import_batch.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column(Integer)
    entity: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120))
    before: Mapped[dict[str, Any] | None] = mapped_column(_JsonOrNull)
    version: Mapped[int | None] = mapped_column(Integer)


Index("ix_core_import_change_batch_id", ImportChange.batch_id)
