"""A session on both databases, with the tables that sheets are imported into."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from stand_ins import Own, viewer

from core.access.models import User
from core.access.viewer import Viewer
from core.audit import AuditEntry
from core.db import Model
from core.party.models import Enterprise
from core.tabular.models import ImportBatch

NEEDED = (User, AuditEntry, Enterprise, ImportBatch)
"""Importing them has put their tables, and those they refer to, into the metadata."""


@pytest.fixture
def clerk() -> Viewer:
    return viewer("penalty:import", "penalty:export", "enterprise:import")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A private cluster of our own on a socket in a temporary folder."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    folder = Path(tempfile.mkdtemp(prefix="yingshang-pg-"))
    as_owner: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"
    run: Any = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(
        [
            *as_owner,
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "suite",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ],
        **run,
    )
    flags = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    subprocess.run(
        [*as_owner, str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", flags, "start"],
        **run,
    )
    try:
        yield f"postgresql+psycopg://suite@/postgres?host={folder}"
    finally:
        subprocess.run([*as_owner, str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"], **run)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'test.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    engine = create_engine(url)
    if request.param == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    Model.metadata.create_all(engine)
    Own.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            User.__table__.insert().values(
                id=1, username="wang", first_name="王", last_name="科员", email="wang@example.org", active=True
            )
        )
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine, clerk: Viewer) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        session.info["viewer"] = clerk
        yield session
