"""Which bureau has switched on which module: one row each. No row means that the module is not there for its people."""
from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, UtcDateTime


class BureauModule(Model):
    """A bureau uses a module, since when, and who switched it on (None: the command line)."""

    __tablename__ = "core_bureau_module"
    __audited__ = True

    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), primary_key=True)
    module: Mapped[str] = mapped_column(String(64), primary_key=True)
    enabled_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    enabled_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
