"""``make run``: brings the database up to the code, fills an empty one with the demo, and starts web and worker.

Both run in one process group, which ends as a whole: on Ctrl-C, on TERM or HUP, when one of the two dies, and when this
process is killed.
"""
from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click

from core.cli import root
from core.errors import Refusal
from core.settings import Settings

COMMAND = str(Path(sys.executable).with_name("yingshang"))
READY_WITHIN, STOP_WITHIN = 120.0, 20.0
"""Seconds."""
Process = subprocess.Popen[bytes]


class Told(BaseException):
    """A signal told us to stop."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 after a stop that was asked for, 1 when something did not start or died."""
    parser = argparse.ArgumentParser(prog="make run", description="Start the suite on this machine.")
    parser.add_argument("--port", type=int, default=8080)
    port: int = parser.parse_args(arguments).port
    try:
        host = Settings.load().web.host
    except Refusal as refusal:
        return _failed(refusal.message)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    processes: list[Process] = []
    try:
        if not _free(host, port):
            return _failed(f"Port {port} is taken; choose another one: make run PORT={port + 1}")
        if not prepare():
            return _failed("The database could not be prepared; nothing was started.")
        start(processes, "serve", "--port", str(port))
        start(processes, "worker")
        if not wait_until_ready(processes, f"http://{_reachable(host)}:{port}"):
            return _failed("The suite did not start; its own words stand above.")
        tell(f"http://{_reachable(host)}:{port}")
        os.waitid(os.P_PGID, processes[0].pid, os.WEXITED | os.WNOWAIT)
        return _failed("A process has ended by itself; stopping everything.")
    except Told:
        return 0
    finally:
        stop(processes)


def prepare() -> bool:
    """Upgrade the database and load the demo, which does nothing when it is there."""
    steps = [["upgrade"]]
    if has_demo():
        steps.append(["demo", "load", "--scale", "small"])
    return all(subprocess.run([COMMAND, *step], check=False).returncode == 0 for step in steps)


def has_demo() -> bool:
    """Does this suite have the command ``demo``?"""
    return "demo" in root.list_commands(click.Context(root))


def start(processes: list[Process], *arguments: str) -> None:
    """Start a part of the suite in the group of the first; it is told to end should this process be killed."""
    group = processes[0].pid if processes else 0
    command = ["setpriv", "--pdeathsig=TERM", COMMAND, *arguments]
    processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=group))


def wait_until_ready(processes: list[Process], address: str) -> bool:
    """Ask until the server answers; False when a process dies or nothing happens for too long."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and all(process.poll() is None for process in processes):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


def tell(address: str) -> None:
    """Where to sign in, as whom, with which passwords."""
    print(f"\nYingshang 营商: {address}", flush=True)
    if has_demo():
        subprocess.run([COMMAND, "demo", "accounts"], check=False)
    print("Ctrl-C stops everything.", flush=True)


def stop(processes: list[Process]) -> None:
    """End the whole group, politely and then not; nothing of it is left when this returns."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # we are at it already
    if not processes:
        return
    group = processes[0].pid
    until = time.monotonic() + STOP_WITHIN
    _signal(group, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(group, signal.SIGKILL)
            process.wait()
    _signal(group, signal.SIGKILL)  # what a process that died may have left


def _failed(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Told


def _free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _reachable(host: str) -> str:
    """The address under which a server that listens on ``host`` is reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)


if __name__ == "__main__":
    sys.exit(main())
