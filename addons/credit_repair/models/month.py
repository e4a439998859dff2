"""The month: what bureaus report about themselves, what the city reports about all, and the bulletin (迟报通报)."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from addons.credit_repair.workflow import BULLETIN
from core.access import Unit, Viewer
from core.access.rows import Scoped
from core.case.models import Case
from core.db import Json, Model, UtcDateTime


class Bulletin(Case):
    """The figures of a month, frozen on the day on which they were put together, and who was late (迟报通报)."""

    __tablename__ = "credit_repair_bulletin"
    __mapper_args__ = {"polymorphic_identity": "credit_repair.bulletin", "polymorphic_load": "selectin"}

    workflow = BULLETIN
    kind_title = _l("Monthly bulletin")
    number_code = "XB"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[dt.date] = mapped_column(unique=True, info={"label": _l("Month")})
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info={"private": True})
    late: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, info={"private": True})
    compiled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info={"label": _l("Put together at")})
    issued_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Issued on")})


class MonthCount(Scoped, Model):
    """What a bureau's own case system says of a month: decisions, those exempt, and what a sample of them showed.

    应报尽报率 and 瞒报率 rest on it: the suite cannot count what was never reported to it.
    """

    __tablename__ = "credit_repair_month_count"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[dt.date] = mapped_column(index=True)
    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    decisions: Mapped[int]
    exempt: Mapped[int] = mapped_column(default=0)
    sampled: Mapped[int] = mapped_column(default=0)
    unreported: Mapped[int] = mapped_column(default=0)
    source: Mapped[str] = mapped_column(String(128), default="")

    bureau: Mapped[Unit] = relationship(foreign_keys=[bureau_id])

    __table_args__ = (UniqueConstraint("bureau_id", "month"),
                      CheckConstraint("decisions >= exempt AND sampled >= unreported AND exempt >= 0 AND unreported >= 0",
                                      name="counts"))

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """A bureau's numbers are seen by whoever may see its figures."""
        reach = viewer.reach("stats:read")
        return cls.bureau_id.is_not(None) if reach.everywhere else cls.bureau_id.in_(sorted(reach.units))

    def writable_by(self, viewer: Viewer) -> bool:
        """Whoever brings the sheet in."""
        return viewer.reach("credit_repair.month:import").covers(self.bureau_id)


class CityAverage(Model):
    """A figure of the whole city, as the city published it: the value, the month and the source. Public."""

    __tablename__ = "credit_repair_city_average"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[dt.date]
    indicator: Mapped[str] = mapped_column(String(64))
    value: Mapped[Decimal] = mapped_column(Numeric(10, 6))
    source: Mapped[str] = mapped_column(String(200))
    imported_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("indicator", "month"),)
