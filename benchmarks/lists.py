"""A list page under the row rule, against plain Flask-AppBuilder over the same table in the same run.

``python -m benchmarks.lists [--rows 10000 --rows 1000000] [--times 40] [--json FILE]``
"""
from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.common import REALISTIC, child, fresh_database, show
from core.testing.postgres import private_postgres


def run(server: str, rows: int, times: int) -> dict[str, Any]:
    """Fill a database and let both read it in turn, twice; the better half of each is kept."""
    url = fresh_database(server, f"lists_{rows}")
    with tempfile.TemporaryDirectory(prefix="yingshang-bench-") as folder:
        environment = {"YINGSHANG_DATABASE_URL": url, "YINGSHANG_VAR": folder, "YINGSHANG_ADDONS": ""}
        child("benchmarks.suite_worker", "prepare", rows, **environment)
        child("benchmarks.plain_worker", "start", url)  # its first start writes its permissions
        both: dict[str, list[dict[str, Any]]] = {"suite": [], "plain": []}
        for _round in range(2):
            both["suite"].append(child("benchmarks.suite_worker", "measure", times, **environment))
            both["plain"].append(child("benchmarks.plain_worker", times, url))
    return {"rows": rows, **{name: _better(*rounds) for name, rounds in both.items()}}


def _better(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    pages = {name: min(first["pages"][name], second["pages"][name], key=lambda page: page["cpu_ms"])
             for name in first["pages"]}
    best = {name: min(first[name], second[name]) for name in ("start_s", "idle_mb", "after_mb")}
    return best | {"pages": pages} | ({"sql_ms": first["sql_ms"]} if "sql_ms" in first else {})


def report(found: dict[str, Any]) -> None:
    """The figures of one size, with ratios."""
    ours, theirs = found["suite"], found["plain"]
    print(f"\n{found['rows']:,} cases, 50 a page; the list query alone {ours['sql_ms']['p50_ms']} ms\n")
    lines = []
    for name, other in theirs["pages"].items():
        page = ours["pages"].get(name) or ours["pages"]["list in HTML"]
        lines.append((name, page["cpu_ms"], other["cpu_ms"], f"{other['cpu_ms'] / page['cpu_ms']:.1f} ×", page["p50_ms"],
                      page["p95_ms"], other["p50_ms"], other["p95_ms"], page["statements"], other["statements"]))
    show(("page", "suite CPU ms", "plain CPU ms", "ratio", "suite p50", "p95", "plain p50", "p95", "suite SQL", "plain SQL"),
         lines)
    print()
    show(("worker", "suite", "plain"), [
        ("start, s", ours["start_s"], theirs["start_s"]), ("idle, MB", ours["idle_mb"], theirs["idle_mb"]),
        ("after the pages, MB", ours["after_mb"], theirs["after_mb"])])


def main() -> None:
    """Measure every size."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, action="append")
    reader.add_argument("--times", type=int, default=40)
    reader.add_argument("--json", type=Path)
    given = reader.parse_args()
    found = []
    with private_postgres(REALISTIC) as server:
        for rows in given.rows or (10_000, 1_000_000):
            found.append(run(server, rows, given.times))
            report(found[-1])
    if given.json:
        given.json.write_text(json.dumps(found, indent=2, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
