"""Why something cannot be done now. Each returns the reason, or None when nothing stands in the way."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import object_session

from core import moment
from core.access import current_viewer

Data = Mapping[str, Any] | None


def complete(case: Any, data: Data) -> str | None:
    """What must be known before the first review: the fine when there is one, the licence when one is withheld."""
    kinds = case.penalty_kinds
    if "罚款" in kinds and case.fine is None:
        return _("The amount of the fine is missing.")
    if {"暂扣许可证件", "吊销许可证件"} & set(kinds) and not case.licence:
        return _("Name the licence that is withheld or revoked.")
    if case.enterprise_id is None:
        return _("The party is not linked to an enterprise yet.")
    return None


def another_reviewer(case: Any, data: Data) -> str | None:
    """录入, 法制 and 公示 are three people: nobody passes what he himself submitted or passed in this round."""
    session = object_session(case)
    viewer = current_viewer(session) if session is not None else None
    if viewer is None or viewer.user_id is None:
        return None
    for event in reversed(case.events):
        if event.to_state == "drafted" and event.from_state != "drafted":
            break
        if event.action in ("submit", "pass_legal") and event.actor_id == viewer.user_id:
            return _("You submitted or reviewed this decision yourself. Another person must pass this review.")
    return None


def unserved_first_round(case: Any) -> bool:
    """The clock of service runs once, for a decision that is not served yet."""
    return not case.revision and case.served_on is None


def not_served(case: Any, data: Data) -> str | None:
    """书函同达: the decision goes out together with its repair letter, and only once."""
    if case.served_on is not None:
        return _("The decision was served already.")
    if not case.repair_letter:
        return _("The repair letter of this decision must be signed first: both are served together.")
    if data is not None and not case.decided_on <= data["served_on"] <= moment.today():
        return _("The day of service lies between the decision and today.")
    return None


def not_performed(case: Any, data: Data) -> str | None:
    """Once, and not before the decision or in the future."""
    if case.performed_on is not None:
        return _("This was recorded already.")
    if data is not None and not case.decided_on <= data["performed_on"] <= moment.today():
        return _("The day lies between the decision and today.")
    return None


def unserved(case: Any) -> bool:
    """A decision is served once."""
    return case.served_on is None


def unperformed(case: Any) -> bool:
    """Performance is recorded once."""
    return case.performed_on is None


def to_be_pushed(case: Any) -> bool:
    """Only decisions on parties registered in another province are pushed, once."""
    return bool(case.market_system and case.other_province) and case.market_pushed_on is None


def to_be_published(case: Any) -> bool:
    """Only decisions of market regulation are published in its own system, once."""
    return bool(case.market_system) and case.market_published_on is None


def to_push(case: Any, data: Data) -> str | None:
    """The day of the push lies between the decision and today."""
    return _day(case, data)


def to_publish(case: Any, data: Data) -> str | None:
    """The day of publication lies between the decision and today."""
    return _day(case, data)


def eligible(case: Any, data: Data) -> str | None:
    """Every penalty's minimum period must be over."""
    day: dt.date | None = case.blocked_until
    return _("The minimum period is not over: repair can be asked for from %(day)s.", day=day) if day else None


def too_early(case: Any, data: Data) -> str | None:
    """There is something to wait for."""
    return None if case.blocked_until else _("There is nothing to wait for: the minimum period is over.")


def both_documents(case: Any, data: Data) -> str | None:
    """Two documents, no more: the proof and the commitment."""
    if not case.proof:
        return _("The proof that the duties are performed is missing.")
    if not case.commitment:
        return _("The credit commitment is missing.")
    return eligible(case, data)


def all_performed(case: Any, data: Data) -> str | None:
    """A repair needs every duty fully performed, the last instalment included."""
    open_duties = case.unperformed
    if open_duties:
        return _("Duties are not fully performed yet: %(numbers)s.", numbers="、".join(p.document_number for p in open_duties))
    return None


def not_extended(case: Any, data: Data) -> str | None:
    """Once."""
    clock = next((c for c in case.clocks if c.code == "total" and c.running), None)
    if clock is None:
        return _("No period runs that could be extended.")
    return _("This period was extended already.") if clock.extensions else None


def _day(case: Any, data: Data) -> str | None:
    if data is not None and not case.decided_on <= data["day"] <= moment.today():
        return _("The day lies between the decision and today.")
    return None
