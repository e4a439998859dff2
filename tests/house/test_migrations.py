"""A module's tables grow with it, on both databases, and nobody else's tables are touched."""
from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Boolean, Column, Engine, ForeignKey, Index, Integer, MetaData, String, Table, inspect, text
from sqlalchemy.exc import DBAPIError

from core.addon import Suite
from core.db import Model, UtcDateTime
from core.errors import Refusal
from core.migrate import (
    Part,
    baseline,
    check,
    current,
    downgrade_part,
    drift,
    head,
    installed_parts,
    migration_engine,
    parts,
    pending,
    revision,
    tables_of,
    upgrade_part,
)
from house.kinds_of_modules import MakeAddon


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = migration_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def part(tmp_path: Path) -> Part:
    return Part("noise", tmp_path / "noise" / "migrations" / "versions", ("noise", "noise_map"))


def models(*permit_columns: Column[object]) -> MetaData:
    """A module's models: permits and the visits that belong to them."""
    metadata = MetaData(naming_convention=Model.metadata.naming_convention)
    Table("noise_permit", metadata, Column("id", Integer, primary_key=True), Column("holder", String(40), nullable=False),
          Column("at", UtcDateTime), *permit_columns)
    Table("noise_visit", metadata, Column("id", Integer, primary_key=True),
          Column("permit_id", ForeignKey("noise_permit.id", ondelete="CASCADE"), nullable=False))
    Table("noise_map_tile", metadata, Column("id", Integer, primary_key=True))
    return metadata


def write_first(engine: Engine, part: Part) -> Path:
    with engine.begin() as connection:
        return revision(connection, part, "permits and visits", models())


def test_a_module_writes_its_first_migration_and_applies_it(engine: Engine, part: Part) -> None:
    path = write_first(engine, part)
    assert path.name == "noise_0001_permits_and_visits.py"
    source = path.read_text("utf-8")
    assert source.startswith('"""permits and visits"""') and "core.db" not in source and "noise_map" not in source
    with engine.begin() as connection:
        assert (current(connection, part), pending(connection, part)) == (None, ["noise_0001"])
        assert upgrade_part(connection, part) == ["noise_0001"]
    with engine.connect() as connection:
        assert current(connection, part) == head(part) == "noise_0001"
        assert set(inspect(connection).get_table_names()) == {"noise_alembic", "noise_permit", "noise_visit"}
        assert tables_of(connection, "noise") == ["noise_permit", "noise_visit"]
        assert check(connection, part, models()) == []
        assert upgrade_part(connection, part) == [] == pending(connection, part)


def test_models_that_went_on_without_a_migration_are_found_out(engine: Engine, part: Part) -> None:
    write_first(engine, part)
    with engine.begin() as connection:
        upgrade_part(connection, part)
    with engine.connect() as connection:
        assert check(connection, part, models(Column("decibel", Integer))) == ["add column noise_permit decibel"]


def test_a_later_migration_changes_a_table_that_is_in_use(engine: Engine, part: Part) -> None:
    """SQLite copies a table to alter it; what refers to its rows must survive that."""
    write_first(engine, part)
    with engine.begin() as connection:
        upgrade_part(connection, part)
        connection.execute(text("INSERT INTO noise_permit (id, holder) VALUES (1, 'Hall')"))
        connection.execute(text("INSERT INTO noise_visit (id, permit_id) VALUES (1, 1)"))
    with engine.begin() as connection:
        metadata = models(Column("decibel", Integer))
        metadata.tables["noise_permit"].c.holder.type = String(80)
        assert revision(connection, part, "decibel", metadata).name == "noise_0002_decibel.py"
        assert upgrade_part(connection, part) == ["noise_0002"]
        assert check(connection, part, metadata) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM noise_visit")).scalar() == 1
    with engine.begin() as connection:
        downgrade_part(connection, part, "noise_0001")
        assert current(connection, part) == "noise_0001" and check(connection, part, models()) == []
        downgrade_part(connection, part)
        assert tables_of(connection, "noise") == []


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine, part: Part) -> None:
    path = write_first(engine, part)
    path.write_text(path.read_text("utf-8").replace("def downgrade", "    op.execute('SELECT nothing FROM nowhere')\n\n\n"
                                                    "def downgrade"), "utf-8")
    with pytest.raises(DBAPIError), engine.begin() as connection:
        upgrade_part(connection, part)
    with engine.connect() as connection:
        assert tables_of(connection, "noise") == [] and current(connection, part) is None


def test_tables_that_nobody_describes_are_never_dropped(engine: Engine, part: Part) -> None:
    write_first(engine, part)
    with engine.begin() as connection:
        upgrade_part(connection, part)
        for table in ("noise_old", "noise_map_tile", "switched_off_case", "core_unit"):
            connection.execute(text(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)"))
    with engine.begin() as connection:
        assert check(connection, part, models()) == []
        assert "drop" not in revision(connection, part, "nothing", models()).read_text("utf-8").partition("def down")[0]
        assert tables_of(connection, "noise") == ["noise_map_tile", "noise_old", "noise_permit", "noise_visit"]
        connection.execute(text("CREATE TABLE noise_map_alembic (version_num VARCHAR(32))"))
    with engine.connect() as connection:
        assert installed_parts(connection) == {"noise", "noise_map"}
        assert "noise_map_tile" not in tables_of(connection, "noise")


def test_a_database_newer_than_the_program_is_not_touched(engine: Engine, part: Part) -> None:
    path = write_first(engine, part)
    with engine.begin() as connection:
        upgrade_part(connection, part)
        connection.execute(text("UPDATE noise_alembic SET version_num = 'noise_0009'"))
    with pytest.raises(Refusal, match=r"newer.*noise_0009"), engine.begin() as connection:
        upgrade_part(connection, part)
    assert path.exists()


def test_core_and_each_module_have_a_history_of_their_own(make_addon: MakeAddon, suite_of: Callable[..., Suite]) -> None:
    make_addon("beta", {"depends": ["alpha"]})
    folder = make_addon("alpha")
    names = [part.name for part in parts(suite_of())]
    assert names == ["core", "alpha", "beta"]
    assert parts(suite_of())[1].versions == folder / "migrations" / "versions"
    assert parts(suite_of())[1].version_table == "alpha_alembic"
    assert head(parts(suite_of())[1]) is None, "a module without tables needs no migrations"


def test_what_migrations_make_is_compared_with_the_models_on_an_empty_database(
        make_addon: MakeAddon, suite_of: Callable[..., Suite]) -> None:
    folder = make_addon("noise")
    metadata = models()
    for table in [table for name, table in metadata.tables.items() if name.startswith("noise_map")]:
        metadata.remove(table)
    assert drift(suite_of(), metadata)["noise"] == ["add table noise_permit", "add table noise_visit"]
    engine = migration_engine("sqlite://")
    with engine.connect() as connection:
        revision(connection, Part("noise", folder / "migrations" / "versions", ("noise",)), "first", metadata)
    assert drift(suite_of(), metadata)["noise"] == []


def test_the_first_revision_can_be_written_anew_and_is_the_same_each_time(engine: Engine, part: Part) -> None:
    first = baseline(part, models())
    text_of_it = first.read_text("utf-8")
    assert baseline(part, models()) == first and first.read_text("utf-8") == text_of_it
    assert "name=op.f('pk_noise_permit')" in text_of_it and "name=op.f('fk_noise_visit_permit_id')" in text_of_it
    assert "###" not in text_of_it
    with engine.begin() as connection:
        assert upgrade_part(connection, part) == ["noise_0001"]
        assert check(connection, part, models()) == []
        revision(connection, part, "nothing new", models())
    with pytest.raises(Refusal, match="built on its first one"):
        baseline(part, models())


def test_a_condition_in_an_index_is_written_as_both_databases_read_it(engine: Engine, part: Part) -> None:
    metadata = models(Column("void", Boolean, nullable=False))
    table = metadata.tables["noise_permit"]
    Index("ix_noise_permit_live", table.c.holder, sqlite_where=table.c.void.is_(False),
          postgresql_where=table.c.void.is_(False))
    assert "void IS false" in baseline(part, metadata).read_text("utf-8")
    with engine.begin() as connection:
        assert upgrade_part(connection, part) == ["noise_0001"]


def test_every_constraint_has_a_name_even_of_tables_that_were_there_before_ours() -> None:
    code = ("import flask_appbuilder.security.sqla.models\nfrom core.db import Model\n"
            "assert Model.metadata.tables\n"
            "assert all(c.name for t in Model.metadata.tables.values() for c in t.constraints)")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
