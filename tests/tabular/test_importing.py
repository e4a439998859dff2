"""A clerk imports a sheet of penalties, is told what is wrong with it, corrects it, and takes it back."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import moment
from core.access.viewer import Viewer
from core.errors import Changed, NotAllowed, NotFound, Refusal
from core.party import uscc
from core.tabular.columns import Amount, Choices, Code, Date, Text, options
from core.tabular.importing import run_import
from core.tabular.models import BatchState, ImportBatch, ImportChange
from core.tabular.profile import ImportProfile, Outcome, Record
from core.tabular.reading import Limits, SheetError
from core.tabular.records import Records
from core.tabular.template import import_template
from core.tabular.undoing import undo_batch
from core.tabular.work import Work
from core.tabular.writing import annotated_sheet
from sheet_stand_ins import Penalty, viewer

HEAD = ["决定书文号", "行政相对人名称", "统一社会信用代码", "处罚决定日期", "罚款金额（万元）", "处罚类别"]
CODE = "91120117MA05A1B251"


class Penalties(Records):
    """One party is refused by the operation itself, as a workflow's guard would."""

    def apply(self, row: Record, work: Work) -> Outcome:
        outcome = super().apply(row, work)
        if row["party"] == "涉密单位":
            raise Refusal("涉密处罚不得报送", field="party")
        return outcome


class Overtaken(Penalties):
    """Somebody else saves the same record between reading and writing it."""

    def apply(self, row: Record, work: Work) -> Outcome:
        self.overtake(work)
        return super().apply(row, work)

    def undo(self, session: Session, changes: Any, work: Work) -> Any:
        conflicts = super().undo(session, changes, work)
        self.overtake(work)
        return conflicts

    def overtake(self, work: Work) -> None:
        with work.session.no_autoflush:
            work.session.execute(update(Penalty.__table__).values(version=99))


def fine_goes_with_its_kind(values: Any) -> Any:
    if "罚款" in (values["kinds"] or ()) and values["fine"] is None:
        yield "fine", "处罚类别含罚款时必填"


PROFILE = ImportProfile(
    code="test.penalties",
    title="行政处罚",
    module="test",
    permission="penalty:import",
    keys=("number",),
    check=fine_goes_with_its_kind,
    handler=Penalties(Penalty, fixed=lambda work: {"bureau_id": work.bureau_id}),
    chunk=3,
    columns=(
        Text(name="number", heading="决定书文号", required=True, sample="津宁市监罚〔2026〕1号"),
        Text(name="party", heading="行政相对人名称", required=True, sample="某某公司"),
        Code(name="uscc", heading="统一社会信用代码", check=uscc.check, sample=CODE),
        Date(name="decided_on", heading="处罚决定日期", future=False, sample="2026-01-05"),
        Amount(name="fine", heading="罚款金额（万元）", unit="万元", doubtful=Decimal(1000), sample="0.2"),
        Choices(name="kinds", heading="处罚类别", options=options("警告", "罚款"), sample="警告;罚款"),
    ),
)
PROFILES = {PROFILE.code: PROFILE}


def row(number: int, **change: str) -> list[str]:
    values = dict(
        zip(
            HEAD,
            [f"津宁罚〔2026〕{number}号", f"天津第{number}商贸有限公司", CODE, "2026-01-05", "0.2", "警告;罚款"],
            strict=True,
        )
    )
    return list({**values, **change}.values())


def sheet(folder: Path, *rows: list[str], name: str = "sheet.csv") -> Path:
    with (folder / name).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEAD, *rows])
    return folder / name


def load(session: Session, file: Path, clerk: Viewer, **more: Any) -> Any:
    result = run_import(session, PROFILE, file, by=clerk, bureau_id=7, **more)
    session.commit()
    return result


def count(session: Session, model: Any = Penalty) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_good_rows_are_created_and_the_same_file_again_changes_nothing(
    session: Session, tmp_path: Path, clerk: Viewer
) -> None:
    file = sheet(tmp_path, *(row(n) for n in range(1, 8)))
    first = load(session, file, clerk)
    assert first.as_dict() == {
        "profile": "test.penalties",
        "batch": first.batch,
        "rows": 7,
        "created": 7,
        "updated": 0,
        "unchanged": 0,
        "closed": 0,
        "errors": [],
        "warnings": [],
    }
    penalty = session.scalars(select(Penalty).order_by(Penalty.id)).first()
    assert penalty and (penalty.decided_on, penalty.fine, penalty.kinds, penalty.bureau_id) == (
        dt.date(2026, 1, 5),
        Decimal("0.2"),
        ["警告", "罚款"],
        7,
    )
    again = load(session, file, clerk)
    assert again.saved and (again.counts[Outcome.CREATED], again.counts[Outcome.UNCHANGED]) == (0, 7)
    session.expire_all()
    assert count(session) == 7


def test_one_bad_row_saves_nothing_and_every_fault_is_listed(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    file = sheet(
        tmp_path,
        row(1),
        row(2, 统一社会信用代码="91120117MAO5A1B251"),
        row(3, 处罚决定日期="2026-01-24"),
        row(4, 行政相对人名称=""),
        row(5, **{"罚款金额（万元）": "2000元"}),
        row(6, **{"罚款金额（万元）": ""}),
        row(1),
        row(8, 行政相对人名称="涉密单位"),
        row(9, 统一社会信用代码="91120117MA05A1B252", 处罚类别="罚金"),
    )
    with moment.at(dt.date(2026, 1, 23)):
        result = load(session, file, clerk)
    assert not result.saved and result.batch is None and count(session) == 0 and count(session, ImportBatch) == 0
    assert sorted((error.row, error.column) for error in result.errors) == [
        (3, "统一社会信用代码"),
        (4, "处罚决定日期"),
        (5, "行政相对人名称"),
        (6, "罚款金额（万元）"),
        (7, "罚款金额（万元）"),
        (8, "决定书文号"),
        (9, "行政相对人名称"),
        (10, "处罚类别"),
        (10, "统一社会信用代码"),
    ]
    assert result.counts[Outcome.CREATED] == 0


def test_skipping_errors_keeps_the_good_rows_only(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    file = sheet(tmp_path, row(1), row(2, 行政相对人名称="涉密单位"), row(3, 统一社会信用代码="1"), row(4))
    result = load(session, file, clerk, skip_errors=True)
    assert result.saved and result.counts[Outcome.CREATED] == 2 and [error.row for error in result.errors] == [3, 4]
    assert session.scalars(select(Penalty.number).order_by(Penalty.id)).all() == [
        "津宁罚〔2026〕1号",
        "津宁罚〔2026〕4号",
    ]
    assert count(session, ImportChange) == 2


def test_the_dry_run_says_the_same_and_saves_nothing(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    session.add(Penalty(number="已有", party="甲"))
    session.flush()
    file = sheet(tmp_path, row(1), row(2))
    rehearsed = load(session, file, clerk, dry_run=True)
    assert not rehearsed.saved and count(session) == 1 and count(session, ImportBatch) == 0
    done = load(session, file, clerk)
    assert {**rehearsed.as_dict(), "batch": done.batch} == done.as_dict() and count(session) == 3


def test_a_rehearsal_never_commits_what_the_caller_had_begun(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    run_import(session, PROFILE, sheet(tmp_path, row(1)), by=clerk, bureau_id=7)
    session.rollback()
    assert count(session) == 0 and count(session, ImportBatch) == 0


def test_a_warning_keeps_the_row(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    result = load(session, sheet(tmp_path, row(1, **{"罚款金额（万元）": "2000"})), clerk)
    assert (
        result.saved
        and [(w.row, w.column) for w in result.warnings] == [(2, "罚款金额（万元）")]
        and "0.2" in result.warnings[0].message
    )


def test_a_comma_without_quotation_marks_shifts_no_cell_unnoticed(
    session: Session, tmp_path: Path, clerk: Viewer
) -> None:
    result = load(session, sheet(tmp_path, [*row(1), "多余"]), clerk)
    assert [error.row for error in result.errors] == [2]


def test_who_may_not_import_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        load(session, sheet(tmp_path, row(1)), viewer())


def test_limits_and_empty_tables_stop_the_import(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    with pytest.raises(SheetError, match="more than 2"):
        load(session, sheet(tmp_path, row(1), row(2), row(3)), clerk, limits=Limits(rows=2))
    session.rollback()
    with pytest.raises(SheetError, match="no rows"):
        load(session, sheet(tmp_path), clerk)
    session.rollback()
    assert count(session) == 0 and count(session, ImportBatch) == 0


def test_the_list_of_faults_ends_somewhere(
    session: Session, tmp_path: Path, clerk: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.tabular.work.MOST_ERRORS", 5)
    result = load(session, sheet(tmp_path, *(row(n, 行政相对人名称="") for n in range(20))), clerk, skip_errors=True)
    assert len(result.errors) == 6 and not result.saved and result.batch is None


def test_an_undo_puts_everything_back(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    load(session, sheet(tmp_path, row(1), row(2)), clerk)
    second = load(
        session,
        sheet(tmp_path, row(1, 处罚决定日期="2026-01-06", 行政相对人名称="新名", **{"罚款金额（万元）": "3"}), row(3)),
        clerk,
    )
    batch = undo_batch(session, second.batch, clerk, profiles=PROFILES)
    session.commit()
    session.expire_all()
    first = session.scalars(select(Penalty).where(Penalty.number.contains("1号"))).one()
    assert (first.decided_on, first.party, first.fine) == (dt.date(2026, 1, 5), "天津第1商贸有限公司", Decimal("0.2"))
    assert count(session) == 2 and batch.state is BatchState.UNDONE
    with pytest.raises(Refusal, match="already"):
        undo_batch(session, second.batch, clerk, profiles=PROFILES)


def test_an_undo_is_refused_with_the_rows_that_somebody_has_changed(
    session: Session, tmp_path: Path, clerk: Viewer
) -> None:
    done = load(session, sheet(tmp_path, row(1), row(2)), clerk)
    touched = session.scalars(select(Penalty).where(Penalty.number.contains("2号"))).one()
    touched.party = "改过"
    session.commit()
    with pytest.raises(Changed) as caught:
        undo_batch(session, done.batch, clerk, profiles=PROFILES)
    assert caught.value.details["rows"] == [3] and count(session) == 2
    session.expire_all()
    assert session.get_one(ImportBatch, done.batch).state is BatchState.DONE
    with pytest.raises(NotFound):
        undo_batch(session, 999_999, clerk, profiles=PROFILES)
    with pytest.raises(NotAllowed):
        undo_batch(session, done.batch, viewer(), profiles=PROFILES)


def test_who_is_overtaken_by_somebody_else_is_told(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    done = load(session, sheet(tmp_path, row(1)), clerk)
    slow = replace(PROFILE, handler=Overtaken(Penalty))
    result = run_import(session, slow, sheet(tmp_path, row(1, 行政相对人名称="新名")), by=clerk, bureau_id=7)
    assert [error.row for error in result.errors] == [2] and "just now" in result.errors[0].message
    session.rollback()
    with pytest.raises(Changed, match="just now"):
        undo_batch(session, done.batch, clerk, profiles={slow.code: slow})
    session.rollback()
    assert count(session) == 1


def test_the_template_can_be_sent_back_as_it_is_filled_in(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    book = openpyxl.load_workbook(io.BytesIO(import_template(PROFILE)))
    page = book.worksheets[0]
    assert (
        [cell.value for cell in page[1]] == HEAD
        and page["A2"].value.startswith("示例")
        and page["A1"].comment is not None
    )
    page.append(row(1))
    book.save(tmp_path / "filled.xlsx")
    result = load(session, tmp_path / "filled.xlsx", clerk)
    assert result.saved and result.rows == 1 and result.warnings == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_errors_come_back_in_the_same_sheet_which_can_be_corrected(
    session: Session, tmp_path: Path, clerk: Viewer, kind: str
) -> None:
    file = sheet(tmp_path, row(1), [], row(2, 统一社会信用代码="91120117MAO5A1B251"))
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for cells in csv.reader(file.read_text("utf-8").splitlines()):
            book.active.append(cells)
        file = tmp_path / "sheet.xlsx"
        book.save(file)
    result = load(session, file, clerk)
    out = tmp_path / f"answer.{kind}"
    with out.open("wb") as stream:
        assert annotated_sheet(file, result, stream) == kind
    if kind == "csv":
        rows = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    else:
        rows = [
            ["" if cell is None else cell for cell in cells]
            for cells in openpyxl.load_workbook(out).worksheets[0].iter_rows(values_only=True)
        ]
    assert rows[0] == [*HEAD, "导入结果"] and rows[1][-1] == "" and CODE in rows[3][-1] and rows[3][:2] == row(2)[:2]
    again = load(session, out, clerk)
    assert [(e.row, e.column) for e in again.errors] == [(4, "统一社会信用代码")] and again.warnings == []


def test_the_sheet_with_errors_runs_no_formula_that_somebody_sent(
    session: Session, tmp_path: Path, clerk: Viewer
) -> None:
    file = sheet(tmp_path, row(1, 行政相对人名称="=HYPERLINK(1)", 统一社会信用代码="1"))
    out = io.BytesIO()
    annotated_sheet(file, load(session, file, clerk), out)
    assert list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))))[1][1] == "'=HYPERLINK(1)"
    (tmp_path / "again.csv").write_bytes(out.getvalue().replace(b",1,", f",{CODE},".encode()))
    assert load(session, tmp_path / "again.csv", clerk).saved
    assert session.scalars(select(Penalty.party)).one() == "=HYPERLINK(1)"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.integers(1, 30), min_size=1, max_size=12, unique=True),
    parties=st.lists(st.sampled_from(["甲公司", "乙（集团）公司", "丙 丁"]), min_size=12, max_size=12),
)
def test_importing_twice_is_importing_once(
    session: Session, tmp_path: Path, clerk: Viewer, numbers: list[int], parties: list[str]
) -> None:
    file = sheet(tmp_path, *(row(n, 行政相对人名称=party) for n, party in zip(numbers, parties, strict=False)))
    load(session, file, clerk)
    assert load(session, file, clerk).counts[Outcome.UNCHANGED] == len(numbers)
