"""The sweep: everything that falls due by time alone. It may run at any moment and any number of times.

Rooms and modules register what they look after; a sweeper finds by itself what is due and not yet done, so a second run
at the same moment finds nothing.
"""
from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import moment

log = logging.getLogger(__name__)

COUNTERS = ("warned", "escalated", "closed", "letters", "messages")
"""What a sweep reports: warnings, escalations and silent closings by the clock, letters drafted, messages delivered."""

Sweeper = Callable[[Session, dt.datetime], Mapping[str, int]]
"""``sweeper(session, now)`` does what is due and returns how much, by the names of :data:`COUNTERS` (none is fine)."""


@dataclass(frozen=True)
class _Entry:
    order: int
    name: str
    run: Sweeper


_SWEEPERS: dict[str, _Entry] = {}


def register_sweeper(name: str, run: Sweeper, *, order: int = 50) -> None:
    """Have ``run`` called in every sweep, by ``order`` and then by name; a later registration of a name replaces the
    earlier.

    Recovery of tasks runs at 10, delivery of messages at 90 (what the others wrote goes out in the same sweep), sealing
    of the log at 95.
    """
    _SWEEPERS[name] = _Entry(order, name, run)


def run_due(session: Session, now: dt.datetime) -> dict[str, int]:
    """Run every sweeper as of ``now`` and return the counters. Each is committed by itself.

    One that fails is undone and does not keep the others from their work; the faults are raised together at the end.
    """
    counts = dict.fromkeys(COUNTERS, 0)
    faults: list[Exception] = []
    with moment.at(now):
        for entry in sorted(_SWEEPERS.values(), key=lambda entry: (entry.order, entry.name)):
            try:
                found = entry.run(session, now)
                session.commit()
            except Exception as fault:
                session.rollback()
                fault.add_note(f"in the sweep's part {entry.name}")
                log.exception("the sweep's part %s failed", entry.name)
                faults.append(fault)
                continue
            for counter, number in found.items():
                counts[counter] += number
    if faults:
        raise ExceptionGroup("parts of the sweep failed", faults)
    return counts
