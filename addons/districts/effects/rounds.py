"""What other units have in hand for a need waits, goes on and ends with it."""
from __future__ import annotations

from typing import Any

from addons.districts.effects.common import actor_of, beyond, session_of
from core.case import clocks
from core.letter.register import take_back
from core.words import gettext as _


def end_rounds(case: Any, event: Any) -> None:
    """What other units still have in hand ends with the need."""
    from addons.districts.operations.orders import cancel_orders

    if any(each.open for each in case.ledger):
        cancel_orders(case, event)
        unsent(case, event, _("Nobody has the order in hand any more."))


def unsent(case: Any, event: Any, reason: str) -> None:
    """The letter of an order that came back, or that nobody needs to work on, needs nobody's signature any more."""
    take_back(session_of(case), case, "districts.order", actor_of(event, "an order is over"), reason)


def pause_rounds(case: Any, event: Any, reason: str) -> None:
    """The clocks of other units wait with the need."""
    from addons.districts.operations.orders import open_orders

    with beyond(session_of(case), "the enterprise must act first") as wide:
        for order in open_orders(wide, case.id):
            clock = clocks.running(order, "handle")
            if clock is not None and not clock.paused:
                clocks.pause(clock, reason, by=event.actor)
                clocks.refresh_due(order)


def resume_rounds(case: Any, event: Any) -> None:
    """They go on with the need."""
    from addons.districts.operations.orders import open_orders

    with beyond(session_of(case), "the enterprise has acted") as wide:
        for order in open_orders(wide, case.id):
            clock = clocks.running(order, "handle")
            if clock is not None:
                clocks.resume(clock, event.at)
                clocks.refresh_due(order)
