"""What stands in the way of a step of a repair case, an exchange, an objection, a bulletin."""
from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import object_session

from addons.credit_repair.guards.penalty import Data, letter_holds
from addons.credit_repair.names import BULLETIN
from core import moment
from core.words import gettext as _

GROUND_WRONG = "信息有误"


def several(case: Any) -> bool:
    """One penalty among others can be taken out."""
    return len(case.penalties) > 1


def has_agent(case: Any) -> bool:
    """Somebody acts for the enterprise."""
    return bool(case.agent_name)


def authorisation(case: Any, data: Data) -> str | None:
    """It ends after it begins."""
    if data is not None and data["authorised_until"] < data["authorised_from"]:
        return _("The last day lies before the first.")
    return None


def authority_to_act(case: Any) -> str | None:
    """Whoever acts for an enterprise shows that he may, and for today."""
    if not case.agent_name or case.agent_role == "legal_rep":
        return None
    if not case.authorised:
        return _("The agent's authorisation was not seen yet.")
    if case.authorised_until is not None and case.authorised_until < moment.today():
        return _("The agent's authorisation ended on %(day)s.", day=case.authorised_until)
    return None


def can_complete(case: Any, data: Data) -> str | None:
    """There is time to complete it."""
    if data is not None and data["complete_by"] < moment.today():
        return _("The day is over already.")
    return None


def not_completed(case: Any, data: Data) -> str | None:
    """The day by which it was to be completed is over."""
    if case.complete_by is not None and case.complete_by < moment.today():
        return None
    return _("There is time to complete it.")


def all_lifted(case: Any, data: Data) -> str | None:
    """Everybody who holds a measure has answered."""
    session = object_session(case)
    if data is None or session is None:
        return None
    from addons.credit_repair.effects.common import open_exchanges

    waiting = open_exchanges(session, case.id)
    return _("These have not confirmed yet: %(who)s.", who="、".join(waiting)) if waiting else None


def once_decided(case: Any, data: Data) -> str | None:
    """The falsehood was found after the decision, and not in the future."""
    day = (data or {}).get("found_on")
    if day is not None and not (case.decided_on or day) <= day <= moment.today():
        return _("The day lies between the decision and today.")
    return None


def since_ended(case: Any, data: Data) -> str | None:
    """The answer came between the repair and today."""
    day = (data or {}).get("day")
    return None if day is None or case.ended_on <= day <= moment.today() else _("The day lies between the repair and today.")


def can_uphold(case: Any, data: Data) -> str | None:
    """What is wrong must be somewhere where it can be put right."""
    if data is None or case.ground != GROUND_WRONG or case.penalty is None:
        return None
    if case.penalty.state in ("reported", "validated", "published"):
        return None
    return _("The decision is “%(state)s”: correct it there.", state=case.penalty.state_info.label)


def not_signed(case: Any, data: Data) -> str | None:
    """What is signed is not altered."""
    if data is not None and letter_holds(case, BULLETIN):
        return _("The bulletin is signed. Void it first.")
    return None


def bulletin_signed(case: Any, data: Data) -> str | None:
    """The bulletin goes out signed."""
    if not letter_holds(case, BULLETIN):
        return _("The letter of the bulletin must be drafted, reviewed and signed first.")
    return None


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
    return (authority_to_act(case) or has_penalties(case, data) or excluded(case) or eligible(case, data)
            or all_performed(case, data))


def excluded(case: Any) -> str | None:
    """Of some losses of credit the law says that they are not repaired."""
    found = next((penalty for penalty in case.subjects if penalty.unrepairable), None)
    return None if found is None else _("The decision %(number)s cannot be repaired: %(basis)s.",
                                        number=found.document_number, basis=found.unrepairable)


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
    return excluded(case) or all_performed(case, data) or since_push(case, data)


def not_extended(case: Any, data: Data) -> str | None:
    """Once."""
    clock = next((c for c in case.clocks if c.code == "total" and c.running), None) if data is not None else None
    if data is not None and clock is None:
        return _("No period runs that could be extended.")
    return _("This period was extended already.") if clock is not None and clock.extensions else None
