"""What lies beside a need: the joint meeting, supervision, and what is handed to those who discipline."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from addons.districts.workflow.followups import HANDOVER, MEETING, SUPERVISION
from core.access.models import Unit
from core.case.models import Case, CaseChild
from core.db import Json, Model, UtcDateTime


class Meeting(Case):
    """A joint meeting of the bureaus (优化营商环境联席会议): its matters, its minutes, its resolutions as tasks."""

    __tablename__ = "districts_meeting"
    __mapper_args__ = {"polymorphic_identity": "districts.meeting", "polymorphic_load": "selectin"}

    workflow = MEETING
    kind_title = _l("Joint meeting")
    number_code = "LX"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    meets_on: Mapped[dt.date] = mapped_column(info={"label": _l("Meets on")})
    place: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("Place")})
    chair: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Chair")})
    present: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("Present")})
    absent: Mapped[str] = mapped_column(String(400), default="", info={"label": _l("Absent")})
    attending: Mapped[str] = mapped_column(String(400), default="", info={"label": _l("In attendance")})
    held_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info={"label": _l("Held at")})

    matters: Mapped[list[MeetingMatter]] = relationship(back_populates="meeting", cascade="all, delete-orphan",
                                                        foreign_keys="MeetingMatter.case_id", order_by="MeetingMatter.id")


class MeetingMatter(CaseChild, Model):
    """A need on the agenda and what was resolved about it."""

    __tablename__ = "districts_meeting_matter"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("districts_meeting.id", ondelete="CASCADE"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("districts_need.id"), index=True)
    need_number: Mapped[str] = mapped_column(String(40), info={"tells_number": True})
    title: Mapped[str] = mapped_column(String(255))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"))
    helpers: Mapped[list[int]] = mapped_column(Json, default=list)
    task: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[dt.date | None]

    meeting: Mapped[Meeting] = relationship(back_populates="matters", foreign_keys=[case_id])
    lead: Mapped[Unit | None] = relationship(foreign_keys=[lead_id])

    __table_args__ = (UniqueConstraint("case_id", "need_id"),)

    @property
    def case(self) -> Case:  # type: ignore[override]  # the mixin's rule asks for the case; here it is always a meeting
        """The meeting."""
        return self.meeting


class Supervision(Case):
    """Supervision of a slow or overdue need (监督推动办): it lies over whatever level the need is on."""

    __tablename__ = "districts_supervision"
    __mapper_args__ = {"polymorphic_identity": "districts.supervision", "polymorphic_load": "selectin"}

    workflow = SUPERVISION
    kind_title = _l("Supervision")
    number_code = "DB"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("districts_need.id"), index=True, info={"private": True})
    need_number: Mapped[str] = mapped_column(String(40), info={"label": _l("Number of the need"), "tells_number": True})
    target_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), info={"private": True})
    target_name: Mapped[str] = mapped_column(String(128), info={"label": _l("Supervised unit")})
    problem: Mapped[str] = mapped_column(String(1000), info={"label": _l("Main problem")})
    was_due_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Was due on")})
    days_late: Mapped[int] = mapped_column(default=0, info={"label": _l("Working days late")})
    instruction: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("Instruction")})
    instructed_by: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Instructed by")})
    feedback: Mapped[str] = mapped_column(String(2000), default="", info={"label": _l("Feedback of the unit")})
    shirking: Mapped[bool] = mapped_column(default=False, info={"private": True})


Index("ix_districts_supervision_open", Supervision.need_id, Supervision.target_id)


class Handover(Case):
    """A lead on shirking that is handed to discipline and organisation (问题线索移交). Restricted from its first line."""

    __tablename__ = "districts_handover"
    __mapper_args__ = {"polymorphic_identity": "districts.handover", "polymorphic_load": "selectin"}

    workflow = HANDOVER
    kind_title = _l("Hand-over of a lead")
    number_code = "YJ"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    supervision_number: Mapped[str] = mapped_column(String(40), info={"label": _l("Number of the supervision")})
    target_name: Mapped[str] = mapped_column(String(128), info={"label": _l("Unit concerned")})
    receiver: Mapped[str] = mapped_column(String(128), info={"label": _l("Handed to")})
    facts: Mapped[str] = mapped_column(Text, info={"label": _l("Facts")})
    evidence_list: Mapped[str] = mapped_column(Text, default="", info={"label": _l("List of evidence")})
    impact: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("Impact")})
    receipt: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("Receipt")})
