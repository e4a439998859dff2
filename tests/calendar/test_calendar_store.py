"""How a year's calendar comes in: one person imports, another confirms, and only then do due dates know of it."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from core import moment
from core.calendar import DayKind, PeriodSpec, Unit, compute, store
from core.calendar.models import CalendarImport, ImportState, Workday
from core.calendar.sheet import CalendarSheetError
from core.calendar.store import confirm, import_calendar, load_calendar, seed_from_holidays, show
from core.errors import Changed, NotAllowed, NotFound

D = dt.date.fromisoformat
NOTICE = """date,kind,name
2027-01-01,holiday,元旦
2027-01-02,holiday,元旦
2027-01-03,holiday,元旦
2027-01-04,holiday,元旦
2026-12-27,workday,元旦调休
2027-02-05,holiday,除夕
2027-02-06,holiday,春节
2027-02-07,holiday,春节
2027-02-08,holiday,春节
2027-04-05,holiday,清明节
2027-05-01,holiday,劳动节
2027-05-02,holiday,劳动节
2027-06-09,holiday,端午节
2027-09-15,holiday,中秋节
2027-10-01,holiday,国庆节
2027-10-02,holiday,国庆节
2027-10-03,holiday,国庆节
""".encode()


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that the database was asked meanwhile."""
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def listening(moved: int | None = None) -> Iterator[list[dict[str, Any]]]:
    heard: list[dict[str, Any]] = []

    def listener(sender: Session, **fact: Any) -> int | None:
        heard.append(fact)
        return moved

    with store.calendar_confirmed.connected_to(listener):
        yield heard


def due(session: Session) -> tuple[dt.date, bool]:
    answer = compute(PeriodSpec(7, Unit.WD), D("2026-12-23"), load_calendar(session))
    return answer.due_on, answer.provisional


def test_the_suite_brings_the_years_that_are_published(session: Session) -> None:
    with listening() as heard:
        assert seed_from_holidays(session) == list(range(2012, 2027))
        assert seed_from_holidays(session) == []
    assert [fact["years"] for fact in heard] == [list(range(2012, 2027))]
    calendar = load_calendar(session)
    assert calendar.day(D("2026-02-14")).kind is DayKind.MAKEUP
    assert 2027 not in calendar.published
    assert due(session) == (D("2027-01-04"), True)


def test_a_year_comes_in_by_two_people(session: Session, wang: int, li: int) -> None:
    seed_from_holidays(session)
    session.commit()
    with moment.at(D("2026-11-10")):
        result = import_calendar(session, NOTICE, wang, document="国办发明电〔2026〕7号")
    assert (result.year, result.holidays, result.makeup_days, result.created) == (2027, 16, 1, True)
    assert due(session) == (D("2027-01-04"), True)  # a draft moves nothing
    with pytest.raises(NotAllowed):
        confirm(session, result.id, wang)
    with listening(moved=3) as heard:
        done = confirm(session, result.id, li)
    assert (done.year, done.clocks_moved) == (2027, 3)
    assert heard == [{"years": [2026, 2027], "scope": "national"}]
    assert due(session) == (D("2026-12-31"), False)  # Sunday 27 December is worked
    with pytest.raises(Changed):
        confirm(session, result.id, li)
    with pytest.raises(NotFound):
        confirm(session, 99, li)


def test_the_database_too_refuses_one_person_for_both(session: Session, wang: int) -> None:
    result = import_calendar(session, NOTICE, wang)
    found = session.get_one(CalendarImport, result.id)
    found.state, found.confirmed_by, found.confirmed_at = ImportState.CONFIRMED, wang, moment.now()
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_same_file_twice_is_one_import(session: Session, wang: int, li: int) -> None:
    first = import_calendar(session, NOTICE, wang)
    again = import_calendar(session, NOTICE, li)
    assert (again.id, again.created) == (first.id, False)
    confirm(session, first.id, li)
    after = import_calendar(session, NOTICE, wang)
    assert (after.id, after.created, after.state) == (first.id, False, ImportState.CONFIRMED)
    assert (after.added, after.removed, after.changed) == ((), (), ())
    assert len(session.scalars(select(Workday)).all()) == 17


def test_a_correction_takes_the_place_of_the_year_and_shows_what_changes(session: Session, wang: int,
                                                                          li: int) -> None:
    confirm(session, import_calendar(session, NOTICE, wang).id, li)
    corrected = (NOTICE.replace(b"2026-12-27,workday", b"2027-01-09,workday")
                 .replace("2027-01-04,holiday,元旦\n".encode(), b""))
    result = import_calendar(session, corrected, wang)
    assert (result.added, result.removed) == ((D("2027-01-09"),), (D("2026-12-27"), D("2027-01-04")))
    with listening() as heard:
        confirm(session, result.id, li)
    assert heard[0]["years"] == [2026, 2027]
    calendar = load_calendar(session)
    assert not calendar.day(D("2026-12-27")).working
    assert calendar.day(D("2027-01-04")).working and calendar.day(D("2027-01-09")).working


def test_an_older_draft_cannot_overtake_a_newer_one(session: Session, wang: int, li: int) -> None:
    old = import_calendar(session, NOTICE, wang)
    import_calendar(session, NOTICE.replace("元旦调休".encode(), "调休".encode()), wang)
    with pytest.raises(Changed):
        confirm(session, old.id, li)


def test_a_local_closing_publishes_no_year(session: Session, wang: int, li: int) -> None:
    rows = [{"date": D("2027-07-08"), "kind": "holiday", "name": "抗洪停工"}]
    confirm(session, import_calendar(session, rows, wang, scope="ninghe").id, li)
    ninghe = load_calendar(session, ("national", "ninghe"))
    assert 2027 not in ninghe.published
    assert not ninghe.day(D("2027-07-08")).working
    assert load_calendar(session).day(D("2027-07-08")).working


def test_a_file_of_a_chinese_spreadsheet(session: Session, wang: int, tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_bytes("日期,类型,名称\r\n2027年1月1日,放假,元旦\r\n2027/2/20,上班,春节调休\r\n\r\n".encode("gb18030"))
    result = import_calendar(session, file, wang)
    assert (result.holidays, result.makeup_days) == (1, 1)
    assert any("2027-10-01" in warning for warning in result.warnings)
    assert not any("2027-10-02" in warning for warning in result.warnings)  # a Saturday anyway


def test_a_file_that_works_a_statutory_day_is_warned_of(session: Session, wang: int) -> None:
    result = import_calendar(session, b"date,kind\n2027-05-01,workday\n", wang)
    assert any("2027-05-01" in warning for warning in result.warnings)


def test_every_fault_is_told_with_its_row_and_column_and_nothing_is_kept(session: Session, wang: int) -> None:
    sheet = ("date,kind,name\n2027-02-30,holiday,春节\n2027-02-06,off,春节\n2027-02-10,workday,春节\n"
             f"2027-02-07,holiday,{'春' * 65}\n2027-02-08,holiday,春节\n2027-02-08,holiday,春节\n2026-11-30,holiday,\n")
    with pytest.raises(CalendarSheetError) as refused:
        import_calendar(session, sheet.encode(), wang)
    assert [(e.row, e.column, e.value[:10]) for e in refused.value.rows] == [
        (2, "date", "2027-02-30"), (3, "kind", "off"), (4, "kind", "workday"), (5, "name", "春" * 10),
        (7, "date", "2027-02-08"), (8, "date", "2026-11-30")]
    assert [e.field for e in refused.value.errors][:2] == ["2.date", "3.kind"]
    assert session.scalars(select(CalendarImport)).all() == []


@pytest.mark.parametrize(("data", "column"), [
    (b"", "date"), (b"date,kind,name\n", "date"), (b"date,name\n2027-01-01,x\n", "kind"), (b"\xff\xff\xff", "date"),
    (b"date,kind\n1900-01-01,holiday\n", "date")])
def test_files_that_are_no_calendar(session: Session, wang: int, data: bytes, column: str) -> None:
    with pytest.raises(CalendarSheetError) as refused:
        import_calendar(session, data, wang)
    assert refused.value.rows[0].column == column


def test_one_statement_in_a_request(engine: Engine, session: Session, wang: int, li: int) -> None:
    seed_from_holidays(session)
    confirm(session, import_calendar(session, NOTICE, wang).id, li)
    load_calendar(session)
    session.commit()
    with statements(engine) as asked:
        first = load_calendar(session)
        assert all(load_calendar(session) is first for _n in range(20))
    assert len(asked) == 1
    with Session(engine) as other, statements(engine) as asked:
        assert load_calendar(other) is first
    assert len(asked) == 1


def test_another_process_sees_a_confirmation_at_its_next_request(engine: Engine, session: Session, wang: int,
                                                                   li: int) -> None:
    result = import_calendar(session, NOTICE, wang)
    session.commit()
    with Session(engine) as other:
        assert 2027 not in load_calendar(other).published
        other.rollback()
        confirm(session, result.id, li)
        session.commit()
        assert 2027 in load_calendar(other).published


def test_a_confirmation_that_is_rolled_back_is_forgotten(session: Session, wang: int, li: int) -> None:
    result = import_calendar(session, NOTICE, wang)
    session.commit()
    load_calendar(session)
    with session.begin_nested() as savepoint:
        confirm(session, result.id, li)
        assert 2027 in load_calendar(session).published
        savepoint.rollback()
    assert 2027 not in load_calendar(session).published


def test_the_session_of_a_request_will_do(engine: Engine) -> None:
    requests = scoped_session(sessionmaker(engine))
    assert seed_from_holidays(requests)
    assert load_calendar(requests).day(D("2026-02-14")).working
    requests.remove()


def test_what_a_year_looks_like(session: Session, wang: int) -> None:
    seed_from_holidays(session)
    import_calendar(session, NOTICE, wang)
    year = show(session, 2026)
    assert (year["published"], len(year["holidays"]), len(year["makeup_days"])) == (True, 33, 6)
    assert year["makeup_days"][1] == {"date": "2026-02-14", "name": "春节调休"}
    coming = show(session, 2027)
    assert (coming["published"], len(coming["holidays"]), coming["makeup_days"]) == (False, 13, [])
    assert [i["state"] for i in coming["imports"]] == ["draft"]
    assert coming["imports"][0]["imported_by"] == wang
