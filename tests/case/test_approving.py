"""会签, 或签, 依次审批, 加签, 撤回, 抄送, 催办: who decides together, who is told, who is urged."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from core import moment
from core.access import system_viewer
from core.case import approving, available, do, informing
from core.case.boxes import in_box
from core.case.models import Case, CaseReader, Watcher
from core.errors import Invalid, NotAllowed, Refusal
from core.outbox.models import Message
from core.testing.people import give_role
from trial_people import Desk, find

DAY = dt.date(2026, 2, 11)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with moment.at(DAY):
        yield


def accepted(desk: Desk) -> str:
    number = desk.opens("lin", trees=4)
    desk.does("lin", number, "accept")
    return number


def says(desk: Desk, who: str, number: str, agree: bool, note: str = "", on: dt.date = DAY) -> None:
    with moment.at(on), desk.of(who) as (session, viewer):
        approving.decide(find(session, number), agree, actor=viewer, note=note)
        session.commit()


def todo(desk: Desk, who: str) -> set[str]:
    with desk.of(who) as (session, viewer):
        return set(session.scalars(select(Case.number).where(in_box("todo", viewer))))


def told(desk: Desk, who: str) -> list[str]:
    return [m.subject for m in desk.district.session.scalars(
        select(Message).where(Message.recipient_id == desk.person(who).id).order_by(Message.id))]


def test_all_must_agree_before_the_action_happens(desk: Desk) -> None:
    """会签: the head by his role and a lawyer of another bureau by name, who reads the case for as long as he has to decide."""
    number = accepted(desk)
    give_role(desk.district, "qi", "齐科员", "tree_felling.clerk", "CGW")
    desk.district.session.commit()
    with pytest.raises(Refusal):  # nobody is named
        desk.does("lin", number, "avenue")
    assert not desk.sees("sun", number)
    desk.does("lin", number, "avenue", approvers=[desk.person("sun").id])
    case = desk.case(number)
    assert (case.state, case.awaiting, case.events[-1].kind) == ("accepted", "avenue", "approval_asked")
    assert desk.sees("sun", number) and number in todo(desk, "sun") and number in todo(desk, "han")
    assert told(desk, "sun") and told(desk, "han")
    for action, given in (("withdraw", {"note": "撤回"}), ("avenue", {"approvers": [desk.person("sun").id]})):
        with pytest.raises(Refusal, match=r"waits for approval|等待审批|审批"):
            desk.does("lin", number, action, **given)
    for who in ("lin", "qi"):  # whoever asked, and whoever was not asked
        with pytest.raises(NotAllowed):
            says(desk, who, number, True)
    says(desk, "sun", number, True)
    assert desk.case(number).state == "accepted" and number not in todo(desk, "sun")
    with pytest.raises(NotAllowed):
        says(desk, "sun", number, True)
    says(desk, "han", number, True)
    case = desk.case(number)
    assert (case.state, case.awaiting, case.result) == ("granted", "", "granted")
    event = case.events[-1]
    assert (event.action, event.actor) == ("avenue", "林办事") and set(event.data["agreed"]) == {"韩科长", "孙法规"}
    assert desk.clock(number).result is not None, "the clock stopped with the action, not with the question"
    with moment.at(dt.date(2026, 2, 28)):
        assert not desk.sees("sun", number), "the time for reading is over"


def test_the_first_who_speaks_decides_and_a_rejection_leaves_the_case_where_it_was(desk: Desk) -> None:
    """或签 with what is given for the action; the asker is told how it ended."""
    number = accepted(desk)
    asked = [desk.person(who).id for who in ("sun", "zhao")]
    with pytest.raises(Invalid):
        desk.does("lin", number, "replant", approvers=asked)
    desk.does("lin", number, "replant", data={"trees": 3}, approvers=asked)
    with pytest.raises(Refusal):
        says(desk, "sun", number, False)  # without a reason
    says(desk, "sun", number, False, "株数过多")
    assert desk.case(number).granted is None and desk.case(number).awaiting == ""
    assert any("驳回" in subject or "Rejected" in subject for subject in told(desk, "lin"))
    with pytest.raises(NotAllowed):
        says(desk, "zhao", number, True)
    desk.does("lin", number, "replant", data={"trees": 2}, approvers=asked)
    says(desk, "zhao", number, True)
    assert desk.case(number).granted == 2 and [r.state.value for r in desk.case(number).rounds] == ["rejected", "agreed"]


def test_one_after_another_with_one_more_added_and_the_question_taken_back(desk: Desk) -> None:
    """依次审批: the second is asked, and sees the case, when the first has agreed. 加签 before oneself; 撤回."""
    number = accepted(desk)
    give_role(desk.district, "wu", "吴园林", "tree_felling.head", "NDRC")
    desk.district.session.commit()
    desk.does("lin", number, "close_road", note="道路封闭一天", approvers=[desk.person("sun").id, desk.person("zhao").id])
    assert desk.sees("sun", number) and not desk.sees("zhao", number)
    with desk.of("sun") as (session, sun):
        approving.add_signer(find(session, number), desk.person("wu"), actor=sun, before=True)
        with pytest.raises(Refusal):
            approving.add_signer(find(session, number), desk.person("wu"), actor=sun)
        session.commit()
    with pytest.raises(NotAllowed):
        says(desk, "sun", number, True)
    for who in ("wu", "sun"):
        says(desk, who, number, True)
    assert desk.sees("zhao", number) and desk.case(number).awaiting == "close_road"
    with desk.of("sun") as (session, sun), pytest.raises(NotAllowed):
        approving.withdraw(find(session, number), actor=sun)
    with desk.of("lin") as (session, lin):
        approving.withdraw(find(session, number), actor=lin, note="不封路了")
        session.commit()
    assert [(v.decided_by, v.added_by) for v in desk.case(number).rounds[0].votes] == [
        ("吴园林", "孙法规"), ("孙法规", ""), ("", "")]
    with pytest.raises(NotAllowed):
        says(desk, "zhao", number, True)


def test_what_was_agreed_to_is_checked_again_and_an_overtaken_question_ends(desk: Desk) -> None:
    number = accepted(desk)
    desk.does("lin", number, "replant", data={"trees": 1}, approvers=[desk.person("sun").id])
    with desk.of("lin") as (session, lin):  # what leaves the state is still possible meanwhile
        assert {o.action.name: o.enabled for o in available(find(session, number), lin)}["ask"] is False
    desk.person("lin").active = False
    desk.district.session.commit()
    with pytest.raises(NotAllowed):
        says(desk, "sun", number, True)
    assert desk.case(number).awaiting == "replant", "nothing is lost: somebody must settle it"
    session = desk.district.session
    do(find(session, number), "ask", actor=system_viewer("test"), note="缺图")
    session.commit()
    assert desk.case(number).awaiting == "" and desk.case(number).rounds[0].state.value == "withdrawn"


def test_copied_and_urged(desk: Desk) -> None:
    number = accepted(desk)
    with desk.of("han") as (session, han):
        case = find(session, number)
        for who in ("sun", "lin"):
            informing.copy_to(case, desk.person(who), actor=han, note="请知悉")
        with pytest.raises(Refusal):
            informing.copy_to(case, desk.person("sun"), actor=han)
        session.commit()
    assert desk.sees("sun", number), "a copy opens the case for a time"
    readers = desk.district.session.scalars(select(CaseReader)).all()
    assert [(r.user_id, r.granted_by_id) for r in readers] == [(desk.person("sun").id, desk.person("han").id)]
    before = len(told(desk, "lin"))
    desk.does("lin", number, "ask", note="缺图")
    assert len(told(desk, "lin")) == before, "nobody is told of his own step"
    assert len(told(desk, "sun")) == 2
    with moment.at(dt.date(2026, 2, 12)), desk.of("han") as (session, han):
        informing.urge(find(session, number), actor=han, note="请抓紧")
        with pytest.raises(Refusal):
            informing.urge(find(session, number), actor=han)
        session.commit()
    assert len(told(desk, "lin")) == before + 1
    with desk.of("sun") as (session, sun):
        informing.stop_copying(find(session, number), desk.person("sun").id, actor=sun)
        with pytest.raises(NotAllowed):
            informing.stop_copying(find(session, number), desk.person("lin").id, actor=sun)
        session.commit()
    assert len(desk.district.session.scalars(select(Watcher)).all()) == 1
