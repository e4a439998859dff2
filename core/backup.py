"""Everything in one archive: all tables as JSON lines, all stored files, and a manifest that says what there must be.

An archive is of one moment, is taken while people go on working, and can be put back on either kind of database. What
is put back is checked against the manifest, and the log against the head of its chain.
"""
from __future__ import annotations

import base64
import datetime as dt
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    MetaData,
    NullPool,
    Table,
    TypeDecorator,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from core import __version__, audit, moment
from core.access import as_system, system_viewer
from core.addon import Suite
from core.db import Model
from core.errors import Refusal
from core.exclusive import exclusive
from core.files import CHUNK, FileStore
from core.migrate import current, migration_engine, parts
from core.words import gettext as _

FORMAT = 1
BATCH = 500
PEOPLE = ("ab_user", "core_case", "core_enterprise")
"""An installation in which one of these has rows is somebody's; the rest is put there by the upgrade."""


def create_backup(app: Flask, file: Path) -> dict[str, Any]:
    """Write the archive; ``{"file", "tables", "rows", "letters", "files", "head"}``. Replaces ``file`` when complete."""
    suite: Suite = app.extensions["yingshang"]
    store: FileStore = app.extensions["jobs"].files
    with as_system("backup") as session:
        audit.record(session, "backed up", "core_backup", file.name)
        audit.seal(session)
        session.commit()
    draft = file.with_name(f".{file.name}.part")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive, _snapshot(suite) as connection:
            draft.chmod(0o600)
            manifest = _write_tables(archive, connection, suite)
            manifest["files"] = _write_files(archive, store, _hashes(connection))
            archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2))
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return _told(file, manifest)


def restore_backup(app: Flask, file: Path, *, force: bool = False) -> dict[str, Any]:
    """Put the archive's state in the place of this installation's; the same keys as :func:`create_backup`.

    Refused where there is anything that people made, unless ``force``; where the tables are not those of the archive;
    and when what was read is not what the manifest says. Then nothing was changed.
    """
    suite: Suite = app.extensions["yingshang"]
    with _opened(file) as (archive, manifest), exclusive(suite.settings):
        try:
            with migration_engine(suite.settings.database_url).begin() as connection:
                tables = _checked_target(connection, suite, manifest, force)
                _read_files(archive, manifest, app.extensions["jobs"].files)
                for table in reversed(tables):
                    connection.execute(table.delete())
                for table in tables:
                    _read_table(archive, connection, table, manifest["tables"][table.name])
                _set_sequences(connection, tables)
                _check_result(connection, manifest)
        except (zipfile.BadZipFile, json.JSONDecodeError) as error:
            raise Refusal(_("%(file)s is damaged (%(error)s). Nothing was changed.", file=file, error=error)) from error
    with as_system("restore") as session:
        audit.record(session, "restored", "core_backup", file.name, created_at=manifest["created_at"])
        session.commit()
    return _told(file, manifest)


def _told(file: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {"file": str(file), "tables": len(manifest["tables"]), "rows": sum(manifest["tables"].values()),
            "letters": manifest["tables"].get("core_letter", 0), "files": len(manifest["files"]), "head": manifest["head"]}


@contextmanager
def _snapshot(suite: Suite) -> Iterator[Connection]:
    """One moment's state, without keeping anybody from writing."""
    url = suite.settings.database_url
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        @event.listens_for(engine, "connect")
        def plain_transactions(connection: Any, _record: object) -> None:
            connection.isolation_level = None

        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    else:
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _tables(connection: Connection) -> list[Table]:
    """Every table but the positions in the migrations, those that are referred to first. Of a module that is not loaded
    there is no model, and the database itself is asked what its tables look like."""
    names = sorted(name for name in inspect(connection).get_table_names() if not name.endswith("_alembic"))
    metadata = MetaData()
    for name in names:
        if name in Model.metadata.tables:
            Model.metadata.tables[name].to_metadata(metadata)
    metadata.reflect(connection, only=[name for name in names if name not in metadata.tables])
    return [table for table in metadata.sorted_tables if table.name in names]


def _positions(connection: Connection, suite: Suite) -> dict[str, str | None]:
    return {part.name: current(connection, part) for part in parts(suite)}


def _write_tables(archive: zipfile.ZipFile, connection: Connection, suite: Suite) -> dict[str, Any]:
    counts = {}
    for table in _tables(connection):
        with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
            rows = 0
            for row in connection.execute(select(table).execution_options(yield_per=BATCH)).mappings():
                out.write(json.dumps(dict(row), ensure_ascii=False, default=_plain).encode() + b"\n")
                rows += 1
        counts[table.name] = rows
    head = connection.execute(select(audit.AuditHead.__table__.c.chain)).scalar()
    return {"format": FORMAT, "version": __version__, "created_at": moment.now().isoformat(), "head": head,
            "revisions": _positions(connection, suite), "tables": counts}


def _hashes(connection: Connection) -> set[str]:
    """What the tables say lies in the store: every column whose name ends in ``sha256``."""
    found: set[str] = set()
    for table in _tables(connection):
        for column in table.c:
            if column.name.endswith("sha256"):
                found.update(connection.execute(select(column).where(column.is_not(None)).distinct()).scalars())
    return found


def _write_files(archive: zipfile.ZipFile, store: FileStore, hashes: set[str]) -> list[str]:
    """The stored files, as they are: they are compressed already. A hash may also be of a sheet that was not kept."""
    kept = sorted(sha256 for sha256 in hashes if store.exists(sha256))
    for sha256 in kept:
        entry = zipfile.ZipInfo(f"files/{sha256}")
        with store.open(sha256) as stored, archive.open(entry, "w", force_zip64=True) as out:
            while piece := stored.read(CHUNK):
                out.write(piece)
    return kept


@contextmanager
def _opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            manifest = json.loads(archive.read("manifest.json"))
            entries = set(archive.namelist())
            if manifest["format"] != FORMAT:
                raise Refusal(_("%(file)s was written by another version of the suite.", file=file))
            wanted = {f"tables/{name}.jsonl" for name in manifest["tables"]} | {f"files/{name}" for name in manifest["files"]}
        except (zipfile.BadZipFile, KeyError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise Refusal(_("%(file)s is no complete archive of this suite (%(error)s). Nothing was changed.", file=file,
                            error=error)) from error
        if not wanted <= entries:
            raise Refusal(_("%(file)s is no complete archive of this suite (%(error)s). Nothing was changed.", file=file,
                            error=", ".join(sorted(wanted - entries)[:3])))
        yield archive, manifest


def _checked_target(connection: Connection, suite: Suite, manifest: Mapping[str, Any], force: bool) -> list[Table]:
    here, there = _positions(connection, suite), manifest["revisions"]
    if here != there:
        different = sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
        raise Refusal(_("The archive's tables are not those of this installation (%(parts)s). Install version %(version)s "
                        "with the same modules, and run yingshang upgrade first.", parts=", ".join(different),
                        version=manifest["version"]))
    tables = {table.name: table for table in _tables(connection)}
    missing = sorted(manifest["tables"].keys() ^ tables.keys())
    if missing:
        raise Refusal(_("The archive's tables are not those of this installation (%(parts)s). Install version %(version)s "
                        "with the same modules, and run yingshang upgrade first.", parts=", ".join(missing),
                        version=manifest["version"]))
    filled = [name for name in PEOPLE if connection.execute(select(tables[name]).limit(1)).first() is not None]
    if filled and not force:
        raise Refusal(_("There are people or cases in this installation. To delete them and put the archive in their "
                        "place, add --force."))
    return list(tables.values())


def _read_files(archive: zipfile.ZipFile, manifest: Mapping[str, Any], store: FileStore) -> None:
    for sha256 in manifest["files"]:
        with archive.open(f"files/{sha256}") as kept:
            put = store.put(kept, archive.getinfo(f"files/{sha256}").file_size)
        if put.sha256 != sha256:
            raise Refusal(_("A file in the archive is damaged (%(sha256)s). Nothing was changed.", sha256=sha256[:12]))


def _read_table(archive: zipfile.ZipFile, connection: Connection, table: Table, expected: int) -> None:
    """The rows; what refers to a row of the same table is filled in when all of them are there."""
    own = {column.name for column in table.c if any(key.column.table is table for key in column.foreign_keys)}
    later: list[dict[str, Any]] = []
    batch: list[dict[str, Any]] = []
    keys = [column.name for column in table.primary_key]
    rows = 0
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for line in lines:
            row = {name: _typed(table.c[name], value) for name, value in json.loads(line).items()}
            referring = {name: row[name] for name in own if row[name] is not None}
            if referring:
                later.append({f"key_{name}": row[name] for name in keys} | {f"new_{name}": row[name] for name in own})
                row |= dict.fromkeys(own)
            batch.append(row)
            rows += 1
            if len(batch) == BATCH:
                connection.execute(insert(table), batch)
                batch = []
    if batch:
        connection.execute(insert(table), batch)
    if later:
        connection.execute(update(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in keys)).values(
            {name: bindparam(f"new_{name}") for name in own}), later)
    if rows != expected:
        raise Refusal(_("The archive is damaged: %(table)s has %(rows)s rows instead of %(expected)s. Nothing was changed.",
                        table=table.name, rows=rows, expected=expected))


def _set_sequences(connection: Connection, tables: list[Table]) -> None:
    """PostgreSQL counts keys by itself and must go on where the archive stopped."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key:
            sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"),
                                          {"table": f'"{table.name}"', "column": column.name}).scalar()
            if sequence is None and connection.dialect.has_sequence(connection, f"{table.name}_{column.name}_seq"):
                sequence = f"{table.name}_{column.name}_seq"
            if sequence is not None:
                last = connection.execute(select(func.max(column))).scalar()
                connection.execute(text("SELECT setval(:sequence, :value, :used)"),
                                   {"sequence": sequence, "value": last or 1, "used": last is not None})


def _check_result(connection: Connection, manifest: Mapping[str, Any]) -> None:
    """References hold, and the log is the one that was backed up."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise Refusal(_("The archive is damaged: a row of %(table)s refers to a missing one. Nothing was changed.",
                            table=broken[0]))
    with Session(connection) as session:
        session.info["viewer"] = system_viewer("restore")
        found = audit.verify(session)
    if not found.ok or found.head != manifest["head"]:
        raise Refusal(_("The log in the archive is not whole. Nothing was changed."))


def _plain(value: object) -> str:
    """What JSON has no word for: dates in ISO 8601, exact numbers as digits, bytes in Base64."""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"a value of the type {type(value).__name__} cannot be kept")


def _typed(column: Column[Any], value: Any) -> Any:
    """The value as the column takes it."""
    if value is None or isinstance(column.type, JSON):
        return value
    stored = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = stored.python_type
    if kind is dt.datetime:
        return dt.datetime.fromisoformat(value)
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    if kind is dt.time:
        return dt.time.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    return base64.b64decode(value) if kind is bytes else value
