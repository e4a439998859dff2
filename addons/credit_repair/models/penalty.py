"""The penalty register, and what hangs on a penalty."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from addons.credit_repair.tiers import ONE_DAY, Publicity, Tier, late_fine, publicity, split_kinds, tier_of
from addons.credit_repair.workflow import PENALTY
from core.case.models import Case, CaseChild, ClockResult
from core.db import Json, Model, UtcDateTime, enum_column
from core.party.models import Enterprise
from core.rules.lookup import lookup

MONEY = Numeric(16, 6)


def cf(code: str, label: Any, **more: Any) -> dict[str, Any]:
    """``info`` of a column of the national standard: its code there, and what people call it."""
    return {"cf": code, "label": label, **more}


class Penalty(Case):
    """An administrative penalty and its way to the credit platform (行政处罚公示).

    Amounts are in 万元, as the national standard has them. ``document_number`` is unique per authority. A correction is
    a new ``revision`` of the same record; the log keeps what stood there before.
    """

    __tablename__ = "credit_repair_penalty"
    __mapper_args__ = {"polymorphic_identity": "credit_repair.penalty", "polymorphic_load": "selectin"}

    workflow = PENALTY
    kind_title = _l("Penalty publicity")
    number_code = "XY"
    alike_titles = False

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
    document_number: Mapped[str] = mapped_column(String(128), info=cf("CF_WSH", _l("Decision number")))
    violation: Mapped[str] = mapped_column(String(2000), info=cf("CF_WFXW", _l("Kind of violation")))
    facts: Mapped[str] = mapped_column(Text, info=cf("CF_SY", _l("Facts of the violation")))
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

    procedure: Mapped[str] = mapped_column(String(16), default="普通程序", info={"label": _l("Procedure")})
    secret: Mapped[bool] = mapped_column(default=False, info={"label": _l("State secret")})
    special: Mapped[bool] = mapped_column(default=False, info={"label": _l("Food, drugs, special equipment, safety, fire")})
    tier: Mapped[Tier] = mapped_column(enum_column(Tier, 16), info={"label": _l("Tier")})
    chosen_tier: Mapped[str | None] = mapped_column(String(16), info={"label": _l("Tier set by hand")})
    publish_reason: Mapped[str] = mapped_column(String(255), default="", info={"label": _l("Why a light one is published")})
    rule_version: Mapped[str] = mapped_column(String(16), default="", info={"label": _l("Rules")})
    min_last: Mapped[dt.date | None] = mapped_column(info={"label": _l("Minimum period until")})
    apply_from: Mapped[dt.date] = mapped_column(info={"label": _l("Repair from")})
    max_last: Mapped[dt.date] = mapped_column(info={"label": _l("Longest period until")})
    market_system: Mapped[bool] = mapped_column(default=False, info={"label": _l("Market-regulation system too")})
    other_province: Mapped[bool] = mapped_column(default=False, info={"label": _l("Registered in another province")})
    market_pushed_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Pushed to the other province on")})
    market_published_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Published in the market system on")})
    notice_number: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Repair letter")})
    served_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Served on")})
    served_how: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("How it was served")})
    served_with_letter: Mapped[bool] = mapped_column(default=False, info={"label": _l("Served with the repair letter")})
    receipt: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("Signed receipt")})
    paid_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Paid in full on")})
    corrected_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Violation put right on")})
    first_sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info={"label": _l("First reported at")})
    first_accepted: Mapped[bool | None] = mapped_column(info={"label": _l("Counts as compliant")})
    accepted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info={"label": _l("Accepted by the platform at")})
    published_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Published on")})
    rejections: Mapped[int] = mapped_column(default=0, info={"label": _l("Times rejected")})
    reject_reason: Mapped[str] = mapped_column(String(320), default="", info={"label": _l("Rejected because")})
    revocation: Mapped[str] = mapped_column(String(16), default="", info={"label": _l("What happened to it")})
    revoked_by: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("Number of the instrument")})
    revoked_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("In effect since")})
    revocation_reason: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Why it was revoked or changed")})
    revision: Mapped[int] = mapped_column(default=0, info={"label": _l("Corrections")})
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), info={"private": True})
    legal_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), info={"private": True})

    outside: Mapped[bool] = mapped_column(default=False, info={"label": _l("Decided outside the district")})
    report_days: Mapped[int | None] = mapped_column(info={"label": _l("Working days until accepted")})
    notice_before_end_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Told before the end")})
    prenoticed_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Pre-notice of")})
    prenotice_counts_until: Mapped[dt.date | None] = mapped_column(info={"private": True})
    explanation_number: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Public explanation")})
    plan_number: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("Deferred by")})
    litigation: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("Review or lawsuit")})
    litigation_from: Mapped[dt.date | None] = mapped_column(info={"label": _l("Review or lawsuit since")})
    litigation_to: Mapped[dt.date | None] = mapped_column(info={"label": _l("Review or lawsuit until")})
    ruling: Mapped[str] = mapped_column(String(200), default="", info={"label": _l("Ruling of the court")})
    shielded_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Shielded since")})
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("core_enterprise.id"), index=True, info={"private": True})
    succession: Mapped[str] = mapped_column(String(16), default="", info={"label": _l("How it was succeeded")})
    succeeded_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Succeeded on")})
    barred_until: Mapped[dt.date | None] = mapped_column(info={"label": _l("No repair until")})
    unrepairable: Mapped[str] = mapped_column(String(255), default="", server_default="", info={
        "label": _l("Cannot be repaired because")})

    successor: Mapped[Enterprise | None] = relationship(foreign_keys=[successor_id])
    instalments: Mapped[list[Instalment]] = relationship(
        back_populates="penalty", cascade="all, delete-orphan", foreign_keys="Instalment.case_id", order_by="Instalment.due_on")
    versions: Mapped[list[PenaltyVersion]] = relationship(
        back_populates="penalty", cascade="all, delete-orphan", foreign_keys="PenaltyVersion.case_id",
        order_by="PenaltyVersion.revision")
    sanctions: Mapped[list[Sanction]] = relationship(
        back_populates="penalty", cascade="all, delete-orphan", foreign_keys="Sanction.case_id", order_by="Sanction.id")

    @property
    def penalty_kinds(self) -> tuple[str, ...]:
        """The kinds of penalty in the decision."""
        return split_kinds(self.kinds)

    @property
    def performed(self) -> bool:
        """Whether every duty is fully performed: the fine paid to the last instalment, the violation put right."""
        return not self.unperformed

    @property
    def unperformed(self) -> tuple[str, ...]:
        """The duties that remain: ``pay``, ``correct``."""
        due = [("pay", bool(self.fine or self.confiscated) and self.paid_on is None),
               ("correct", self.corrected_on is None)]
        return tuple(name for name, open_ in due if open_)

    def publicity(self, applied_on: dt.date | None = None, *, samr: bool = False) -> Publicity:
        """How long it is published by the rules of its decision; with ``applied_on`` by those under which repair is asked
        for on that day; ``samr``: in the market-regulation system."""
        if applied_on is not None and self._rule("credit.rule_basis", applied_on) != "application_date":
            applied_on = None
        return publicity(self.decided_on, self.tier, lambda name, day: int(self._rule(f"credit.{name}", day)),
                         special=bool(self.special), applied_on=applied_on, samr=samr)

    def first_day(self, on: dt.date) -> dt.date:
        """The first day on which repair can be asked for by the rules of the day ``on``, a bar for falsehood included."""
        found = self.publicity(on).apply_from
        return found if self.barred_until is None else max(found, self.barred_until + ONE_DAY)

    def late_fine(self, on: dt.date) -> Decimal:
        """What must be paid beside the fine for paying late, until ``on`` (行政处罚法 art. 72); nothing for days of a review
        or lawsuit (art. 73), nor for what was deferred (art. 66)."""
        clock = next((c for c in reversed(self.clocks) if c.code == "fine" and c.result is not ClockResult.VOID), None)
        if clock is None or not self.fine or self.plan_number:
            return Decimal(0)
        return late_fine(self.fine, clock.due_on, min(self.paid_on or on, on), self.litigation_from, self.litigation_to)

    def classify(self) -> Publicity:
        """Work out tier, rule version and the days that follow from them, and keep them on the record."""
        day = self.decided_on
        self.tier = Tier(self.chosen_tier) if self.chosen_tier else tier_of(
            self.penalty_kinds, self.fine, light=split_kinds(self._rule("credit.light_kinds", day)),
            serious=split_kinds(self._rule("credit.serious_kinds", day)), huge=int(self._rule("credit.huge_fine", day)))
        found = self.publicity()
        self.rule_version, self.min_last = found.rules, found.min_last
        self.apply_from, self.max_last = found.apply_from, found.max_last
        self.published_until = min(self.published_until or found.max_last, found.max_last)
        return found

    def reporting(self, key: str) -> Any:
        """A parameter of reporting and its figures, as it held on the day of the decision."""
        return self._rule(f"penalty.{key}", self.decided_on)

    def _rule(self, key: str, day: dt.date) -> Any:
        session = object_session(self)
        if session is None:
            raise RuntimeError("the penalty is in no session")
        return lookup(session, key, day, self.bureau_id).value


Index("uq_credit_repair_penalty_document", Penalty.authority_code, Penalty.document_number, unique=True)
Index("ix_credit_repair_penalty_until", Penalty.published_until)
# With what the figures ask of each decision, so that they are answered from the index: the rows are long.
Index("ix_credit_repair_penalty_decided", Penalty.decided_on, postgresql_include=["id", "outside", "first_sent_at"])
Index("ix_credit_repair_penalty_served", Penalty.served_on, postgresql_include=["id", "outside", "served_with_letter"])
Index("ix_credit_repair_penalty_sent", Penalty.first_sent_at, postgresql_include=[
    "id", "outside", "first_accepted", "report_days"])
Index("ix_credit_repair_penalty_prenoticed", Penalty.prenoticed_on, postgresql_include=[
    "id", "outside", "prenotice_counts_until"])
Index("ix_credit_repair_penalty_apply", Penalty.apply_from, postgresql_include=[
    "id", "outside", "published_on", "corrected_on", "paid_on", "fine", "confiscated", "unrepairable"])


class Instalment(CaseChild, Model):
    """A part of a fine that may be paid later (行政处罚法 art. 66). The fine is paid when the last one is."""

    __tablename__ = "credit_repair_instalment"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("credit_repair_penalty.id", ondelete="CASCADE"), index=True)
    due_on: Mapped[dt.date]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    paid_on: Mapped[dt.date | None]

    penalty: Mapped[Penalty] = relationship(back_populates="instalments", foreign_keys=[case_id])

    __table_args__ = (UniqueConstraint("case_id", "due_on"), CheckConstraint("amount > 0", name="amount"))

    @property
    def case(self) -> Case:  # type: ignore[override]  # the mixin's rule asks for the case; here it is always a penalty
        """The penalty."""
        return self.penalty


class PenaltyVersion(CaseChild, Model):
    """What stood in public before a correction: the values of one revision, and what replaced it."""

    __tablename__ = "credit_repair_penalty_version"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("credit_repair_penalty.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int]
    replaced_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    instrument: Mapped[str] = mapped_column(String(128), default="")
    values: Mapped[dict[str, Any]] = mapped_column(Json)

    penalty: Mapped[Penalty] = relationship(back_populates="versions", foreign_keys=[case_id])

    __table_args__ = (UniqueConstraint("case_id", "revision"),)

    @property
    def case(self) -> Case:  # type: ignore[override]  # the mixin's rule asks for the case; here it is always a penalty
        """The penalty."""
        return self.penalty


class Sanction(CaseChild, Model):
    """A measure that a bureau, or a site outside, took because of a penalty; it ends with the repair."""

    __tablename__ = "credit_repair_sanction"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("credit_repair_penalty.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"))
    holder: Mapped[str] = mapped_column(String(128))
    measure: Mapped[str] = mapped_column(String(255))

    penalty: Mapped[Penalty] = relationship(back_populates="sanctions", foreign_keys=[case_id])

    __table_args__ = (UniqueConstraint("case_id", "holder", "measure"),)

    @property
    def case(self) -> Case:  # type: ignore[override]  # the mixin's rule asks for the case; here it is always a penalty
        """The penalty."""
        return self.penalty
