"""Installations stand at the released revisions: those never change, and what follows them keeps every row and every rule."""
from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Connection, Integer, Numeric, Table, inspect, text
from sqlalchemy.schema import Column

from core.addon import Suite
from core.app import load_models
from core.db import Model
from core.migrate import downgrade_part, migration_engine, parts, tables_of, upgrade_part
from core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
RELEASED = {
    "core/migrations/versions/core_0001_baseline.py":
        "a338d4340b2c9723778dfa88e4234fbf251f6be4060401dce2532d04aecbaa17",
    "addons/credit_repair/migrations/versions/credit_repair_0001_baseline.py":
        "7ddb2e62ccd54613aafc2576d273c5e64c9bdc68df3b405085d46d4accbdba1d",
    "addons/districts/migrations/versions/districts_0001_baseline.py":
        "23d0a811d77870240d63bab9429147958fb796c5f189594632e22e93a26669cc",
    "core/migrations/versions/core_0002_enterprise_of_a_letter.py":
        "794b0d4252484a225bd260c426253d1de27037cdeb70451ffc96c71fe54b9e67",
    "addons/credit_repair/migrations/versions/credit_repair_0002_repair_excluded_by_law.py":
        "2955e6e28794e3541c5700bc600ce9e2be8bfb14ebb2668d7df187cb6b1b57de",
    "addons/districts/migrations/versions/districts_0002_letters_on_changes.py":
        "ec4c5c377b123acadc2c1590b8d9c42cc0801d792c5ec9cc40e830306c000222",
    "core/migrations/versions/core_0003_cases_that_nobody_has.py":
        "90305b38de3f828ef053be3e07cc0bddda3f009c3f4759f6a63dacdc51d13a7c",
}
"""What installations were made with. A line is added when a revision is released; none is ever changed."""


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """Core and every module of the house."""
    found = Suite.load(Settings.load({"YINGSHANG_VAR": str(tmp_path)}))
    load_models(found)
    return found


@pytest.fixture
def connection() -> Iterator[Connection]:
    with migration_engine("sqlite://").connect() as connection:
        yield connection


def test_a_released_revision_is_what_it_was() -> None:
    assert {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in RELEASED} == RELEASED


def test_an_upgrade_from_the_released_tables_keeps_a_row_of_each_and_so_does_the_way_back(
        suite: Suite, connection: Connection) -> None:
    first = [(part, f"{part.name}_0001") for part in parts(suite)]
    for part, revision in first:
        upgrade_part(connection, part, revision)
    names = [name for part, _revision in first for name in tables_of(connection, part.name)]
    connection.execute(text("PRAGMA ignore_check_constraints = ON"))  # a row is made of anything that fits its columns
    for name in names:
        _fill(connection, name)
    before = dict.fromkeys(names, 1)
    assert _rows(connection, names) == before
    for part, _revision in first:
        upgrade_part(connection, part)
    assert _rows(connection, names) == before
    for table in ("core_unit", "ab_user"):  # what was there is found by pinyin too
        assert connection.execute(text(f"SELECT pinyin FROM {table}")).scalar_one()
    for part, revision in reversed(first):
        downgrade_part(connection, part, revision)
    assert _rows(connection, names) == before


def test_no_revision_has_lost_a_check(suite: Suite, connection: Connection) -> None:
    """SQLite copies a table to change it, and Alembic does not see the CHECKs of the old one."""
    for part in parts(suite):
        upgrade_part(connection, part)
    reader = inspect(connection)
    there = {name for part in parts(suite) for name in tables_of(connection, part.name)}
    lost = [f"{table.name}: {name}" for table in Model.metadata.sorted_tables if table.name in there
            for name in _checks(table) - {check["name"] for check in reader.get_check_constraints(table.name)}]
    assert not lost, f"write the CHECK into the revision, or change the table in plain SQL: {lost}"


def _checks(table: Table) -> set[Any]:
    return {rule.name for rule in table.constraints if isinstance(rule, CheckConstraint) and rule.name}


def _fill(connection: Connection, name: str) -> None:
    """One row; every number is 1, so that every reference finds its row."""
    table = Table(name, Model.metadata.__class__(), autoload_with=connection)
    connection.execute(table.insert().values({column.name: _something(column) for column in table.columns}))


def _something(column: Column[Any]) -> Any:
    if isinstance(column.type, Integer | Numeric):
        return 1
    kind = column.type.python_type
    noon = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    return {dt.date: noon.date(), dt.time: noon.time(), dt.datetime: noon, bool: True, dict: {}, bytes: b"1"}.get(kind, "1")


def _rows(connection: Connection, names: list[str]) -> dict[str, int]:
    return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}
