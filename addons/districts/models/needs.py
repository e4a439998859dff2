"""The need of an enterprise and what hangs on it."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from addons.districts.workflow.needs import NEED
from core.access.models import Staff, Unit
from core.access.viewer import Viewer
from core.case.models import Case, CaseChild
from core.db import Model, UtcDateTime


class Need(Case):
    """What an enterprise asks for (需求), from the first word to its own verdict.

    The street keeps the need to the end (``unit_id``); a bureau that must help gets an :class:`Order` of its own. ``level``
    is the highest of the five levels that it reached; supervision (the sixth) lies over any of them.
    """

    __tablename__ = "districts_need"
    __mapper_args__ = {"polymorphic_identity": "districts.need", "polymorphic_load": "selectin"}

    workflow = NEED
    kind_title = _l("Need of an enterprise")
    number_code = "XQ"
    alike_days = 60

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    enterprise_name: Mapped[str] = mapped_column(String(200), info={"label": _l("Enterprise at receipt")})
    """The name on the day of receipt, which letters print."""
    contact_name: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Contact"), "mask": "name"})
    contact_phone: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Phone"), "mask": "phone"})
    channel: Mapped[str] = mapped_column(String(16), info={"label": _l("Channel")})
    channel_no: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Number in the channel")})
    category: Mapped[str] = mapped_column(String(16), info={"label": _l("Category")})
    sort: Mapped[str] = mapped_column(String(16), default="诉求", info={"label": _l("Sort of matter")})
    urgency: Mapped[str] = mapped_column(String(16), default="normal", info={"label": _l("Urgency")})
    text: Mapped[str] = mapped_column(Text, info={"label": _l("What is asked for")})
    level: Mapped[int] = mapped_column(default=1, info={"label": _l("Level")})
    complex: Mapped[bool] = mapped_column(default=False, info={"label": _l("Complex")})
    complex_proposed: Mapped[bool] = mapped_column(default=False, info={"private": True})
    reclassified_day: Mapped[int | None] = mapped_column(info={"label": _l("Reclassified on working day")})
    promised_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Promised for")})
    street_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True, info={"private": True})
    area_code: Mapped[str] = mapped_column(String(24), default="", index=True, info={"label": _l("Second-level district")})
    dispatches: Mapped[int] = mapped_column(default=0, info={"label": _l("Times dispatched")})
    responded_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info={"label": _l("First response")})
    response_hours: Mapped[float | None] = mapped_column(info={"label": _l("Working hours to the first response")})
    answer_days: Mapped[int | None] = mapped_column(info={"label": _l("Working days to the answer")})
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info={"label": _l("Answered at")})
    answering_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"), info={"private": True})
    result_class: Mapped[str] = mapped_column(String(16), default="", info={"label": _l("Kind of result")})
    reply_text: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Reply")})
    reply_basis: Mapped[str] = mapped_column(String(400), default="", info={"label": _l("Basis of the reply")})
    reply_mode: Mapped[str] = mapped_column(String(16), default="", info={"label": _l("How it was answered")})
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info={"label": _l("Receipt of the answer confirmed")})
    reopened: Mapped[int] = mapped_column(default=0, info={"label": _l("Times reopened")})
    excluded: Mapped[str] = mapped_column(String(24), default="", info={"label": _l("Excluded as")})
    guidance: Mapped[str] = mapped_column(String(400), default="", info={"label": _l("Guidance")})
    objected_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info={"label": _l("Objection at")})
    objection: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("Objection")})
    review_outcome: Mapped[str] = mapped_column(String(16), default="", info={"label": _l("Outcome of the review")})
    supervised: Mapped[bool] = mapped_column(default=False, info={"label": _l("Supervised")})
    sealed: Mapped[bool] = mapped_column(default=False, info={"label": _l("Text sealed")})
    suspended_from: Mapped[str] = mapped_column(String(40), default="", info={"private": True})
    wanted_material: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("Material asked for")})
    opinion: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Opinion of the competent bureau")})
    obstacle: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("Where it is stuck")})
    city_ground: Mapped[str] = mapped_column(String(24), default="", info={"label": _l("Why the city")})
    evidence: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("Evidence of an oral answer")})
    explain_reason: Mapped[str] = mapped_column(String(24), default="", info={"label": _l("Why it cannot be met")})
    explain_text: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Explanation")})
    explain_other_way: Mapped[str] = mapped_column(String(400), default="", info={"label": _l("Another way")})
    explain_bureau_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"), info={"private": True})
    explain_signer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), info={"private": True})
    explain_by_bureau: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Signed for the bureau")})
    explain_by_street: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Signed for the street")})
    reserve: Mapped[bool] = mapped_column(default=False, info={"label": _l("In the policy reserve")})

    street: Mapped[Unit] = relationship(foreign_keys=[street_id])
    first_asker: Mapped[Staff | None] = relationship(foreign_keys=[Case.first_asker_id])
    channels: Mapped[list[NeedChannel]] = relationship(back_populates="need", cascade="all, delete-orphan",
                                                       order_by="NeedChannel.id")
    ledger: Mapped[list[Dispatch]] = relationship(back_populates="need", cascade="all, delete-orphan", order_by="Dispatch.id",
                                                  foreign_keys="Dispatch.case_id")
    ratings: Mapped[list[Rating]] = relationship(back_populates="need", cascade="all, delete-orphan", order_by="Rating.id")

    @property
    def open_round(self) -> Dispatch | None:
        """The dispatch that a lead unit has in hand now."""
        return next((r for r in reversed(self.ledger) if r.lead and r.open), None)

    @property
    def rating(self) -> Rating | None:
        """The enterprise's present verdict."""
        return next((r for r in reversed(self.ratings) if not r.superseded), None)


Index("ix_districts_need_received", Need.channel, Need.channel_no)
Index("ix_districts_need_category", Need.category)
Index("ix_districts_need_answered", Need.answered_at)


class NeedChannel(CaseChild, Model):
    """One way in which the matter reached the district, with the number and the deadline that it has there."""

    __tablename__ = "districts_need_channel"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("districts_need.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    channel_no: Mapped[str] = mapped_column(String(64), default="")
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    """The limit that the channel itself has set (the hotline's order carries its own)."""
    replied_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    returned_times: Mapped[int] = mapped_column(default=0)

    need: Mapped[Need] = relationship(back_populates="channels", foreign_keys=[case_id])

    __table_args__ = (UniqueConstraint("channel", "channel_no", "case_id"), Index(None, "channel", "channel_no"))

    @property
    def case(self) -> Case:  # type: ignore[override]  # the mixin's rule asks for the case; here it is always a need
        """The need."""
        return self.need


class Dispatch(CaseChild, Model):
    """One round with a unit that must help (吹哨): when it was sent, signed for, returned with which ground, answered.

    The ledger of the street; the unit works on the :class:`Order` that ``order_number`` names.
    """

    __tablename__ = "districts_dispatch"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("districts_need.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    order_number: Mapped[str] = mapped_column(String(40))
    level: Mapped[int] = mapped_column(default=2)
    lead: Mapped[bool] = mapped_column(default=True)
    final: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    signed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    returned_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ground: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(String(1000), default="")
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    need: Mapped[Need] = relationship(back_populates="ledger", foreign_keys=[case_id])
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])

    __table_args__ = (Index(None, "sent_at"), UniqueConstraint("order_number"))

    @property
    def open(self) -> bool:
        """Whether the unit still has it."""
        return self.ended_at is None

    @property
    def case(self) -> Case:  # type: ignore[override]  # see NeedChannel.case
        """The need."""
        return self.need


class Rating(CaseChild, Model):
    """What the enterprise thinks of the answer: overall, and of response, attitude and result. One that counts per need."""

    __tablename__ = "districts_rating"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("districts_need.id", ondelete="CASCADE"), index=True)
    score: Mapped[int]
    response: Mapped[int | None]
    attitude: Mapped[int | None]
    outcome: Mapped[int | None]
    comment: Mapped[str] = mapped_column(String(1000), default="")
    channel: Mapped[str] = mapped_column(String(24), default="portal")
    address: Mapped[str] = mapped_column(String(64), default="", info={"private": True})
    """The network address from which it came."""
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    superseded: Mapped[bool] = mapped_column(default=False)

    need: Mapped[Need] = relationship(back_populates="ratings", foreign_keys=[case_id])

    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 5", name="score"),)

    @property
    def case(self) -> Case:  # type: ignore[override]  # see NeedChannel.case
        """The need."""
        return self.need


Index("uq_districts_rating_valid", Rating.case_id, unique=True, sqlite_where=Rating.superseded.is_(False),
      postgresql_where=Rating.superseded.is_(False))


class SealedText(CaseChild, Model):
    """What stood in a text before identity numbers, accounts or a secret were taken out of it. Read on record, by few."""

    __tablename__ = "districts_sealed_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("districts_need.id", ondelete="CASCADE"), index=True)
    why: Mapped[str] = mapped_column(String(64))
    original: Mapped[str] = mapped_column(Text, info={"private": True})
    sealed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    purged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    need: Mapped[Need] = relationship(foreign_keys=[case_id])

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """Those who may open seals, within the cases that they see."""
        return super().row_rule(viewer) if viewer.may("districts.sealed:read") else false()

    @property
    def case(self) -> Case:  # type: ignore[override]  # see NeedChannel.case
        """The need."""
        return self.need

