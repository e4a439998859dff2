"""A real worker on the embedded broker: it does what it is told, stops when it is told, and may be killed at any moment."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import background_app
from background_app import wait_for
from background_fixtures import person
from core.access import as_system
from core.audit import AuditEntry, record
from core.db import db
from core.jobs.alive import DEAD_AFTER
from core.jobs.broker import Channel
from core.jobs.install import Jobs
from core.jobs.models import JobRun, Task, TaskState
from core.jobs.sweep import run_due
from core.jobs.tasks import start
from core.moment import now
from core.outbox import post

HERE = Path(__file__).parent
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with background_app.own_sweep():
        app = background_app.build(background_app.settings_for(tmp_path / "var"))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def worker(app: Flask, tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        env = os.environ | {"PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parents[1]}"}
        with (tmp_path / "worker.log").open("ab") as log:
            started.append(subprocess.Popen([sys.executable, HERE / "worker_process.py", tmp_path / "var"], env=env,
                                            stdout=log, stderr=log, start_new_session=True))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def begin_task(session: Session, folder: Path, **params: Any) -> Task:
    clerk = person(session, f"clerk{session.query(Task).count()}")
    task = start(session, "test.count", {"file": str(folder / "numbers"), "n": 5, **params}, clerk)
    session.commit()
    return task


def state(task_id: int) -> TaskState | None:
    with as_system("looking") as session:
        return session.scalar(select(Task.state).where(Task.id == task_id))


def group_of(process: subprocess.Popen[bytes]) -> list[int]:
    """Every process of the worker's session that is still there."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == process.pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def test_a_worker_does_what_the_web_side_asks_for(app: Flask, worker: Start, tmp_path: Path) -> None:
    worker()
    with as_system("tests") as session:
        task = begin_task(session, tmp_path)
    wait_for(lambda: state(task.id) is TaskState.DONE)
    assert (tmp_path / "numbers").read_text().split() == ["1", "2", "3", "4", "5"]


def test_a_worker_sweeps_as_soon_as_it_is_there(app: Flask, worker: Start, tmp_path: Path) -> None:
    with as_system("tests") as session:
        post(session, to="li@example.cn", channel="email", subject="S", body="B", dedupe_key="k")
        session.commit()
    worker()
    wait_for(lambda: list((tmp_path / "var" / "mail").glob("*.eml")))


def test_the_beat_ticks_in_the_worker(app: Flask, worker: Start) -> None:
    def sealed() -> bool:
        with as_system("looking") as session:
            return session.scalar(select(AuditEntry.seq).limit(1)) is not None

    worker()
    with as_system("tests") as session:
        record(session, "read", "core_case", 1)
        session.commit()
    wait_for(sealed)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_ends_promptly_and_leaves_no_process(worker: Start, how: signal.Signals,
                                                                          tmp_path: Path) -> None:
    process = worker()
    wait_for(lambda: b"ready" in (tmp_path / "worker.log").read_bytes())
    assert group_of(process) == [process.pid]  # beat is a thread, not a process of its own
    process.send_signal(how)
    assert process.wait(timeout=6) == 0
    assert group_of(process) == []


def test_a_busy_worker_that_is_told_to_stop_hands_its_task_to_the_next(app: Flask, worker: Start, tmp_path: Path) -> None:
    process = worker()
    with as_system("tests") as session:
        task = begin_task(session, tmp_path, hang_at=2, hang_for=3)
    wait_for((tmp_path / "numbers.reached").exists)
    process.terminate()
    assert process.wait(timeout=15) == 0
    assert state(task.id) is TaskState.QUEUED
    worker()
    wait_for(lambda: state(task.id) is TaskState.DONE)
    assert (tmp_path / "numbers").read_text().split() == ["1", "2", "3", "4", "5"]


def test_work_that_never_reaches_a_checkpoint_cannot_keep_a_worker_from_stopping(app: Flask, worker: Start,
                                                                                tmp_path: Path) -> None:
    process = worker()
    with as_system("tests") as session:
        begin_task(session, tmp_path, hang_at=2, hang_for=600)
    wait_for((tmp_path / "numbers.reached").exists)
    process.terminate()
    process.wait(timeout=20)
    assert group_of(process) == []


def test_a_worker_killed_in_the_middle_loses_nothing(app: Flask, worker: Start, tmp_path: Path) -> None:
    process = worker()
    with as_system("tests") as session:
        task = begin_task(session, tmp_path, hang_at=3)
    wait_for((tmp_path / "numbers.reached").exists)
    process.kill()
    process.wait()
    assert group_of(process) == []
    assert state(task.id) is TaskState.RUNNING
    with as_system("the sweep, later") as session:
        run_due(session, now() + 2 * DEAD_AFTER)
        assert session.scalar(select(JobRun.id).where(JobRun.ended_at.is_(None))) is None
    assert state(task.id) is TaskState.QUEUED
    worker()
    wait_for(lambda: state(task.id) is TaskState.DONE)
    assert (tmp_path / "numbers").read_text().split() == ["1", "2", "3", "4", "5"]
    with as_system("looking") as session:
        assert session.get_one(Task, task.id).attempts == 2


def test_a_message_appears_complete_or_not_at_all(app: Flask) -> None:
    jobs: Jobs = app.extensions["jobs"]
    jobs.publish_job("core.sweep")
    with jobs.celery.connection_for_read() as connection:
        channel = connection.channel()
        assert isinstance(channel, Channel)
        folder = Path(channel.data_folder_in)
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "1_half.yingshang.msg.part").write_bytes(b'{"body": "ha')
        assert channel._get("yingshang")["headers"]["task"] == "yingshang.job"
        assert channel._size("yingshang") == 0
