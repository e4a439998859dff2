"""What goes out: the rows of the filter, masked as the viewer may see them, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.access.viewer import Viewer
from core.errors import NotAllowed, NotFound, Refusal
from core.tabular import catalogue, xlsx
from core.tabular.exporting import run_export
from core.tabular.profile import ExportColumn, ExportProfile, Person, mask_middle
from sheet_stand_ins import Penalty, viewer


def penalties(session: Session, filters: Mapping[str, Any], viewer: Person) -> Select[Any]:
    found = select(Penalty).order_by(Penalty.id)
    return found.where(Penalty.party == filters["party"]) if "party" in filters else found


PROFILE = ExportProfile(
    code="test.penalties",
    title="行政处罚",
    module="test",
    permission="penalty:export",
    query=penalties,
    columns=(
        ExportColumn(heading="文号", value="number"),
        ExportColumn(heading="名称", value="party"),
        ExportColumn(heading="代码", value="uscc", mask=mask_middle, unmask="penalty:plain"),
        ExportColumn(heading="日期", value="decided_on"),
        ExportColumn(heading="罚款", value="fine"),
        ExportColumn(heading="类别", value="kinds"),
        ExportColumn(heading="已罚", value=lambda penalty: bool(penalty.fine)),
    ),
)


JANUARY = dt.datetime(2026, 1, 5)  # noqa: DTZ001  # a spreadsheet's dates have no zone


@pytest.fixture
def filled(session: Session) -> Session:
    session.add_all(
        [
            Penalty(
                number="=cmd|'/c calc'!A0",
                party="甲",
                uscc="91120117MA05A1B251",
                decided_on=dt.date(2026, 1, 5),
                fine=Decimal("0.2"),
                kinds=["警告", "罚款"],
            ),
            Penalty(number="@SUM(A1)", party="乙\x07"),
        ]
    )
    session.commit()
    return session


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(filled: Session, clerk: Viewer) -> None:
    out, told = io.BytesIO(), []
    result = run_export(filled, PROFILE, out, {}, clerk, format="csv", file="a.csv", progress=told.append)
    rows = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))))
    assert rows[0] == ["文号", "名称", "代码", "日期", "罚款", "类别", "已罚"]
    assert rows[1] == ["'=cmd|'/c calc'!A0", "甲", "9112**********B251", "2026-01-05", "0.200000", "警告;罚款", "是"]
    assert rows[2] == ["'@SUM(A1)", "乙", "", "", "", "", "否"]
    assert out.getvalue().startswith(b"\xef\xbb\xbf") and told == [2]
    assert result.as_dict() == {"rows": 2, "file": "a.csv", "masked": ["代码"]}


def test_xlsx_holds_dates_and_numbers_and_text_that_stays_text(filled: Session, clerk: Viewer) -> None:
    clerk = viewer("penalty:export", "penalty:plain")
    out = io.BytesIO()
    result = run_export(filled, PROFILE, out, {"party": "甲"}, clerk)
    page = openpyxl.load_workbook(out).worksheets[0]
    cells = next(iter(page.iter_rows(min_row=2)))
    assert cells[0].data_type == "s" and cells[0].value.startswith("'=")
    assert (cells[2].value, cells[3].value, cells[4].value) == ("91120117MA05A1B251", JANUARY, 0.2)
    assert result.rows == 1 and result.masked == () and page.max_row == 2


def test_who_may_not_export_is_refused(filled: Session) -> None:
    with pytest.raises(NotAllowed):
        run_export(filled, PROFILE, io.BytesIO(), {}, viewer())


def test_a_workbook_has_an_end(filled: Session, clerk: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 2)
    with pytest.raises(Refusal, match="CSV"):
        run_export(filled, PROFILE, io.BytesIO(), {}, clerk)


def test_masks_keep_enough_to_tell_two_people_apart() -> None:
    assert [mask_middle(text) for text in ("13812345678", "120117199001011234", "123")] == [
        "138****5678",
        "1201**********1234",
        "***",
    ]


def test_an_unknown_profile_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="no sheet profile"):
        catalogue.export_profile("nothing")
