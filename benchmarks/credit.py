"""The figures of a month over many penalties, and who is due for a pre-notice, on PostgreSQL.

``python -m benchmarks.credit [--rows 200000] [--times 20] [--json FILE]``
"""
from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.common import REALISTIC, child, fresh_database, show, statements, timed
from core.testing.postgres import private_postgres

MONTH = dt.date(2026, 10, 1)
SPREAD = 730
"""Days over which the decisions are spread, in the order in which they were entered, the last of them in the month."""

CASES = """
FROM (SELECT n,
      timestamptz '2026-10-31 09:00+08' - (({rows} - n) * {spread} / {rows}) * interval '1 day' AS d FROM generate_series(1,
          {rows}) n) x
CROSS JOIN LATERAL (SELECT id FROM core_unit WHERE is_enforcer ORDER BY id OFFSET (n % 8) LIMIT 1) b
"""
CASE = {
    "id": "n", "kind": "'credit_repair.penalty'", "number": "'NH-XY-BENCH-' || n", "query_code": "lpad(n::text, 8, '0')",
    "title": "'bench ' || n", "state": "CASE WHEN n % 10 = 0 THEN 'terminated' ELSE 'published' END",
    "meaning": "CASE WHEN n % 10 = 0 THEN 'closed' ELSE 'waiting' END", "confidentiality": "'internal'", "version": "1",
    "bureau_id": "b.id", "unit_id": "b.id", "opened_at": "d", "updated_at": "d", "rule_day": "d::date",
    "closed_at": "CASE WHEN n % 10 = 0 THEN d + interval '120 days' END"}
PENALTY = {
    "id": "c.id", "decided_on": "c.opened_at::date", "document_number": "'文' || c.id", "tier": "'general'", "kinds": "'罚款'",
    "apply_from": "(c.opened_at + interval '3 months')::date", "fine": "0.5", "paid_on": "c.opened_at::date",
    "min_last": "(c.opened_at + interval '3 months' - interval '1 day')::date", "corrected_on": "c.opened_at::date",
    "max_last": "(c.opened_at + interval '1 year')::date", "published_until": "(c.opened_at + interval '1 year')::date",
    "first_sent_at": "c.opened_at + interval '2 days'", "first_accepted": "c.id % 20 > 0", "report_days": "(c.id % 9)::int",
    "accepted_at": "c.opened_at + interval '3 days'", "published_on": "(c.opened_at + interval '4 days')::date",
    "served_on": "(c.opened_at + interval '3 days')::date", "served_with_letter": "c.id % 15 > 0",
    "prenoticed_on": "(c.opened_at + interval '75 days')::date",
    "prenotice_counts_until": "(c.opened_at + interval '105 days')::date"}
CLOCK = {
    "id": "c.id", "case_id": "c.id", "code": "'publish'", "rule_key": "'penalty.report'", "amount": "7", "unit": "'WD'",
    "rule_version_id": "(SELECT min(id) FROM core_rule_version WHERE key = 'penalty.report')", "start_at": "c.opened_at",
    "pauses": "'[]'", "extensions": "'[]'", "reminded": "'[]'", "due_on": "(c.opened_at + interval '10 days')::date",
    "due_at": "c.opened_at + interval '10 days'", "stopped_at": "c.opened_at + (c.id % 13) * interval '1 day'",
    "result": "CASE WHEN c.id % 13 > 10 THEN 'late' ELSE 'on_time' END"}


def _fill(session: Any, rows: int) -> None:
    """So many published decisions over two years, with their clocks."""
    from addons.credit_repair.models import Penalty
    from core.case.models import Case, Clock

    for table, given, source in ((Case.__table__, CASE, CASES.format(rows=rows, spread=SPREAD)),
                                 (Penalty.__table__, PENALTY, "FROM core_case c"), (Clock.__table__, CLOCK,
                                                                                    "FROM core_case c")):
        values = _values(table, given)
        session.connection().execute(text(f"INSERT INTO {table.name} ({', '.join(values)}) SELECT {', '.join(values.values())} "
                                          f"{source}"))
    session.connection().execute(text("ANALYZE"))
    session.commit()


def _values(table: Any, given: dict[str, str]) -> dict[str, str]:
    """What each column gets: as ``given``; one that must not be empty, and that a model got later, its nothing."""
    nothing = {bool: "false", int: "0"}
    return {column.name: given.get(column.name) or nothing.get(column.type.python_type, "''") for column in table.columns
            if column.name in given or not column.nullable}


def measured(rows: int, times: int) -> dict[str, Any]:
    """Fill the database of the environment and measure in this process."""
    from addons.credit_repair.letters import due
    from addons.credit_repair.stats import INDICATORS
    from core import lifecycle
    from core.access import as_system
    from core.app import create_app
    from core.board.stats import compute
    from core.db import db

    app = create_app()
    lifecycle.upgrade(app.extensions["yingshang"], app)
    found: dict[str, Any] = {"figures": {}}
    with app.app_context(), as_system("measuring") as session:
        _fill(session, rows)
        for item in INDICATORS:
            figure = compute(session, item, MONTH)
            found["figures"][item.code] = timed(lambda item=item: compute(session, item, MONTH), times) | {  # type: ignore[misc]
                "counted": figure.denominator}
        found["all"] = timed(lambda: [compute(session, item, MONTH) for item in INDICATORS], times)
        with statements(db.engine) as sent:
            found["due"] = len(due.prenotices(session, dt.date(2026, 11, 24)))
        found["statements"] = len(sent)
        found["prenotices"] = timed(lambda: due.prenotices(session, dt.date(2026, 11, 24)), times)
    return found


def main() -> None:
    """Measure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, default=200_000)
    reader.add_argument("--times", type=int, default=20)
    reader.add_argument("--json", type=Path)
    reader.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # the measurement's own child
    given = reader.parse_args()
    if given.here:
        print(json.dumps(measured(given.rows, given.times)))
        return
    with private_postgres(REALISTIC) as server, tempfile.TemporaryDirectory(prefix="yingshang-bench-") as folder:
        found = child("benchmarks.credit", "--here", "--rows", given.rows, "--times", given.times,
                      YINGSHANG_DATABASE_URL=fresh_database(server, "credit"), YINGSHANG_VAR=folder,
                      YINGSHANG_ADDONS="credit_repair")
    print(f"\n{given.rows:,} penalties, figures of one month\n")
    show(("figure", "p50 ms", "p95 ms", "counted"), [
        *((code.partition(".")[2], one["p50_ms"], one["p95_ms"], one["counted"]) for code, one in found["figures"].items()),
        ("all of them", found["all"]["p50_ms"], found["all"]["p95_ms"], ""),
        (f"who is due for a pre-notice ({found['statements']} statements)", found["prenotices"]["p50_ms"],
         found["prenotices"]["p95_ms"], found["due"])])
    if given.json:
        given.json.write_text(json.dumps(found, indent=2, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
