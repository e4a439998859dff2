"""Which days are worked: published years, unpublished years, narrower areas, counting."""
from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import CalendarRow, DayKind, RowKind, WorkCalendar
from core.calendar.seed import published_years, seed_rows
from core.calendar.workdays import statutory_days
from core.errors import Refusal

D = dt.date.fromisoformat
DAY = dt.timedelta(days=1)


def test_every_day_of_fifteen_years_is_worked_or_not_as_the_library_says(calendar: WorkCalendar) -> None:
    library = country_holidays("CN", years=range(2012, 2027))
    days = [dt.date(2012, 1, 1) + n * DAY for n in range((dt.date(2027, 1, 1) - dt.date(2012, 1, 1)).days)]
    assert [d for d in days if calendar.day(d).working != library.is_working_day(d)] == []
    assert not any(calendar.day(d).provisional for d in days)


def test_2026_is_the_year_of_the_notice(calendar: WorkCalendar) -> None:
    days = [calendar.day(dt.date(2026, 1, 1) + n * DAY) for n in range(365)]
    off = {d.date.isoformat()[5:] for d in days if d.kind is DayKind.HOLIDAY}
    runs = {"01-01": 3, "02-15": 9, "04-04": 3, "05-01": 5, "06-19": 3, "09-25": 3, "10-01": 7}
    assert off == {(D(f"2026-{first}") + n * DAY).isoformat()[5:]
                   for first, length in runs.items() for n in range(length)}
    made_up = [d.date.isoformat()[5:] for d in days if d.kind is DayKind.MAKEUP]
    assert made_up == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert calendar.day(D("2026-02-16")).name == "除夕"
    assert calendar.day(D("2026-02-23")).name == "春节"
    assert calendar.day(D("2026-09-20")).name == "国庆节调休"


def test_2025_is_the_year_of_the_notice(calendar: WorkCalendar) -> None:
    made_up = [d for d in (calendar.day(dt.date(2025, 1, 1) + n * DAY) for n in range(365)) if d.kind is DayKind.MAKEUP]
    assert [d.date.isoformat()[5:] for d in made_up] == ["01-26", "02-08", "04-27", "09-28", "10-11"]
    assert calendar.day(D("2025-10-06")).name == "中秋节"
    assert calendar.day(D("2025-10-08")).name == "国庆节、中秋节"


def test_a_guess_of_the_library_is_not_taken_as_published() -> None:
    assert published_years() == list(range(2012, 2027))
    assert 2027 not in seed_rows()


def test_an_unpublished_year_has_the_statutory_days_alone_and_is_provisional(calendar: WorkCalendar) -> None:
    days = [calendar.day(dt.date(2027, 1, 1) + n * DAY) for n in range(365)]
    off = [d.date.isoformat()[5:] for d in days if d.kind is DayKind.HOLIDAY]
    assert off == ["01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09", "09-15",
                   "10-01", "10-02", "10-03"]
    assert all(d.provisional for d in days)
    assert not any(d.kind is DayKind.MAKEUP for d in days)


def test_no_moved_day_is_statutory() -> None:
    assert D("2026-01-02") not in statutory_days(2026)
    assert D("2026-01-01") in statutory_days(2026)


def test_a_narrower_area_overrides_a_wider_one() -> None:
    storm, rows = D("2026-07-08"), [
        CalendarRow(D("2026-07-08"), RowKind.HOLIDAY, "抗洪停工", "ninghe"),
        CalendarRow(D("2026-07-08"), RowKind.WORKDAY, "", "tianjin"),
        CalendarRow(D("2026-07-09"), RowKind.HOLIDAY, "停工", "tianjin"),
        CalendarRow(D("2026-02-17"), RowKind.WORKDAY, "值守", "ninghe")]
    ninghe = WorkCalendar(rows, [2026], ("national", "tianjin", "ninghe"))
    assert ninghe.day(storm).name == "抗洪停工" and not ninghe.day(storm).working
    assert not ninghe.day(D("2026-07-09")).working
    assert ninghe.day(D("2026-02-17")).kind is DayKind.WORKDAY
    tianjin = WorkCalendar(rows, [2026], ("national", "tianjin"))
    assert tianjin.day(storm).working and not tianjin.day(D("2026-02-17")).working
    assert WorkCalendar(rows, [2026]).day(D("2026-07-09")).working


def test_a_statutory_day_that_a_file_forgot_is_off_nevertheless() -> None:
    forgetful = WorkCalendar([CalendarRow(D("2026-01-01"), RowKind.HOLIDAY)], [2026])
    assert forgetful.day(D("2026-10-01")).kind is DayKind.HOLIDAY


def test_the_working_day_before_and_after(calendar: WorkCalendar) -> None:
    assert calendar.next_working(D("2026-02-15")).date == D("2026-02-24")
    assert calendar.next_working(D("2026-02-14")).date == D("2026-02-14")
    assert calendar.previous_working(D("2026-02-23")).date == D("2026-02-14")


DATES = st.dates(dt.date(2011, 6, 1), dt.date(2028, 6, 1))


@given(DATES, st.integers(0, 900))
def test_counting_is_the_same_as_asking_each_day(calendar: WorkCalendar, after: dt.date, length: int) -> None:
    until = after + length * DAY
    asked = sum(calendar.day(after + n * DAY).working for n in range(1, length + 1))
    assert calendar.count_working(after, until) == asked
    assert calendar.count_working(until, after) == 0


@pytest.mark.parametrize("date", ["1949-12-31", "2101-01-01"])
def test_years_beyond_the_lunar_tables_are_refused(calendar: WorkCalendar, date: str) -> None:
    with pytest.raises(Refusal, match=date):
        calendar.day(D(date))


def test_the_arithmetic_needs_no_database() -> None:
    code = "import core.calendar, sys; sys.exit('sqlalchemy' in sys.modules or 'flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
