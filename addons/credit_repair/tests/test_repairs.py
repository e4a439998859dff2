"""A repair from the first question at the counter to the day on which publicity ends."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from addons.credit_repair.names import EXPLANATION, NOTICE
from addons.credit_repair.operations import open_bundle, open_repair, over
from addons.credit_repair.tests.helpers import enter
from addons.credit_repair.tests.test_penalties import clock, publish
from core import moment
from core.case import act, clocks, merging
from core.case.models import ClockResult
from core.case.replies import ready
from core.errors import NotAllowed, Refusal
from core.letter import register
from core.letter.batch import issue_for
from core.letter.content import Letterhead
from core.outbox.models import Message

D = dt.date
BOTH = {"proof": True, "commitment": True}
ALL_ENDED = {"sync_platform": True, "sync_sharing": True, "sync_sanctions": True}


def published(team, performed=True, clerk="qian", unit="SAMR-TEAM", **more):
    """A decision on its way to publicity, its duties performed."""
    case = enter(team, clerk, unit, **more)
    publish(team, case) if unit.startswith("SAMR") else publish_elsewhere(team, case)
    if performed:
        day = more["decided_on"].isoformat()
        act.do(case, "pay", actor=team.viewer(clerk), data={"paid_on": day})
        act.do(case, "put_right", actor=team.viewer(clerk), data={"corrected_on": day})
    return case


def publish_elsewhere(team, case):
    from core.access import system_viewer

    for action in ("submit", "pass_legal", "pass_publication", "report", "accept", "publish"):
        act.do(case, action, actor=system_viewer("test"))


def to_pushed(team, repair, day="2026-04-28"):
    window = team.viewer("zheng")
    act.do(repair, "precheck", actor=window)
    act.do(repair, "receive", actor=window, data=BOTH)
    act.do(repair, "submit", actor=window, data={"external_number": "XYZG-1"})
    act.do(repair, "push", actor=window, data={"pushed_on": day})


def test_too_early_means_waiting_and_the_case_wakes_the_day_after_the_minimum_period(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 1)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        act.do(repair, "precheck", actor=team.viewer("zheng"))
        assert repair.eligible_on == D(2026, 4, 16)
        act.do(repair, "receive", actor=team.viewer("zheng"), data=BOTH)
        with pytest.raises(Refusal, match="2026-04-16"):
            act.do(repair, "submit", actor=team.viewer("zheng"), data={"external_number": "1"})
        act.do(repair, "wait", actor=team.viewer("zheng"))
        team.session.commit()
        assert repair.assignee_id is None  # until its day it lies on nobody's desk
    with moment.at(D(2026, 4, 15)):
        over(team.session, moment.now())
        assert repair.state == "waiting_min"
    with moment.at(D(2026, 4, 16)):
        over(team.session, moment.now())
        over(team.session, moment.now())
        assert (repair.state, repair.assignee_id) == ("precheck", team.people["zheng"].id)
    told = team.session.scalars(select(Message).where(Message.dedupe_key.startswith(f"wake:{repair.id}"))).all()
    assert [message.recipient_id for message in told] == [team.people["zheng"].id]


def test_from_consultation_to_closing_with_three_and_ten_working_days(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    credit, clerk = team.viewer("zhou"), team.viewer("qian")
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        assert repair.unit.code == "NDRC"
        to_pushed(team, repair)
        offered = {each.name: each.text for each in ready(repair, "not_accept")}
    assert list(offered) == ["too_early", "incomplete", "unfulfilled"] and repair.enterprise.name in offered["unfulfilled"]
    assert repair.unit_id == penalty.unit_id  # who decided it, repairs it
    assert repair.rule_version == "v1+v2"
    assert clock(repair, "accept").due_on == D(2026, 5, 6)  # 1 to 5 May are off
    assert clock(repair, "total").due_on == D(2026, 5, 14)  # Saturday 9 May counts
    with moment.at(D(2026, 5, 6)):
        act.do(repair, "accept", actor=clerk, data={})
        assert clock(repair, "decide").due_on == D(2026, 5, 14)
        act.do(repair, "check", actor=clerk)
    with moment.at(D(2026, 5, 14)):
        act.do(repair, "approve", actor=clerk, data={})
    assert clock(repair, "accept").result is ClockResult.ON_TIME
    assert clock(repair, "total").result is ClockResult.ON_TIME
    with moment.at(D(2026, 5, 15)):
        act.do(repair, "sync", actor=credit, data=ALL_ENDED)
        assert (penalty.state, penalty.result) == ("terminated", "repaired")
        act.do(repair, "close", actor=credit)
    assert (repair.result, repair.meaning.value) == ("repaired", "closed")


def test_repairs_of_two_enterprises_are_never_merged(team):
    with moment.at(D(2026, 4, 28)):
        repairs = []
        for serial in (1, 2):
            penalty = published(team, decided_on=D(2026, 1, 15), serial=serial, number=f"津宁市监罚〔2026〕{serial}号")
            repairs.append(open_repair(team.session, team.viewer("zheng"), [penalty]))
        with pytest.raises(Refusal, match=r"different enterprises|不同企业"):
            merging.merge(*repairs, actor=team.viewer("zhou"), note="重复登记")


def test_what_is_entered_a_day_later_counts_from_its_own_day(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        to_pushed(team, repair)
    with moment.at(D(2026, 5, 7)):
        act.do(repair, "accept", actor=team.viewer("qian"), data={"day": "2026-05-06"})
    assert clock(repair, "accept").result is ClockResult.ON_TIME
    assert moment.local(clock(repair, "decide").start_at).date() == D(2026, 5, 6)


def test_the_head_extends_once_from_the_old_due_day(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        to_pushed(team, repair)
        act.do(repair, "accept", actor=team.viewer("qian"), data={})
        with pytest.raises(NotAllowed):
            act.do(repair, "extend", actor=team.viewer("qian"), note="情况复杂")
        act.do(repair, "extend", actor=team.viewer("wu"), note="情况复杂")
        assert clock(repair, "total").due_on == D(2026, 5, 28)
        assert clocks.explanation(clock(repair, "total")).due.due_on == D(2026, 5, 28)
        with pytest.raises(Refusal):
            act.do(repair, "extend", actor=team.viewer("wu"), note="仍复杂")


def test_no_repair_before_the_last_instalment_is_paid(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, performed=False, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        with pytest.raises(Refusal, match="津宁市监罚"):
            to_pushed(team, repair)


def test_several_penalties_are_partly_eligible_and_each_has_its_own_commitment(team):
    with moment.at(D(2026, 3, 2)):
        old = published(team, decided_on=D(2026, 1, 15))
        new = published(team, decided_on=D(2026, 3, 2), number="津宁市监罚〔2026〕2号")
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, team.viewer("zheng"), [old, new])
        act.do(repair, "precheck", actor=team.viewer("zheng"))
        act.do(repair, "receive", actor=team.viewer("zheng"), data=BOTH)
        assert [item.committed_on for item in repair.penalties] == [D(2026, 4, 28)] * 2
        with pytest.raises(Refusal, match="2号（2026-06-03）"):
            act.do(repair, "submit", actor=team.viewer("zheng"), data={"external_number": "1"})
        act.do(repair, "remove", actor=team.viewer("zheng"), note="未满最短公示期",
        data={"document_number": new.document_number})
        act.do(repair, "submit", actor=team.viewer("zheng"), data={"external_number": "1"})
    assert [penalty.id for penalty in repair.subjects] == [old.id]


def test_one_bundle_makes_one_case_for_each_authority(team):
    with moment.at(D(2026, 1, 15)):
        mine = published(team, decided_on=D(2026, 1, 15))
        other = published(team, clerk="wang", unit="CGW", decided_on=D(2026, 1, 15), authority_code="CGW",
                          number="宁城管罚〔2026〕1号")
    with moment.at(D(2026, 4, 28)):
        opened = open_bundle(team.session, team.viewer("zheng"), [mine, other])
        with pytest.raises(Refusal):
            open_repair(team.session, team.viewer("zheng"), [mine, other])
    assert len(opened) == 2
    assert {repair.bundle for repair in opened} == {opened[0].number}


def test_a_revoked_decision_closes_its_repair_case_as_no_longer_needed_and_not_as_repaired(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        act.do(penalty, "revoke", actor=team.viewer("sun"), note="复议撤销",
               data={"outcome": "撤销", "instrument": "宁政复决〔2026〕1号", "effective_on": "2026-04-28"})
        assert repair.events[-1].kind == "told"
        issue_for(team.session, penalty, EXPLANATION)
        act.do(penalty, "withdraw", actor=team.viewer("sun"))
    assert (repair.state, repair.result) == ("lapsed", "not_needed")


def test_one_repair_case_at_a_time_for_a_penalty(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 28)):
        first = open_repair(team.session, team.viewer("zheng"), [penalty])
        with pytest.raises(Refusal, match=first.number):
            open_repair(team.session, team.viewer("zheng"), [penalty])


def test_where_the_law_excludes_repair_nothing_can_be_asked_for_and_the_party_is_told_so(team):
    with moment.at(D(2026, 1, 15)):
        penalty = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 20)):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        act.do(penalty, "exclude", actor=team.viewer("qian"), data={"basis": "《市场监管失信规定》第十四条"})
        assert repair.events[-1].kind == "told"
        act.do(repair, "precheck", actor=team.viewer("zheng"))
        act.do(repair, "receive", actor=team.viewer("zheng"), data=BOTH)
        with pytest.raises(Refusal, match="第十四条"):
            act.do(repair, "submit", actor=team.viewer("zheng"), data={"external_number": "1"})
        act.do(repair, "drop", actor=team.viewer("zheng"), note="依法不予修复")
        with pytest.raises(Refusal, match="第十四条"):
            open_repair(team.session, team.viewer("zheng"), [penalty])
    kind = register.kind_named(NOTICE)
    said = kind.compose(Letterhead("区市场监管局"), {**kind.context(penalty), "report_by": D(2026, 1, 26)}, date=D(2026, 1, 16))
    body = "".join(block.text for block in said.body)
    assert "根据《市场监管失信规定》第十四条，该信息不予信用修复" in body
    assert "可以申请信用修复" not in body
    with moment.at(D(2026, 4, 21)):
        act.do(penalty, "readmit", actor=team.viewer("zhou"), note="登记有误")
        assert open_repair(team.session, team.viewer("zheng"), [penalty]).number
