"""A repair from the first question at the counter to the day on which publicity ends."""
from __future__ import annotations

import datetime as dt

import pytest

from addons.credit_repair.operations import open_repair, wake_waiting
from addons.credit_repair.tests.helpers import enter
from addons.credit_repair.tests.test_penalties import to_reported
from core import moment
from core.case import act
from core.case.models import ClockResult
from core.errors import Refusal

D = dt.date


def published(team, **more):
    case = enter(team, **more)
    to_reported(team, case)
    act.do(case, "accept", actor=team.viewer("li"))
    act.do(case, "publish", actor=team.viewer("li"))
    return case


def clock(case, code):
    return next(c for c in case.clocks if c.code == code)


def test_too_early_means_waiting_and_the_case_wakes_the_day_after_the_minimum_period(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 1)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        with pytest.raises(Refusal, match="2026-04-16"):
            act.do(repair, "precheck", actor=team.viewer("zheng"))
        act.do(repair, "wait", actor=team.viewer("zheng"))
        team.session.commit()
    with moment.at(D(2026, 4, 15)):
        wake_waiting(team.session, moment.now())
        assert repair.state == "waiting"
    with moment.at(D(2026, 4, 16)):
        wake_waiting(team.session, moment.now())
        assert repair.state == "prechecked"


def test_from_the_counter_to_the_end_of_publicity(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
        act.do(penalty, "perform", actor=team.viewer("qian"), data={"performed_on": "2026-01-15"})
    window, clerk, credit = (team.viewer(name) for name in ("zheng", "qian", "zhou"))
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, window, [penalty])
        act.do(repair, "precheck", actor=window)
        with pytest.raises(Refusal):
            act.do(repair, "submit", actor=window, data={"external_number": "XYZG-1"})
        act.do(repair, "receive", actor=window, data={"proof": True, "commitment": True})
        act.do(repair, "submit", actor=window, data={"external_number": "XYZG-1"})
        act.do(repair, "push", actor=credit, data={"pushed_on": "2026-04-28"})
    assert clock(repair, "accept").due_on == D(2026, 5, 6)  # 1 to 5 May are off
    assert clock(repair, "total").due_on == D(2026, 5, 14)  # Saturday 9 May counts
    with moment.at(D(2026, 5, 6)):
        act.do(repair, "accept", actor=clerk)
        act.do(repair, "check", actor=clerk)
    with moment.at(D(2026, 5, 14)):
        act.do(repair, "approve", actor=clerk)
    assert clock(repair, "accept").result is ClockResult.ON_TIME
    assert clock(repair, "total").result is ClockResult.ON_TIME
    assert penalty.state == "terminated"
    with moment.at(D(2026, 5, 15)):
        act.do(repair, "sync", actor=credit, data={"sync_platform": True, "sync_sanctions": True})
        act.do(repair, "close", actor=credit)
    assert (repair.result, repair.meaning.value) == ("repaired", "closed")


def test_no_repair_before_the_last_instalment_is_paid(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        for action, data in (("precheck", None), ("receive", {"proof": True, "commitment": True}),
                             ("submit", {"external_number": "XYZG-1"}), ("push", {"pushed_on": "2026-04-28"}), ("accept", None)):
            act.do(repair, action, actor=team.viewer("zhou"), data=data)
        with pytest.raises(Refusal, match="津宁市监罚"):
            act.do(repair, "approve", actor=team.viewer("zhou"))


def test_a_revoked_decision_closes_its_repair_case_as_no_longer_needed_and_not_as_repaired(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        act.do(penalty, "withdraw", actor=team.viewer("sun"),
               data={"what": "撤销", "instrument": "宁政复决〔2026〕1号", "effective_on": "2026-04-28"})
    assert (repair.state, repair.result) == ("withdrawn", "not_needed")


def test_one_repair_case_at_a_time_for_a_penalty(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 28)):
        first = open_repair(team.session, team.viewer("zheng"), [penalty])
        with pytest.raises(Refusal, match=first.number):
            open_repair(team.session, team.viewer("zheng"), [penalty])
