"""Clocks around Spring Festival 2026 (15 to 23 February off, Saturdays 14 and 28 worked), and beyond the calendar's end."""
from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, text

from core import moment
from core.access import system_viewer, view_as
from core.audit import AuditEntry
from core.calendar.store import confirm, import_calendar
from core.case import Event, clocks
from core.case.ladders import ladder
from core.case.sweep import remind
from core.errors import Refusal
from core.jobs.sweep import run_due
from core.outbox.models import Message
from core.rules.register import override
from trial_modules.tree_felling.models import Permit
from trial_people import Desk, find


def day(text_: str) -> dt.date:
    """A date written month-day of 2026, or in full."""
    return dt.date.fromisoformat(text_ if len(text_) > 5 else f"2026-{text_}")


def clock_face(text_: str) -> dt.datetime:
    """A moment as the clock on the wall shows it."""
    return dt.datetime.fromisoformat(text_)


@pytest.mark.parametrize(("accepted", "due"), [
    ("01-30", "02-10"), ("02-11", "02-27"), ("02-14", "03-03"), ("02-16", "03-03"), ("02-28", "03-10"),
    ("2025-09-26", "2025-10-13"),
])
def test_seven_working_days_around_the_holidays(desk: Desk, accepted: str, due: str) -> None:
    number = desk.opens("lin", on=day(accepted)) if accepted >= "2026" or len(accepted) == 5 else ""
    if not number:  # before anybody held a role here: entered later, as it happened then
        number = desk.opens("lin", on=day("01-06"), opened_at=moment.as_instant(day(accepted)))
        desk.does("lin", number, "accept", day("01-06"), at=moment.as_instant(day(accepted)))
    else:
        desk.does("lin", number, "accept", day(accepted))
    clock = desk.clock(number)
    assert (clock.due_on, clock.provisional) == (day(due), False)
    assert clock.due_at == moment.start_of(day(due) + dt.timedelta(days=1)), "a period ends at midnight"
    assert (clock.rule_key, clock.basis, clock.is_law) == ("tree_felling.decide", "城市绿化条例 第二十条", True)
    case = desk.case(number)
    assert (case.due_on, case.due_code, case.due_provisional) == (day(due), "decide", False)


def test_a_case_keeps_the_rule_of_the_day_on_which_it_began(desk: Desk) -> None:
    old = desk.opens("lin", on=day("03-31"))
    new = desk.opens("lin", on=day("04-01"))
    for number in (old, new):
        desk.does("lin", number, "accept", day("04-01"))
    assert [desk.clock(number).amount for number in (old, new)] == [7, 5]


def test_a_clock_is_met_on_its_last_day_and_late_a_moment_after(desk: Desk) -> None:
    found = []
    last = clock_face("2026-02-27T23:59:59")
    for at in (last, last + dt.timedelta(seconds=1)):
        number = desk.opens("lin")
        desk.does("lin", number, "accept")
        desk.does("han", number, "refuse", at, note="不符合条件")
        clock = desk.clock(number)
        assert clock.stopped_at == moment.as_instant(at) and clock.next_reminder_at is None
        found.append(clock.result and clock.result.value)
    assert found == ["on_time", "late"]
    assert desk.case(number).due_on is None, "nothing is due any more"


def test_while_papers_are_missing_the_clock_stands_still(desk: Desk) -> None:
    """12 and 13 February count, the pause reaches over the festival, 5 days remain after 25 February."""
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    desk.does("lin", number, "ask", day("02-14"), note="缺平面图")
    with moment.at(day("02-14")):
        case = desk.case(number)
        assert case.clocks[0].paused and case.due_paused and case.clocks[0].next_reminder_at is None
        assert case.clocks[0].pauses[0]["reason"] == str(case.state_info.label)
    desk.does("lin", number, "complete", day("02-25"))
    clock = desk.clock(number)
    assert (clock.paused, clock.due_on) == (False, day("03-03"))
    told = clocks.explanation(clock)
    assert told.due.due_on == clock.due_on and told.total == 7
    assert [row.date for row in told.days if row.counted] == [
        day(d) for d in ("02-12", "02-13", "02-26", "02-27", "02-28", "03-02", "03-03")]
    assert [row.date for row in told.days if row.kind == "paused"] == [day("02-14") + dt.timedelta(n) for n in range(12)]


def test_what_is_entered_later_counts_from_when_it_happened(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    desk.does("lin", number, "ask", day("03-02"), note="缺图", at=moment.as_instant(day("02-12")))
    desk.does("lin", number, "complete", day("03-02"), at=moment.as_instant(day("02-25")))
    pause = desk.clock(number).pauses[0]
    assert [pause["since"][:10], pause["until"][:10]] == ["2026-02-12", "2026-02-25"]


def test_a_period_is_extended_once_before_its_end_and_from_its_end(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    with desk.of("han") as (session, viewer):
        clock = find(session, number).clocks[0]
        with moment.at(day("02-26")):
            with pytest.raises(Refusal, match=r"ground|理由|依据"):
                clocks.extend(clock, 3, " ", viewer.name)
            clocks.extend(clock, 3, "情况复杂，经负责人批准", viewer.name)
            session.commit()
            with pytest.raises(Refusal, match=r"once|一次"):
                clocks.extend(clock, 3, "再延", viewer.name)
    case = desk.case(number)
    assert case.clocks[0].due_on == day("03-03"), "27 February and then 28 (worked), 2 and 3 March"
    assert case.due_on == day("03-03"), "lists show the new day at once"
    assert clocks.explanation(case.clocks[0]).due.due_on == day("03-03")


def test_a_period_that_is_over_cannot_be_extended(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    with desk.of("han") as (session, viewer), moment.at(day("02-28")), pytest.raises(Refusal, match=r"over|已届满|已过"):
        clocks.extend(find(session, number).clocks[0], 3, "情况复杂", viewer.name)


def test_withdrawing_makes_the_clock_void_not_late(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    desk.does("lin", number, "withdraw", day("03-20"), note="申请人撤回")
    clock = desk.clock(number)
    assert (clock.result and clock.result.value, clock.running) == ("void", False) and clock.void_reason


def test_a_clock_started_from_a_wrong_day_is_voided_and_replaced_never_edited(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    with desk.of("han") as (session, _viewer), moment.at(day("02-12")):
        case = find(session, number)
        made = clocks.replace(case.clocks[0], case.events[-1], "受理日期录入有误", day("02-10"))
        assert made is not None
        session.commit()
    case = desk.case(number)
    assert [(c.result and c.result.value, c.due_on) for c in case.clocks] == [("void", day("02-27")), (None, day("02-26"))]
    assert case.clocks[0].void_reason == "受理日期录入有误" and case.due_on == day("02-26")


CALENDAR_2027 = """date,kind,name
2027-01-01,holiday,元旦
2027-01-02,holiday,元旦
2027-01-03,holiday,元旦
2027-01-04,holiday,元旦
"""


def bring_2027(desk: Desk, viewer: Any = None) -> int:
    """One person imports the notice, another confirms it; how many clocks moved."""
    session = desk.district.session
    imported = import_calendar(session, CALENDAR_2027.encode(), desk.person("lin").id)
    session.commit()
    with view_as(viewer or system_viewer("test")) as theirs:
        moved = confirm(theirs, imported.id, desk.person("admin").id).clocks_moved
        theirs.commit()
        return moved


@pytest.mark.parametrize("who", ["system", "admin"])
def test_the_next_years_calendar_moves_open_clocks_only(desk: Desk, who: str) -> None:
    """The administrator who confirms it sees no case, and all of them are computed anew all the same."""
    numbers = []
    for _n in range(3):
        numbers.append(desk.opens("lin", on=day("12-29")))
        desk.does("lin", numbers[-1], "accept", day("12-29"))
    stopped, voided, running = numbers
    desk.does("han", stopped, "refuse", day("2027-01-08"), note="不符合条件")
    desk.does("lin", voided, "withdraw", day("12-30"), note="撤回")
    provisional = day("2027-01-06")  # 5 working days from 1 April on: 30, 31 December, 4, 5, 6 January
    assert {(desk.clock(n).due_on, desk.clock(n).provisional) for n in numbers} == {(provisional, True)}
    assert desk.case(running).due_provisional
    with moment.at(day("2027-01-03")):
        assert bring_2027(desk, desk.district.viewer("admin") if who == "admin" else None) == 1
    clock = desk.clock(running)
    assert (clock.due_on, clock.provisional) == (day("2027-01-07"), False)
    assert (desk.case(running).due_on, desk.case(running).due_provisional) == (day("2027-01-07"), False)
    assert [desk.clock(n).due_on for n in (stopped, voided)] == [provisional] * 2
    result = desk.clock(stopped).result
    assert result is not None and result.value == "late", "what was decided stays decided"
    event = desk.case(running).events[-1]
    assert event.data == {"clock": "decide", "old": "2027-01-06", "new": "2027-01-07"}
    entry = desk.district.session.scalars(select(AuditEntry).where(
        AuditEntry.subject == "core_clock", AuditEntry.subject_id == str(clock.id)).order_by(AuditEntry.id.desc())).first()
    assert entry is not None and entry.changes["due_on"] == ["2027-01-06", "2027-01-07"], "both values are kept"


def test_the_same_calendar_again_moves_nothing(desk: Desk) -> None:
    number = desk.opens("lin", on=day("12-29"))
    desk.does("lin", number, "accept", day("12-29"))
    assert bring_2027(desk) == 1
    events = len(desk.case(number).events)
    again = import_calendar(desk.district.session, CALENDAR_2027.encode(), desk.person("lin").id)
    assert (again.created, len(desk.case(number).events)) == (False, events)


def sweep(desk: Desk, at: Any) -> dict[str, int]:
    """What the worker does at that moment."""
    return run_due(desk.district.session, moment.as_instant(at))


def messages(desk: Desk) -> list[tuple[int | None, str]]:
    """Who was told what, oldest first."""
    rows = desk.district.session.scalars(select(Message).order_by(Message.id))
    return [(m.recipient_id, m.dedupe_key) for m in rows]


def test_reminders_come_once_each_however_often_the_sweep_runs(desk: Desk) -> None:
    """On the third counted day (14 February, a worked Saturday) for the unit, one day before the end for the assignee."""
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    clock = desk.clock(number)
    assert moment.local(clock.next_reminder_at).isoformat() == "2026-02-14T08:00:00+08:00"  # type: ignore[arg-type]
    assert sweep(desk, clock_face("2026-02-14T07:59"))["warned"] == 0
    assert [sweep(desk, clock_face("2026-02-14T08:00"))["warned"] for _n in range(2)] == [1, 0]
    assert {who for who, _key in messages(desk)} == {desk.person("lin").id, desk.person("han").id}
    assert [sweep(desk, clock_face("2026-02-26T09:00"))["warned"] for _n in range(2)] == [1, 0]
    assert len(messages(desk)) == len(set(messages(desk))) == 4, "nobody has the case, so it is everybody's in the unit"


def test_a_paused_clock_reminds_nobody(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    desk.does("lin", number, "ask", day("02-12"), note="缺图")
    assert sweep(desk, day("02-27")) == dict.fromkeys(("warned", "escalated", "closed", "letters", "messages"), 0)


def test_after_a_stand_still_only_the_newest_reminder_is_sent(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    session = desk.district.session
    with moment.at(day("02-27")):
        assert remind(session, moment.now()) == {"warned": 1}
        session.commit()
    assert desk.clock(number).reminded == ["1 before", "day 3"]
    assert {key.split(":")[2] for _who, key in messages(desk)} == {"1 before"}


def test_what_is_late_goes_up_step_by_step_and_each_step_is_on_record_once(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    assert sweep(desk, clock_face("2026-02-27T23:59"))["escalated"] == 0
    assert [sweep(desk, clock_face("2026-02-28T00:00"))["escalated"] for _n in range(2)] == [1, 0]
    assert [sweep(desk, day("03-03"))["escalated"] for _n in range(2)] == [1, 0], "28 February, 2 and 3 March"
    assert sweep(desk, day("04-01"))["escalated"] == 0, "there is no third level"
    levels = [e.data["level"] for e in desk.district.session.scalars(select(Event).where(Event.kind == "escalated"))]
    assert levels == [1, 2] and desk.clock(number).escalated == 2


def test_a_bureau_says_for_itself_when_what_is_late_goes_up(desk: Desk) -> None:
    number, bureau = desk.opens("lin"), desk.district.unit("CGW").id
    desk.does("lin", number, "accept")
    with moment.at(day("02-20")), desk.of("lin") as (session, _lin):
        for rule, days in (("escalate.section", 2), ("escalate.bureau", 1)):
            override(desk.district.session, bureau, rule, days, "本单位另定", desk.person("lin").id, dt.date(2026, 2, 20))
        desk.district.session.commit()
        duty = Permit.workflow.deadlines[0]
        told = ladder(session, bureau, "tree_felling.permit", duty, {}).rungs
        elsewhere = ladder(session, desk.district.unit("SAMR").id, "tree_felling.permit", duty, {}).rungs
    assert [rung.when for rung in told if rung.rule] != [rung.when for rung in elsewhere if rung.rule]
    assert sweep(desk, day("02-28"))["escalated"] == 1, "the bureau's head is asked first, as it settled"
    session = desk.district.session
    told = session.scalars(select(AuditEntry.label).where(AuditEntry.subject == "core_clock", AuditEntry.action == "changed"))
    assert set(told) == {number}, "the log calls a clock by its case"
    assert desk.clock(number).escalated == 2 and sweep(desk, day("03-03"))["escalated"] == 0


def test_rows_of_a_module_that_is_gone_disturb_no_sweep_and_no_list(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    other = desk.opens("lin", title="另一棵")
    desk.does("lin", other, "accept")
    session = desk.district.session
    session.execute(text("UPDATE core_case SET kind = 'noise.permit' WHERE number = :n"), {"n": other})
    session.commit()
    assert sweep(desk, day("02-28"))["escalated"] == 1
    assert desk.sees("lin", number) and not desk.sees("lin", other)
