"""What stands in the way of a step of a penalty."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from addons.credit_repair.names import NOTICE
from addons.credit_repair.tiers import WARNINGS
from core import moment
from core.access import current_viewer
from core.letter.models import Letter, LetterState
from core.rules.lookup import lookup
from core.words import gettext as _

Data = Mapping[str, Any] | None

PRIVATE = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\w)"
                     r"|(?<!\d)1[3-9]\d{9}(?!\d)")
"""An identity number or a mobile phone in a text that is to be published (市场监管总局令第45号 arts. 6, 7)."""
OPENLY = ("violation", "facts", "legal_basis", "content", "remark")


def complete(case: Any, data: Data) -> str | None:
    """What holds a decision back from the first review."""
    if case.procedure == "简易程序":
        return _("A penalty of the simple procedure is not reported. Discard it.")
    if case.secret:
        return _("A decision that is a state secret is not reported. Discard it.")
    kinds = set(case.penalty_kinds)
    if kinds <= WARNINGS and not case.publish_reason:
        return _("A warning alone is not published. Discard it, or say under “Edit” why it must be published.")
    if "罚款" in kinds and case.fine is None:
        return _("The amount of the fine is missing.")
    if {"暂扣许可证件", "吊销许可证件"} & kinds and not case.licence:
        return _("Name the licence that is withheld or revoked.")
    if case.enterprise_id is None:
        return _("The party is not linked to an enterprise yet.")
    found = next((match for name in OPENLY if (match := PRIVATE.search(getattr(case, name) or ""))), None)
    if found is not None:
        return _("The text names a person's number (%(start)s…). Take it out: it would be published.", start=found[0][:6])
    return None


def another_than_clerk(case: Any, data: Data) -> str | None:
    """录入 and 法制 are two people."""
    return _another(case, case.entered_by_id)


def another_than_both(case: Any, data: Data) -> str | None:
    """录入, 法制 and 公示 are three people."""
    return _another(case, case.entered_by_id, case.legal_by_id)


def _another(case: Any, *others: int | None) -> str | None:
    session = object_session(case)
    if session is None:
        return None
    viewer = current_viewer(session)
    if viewer.user_id is None or viewer.user_id not in others:
        return None
    if not lookup(session, "penalty.three_reviewers", moment.today(), case.bureau_id).value:
        return None
    return _("You submitted or reviewed this decision yourself. Another person must pass this review.")


def unserved(case: Any) -> bool:
    """A decision is served once."""
    return case.served_on is None


def unwritten(case: Any) -> bool:
    """The repair letter is written once, and by whoever serves the decision."""
    return not case.notice_number and case.served_on is None and not case.outside


def unpaid(case: Any) -> bool:
    """Payment is recorded once, and only where there is something to pay."""
    return bool(case.fine or case.confiscated) and case.paid_on is None


def uncorrected(case: Any) -> bool:
    """A violation is put right once."""
    return case.corrected_on is None


def to_be_pushed(case: Any) -> bool:
    """Only decisions on parties registered in another province are pushed, once."""
    return bool(case.market_system and case.other_province) and case.market_pushed_on is None


def to_be_published(case: Any) -> bool:
    """Only decisions of market regulation are published in its own system, once."""
    return bool(case.market_system) and case.market_published_on is None


def not_served(case: Any, data: Data) -> str | None:
    """书函同达: the decision goes out together with its repair letter, and only once (国办发〔2025〕22号)."""
    if not case.notice_number or (data is not None and not letter_holds(case, NOTICE)):
        return _("The repair letter of this decision must be signed first: both are served together.")
    return _between(case, data, "served_on")


def letter_holds(case: Any, kind: str) -> bool:
    """Whether a letter of the kind is signed for the case and not voided."""
    session = object_session(case)
    return session is not None and session.scalars(select(Letter.id).where(
        Letter.case_id == case.id, Letter.kind == kind,
        Letter.state.in_([LetterState.SIGNED, LetterState.DELIVERED])).limit(1)).first() is not None


def to_pay(case: Any, data: Data) -> str | None:
    """The day of payment lies between the decision and today."""
    return _between(case, data, "paid_on")


def to_correct(case: Any, data: Data) -> str | None:
    """The day lies between the decision and today."""
    return _between(case, data, "corrected_on")


def to_push(case: Any, data: Data) -> str | None:
    """The day of the push lies between the decision and today."""
    return _between(case, data, "day")


def to_publish(case: Any, data: Data) -> str | None:
    """After the push, where there is one."""
    if case.other_province and case.market_pushed_on is None:
        return _("It must be pushed to the other province first.")
    return _between(case, data, "day")


def happened(case: Any, data: Data) -> str | None:
    """A day that is given lies between the decision and today."""
    return _between(case, data, "day")


def earlier_end(case: Any, data: Data) -> str | None:
    """Publicity can be shortened with a reason, and never lengthened."""
    if data is not None and not case.decided_on <= data["published_until"] <= case.max_last:
        return _("Publicity ends between %(first)s and %(last)s.", first=case.decided_on, last=case.max_last)
    return None


def revocation(case: Any, data: Data) -> str | None:
    """The instrument is in effect since a day between the decision and today."""
    return _between(case, data, "effective_on")


def may_expire(case: Any, data: Data) -> str | None:
    """The last day of publicity is over."""
    if case.published_until is not None and case.published_until < moment.today():
        return None
    return _("Publicity is not over yet.")


def explained(case: Any, data: Data) -> str | None:
    """What was public is taken down with a public explanation (行政处罚法 art. 48)."""
    if case.published_on is None or case.explanation_number:
        return None
    return _("The public explanation must be signed first: it is made known when the decision is taken down.")


def repairable(case: Any) -> bool:
    """Nothing excludes its repair yet."""
    return not case.unrepairable and case.state not in ("expired", "terminated", "withdrawn", "discarded")


def excluded(case: Any) -> bool:
    """A law excludes its repair."""
    return bool(case.unrepairable)


def by_instalments(case: Any) -> bool:
    """There is an instalment that is not paid."""
    return any(part.paid_on is None for part in case.instalments)


def to_plan(case: Any, data: Data) -> str | None:
    """Once; and the parts make up the whole."""
    if case.instalments:
        return _("Instalments were allowed already.")
    if data is None:
        return None
    try:
        parts = plan_of(data["parts"])
    except ValueError as fault:
        return _("“%(line)s” is no day with an amount. Write it like 2026-06-30 0.25.", line=str(fault))
    total = sum((amount for _day, amount in parts), Decimal(0))
    if total != (case.fine or 0) + (case.confiscated or 0):
        return _("The parts make %(sum)s, and %(all)s is to be paid.", sum=total,
                 all=(case.fine or 0) + (case.confiscated or 0))
    return None


def plan_of(text: str) -> list[tuple[dt.date, Decimal]]:
    """The lines of a plan as days and amounts in 万元, by day. :class:`ValueError` names the line that is none."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, _space, amount = line.partition(" ")
        try:
            found.append((dt.date.fromisoformat(day), Decimal(amount.strip())))
        except (ValueError, ArithmeticError):
            raise ValueError(line) from None
        if found[-1][1] <= 0:
            raise ValueError(line)
    return sorted(found)


def not_in_litigation(case: Any) -> bool:
    """One at a time."""
    return not in_litigation(case)


def in_litigation(case: Any) -> bool:
    """A review or lawsuit that has not ended."""
    return case.litigation_from is not None and case.litigation_to is None


def litigation(case: Any, data: Data) -> str | None:
    """It begins between the decision and today."""
    return _between(case, data, "since")


def litigation_end(case: Any, data: Data) -> str | None:
    """It ends after it began."""
    day = (data or {}).get("ended_on")
    return None if day is None or case.litigation_from <= day <= moment.today() else _(
        "The day lies between the beginning of the lawsuit and today.")


def ruled(case: Any, data: Data) -> str | None:
    """The ruling lies between the decision and today."""
    return _between(case, data, "day")


def succession(case: Any, data: Data) -> str | None:
    """Another enterprise follows, between the decision and today."""
    if data is not None and data["uscc"] == case.uscc:
        return _("That is the party itself. A new name of it comes with the register of enterprises.")
    return _between(case, data, "succeeded_on")


def is_outside(case: Any, data: Data) -> str | None:
    """Only decisions of authorities outside the district come in as published."""
    return None if case.outside else _("This decision is the district's own: it goes through its reviews.")


def _between(case: Any, data: Data, name: str) -> str | None:
    day = (data or {}).get(name)
    if day is not None and not case.decided_on <= day <= moment.today():
        return _("The day lies between the decision and today.")
    return None
