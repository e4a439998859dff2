"""What an action changes on an intended penalty beside the state, in the same transaction."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from addons.credit_repair.effects.common import actor_of, session_of
from addons.credit_repair.names import CONSEQUENCES
from core.case import clocks
from core.letter import register
from core.letter.models import Letter, LetterState
from core.words import gettext as _

Data = Mapping[str, Any]


def edited(case: Any, event: Any, data: Data) -> None:
    """The record is mended; the ninety days run from the day on which the matter was put on file."""
    from addons.credit_repair.priors import fill

    before = case.filed_on
    fill(session_of(case), case, data)
    if case.filed_on != before:
        clock = clocks.running(case, "decide")
        if clock is not None and case.filed_on is not None:
            clocks.replace(clock, event, _("The day was mended."), case.filed_on)
        elif clock is not None:
            clocks.void(clock, event, _("The day was mended."))
        else:
            clocks.start(session_of(case), case, case.workflow.deadline("decide"), event)


def told(case: Any, event: Any, data: Data) -> None:
    """Prior notice and pre-notice are served together."""
    case.told_on, case.told_how, case.receipt = data["served_on"], data["served_how"], data.get("receipt") or ""
    session = session_of(case)
    letter = session.scalars(select(Letter).where(Letter.case_id == case.id, Letter.kind == CONSEQUENCES,
                                                  Letter.state == LetterState.SIGNED)).one_or_none()
    if letter is not None:
        register.deliver(session, letter, actor_of(event, "served together"), data["served_how"])


def decided(case: Any, event: Any, data: Data) -> None:
    """The decision that followed."""
    from addons.credit_repair.priors import decision_of

    case.penalty = decision_of(session_of(case), case, data["document_number"])
