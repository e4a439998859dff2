"""Why something cannot be done now. Each returns the reason, or None when nothing stands in the way.

A guard that draws a button (``data`` is None) asks the record itself and nothing else: a desk draws forty of them.
"""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import object_session

from addons.credit_repair.tiers import WARNINGS
from core import moment
from core.access import current_viewer
from core.letter.models import Letter, LetterState
from core.rules.lookup import lookup

Data = Mapping[str, Any] | None

NOTICE = "credit_repair.notice"
PRENOTICE = "credit_repair.prenotice"
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


def several(case: Any) -> bool:
    """One penalty among others can be taken out."""
    return len(case.penalties) > 1


def not_served(case: Any, data: Data) -> str | None:
    """书函同达: the decision goes out together with its repair letter, and only once (国办发〔2025〕22号)."""
    if not case.notice_number or (data is not None and not _letter_holds(case)):
        return _("The repair letter of this decision must be signed first: both are served together.")
    return _between(case, data, "served_on")


def _letter_holds(case: Any) -> bool:
    """Whether the repair letter is signed and not voided."""
    session = object_session(case)
    return session is not None and bool(session.scalar(select(exists().where(
        Letter.case_id == case.id, Letter.kind == NOTICE,
        Letter.state.in_([LetterState.SIGNED, LetterState.DELIVERED])))))


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


def has_penalties(case: Any, data: Data) -> str | None:
    """A repair is about something."""
    return None if case.penalties else _("No penalty is left in this application.")


def eligible(case: Any, data: Data) -> str | None:
    """Every penalty's minimum period must be over."""
    day: dt.date | None = case.eligible_on
    if day is None or day <= moment.today():
        return None
    late = "、".join(f"{penalty.document_number}（{first:%Y-%m-%d}）" for penalty, first in case.not_yet(moment.today()))
    return _("The minimum period is not over: repair can be asked for from %(day)s. %(which)s", day=day, which=late).strip()


def too_early(case: Any, data: Data) -> str | None:
    """There is something to wait for."""
    if case.eligible_on is not None and case.eligible_on > moment.today():
        return None
    return _("There is nothing to wait for: the minimum period is over.")


def ready(case: Any, data: Data) -> str | None:
    """Two documents, no more: the proof and the commitment; every minimum over, every duty performed."""
    if not case.proof:
        return _("The proof that the duties are performed is missing.")
    if not case.commitment:
        return _("The credit commitment is missing.")
    return has_penalties(case, data) or eligible(case, data) or all_performed(case, data)


def all_performed(case: Any, data: Data) -> str | None:
    """A repair needs every duty fully performed, the last instalment included."""
    open_duties = case.unperformed
    if open_duties:
        return _("Duties are not fully performed yet: %(numbers)s.", numbers="、".join(p.document_number for p in open_duties))
    return None


def part_of_it(case: Any, data: Data) -> str | None:
    """A penalty that is in the case."""
    if data is not None and all(p.document_number != data["document_number"].strip() for p in case.subjects):
        return _("The decision %(number)s is not part of this application.", number=data["document_number"])
    return None


def pushed_day(case: Any, data: Data) -> str | None:
    """The push lies between the submission and today."""
    if data is None:
        return None
    first = case.submitted_on or data["pushed_on"]
    return None if first <= data["pushed_on"] <= moment.today() else _("The day lies between the submission and today.")


def since_push(case: Any, data: Data) -> str | None:
    """What the authority did lies between the push and today."""
    day = (data or {}).get("day")
    if day is None or (case.pushed_on or day) <= day <= moment.today():
        return None
    return _("The day lies between the push and today.")


def approvable(case: Any, data: Data) -> str | None:
    """All duties performed, and the day possible."""
    return all_performed(case, data) or since_push(case, data)


def not_extended(case: Any, data: Data) -> str | None:
    """Once."""
    clock = next((c for c in case.clocks if c.code == "total" and c.running), None) if data is not None else None
    if data is not None and clock is None:
        return _("No period runs that could be extended.")
    return _("This period was extended already.") if clock is not None and clock.extensions else None


def _between(case: Any, data: Data, name: str) -> str | None:
    day = (data or {}).get(name)
    if day is not None and not case.decided_on <= day <= moment.today():
        return _("The day lies between the decision and today.")
    return None
