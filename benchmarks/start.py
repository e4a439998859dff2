"""A web worker's start with the credit module on, as ``yingshang serve`` starts one: from the beginning of the process to
the first answer, and the memory it has then.

``python -m benchmarks.start [--times 5] [--json FILE]``
"""
from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common import REALISTIC, child, fresh_database, memory_mb, show
from core.testing.postgres import private_postgres


def started(began: float) -> dict[str, Any]:
    """Start in this process, which began at ``began``."""
    from core.cli.frame import build_app, load_settings

    app = build_app(load_settings())
    assert app.test_client().get("/healthz").status_code == 200
    return {"seconds": round(time.time() - began, 2), "processor_s": round(time.process_time(), 2), "idle_mb": memory_mb()}


def prepared() -> dict[str, Any]:
    """Make the tables."""
    from core import lifecycle
    from core.cli.frame import build_app, load_settings

    app = build_app(load_settings())
    lifecycle.upgrade(app.extensions["yingshang"], app)
    return {}


def main() -> None:
    """Measure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--times", type=int, default=5)
    reader.add_argument("--json", type=Path)
    reader.add_argument("--began", type=float, help=argparse.SUPPRESS)  # the measurement's own children
    reader.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    given = reader.parse_args()
    if given.prepare or given.began:
        print(json.dumps(prepared() if given.prepare else started(given.began)))
        return
    with private_postgres(REALISTIC) as server, tempfile.TemporaryDirectory(prefix="yingshang-bench-") as folder:
        environment = {"YINGSHANG_DATABASE_URL": fresh_database(server, "start"), "YINGSHANG_VAR": folder,
                       "YINGSHANG_ADDONS": "credit_repair"}
        child("benchmarks.start", "--prepare", **environment)
        found = [child("benchmarks.start", "--began", time.time(), **environment) for _n in range(given.times)]
    print(f"\nA web worker with the credit module, {given.times} starts\n")
    show(("", "best", "median"), [(title, min(one[name] for one in found), round(median(one[name] for one in found), 2))
                                  for name, title in (("seconds", "to the first answer, s"), ("processor_s", "processor, s"),
                                                      ("idle_mb", "memory, MB"))])
    if given.json:
        given.json.write_text(json.dumps(found, indent=2), "utf-8")


if __name__ == "__main__":
    main()
