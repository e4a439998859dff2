"""Take a module's data out of the database for good, with an export left behind."""
from __future__ import annotations

import base64
import datetime as dt
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, MetaData, Table, delete, select, text
from sqlalchemy.orm import Session

from core import audit, moment
from core.access import system_viewer
from core.addon import Suite
from core.case.leaving import delete_cases, rows_of
from core.errors import NotFound, Refusal
from core.exclusive import exclusive
from core.migrate import check_references, current, installed_parts, parts, tables_of
from core.migration_engine import migration_engine
from core.module_switch import BureauModule
from core.words import gettext as _

Purger = Callable[[Connection, str], Any]
_purgers: dict[str, Purger] = {}


def register_purger(name: str, function: Purger) -> None:
    """Have ``function(connection, module)`` settle what another room keeps about a module, in the purge's transaction,
    when its tables and its cases are gone. What it returns, a plain JSON value, is reported under its name."""
    _purgers[name] = function


def purge(suite: Suite, module: str, confirmation: str) -> dict[str, Any]:
    """Export the module's tables and cases into ``var/purged``, then drop them and the module's place in the migration
    history. Letters that were signed are core's and stay, without their case.

    Works for a module whose folder is already gone. ``confirmation`` must repeat the name. Returns ``{"module",
    "export", "tables", "rows", "settled"}``, where ``settled["cases"]`` tells of cases and letters. Refused
    while a module that is loaded or in the database needs it. All in one transaction, under the upgrade's lock: a purge
    that fails has changed nothing.
    """
    if confirmation != module:
        raise Refusal(_("Nothing was purged: the name must be repeated exactly as %(module)s.", module=module))
    with exclusive(suite.settings), migration_engine(suite.settings.database_url).begin() as connection:
        _refuse_if_needed(suite, connection, module)
        tables = tables_of(connection, module)
        metadata = MetaData()
        metadata.reflect(connection, only=tables)
        owned = [table for table in metadata.sorted_tables if table.name in tables]
        if connection.dialect.name == "postgresql":
            for table in owned:  # nobody adds a row between the export and the end
                connection.execute(text(f"LOCK TABLE {connection.dialect.identifier_preparer.format_table(table)}"))
        export, rows = _export(suite, connection, module, owned)
        metadata.drop_all(connection, tables=owned)
        Table(f"{module}_alembic", MetaData()).drop(connection, checkfirst=True)
        settled: dict[str, Any] = {"cases": delete_cases(connection, module)}
        settled |= {name: settle(connection, module) for name, settle in _purgers.items()}
        check_references(connection)
        with Session(connection) as session:
            session.info["viewer"] = system_viewer("purge")
            session.execute(delete(BureauModule).where(BureauModule.module == module))
            audit.record(session, "purged", "module", module, export=export.name, tables=tables, rows=rows)
    return {"module": module, "export": str(export), "tables": tables, "rows": rows, "settled": settled}


def _refuse_if_needed(suite: Suite, connection: Connection, module: str) -> None:
    installed = installed_parts(connection)
    if module == "core" or (module not in suite.found and module not in installed):
        raise NotFound(_("There is no module %(module)s.", module=module))
    present = installed | {addon.name for addon in suite.addons}
    dependants = sorted(name for name, addon in suite.found.items() if module in addon.depends and name in present)
    if dependants:
        raise Refusal(_("%(module)s cannot be purged: %(dependants)s depends on it. Purge that first.", module=module,
                        dependants=", ".join(dependants)))


def _export(suite: Suite, connection: Connection, module: str, tables: list[Table]) -> tuple[Path, int]:
    """A zip with one file of JSON lines a table and a ``manifest.json``; written beside and renamed when complete."""
    folder = suite.settings.var / "purged"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{module}-{moment.now():%Y%m%dT%H%M%SZ}.zip"
    draft = path.with_suffix(".part")
    counts = {}
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for table in tables:
                counts[table.name] = _write_table(archive, connection, table)
            for table, rule in rows_of(module).items():
                if connection.scalar(select(table).where(rule).limit(1)) is not None:
                    counts[table.name] = _write_table(archive, connection, table, rule)
            addon = suite.found.get(module)
            position = [current(connection, part) for part in parts(suite) if part.name == module]
            manifest = {"module": module, "version": addon.version if addon else None,
                        "revision": position[0] if position else None, "exported_at": moment.now().isoformat(),
                        "tables": counts}
            archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2))
        draft.chmod(0o600)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return path, sum(counts.values())


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: Table,
                 rule: ColumnElement[bool] | None = None) -> int:
    count = 0
    query = select(table) if rule is None else select(table).where(rule)
    with archive.open(f"{table.name}.jsonl", "w") as file:
        for row in connection.execute(query.execution_options(stream_results=True)).mappings():
            file.write(json.dumps(dict(row), ensure_ascii=False, default=_plain).encode() + b"\n")
            count += 1
    return count


def _plain(value: object) -> str:
    """What JSON has no word for, as text: dates in ISO 8601, exact numbers as digits, bytes in Base64."""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dt.timedelta):
        return str(value.total_seconds())
    raise TypeError(f"a value of the type {type(value).__name__} cannot be exported")
