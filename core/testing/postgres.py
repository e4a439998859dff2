"""A PostgreSQL of the tests' own: started from the installed binaries in a temporary folder, gone afterwards.

It listens on a socket in that folder and on no port, so any number of them run beside one another and beside the
machine's own server, which is never touched.
"""
from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OWNER = "yingshang"
FAST: Mapping[str, str] = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
    "max_connections": "60", "shared_buffers": "64MB", "timezone": "UTC", "log_min_messages": "fatal",
}
"""The data is thrown away, so nothing needs to survive a power cut."""
START_WITHIN, STOP_WITHIN = 60.0, 20.0
"""Seconds."""


class NoPostgres(RuntimeError):
    """PostgreSQL is not on this machine, or its server did not start."""


def binaries() -> Path:
    """The folder of the newest installed PostgreSQL. Raises :class:`NoPostgres`."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    program = shutil.which("initdb")
    if program is None:
        raise NoPostgres("PostgreSQL is missing: run make setup")
    return Path(program).resolve().parent


@contextmanager
def private_postgres(options: Mapping[str, str] = FAST) -> Iterator[str]:
    """Start a server, yield the SQLAlchemy URL of its database ``postgres``, stop it and remove its data.

    ``options`` are the server's settings. The server also ends when this process is killed. Raises
    :class:`NoPostgres` with what the server said when it does not start.
    """
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="yingshang-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, *_account())
        _initialise(programs, folder)
        server = _start(programs, folder, options)
        try:
            _wait_until_ready(server, folder)
            yield f"postgresql+psycopg://{OWNER}@/postgres?host={folder}"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> tuple[int, int]:
    """User and group under which the server runs when we are root, which it refuses."""
    account = pwd.getpwnam("postgres")
    return account.pw_uid, account.pw_gid


def _as_owner(command: Sequence[str | Path]) -> list[str]:
    """``command`` under the server's account, ending with the process that started it."""
    user, group = _account() if os.geteuid() == 0 else (None, None)
    account = [f"--reuid={user}", f"--regid={group}", "--clear-groups"] if user is not None else []
    return ["setpriv", "--pdeathsig=INT", *account, *map(str, command)]


def _initialise(programs: Path, folder: Path) -> None:
    command: list[str | Path] = [
        programs / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8",
        "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    done = subprocess.run(_as_owner(command), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoPostgres(f"initdb failed: {done.stderr.strip()}")


def _start(programs: Path, folder: Path, options: Mapping[str, str]) -> subprocess.Popen[bytes]:
    settings = {"listen_addresses": "", "unix_socket_directories": str(folder), **options}
    command: list[str | Path] = [programs / "postgres", "-D", folder / "data"]
    command += [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(_as_owner(command), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _wait_until_ready(server: subprocess.Popen[Any], folder: Path) -> None:
    """Ask until the server answers; between two questions its end would be noticed."""
    import psycopg

    pause = 0.05
    for _question in range(int(START_WITHIN / pause)):
        try:
            psycopg.connect(host=str(folder), user=OWNER, dbname="postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            try:
                server.wait(pause)
                break
            except subprocess.TimeoutExpired:
                continue
    raise NoPostgres(f"PostgreSQL did not start: {(folder / 'log').read_text(errors='replace').strip()}")


def _stop(server: subprocess.Popen[Any]) -> None:
    server.send_signal(signal.SIGINT)  # the "fast" shutdown: whoever is still connected is sent away
    try:
        server.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(STOP_WITHIN)
