"""The fictional year: the same for the same seed, in many states, none of it real."""
from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random

import pytest
from sqlalchemy import select

from addons.districts.demo import load
from addons.districts.models import Need, Serving
from addons.districts.tests.helpers import give_seats
from core import moment
from core.party.models import Enterprise
from core.party.uscc import make_uscc

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize("_installation", ["postgresql"], indirect=True)  # the stories in a browser fill one on SQLite
def test_a_year_of_needs_in_many_states_and_none_of_them_real(team):
    give_seats(team)
    team.session.add_all(Enterprise(uscc=make_uscc("120117", n), name=f"天津示例{n}号商贸有限公司", district_code="120117001",
                                    business_address=f"芦台街道示例路{n}号") for n in range(10, 60))
    team.session.commit()
    now = moment.start_of(TODAY) + dt.timedelta(hours=10)
    with moment.at(now):
        load(team.session, "small", Random("demo"), TODAY)
        team.session.commit()
        needs = team.session.scalars(select(Need)).all()
    states = Counter(need.state for need in needs)
    assert states.keys() >= {"closed", "not_accepted", "unmet"}
    assert all("示例" in need.enterprise_name for need in needs)
    assert all(event.at <= now for need in needs for event in need.events), "nothing is told of this afternoon"
    assert all(need.opened_at <= now for need in needs)
    assert team.session.scalars(select(Serving).limit(1)).first() is not None
