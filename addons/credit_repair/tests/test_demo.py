"""The fictional year: the same for the same seed, in every state that people will want to see."""
from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random

import pytest
from sqlalchemy import select

from addons.credit_repair.demo import load
from addons.credit_repair.models import Penalty, Repair
from core import moment
from core.party.models import Enterprise
from core.party.uscc import make_uscc

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize("_installation", ["postgresql"], indirect=True)  # the stories in a browser fill one on SQLite
def test_a_year_of_cases_in_every_state_and_none_of_them_real(team):
    team.session.add_all(Enterprise(uscc=make_uscc("120117", n), name=f"天津示例{n}号商贸有限公司") for n in range(120))
    team.session.commit()
    with moment.at(TODAY):
        load(team.session, "small", Random("demo"), TODAY)
        team.session.commit()
        penalties, repairs = team.session.scalars(select(Penalty)).all(), team.session.scalars(select(Repair)).all()
    states = Counter(penalty.state for penalty in penalties)
    assert states.keys() == {state.name for state in Penalty.workflow.states}, "every state is there to be looked at"
    seldom = {"refused", "revoked", "not_accepted", "withdrawn"}  # chance may leave one of these out in a small year
    assert Counter(repair.state for repair in repairs).keys() >= {state.name for state in Repair.workflow.states} - seldom
    assert all("示例" in penalty.party_name and "示例" in penalty.document_number for penalty in penalties)
    assert all(event.at <= moment.start_of(TODAY + dt.timedelta(days=1)) for case in penalties for event in case.events)
