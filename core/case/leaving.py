"""What becomes of cases when a bureau switches their module off, when an upgrade is rehearsed, when a module is purged."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from core.case.models import Case, Clock
from core.case.workflow import CLOSED

CASES: Table = Case.__table__


def open_cases(session: Session, module: str, bureau_id: int) -> list[dict[str, Any]]:
    """The bureau's cases of ``module`` that are not closed, oldest first: ``{"number", "title", "state"}``."""
    query = (select(CASES.c.number, CASES.c.title, CASES.c.state).order_by(CASES.c.opened_at, CASES.c.id)
             .where(_kinds(module), CASES.c.bureau_id == bureau_id, CASES.c.meaning != CLOSED))
    return [{"number": row.number, "title": row.title, "state": row.state} for row in session.connection().execute(query)]


def count_open(session: Session, module: str) -> dict[int, int]:
    """How many cases of ``module`` are not closed, by bureau, whoever asks: numbers only. One statement."""
    query = select(CASES.c.bureau_id, func.count()).where(_kinds(module), CASES.c.meaning != CLOSED).group_by(CASES.c.bureau_id)
    return {row[0]: row[1] for row in session.connection().execute(query)}


def open_due_dates(session: Session, _suite: object) -> Mapping[str, str]:
    """Case number and clock → due date, for every clock that runs: what a rehearsed upgrade must not move unnoticed."""
    query = select(CASES.c.number, Clock.code, Clock.id, Clock.due_on).join_from(
        CASES, Clock, Clock.case_id == CASES.c.id).where(Clock.stopped_at.is_(None))
    return {f"{row.number} {row.code} ({row.id})": row.due_on.isoformat()
            for row in session.connection().execute(query)}


def rows_of(module: str) -> dict[Table, ColumnElement[bool]]:
    """Core's tables with what they hold of the module's cases, what refers to others first.

    Also what hangs on them by a row between (the public projection of an event), but for what hangs on a letter: signed
    letters stay.
    """
    ids = select(CASES.c.id).where(_kinds(module))
    found: dict[Table, ColumnElement[bool]] = {}
    for table in Case.metadata.sorted_tables:
        if not table.name.startswith("core_") or table is CASES:
            continue
        direct = [key.parent.in_(ids) for key in table.foreign_keys if key.column is CASES.c.id]
        between = [key.parent.in_(select(key.column).where(found[key.column.table])) for key in table.foreign_keys
                   if key.column.table in found and key.column.table is not table and key.column.table.name != "core_letter"]
        if direct or between:
            found[table] = or_(*(direct or between))
    return dict(reversed(found.items())) | {CASES: _kinds(module)}


def delete_cases(connection: Connection, module: str) -> dict[str, int]:
    """Delete the module's cases and all that hangs on them. Letters that were signed stay, without their case."""
    kept = 0
    for table, rule in rows_of(module).items():
        if table.name == "core_letter":
            connection.execute(delete(table).where(rule, table.c.number.is_(None)))
            kept = connection.execute(update(table).where(rule).values(case_id=None)).rowcount
        elif table is not CASES:
            connection.execute(delete(table).where(rule))
    return {"cases": connection.execute(delete(CASES).where(_kinds(module))).rowcount, "letters_kept": kept}


def _kinds(module: str) -> ColumnElement[bool]:
    return CASES.c.kind.startswith(f"{module}.", autoescape=True)
