"""A case from the window to its end: who does what, who may not, and what is kept."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from core import moment
from core.access import system_viewer
from core.case import CLOSED, Event, available, do, duty, note_down, open_case
from core.case.numbering import QUERY_ALPHABET
from core.errors import Changed, Invalid, NotAllowed, NotFound, Refusal
from trial_modules.tree_felling.models import Permit
from trial_people import Desk, find


def test_an_application_arrives_and_is_granted(desk: Desk) -> None:
    number = desk.opens("lin", trees=3, species="国槐")
    assert number == "NH-SM-20260211-0001"
    desk.does("lin", number, "accept")
    desk.does("han", number, "grant", dt.date(2026, 2, 13), data={"trees": 2})
    case = desk.case(number)
    assert (case.state, case.meaning, case.granted, case.result) == ("granted", CLOSED, 2, "granted")
    assert case.closed_at == moment.as_instant(dt.date(2026, 2, 13))
    assert set(case.query_code) <= set(QUERY_ALPHABET) and len(case.query_code) == 8
    assert [(e.kind, e.action, e.from_state, e.to_state, e.actor) for e in case.events] == [
        ("opened", "", "", "received", "林办事"), ("action", "accept", "received", "accepted", "林办事"),
        ("action", "grant", "accepted", "granted", "韩科长"),
        ("letter", "draft", "granted", "granted", "韩科长")]


def test_numbers_of_a_day_follow_one_another_and_a_failed_opening_leaves_no_gap(desk: Desk) -> None:
    first = desk.opens("lin")
    with desk.of("lin") as (session, viewer), moment.at(dt.date(2026, 2, 11)):
        open_case(session, Permit, viewer, unit=desk.district.unit("CGW"), title="没有保存")
        session.rollback()
    assert [first, desk.opens("lin")] == ["NH-SM-20260211-0001", "NH-SM-20260211-0002"]
    assert desk.opens("lin", on=dt.date(2026, 2, 12)) == "NH-SM-20260212-0001"


def test_a_guard_refuses_with_its_reason_and_nothing_has_happened(desk: Desk) -> None:
    number = desk.opens("lin", trees=1)
    desk.does("lin", number, "accept")
    with pytest.raises(Refusal, match=r"No more trees|不能多于"):
        desk.does("han", number, "grant", data={"trees": 2})
    assert desk.case(number).state == "accepted" and len(desk.case(number).events) == 2


def test_the_button_of_a_guarded_action_says_why_it_cannot_be_pressed(desk: Desk) -> None:
    number = desk.opens("lin", species="古树")
    desk.does("lin", number, "accept")
    with desk.of("han") as (session, viewer):
        offers = {offer.action.name: offer for offer in available(find(session, number), viewer)}
    assert set(offers) == {"grant", "refuse"}, "only what this person may do, in this state"
    assert not offers["grant"].enabled and offers["grant"].reason and offers["refuse"].enabled


@pytest.mark.parametrize(("username", "action", "given", "wrong"), [
    ("lin", "grant", {"data": {"trees": 1}}, NotAllowed),       # a clerk does not decide
    ("han", "ask", {"note": "缺图"}, NotAllowed),                # the head does not ask for papers
    ("han", "lapse", {}, Refusal),                              # only the system, and not in this state
    ("han", "refuse", {"note": "  "}, Refusal),                 # a reason must be given
    ("han", "grant", {}, Invalid),                              # the number of trees is missing
    ("han", "grant", {"data": {"trees": "many"}}, Invalid),
    ("lin", "ask", {"note": "x", "data": {"colour": "red"}}, Invalid),  # a field that nobody asked for
    ("lin", "fell", {}, NotFound),
    ("lin", "complete", {}, Refusal),                           # not in this state
])
def test_what_may_not_be_done_changes_nothing(desk: Desk, username: str, action: str, given: dict[str, object],
                                             wrong: type[Refusal]) -> None:
    number = desk.opens("lin", trees=5)
    desk.does("lin", number, "accept")
    before = desk.case(number).version
    with pytest.raises(wrong):
        desk.does(username, number, action, **given)
    assert (desk.case(number).state, desk.case(number).version) == ("accepted", before)


def test_a_step_for_the_system_alone_is_refused_to_people_and_done_by_the_system(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    desk.does("lin", number, "ask", note="缺平面图")
    with pytest.raises(NotAllowed):
        desk.does("lin", number, "lapse")
    session = desk.district.session
    do(find(session, number), "lapse", actor=system_viewer("month over", "定时任务"))
    session.commit()
    assert desk.case(number).events[-1].actor == "定时任务"


def test_nobody_opens_a_case_in_a_unit_that_his_role_does_not_reach(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.opens("lin", unit="SAMR")
    with pytest.raises(NotAllowed):
        desk.opens("han")  # a head has no permission to create
    assert desk.district.session.scalars(select(Permit)).all() == []


def test_two_clerks_at_once_the_second_is_told_both_versions(desk: Desk) -> None:
    number = desk.opens("lin")
    with desk.of("lin") as (session, viewer):
        seen = find(session, number).version
        desk.does("han", number, "accept")
        session.expire_all()
        with pytest.raises(Changed) as refused:
            do(find(session, number), "withdraw", actor=viewer, note="申请人撤回", version=seen)
    assert refused.value.details == {"version": desk.case(number).version, "yours": seen}
    assert desk.case(number).state == "accepted"


def test_two_clerks_in_the_same_second_no_update_is_lost(desk: Desk) -> None:
    """Both have read the same version; neither said which: the database itself tells the second one."""
    number = desk.opens("lin")
    with desk.of("lin") as (first, lin), desk.of("han") as (second, han):
        mine, his = find(first, number), find(second, number)
        first.commit()
        second.commit()
        do(mine, "withdraw", actor=lin, note="申请人撤回")
        first.commit()
        with pytest.raises(Changed) as refused:
            do(his, "accept", actor=han)
    case = desk.case(number)
    assert refused.value.details == {"version": case.version, "yours": case.version - 1}
    assert case.state == "withdrawn" and len(case.events) == 2


def test_a_case_is_passed_on_to_another_bureau_and_comes_back(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    due = desk.clock(number).due_on
    with desk.of("lin") as (session, viewer):
        with pytest.raises(Refusal, match=r"reason|理由|原因"):
            duty.pass_on(find(session, number), desk.district.unit("SAMR"), actor=viewer, note="")
        duty.pass_on(find(session, number), session.merge(desk.district.unit("SAMR"), load=False), actor=viewer,
                     note="由市场监管局办理")
        session.commit()
    assert (desk.sees("zhao", number), desk.sees("han", number)) == (True, False)
    assert desk.sees("lin", number), "who opened a case keeps it in sight"
    assert desk.case(number).bureau_id == desk.district.unit("SAMR").id
    assert desk.clock(number).due_on == due, "the clock runs on while a case wanders"
    with desk.of("zhao") as (session, viewer):
        duty.send_back(find(session, number), actor=viewer, note="不属于本单位职责")
        session.commit()
    case = desk.case(number)
    assert (case.unit.code, case.returns, case.events[-1].kind) == ("CGW", 1, "returned")
    assert not desk.sees("zhao", number) and desk.sees("han", number)


def test_a_head_who_did_not_open_the_case_can_pass_it_on_too(desk: Desk) -> None:
    """The moment it is handed over he no longer sees it; that must not keep him from handing it over."""
    number = desk.opens("lin")
    with desk.of("han") as (session, viewer):
        duty.pass_on(find(session, number), session.merge(desk.district.unit("SAMR"), load=False), actor=viewer, note="转办")
        session.commit()
    assert not desk.sees("han", number) and desk.sees("zhao", number)


def test_a_case_that_nobody_passed_on_cannot_be_returned(desk: Desk) -> None:
    number = desk.opens("lin")
    with desk.of("lin") as (session, viewer), pytest.raises(Refusal):
        duty.send_back(find(session, number), actor=viewer, note="退回")


def test_a_closed_case_is_reopened_with_a_reason_and_its_clock_runs_again(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    desk.does("han", number, "refuse", dt.date(2026, 2, 13), note="材料不实")
    with desk.of("lin") as (session, viewer), pytest.raises(NotAllowed):
        duty.reopen(find(session, number), actor=viewer, note="重新审查")
    with moment.at(dt.date(2026, 3, 2)), desk.of("han") as (session, viewer):
        duty.reopen(find(session, number), actor=viewer, note="行政复议决定重新审查")
        session.commit()
    case = desk.case(number)
    assert (case.state, case.closed_at, case.result) == ("accepted", None, "")
    assert [clock.result and clock.result.value for clock in case.clocks] == ["on_time", None]
    assert case.due_on == dt.date(2026, 3, 11)


def test_only_somebody_with_a_role_there_is_made_responsible(desk: Desk) -> None:
    number = desk.opens("lin")
    with desk.of("han") as (session, viewer):
        with pytest.raises(Refusal):
            duty.assign(find(session, number), desk.person("zhao"), actor=viewer)
        duty.assign(find(session, number), desk.person("lin"), actor=viewer)
        session.commit()
    assert desk.case(number).assignee_id == desk.person("lin").id


def test_a_note_needs_words_and_sight_of_the_case(desk: Desk) -> None:
    number = desk.opens("lin")
    with desk.of("lin") as (session, viewer):
        case = find(session, number)
        with pytest.raises(Refusal):
            note_down(case, viewer, "  ")
        with pytest.raises(NotAllowed):
            note_down(case, desk.district.viewer("zhao"), "我看不到")
        note_down(case, viewer, "已电话联系")
        session.commit()
    assert desk.district.session.scalars(select(Event.note).order_by(Event.id.desc())).first() == "已电话联系"


def test_a_case_is_rated_once_and_only_when_it_is_closed(desk: Desk) -> None:
    number = desk.opens("lin")
    with desk.of("lin") as (session, viewer), pytest.raises(Refusal):
        duty.evaluate(find(session, number), 5, actor=viewer)
    desk.does("lin", number, "withdraw", note="撤回")
    with desk.of("lin") as (session, viewer):
        for score in (0, 6):
            with pytest.raises(Refusal):
                duty.evaluate(find(session, number), score, actor=viewer)
        duty.evaluate(find(session, number), 4, "很快", actor=viewer)
        session.commit()
        with pytest.raises(Refusal):
            duty.evaluate(find(session, number), 1, actor=viewer)
