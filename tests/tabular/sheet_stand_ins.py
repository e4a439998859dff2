"""A module's register and a clerk, as the tests of sheets need them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import JSON, Date, Integer, Numeric, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.access.viewer import Reach, Viewer


class Own(DeclarativeBase):
    """Apart from the suite's tables, which are compared with its migrations."""


class Penalty(Own):
    """A stand-in for a module's register."""

    __tablename__ = "test_penalty"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(128), unique=True)
    party: Mapped[str] = mapped_column(String(200))
    uscc: Mapped[str | None] = mapped_column(String(18))
    decided_on: Mapped[dt.date | None] = mapped_column(Date)
    fine: Mapped[Decimal | None] = mapped_column(Numeric(16, 6))
    kinds: Mapped[list[str] | None] = mapped_column(JSON)
    bureau_id: Mapped[int | None] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, nullable=False)
    __mapper_args__ = {"version_id_col": version}


def viewer(*permissions: str, user_id: int | None = None, bureau_id: int | None = 7) -> Viewer:
    """Somebody at a desk, with these permissions everywhere."""
    reach = Reach(everywhere=True)
    return Viewer(user_id, "王科员", bureau_id=bureau_id, permissions=dict.fromkeys(permissions, reach))
