"""Enterprises: the register that all bureaus share. Units and people are in :mod:`core.access.models`."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Json, Model, UtcDateTime


class Enterprise(Model):
    """A business that the district serves: company, individual business owner, cooperative.

    ``uscc`` is the 统一社会信用代码; old individual owners may have only a registration number (``reg_no``). A record
    made because a sheet named an unknown business is ``source="provisional"`` and not ``verified`` (待核验).
    """

    __tablename__ = "core_enterprise"

    id: Mapped[int] = mapped_column(primary_key=True)
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    reg_no: Mapped[str | None] = mapped_column(String(50))
    org_code: Mapped[str | None] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(String(200), index=True)
    pinyin: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """The initials of the name, for searching."""
    status: Mapped[str] = mapped_column(String(32), default="存续", server_default="存续")
    kind: Mapped[str | None] = mapped_column(String(64))
    legal_rep: Mapped[str | None] = mapped_column(String(64), info={"mask": "name"})
    phone: Mapped[str | None] = mapped_column(String(64), info={"mask": "phone"})
    registered_address: Mapped[str | None] = mapped_column(String(255))
    business_address: Mapped[str | None] = mapped_column(String(255))
    industry: Mapped[str | None] = mapped_column(String(16))
    industry_name: Mapped[str | None] = mapped_column(String(128))
    scope: Mapped[str | None] = mapped_column(Text)
    type_code: Mapped[str | None] = mapped_column(String(16))
    capital: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    """In 万元 of ``currency``."""
    currency: Mapped[str | None] = mapped_column(String(32))
    registered_on: Mapped[dt.date | None]
    approved_on: Mapped[dt.date | None]
    """核准日期 of what is written here: a sheet that tells of an earlier day is late and changes nothing."""
    term_from: Mapped[dt.date | None]
    term_to: Mapped[dt.date | None]
    registrar: Mapped[str | None] = mapped_column(String(128))
    district_code: Mapped[str | None] = mapped_column(String(12), index=True)
    source: Mapped[str] = mapped_column(String(16), default="import", server_default="import")
    verified: Mapped[bool] = mapped_column(default=True, server_default="1")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    updated_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("core_enterprise.id"))
    """The record that stands for it since both were found to be one enterprise."""

    names: Mapped[list[EnterpriseName]] = relationship(back_populates="enterprise", order_by="EnterpriseName.valid_to")
    addresses: Mapped[list[EnterpriseAddress]] = relationship(back_populates="enterprise",
                                                              order_by="EnterpriseAddress.valid_to")

    __table_args__ = (Index(None, "pinyin"), Index(None, "status"))

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where to write to it: where it does business, else where it is registered."""
        return self.business_address or self.registered_address or ""


# Few have an old number and fewer a successor: the others need not stand in the indexes by which these are found.
for _rare in (Enterprise.reg_no, Enterprise.merged_into_id):
    Index(f"ix_core_enterprise_{_rare.key}", _rare, sqlite_where=_rare.is_not(None), postgresql_where=_rare.is_not(None))


class EnterpriseName(Model):
    """A name that an enterprise bore, and until when."""

    __tablename__ = "core_enterprise_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("core_enterprise.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]

    enterprise: Mapped[Enterprise] = relationship(back_populates="names")


class EnterpriseAddress(Model):
    """Where an enterprise was registered and where it did business, and until when."""

    __tablename__ = "core_enterprise_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("core_enterprise.id"), index=True)
    registered_address: Mapped[str | None] = mapped_column(String(255))
    business_address: Mapped[str | None] = mapped_column(String(255))
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date]

    enterprise: Mapped[Enterprise] = relationship(back_populates="addresses")


class EnterpriseMerge(Model):
    """Two records were found to be one enterprise. ``moved``: table → ids of the rows that refer to the other one since,
    so that it can be undone."""

    __tablename__ = "core_enterprise_merge"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("core_enterprise.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("core_enterprise.id"), index=True)
    moved: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    __table_args__ = (CheckConstraint("gone_id <> into_id", name="two"),)
