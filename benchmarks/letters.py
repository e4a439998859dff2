"""One page of a letter: the suite against plain WeasyPrint, a warm headless Chromium and wkhtmltopdf; memory; two workers.

``python -m benchmarks.letters [--times 15] [--letters 5000] [--json FILE]``

Each is a process of its own that is asked in turn, so that all of them meet the same load of the machine; the time is
taken inside it, on one core. The suite's letter is the real one (PDF/A-3u, tagged, on the
grid, seal, QR code, JSON attached); the others print a page of HTML that looks like it, in their default settings.
"""
from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT, show
from core.letter.prepare_fonts import font_folder, prepare

WARM = 3
NAMES = {"suite": "Yingshang, PDF/A-3u, tagged, sealed, with QR code and data",
         "weasyprint": "WeasyPrint, default settings, the machine's fonts",
         "weasyprint-fonts": "WeasyPrint, default settings, the suite's prepared fonts", "chromium": "Chromium headless, warm",
         "wkhtmltopdf": "wkhtmltopdf of Debian, a process each", "wkhtmltopdf-empty": "wkhtmltopdf, an EMPTY page"}
WANTED = {"weasyprint": 3.0, "chromium": 1.5}
"""How many times faster the suite is to be."""


class Worker:
    """A process that draws the letter of a number and says how long it took."""

    def __init__(self, name: str, one_core: bool = False) -> None:
        prepared = name in ("weasyprint-fonts", "chromium")  # wkhtmltopdf crashes with them
        fonts = {"FONTCONFIG_FILE": str(font_folder() / "fonts.conf")} if prepared else {}
        self.name, self.size, self.pages = name, 0, 0
        self.taken: list[float] = []
        self.spent: list[float] = []
        self.process = subprocess.Popen([sys.executable, "-m", "benchmarks.letter_worker", name], cwd=ROOT, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **fonts})
        if one_core:  # and whatever it starts: a browser is several processes
            os.sched_setaffinity(self.process.pid, {max(os.sched_getaffinity(0))})

    def ask(self, number: int) -> dict[str, Any]:
        """Draw one."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=60)


def compared(times: int) -> dict[str, dict[str, float]]:
    """Every rival that the machine has, in turn, ``times`` letters each after some that do not count."""
    names = [name for name in NAMES if not name.startswith("wkhtmltopdf") or shutil.which("wkhtmltopdf")]
    workers = [Worker(name, one_core=True) for name in names]
    try:
        for turn in range(WARM + times):
            for worker in workers:
                answer = worker.ask(turn)
                worker.size, worker.pages = answer["bytes"], answer["pages"]
                if turn >= WARM:
                    worker.taken.append(answer["ms"])
                    worker.spent.append(answer["cpu_ms"])
    finally:
        for worker in workers:
            worker.close()
    found = {}
    for worker in workers:
        low, middle, high = statistics.quantiles(worker.taken, n=4)
        found[worker.name] = {"ms": round(middle, 1), "low": round(low, 1), "high": round(high, 1),
                              "cpu_ms": round(statistics.mean(worker.spent), 1), "a_second": round(1000 / middle, 1),
                              "kb": round(worker.size / 1024, 1), "pages": worker.pages}
    return found


def many(letters: int) -> dict[str, Any]:
    """``letters`` different letters in one process: how fast, and its memory in MB after every tenth part."""
    worker, memory, spent = Worker("suite"), [], 0.0
    began = time.perf_counter()
    for number in range(letters):
        answer = worker.ask(number)
        spent += answer["cpu_ms"]
        if number and number % max(1, letters // 10) == 0:
            memory.append(answer["rss_mb"])
    taken = time.perf_counter() - began
    worker.close()
    return {"letters": letters, "seconds": round(taken, 1), "a_second": round(letters / taken, 1),
            "cpu_ms": round(spent / letters, 1), "memory_mb": memory}


def together(letters: int) -> dict[str, Any]:
    """The same number of letters by one worker and shared by two that work at once: letters a second by the clock, and the
    processor's time that a letter takes when one and when two work. Their ratio, twice, is what two processors give that
    have nothing else to do."""
    def run(workers: list[Worker]) -> tuple[float, float]:
        for worker in workers:
            for number in range(WARM):
                worker.ask(number)
        share = letters // len(workers)
        began, spent = time.perf_counter(), 0.0
        for worker in workers:
            assert worker.process.stdin
            worker.process.stdin.write("".join(f"{number}\n" for number in range(share)))
            worker.process.stdin.flush()
        for worker in workers:
            assert worker.process.stdout
            for _number in range(share):
                spent += json.loads(worker.process.stdout.readline())["cpu_ms"]
        taken = time.perf_counter() - began
        for worker in workers:
            worker.close()
        return share * len(workers) / taken, spent / (share * len(workers))

    (one, one_cpu), (two, two_cpu) = run([Worker("suite")]), run([Worker("suite"), Worker("suite")])
    return {"letters": letters, "one_a_second": round(one, 1), "two_a_second": round(two, 1), "times": round(two / one, 2),
            "one_cpu_ms": round(one_cpu, 1), "two_cpu_ms": round(two_cpu, 1), "cpu_times": round(2 * one_cpu / two_cpu, 2)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.letters")
    parser.add_argument("--times", type=int, default=15, help="letters of each rival")
    parser.add_argument("--letters", type=int, default=5000, help="letters of the run that watches the memory; 0: none")
    parser.add_argument("--json", type=Path, help="keep the figures there")
    given = parser.parse_args()
    prepare()
    figures: dict[str, Any] = {"one page": compared(given.times)}
    ours = figures["one page"]["suite"]
    show(("one page", "ms", "quartiles", "letters a second", "suite is faster by", "CPU ms", "by CPU", "wanted", "KB",
          "pages"), [
        (NAMES[name], row["ms"], f"{row['low']}–{row['high']}", row["a_second"], f"{row['ms'] / ours['ms']:.2f}",
         row["cpu_ms"], f"{row['cpu_ms'] / ours['cpu_ms']:.2f}", WANTED.get(name, ""), row["kb"], row["pages"])
        for name, row in figures["one page"].items()])
    if "wkhtmltopdf" not in figures["one page"]:
        print("\nwkhtmltopdf is not installed here (apt-get install wkhtmltopdf); the other rows are complete.")
    if given.letters:
        figures["many"], figures["two workers"] = many(given.letters), together(min(given.letters, 400))
        row = figures["many"]
        print(f"\n{row['letters']} letters in one process: {row['seconds']} s, {row['a_second']} a second, {row['cpu_ms']} ms "
              f"of the processor each; memory in MB after each tenth: {', '.join(map(str, row['memory_mb']))}")
        row = figures["two workers"]
        print(f"Two workers: {row['two_a_second']} a second against {row['one_a_second']} of one, {row['times']} times "
              f"({row['letters']} letters, {os.cpu_count()} processors); processor time of a letter {row['one_cpu_ms']} ms "
              f"alone, {row['two_cpu_ms']} ms beside another: {row['cpu_times']} times if nothing else works")
    if given.json:
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
