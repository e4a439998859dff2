"""What the measurements share: processes of their own, times, tables of results."""
from __future__ import annotations

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

ROOT = Path(__file__).resolve().parent.parent
REALISTIC = {"shared_buffers": "512MB", "work_mem": "16MB", "random_page_cost": "1.1", "max_connections": "60",
             "timezone": "UTC",
             "log_min_messages": "fatal"}
"""Settings of a small server; everything else as PostgreSQL ships it, ``fsync`` included."""


def child(module: str, *arguments: object, **environment: str) -> dict[str, Any]:
    """Run ``python -m module arguments`` alone in a process; its last line of output is its answer in JSON.

    The answer gets ``spawn_to_end_s``; a child that fails stops the measurement with its own message.
    """
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", module, *map(str, arguments)], cwd=ROOT, text=True, check=False,
                          stdout=subprocess.PIPE, env=os.environ | environment)
    if done.returncode:
        raise SystemExit(f"{module} ended with status {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer | {"spawn_to_end_s": round(time.perf_counter() - began, 2)}


def timed(work: Callable[[], Any], times: int, warm: int = 5) -> dict[str, float]:
    """Milliseconds that ``work`` takes, after ``warm`` runs that do not count: median and 95th percentile by the clock,
    and the processor's time of this process in the mean, which other work on the machine hardly touches."""
    for _n in range(warm):
        work()
    taken, processor = [], time.process_time()
    for _n in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    processor = time.process_time() - processor
    taken.sort()
    return {"p50_ms": round(statistics.median(taken), 2), "p95_ms": round(taken[int(len(taken) * 0.95) - 1], 2),
            "cpu_ms": round(processor * 1000 / times, 2)}


def served(app: Any, path: str, query: dict[str, str], headers: dict[str, str]) -> Callable[[], bytes]:
    """A request ready to be made again and again: what is measured is the server's work alone, no test client's and no
    reading of the answer. The call gives the body and refuses anything but 200."""
    from werkzeug.test import EnvironBuilder, run_wsgi_app

    asked = EnvironBuilder(path=path, query_string=query, headers=list(headers.items())).get_environ()

    def call() -> bytes:
        body, status, _headers = run_wsgi_app(app, dict(asked))
        found = b"".join(body)
        assert status.startswith("200"), found
        return found

    return call


def signed_in_as(app: Any, person: int, page: str, **more: object) -> dict[str, str]:
    """The headers of a browser in which that account is signed in and has looked at ``page``: its cookie is complete."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(_user_id=str(person), _fresh=True, **more)
    assert client.get(page).status_code == 200
    return {"Cookie": "; ".join(f"{found.key}={found.value}" for found in client._cookies.values())}


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements sent meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def memory_mb(field: str = "VmRSS") -> float:
    """Memory of this process in MB: resident now (``VmRSS``) or at its most (``VmHWM``)."""
    found = re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
    return round(int(found[1]) / 1024, 1) if found else 0.0


def fresh_database(server: str, name: str) -> str:
    """Make an empty database on ``server``; its address."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def show(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for reading, in Markdown."""
    print("| " + " | ".join(headings) + " |\n|" + "---|" * len(headings))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def processor_ms() -> float:
    """The processor's time of this process and of all that it started, in milliseconds: other work on the machine hardly
    touches it."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (time.process_time() + ended.ru_utime + ended.ru_stime) * 1000 + _of_the_living(os.getpid())


def _of_the_living(parent: int) -> float:
    """The same of the processes below ``parent`` that have not ended."""
    spent: dict[int, float] = {}
    below: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _name, rest = re.split(r" \(|\) ", stat.read_text("utf-8", "replace"), maxsplit=2)
        except (OSError, ValueError):  # it has ended meanwhile
            continue
        values = rest.split()
        below.setdefault(int(values[1]), []).append(int(number))
        spent[int(number)] = sum(map(int, values[11:15])) * 1000 / os.sysconf("SC_CLK_TCK")
    found, waiting = 0.0, list(below.get(parent, ()))
    while waiting:
        number = waiting.pop()
        found += spent[number]
        waiting += below.get(number, ())
    return found
