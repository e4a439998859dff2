"""Results that others must act upon, and objections: each is a case of whoever must answer."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from addons.credit_repair.models.penalty import Penalty
from addons.credit_repair.models.repair import Repair
from addons.credit_repair.workflow import OBJECTION, SYNC
from core.case.models import Case


class Sync(Case):
    """A bureau or a site is told of a repair, lifts its measure and gives a receipt (结果共享互认、惩戒解除).

    It lies with the bureau that holds the measure; for a site outside with the credit section, which records its receipt.
    """

    __tablename__ = "credit_repair_sync"
    __mapper_args__ = {"polymorphic_identity": "credit_repair.sync", "polymorphic_load": "selectin"}

    workflow = SYNC
    kind_title = _l("Exchange of results")
    number_code = "XT"
    alike_titles = False

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    repair_id: Mapped[int | None] = mapped_column(ForeignKey("credit_repair_repair.id"), index=True, info={"private": True})
    party_name: Mapped[str] = mapped_column(String(200), info={"label": _l("Party")})
    uscc: Mapped[str] = mapped_column(String(18), default="", info={"label": _l("Credit code")})
    document_numbers: Mapped[str] = mapped_column(String(1000), info={"label": _l("Decision numbers")})
    ended_on: Mapped[dt.date] = mapped_column(info={"label": _l("Repaired on")})
    holder: Mapped[str] = mapped_column(String(128), info={"label": _l("Who holds the measure")})
    measure: Mapped[str] = mapped_column(String(255), info={"label": _l("Measure to be lifted")})
    answered_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Answered on")})
    receipt: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("Signed receipt")})

    repair: Mapped[Repair | None] = relationship(foreign_keys=[repair_id])


class Objection(Case):
    """A party says that what is published is wrong, that a site does not follow, or that a repair was refused wrongly
    (异议申诉)."""

    __tablename__ = "credit_repair_objection"
    __mapper_args__ = {"polymorphic_identity": "credit_repair.objection", "polymorphic_load": "selectin"}

    workflow = OBJECTION
    kind_title = _l("Objection to a penalty")
    number_code = "XD"
    alike_titles = False

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    penalty_id: Mapped[int] = mapped_column(ForeignKey("credit_repair_penalty.id"), index=True, info={"private": True})
    ground: Mapped[str] = mapped_column(String(16), info={"label": _l("Objection to")})
    content: Mapped[str] = mapped_column(Text, info={"label": _l("What is objected")})
    site: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("Site that differs")})
    external_number: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Number at Credit China")})
    asker_name: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Who objects"), "mask": "name"})
    asker_phone: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Phone"), "mask": "phone"})
    answered_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Answered on")})
    answer: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Answer")})

    penalty: Mapped[Penalty] = relationship(foreign_keys=[penalty_id], lazy="selectin")
