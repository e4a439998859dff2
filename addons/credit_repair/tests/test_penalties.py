"""A penalty from the decision to publication: reviews, the platform, the letter that goes with it."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from addons.credit_repair.models import NOTICE, Penalty
from addons.credit_repair.tests.helpers import enter
from core import moment
from core.access import view_as
from core.case import act, clocks
from core.case.models import ClockResult
from core.case.sweep import escalate, remind
from core.errors import NotAllowed, Refusal
from core.letter import register
from core.letter.batch import issue_for
from core.outbox.models import Message

D = dt.date


def clock(case, code):
    return next(c for c in case.clocks if c.code == code)


def to_reported(team, case):
    for username, action in (("qian", "submit"), ("sun", "pass_legal"), ("li", "pass_publication"), ("li", "report")):
        act.do(case, action, actor=team.viewer(username))


def test_a_decision_of_13_february_must_be_published_by_2_march(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
    assert clock(case, "publish").due_on == D(2026, 3, 2)
    told = clocks.explanation(clock(case, "publish"))
    assert told.due.due_on == D(2026, 3, 2)
    assert [row.date.day for row in told.days if row.kind == "makeup"] == [14, 28]


def test_sending_does_not_stop_the_clock_and_acceptance_does(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        to_reported(team, case)
    assert clock(case, "publish").running
    with moment.at(D(2026, 3, 2)):
        act.do(case, "accept", actor=team.viewer("zhou"))
    assert clock(case, "publish").result is ClockResult.ON_TIME
    assert case.first_accepted


def test_a_row_that_the_platform_rejected_first_is_late_when_it_is_accepted_on_the_eighth_day(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        to_reported(team, case)
        act.do(case, "reject", actor=team.viewer("li"), data={"reason": "1001 名称与统一社会信用代码不一致"})
    with moment.at(D(2026, 3, 3)):
        act.do(case, "report", actor=team.viewer("qian"))
        act.do(case, "accept", actor=team.viewer("li"))
    assert clock(case, "publish").result is ClockResult.LATE
    assert case.first_accepted is False


def test_three_reviews_are_three_people(team):
    from core.testing.people import give_role

    give_role(team, "sun", "孙立", "credit_repair.publisher", "SAMR")
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        act.do(case, "submit", actor=team.viewer("qian"))
        number = case.number
        act.do(case, "pass_legal", actor=team.viewer("sun"))
        team.session.commit()
        with view_as(team.viewer("sun")) as session:
            mine = session.scalars(select(Penalty).where(Penalty.number == number)).one()
            with pytest.raises(Refusal, match="another|Another|他人|另"):
                act.do(mine, "pass_publication", actor=team.viewer("sun"))


def test_the_decision_goes_out_with_its_repair_letter_or_not_at_all(team, app):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        with pytest.raises(Refusal):
            act.do(case, "serve", actor=team.viewer("qian"), data={"served_on": "2026-02-13", "served_how": "直接送达"})
        letter = issue_for(team.session, case, NOTICE)
        act.do(case, "serve", actor=team.viewer("qian"), data={"served_on": "2026-02-13", "served_how": "直接送达"})
    assert letter.number == "宁市监〔2026〕1号"
    assert case.served_with_letter
    assert clock(case, "deliver").result is ClockResult.ON_TIME
    assert clock(case, "fine").due_on == D(2026, 2, 28)  # 15 days, ending on a working Saturday


def test_the_clerk_drafts_the_lawyer_reviews_the_publisher_signs(team, app):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        letter = register.draft(team.session, register.kind_named(NOTICE), case, team.viewer("qian"))
        with pytest.raises(NotAllowed):
            register.sign(team.session, letter, team.viewer("qian"))
        register.review(team.session, letter, team.viewer("sun"))
        register.sign(team.session, letter, team.viewer("li"))
        team.session.commit()
    assert letter.number == "宁市监〔2026〕1号"
    assert register.pdf_of(letter).startswith(b"%PDF")
    assert register.verify(team.session, letter.code)["valid"]
    assert register.check_numbers(team.session)[0]["gaps"] == []


def test_nobody_of_another_bureau_sees_any_of_it(team, app):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        issue_for(team.session, case, NOTICE)
        team.session.commit()
    with view_as(team.viewer("wang")) as session:
        assert session.scalars(select(Penalty)).all() == []
        assert session.scalars(select(register.Letter)).all() == []
    with view_as(team.viewer("zhou")) as session:
        assert [p.number for p in session.scalars(select(Penalty))] == [case.number]


def test_a_number_is_used_once_by_an_authority(team):
    with moment.at(D(2026, 2, 13)):
        enter(team)
        with pytest.raises(Refusal):
            enter(team, serial=2)


def test_reminders_come_on_days_3_5_6_and_7_at_ten_and_only_once(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
    told = [row.date for row in clocks.explanation(clock(case, "publish")).days if row.counted]
    for nth in (3, 5, 6, 7):
        now = dt.datetime.combine(told[nth - 1], dt.time(10, 1), moment.zone())
        with moment.at(now):
            assert remind(team.session, moment.now())["warned"] >= 1
            team.session.commit()
            assert remind(team.session, moment.now())["warned"] == 0
    with moment.at(told[-1] + dt.timedelta(days=1)):
        assert escalate(team.session, moment.now())["escalated"] == 2  # publication and service
        team.session.commit()
        assert escalate(team.session, moment.now())["escalated"] == 0
    keys = list(team.session.scalars(select(Message.dedupe_key)))
    assert len(keys) == len(set(keys))


def test_a_withdrawn_decision_voids_its_clock(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        act.do(case, "withdraw", actor=team.viewer("sun"),
               data={"what": "撤销", "instrument": "宁政复决〔2026〕1号", "effective_on": "2026-02-13"})
    assert clock(case, "publish").result is ClockResult.VOID
    assert case.result == "withdrawn"
