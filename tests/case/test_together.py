"""Cases that belong together: parts, links, merges that can be undone, suggestions; and who sat on a case how long."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from core import moment
from core.case import CLOSED, OPEN, clocks, duplicates, duty, held, links, merging
from core.case.models import Watcher
from core.errors import NotAllowed, NotFound, Refusal
from core.party import merging as enterprises
from core.party.models import Enterprise, EnterpriseMerge
from core.party.picking import find_or_provisional, pick_enterprises
from core.testing.people import give_role
from trial_people import Desk, find


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def test_parts_of_a_larger_matter(desk: Desk) -> None:
    """Three trees of one street: each is decided by itself, the whole knows its parts, and nothing is part of itself."""
    whole, first, second = (desk.opens("lin", title=title) for title in ("整条街的树", "一号树", "二号树"))
    foreign = desk.opens("zhao", unit="SAMR")
    with desk.of("lin") as (session, lin):
        case = {number: find(session, number) for number in (whole, first, second)}
        for part in (first, second):
            links.link(case[part], case[whole], "part_of", actor=lin)
        links.link(case[first], case[second], "related", actor=lin, note="同一院落")
        for wrong, relation in ((first, "part_of"), (whole, "related")):  # a second whole; itself
            with pytest.raises(Refusal):
                links.link(case[wrong], case[whole], relation, actor=lin)
        with pytest.raises(Refusal, match=r"other way round|反过来"):
            links.link(case[whole], case[first], "part_of", actor=lin)
        session.commit()
        assert [p.number for p in links.parts(session, case[whole])] == [first, second]
        assert first in (links.parts_are_closed(case[whole], {}) or "")
        assert links.parts_are_closed(case[whole], None) is None, "the button asks nothing of the database"
        assert {(each.case.number, each.link.relation) for each in links.linked(session, case[first])} == {
            (whole, "part_of"), (second, "related")}
        hidden = find(desk.district.session, foreign)
        with pytest.raises(NotFound):
            links.link(case[first], hidden, "related", actor=lin)
        links.unlink(case[second], links.linked(session, case[second])[0].link.id, actor=lin)
        session.commit()
        assert [e.kind for e in case[whole].events] == ["opened", "linked", "linked", "unlinked"]
    assert [part.number for part in links.parts(desk.district.session, desk.case(whole))] == [first]


def test_one_matter_entered_twice_is_merged_and_separated_again(desk: Desk) -> None:
    first, second = desk.opens("lin", title="门前枯树危险", species="国槐"), desk.opens("lin", title="门前枯树很危险")
    desk.opens("lin", title="完全另一件事")
    desk.does("lin", first, "accept")
    desk.does("lin", second, "accept")
    due = desk.clock(second).due_on
    with desk.of("lin") as (session, lin):
        case, into = find(session, second), find(session, first)
        session.add(Watcher(case=case, user_id=desk.person("han").id, added_at=moment.now()))
        assert [s.case.number for s in duplicates.suggest(case)] == [first]
        with pytest.raises(Refusal):
            merging.merge(case, into, actor=lin, note=" ")
        merging.merge(case, into, actor=lin, note="同一棵树")
        session.commit()
    case = desk.case(second)
    assert (case.state, case.meaning, case.result, case.due_on) == ("accepted", CLOSED, "merged", None)
    assert desk.clock(second).result is not None and desk.clock(second).result.value == "void"
    assert [w.user_id for w in desk.district.session.scalars(select(Watcher).where(
        Watcher.case_id == desk.case(first).id))] == [desk.person("han").id]
    for action, given in (("ask", {"note": "缺图"}), ("withdraw", {"note": "撤回"})):
        with pytest.raises(Refusal, match=r"merged|合并"):
            desk.does("lin", second, action, **given)
    with desk.of("han") as (session, han), pytest.raises(Refusal):
        duty.reopen(find(session, second), actor=han, note="重新办理")
    with moment.at(day("02-13")), desk.of("han") as (session, han):
        merging.unmerge(find(session, second), actor=han, note="是两棵树")
        session.commit()
    case = desk.case(second)
    assert (case.meaning, case.merged_into_id, case.due_on) == (OPEN, None, due), "as if it had never been merged"
    assert [clock.running for clock in case.clocks] == [False, True]
    assert clocks.explanation(case.clocks[-1]).due.due_on == due
    assert desk.district.session.scalars(select(Watcher).where(Watcher.case_id == desk.case(first).id)).all() == []
    desk.does("han", second, "refuse", day("02-13"), note="不同意")


def test_only_open_cases_of_one_kind_in_ones_own_hands_are_merged(desk: Desk) -> None:
    mine, closed, theirs = desk.opens("lin"), desk.opens("lin"), desk.opens("zhao", unit="SAMR")
    desk.does("lin", closed, "withdraw", note="撤回")
    with desk.of("lin") as (session, lin):
        for other in (mine, closed):
            with pytest.raises(Refusal):
                merging.merge(find(session, mine), find(session, other), actor=lin, note="重复")
        with pytest.raises(NotFound):
            merging.merge(find(session, mine), find(desk.district.session, theirs), actor=lin, note="重复")
    with desk.of("zhao") as (_session, zhao), pytest.raises(NotAllowed):
        merging.merge(find(desk.district.session, mine), find(desk.district.session, theirs), actor=zhao, note="重复")


def test_lateness_is_charged_to_the_unit_that_sat_on_the_case(desk: Desk) -> None:
    """城管委 keeps it for ten working days, 市场监管局 closes it in one: it is late, but not by its fault."""
    number = desk.opens("lin", on=day("03-02"))
    desk.does("lin", number, "accept", day("03-02"))
    desk.does("lin", number, "ask", day("03-04"), note="缺图")
    desk.does("lin", number, "complete", day("03-09"))
    with moment.at(day("03-17")), desk.of("lin") as (session, lin):
        duty.pass_on(find(session, number), session.merge(desk.district.unit("SAMR"), load=False), actor=lin, note="转办")
        session.commit()
    give_role(desk.district, "zhao", "赵窗口", "tree_felling.head", "SAMR")
    desk.district.session.commit()
    desk.does("zhao", number, "refuse", day("03-18"), note="不同意")
    case = desk.case(number)
    calendar = clocks.calendar_of(desk.district.session)
    assert [(h.unit.code, h.days, h.waiting, h.now) for h in held.held(case, calendar)] == [
        ("CGW", 8, 3, False), ("SAMR", 1, 0, False)]
    clock = desk.clock(number)
    unit = held.charged(clock, calendar)
    assert unit is not None and unit.code == "CGW"
    assert [stay.unit_id is None for stay in case.stays] == [False, False, False, False, True]


def test_two_records_of_one_enterprise_become_one_and_two_again(desk: Desk) -> None:
    session = desk.district.session
    known = Enterprise(name="天津宁河示例园林有限公司", uscc="91120117MA05A1B251", pinyin="tjnhslyl")
    twice = Enterprise(name="天津宁河示例园林公司", reg_no="120221000001", pinyin="tjnhslyl", source="provisional")
    session.add_all([known, twice])
    session.commit()
    number, gone, into = desk.opens("lin", enterprise_id=twice.id), twice.id, known.id
    give_role(desk.district, "wen", "文登记", "core.register", "NDRC")
    session.commit()
    with desk.of("lin") as (theirs, _lin), pytest.raises(NotAllowed):
        enterprises.merge(theirs, theirs.get_one(Enterprise, gone), theirs.get_one(Enterprise, into), "同一企业")
    with desk.of("wen") as (theirs, _wen):
        record = theirs.get_one(Enterprise, gone)
        assert [each.enterprise.id for each in enterprises.suggest(theirs, record)] == [into]
        assert enterprises.may_go(record) and not enterprises.may_go(theirs.get_one(Enterprise, into))
        enterprises.merge(theirs, record, theirs.get_one(Enterprise, into), "同一企业，旧注册号")
        theirs.commit()
    case = desk.case(number)
    assert case.enterprise_id == into and case.events[-1].kind == "enterprise"
    assert not desk.sees("wen", number), "whoever keeps the register need not see the case"
    with desk.of("wen") as (theirs, _wen):
        assert [e.id for e in pick_enterprises(theirs, "示例园林")] == [into]
        assert find_or_provisional(theirs, "91120117MA05A1B251", "x").id == into
        merge = theirs.scalars(select(EnterpriseMerge)).one()
        assert merge.moved["core_case"] == [case.id]
        enterprises.undo(theirs, merge)
        with pytest.raises(Refusal):
            enterprises.undo(theirs, merge)
        theirs.commit()
    assert desk.case(number).enterprise_id == gone and [e.kind for e in desk.case(number).events[-2:]] == ["enterprise"] * 2
