"""The month's register against the known one, with every enterprise's officer assigned by its address.

``python -m benchmarks.month [--rows 60000]``
"""
from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.common import REALISTIC, child, fresh_database, memory_mb, show
from benchmarks.register import write
from core.testing.postgres import private_postgres


def imported(path: str) -> dict[str, Any]:
    """Import one sheet in this process; districts and officers are drawn first where there are none."""
    from sqlalchemy import func, select

    from addons.districts.models import Post, Serving
    from addons.districts.operations.areas import draw_area
    from core import lifecycle, moment
    from core.access import Unit, as_system, system_viewer
    from core.access.models import Staff
    from core.app import create_app
    from core.party.register_import import ENTERPRISES
    from core.tabular.importing import run_import

    app = create_app()
    lifecycle.upgrade(app.extensions["yingshang"], app)
    with app.app_context(), as_system("measuring") as session:
        if session.scalar(select(Post.id).limit(1)) is None:
            street = session.scalars(select(Unit).where(Unit.code == "120117001")).one()
            since = moment.today() - dt.timedelta(days=30)
            for digit in range(1, 10):
                area = draw_area(session, street, f"01-{digit}", f"{digit}", words=(f"示例路{digit}",), valid_from=since)
                person = Staff(username=f"officer{digit}", last_name="示", first_name="例", email=f"{digit}@example.invalid",
                               active=True, password="-")
                session.add(person)
                session.flush()
                session.add(Post(user_id=person.id, unit_id=street.id, area_id=area.id, valid_from=since))
            session.commit()
        began = time.perf_counter()
        result = run_import(session, ENTERPRISES, Path(path), by=system_viewer("measuring"), bureau_id=None)
        session.commit()
        seconds = time.perf_counter() - began
        served = session.scalar(select(func.count()).select_from(Serving))
    told = result.as_dict()
    return {"seconds": seconds, "peak_mb": memory_mb("VmHWM"), "served": served,
            **{name: told[name] for name in ("rows", "created", "updated", "unchanged")}}


def main() -> None:
    """Measure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, default=60_000)
    reader.add_argument("--sheet", help=argparse.SUPPRESS)  # the measurement's own child
    given = reader.parse_args()
    if given.sheet:
        print(json.dumps(imported(given.sheet)))
        return
    with private_postgres(REALISTIC) as server, tempfile.TemporaryDirectory(prefix="yingshang-bench-") as folder:
        first, second = Path(folder) / "1.csv", Path(folder) / "2.csv"
        write(first, given.rows)
        write(second, given.rows, changed=True)
        environment = {"YINGSHANG_DATABASE_URL": fresh_database(server, "month"), "YINGSHANG_VAR": f"{folder}/var",
                       "YINGSHANG_ADDONS": "districts"}
        lines = []
        for name, sheet in (("first month", first), ("the same again", first), ("a tenth changed", second)):
            one = child("benchmarks.month", "--sheet", sheet, **environment)
            lines.append((name, f"{one['seconds']:.1f}", f"{one['created']} / {one['updated']} / {one['unchanged']}",
                          one["served"], one["peak_mb"]))
    print(f"\n{given.rows:,} rows\n")
    show(("month", "s", "created / updated / unchanged", "enterprises with an officer", "peak MB"), lines)


if __name__ == "__main__":
    main()
