"""Every clock of the module over the Spring Festival and the National Day, day by day as a person counts them."""
from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from addons.districts.tests.helpers import accepted
from core import moment
from core.case import Case, clocks
from core.testing.people import District

D = dt.date
pytestmark = pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)  # arithmetic, no database's matter

AFTER = {  # the nth working day after Friday 13 February and after Wednesday 30 September 2026
    1: (D(2026, 2, 14), D(2026, 10, 8)),  # Saturday the 14th is worked; 1 to 7 October are off
    3: (D(2026, 2, 25), D(2026, 10, 10)),  # 15 to 23 February are off; Saturday 10 October is worked
    5: (D(2026, 2, 27), D(2026, 10, 13)),
    7: (D(2026, 3, 2), D(2026, 10, 15)),  # Saturday 28 February is worked
    10: (D(2026, 3, 5), D(2026, 10, 20)),
    15: (D(2026, 3, 12), D(2026, 10, 27))}
DAYS = {
    "need.first_response": 1, "need.total": 7, "need.promised": 15, "need.channel": 5, "need.take": 1, "need.forward": 1,
    "need.hub": 5, "need.leader": 5, "need.city": 15, "need.wait": 10, "need.evaluate": 5, "need.review": 3,
    "order.signin": 1, "order.handle": 5, "supervision.feedback": 3}
MINUTES = {"need.take_life": 15, "need.take_livelihood": 30}
"""Danger and water, power, gas and heat run by the clock on the wall, on holidays too."""


def test_every_clock_over_both_holidays(team: District) -> None:
    with moment.at(D(2026, 2, 2)):
        need = accepted(team)
    found: dict[str, list[dt.date]] = {}
    for eve in (D(2026, 2, 13), D(2026, 9, 30)):
        late = moment.start_of(eve) + dt.timedelta(hours=23, minutes=30)
        for of, kind in Case.loaded().items():
            for deadline in kind.workflow.deadlines if of.startswith("districts.") else ():
                name = f"{of.partition('.')[2]}.{deadline.code}"
                clock = clocks.start(team.session, need, replace(deadline, applies=None), need.events[-1], late)
                assert clock is not None
                if name in MINUTES:
                    assert clock.due_at - late == dt.timedelta(minutes=MINUTES[name]), name
                else:
                    assert clocks.explanation(clock).due.due_at == clock.due_at, name
                    found.setdefault(name, []).append(clock.due_on)
    assert {name: tuple(days) for name, days in found.items()} == {name: AFTER[days] for name, days in DAYS.items()}
