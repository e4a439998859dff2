"""A penalty from the decision to publication: reviews, the platform, the letter that goes with it."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from addons.credit_repair.effects.penalty import service_known
from addons.credit_repair.models import Penalty
from addons.credit_repair.names import EXPLANATION, NOTICE
from addons.credit_repair.operations import over, serve_decision
from addons.credit_repair.tests.helpers import enter, values
from core import moment
from core.access import view_as
from core.case import act, clocks
from core.case.models import ClockResult
from core.case.sweep import escalate, remind
from core.errors import NotAllowed, Refusal
from core.letter import register
from core.letter.batch import issue_for
from core.letter.checking import check_code
from core.outbox.models import Message
from core.party.uscc import make_uscc

D = dt.date
NAME_DIFFERS = {"code": "1001 名称与统一社会信用代码不一致"}


def clock(case, code):
    return next(c for c in case.clocks if c.code == code)


def to_reported(team, case):
    for username, action in (("qian", "submit"), ("sun", "pass_legal"), ("li", "pass_publication"), ("li", "report")):
        act.do(case, action, actor=team.viewer(username))


def publish(team, case):
    to_reported(team, case)
    for action in ("accept", "publish"):
        act.do(case, action, actor=team.viewer("li"))


def form(**more):
    row = {name: value for name, value in values().items()
           if name not in ("kinds", "authority_name", "authority_code", "source_name", "source_code")}
    return {**row, "penalty_kinds": ["罚款"], "fine": "0.5", "decided_on": "2026-02-10", **more}


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
        act.do(case, "reject", actor=team.viewer("li"), data=NAME_DIFFERS)
    with moment.at(D(2026, 3, 3)):
        act.do(case, "mend", actor=team.viewer("qian"))
        to_reported(team, case)
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
            with pytest.raises(Refusal, match=r"Another|他人|另"):
                act.do(mine, "pass_publication", actor=team.viewer("sun"))


def test_the_decision_goes_out_with_its_repair_letter_or_not_at_all(team, app):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        with pytest.raises(Refusal):
            act.do(case, "serve", actor=team.viewer("qian"), data={"served_on": "2026-02-13", "served_how": "直接送达"})
        letter = issue_for(team.session, case, NOTICE)
        team.session.commit()
        clerk = team.viewer("qian")
        with view_as(clerk) as session:  # as the clerk does it, in a session that sees what he may see
            act.do(session.get_one(Penalty, case.id), "serve", actor=clerk, data={
                "served_on": "2026-02-13", "served_how": "直接送达"})
            session.commit()
        team.session.expire_all()
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
    assert check_code(team.session, letter.code)["valid"]
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


def test_a_published_decision_stays_with_its_clerk_until_it_is_served_and_paid(team):
    with moment.at(D(2026, 3, 2)):
        case = enter(team, decided_on=D(2026, 3, 2))
        publish(team, case)
        assert case.assignee_id == team.people["qian"].id
        case.served_on = D(2026, 3, 2)
        service_known(case, case.events[-1])
        act.do(case, "market_publish", actor=team.viewer("qian"), data={"day": "2026-03-02"})
        assert (case.due_code, case.assignee_id) == ("fine", team.people["qian"].id)
        act.do(case, "pay", actor=team.viewer("qian"), data={"paid_on": "2026-03-02"})
        assert (case.due_code, case.assignee_id) == ("", None)


def test_a_revoked_decision_is_taken_down_within_three_working_days_and_the_credit_section_is_told(team, app):
    with moment.at(D(2026, 2, 10)):
        case = enter(team, decided_on=D(2026, 2, 10))
        publish(team, case)
    with moment.at(D(2026, 2, 11)):
        act.do(case, "revoke", actor=team.viewer("sun"), note="复议机关撤销",
               data={"outcome": "撤销", "instrument": "宁政复决〔2026〕1号", "effective_on": "2026-02-11"})
        assert clock(case, "withdraw").due_on == D(2026, 2, 14)  # a working Saturday
        assert case.due_code == "withdraw"
    told = team.session.scalars(select(Message).where(Message.dedupe_key.startswith(f"revoked:{case.id}"))).all()
    assert {message.recipient_id for message in told} >= {team.people["zhou"].id}
    with moment.at(D(2026, 2, 14)):
        with pytest.raises(Refusal):
            act.do(case, "withdraw", actor=team.viewer("sun"))  # not without the public explanation
        letter = issue_for(team.session, case, EXPLANATION)
        act.do(case, "withdraw", actor=team.viewer("sun"))
        team.session.commit()
        public = app.test_client().get("/portal/lists/withdrawn").text
    assert f"{case.document_number}：撤销（宁政复决〔2026〕1号）" in public
    assert "复议机关撤销" in public
    assert case.party_name not in public
    assert case.explanation_number == letter.number
    assert clock(case, "withdraw").result is ClockResult.ON_TIME
    assert (case.state, case.result) == ("withdrawn", "withdrawn")


def test_a_changed_decision_is_published_anew_from_the_original_day(team, app):
    with moment.at(D(2026, 2, 10)):
        case = enter(team, decided_on=D(2026, 2, 10))
        publish(team, case)
        act.do(case, "revoke", actor=team.viewer("sun"), note="罚款减半",
               data={"outcome": "变更", "instrument": "宁政复决〔2026〕2号", "effective_on": "2026-02-10"})
        issue_for(team.session, case, EXPLANATION)
        act.do(case, "correct", actor=team.viewer("qian"))
        act.do(case, "edit", actor=team.viewer("qian"), data=form(fine="0.25", content="罚款2500元"))
        publish(team, case)
    assert (case.revision, case.fine, case.state) == (1, Decimal("0.25"), "published")
    assert case.apply_from == D(2026, 5, 11)
    assert [c.code for c in case.clocks].count("publish") == 1


def test_a_mended_day_of_decision_moves_the_clocks_and_the_days_of_publicity(team):
    with moment.at(D(2026, 3, 10)):
        case = enter(team, decided_on=D(2026, 2, 13))
        act.do(case, "edit", actor=team.viewer("qian"), data=form(decided_on="2026-03-09"))
    running = clocks.running(case, "publish")
    assert running.due_on == D(2026, 3, 18)
    assert case.apply_from == D(2026, 6, 10)


@pytest.mark.parametrize(("more", "word"), [
    ({"procedure": "简易程序"}, "简易|simple"), ({"secret": True}, "secret|国家秘密"),
    ({"kinds": "警告", "fine": None}, "warning|警告"), ({"kinds": "吊销许可证件"}, "licence|证照"),
    ({"facts": "当事人张某某，身份证号120221198001011234"}, "120221"), ({"facts": "电话13812345678"}, "138123")])
def test_what_must_not_be_published_does_not_reach_the_first_review(team, more, word):
    with moment.at(D(2026, 2, 13)):
        case = enter(team, **more)
        with pytest.raises(Refusal, match=word):
            act.do(case, "submit", actor=team.viewer("qian"))
        act.do(case, "discard", actor=team.viewer("qian"), note="误录")
    assert clock(case, "publish").result is ClockResult.VOID


def test_two_publication_clocks_run_for_a_market_regulation_penalty(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team, authority_name="天津市宁河区市场监督管理局")
    assert clock(case, "market").due_on == D(2026, 3, 19)
    with moment.at(D(2026, 3, 19)):
        act.do(case, "market_publish", actor=team.viewer("qian"), data={"day": "2026-03-19"})
    assert clock(case, "market").result is ClockResult.ON_TIME
    assert clock(case, "publish").running


def test_a_party_of_another_province_takes_ten_days_to_push_and_ten_to_publish(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team, authority_name="天津市宁河区市场监督管理局", uscc=make_uscc("130229", 7))
    assert {c.code for c in case.clocks} == {"publish", "deliver", "market_push"}
    assert clock(case, "market_push").due_on == D(2026, 3, 5)
    with moment.at(D(2026, 3, 2)):
        act.do(case, "market_push", actor=team.viewer("qian"), data={"day": "2026-03-02"})
    assert clock(case, "market_assist").due_on == D(2026, 3, 16)
    to_reported(team, case)
    act.do(case, "reject", actor=team.viewer("li"), data=NAME_DIFFERS)
    act.do(case, "mend", actor=team.viewer("qian"))
    assert [c.code for c in case.clocks].count("market_push") == 1


def test_acceptance_entered_a_day_later_counts_from_its_own_day(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        to_reported(team, case)
    with moment.at(D(2026, 3, 3)):
        act.do(case, "accept", actor=team.viewer("li"), data={"day": "2026-03-02"})
    assert clock(case, "publish").result is ClockResult.ON_TIME


def test_publicity_ends_by_itself_after_its_last_day_and_once(team):
    with moment.at(D(2026, 4, 1)):
        case = enter(team, decided_on=D(2026, 4, 1))
        publish(team, case)
    assert case.published_until == D(2027, 4, 1)
    with moment.at(D(2027, 4, 1)):
        assert over(team.session, moment.now()) == {"closed": 0}
    with moment.at(D(2027, 4, 2)):
        assert over(team.session, moment.now()) == {"closed": 1}
        assert over(team.session, moment.now()) == {"closed": 0}
    assert case.state == "expired"


def test_publicity_can_be_shortened_and_never_lengthened(team):
    with moment.at(D(2026, 4, 1)):
        case = enter(team, decided_on=D(2026, 4, 1))
        publish(team, case)
        with pytest.raises(Refusal):
            act.do(case, "change_end", actor=team.viewer("li"), note="延长", data={"published_until": "2027-04-02"})
        act.do(case, "change_end", actor=team.viewer("li"), note="法院裁定", data={"published_until": "2026-10-01"})
    assert case.published_until == D(2026, 10, 1)


def test_a_voided_letter_does_not_go_out_with_the_decision(team, app):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
        letter = issue_for(team.session, case, NOTICE)
        register.void(team.session, letter, team.viewer("li"), "文号有误")
        with pytest.raises(Refusal):
            serve_decision(team.session, team.viewer("qian"), case, served_on=D(2026, 2, 13))
