"""The month's sheet of 500 penalties, 40 of them wrong: the check names exactly those, the import saves the other 460."""
from __future__ import annotations

import csv
import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import func, select

from addons.credit_repair.imports import EXPORTS, IMPORTS
from addons.credit_repair.models import Penalty
from addons.credit_repair.names import NOTICE
from addons.credit_repair.tests.helpers import HEADINGS, sheet_row
from core import moment
from core.letter import register
from core.letter.batch import issue_due
from core.party.models import Enterprise
from core.party.uscc import make_uscc
from core.tabular.exporting import run_export
from core.tabular.importing import run_import
from core.tabular.undoing import undo_batch

TODAY = dt.date(2026, 11, 24)
CODE = HEADINGS[2]


def spoil(serial: int) -> dict[str, str]:
    """One of eight faults, five times each."""
    good = sheet_row(serial)
    letter = good[CODE]
    faults = (
        {"处罚决定日期": "去年国庆节"}, {"罚款金额（万元）": "5000元"}, {CODE: letter.replace("0", "O", 1)},
        {CODE: letter[:-1] + ("1" if letter[-1] != "1" else "2")}, {"处罚决定日期": "2026-11-25"}, {"适用程序": "简易程序"},
        {"行政处罚决定书文号": "津宁市监罚〔2026〕1号"}, {"行政相对人名称": "别家公司", CODE: make_uscc("120117", 1)})
    return {**good, **faults[serial % 8]}


@pytest.fixture
def sheet(tmp_path):
    """500 rows; rows 12, 24 … of the data are spoiled, 40 in all. Written as a spreadsheet program on Windows would."""
    path = tmp_path / "行政处罚.csv"
    bad = {12 * n for n in range(1, 41)}
    rows = [spoil(s) if s in bad else sheet_row(s) for s in range(1, 501)]
    for place, serial in enumerate(sorted(bad)):
        rows[serial - 1] = {**sheet_row(serial), **{k: v for k, v in spoil(serial - serial % 8 + place % 8).items()
                                                   if v != sheet_row(serial - serial % 8 + place % 8)[k]}}
        if place % 8 in (2, 3):  # the code of this row, not of its neighbour
            code = sheet_row(serial)[CODE]
            wrong = code.replace("0", "O", 1) if place % 8 == 2 else code[:-1] + ("1" if code[-1] != "1" else "2")
            rows[serial - 1] = {**sheet_row(serial), CODE: wrong}
    with path.open("w", encoding="gb18030", newline="") as out:
        writer = csv.DictWriter(out, HEADINGS)
        writer.writeheader()
        writer.writerows(rows)
    return path, bad


def run(team, path, **more):
    return run_import(team.session, IMPORTS[0], path, by=team.viewer("qian"), bureau_id=team.unit("SAMR").id, **more)


def known_party(team):
    team.session.add(Enterprise(uscc=make_uscc("120117", 1), name="天津示例1号商贸有限公司", source="import"))
    team.session.commit()


@pytest.mark.walk
@pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)
def test_the_check_names_exactly_the_forty_and_saves_nothing(team, sheet):
    path, bad = sheet
    known_party(team)
    with moment.at(TODAY):
        result = run(team, path, dry_run=True, skip_errors=True)
        team.session.rollback()
    assert {error.row - 1 for error in result.errors} == bad
    assert all(error.column and error.message for error in result.errors)
    assert team.session.scalar(select(func.count()).select_from(Penalty)) == 0


@pytest.mark.walk
@pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)
def test_one_bad_row_saves_nothing_unless_told_to_skip(team, sheet):
    path, _bad = sheet
    known_party(team)
    with moment.at(TODAY):
        assert not run(team, path).saved
        team.session.rollback()
    assert team.session.scalar(select(func.count()).select_from(Penalty)) == 0


@pytest.mark.walk
def test_the_import_saves_the_other_460_again_changes_nothing_and_can_be_undone(team, sheet, app):
    path, _bad = sheet
    known_party(team)
    with moment.at(TODAY):
        result = run(team, path, skip_errors=True)
        team.session.commit()
        assert (result.as_dict()["created"], result.as_dict()["rows"]) == (460, 500)
        again = run(team, path, skip_errors=True)
        team.session.commit()
        assert (again.as_dict()["created"], again.as_dict()["unchanged"]) == (0, 460)
        unknown = Counter(e.verified for e in team.session.scalars(select(Enterprise)))
        assert unknown[False] == 459
        undo_batch(team.session, result.batch, team.viewer("qian"), profiles={IMPORTS[0].code: IMPORTS[0]})
        team.session.commit()
    assert team.session.scalar(select(func.count()).select_from(Penalty)) == 0


def test_the_batch_of_letters_has_no_gap(team, tmp_path, app):
    path = tmp_path / "三条.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, HEADINGS)
        writer.writeheader()
        writer.writerows(sheet_row(serial, 处罚决定日期="2026-11-20") for serial in (1, 2, 3))
    with moment.at(TODAY):
        run(team, path)
        team.session.commit()
        told = issue_due(team.session, NOTICE, moment.today())
        assert [letter.number for letter in told.issued] == [f"宁市监〔2026〕{n}号" for n in (1, 2, 3)]
        assert issue_due(team.session, NOTICE, moment.today()).issued == []
    [series] = register.check_numbers(team.session)
    assert (series["last"], series["gaps"], series["duplicates"]) == (3, [], [])


def test_the_export_reads_back_as_unchanged(team, tmp_path):
    path = tmp_path / "一条.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, HEADINGS)
        writer.writeheader()
        writer.writerow(sheet_row(1))
    with moment.at(TODAY):
        run(team, path)
        team.session.commit()
        out_path = tmp_path / "出.xlsx"
        with out_path.open("wb") as out:
            assert run_export(team.session, EXPORTS[0], out, {}, team.viewer("zhou")).rows == 1
        assert run(team, out_path).as_dict()["unchanged"] == 1
