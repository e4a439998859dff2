"""A thousand letters signed as one act: one drawing process against two, each letter in its own transaction.

``python -m benchmarks.letters_batch [--letters 1000] [--json FILE]``
"""
from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.common import REALISTIC, child, fresh_database, memory_mb, show
from core.testing.postgres import private_postgres


def sign(letters: int, processes: int) -> dict[str, Any]:
    """Sign that many letters of one bureau; seconds, and for how long a number was held until its letter was kept."""
    from core import lifecycle, moment
    from core.access import as_system
    from core.app import create_app
    from core.letter import numbers, press, register
    from core.letter.models import Letter, LetterState
    from core.letter.storing import to_json
    from core.testing.people import make_unit

    app = create_app()
    lifecycle.upgrade(app.extensions["yingshang"], app)
    with app.app_context(), as_system("measuring") as session:
        unit = make_unit(session, f"B{processes}", "示例市场监督管理局", doc_word=f"示例{processes}")
        kind = next(iter(register.letter_kinds().values()))
        session.add_all(Letter(kind=kind.kind, bureau_id=unit.id, unit_id=unit.id, addressee=f"天津第{n}示例商贸有限公司",
                               title=kind.name, fields=to_json(kind.sample), state=LetterState.REVIEWED,
                               drafted_at=moment.now(), reviewed_at=moment.now()) for n in range(letters + 8))
        session.commit()
        ids = [letter.id for letter in session.query(Letter).filter(Letter.bureau_id == unit.id).order_by(Letter.id)]
        taken, held, refused = [0.0], [], []
        take = numbers.take

        def timed(*given: Any) -> int:
            taken[0] = time.perf_counter()
            return take(*given)

        def after(letter_id: int, refusal: Any) -> None:
            session.commit()
            held.append((time.perf_counter() - taken[0]) * 1000)
            if refusal is not None:
                refused.append((letter_id, refusal.message))

        with patch.object(numbers, "take", timed), press.Press(processes) as drawing:
            press.sign_all(session, ids[:8], session.info["viewer"], drawing, after)  # fonts and processes are warm
            held.clear()
            began, own = time.perf_counter(), time.process_time()
            press.sign_all(session, ids[8:], session.info["viewer"], drawing, after)
            seconds, own = time.perf_counter() - began, time.process_time() - own
        drawn = resource.getrusage(resource.RUSAGE_CHILDREN)
        series = [one for one in register.check_numbers(session) if one["organ"] == unit.name and one["last"]][-1]
        size = statistics.median(session.scalars(session.query(Letter.size).filter(Letter.size.is_not(None)).statement).all())
    return {"letters": letters, "processes": processes, "seconds": round(seconds, 2),
            "held_ms": round(statistics.median(held), 2), "own_cpu_ms": round(own / letters * 1000, 1),
            "drawing_cpu_ms": round((drawn.ru_utime + drawn.ru_stime) / letters * 1000, 1),
            "held_p95_ms": round(sorted(held)[int(len(held) * 0.95) - 1], 2), "kb": round(size / 1024, 1),
            "refused": len(refused), "gaps": len(series["gaps"]), "twins": len(series["duplicates"]),
            "peak_mb": memory_mb("VmHWM")}


def main() -> int:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--letters", type=int, default=1000)
    asked.add_argument("--json", type=Path)
    asked.add_argument("--processes", type=int, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.processes:
        print(json.dumps(sign(given.letters, given.processes)))
        return 0
    with private_postgres(REALISTIC) as server, \
            tempfile.TemporaryDirectory(prefix="yingshang-bench-") as folder:
        environment = {"YINGSHANG_VAR": f"{folder}/var", "YINGSHANG_DATABASE_URL": fresh_database(server, "batch")}
        found = [child("benchmarks.letters_batch", "--letters", given.letters, "--processes", count, **environment)
                 for count in (1, 2)]
    one = found[0]
    print(f"\n{given.letters:,} letters of the first kind, PDF/A-3u, sealed (ECDSA P-256), signed code, each its own "
          "transaction\n")
    headings = ("processes", "s", "letters/s", "ratio", "number held, ms (p50 / p95)",
                "CPU ms a letter: signing / drawing", "KB", "refused / gaps / twins", "peak MB")
    show(headings, [
        (run["processes"], run["seconds"], f"{run['letters'] / run['seconds']:.1f}", f"{one['seconds'] / run['seconds']:.2f}",
         f"{run['held_ms']} / {run['held_p95_ms']}", f"{run['own_cpu_ms']} / {run['drawing_cpu_ms']}", run["kb"],
         f"{run['refused']} / {run['gaps']} / {run['twins']}", run["peak_mb"]) for run in found])
    if given.json:
        given.json.write_text(json.dumps(found, indent=2), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
