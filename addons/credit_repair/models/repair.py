"""The repair cases."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from addons.credit_repair.models.penalty import Penalty
from addons.credit_repair.workflow import REPAIR
from core.case.models import Case, CaseChild
from core.db import Json, Model


class Repair(Case):
    """An enterprise asks that penalties stop being published, having put them right (信用修复).

    All penalties of a case are of one authority, which decides it (谁认定、谁修复). The suite records what 信用中国 does
    (``external_number``) and never replaces it.
    """

    __tablename__ = "credit_repair_repair"
    __mapper_args__ = {"polymorphic_identity": "credit_repair.repair", "polymorphic_load": "selectin"}

    workflow = REPAIR
    kind_title = _l("Credit repair")
    number_code = "XF"
    alike_titles = False

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    agent_name: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Agent"), "mask": "name"})
    agent_phone: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Phone"), "mask": "phone"})
    agent_role: Mapped[str] = mapped_column(String(24), default="staff", info={"label": _l("Who the agent is")})
    authorised_from: Mapped[dt.date | None] = mapped_column(info={"label": _l("Authorised from")})
    authorised_until: Mapped[dt.date | None] = mapped_column(info={"label": _l("Authorised until")})
    authorised: Mapped[bool] = mapped_column(default=False, info={"label": _l("Authorisation seen")})
    channel: Mapped[str] = mapped_column(String(24), default="window", info={"label": _l("Where it was asked for")})
    bundle: Mapped[str] = mapped_column(String(40), default="", index=True, info={"label": _l("Bundle")})
    eligible_on: Mapped[dt.date | None] = mapped_column(index=True, info={"label": _l("May apply from")})
    rule_version: Mapped[str] = mapped_column(String(16), default="", info={"label": _l("Rules")})
    proof: Mapped[bool] = mapped_column(default=False, info={"label": _l("Proof that the duties are performed")})
    external_number: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Number at Credit China")})
    assisted: Mapped[bool] = mapped_column(default=False, info={"label": _l("Filed with the counter's help")})
    missing: Mapped[list[str]] = mapped_column(Json, default=list, info={"private": True})
    complete_by: Mapped[dt.date | None] = mapped_column(info={"label": _l("To be completed by")})
    submitted_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Submitted on")})
    pushed_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Pushed on")})
    accepted_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Accepted on")})
    decided_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Repair decided on")})
    declined_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Not accepted on")})
    total_days: Mapped[int | None] = mapped_column(info={"label": _l("Working days until the result")})
    reason: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Ground of the decision")})
    condition: Mapped[str] = mapped_column(String(255), default="", info={"label": _l("Condition that is not met")})
    remedy: Mapped[str] = mapped_column(String(500), default="", info={"label": _l("What must be put right")})
    revoked_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Repair revoked on")})
    sync_platform: Mapped[bool] = mapped_column(default=False, info={"label": _l("Publicity stopped on every site")})
    sync_sharing: Mapped[bool] = mapped_column(default=False, info={"label": _l("Sharing and use stopped")})
    sync_sanctions: Mapped[bool] = mapped_column(default=False, info={"label": _l("Sanctions lifted")})

    penalties: Mapped[list[RepairPenalty]] = relationship(
        back_populates="repair", cascade="all, delete-orphan", foreign_keys="RepairPenalty.case_id", lazy="selectin",
        order_by="RepairPenalty.id")

    @property
    def subjects(self) -> list[Penalty]:
        """The penalties that the session may see."""
        return [item.penalty for item in self.penalties if item.penalty is not None]

    @property
    def commitment(self) -> bool:
        """Whether there is a commitment for each penalty."""
        return bool(self.penalties) and all(item.committed_on is not None for item in self.penalties)

    @property
    def unperformed(self) -> list[Penalty]:
        """The penalties whose duties are not fully performed."""
        return [penalty for penalty in self.subjects if not penalty.performed]

    def examine(self, on: dt.date) -> dt.date | None:
        """Work out from which day on repair of all its penalties can be asked for, by the rules of the day ``on``."""
        found = [penalty.publicity(on) for penalty in self.subjects]
        self.eligible_on = max((penalty.first_day(on) for penalty in self.subjects), default=None)
        self.rule_version = "+".join(sorted({part for publicity in found for part in publicity.versions}))
        return self.eligible_on

    def not_yet(self, on: dt.date) -> list[tuple[Penalty, dt.date]]:
        """The penalties whose minimum period is not over on ``on``, with the first day to apply."""
        found = [(penalty, penalty.first_day(on)) for penalty in self.subjects]
        return [(penalty, day) for penalty, day in found if day > on]


class RepairPenalty(CaseChild, Model):
    """One penalty of a repair case, with its own commitment."""

    __tablename__ = "credit_repair_repair_penalty"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("credit_repair_repair.id", ondelete="CASCADE"), index=True)
    penalty_id: Mapped[int] = mapped_column(ForeignKey("credit_repair_penalty.id"), index=True)
    committed_on: Mapped[dt.date | None]

    repair: Mapped[Repair] = relationship(back_populates="penalties", foreign_keys=[case_id])
    penalty: Mapped[Penalty] = relationship(foreign_keys=[penalty_id], lazy="selectin")

    __table_args__ = (UniqueConstraint("case_id", "penalty_id"), CheckConstraint("case_id <> penalty_id", name="two"))

    @property
    def case(self) -> Case:  # type: ignore[override]  # the mixin's rule asks for the case; here it is always a repair
        """The repair case."""
        return self.repair


Index("ix_credit_repair_repair_phone", Repair.agent_phone)
Index("ix_credit_repair_repair_submitted", Repair.submitted_on)
Index("ix_credit_repair_repair_decided", Repair.decided_on)
