"""A module is taken out for good: with an export, after a question, and without hurting anybody else."""
from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    inspect,
    text,
)
from sqlalchemy.orm import Session

from core import lifecycle
from core import purge as purging
from core.access import system_viewer
from core.addon import Suite
from core.errors import NotFound, Refusal
from core.migrate import Part, migration_engine, revision
from core.purge import purge
from core.settings import Settings
from core.testing.people import make_unit, switch_on
from house.kinds_of_modules import MakeAddon

SuiteOf = Callable[..., Suite]


def tables(name: str, *more: Column[Any]) -> MetaData:
    metadata = MetaData()
    Table(f"{name}_permit", metadata, Column("id", Integer, primary_key=True), Column("holder", String(40)), *more)
    Table(f"{name}_visit", metadata, Column("id", Integer, primary_key=True),
          Column("permit_id", ForeignKey(f"{name}_permit.id")))
    return metadata


@pytest.fixture
def modules(make_addon: MakeAddon, monkeypatch: pytest.MonkeyPatch) -> None:
    """``noise``, which ``music`` needs, and ``noise_map``, whose name begins like the first one's."""
    monkeypatch.setattr(lifecycle, "_synchronisers", {})
    monkeypatch.setattr(purging, "_purgers", {})
    names = ("noise", "noise_map", "music")
    for name in names:
        folder = make_addon(name, {"depends": ["noise"] if name == "music" else []})
        metadata = tables(name, Column("fee", Numeric(8, 2)), Column("since", Date), Column("plan", LargeBinary))
        with migration_engine("sqlite://").connect() as connection:
            revision(connection, Part(name, folder / "migrations" / "versions", names), "first", metadata)


@pytest.fixture
def suite(modules: None, suite_of: SuiteOf, make_app: Callable[[Suite], Flask], settings: Settings) -> Suite:
    """All three are installed and have a row or two."""
    suite = suite_of()
    lifecycle.upgrade(suite, make_app(suite))
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        for name in ("noise", "noise_map"):
            connection.execute(text(f"INSERT INTO {name}_permit VALUES (1, '文化馆', 12.50, '2026-11-23', :plan)"),
                               {"plan": b"\x00\xff"})
            connection.execute(text(f"INSERT INTO {name}_visit VALUES (1, 1)"))
    with Session(engine) as session:
        session.info["viewer"] = system_viewer("test")
        switch_on(session, "noise_map", [make_unit(session, "EPB", "区生态环境局")])
        session.execute(text("DELETE FROM core_audit"))
        session.commit()
    engine.dispose()
    return suite


def all_tables(settings: Settings) -> set[str]:
    engine = create_engine(settings.database_url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_the_data_are_exported_and_only_this_modules_tables_go(suite: Suite, settings: Settings) -> None:
    before = all_tables(settings)
    report = purge(suite, "noise_map", "noise_map")
    assert before - all_tables(settings) == {"noise_map_permit", "noise_map_visit", "noise_map_alembic"}
    assert (report["tables"], report["rows"]) == (["noise_map_permit", "noise_map_visit"], 2)
    export = Path(report["export"])
    assert stat.S_IMODE(export.stat().st_mode) == 0o600 and not list(export.parent.glob("*.part"))
    with zipfile.ZipFile(export) as archive:
        assert json.loads(archive.read("noise_map_permit.jsonl")) == {
            "id": 1, "holder": "文化馆", "fee": "12.50", "since": "2026-11-23", "plan": "AP8="}
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["revision"] == "noise_map_0001" and manifest["tables"] == {"noise_map_permit": 1, "noise_map_visit": 1}
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM core_bureau_module")).scalar() == 0
        assert connection.execute(text("SELECT action, subject_id FROM core_audit")).all() == [("purged", "noise_map")]
        assert connection.execute(text("SELECT count(*) FROM noise_permit")).scalar() == 1
    engine.dispose()


def test_a_module_that_another_one_needs_stays(suite: Suite, settings: Settings) -> None:
    with pytest.raises(Refusal, match="noise cannot be purged: music depends on it"):
        purge(suite, "noise", "noise")
    purge(suite, "music", "music")
    without_music = Suite(settings, [addon for addon in suite.addons if addon.name != "music"], suite.found)
    assert purge(without_music, "noise", "noise")["rows"] == 2
    assert "noise_map_permit" in all_tables(settings)


def test_a_module_whose_folder_is_gone_can_still_be_purged(suite: Suite, settings: Settings) -> None:
    core_alone = Suite(settings, [])
    assert purge(core_alone, "noise", "noise")["tables"] == ["noise_permit", "noise_visit"]
    assert "noise_map_permit" in all_tables(settings)


def test_the_wrong_answer_purges_nothing(suite: Suite, settings: Settings) -> None:
    before = all_tables(settings)
    with pytest.raises(Refusal, match="repeated exactly as noise_map"):
        purge(suite, "noise_map", "noise")
    for name in ("core", "ghost"):
        with pytest.raises(NotFound):
            purge(suite, name, name)
    assert all_tables(settings) == before and not (settings.var / "purged").exists()


def test_a_purge_that_fails_has_changed_nothing(suite: Suite, settings: Settings) -> None:
    def fail(connection: Connection, module: str) -> None:
        connection.execute(text("DELETE FROM core_bureau_module"))
        raise Refusal(f"letters of {module} are in print")

    before = all_tables(settings)
    purging.register_purger("letters", fail)
    with pytest.raises(Refusal, match="in print"):
        purge(suite, "noise_map", "noise_map")
    assert all_tables(settings) == before
    purging.register_purger("letters", lambda connection, module: {"kept": 3})
    assert purge(suite, "noise_map", "noise_map")["settled"]["letters"] == {"kept": 3}
