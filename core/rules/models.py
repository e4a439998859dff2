"""The register of rule versions, and what bureaus decided otherwise."""
from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Model, UtcDateTime, enum_column
from core.rules.loader import RuleStatus, RuleUnit


class RuleVersion(Model):
    """One value of a rule with its days and its basis. Never altered: a change is a new row, and the old one is closed.

    Clocks keep the id of the version under which they began; a closed version stays for them.
    """

    __tablename__ = "core_rule_version"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(128))
    title: Mapped[str] = mapped_column(String(255))
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    value: Mapped[Any] = mapped_column(Json)
    unit: Mapped[RuleUnit] = mapped_column(enum_column(RuleUnit))
    basis: Mapped[str] = mapped_column(String(255), default="")
    article: Mapped[str] = mapped_column(String(128), default="")
    status: Mapped[RuleStatus] = mapped_column(enum_column(RuleStatus))
    note: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),
        Index("uq_core_rule_version_open", "key", "valid_from", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
    )


class RuleOverride(Model):
    """A bureau's own value for a rule, with its reason. It is the bureau's word and is never shown as law."""

    __tablename__ = "core_rule_override"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    key: Mapped[str] = mapped_column(String(128))
    value: Mapped[Any] = mapped_column(Json)
    unit: Mapped[RuleUnit] = mapped_column(enum_column(RuleUnit))
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )
