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
TODAY, MONTH_END = dt.date(2026, 11, 24), dt.date(2026, 11, 30)
"""The day on which is measured, and until which the letters of the month are looked for."""
SPREAD = 730
"""Days over which the decisions are spread, in the order in which they were entered, the last of them in the month."""
ENTERPRISES = 50_000

# Every fourth decision is repaired: asked for 95 days after it (some 2,000 a month), answered ten days later, and the
# holder of the measure gives its receipt. One application in twenty is not accepted. The others expire after a year.
REPAIRED = "n % 4 = 0 AND ({rows} + n / 4) % 20 > 0 AND d + interval '105 days' < timestamptz '{today} 00:00+08'"
EXPIRED = "d + interval '1 year' < timestamptz '{today} 00:00+08'"
ENFORCER = "CROSS JOIN LATERAL (SELECT id FROM core_unit WHERE is_enforcer ORDER BY id OFFSET (n % 8) LIMIT 1) b"
DECISIONS = """
FROM (SELECT n, timestamptz '2026-10-31 09:00+08' - (({rows} - n) * {spread} / {rows}) * interval '1 day' AS d
      FROM generate_series(1, {rows}) n) x
"""
APPLICATIONS = """
FROM (SELECT c.id AS n, c.enterprise_id AS e, c.bureau_id AS b, c.opened_at + interval '95 days' AS d FROM core_case c
      WHERE c.kind = 'credit_repair.penalty' AND c.id % 4 = 0) x WHERE d < timestamptz '{today} 00:00+08'
"""
RESULTS = """
FROM (SELECT c.id AS n, c.enterprise_id AS e, c.bureau_id AS b, c.opened_at + interval '10 days' AS d FROM core_case c
      WHERE c.kind = 'credit_repair.repair' AND c.state = 'closed') x
"""
OF = "FROM core_case c WHERE c.kind = 'credit_repair.{kind}'"
CASE = {"query_code": "lpad(n::text, 8, '0')", "title": "'bench ' || n", "confidentiality": "'internal'", "version": "1",
        "workflow_version": "1", "opened_at": "d", "updated_at": "d", "rule_day": "d::date"}
PENALTY_CASE = CASE | {
    "id": "n", "kind": "'credit_repair.penalty'", "number": "'NH-XY-BENCH-' || n", "bureau_id": "b.id", "unit_id": "b.id",
    "enterprise_id": "1 + n % {enterprises}",
    "state": f"CASE WHEN {REPAIRED} THEN 'terminated' WHEN {EXPIRED} THEN 'expired' ELSE 'published' END",
    "meaning": f"CASE WHEN {REPAIRED} OR {EXPIRED} THEN 'closed' ELSE 'waiting' END",
    "closed_at": f"CASE WHEN {REPAIRED} THEN d + interval '105 days' WHEN {EXPIRED} THEN d + interval '1 year' END"}
PENALTY = {
    "id": "c.id", "party_name": "'示例企业' || c.enterprise_id", "violation": "repeat('未按规定', 15)",
    "facts": "repeat('经查，当事人', 50)", "legal_basis": "repeat('《示例条例》', 20)", "content": "repeat('罚款人民币', 12)",
    "authority_name": "'天津市宁河区示例局'", "source_name": "'天津市宁河区示例局'",
    "uscc": "lpad(c.enterprise_id::text, 18, '0')",
    "decided_on": "c.opened_at::date", "document_number": "'文' || c.id", "tier": "'general'", "kinds": "'罚款'",
    "apply_from": "(c.opened_at + interval '3 months')::date", "fine": "0.5", "paid_on": "c.opened_at::date",
    "min_last": "(c.opened_at + interval '3 months' - interval '1 day')::date", "corrected_on": "c.opened_at::date",
    "max_last": "(c.opened_at + interval '1 year')::date", "published_until": "(c.opened_at + interval '1 year')::date",
    "first_sent_at": "c.opened_at + interval '2 days'", "first_accepted": "c.id % 20 > 0", "report_days": "(c.id % 9)::int",
    "accepted_at": "c.opened_at + interval '3 days'", "published_on": "(c.opened_at + interval '4 days')::date",
    "served_on": "(c.opened_at + interval '3 days')::date", "served_with_letter": "c.id % 15 > 0",
    "prenoticed_on": "(c.opened_at + interval '75 days')::date",
    "prenotice_counts_until": "(c.opened_at + interval '105 days')::date"}
ANSWERED = "{opened} + interval '10 days' < timestamptz '{today} 00:00+08'"
REPAIR_CASE = CASE | {
    "id": "{rows} + n / 4", "kind": "'credit_repair.repair'", "number": "'NH-XF-BENCH-' || n", "bureau_id": "b", "unit_id": "b",
    "enterprise_id": "e",
    "state": f"CASE WHEN ({{rows}} + n / 4) % 20 = 0 THEN 'not_accepted' WHEN {ANSWERED.replace('{opened}', 'd')} "
             "THEN 'closed' ELSE 'accepted' END",
    "meaning": f"CASE WHEN ({{rows}} + n / 4) % 20 = 0 OR {ANSWERED.replace('{opened}', 'd')} THEN 'closed' ELSE 'open' END",
    "closed_at": f"CASE WHEN {ANSWERED.replace('{opened}', 'd')} THEN d + interval '10 days' END"}
REPAIR = {
    "id": "c.id", "missing": "'[]'", "channel": "CASE WHEN c.id % 3 = 0 THEN 'window' ELSE 'online' END",
    "assisted": "c.id % 2 = 0", "submitted_on": "c.opened_at::date", "pushed_on": "(c.opened_at + interval '1 day')::date",
    "accepted_on": "CASE WHEN c.id % 20 > 0 THEN (c.opened_at + interval '3 days')::date END",
    "declined_on": "CASE WHEN c.id % 20 = 0 THEN (c.opened_at + interval '3 days')::date END",
    "decided_on": "CASE WHEN c.state = 'closed' THEN (c.opened_at + interval '10 days')::date END",
    "total_days": "CASE WHEN c.state = 'closed' THEN (4 + c.id % 9)::int END"}
LINK = {"id": "c.id", "case_id": "c.id", "penalty_id": "(c.id - {rows}) * 4"}
SYNC_CASE = CASE | {
    "id": "{rows} + n", "kind": "'credit_repair.sync'", "number": "'NH-XT-BENCH-' || n", "bureau_id": "b", "unit_id": "b",
    "enterprise_id": "e", "state": "'lifted'", "meaning": "'closed'", "closed_at": "d + interval '3 days'"}
SYNC = {"id": "c.id", "repair_id": "c.id - {rows}", "ended_on": "c.opened_at::date",
        "answered_on": "(c.opened_at + interval '3 days')::date"}
CLOCK = {
    "id": "nextval(pg_get_serial_sequence('core_clock', 'id'))", "case_id": "c.id", "rule_key": "'penalty.report'",
    "amount": "7", "unit": "'WD'", "rule_version_id": "(SELECT min(id) FROM core_rule_version WHERE key = 'penalty.report')",
    "start_at": "c.opened_at", "pauses": "'[]'", "extensions": "'[]'", "reminded": "'[]'",
    "due_on": "(c.opened_at + interval '10 days')::date", "due_at": "c.opened_at + interval '10 days'",
    "stopped_at": "c.opened_at + (c.id % 13) * interval '1 day'",
    "result": "CASE WHEN c.id % 13 > 10 THEN 'late' ELSE 'on_time' END"}
COUNTS = {"id": "u.id", "bureau_id": "u.id", "month": "'{month}'", "decisions": "1100", "exempt": "20", "sampled": "50",
          "unreported": "u.id % 3"}
CLOCKS = {"penalty": ("publish",), "repair": ("accept", "decide", "total"), "sync": ("sync",)}


def _fill(session: Any, rows: int) -> None:
    """So many decisions over two years, the repairs asked for meanwhile and the receipts of those who held measures, with
    their clocks."""
    from addons.credit_repair.models import MonthCount, Penalty, Repair, RepairPenalty, Sync
    from core.case.models import Case, Clock
    from core.party.models import Enterprise

    enterprise = {"id": "n", "name": "'示例企业' || n", "uscc": "lpad(n::text, 18, '0')", "verified": "true", "version": "1"}
    steps: list[tuple[Any, dict[str, str], str]] = [
        (Enterprise, enterprise, "FROM generate_series(1, {enterprises}) n"), (Case, PENALTY_CASE, DECISIONS + ENFORCER),
        (Penalty, PENALTY, OF.replace("{kind}", "penalty")), (Case, REPAIR_CASE, APPLICATIONS),
        (Repair, REPAIR, OF.replace("{kind}", "repair")), (RepairPenalty, LINK, OF.replace("{kind}", "repair")),
        (Case, SYNC_CASE, RESULTS), (Sync, SYNC, OF.replace("{kind}", "sync")),
        (MonthCount, COUNTS, "FROM (SELECT id FROM core_unit WHERE is_enforcer ORDER BY id LIMIT 8) u"),
        *((Clock, CLOCK | {"code": f"'{code}'"}, OF.replace("{kind}", kind)) for kind, codes in CLOCKS.items()
          for code in codes)]
    for model, given, source in steps:
        values = _values(model.__table__, given)
        statement = (f"INSERT INTO {model.__tablename__} ({', '.join(values)}) SELECT {', '.join(values.values())} {source}")
        for name, value in {"rows": rows, "spread": SPREAD, "today": TODAY, "month": MONTH, "enterprises": ENTERPRISES}.items():
            statement = statement.replace(f"{{{name}}}", str(value))
        session.connection().execute(text(statement))
    session.commit()
    with session.get_bind().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))  # as a database is that has run for a day


def _values(table: Any, given: dict[str, str]) -> dict[str, str]:
    """What each column gets: as ``given``; one that must not be empty, and that a model got later, its nothing."""
    nothing = {bool: "false", int: "0"}
    return {column.name: given.get(column.name) or nothing.get(column.type.python_type, "''") for column in table.columns
            if column.name in given or not column.nullable}


def measured(rows: int, times: int) -> dict[str, Any]:
    """Fill the database of the environment and measure in this process."""
    from addons.credit_repair.letters import due
    from addons.credit_repair.stats import INDICATORS, LATE
    from core import lifecycle, moment
    from core.access import as_system
    from core.app import create_app
    from core.board.month import month_board
    from core.board.stats import compute, series
    from core.db import db

    app = create_app()
    lifecycle.upgrade(app.extensions["yingshang"], app)
    found: dict[str, Any] = {"figures": {}}
    with app.app_context(), as_system("measuring") as session, moment.at(TODAY):
        _fill(session, rows)
        for item in INDICATORS:
            figure = compute(session, item, MONTH)
            found["figures"][item.code] = timed(lambda item=item: compute(session, item, MONTH), times) | {  # type: ignore[misc]
                "counted": figure.denominator}
        found["all"] = timed(lambda: [compute(session, item, MONTH) for item in INDICATORS], times)
        found["board"] = timed(lambda: month_board(session, MONTH), times, warm=1)
        found["year"] = timed(lambda: series(session, LATE, MONTH), times, warm=1)
        with statements(db.engine) as sent:
            found["due"] = len(due.prenotices(session, MONTH_END))
        found["statements"] = len(sent)
        found["prenotices"] = timed(lambda: due.prenotices(session, MONTH_END), times)
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
        ("a leader's board: all of two months, what lies open, the bureaus", found["board"]["p50_ms"], found["board"]["p95_ms"],
         ""), ("twelve months of one figure, as drawn on it", found["year"]["p50_ms"], found["year"]["p95_ms"], ""),
        (f"who is due for a pre-notice ({found['statements']} statements)", found["prenotices"]["p50_ms"],
         found["prenotices"]["p95_ms"], found["due"])])
    if given.json:
        given.json.write_text(json.dumps(found, indent=2, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
