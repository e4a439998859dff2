"""What an action changes on an exchange, an objection, a bulletin beside the state, in the same transaction."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addons.credit_repair.effects.common import actor_of, ask_to_lift, instant, restop, session_of
from addons.credit_repair.guards.repair import GROUND_WRONG
from core import moment
from core.case import act
from core.case.recipients import recipients
from core.outbox.post import post
from core.words import gettext as _

Data = Mapping[str, Any]


def confirmed(case: Any, event: Any, data: Data) -> None:
    """The holder lifted the measure and gave a receipt."""
    case.receipt, case.answered_on = data["receipt"], moment.local(instant(event, data)).date()
    restop(case, event, data)


def differs(case: Any, event: Any, data: Data) -> None:
    """The site still shows it, or the measure is still applied: the receipt does not hold."""
    case.receipt, case.answered_on = "", None


def upheld(case: Any, event: Any, data: Data) -> None:
    """What is wrong is taken down; a site that differs is asked to follow Credit China."""
    _answered(case, data)
    penalty = case.penalty
    if case.ground == GROUND_WRONG:
        act.do(penalty, "revoke", actor=actor_of(event, "an objection was upheld"), note=case.answer,
               data={"outcome": GROUND_WRONG, "instrument": case.number, "effective_on": moment.today().isoformat()})
    elif case.site:
        ask_to_lift(session_of(case), event, case.site, None, party_name=penalty.party_name, uscc=penalty.uscc or "",
                    document_numbers=penalty.document_number, ended_on=moment.today(),
                    measure=_("Bring what is shown in line with Credit China"))


def dismissed(case: Any, event: Any, data: Data) -> None:
    """What is published stays."""
    _answered(case, data)


def recompiled(case: Any, event: Any, data: Data) -> None:
    """The figures as they are now."""
    from addons.credit_repair.months import put_together

    put_together(session_of(case), case)


def issued(case: Any, event: Any, data: Data) -> None:
    """The bulletin is out: the people of every unit that is named in it hear of it."""
    case.issued_on = moment.today()
    session = session_of(case)
    for person in recipients(session, case, ("credit_repair.clerk", "credit_repair.publisher")):
        post(session, to=person, channel="inapp", subject=case.title,
             body=_("The monthly bulletin is out. Whoever is named in it answers within the period."),
             dedupe_key=f"bulletin:{case.id}:{person}")


def _answered(case: Any, data: Data) -> None:
    case.answer, case.answered_on = data["answer"], moment.today()
