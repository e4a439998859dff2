"""Intended penalties of the demonstration: to be written, to be served, served, decided, dropped."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from addons.credit_repair.names import CONSEQUENCES
from addons.credit_repair.priors import enter_prior
from core import moment
from core.case import act
from core.letter import register
from core.party.models import Enterprise

STAGES = ("new", "drafted", "signed", "told", "dropped")
MATTERS = (("未按规定公示年度报告", "罚款", "0.5"), ("占道经营", "警告", None), ("发布虚假广告", "罚款", "5"),
           ("未按规定进行安全培训", "罚款;责令停产停业", "3"), ("销售标签不符合规定的预包装食品", "罚款;没收违法所得", "1.2"))


def load(session: Session, casts: Sequence[Any], parties: Sequence[Enterprise], today: dt.date) -> None:
    """One intended penalty in each stage, with the bureaus in turn. The last one's ninety days are nearly over."""
    for place, stage in enumerate(STAGES):
        cast, party, day = casts[place % len(casts)], parties[-1 - place], today - dt.timedelta(days=4 + place)
        violation, kinds, fine = MATTERS[place]
        bureau = cast.unit.bureau or cast.unit
        with moment.at(moment.start_of(day) + dt.timedelta(hours=10)):
            case = enter_prior(session, cast["clerk"], cast.unit, {
                "party_name": party.name, "uscc": party.uscc, "noticed_on": day, "violation": violation,
                "document_number": f"{bureau.doc_word or bureau.short_name}罚告〔{day.year}〕示例{place + 1}号",
                "filed_on": day - dt.timedelta(days=78 if stage == "told" else 20), "penalty_kinds": kinds.split(";"),
                "fine": Decimal(fine) if fine else None})
        with moment.at(moment.start_of(today) + dt.timedelta(hours=9)):
            _take_to(session, case, stage, cast, today)


def _take_to(session: Session, case: Any, stage: str, cast: Any, today: dt.date) -> None:
    if stage == "dropped":
        act.do(case, "drop", actor=cast["clerk"], note="（示例）已及时改正，不予处罚。")
    if stage not in ("drafted", "signed", "told"):
        return
    letter = register.draft(session, register.kind_named(CONSEQUENCES), case, cast["clerk"])
    if stage == "drafted" or not letter.bureau.doc_word:
        return
    register.review(session, letter, cast["lawyer"])
    register.sign(session, letter, cast["publisher"])
    if stage == "told":
        act.do(case, "tell", actor=cast["clerk"], data={"served_on": today.isoformat(), "served_how": "直接送达",
                                                         "receipt": "示例回执"})
