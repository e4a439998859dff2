"""Applications to fell trees."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.case import Case
from trial_modules.tree_felling.workflow import PERMIT


class Permit(Case):
    """Somebody asks to fell trees."""

    __tablename__ = "tree_felling_permit"

    workflow = PERMIT
    kind_title = _l("Felling of trees")
    number_code = "SM"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    species: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Species")})
    trees: Mapped[int] = mapped_column(default=1, info={"label": _l("Trees asked for")})
    granted: Mapped[int | None] = mapped_column(info={"label": _l("Trees granted")})
    phone: Mapped[str | None] = mapped_column(String(32), info={"label": _l("Telephone"), "mask": "phone"})

    __mapper_args__ = {"polymorphic_identity": "tree_felling.permit"}
