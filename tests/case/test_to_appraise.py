"""Files whose keeping period is over (到期鉴定): by kind, result and bureau, in a fixed number of statements."""
from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from sqlalchemy import event, update

from core import moment
from core.case.retention import EXPORT, narrowed, retention
from core.db import db
from core.rules.models import RuleVersion
from core.rules.register import override
from core.tabular.exporting import run_export
from core.testing.fixtures import Browser
from core.testing.people import District
from trial_modules.tree_felling.models import Permit
from trial_people import Desk

TODAY = dt.date(2037, 3, 1)


def closed(desk: Desk, year: int, result: str = "withdrawn", by: str = "lin", unit: str = "CGW") -> str:
    number = desk.opens(by, unit=unit, on=dt.date(2026, 2, 11))
    desk.does(by, number, "withdraw", note="撤回")
    session = desk.district.session
    session.rollback()
    session.execute(update(Permit.__table__.metadata.tables["core_case"]).where(
        Permit.__table__.metadata.tables["core_case"].c.number == number).values(
            closed_at=moment.start_of(dt.date(year, 12, 31)), result=result))
    session.commit()
    return number


def due(desk: Desk, by: str, year: int) -> list[str]:
    with desk.of(by) as (session, _viewer):
        found = session.scalars(narrowed(session, year)).all()
        for case in found:  # the condition in the database and the words beside one case are of one mind
            until = retention(session, case).until
            assert until is not None and until < dt.date(year, 1, 1)
        return [case.number for case in found]


def test_what_is_over_depends_on_result_and_bureau_and_what_is_kept_for_good_never_is(desk: Desk) -> None:
    ten, forever, other = closed(desk, 2026), closed(desk, 2026, "granted"), closed(desk, 2026, by="zhao", unit="SAMR")
    session, key = desk.district.session, "archive.keep.tree_felling.permit"
    session.add(RuleVersion(module="tree_felling", key=f"{key}.granted", title="准予", note="", valid_from=dt.date(2000, 1, 1),
                            opened_at=moment.now(), value=0, unit="count", status="parameter", basis="", article=""))
    override(session, desk.district.unit("SAMR").id, "archive.keep", 30, "另定", desk.person("lin").id, dt.date(2020, 1, 1))
    session.commit()
    with moment.at(TODAY):
        assert due(desk, "lin", 2036) == []  # kept to the last day of 2036
        assert due(desk, "lin", 2037) == [ten] and due(desk, "han", 2500) == [ten]
        assert forever not in due(desk, "lin", 2500)
        assert due(desk, "zhao", 2056) == [] and due(desk, "zhao", 2057) == [other]
        out = io.BytesIO()
        with desk.of("han") as (theirs, han):
            run_export(theirs, EXPORT, out, {"year": "2037"}, han, format="csv")
        assert ten in out.getvalue().decode("utf-8-sig") and other not in out.getvalue().decode("utf-8-sig")


@pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)  # the page; what it asks ran on both above
def test_the_page_is_for_those_who_appraise_and_costs_the_same_however_long(
        desk: Desk, browser: Callable[[str], Browser], office: District) -> None:
    with moment.at(TODAY):
        assert browser("lin").get("/retention").status_code == 403
        han = browser("han")
        closed(desk, 2026)
        han.get("/retention")
        few = statements(lambda: han.get("/retention?year=2037"))
        for year in (2020, 2021, 2025):
            closed(desk, year)
        many = statements(lambda: han.get("/retention?year=2037"))
        page = han.get("/retention?kind=tree_felling.permit&result=withdrawn&limit=2").text
        assert "4" in page and page.count("/cases/") >= 2 and "cursor=" in page
    assert few == many


def statements(work: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
