"""Penalties that are intended."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from addons.credit_repair.models.penalty import MONEY, Penalty
from addons.credit_repair.tiers import Publicity, publicity, split_kinds, tier_of
from addons.credit_repair.workflow import PRIOR
from core import moment
from core.case.models import Case
from core.rules.lookup import book


class PriorNotice(Case):
    """A penalty that a bureau intends (处罚事先告知): the party hears beforehand what it would mean for its credit, so that it
    can put things right in time. The decision, when there is one, is a :class:`Penalty` of its own."""

    __tablename__ = "credit_repair_prior"
    __mapper_args__ = {"polymorphic_identity": "credit_repair.prior", "polymorphic_load": "selectin"}

    workflow = PRIOR
    kind_title = _l("Prior notice of a penalty")
    number_code = "XG"
    alike_titles = False

    id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), primary_key=True)
    party_name: Mapped[str] = mapped_column(String(200), info={"label": _l("Party")})
    uscc: Mapped[str] = mapped_column(String(18), info={"label": _l("Credit code")})
    document_number: Mapped[str] = mapped_column(String(128), info={"label": _l("Number of the prior notice")})
    noticed_on: Mapped[dt.date] = mapped_column(info={"label": _l("Day of the prior notice")})
    filed_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Put on file on")})
    violation: Mapped[str] = mapped_column(String(2000), info={"label": _l("Kind of violation")})
    kinds: Mapped[str] = mapped_column(String(255), info={"label": _l("Intended kinds of penalty")})
    fine: Mapped[Decimal | None] = mapped_column(MONEY, info={"label": _l("Intended fine (10,000 yuan)")})
    notice_number: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("Pre-notice")})
    told_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Served on")})
    told_how: Mapped[str] = mapped_column(String(64), default="", info={"label": _l("How it was served")})
    receipt: Mapped[str] = mapped_column(String(128), default="", info={"label": _l("Signed receipt")})
    penalty_id: Mapped[int | None] = mapped_column(ForeignKey("credit_repair_penalty.id"), index=True, info={"private": True})

    penalty: Mapped[Penalty | None] = relationship(foreign_keys=[penalty_id])

    def publicity(self) -> Publicity:
        """What would be public, and how long, were it decided today as it is intended."""
        session = object_session(self)
        if session is None:
            raise RuntimeError("the case is in no session")
        rules, today = book(session), moment.today()

        def value(key: str, day: dt.date) -> object:
            return rules.rule(f"credit.{key}", day, self.bureau_id).value

        tier = tier_of(split_kinds(self.kinds), self.fine, light=split_kinds(str(value("light_kinds", today))),
                       serious=split_kinds(str(value("serious_kinds", today))), huge=int(str(value("huge_fine", today))))
        return publicity(today, tier, lambda key, day: int(str(value(key, day))))


Index("uq_credit_repair_prior_document", PriorNotice.uscc, PriorNotice.document_number, unique=True)
