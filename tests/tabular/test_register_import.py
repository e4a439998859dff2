"""The market regulator's monthly sheet comes in: new enterprises, changed ones, closed ones, and a file that cannot be
right."""

from __future__ import annotations

import csv
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from core import moment
from core.access import Viewer, view_as
from core.db import Model
from core.errors import Changed, Refusal
from core.party import uscc
from core.party.register_import import ENTERPRISES
from core.tabular.catalogue import import_profile
from core.tabular.importing import run_import
from core.tabular.models import ImportChange
from core.tabular.profile import Outcome
from core.tabular.reading import Limits, SheetError
from core.tabular.undoing import undo_batch

HEAD = [
    "统一社会信用代码",
    "注册号",
    "企业名称",
    "登记状态",
    "经营主体类型",
    "法定代表人",
    "住所",
    "行业代码",
    "成立日期",
    "登记机关",
    "所属片区",
    "变动类型",
]
PROFILES = {ENTERPRISES.code: ENTERPRISES}


def register() -> Table:
    return Model.metadata.tables["core_enterprise"]


def names() -> Table:
    return Model.metadata.tables["core_enterprise_name"]


def row(serial: int, **change: str) -> list[str]:
    base = [
        uscc.make_uscc("120117", serial),
        "",
        f"天津第{serial}商贸有限公司",
        "存续",
        "企业",
        "张三",
        f"芦台街道{serial}号",
        "1512",
        "2020-03-05",
        "天津市宁河区市场监督管理局",
        "120117001",
        "",
    ]
    return list({**dict(zip(HEAD, base, strict=True)), **change}.values())


def load(session: Session, folder: Path, rows: list[list[str]], clerk: Viewer, **more: Any) -> Any:
    with (folder / "register.csv").open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([HEAD, *rows])
    result = run_import(session, ENTERPRISES, folder / "register.csv", by=clerk, bureau_id=None, **more)
    session.commit()
    return result


def found(session: Session, serial: int) -> Any:
    return session.execute(select(register()).where(register().c.uscc == uscc.make_uscc("120117", serial))).one()


def counts(result: Any) -> tuple[int, ...]:
    return tuple(
        result.counts[outcome] for outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.CLOSED)
    )


def test_a_month_in_the_register(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    with moment.at(dt.date(2026, 10, 5)):
        first = load(session, tmp_path, [row(n) for n in range(30)], clerk)
        again = load(session, tmp_path, [row(n) for n in range(30)], clerk)
    assert counts(first) == (30, 0, 0, 0) and counts(again) == (0, 0, 30, 0)
    with moment.at(dt.date(2026, 11, 5)):
        second = load(
            session,
            tmp_path,
            [
                row(0, 企业名称="天津新名(集团)有限公司"),
                row(1, 登记状态="注销"),
                row(2, 登记状态="", 变动类型="歇业"),
                row(3, 法定代表人=""),
                row(40),
            ],
            clerk,
        )
    assert counts(second) == (1, 2, 1, 1)
    renamed = found(session, 0)
    assert (renamed.name, renamed.version, renamed.kind, renamed.registered_on) == (
        "天津新名（集团）有限公司",
        2,
        "企业",
        dt.date(2020, 3, 5),
    )
    assert session.execute(select(names().c.name, names().c.valid_from, names().c.valid_to)).all() == [
        ("天津第0商贸有限公司", dt.date(2020, 3, 5), dt.date(2026, 11, 5))
    ]
    assert (found(session, 1).status, found(session, 2).status, found(session, 3).legal_rep) == (
        "注销",
        "歇业",
        "张三",
    )


def test_an_undo_restores_names_states_and_versions_go_on(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    load(session, tmp_path, [row(n) for n in range(5)], clerk)
    before = session.execute(select(register()).order_by(register().c.id)).all()
    done = load(
        session,
        tmp_path,
        [row(0, 企业名称="新名有限公司", 成立日期="2019-01-01"), row(1, 登记状态="注销"), row(9)],
        clerk,
    )
    undo_batch(session, done.batch, clerk, profiles=PROFILES)
    session.commit()
    after = session.execute(select(register()).order_by(register().c.id)).all()
    going_on = {"version", "updated_at"}
    assert [[(name, value) for name, value in r._mapping.items() if name not in going_on] for r in after] == [
        [(name, value) for name, value in r._mapping.items() if name not in going_on] for r in before]
    assert session.execute(select(names())).all() == []
    with pytest.raises(Refusal, match="already"):
        undo_batch(session, done.batch, clerk, profiles=PROFILES)


def test_an_undo_is_refused_when_somebody_has_worked_on_a_record(
    session: Session, tmp_path: Path, clerk: Viewer
) -> None:
    done = load(session, tmp_path, [row(1), row(2)], clerk)
    session.execute(update(register()).where(register().c.uscc == uscc.make_uscc("120117", 2)).values(version=2))
    session.commit()
    with pytest.raises(Changed) as caught:
        undo_batch(session, done.batch, clerk, profiles=PROFILES)
    assert caught.value.details["rows"] == [3]
    assert len(session.execute(select(register())).all()) == 2


def test_an_undo_is_refused_when_other_records_refer_to_a_new_one(
    session: Session, tmp_path: Path, clerk: Viewer
) -> None:
    done = load(session, tmp_path, [row(1)], clerk)
    session.execute(
        insert(names()).values(enterprise_id=found(session, 1).id, name="别名", valid_to=dt.date(2020, 1, 1))
    )
    session.commit()
    with pytest.raises(Refusal, match="refer"):
        undo_batch(session, done.batch, clerk, profiles=PROFILES)


def test_faults_of_rows_and_of_the_whole(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    wrong = uscc.make_uscc("120117", 3)[:-1] + "?"
    with moment.at(dt.date(2026, 11, 5)):
        result = load(
            session,
            tmp_path,
            [
                row(1),
                row(1),
                row(2, 成立日期="2026-11-06"),
                row(3, 统一社会信用代码=wrong),
                row(4, 统一社会信用代码=""),
                row(5, 变动类型="注销"),
            ],
            clerk,
        )
    assert [(e.row, e.column) for e in result.errors] == [
        (3, "统一社会信用代码"),
        (4, "成立日期"),
        (5, "统一社会信用代码"),
        (6, "统一社会信用代码"),
        (7, "变动类型"),
    ]
    assert not result.saved and session.execute(select(register())).all() == []
    kept = load(session, tmp_path, [row(1), row(1), row(2)], clerk, skip_errors=True)
    assert kept.saved and counts(kept) == (2, 0, 0, 0) and [e.row for e in kept.errors] == [3]


def test_an_old_shop_without_a_code_gets_one_later(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    old = "120117600000001"
    first = load(session, tmp_path, [row(1, 统一社会信用代码="", 注册号=old, 经营主体类型="个体户")], clerk)
    assert counts(first) == (1, 0, 0, 0) and session.execute(select(register().c.kind)).scalar_one() == "个体工商户"
    assert session.execute(select(ImportChange.row)).scalars().all() == [2]
    second = load(session, tmp_path, [row(1, 注册号=old)], clerk)
    assert counts(second) == (0, 1, 0, 0) and found(session, 1).reg_no == old
    third = load(session, tmp_path, [row(2, 注册号=old)], clerk)
    assert [(e.row, e.column) for e in third.errors] == [(2, "注册号")]


def test_a_record_typed_in_by_hand_is_confirmed_by_the_register(
    session: Session, tmp_path: Path, clerk: Viewer
) -> None:
    session.execute(
        insert(register()).values(
            uscc=uscc.make_uscc("120117", 1),
            name="天津第1商贸有限公司",
            status="存续",
            source="provisional",
            verified=False,
            version=1,
            updated_at=moment.now(),
        )
    )
    session.commit()
    assert counts(load(session, tmp_path, [row(1)], clerk)) == (0, 1, 0, 0)
    assert (found(session, 1).verified, found(session, 1).source) == (True, "import")


def test_a_file_that_closes_a_third_of_the_register_is_refused(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    load(session, tmp_path, [row(n) for n in range(180)], clerk)
    with pytest.raises(SheetError, match="close 60 of 180"):
        load(session, tmp_path, [row(n, 登记状态="注销") for n in range(60)], clerk, dry_run=True)
    session.rollback()
    assert found(session, 1).status == "存续"


def test_names_shifted_by_one_row_are_refused(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    load(session, tmp_path, [row(n) for n in range(100)], clerk)
    with pytest.raises(SheetError, match="rename 100 of 100"):
        load(session, tmp_path, [row(n, 企业名称=f"天津第{n + 1}商贸有限公司") for n in range(100)], clerk)
    session.rollback()
    assert found(session, 1).name == "天津第1商贸有限公司"


def test_a_kind_that_contradicts_the_code_is_pointed_out(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    result = load(session, tmp_path, [row(1, 经营主体类型="个体户")], clerk)
    assert result.saved and [w.column for w in result.warnings] == ["经营主体类型"] and found(session, 1).kind == "企业"


def test_who_searches_finds_new_and_renamed_enterprises_by_their_initials(
    session: Session, tmp_path: Path, clerk: Viewer
) -> None:
    load(session, tmp_path, [row(1)], clerk)
    assert found(session, 1).pinyin == "tjd1smyxgs"
    load(session, tmp_path, [row(1, 企业名称="天津宁河ABC（集团）有限公司")], clerk)
    assert found(session, 1).pinyin == "tjnhabcjtyxgs"


def test_one_old_number_belongs_to_one_row_only(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    old = "120117600000001"
    load(session, tmp_path, [row(1, 统一社会信用代码="", 注册号=old)], clerk)
    rows = [row(1, 注册号=old), row(2, 注册号=old), row(3, 统一社会信用代码="", 注册号=old)]
    result = load(session, tmp_path, rows, clerk, skip_errors=True)
    assert [error.row for error in result.errors] == [3, 4] and counts(result) == (0, 1, 0, 0)
    assert len(session.execute(select(register())).all()) == 1


def test_a_file_full_of_faults_is_given_up_and_leaves_nothing(
    session: Session, tmp_path: Path, clerk: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.tabular.work.MOST_ERRORS", 5)
    result = load(session, tmp_path, [row(1), *(row(n, 企业名称="") for n in range(2, 20))], clerk, skip_errors=True)
    assert len(result.errors) == 6 and not result.saved and session.execute(select(register())).all() == []
    with pytest.raises(SheetError, match="more than 3"):
        load(session, tmp_path, [row(n) for n in range(9)], clerk, limits=Limits(rows=3))
    session.rollback()
    assert counts(load(session, tmp_path, [row(1)], clerk)) == (1, 0, 0, 0)


def test_two_clerks_send_the_same_file_at_once(app: Flask, session: Session, tmp_path: Path, clerk: Viewer) -> None:
    load(session, tmp_path, [row(0)], clerk)

    def second() -> tuple[int, ...]:
        with app.app_context(), view_as(clerk) as own:
            (tmp_path / "second").mkdir()
            return counts(load(own, tmp_path / "second", [row(n) for n in range(20)], clerk))

    load(session, tmp_path, [row(n) for n in range(20)], clerk, dry_run=True)
    with ThreadPoolExecutor(1) as pool:
        first = run_import(session, ENTERPRISES, tmp_path / "register.csv", by=clerk, bureau_id=None)
        later = pool.submit(second)
        with pytest.raises(TimeoutError):
            later.result(timeout=1)
        session.commit()
        assert counts(first) == (19, 0, 1, 0) and later.result(timeout=60) == (0, 0, 20, 0)


def test_the_register_comes_as_a_workbook_too(session: Session, tmp_path: Path, clerk: Viewer) -> None:
    book = openpyxl.Workbook()
    for cells in (["2026年10月经营主体名录"], HEAD, row(1), row(2, 统一社会信用代码="91120117MAO5A1B251")):
        book.active.append(cells)
    book.active["I3"] = dt.date(2020, 3, 5)
    book.save(tmp_path / "register.xlsx")
    profile = import_profile("enterprises")
    result = run_import(session, profile, tmp_path / "register.xlsx", by=clerk, bureau_id=None, skip_errors=True)
    assert counts(result) == (1, 0, 0, 0) and [(e.row, e.column) for e in result.errors] == [(4, "统一社会信用代码")]
    assert found(session, 1).registered_on == dt.date(2020, 3, 5)
