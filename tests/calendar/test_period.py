"""Periods: the vectors of the domain, each counting rule, pauses, extensions, counting back, random histories."""
from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import moment
from core.calendar import (
    Extension,
    Pause,
    PeriodSpec,
    Unit,
    WorkCalendar,
    compute,
    explain,
    latest_before,
    remaining_workdays,
)
from core.calendar.period import add_months
from core.errors import Refusal

D = dt.date.fromisoformat
DAY = dt.timedelta(days=1)
WD, CD, MONTH, HOUR, MIN = Unit


def at(text: str) -> dt.datetime:
    """A local time."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=moment.zone())


VECTORS = [
    ("2026-01-30", 7, WD, "2026-02-10"), ("2026-02-11", 7, WD, "2026-02-27"), ("2026-02-14", 7, WD, "2026-03-03"),
    ("2026-02-16", 7, WD, "2026-03-03"), ("2026-02-28", 7, WD, "2026-03-10"), ("2026-04-28", 7, WD, "2026-05-11"),
    ("2026-09-18", 7, WD, "2026-09-29"), ("2026-09-30", 7, WD, "2026-10-15"), ("2025-09-26", 7, WD, "2025-10-13"),
    ("2026-12-22", 7, WD, "2026-12-31"), ("2026-02-13", 2, WD, "2026-02-24"), ("2026-04-30", 2, WD, "2026-05-07"),
    ("2026-02-11", 3, WD, "2026-02-14"), ("2026-01-20", 30, CD, "2026-02-24"), ("2026-09-02", 30, CD, "2026-10-08"),
    ("2026-04-05", 30, CD, "2026-05-06"), ("2026-01-24", 20, CD, "2026-02-13"), ("2026-01-28", 20, CD, "2026-02-24"),
]


@pytest.mark.parametrize(("start", "amount", "unit", "due"), VECTORS)
def test_vectors(calendar: WorkCalendar, start: str, amount: int, unit: Unit, due: str) -> None:
    answer = compute(PeriodSpec(amount, unit), D(start), calendar)
    assert (answer.due_on, answer.provisional, answer.paused) == (D(due), False, False)


def test_the_vector_that_needs_2027_is_provisional(calendar: WorkCalendar) -> None:
    answer = compute(PeriodSpec(7, WD), D("2026-12-23"), calendar)
    assert (answer.due_on, answer.provisional) == (D("2027-01-04"), True)


def test_the_last_day_ends_at_midnight_here_or_at_the_close_of_business(calendar: WorkCalendar) -> None:
    assert compute(PeriodSpec(2, WD), D("2026-04-30"), calendar).due_at == at("2026-05-08 00:00")
    closing = compute(PeriodSpec(2, WD, eod=dt.time(17, 30)), D("2026-04-30"), calendar)
    assert closing.due_at == at("2026-05-07 17:30") and closing.due_on == D("2026-05-07")


def test_a_start_late_in_the_evening_is_the_local_day(calendar: WorkCalendar) -> None:
    late = dt.datetime(2026, 2, 10, 16, 30, tzinfo=dt.UTC)  # 00:30 on 11 February here
    assert compute(PeriodSpec(7, WD), late, calendar).due_on == D("2026-02-27")


@pytest.mark.parametrize(("start", "months", "last"), [
    ("2025-11-30", 3, "2026-02-28"), ("2023-11-30", 3, "2024-02-29"), ("2024-02-29", 12, "2025-02-28"),
    ("2026-01-31", 1, "2026-02-28"), ("2026-01-15", 3, "2026-04-15"), ("2026-02-28", 1, "2026-03-28"),
    ("2026-01-01", 36, "2029-01-01"), ("2026-12-31", 2, "2027-02-28"),
])
def test_months_end_on_the_same_number_or_at_the_end(calendar: WorkCalendar, start: str, months: int,
                                                     last: str) -> None:
    due = compute(PeriodSpec(months, MONTH), D(start), calendar)
    assert due.due_on == D(last)
    assert due.over_on == D(last) + DAY
    assert not due.provisional  # no holiday can move it


def test_months_move_for_a_holiday_only_when_told_so(calendar: WorkCalendar) -> None:
    assert compute(PeriodSpec(1, MONTH), D("2026-01-17"), calendar).due_on == D("2026-02-17")
    assert compute(PeriodSpec(1, MONTH, month_roll=True), D("2026-01-17"), calendar).due_on == D("2026-02-24")


def test_calendar_days_are_provisional_only_when_their_last_day_is(calendar: WorkCalendar) -> None:
    assert not compute(PeriodSpec(30, CD), D("2026-11-20"), calendar).provisional
    assert compute(PeriodSpec(30, CD), D("2026-12-20"), calendar).provisional


@pytest.mark.parametrize(("start", "amount", "unit", "due"), [
    ("2026-02-18 22:50", 15, MIN, "2026-02-18 23:05"), ("2026-02-18 23:50", 30, MIN, "2026-02-19 00:20"),
    ("2026-02-14 10:00", 48, HOUR, "2026-02-16 10:00"),
])
def test_hours_and_minutes_run_through_holidays(calendar: WorkCalendar, start: str, amount: int, unit: Unit,
                                                due: str) -> None:
    answer = compute(PeriodSpec(amount, unit), at(start), calendar)
    assert (answer.due_at, answer.due_on) == (at(due), at(due).date())
    assert not answer.provisional


def test_a_time_that_ends_at_midnight_ends_on_the_day_before(calendar: WorkCalendar) -> None:
    assert compute(PeriodSpec(30, MIN), at("2026-03-02 23:30"), calendar).due_on == D("2026-03-02")


def test_minutes_need_a_time_and_times_need_a_zone(calendar: WorkCalendar) -> None:
    with pytest.raises(Refusal):
        compute(PeriodSpec(15, MIN), D("2026-03-02"), calendar)
    with pytest.raises(Refusal):
        compute(PeriodSpec(15, MIN), at("2026-03-02 10:00").replace(tzinfo=None), calendar)


def test_a_pause_leaves_the_days_that_remained(calendar: WorkCalendar) -> None:
    """Seven days from Monday 2 March: two are gone when it stops on the 5th, five are left after the 10th."""
    pause = Pause(D("2026-03-05"), D("2026-03-10"), "等待补正材料")
    told = explain(PeriodSpec(7, WD), D("2026-03-02"), calendar, [pause])
    assert told.due.due_on == D("2026-03-17")
    assert [r.date.day for r in told.days if r.counted] == [3, 4, 11, 12, 13, 16, 17]
    paused = [r for r in told.days if r.kind == "paused"]
    assert [r.date.day for r in paused] == [5, 6, 7, 8, 9, 10]
    assert {r.name for r in paused} == {"等待补正材料"}
    same_day = PeriodSpec(7, WD, resume_same_day=True)
    assert compute(same_day, D("2026-03-02"), calendar, [pause]).due_on == D("2026-03-16")


def test_a_pause_over_a_weekend_does_not_give_the_weekend_as_well(calendar: WorkCalendar) -> None:
    """Stopped on Friday, resumed on Monday: two working days were lost, not four days."""
    plain = compute(PeriodSpec(7, WD), D("2026-03-02"), calendar).due_on
    paused = compute(PeriodSpec(7, WD), D("2026-03-02"), calendar, [Pause(D("2026-03-06"), D("2026-03-09"))]).due_on
    assert calendar.count_working(plain, paused) == 2


def test_pauses_that_overlap_count_once_and_one_after_the_end_counts_for_nothing(calendar: WorkCalendar) -> None:
    spec, start = PeriodSpec(7, WD), D("2026-03-02")
    twice = [Pause(D("2026-03-05"), D("2026-03-10")), Pause(D("2026-03-09"), D("2026-03-10"))]
    assert compute(spec, start, calendar, twice).due_on == D("2026-03-17")
    assert compute(spec, start, calendar, [Pause(D("2026-04-01"), D("2026-04-30"))]).due_on == D("2026-03-11")


def test_a_pause_on_the_last_day_leaves_that_day(calendar: WorkCalendar) -> None:
    paused = compute(PeriodSpec(7, WD), D("2026-03-02"), calendar, [Pause(D("2026-03-11"), D("2026-03-16"))])
    assert paused.due_on == D("2026-03-17")


def test_calendar_days_paused_while_they_wait_for_a_working_day(calendar: WorkCalendar) -> None:
    """Twenty days are up on 17 February, the holiday carries them to the 24th; stopped on the 20th until the 25th."""
    pause = Pause(D("2026-02-20"), D("2026-02-25"))
    assert compute(PeriodSpec(20, CD), D("2026-01-28"), calendar, [pause]).due_on == D("2026-02-26")


def test_months_keep_their_days_through_a_pause(calendar: WorkCalendar) -> None:
    pause = Pause(D("2026-02-01"), D("2026-02-10"))
    assert compute(PeriodSpec(3, MONTH), D("2026-01-15"), calendar, [pause]).due_on == D("2026-04-25")


def test_while_it_is_paused_the_date_is_what_it_would_be_today(calendar: WorkCalendar) -> None:
    spec, start, still = PeriodSpec(7, WD), D("2026-03-02"), [Pause(D("2026-03-05"), None, "等待补正材料")]
    ended = compute(spec, start, calendar, [Pause(D("2026-03-05"), D("2026-03-12"))])
    with moment.at(D("2026-03-12")):
        open_ended = compute(spec, start, calendar, still)
    assert (open_ended.due_on, open_ended.paused) == (ended.due_on, True)
    assert compute(spec, start, calendar, still, today=D("2026-03-13")).due_on == ended.due_on + DAY
    over = compute(spec, D("2026-02-02"), calendar, still, today=D("2026-03-13"))
    assert not over.paused  # it was over before the clock was stopped


def test_minutes_can_be_paused(calendar: WorkCalendar) -> None:
    pause = Pause(at("2026-03-02 10:10"), at("2026-03-02 11:00"), "系统停机")
    told = explain(PeriodSpec(30, MIN), at("2026-03-02 10:00"), calendar, [pause])
    assert told.due.due_at == at("2026-03-02 11:20")
    assert [(s.since.minute, s.until.minute, s.counted) for s in told.spans] == [
        (0, 10, True), (10, 0, False), (0, 20, True)]
    assert [r.as_dict() for r in told.days] == [
        {"date": "2026-03-02", "counted": True, "n": None, "kind": "workday", "name": ""}]


def test_hours_paused_over_whole_days(calendar: WorkCalendar) -> None:
    pause = Pause(D("2026-03-03"), D("2026-03-04"), "停电")
    told = explain(PeriodSpec(24, HOUR), at("2026-03-02 12:00"), calendar, [pause])
    assert told.due.due_at == at("2026-03-05 12:00")
    assert [(r.date.day, r.kind, r.counted) for r in told.days] == [
        (2, "workday", True), (3, "paused", False), (4, "paused", False), (5, "workday", True)]


def test_minutes_that_stand_still_now(calendar: WorkCalendar) -> None:
    still = [Pause(at("2026-03-02 10:10"))]
    answer = compute(PeriodSpec(30, MIN), at("2026-03-02 10:00"), calendar, still, today=at("2026-03-02 12:00"))
    assert (answer.due_at, answer.paused) == (at("2026-03-02 12:20"), True)
    later = compute(PeriodSpec(5, MIN), at("2026-03-02 10:00"), calendar, still, today=at("2026-03-02 12:00"))
    assert (later.due_at, later.paused) == (at("2026-03-02 10:05"), False)


def test_an_extension_counts_from_the_old_due_date(calendar: WorkCalendar) -> None:
    spec, more = PeriodSpec(7, WD), Extension(10, WD, "经负责人批准")
    assert compute(spec, D("2026-02-11"), calendar, (), [more]).due_on == D("2026-03-12")
    assert compute(PeriodSpec(17, WD), D("2026-02-11"), calendar).due_on == D("2026-03-12")
    thirty = PeriodSpec(30, CD)  # moved from 19 to 24 February; ten days more run from the 24th
    assert compute(thirty, D("2026-01-20"), calendar, (), [Extension(10, CD)]).due_on == D("2026-03-06")
    mixed = compute(spec, D("2026-02-11"), calendar, (), [Extension(1, MONTH), Extension(48, HOUR)])
    assert mixed.due_at == at("2026-03-30 00:00")


@pytest.mark.parametrize(("event", "amount", "unit", "act_by"), [
    ("2026-03-31", 30, CD, "2026-03-01"), ("2026-03-20", 3, WD, "2026-03-17"), ("2026-03-21", 3, WD, "2026-03-17"),
    ("2026-02-24", 2, WD, "2026-02-13"), ("2026-03-02", 5, WD, "2026-02-24"),
])
def test_the_latest_day_to_act_before_another(calendar: WorkCalendar, event: str, amount: int, unit: Unit,
                                              act_by: str) -> None:
    assert latest_before(D(event), amount, unit, calendar).act_by == D(act_by)


def test_counting_back_from_an_unpublished_year_is_provisional(calendar: WorkCalendar) -> None:
    assert latest_before(D("2027-01-08"), 10, WD, calendar).provisional
    assert not latest_before(D("2026-12-08"), 10, WD, calendar).provisional
    assert not latest_before(D("2027-01-08"), 30, CD, calendar).provisional


def test_months_are_not_counted_back(calendar: WorkCalendar) -> None:
    with pytest.raises(Refusal):
        latest_before(D("2026-03-31"), 1, MONTH, calendar)


@pytest.mark.parametrize(("today", "due", "left"), [
    ("2026-02-11", "2026-02-27", 7), ("2026-02-27", "2026-02-27", 0), ("2026-02-28", "2026-02-27", -1),
    ("2026-03-01", "2026-02-28", 0), ("2026-02-13", "2026-02-24", 2), ("2026-10-12", "2026-09-30", -4),
])
def test_days_left_are_working_days(calendar: WorkCalendar, today: str, due: str, left: int) -> None:
    assert remaining_workdays(D(today), D(due), calendar) == left


@pytest.mark.parametrize(("amount", "unit"), [(0, WD), (-1, CD), (True, WD), (1.5, CD), ("7", WD), (2601, WD),
                                              (601, MONTH), (7, "day"), (7, "")])
def test_lengths_that_cannot_be(amount: Any, unit: Any) -> None:
    for make in (PeriodSpec, Extension):
        with pytest.raises(Refusal) as refused:
            make(amount, unit)
        assert refused.value.field in ("amount", "unit")


def test_a_pause_cannot_end_before_it_begins() -> None:
    with pytest.raises(Refusal):
        Pause(D("2026-03-05"), D("2026-03-04"))
    with pytest.raises(Refusal):
        Pause(at("2026-03-05 10:00"), at("2026-03-05 09:00"))
    assert Pause(at("2026-03-05 10:00"), D("2026-03-05")).until == D("2026-03-05")


@pytest.mark.parametrize("start", ["1949-12-31", "2101-01-01", "2100-12-20", "9999-12-31"])
def test_a_period_that_leaves_the_known_years_is_refused(calendar: WorkCalendar, start: str) -> None:
    for spec in (PeriodSpec(30, WD), PeriodSpec(30, CD), PeriodSpec(30, MONTH)):
        with pytest.raises(Refusal):
            compute(spec, D(start), calendar)


def test_the_explanation_as_others_read_it(calendar: WorkCalendar) -> None:
    told = explain(PeriodSpec(3, WD), D("2026-02-11"), calendar, basis="信用修复管理办法 第十条").as_dict()
    assert told["days"] == [
        {"date": "2026-02-12", "counted": True, "n": 1, "kind": "workday", "name": ""},
        {"date": "2026-02-13", "counted": True, "n": 2, "kind": "workday", "name": ""},
        {"date": "2026-02-14", "counted": True, "n": 3, "kind": "makeup", "name": "春节调休"}]
    assert (told["due_on"], told["provisional"], told["total"]) == ("2026-02-14", False, 3)
    assert (told["due_at"], told["basis"]) == ("2026-02-15T00:00:00+08:00", "信用修复管理办法 第十条")


def test_the_days_that_a_rolled_date_waits_are_told(calendar: WorkCalendar) -> None:
    told = explain(PeriodSpec(30, CD), D("2026-01-20"), calendar)
    waited = [(r.date.day, r.kind, r.n) for r in told.days if not r.counted]
    assert waited == [(20, "holiday", None), (21, "holiday", None), (22, "holiday", None), (23, "holiday", None),
                      (24, "workday", None)]
    assert told.total == 30


STARTS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))
DAY_UNITS = st.sampled_from([WD, CD, MONTH])


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Any]:
    """A period that began on some day, with pauses and extensions as a case may collect them."""
    start = draw(STARTS)
    unit = draw(DAY_UNITS)
    pauses = []
    for _n in range(draw(st.integers(0, 3))):
        since = start + draw(st.integers(1, 60)) * DAY
        pauses.append(Pause(since, since + draw(st.integers(0, 40)) * DAY, "补正"))
    if draw(st.booleans()):
        pauses.append(Pause(start + draw(st.integers(1, 60)) * DAY))
    extensions = [Extension(draw(st.integers(1, 6)), draw(DAY_UNITS)) for _n in range(draw(st.integers(0, 2)))]
    spec = PeriodSpec(draw(st.integers(1, 24 if unit is MONTH else 90)), unit, month_roll=draw(st.booleans()),
                      resume_same_day=draw(st.booleans()))
    return {"spec": spec, "start": start, "pauses": pauses, "extensions": extensions,
            "today": start + draw(st.integers(0, 120)) * DAY}


def plainly(calendar: WorkCalendar, spec: PeriodSpec, start: dt.date, pauses: list[Pause],
            extensions: list[Extension], today: dt.date) -> dt.date:
    """The due date by another road: every day that may count is listed first, then the right one is picked."""
    standing: set[dt.date] = set()
    for pause in pauses:
        until = max(today, pause.since) if pause.until is None else pause.until
        length = (until - pause.since).days + (0 if spec.resume_same_day else 1)
        standing |= {pause.since + n * DAY for n in range(length)}
    due = start
    for amount, unit in [(spec.amount, spec.unit), *((e.amount, e.unit) for e in extensions)]:
        if unit is MONTH:
            amount = (add_months(due, amount) - due).days
        free = [day for n in range(1, 2500) if (day := due + n * DAY) not in standing]
        if unit is WD:
            due = [day for day in free if calendar.day(day).working][amount - 1]
        else:
            rolls = unit is CD or spec.month_roll
            due = next(day for day in free[amount - 1:] if not rolls or calendar.day(day).working)
    return due


@settings(max_examples=300)
@given(histories())
def test_random_histories(calendar: WorkCalendar, history: dict[str, Any]) -> None:
    """The explanation replays to the stored date, its rows are whole, and another algorithm agrees."""
    told = explain(history["spec"], history["start"], calendar, history["pauses"], history["extensions"],
                   today=history["today"])
    due = compute(history["spec"], history["start"], calendar, history["pauses"], history["extensions"],
                  today=history["today"])
    assert told.due == due
    assert due.due_on == plainly(calendar, **history)
    dates = [row.date for row in told.days]
    assert dates == [history["start"] + n * DAY for n in range(1, len(dates) + 1)]
    assert dates[-1] == due.due_on
    assert due.due_at == moment.start_of(due.due_on + DAY)
    counted = [row for row in told.days if row.counted]
    assert [row.n for row in counted] == list(range(1, told.total + 1))
    assert all(row.n is None for row in told.days if not row.counted)
    assert all(row.kind == "paused" or row.kind == calendar.day(row.date).kind for row in told.days)
    if history["spec"].unit is WD and not history["extensions"]:
        assert {row.kind for row in counted} <= {"workday", "makeup"} and told.total == history["spec"].amount


@given(STARTS, st.integers(1, 90), DAY_UNITS)
def test_without_pauses_the_stride_and_the_walk_agree(calendar: WorkCalendar, start: dt.date, amount: int,
                                                      unit: Unit) -> None:
    spec = PeriodSpec(amount, unit)
    assert compute(spec, start, calendar) == explain(spec, start, calendar).due


@given(STARTS, st.integers(1, 60), st.sampled_from([WD, CD]))
def test_counting_back_finds_the_last_day_that_is_early_enough(calendar: WorkCalendar, event: dt.date, amount: int,
                                                               unit: Unit) -> None:
    act = latest_before(event, amount, unit, calendar).act_by
    if unit is CD:
        assert act + amount * DAY == event
        return
    assert calendar.day(act).working
    assert compute(PeriodSpec(amount, WD), act, calendar).due_on <= event
    later = calendar.next_working(act + DAY).date
    assert compute(PeriodSpec(amount, WD), later, calendar).due_on > event


MINUTES = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: at("2024-12-01 00:00") + dt.timedelta(minutes=n))


@given(MINUTES, st.integers(1, 5000), st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 3000)), max_size=3))
def test_the_wall_clock_runs_outside_the_pauses(calendar: WorkCalendar, begun: dt.datetime, amount: int,
                                                stops: list[tuple[int, int]]) -> None:
    pauses = [Pause(begun + dt.timedelta(minutes=a), begun + dt.timedelta(minutes=a + b)) for a, b in stops]
    told = explain(PeriodSpec(amount, MIN), begun, calendar, pauses)
    ran = [s.until - s.since for s in told.spans if s.counted]
    assert sum(ran, dt.timedelta()) == dt.timedelta(minutes=amount)
    assert told.spans[0].since == begun and told.spans[-1].until == told.due.due_at and told.spans[-1].counted
    assert all(a.until == b.since for a, b in zip(told.spans, told.spans[1:], strict=False))
    stood = {n for a, b in stops for n in range(a, a + b)}
    free = [n for n in range(20000) if n not in stood]
    assert told.due.due_at == begun + dt.timedelta(minutes=free[amount - 1] + 1)
    assert told.days[-1].date == told.due.due_on
    assert len({row.date for row in told.days}) == len(told.days)
