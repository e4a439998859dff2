"""How many needs two web workers take in, and what limits them. ``python -m benchmarks.portal [--seconds N] [--clients N]``

A real server with real workers, PostgreSQL with ``fsync``, each submission a page fetched and a form sent by another
address. Beside the pace: the processor's time that a submission takes in a worker and in the database, how busy both were,
and for what the database's sessions waited.
"""
from __future__ import annotations

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from benchmarks.common import REALISTIC, ROOT, child, fresh_database, show
from core.testing.postgres import private_postgres

PORT = 18473
KEY = re.compile(r'name="(key|csrf_token)" value="([^"]+)"')


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with private_postgres(REALISTIC) as server, tempfile.TemporaryDirectory() as folder:
        url = fresh_database(server, "portal")
        environment = {"YINGSHANG_VAR": folder, "YINGSHANG_DATABASE_URL": url, "YINGSHANG_WEB_TRUSTED_PROXIES": "1",
                       "YINGSHANG_LIMITS_PORTAL_FLOOD": "100000000"}
        child("benchmarks.portal_district", **environment)
        with _served(given.workers, environment) as base:
            found = _storm(base, url, given.clients, given.seconds)
        with create_engine(url).connect() as connection:
            found["needs"] = connection.execute(text("SELECT count(*) FROM districts_need")).scalar_one()
            found["numbers"] = connection.execute(text("SELECT count(DISTINCT number) FROM core_case")).scalar_one()
    if given.json:
        given.json.write_text(json.dumps(found, indent=2), "utf-8")
    show(("figure", "value"), list(found.items()))


@contextmanager
def _served(workers: int, environment: dict[str, str]) -> Iterator[str]:
    """The suite's own server; ends with all its workers."""
    process = subprocess.Popen([sys.executable, "-m", "core.cli", "serve", "--port", str(PORT), "--workers", str(workers)],
                               cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    base = f"http://127.0.0.1:{PORT}"
    try:
        for _n in range(240):
            try:
                if httpx.get(f"{base}/portal", timeout=5).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.5)
        yield base
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _storm(base: str, url: str, clients: int, seconds: int) -> dict[str, object]:
    """Many owners at once, for a while."""
    taken: list[tuple[float, float]] = []
    refused: Counter[int] = Counter()
    end = time.monotonic() + seconds
    waits, stop = Counter[str](), threading.Event()
    watcher = threading.Thread(target=_watch, args=(url, waits, stop))
    threads = [threading.Thread(target=_owner, args=(base, place, end, taken, refused)) for place in range(clients)]
    before, began = _processors(), time.monotonic()
    watcher.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.monotonic() - began
    after = _processors()
    stop.set()
    watcher.join()
    spent = {name: after[name] - before.get(name, 0) for name in after}
    count = len(taken)
    if not count:
        raise SystemExit(f"nothing was taken in: {dict(refused)}")
    return {
        "submissions": count, "refused": dict(refused), "per_second": round(count / lasted, 1), "clients": clients,
        "form_p50_ms": _ms([form for form, _sent in taken], 0.5), "send_p50_ms": _ms([s for _f, s in taken], 0.5),
        "send_p95_ms": _ms([s for _f, s in taken], 0.95),
        "worker_cpu_ms_each": round(spent["web"] / count * 1000, 1),
        "database_cpu_ms_each": round(spent["db"] / count * 1000, 1),
        "clients_cpu_ms_each": round(spent["self"] / count * 1000, 1),
        "machine_busy_percent": round(100 * spent["all"] / (lasted * (os.cpu_count() or 1))),
        "database_waits": dict(waits.most_common(5))}


def _owner(base: str, place: int, end: float, taken: list[tuple[float, float]], refused: Counter[int]) -> None:
    number = 0
    while time.monotonic() < end:
        number += 1
        headers = {"X-Forwarded-For": f"10.{place}.{number // 250}.{number % 250}"}
        with httpx.Client(base_url=base, headers=headers, timeout=60) as browser:
            began = time.perf_counter()
            form = dict(KEY.findall(browser.get("/portal/submit/need").text))
            middle = time.perf_counter()
            got = browser.post("/portal/submit/need", data=form | {
                "enterprise": "天津示例商贸有限公司", "title": "门前道路施工", "category": "物流", "contact_name": "张店主",
                "text": f"门前道路施工两周了，货车进不来，请协调。第{place}-{number}件。", "contact_phone": "13812345678"})
            if got.status_code == 303:
                taken.append((middle - began, time.perf_counter() - middle))
            else:
                refused[got.status_code] += 1


def _processors() -> dict[str, float]:
    """Seconds of processor time so far: of web workers, of the database, of this process, of the whole machine."""
    tick = os.sysconf("SC_CLK_TCK")
    spent = {"web": 0.0, "db": 0.0, "self": 0.0, "all": 0.0}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            command = (stat.parent / "cmdline").read_text("utf-8", "replace")
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used = (int(fields[11]) + int(fields[12])) / tick
        if stat.parent.name == str(os.getpid()):
            spent["self"] += used
        elif f"--port\0{PORT}" in command:
            spent["web"] += used
        elif command.startswith("postgres"):
            spent["db"] += used
    busy = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    spent["all"] = sum(int(busy[place]) for place in (0, 1, 2, 5, 6)) / tick
    return spent


def _watch(url: str, waits: Counter[str], stop: threading.Event) -> None:
    """What the database's sessions wait for, ten times a second."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        while not stop.wait(0.1):
            for row in connection.execute(text(
                    "SELECT state, wait_event_type AS kind, wait_event AS what FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()")):
                waits["running" if row.state == "active" and row.kind is None else
                      f"{row.kind}:{row.what}" if row.state == "active" else str(row.state)] += 1
    engine.dispose()


def _ms(values: list[float], part: float) -> float:
    return round(statistics.quantiles(values, n=100)[int(part * 100) - 1] * 1000, 1)


if __name__ == "__main__":
    main()
