"""What a department is asked to do for a need: a case of its own, with its own clocks."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from addons.districts.workflow.orders import ORDER
from core.case.models import Case


class Order(Case):
    """An order to a department, or to a street that a meeting made lead unit (需求转办单).

    It carries what the department must know; the need itself stays with the street. ``lead`` is false for helpers.
    """

    __tablename__ = "districts_order"
    __mapper_args__ = {"polymorphic_identity": "districts.order", "polymorphic_load": "selectin"}

    workflow = ORDER
    kind_title = _l("Order to a department")
    number_code = "ZB"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("districts_need.id", ondelete="CASCADE"), index=True,
                                         info={"private": True})
    need_number: Mapped[str] = mapped_column(String(40), info={"label": _l("Number of the need"), "tells_number": True})
    sender_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), info={"private": True})
    sender_name: Mapped[str] = mapped_column(String(128), info={"label": _l("Sent by")})
    round: Mapped[int] = mapped_column(default=1, info={"label": _l("Dispatch number")})
    level: Mapped[int] = mapped_column(default=2, info={"label": _l("Level")})
    lead: Mapped[bool] = mapped_column(default=True, info={"label": _l("Lead unit")})
    final: Mapped[bool] = mapped_column(default=False, info={"label": _l("Cannot be returned")})
    complex: Mapped[bool] = mapped_column(default=False, info={"label": _l("Complex")})
    enterprise_name: Mapped[str] = mapped_column(String(200), info={"label": _l("Enterprise at receipt")})
    contact_name: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Contact"), "mask": "name"})
    contact_phone: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Phone"), "mask": "phone"})
    category: Mapped[str] = mapped_column(String(16), default="", info={"label": _l("Category")})
    text: Mapped[str] = mapped_column(Text, info={"label": _l("What is asked for")})
    done: Mapped[str] = mapped_column(Text, default="", info={"label": _l("What the street has done")})
    wanted: Mapped[str] = mapped_column(Text, default="", info={"label": _l("What is wanted")})
    first_asker_name: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("First asker")})
    section: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Handling section")})
    handler: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Handling person and phone")})
    promised_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Promised for")})
    ground: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Ground of the return")})
    reason: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("Reason of the return")})
    reply: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Result")})
