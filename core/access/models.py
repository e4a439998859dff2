"""Units, people, and the roles that people hold in units."""
from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from flask_appbuilder.security.sqla.models import Role as FabRole
from flask_appbuilder.security.sqla.models import User as FabUser
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Json, Model, UtcDateTime, enum_column
from core.pinyin import MOST_SPELLED, spelled, spelled_person


class UnitKind(enum.StrEnum):
    """What a unit is: the district, a bureau, a street or park, a section of one of them."""

    DISTRICT = "district"
    BUREAU = "bureau"
    STREET = "street"
    SECTION = "section"
    OUTSIDE = "outside"


class Scope(enum.StrEnum):
    """How far a role reaches: 全部 / 自定义 / 本部门 / 本部门及以下 / 仅本人."""

    ALL = "all"
    CUSTOM = "custom"
    UNIT = "unit"
    UNIT_TREE = "unit_tree"
    OWN = "own"


class Unit(Model):
    """A bureau, a street, or a section of one. ``path`` is ``/<id of the root>/…/<own id>/``; ``bureau_id`` names the
    bureau (or street) that the unit belongs to, a bureau's own id for itself.
    """

    __tablename__ = "core_unit"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"), index=True)
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"), index=True)
    kind: Mapped[UnitKind] = mapped_column(enum_column(UnitKind))
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    short_name: Mapped[str] = mapped_column(String(64))
    pinyin: Mapped[str] = mapped_column(String(MOST_SPELLED), default="", server_default="")
    """Both names in pinyin, for searching; written by :func:`_spell_unit`."""
    doc_word: Mapped[str] = mapped_column(String(32), default="")
    """机关代字, the organ's word in a 发文字号; empty until the bureau has given it."""
    uscc: Mapped[str | None] = mapped_column(String(18))
    address: Mapped[str] = mapped_column(String(255), default="")
    phone: Mapped[str] = mapped_column(String(64), default="")
    path: Mapped[str] = mapped_column(String(255), default="", index=True)
    is_enforcer: Mapped[bool] = mapped_column(default=False)
    """Whether it imposes administrative penalties (执法部门)."""
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    parent: Mapped[Unit | None] = relationship(remote_side="Unit.id", foreign_keys="Unit.parent_id")
    bureau: Mapped[Unit | None] = relationship(remote_side="Unit.id", foreign_keys="Unit.bureau_id", post_update=True)

    def __str__(self) -> str:
        return self.short_name or self.name


class Staff(FabUser):
    """A member of staff: Flask-AppBuilder's account with what an office needs beside it."""

    __tablename__ = "ab_user"
    __table_args__ = {"extend_existing": True}  # columns added to Flask-AppBuilder's own table
    __audited__ = True

    phone: Mapped[str | None] = mapped_column(String(64), nullable=True)
    post: Mapped[str | None] = mapped_column(String(64), nullable=True)
    pinyin: Mapped[str | None] = mapped_column(String(MOST_SPELLED), nullable=True)
    """The name in pinyin, for searching; written by :func:`_spell_person`."""
    session_version: Mapped[int | None] = mapped_column(default=1, nullable=True)
    """Raised when the password changes: sessions that began before it end."""
    must_change_password: Mapped[bool | None] = mapped_column(default=False, nullable=True)
    password_changed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, nullable=True)

    @property
    def name(self) -> str:
        """The name as it is written in Chinese: family name first, nothing between."""
        return f"{self.last_name}{self.first_name}"


User = Staff
"""The name in daily use. The class is called otherwise because Flask-AppBuilder finds its own ``User`` by name."""


class Appointment(Model):
    """A person holds a role in a unit, with a reach, from one day to another. Ended, never deleted."""

    __tablename__ = "core_appointment"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("ab_role.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    scope: Mapped[Scope] = mapped_column(enum_column(Scope))
    custom_units: Mapped[list[int]] = mapped_column(Json, default=list)
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    lent_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    """AB角: whose role it is that the person holds while the other one is away (:mod:`core.access.standing_in`)."""
    lent_from_id: Mapped[int | None] = mapped_column(ForeignKey("core_appointment.id", ondelete="CASCADE"), index=True)

    user: Mapped[Staff] = relationship(foreign_keys=[user_id])
    role: Mapped[FabRole] = relationship()
    unit: Mapped[Unit] = relationship()

    __table_args__ = (
        UniqueConstraint("user_id", "lent_from_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),
        CheckConstraint("(lent_by_id IS NULL) = (lent_from_id IS NULL)", name="lent"),
        Index("ix_core_appointment_unit_role", "unit_id", "role_id"),
    )


_own = Appointment.lent_by_id.is_(None)
Index("uq_core_appointment_own", Appointment.user_id, Appointment.role_id, Appointment.unit_id, Appointment.valid_from,
      unique=True, sqlite_where=_own, postgresql_where=_own)


@event.listens_for(Unit, "before_insert")
@event.listens_for(Unit, "before_update")
def _spell_unit(_mapper: Any, _connection: Any, unit: Unit) -> None:
    if _changed(unit, "name", "short_name"):
        unit.pinyin = spelled(unit.short_name or "", unit.name)


@event.listens_for(Staff, "before_insert")
@event.listens_for(Staff, "before_update")
def _spell_person(_mapper: Any, _connection: Any, person: Staff) -> None:
    if _changed(person, "last_name", "first_name"):
        person.pinyin = spelled_person(person.last_name, person.first_name)


def _changed(row: Unit | Staff, *names: str) -> bool:
    """Whether a name is written: whoever merely signs in must not load the dictionaries."""
    known: Any = inspect(row)
    return any(known.attrs[name].history.has_changes() for name in names)
