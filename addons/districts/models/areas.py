"""Districts of both levels, who serves in them, and which officer serves which enterprise. Registers of the whole district."""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.access.models import Staff, Unit
from core.access.rows import Scoped
from core.access.viewer import Viewer
from core.db import Json, Model
from core.party.models import Enterprise

FOREVER = dt.date(9999, 12, 31)
"""The end of what has none yet."""


class Area(Model):
    """A second-level district (二级片区) of a street, town or park, as it was drawn from one day to another.

    The first level are the 17 streets, towns and parks themselves. ``words`` are the roads, villages and parks by which an
    address is found to lie in it; ``polygon`` is ``[[longitude, latitude], …]`` where somebody has drawn one.
    """

    __tablename__ = "districts_area"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    code: Mapped[str] = mapped_column(String(24), info={"label": _l("Code")})
    name: Mapped[str] = mapped_column(String(64), info={"label": _l("Name")})
    east: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("East to")})
    south: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("South to")})
    west: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("West to")})
    north: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("North to")})
    words: Mapped[list[str]] = mapped_column(Json, default=list, info={"label": _l("Words of its addresses")})
    polygon: Mapped[list[Any] | None] = mapped_column(Json, info={"label": _l("Outline")})
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date] = mapped_column(default=FOREVER)

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    terms: Mapped[list[AreaWord]] = relationship(back_populates="area", cascade="all, delete-orphan")

    __table_args__ = (UniqueConstraint("code", "valid_from"), CheckConstraint("valid_from < valid_to", name="days"))

    def __str__(self) -> str:
        return self.name


class AreaWord(Model):
    """One word by which an address is found: one table, so that a whole register is matched in one statement."""

    __tablename__ = "districts_area_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("districts_area.id", ondelete="CASCADE"), index=True)
    street_code: Mapped[str] = mapped_column(String(64), index=True)
    word: Mapped[str] = mapped_column(String(64))

    area: Mapped[Area] = relationship(back_populates="terms")

    __table_args__ = (UniqueConstraint("area_id", "word"),)


class Post(Model):
    """A service officer's post (为企服务人员) in a second-level district; A serves, B stands in."""

    __tablename__ = "districts_post"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("districts_area.id"), index=True,
                                         info={"label": _l("Second-level district")})
    part: Mapped[str] = mapped_column(String(1), default="A", info={"label": _l("A or B")})
    staff_no: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Staff number")})
    office_phone: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Office line")})
    mobile: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Mobile"), "mask": "phone"})
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date] = mapped_column(default=FOREVER)

    user: Mapped[Staff] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    area: Mapped[Area] = relationship()

    __table_args__ = (CheckConstraint("part IN ('A', 'B')", name="part"),
                      CheckConstraint("valid_from < valid_to", name="days"),
                      UniqueConstraint("user_id", "area_id", "valid_from"))


class Serving(Model):
    """An officer is the one who serves an enterprise (一对一), from ``valid_from`` until the day before ``valid_to``.

    The database itself keeps it one at a time: each row but an enterprise's first names the end of the row before it, which
    exists (foreign key), which no other row follows (unique) and which is not later than its own beginning (check). So
    the rows of an enterprise are one chain without overlap, on every database, whoever writes them.
    """

    __tablename__ = "districts_serving"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("core_enterprise.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("districts_post.id"), index=True)
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date] = mapped_column(default=FOREVER)
    follows: Mapped[dt.date | None]
    """``valid_to`` of the row before; None is the first."""
    how: Mapped[str] = mapped_column(String(16), default="hand")
    reason: Mapped[str] = mapped_column(String(255), default="")

    enterprise: Mapped[Enterprise] = relationship()
    post: Mapped[Post] = relationship()

    __table_args__ = (
        UniqueConstraint("enterprise_id", "valid_to"), UniqueConstraint("enterprise_id", "follows"),
        ForeignKeyConstraint(["enterprise_id", "follows"], ["districts_serving.enterprise_id", "districts_serving.valid_to"],
                             name="fk_districts_serving_chain", onupdate="CASCADE"),
        CheckConstraint("valid_from < valid_to", name="days"),
        CheckConstraint("follows IS NULL OR follows <= valid_from", name="chain"),
    )


Index("uq_districts_serving_first", Serving.enterprise_id, unique=True, sqlite_where=Serving.follows.is_(None),
      postgresql_where=Serving.follows.is_(None))


class Contact(Model):
    """Who answers for the service in a unit: a street's deputy leader and section, a bureau's liaison with his fields of
    expertise, a district leader who takes care of a street or of single enterprises (包联)."""

    __tablename__ = "districts_contact"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    duty: Mapped[str] = mapped_column(String(16), info={"label": _l("Duty")})
    name: Mapped[str] = mapped_column(String(64), info={"label": _l("Name")})
    post: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Post")})
    phone: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Office line")})
    expertise: Mapped[str] = mapped_column(String(400), default="", info={"label": _l("Fields of expertise")})
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("core_enterprise.id"), index=True)
    """Only for a leader who takes care of one enterprise."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    """A leader's account: what is raised from his street may be read with it."""
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date] = mapped_column(default=FOREVER)

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    enterprise: Mapped[Enterprise | None] = relationship()
    user: Mapped[Staff | None] = relationship(foreign_keys=[user_id])

    __table_args__ = (CheckConstraint("duty IN ('chief', 'section', 'liaison', 'leader')", name="duty"),
                      CheckConstraint("valid_from < valid_to", name="days"))


class Agent(Scoped, Model):
    """The person of an enterprise whom its officer calls (企业联系人): the enterprise's own number, and whether he agreed."""

    __tablename__ = "districts_agent"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("core_enterprise.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(64), info={"label": _l("Contact"), "mask": "name"})
    mobile: Mapped[str] = mapped_column(String(16), info={"label": _l("Mobile"), "mask": "phone"})
    position: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Post")})
    consent: Mapped[bool] = mapped_column(default=False, info={"label": _l("Agreed to be called and written to")})
    confirmed_on: Mapped[dt.date] = mapped_column(info={"label": _l("Confirmed on")})

    enterprise: Mapped[Enterprise] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """Those of the units within reach."""
        reach = viewer.reach("districts.agent:read")
        return cls.id.is_not(None) if reach.everywhere else cls.unit_id.in_(sorted(reach.units))

    def writable_by(self, viewer: Viewer) -> bool:
        """Those who keep the contacts of the unit."""
        return viewer.reach("districts.agent:edit").covers(self.unit_id)


class PublicServing(Model):
    """Who serves an enterprise, as everybody may ask on the portal: what is public of it, and nothing else.

    Written anew from the registers whenever they change and once a day (:mod:`addons.districts.operations.public`).
    """

    __tablename__ = "districts_public_serving"

    serving_id: Mapped[int] = mapped_column(ForeignKey("districts_serving.id", ondelete="CASCADE"), primary_key=True,
                                            autoincrement=False)
    name: Mapped[str] = mapped_column(String(200), index=True)
    uscc: Mapped[str | None] = mapped_column(String(18), index=True)
    reg_no: Mapped[str | None] = mapped_column(String(50), index=True)
    officer: Mapped[str] = mapped_column(String(130))
    phone: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(String(128))
    area: Mapped[str] = mapped_column(String(64))


class PublicArea(Model):
    """A second-level district as everybody may read of it on the portal: where it lies and who serves there. Written with
    :class:`PublicServing`."""

    __tablename__ = "districts_public_area"

    area_id: Mapped[int] = mapped_column(ForeignKey("districts_area.id", ondelete="CASCADE"), primary_key=True,
                                         autoincrement=False)
    code: Mapped[str] = mapped_column(String(24), index=True)
    name: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(String(128))
    sides: Mapped[str] = mapped_column(String(600))
    officers: Mapped[str] = mapped_column(String(600))
    phone: Mapped[str] = mapped_column(String(64))
