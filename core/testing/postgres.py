"""A PostgreSQL of the tests' own: started from the installed binaries in a temporary folder, gone afterwards."""
from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=64MB",
        "autovacuum=off", "log_min_messages=fatal", "log_min_error_statement=panic", "timezone=UTC")
"""The data is thrown away, so nothing needs to survive a power cut."""


class NoPostgres(RuntimeError):
    """PostgreSQL's binaries are not on this machine."""


def binaries() -> Path:
    """The folder of the newest installed PostgreSQL. Raises :class:`NoPostgres`."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name.split(".")[0]))
    if folders:
        return folders[-1]
    found = shutil.which("postgres")
    if found is None:
        raise NoPostgres("PostgreSQL is missing: run make setup")
    return Path(found).resolve().parent


@contextmanager
def private_postgres(options: Sequence[str] = FAST) -> Iterator[str]:
    """Start a server, yield the URL of its database ``postgres``, stop it and remove its data."""
    programs, port = binaries(), _free_port()
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None  # the server refuses to run as root
    as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    folder = Path(tempfile.mkdtemp(prefix="yingshang-pg-"))
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    server = None
    try:
        subprocess.run([programs / "initdb", "-D", data, "-U", "yingshang", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                        "--no-sync"], check=True, capture_output=True, cwd=folder, **as_account)  # type: ignore[call-overload]
        arguments = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder)]
        for option in options:
            arguments += ["-c", option]
        server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
                                  **as_account)  # type: ignore[call-overload]
        subprocess.run([programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "30", "-q"], check=False)
        _wait_until_ready(programs, port)
        yield f"postgresql+psycopg://yingshang@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(programs: Path, port: int) -> None:
    """Ask until the server answers; each question waits for itself."""
    import psycopg

    for _attempt in range(200):
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="yingshang", dbname="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            subprocess.run([programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "1", "-q"], check=False)
            select_pause()
        else:
            return
    raise RuntimeError("the test server did not start")


def select_pause() -> None:
    """Give the server a tenth of a second of the processor."""
    import select

    select.select([], [], [], 0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
