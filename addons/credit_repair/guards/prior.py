"""What stands in the way of a step of an intended penalty."""
from __future__ import annotations

from typing import Any

from sqlalchemy.orm import object_session

from addons.credit_repair.guards.penalty import Data, letter_holds
from addons.credit_repair.names import CONSEQUENCES
from core import moment
from core.rules.lookup import lookup
from core.words import gettext as _


def written(case: Any, data: Data) -> str | None:
    """Where the parameter says so, the prior notice goes out together with what it means for the party's credit."""
    session = object_session(case)
    if session is None:
        return None
    unwritten = not case.notice_number or (data is not None and not letter_holds(case, CONSEQUENCES))
    if unwritten and lookup(session, "credit.prenotice_with_prior", moment.today(), case.bureau_id).value:
        return _("The pre-notice of the effect on credit must be signed first: both are served together.")
    day = (data or {}).get("served_on")
    if day is not None and not case.noticed_on <= day <= moment.today():
        return _("The day lies between the prior notice and today.")
    return None


def decision_is_here(case: Any, data: Data) -> str | None:
    """The decision is entered, for this party and by this bureau."""
    session = object_session(case)
    if data is None or session is None:
        return None
    from addons.credit_repair.priors import decision_of

    if decision_of(session, case, data["document_number"]) is None:
        return _("There is no decision %(number)s on this party. Enter the decision first.", number=data["document_number"])
    return None
