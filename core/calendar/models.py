"""The published calendars as they are kept: an import is the whole of one year for one area, its rows are its days."""
from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.calendar.workdays import NATIONAL, RowKind
from core.db import Model, UtcDateTime, enum_column
from core.epoch import watched


class ImportState(enum.StrEnum):
    """Whether a second person has found an import right."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"


@watched
class CalendarImport(Model):
    """One year's notice for one area, as one person brought it in and another confirmed it.

    Only confirmed imports are used; of the same year and area the newest takes the place of those before it.
    ``imported_by`` and ``confirmed_by`` are empty for what the suite itself brought along.
    """

    __tablename__ = "core_calendar_import"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    scope: Mapped[str] = mapped_column(String(64), default=NATIONAL)
    source: Mapped[str] = mapped_column(String(255), default="")
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[ImportState] = mapped_column(enum_column(ImportState), default=ImportState.DRAFT)
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    imported_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    rows: Mapped[list[Workday]] = relationship(back_populates="batch", cascade="all, delete-orphan",
                                               order_by="Workday.date")

    __table_args__ = (
        CheckConstraint("confirmed_by IS NULL OR imported_by IS NULL OR confirmed_by <> imported_by",
                        name="two_persons"),
        CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_at"),
        Index("ix_core_calendar_import_year_scope", "year", "scope"),
    )


class Workday(Model):
    """One date of an import that is not what its day of the week says: a holiday, or a make-up working day."""

    __tablename__ = "core_workday"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("core_calendar_import.id", ondelete="CASCADE"))
    date: Mapped[dt.date]
    kind: Mapped[RowKind] = mapped_column(enum_column(RowKind))
    name: Mapped[str] = mapped_column(String(64), default="")
    scope: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(255), default="")

    batch: Mapped[CalendarImport] = relationship(back_populates="rows")

    __table_args__ = (UniqueConstraint("batch_id", "date"),)
