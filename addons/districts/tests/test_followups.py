"""Meeting, supervision, hand-over; the figures."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from addons.districts.letters import handover, minutes, report, supervision
from addons.districts.models import Handover, Meeting, Order, Supervision
from addons.districts.operations import rate
from addons.districts.stats import INDICATORS
from addons.districts.tests.helpers import ANSWER, accepted, clock, do, order_of, receive, sent
from core import moment
from core.access import view_as
from core.board.stats import compute
from core.case.duty import finish_task
from core.errors import Refusal

D = dt.date


def test_the_meeting_resolves_its_minutes_become_orders_and_tasks(team):
    with moment.at(D(2026, 4, 28)):
        need = accepted(team)
        do(team, need, "to_hub", "lead", obstacle="职责交叉")
        do(team, need, "call_meeting", "hub", meets_on="2026-04-30", place="政务服务中心", chair="何涛")
        meeting = team.session.scalars(select(Meeting)).one()
        with pytest.raises(Refusal):
            do(team, meeting, "hold", "hub", present="胡静、成伟")
        do(team, meeting, "resolve", "hub", need=need.number, lead=team.unit("CGW").id, helpers=[team.unit("SAMR").id],
           task="修复并明确管养责任", due_on="2026-05-29")
        do(team, meeting, "hold", "hub", present="胡静、成伟")
        assert (need.state, need.level) == ("assigned", 3)
        assert clock(order_of(team, need), "handle").due_on == D(2026, 5, 29)
        helper = team.session.scalars(select(Order).where(Order.lead.is_(False))).one()
        assert (helper.unit.code, [t.due_on for t in meeting.tasks]) == ("SAMR", [D(2026, 5, 29)])
        assert minutes(meeting)["matters"][0]["lead"] == "区城管委"
        with pytest.raises(Refusal):
            do(team, meeting, "finish", "hub")
        finish_task(meeting.tasks[0], actor=team.viewer("hub"))
        do(team, meeting, "finish", "hub")


def test_supervision_lies_over_any_level_and_a_hand_over_is_seen_by_few(team):
    with moment.at(D(2026, 4, 28)):
        need = accepted(team)
        sent(team, need)
    with moment.at(D(2026, 5, 18)):
        do(team, need, "report_slow", "lead", note="部门迟迟未办")
        do(team, need, "supervise", "hub", unit=team.unit("SAMR").id, problem="超期未反馈")
        found = team.session.scalars(select(Supervision)).one()
        assert (found.was_due_on, found.days_late, need.state) == (D(2026, 5, 11), 5, "dispatched")
        do(team, found, "instruct", "dcs", instruction="请督查室跟踪。", by="区领导")
        do(team, found, "track", "dcs")
        assert supervision(found)["due"].day == D(2026, 5, 21)
        assert report(found)["rows"][0]["days"] == 5
        do(team, found, "answer", "dcs", feedback="已整改。")
        with pytest.raises(Refusal):
            do(team, found, "clear", "dcs", note="完成")
        do(team, found, "shirk", "head", receiver="区纪委监委", facts="两次推诿。", evidence="转办单两份", impact="停工三日")
        lead = team.session.scalars(select(Handover)).one()
        assert lead.confidentiality.value == "restricted"
        assert found.events[-1].data == {}
        assert handover(lead)["unit"] == "区市场监管局"
        do(team, need, "answer", "hub", **ANSWER) if need.state == "feedback" else None
        team.session.commit()
        with view_as(team.viewer("hub")) as clerks:
            assert clerks.scalars(select(Handover)).all() == []
        with view_as(team.viewer("jw")) as theirs:
            assert len(theirs.scalars(select(Handover)).all()) == 1


def test_the_figures_count_what_they_say(team):
    with moment.at(D(2026, 4, 28)):
        good, late, none = accepted(team), accepted(team, title="另一件"), receive(team, title="第三件")
        do(team, none, "refuse", "wang", ground="信访", guidance="信访办")
        do(team, good, "answer", "wang", **ANSWER)
        rate(team.session, good, 5)
    with moment.at(D(2026, 5, 20)):
        do(team, late, "answer", "lead", **ANSWER)
        figures = {i.code.partition(".")[2]: compute(team.session, i, D(2026, 5, 1)) for i in INDICATORS}
        april = {i.code.partition(".")[2]: compute(team.session, i, D(2026, 4, 1)) for i in INDICATORS}
    assert (april["closed"].value, april["solved"].value) == (0.5, 1), "closed of what was received; solved of what was closed"
    assert (figures["on_time"].numerator, figures["on_time"].denominator) == (1, 2)
    assert (april["closed"].numerator, april["closed"].denominator) == (1, 2)
    assert (april["satisfied"].numerator, april["satisfied"].denominator) == (1, 1)
    assert (figures["rated"].numerator, figures["rated"].denominator) == (0, 1)
    assert figures["handling_days"].value == 14
    assert april["level_1"].value == 1
