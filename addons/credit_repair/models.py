"""The penalty register and the repair cases."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from addons.credit_repair.tiers import Publicity, Tier, publicity, split_kinds
from addons.credit_repair.workflow import PENALTY, REPAIR
from core import moment
from core.case.models import Case, CaseChild
from core.db import Model, UtcDateTime, enum_column
from core.letter.models import Letter, LetterState
from core.rules.lookup import lookup

NOTICE = "credit_repair.notice"
PRENOTICE = "credit_repair.prenotice"
MONEY = Numeric(16, 6)


def cf(code: str, label: Any, **more: Any) -> dict[str, Any]:
    """``info`` of a column of the national standard: its code there, and what people call it."""
    return {"cf": code, "label": label, **more}


class Penalty(Case):
    """An administrative penalty and its way to the credit platform (行政处罚公示).

    Amounts are in 万元, as the national standard has them. ``document_number`` is unique per authority.
    """

    __tablename__ = "credit_repair_penalty"
    __mapper_args__ = {"polymorphic_identity": "credit_repair.penalty"}

    workflow = PENALTY
    kind_title = _l("Penalty publicity")
    number_code = "XY"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    party_name: Mapped[str] = mapped_column(String(200), info=cf("CF_XDR_MC", _l("Party")))
    party_type: Mapped[str] = mapped_column(String(32), info=cf("CF_XDR_LB", _l("Kind of party")))
    uscc: Mapped[str | None] = mapped_column(String(18), index=True, info=cf("CF_XDR_SHXYM", _l("Credit code")))
    reg_no: Mapped[str | None] = mapped_column(String(50), info=cf("CF_XDR_GSZC", _l("Registration number")))
    org_code: Mapped[str | None] = mapped_column(String(9), info=cf("CF_XDR_ZZJG", _l("Organisation code")))
    tax_no: Mapped[str | None] = mapped_column(String(15), info=cf("CF_XDR_SWDJ", _l("Tax number")))
    institution_no: Mapped[str | None] = mapped_column(String(12), info=cf("CF_XDR_SYDW", _l("Institution number")))
    society_no: Mapped[str | None] = mapped_column(String(50), info=cf("CF_XDR_SHZZ", _l("Society number")))
    legal_rep: Mapped[str | None] = mapped_column(String(50), info=cf("CF_FRDB", _l("Legal representative")))
    legal_rep_id_type: Mapped[str | None] = mapped_column(String(32), info=cf("CF_FR_ZJLX", _l("Kind of identity paper")))
    legal_rep_id: Mapped[str | None] = mapped_column(String(32), info=cf("CF_FR_ZJHM", _l("Identity number"), mask="id"))
    document_number: Mapped[str] = mapped_column(String(128), info=cf("CF_WSH", _l("Decision number")))
    violation: Mapped[str] = mapped_column(String(2000), info=cf("CF_WFXW", _l("Kind of violation")))
    facts: Mapped[str] = mapped_column(Text, info=cf("CF_SY", _l("Facts")))
    legal_basis: Mapped[str] = mapped_column(String(2048), info=cf("CF_YJ", _l("Legal basis")))
    kinds: Mapped[str] = mapped_column(String(255), info=cf("CF_CFLB", _l("Kinds of penalty")))
    content: Mapped[str] = mapped_column(Text, info=cf("CF_NR", _l("Penalty")))
    fine: Mapped[Decimal | None] = mapped_column(MONEY, info=cf("CF_NR_FK", _l("Fine (10,000 yuan)")))
    confiscated: Mapped[Decimal | None] = mapped_column(MONEY, info=cf("CF_NR_WFFF", _l("Confiscated (10,000 yuan)")))
    licence: Mapped[str | None] = mapped_column(String(200), info=cf("CF_NR_ZKDX", _l("Licence withheld or revoked")))
    decided_on: Mapped[dt.date] = mapped_column(info=cf("CF_JDRQ", _l("Decided on")))
    valid_until: Mapped[dt.date | None] = mapped_column(info=cf("CF_YXQ", _l("Valid until")))
    published_until: Mapped[dt.date | None] = mapped_column(info=cf("CF_GSJZQ", _l("Published until")))
    authority_name: Mapped[str] = mapped_column(String(200), info=cf("CF_CFJG", _l("Authority")))
    authority_code: Mapped[str] = mapped_column(String(18), info=cf("CF_CFJGDM", _l("Code of the authority")))
    source_name: Mapped[str] = mapped_column(String(200), info=cf("CF_SJLY", _l("Source of the data")))
    source_code: Mapped[str] = mapped_column(String(18), info=cf("CF_SJLYDM", _l("Code of the source")))
    remark: Mapped[str | None] = mapped_column(String(512), info=cf("BZ", _l("Remark")))

    tier: Mapped[Tier] = mapped_column(enum_column(Tier, 16), info={"label": _l("Tier")})
    special: Mapped[bool] = mapped_column(default=False, info={"label": _l("Food, drugs, special equipment, safety, fire")})
    market_system: Mapped[bool] = mapped_column(default=False, info={"label": _l("Market-regulation system too")})
    other_province: Mapped[bool] = mapped_column(default=False, info={"label": _l("Registered in another province")})
    served_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Served on")})
    served_how: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("How it was served")})
    served_with_letter: Mapped[bool] = mapped_column(default=False, info={"label": _l("Served with the repair letter")})
    performed_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Duties performed on")})
    market_pushed_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Pushed to the other province on")})
    market_published_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Published in the market system on")})
    first_sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info={"label": _l("First reported at")})
    first_accepted: Mapped[bool | None] = mapped_column(info={"label": _l("Accepted at the first report")})
    reject_reason: Mapped[str] = mapped_column(String(255), default="", info={"label": _l("Rejected because")})
    revision: Mapped[int] = mapped_column(default=0, info={"label": _l("Corrections")})

    @property
    def penalty_kinds(self) -> tuple[str, ...]:
        """The kinds of penalty in the decision."""
        return split_kinds(self.kinds)

    @property
    def repair_letter(self) -> bool:
        """Whether the repair letter of this decision is signed and holds."""
        session = object_session(self)
        signed = [LetterState.SIGNED, LetterState.DELIVERED]
        return session is not None and session.scalar(select(Letter.id).where(
            Letter.case_id == self.id, Letter.kind == NOTICE, Letter.state.in_(signed)).limit(1)) is not None

    def publicity(self, on: dt.date | None = None, system: str = "publicity") -> Publicity:
        """How long it is published by the rules of the day ``on`` (today when none is given), on 信用中国 or in the
        market-regulation ``system`` (``samr``)."""
        session, day = object_session(self), on or moment.today()
        if session is None:
            raise RuntimeError("the penalty is in no session")

        def months(name: str, rule_day: dt.date) -> int:
            rule = lookup(session, f"credit.{system}.{name}", max(rule_day, FIRST_RULE[system]), self.bureau_id)
            return int(rule.value)

        return publicity(self.decided_on, self.tier, max(day, self.decided_on), months)


FIRST_RULE = {"publicity": dt.date(2023, 5, 1), "samr": dt.date(2025, 12, 25)}
"""Since when there are rules; older decisions are judged by the first ones."""

Index("uq_credit_repair_penalty_document", Penalty.authority_code, Penalty.document_number, unique=True)
Index("ix_credit_repair_penalty_decided", Penalty.decided_on)
Index("ix_credit_repair_penalty_served", Penalty.served_on)
Index("ix_credit_repair_penalty_sent", Penalty.first_sent_at)


class Repair(Case):
    """An enterprise asks that penalties stop being published, having put them right (信用修复).

    The suite records what 信用中国 does (``external_number``) and never replaces it.
    """

    __tablename__ = "credit_repair_repair"
    __mapper_args__ = {"polymorphic_identity": "credit_repair.repair"}

    workflow = REPAIR
    kind_title = _l("Credit repair")
    number_code = "XF"

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    agent_name: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Agent")})
    agent_phone: Mapped[str] = mapped_column(String(32), default="", info={"label": _l("Phone"), "mask": "phone"})
    channel: Mapped[str] = mapped_column(String(24), default="window", info={"label": _l("Where it was asked for")})
    proof: Mapped[bool] = mapped_column(default=False, info={"label": _l("Proof that the duties are performed")})
    commitment: Mapped[bool] = mapped_column(default=False, info={"label": _l("Credit commitment")})
    external_number: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Number at Credit China")})
    submitted_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Submitted on")})
    pushed_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Pushed on")})
    decided_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Decided on")})
    waiting_until: Mapped[dt.date | None] = mapped_column(info={"label": _l("May apply from")})
    sync_platform: Mapped[bool] = mapped_column(default=False, info={"label": _l("Publicity stopped")})
    sync_sanctions: Mapped[bool] = mapped_column(default=False, info={"label": _l("Sanctions lifted")})

    penalties: Mapped[list[RepairPenalty]] = relationship(back_populates="repair", cascade="all, delete-orphan",
                                                          foreign_keys="RepairPenalty.case_id")

    @property
    def blocked_until(self) -> dt.date | None:
        """The latest first day to apply among its penalties, when that is still to come; None when all are eligible."""
        days = [item.penalty.publicity().apply_from for item in self.penalties]
        latest = max(days, default=None)
        return latest if latest is not None and latest > moment.today() else None

    @property
    def unperformed(self) -> list[Penalty]:
        """The penalties whose duties are not fully performed."""
        return [item.penalty for item in self.penalties if item.penalty.performed_on is None]


class RepairPenalty(CaseChild, Model):
    """One penalty of a repair case, with its own commitment."""

    __tablename__ = "credit_repair_repair_penalty"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("credit_repair_repair.id", ondelete="CASCADE"), index=True)
    penalty_id: Mapped[int] = mapped_column(ForeignKey("credit_repair_penalty.id"), index=True)
    commitment: Mapped[bool] = mapped_column(default=False)

    repair: Mapped[Repair] = relationship(back_populates="penalties", foreign_keys=[case_id])
    penalty: Mapped[Penalty] = relationship(foreign_keys=[penalty_id])
    case: Mapped[Case] = relationship(primaryjoin="foreign(RepairPenalty.case_id) == Case.id", viewonly=True)

    __table_args__ = (UniqueConstraint("case_id", "penalty_id"), CheckConstraint("case_id <> penalty_id", name="two"))
