"""The monthly register of enterprises: first import, the same again, a tenth changed; against a bare ``COPY``.

``python -m benchmarks.register [--rows 100000] [--json FILE]``
"""
from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from benchmarks.common import REALISTIC, child, fresh_database, memory_mb, show
from core.party.uscc import make_uscc
from core.testing.postgres import private_postgres

HEAD = ("统一社会信用代码", "企业名称", "登记状态", "法定代表人", "住所", "行业代码", "成立日期", "登记机关", "所属片区")
COPY_TABLE = ("CREATE TABLE bare_copy (uscc varchar(18) PRIMARY KEY, name varchar(200), status varchar(32), legal_rep "
              "varchar(64), registered_address varchar(255), industry varchar(16), registered_on date, registrar "
              "varchar(128), district_code varchar(12))")


def write(path: Path, rows: int, changed: bool = False) -> None:
    """A sheet of invented enterprises; when ``changed``, every tenth has moved."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream)
        sheet.writerow(HEAD)
        for n in range(rows):
            house = n + 1 if changed and n % 10 == 0 else n
            sheet.writerow((make_uscc("120117", n), f"天津第{n}示例商贸有限公司", "存续", "张三", f"芦台街道示例路{house}号",
                            "1512", "2020-03-05", "天津市宁河区市场监督管理局", "120117001"))


def bare(url: str, path: Path) -> float:
    """Seconds to COPY the sheet into a table of the same columns with a primary key."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(COPY_TABLE)
        raw: Any = connection.connection.dbapi_connection
        began = time.perf_counter()
        with path.open("rb") as stream, raw.cursor().copy("COPY bare_copy FROM STDIN (FORMAT csv, HEADER)") as copy:
            while chunk := stream.read(1 << 20):
                copy.write(chunk)
    taken = time.perf_counter() - began
    engine.dispose()
    return taken


def imported(path: str) -> dict[str, Any]:
    """Import one sheet in this process: seconds, what became of the rows, memory at the most."""
    from core import lifecycle
    from core.access import as_system, system_viewer
    from core.app import create_app
    from core.party.register_import import ENTERPRISES
    from core.tabular.importing import run_import

    app = create_app()
    lifecycle.upgrade(app.extensions["yingshang"], app)
    with app.app_context(), as_system("measuring") as session:
        before, began = memory_mb("VmHWM"), time.perf_counter()
        result = run_import(session, ENTERPRISES, Path(path), by=system_viewer("measuring"), bureau_id=None)
        session.commit()
        seconds = time.perf_counter() - began
    told = result.as_dict()
    return {"seconds": seconds, "before_mb": before, "peak_mb": memory_mb("VmHWM"),
            **{name: told[name] for name in ("rows", "created", "updated", "unchanged")}, "errors": len(told["errors"])}


def main() -> None:
    """Measure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, default=100_000)
    reader.add_argument("--json", type=Path)
    reader.add_argument("--sheet", help=argparse.SUPPRESS)  # the measurement's own child
    given = reader.parse_args()
    if given.sheet:
        print(json.dumps(imported(given.sheet)))
        return
    found: dict[str, Any] = {"rows": given.rows}
    with private_postgres(REALISTIC) as server, tempfile.TemporaryDirectory(prefix="yingshang-bench-") as folder:
        url, first, second = fresh_database(server, "register"), Path(folder) / "1.csv", Path(folder) / "2.csv"
        write(first, given.rows)
        write(second, given.rows, changed=True)
        found["copy"] = {"seconds": min(bare(fresh_database(server, f"bare_{n}"), first) for n in range(3))}
        environment = {"YINGSHANG_DATABASE_URL": url, "YINGSHANG_VAR": f"{folder}/var", "YINGSHANG_ADDONS": ""}
        for name, sheet in (("first", first), ("again", first), ("a tenth changed", second)):
            found[name] = child("benchmarks.register", "--sheet", sheet, **environment)
    base = found["copy"]["seconds"]
    lines = [("COPY alone", f"{base:.2f}", f"{given.rows / base:,.0f}", "1.0", "", "")]
    for name in ("first", "again", "a tenth changed"):
        one = found[name]
        lines.append((name, f"{one['seconds']:.2f}", f"{given.rows / one['seconds']:,.0f}",
                      f"{one['seconds'] / base:.1f}", one["peak_mb"],
                      f"{one['created']} / {one['updated']} / {one['unchanged']}"))
    print(f"\n{given.rows:,} enterprises\n")
    show(("import", "s", "rows/s", "× COPY", "peak MB", "created / updated / unchanged"), lines)
    if given.json:
        given.json.write_text(json.dumps(found, indent=2, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
