"""What the engine does by itself from declarations: assigning, checklists, replies, ladders, versions of a workflow."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import moment
from core.access import standing_in
from core.case import Assignment, Checklist, Item, Pick, Reminder, Reply, State, WorkflowError, bulk, checklists, duty
from core.case.bulk import MOST, act_on, deed_on
from core.case.ladders import ladders
from core.case.replies import ready
from core.case.sweep import remind
from core.errors import Refusal
from core.jobs.models import Task, TaskState
from core.jobs.running import run_task
from core.letter.models import Letter
from core.outbox.models import Message
from core.testing.fixtures import Browser
from core.testing.people import give_role
from trial_modules.tree_felling.models import Permit
from trial_modules.tree_felling.workflow import CLERK, HEAD, PERMIT
from trial_people import Desk, find

DAY = dt.date(2026, 2, 11)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with moment.at(DAY):
        yield


def declare(monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    """Give the kind of case another workflow for the length of a test."""
    monkeypatch.setattr(Permit, "workflow", replace(PERMIT, **more))


def who(desk: Desk, number: str) -> str:
    person = desk.case(number).assignee
    return person.username if person else ""


def test_new_cases_go_round_in_turn_by_load_and_by_rule_and_pass_over_who_is_away(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, title in (("qi", "齐科员"), ("bo", "薄科员")):
        give_role(desk.district, name, title, CLERK, "CGW")
    session = desk.district.session
    session.commit()
    declare(monkeypatch, assignments=(Assignment(("received",), (CLERK,), Pick.IN_TURN),))
    assert [who(desk, desk.opens("lin")) for _n in range(4)] == ["lin", "qi", "bo", "lin"]
    standing_in.lend(session, desk.person("qi"), desk.person("bo"), DAY, DAY, "病假")
    session.commit()
    assert {who(desk, desk.opens("lin")) for _n in range(3)} == {"lin", "bo"}
    declare(monkeypatch, assignments=(Assignment(("received",), (CLERK,), Pick.BY_LOAD),))
    for number in [desk.opens("lin") for _n in range(3)]:
        desk.does("lin", number, "withdraw", note="撤回")
    standing_in.end(session, desk.person("qi"), desk.person("bo"))
    session.commit()
    assert who(desk, desk.opens("lin")) == "qi", "whoever has least"
    declare(monkeypatch, assignments=(Assignment(("received",), (CLERK,), rule=lambda c: "han" if c.trees > 5 else None),))
    number = desk.opens("lin", trees=9)
    assert who(desk, number) == "han"
    assert session.scalars(select(Message).where(Message.case_id == desk.case(number).id)).one().recipient_id == \
        desk.person("han").id
    with desk.of("han") as (theirs, han):
        duty.pass_on(find(theirs, number), theirs.merge(desk.district.unit("SAMR"), load=False), actor=han, note="转办")
        theirs.commit()
    declare(monkeypatch, assignments=(Assignment(("received", "accepted"), (CLERK,)),))
    desk.does("zhao", number, "accept")
    assert who(desk, number) == "zhao", "the unit that has it now finds somebody of its own"


def test_a_checklist_is_reckoned_from_its_day_and_holds_the_next_step_back(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spring Festival is from 15 to 23 February: working days before and after the felling day pass over it."""
    listed = Checklist("felling", "砍伐准备", ("accepted",), (
        Item("sign", "树前公示", -5), Item("lift", "预约升降车", -1, role=CLERK), Item("stump", "查看树桩", 10, calendar=True)),
        day=lambda case: dt.date.fromisoformat(case.species) if case.species else None)
    grant = replace(PERMIT.action("refuse"), guard=checklists.all_done("felling"))  # type: ignore[type-var]  # it is there
    declare(monkeypatch, checklists=(listed,), actions=tuple(
        grant if action.name == "refuse" else action for action in PERMIT.actions))
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    assert [(task.title, task.due_on) for task in desk.case(number).tasks] == [
        ("树前公示", None), ("预约升降车", None), ("查看树桩", None)]
    desk.case(number).species = "2026-02-25"
    desk.district.session.commit()
    desk.does("lin", number, "ask", note="缺图")
    assert [task.due_on for task in desk.case(number).tasks] == [
        dt.date(2026, 2, 11), dt.date(2026, 2, 24), dt.date(2026, 3, 7)]
    session = desk.district.session
    assert [checklists.remind(session, moment.now())["warned"] for _n in range(2)] == [1, 0]
    session.commit()
    desk.does("lin", number, "complete")
    with pytest.raises(Refusal, match="树前公示"):
        desk.does("han", number, "refuse", note="不同意")
    with desk.of("lin") as (theirs, lin):
        for task in find(theirs, number).tasks:
            duty.finish_task(task, actor=lin)
        theirs.commit()
    desk.does("han", number, "refuse", note="不同意")


def test_words_that_are_often_written_are_filled_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, replies=(
        Reply("plan", "缺平面图", "请补交$title（$number）的平面图，$due前。", ("accepted",), ("ask",)),
        Reply("thanks", "致谢", "谢谢。")))
    number = desk.opens("lin")
    assert [each.name for each in ready(desk.case(number))] == ["thanks"]
    desk.does("lin", number, "accept")
    assert [each.name for each in ready(desk.case(number), "refuse")] == ["thanks"]
    assert ready(desk.case(number), "ask")[0].text == f"请补交门前枯树（{number}）的平面图，2026-02-27前。"


def test_the_ladder_reads_as_sentences_and_goes_on_after_the_due_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rungs = (Reminder(nth=3), Reminder(before=0, to=("assignee", "unit")), Reminder(
        after=2, to=(HEAD,), channels=("inapp", "email"), letter="tree_felling.granted"))
    declare(monkeypatch, deadlines=(replace(PERMIT.deadlines[0], reminders=rungs),))
    names = {HEAD: "砍伐科长", "tree_felling.granted": "通知书"}
    told = next(each for each in ladders(desk.district.session, None, names) if each.rule == PERMIT.deadlines[0].rule)
    assert len(told.rungs) == 5 and (told.rungs[2].whom, told.rungs[2].letter) == ("砍伐科长", "通知书")
    assert all(character not in rung.when for rung in told.rungs for character in "%(")
    number = desk.opens("lin", species="国槐")
    desk.does("lin", number, "accept")  # due on 27 February
    session = desk.district.session
    seen = []
    for day in (dt.date(2026, 2, 14), dt.date(2026, 2, 27), dt.date(2026, 2, 28), dt.date(2026, 3, 2)):
        with moment.at(dt.datetime.combine(day, dt.time(9), moment.zone())):
            seen.append(remind(session, moment.now())["warned"])
            session.commit()
    assert seen == [1, 1, 0, 1]
    last = session.scalars(select(Message).where(Message.recipient_id == desk.person("han").id)
                           .order_by(Message.id.desc()).limit(2)).all()
    assert {message.channel.value for message in last} == {"inapp", "email"}
    assert session.scalars(select(Letter.kind)).all() == ["tree_felling.granted"]


def test_old_cases_keep_their_workflow_and_new_ones_get_the_new(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    old = desk.opens("lin")
    desk.does("lin", old, "accept")
    states = (*(state for state in PERMIT.states if state.name != "incomplete"), State("surveyed", "已勘查"))
    actions = [replace(a, sources=("surveyed",)) if a.name == "grant" else a for a in PERMIT.actions
               if a.name not in ("ask", "complete", "lapse")]
    actions.append(replace(PERMIT.actions[0], name="survey", sources=("accepted",), target="surveyed"))
    newer = replace(PERMIT, version=2, states=states, actions=tuple(actions), earlier=(PERMIT,),
                    deadlines=(replace(PERMIT.deadlines[0], paused_in=()),))
    monkeypatch.setattr(Permit, "workflow", newer)
    new = desk.opens("lin", species="国槐")
    desk.does("lin", new, "accept")
    assert desk.case(old).workflow is PERMIT and desk.case(new).workflow is newer and Permit.workflow is newer
    assert newer.known["incomplete"].label == PERMIT.by_name["incomplete"].label
    desk.does("lin", old, "ask", note="缺图")
    with pytest.raises(Refusal):
        desk.does("han", new, "grant", data={"trees": 1})
    desk.does("lin", new, "survey")
    desk.does("han", new, "grant", data={"trees": 1})
    with pytest.raises(WorkflowError):
        replace(newer, version=1)


def test_a_case_whose_version_is_not_loaded_says_so_and_keeps_nobody_else_from_being_reminded(
        desk: Desk, caplog: pytest.LogCaptureFixture, browser: Callable[[str], Browser]) -> None:
    old, fresh = desk.opens("lin", species="国槐"), desk.opens("lin", species="国槐")
    for number in (old, fresh):
        desk.does("lin", number, "accept")
    session = desk.district.session
    desk.case(old).workflow_version = 7
    session.commit()
    with pytest.raises(Refusal, match=f"{old}.*7"):
        desk.does("lin", old, "refuse", note="不同意")
    page = browser("lin").get(f"/cases/{old}")
    assert page.status_code == 422 and old in page.text
    assert fresh in browser("lin").get("/tree_felling/permits").text
    with moment.at(dt.date(2026, 2, 27)):
        assert remind(session, moment.now())["warned"] == 1
        session.commit()
    assert old in caplog.text


def test_many_at_once_each_told_how_it_went(desk: Desk) -> None:
    first, second, theirs = desk.opens("lin"), desk.opens("lin"), desk.opens("zhao", unit="SAMR")
    desk.does("lin", second, "accept")
    with desk.of("lin") as (session, lin):
        told = act_on(session, lin, [first, second, theirs, first], "accept")
        session.commit()
        assert [(each.number, each.done) for each in told] == [(first, True), (second, False), (theirs, False)]
        assert told[1].message and told[2].title == "", "what one may not see has no title either"
        told = deed_on(session, lin, [first, second], "assign", {"person": "lin"})
        session.commit()
        assert [each.done for each in told] == [True, True]
        for wrong in ([], [f"NH-SM-20260211-{n:04d}" for n in range(MOST + 1)]):
            with pytest.raises(Refusal):
                act_on(session, lin, wrong, "accept")
    assert who(desk, first) == who(desk, second) == "lin" and desk.case(first).state == "accepted"


@pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)  # the page; what it does ran on both above
def test_very_many_are_done_in_the_background_and_told_row_by_row_in_a_sheet(
        desk: Desk, browser: Callable[[str], Browser], app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, theirs = [desk.opens("lin") for _n in range(3)], desk.opens("zhao", unit="SAMR")
    monkeypatch.setattr(bulk, "MOST", 2)
    lin, session = browser("lin"), desk.district.session
    url = "/tree_felling/permits/bulk/"
    page = lin.post(url + "deed.assign", data={"everything": "", "sent": ""}).text
    assert 'name="everything"' in page
    assert lin.post(url + "deed.assign", data={"everything": "", "sent": "1", "person": "nobody"}).location == "/tasks"
    assert lin.post(url + "deed.assign", data={"ids": [*numbers, theirs], "sent": "1", "person": "lin"}).location == "/tasks"
    told = []
    for task in session.scalars(select(Task).order_by(Task.id)).all():
        run_task(app.extensions["jobs"], task.id)
        session.refresh(task)
        told.append((task.state, lin.get(f"/tasks/{task.id}/result").data.decode("utf-8-sig").splitlines()[1:]))
    assert {state for state, _rows in told} == {TaskState.DONE}
    assert len(told[0][1]) == 3  # all that lin sees, each refused with its reason
    assert [row.split(",")[0] for row in told[1][1]] == [*numbers, theirs]
    assert {who(desk, number) for number in numbers} == {"lin"} and who(desk, theirs) == ""
    assert lin.post(url + "deed.assign", data={"everything": "nothing=1", "sent": "1"}).location != "/tasks"  # no such filter
    assert len(session.scalars(select(Task)).all()) == 2


@pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)
def test_a_program_asks_for_very_many_and_gets_a_task_with_the_same_sheet(
        desk: Desk, browser: Callable[[str], Browser], app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, theirs = [desk.opens("lin", species="杨树") for _n in range(2)], desk.opens("zhao", unit="SAMR")
    lin, session = browser("lin"), desk.district.session
    few = lin.post("/api/v1/cases/bulk", json={"numbers": numbers, "action": "accept"})
    assert few.status_code == 200 and [row["done"] for row in few.json["items"]] == [True, True]
    monkeypatch.setattr(bulk, "MOST", 2)
    many = {"numbers": [*numbers, theirs], "action": "grant", "data": {"trees": 1}}
    for wrong, field in (({"action": "fell"}, "action"), ({"action": "", "deed": "fell"}, "deed")):
        refused = lin.post("/api/v1/cases/bulk", json=many | wrong)
        assert refused.status_code == 422 and refused.json["errors"][0]["field"] == field
    key = {"Idempotency-Key": "once"}
    deed = many | {"action": "", "deed": "assign", "data": {"person": "lin"}}
    asked = [lin.post("/api/v1/cases/bulk", json=deed, headers=key) for _twice in range(2)]
    assert [each.status_code for each in asked] == [202, 202] and asked[0].json == asked[1].json
    assert asked[0].headers["Location"] == asked[1].headers["Location"] == f"/api/v1/tasks/{asked[0].json['id']}"
    han = browser("han")
    granted = han.post("/api/v1/cases/bulk", json=many)
    for answer in (asked[0], granted):
        run_task(app.extensions["jobs"], answer.json["id"])
    rows = han.get(f"{granted.headers['Location']}/result").data.decode("utf-8-sig").splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == many["numbers"]
    assert [row.split(",")[2] for row in rows] == ["完成", "完成", "未办理"], str(rows)
    session.expire_all()
    assert {who(desk, number) for number in numbers} == {"lin"} and who(desk, theirs) == ""


@pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)
def test_who_can_see_a_case_names_those_who_were_let_in_for_a_time(desk: Desk, browser: Callable[[str], Browser]) -> None:
    number = desk.opens("lin")
    with desk.of("han") as (session, han):
        until = moment.start_of(dt.date(2026, 2, 20))
        duty.let_read(session, find(session, number), desk.person("sun"), until, "会商意见", actor=han)
        session.commit()
    page = browser("han").get(f"/cases/{number}/access").text
    assert "孙法规" in page and "会商意见" in page
