"""Someone starts long work, watches it, stops it, fetches the result; and whatever happens to the worker, nothing is lost."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.errors import NotFound, Refusal
from core.jobs import alive, tasks
from core.jobs.install import Jobs
from core.jobs.models import Task, TaskState
from core.jobs.running import TakenOver, TaskRun, run_task
from core.jobs.tasks import MAX_ATTEMPTS, TaskKind, as_dict, cancel, find, recent, recover, register_kind, start
from core.moment import at, now

LATER = dt.timedelta(minutes=10)


@pytest.fixture
def told(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The tasks of which the workers were told."""
    heard: list[int] = []
    monkeypatch.setattr(Jobs, "publish_task", lambda self, task_id: heard.append(task_id))
    return heard


def begin(session: Session, by: int, folder: Path, kind: str = "test.count", n: int = 5, **params: Any) -> Task:
    task = start(session, kind, {"file": str(folder / "numbers"), "n": n, **params}, by)
    session.commit()
    return task


def state(session: Session, task: Task) -> TaskState:
    session.refresh(task)
    return task.state


def lines(folder: Path) -> list[str]:
    return (folder / "numbers").read_text().split()


def test_a_task_is_done_and_its_result_can_be_fetched(session: Session, jobs: Jobs, clerk: int, tmp_path: Path,
                                                      told: list[int]) -> None:
    task = begin(session, clerk, tmp_path)
    assert told == [task.id]
    run_task(jobs, task.id)
    assert state(session, task) is TaskState.DONE
    seen = as_dict(find(session, task.id, clerk))
    assert (seen["done"], seen["total"], seen["message"]) == (5, 5, "Counted.")
    with jobs.files.open(seen["result"]["sha256"]) as result:
        assert result.read().split() == [b"1", b"2", b"3", b"4", b"5"]


def test_workers_hear_of_a_task_when_it_is_committed_and_not_before(session: Session, clerk: int, told: list[int]) -> None:
    start(session, "test.count", {}, clerk)
    session.rollback()
    assert told == []
    with session.begin_nested():
        task = start(session, "test.count", {}, clerk)
    assert told == []
    session.commit()
    assert told == [task.id]
    session.commit()
    assert told == [task.id]


def test_a_message_heard_twice_does_the_work_once(session: Session, jobs: Jobs, clerk: int, tmp_path: Path,
                                                  told: list[int]) -> None:
    task = begin(session, clerk, tmp_path)
    for _ in range(3):
        run_task(jobs, task.id)
    assert lines(tmp_path) == ["1", "2", "3", "4", "5"]


def test_another_persons_task_does_not_exist(session: Session, clerk: int, colleague: int, tmp_path: Path) -> None:
    task = begin(session, clerk, tmp_path)
    for ask in (find, cancel):
        with pytest.raises(NotFound):
            ask(session, task.id, colleague)
    assert recent(session, colleague) == []
    assert [t.id for t in recent(session, clerk)] == [task.id]


def test_work_nobody_declared_cannot_be_asked_for(session: Session, clerk: int) -> None:
    with pytest.raises(LookupError):
        start(session, "os.system", {}, clerk)


def test_a_name_belongs_to_one_kind_of_work() -> None:
    with pytest.raises(ValueError, match=r"test\.count"):
        register_kind(TaskKind("test.count", lambda task: None, "Another"))


def test_a_waiting_task_is_cancelled_at_once(session: Session, jobs: Jobs, clerk: int, tmp_path: Path) -> None:
    task = begin(session, clerk, tmp_path)
    assert cancel(session, task.id, clerk).state is TaskState.CANCELLED
    session.commit()
    run_task(jobs, task.id)
    assert not (tmp_path / "numbers").exists()
    with pytest.raises(Refusal):
        cancel(session, task.id, clerk)


def test_a_running_task_stops_at_its_next_checkpoint_and_keeps_what_was_done(
        session: Session, jobs: Jobs, clerk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def watched(run: TaskRun) -> None:
        run.progress(1, 5)
        with jobs.open_session("the person presses stop") as other:
            cancel(other, run.id, clerk)
            other.commit()
        run.progress(2, 5)
        raise AssertionError("went on after it was stopped")

    monkeypatch.setitem(tasks._KINDS, "test.watched", TaskKind("test.watched", watched, "Watched"))  # type: ignore[arg-type]
    task = begin(session, clerk, tmp_path, "test.watched")
    run_task(jobs, task.id)
    assert (state(session, task), task.done) == (TaskState.CANCELLED, 2)


@pytest.fixture(autouse=True)
def going_on() -> Iterator[None]:
    yield
    alive.stopping.clear()


def test_a_refusal_is_told_to_the_person_and_a_fault_to_the_administrator(session: Session, jobs: Jobs, clerk: int,
                                                                          tmp_path: Path) -> None:
    refused = begin(session, clerk, tmp_path, n=20, refuse_at=13)
    run_task(jobs, refused.id)
    assert (state(session, refused), refused.message) == (TaskState.FAILED, "Number 13 may not be counted.")
    broken = begin(session, clerk, tmp_path, fault_at=2)
    with pytest.raises(ZeroDivisionError):
        run_task(jobs, broken.id)
    assert state(session, broken) is TaskState.FAILED
    assert "counting machine" in broken.error and "counting machine" not in broken.message
    assert str(broken.id) in broken.message


def test_a_worker_that_is_told_to_stop_hands_the_task_on(session: Session, jobs: Jobs, clerk: int, tmp_path: Path,
                                                         told: list[int]) -> None:
    task = begin(session, clerk, tmp_path)
    alive.stopping.set()
    run_task(jobs, task.id)
    assert (state(session, task), task.done) == (TaskState.QUEUED, 1)
    alive.stopping.clear()
    assert recover(session, now()) == 1
    assert told == [task.id, task.id]
    run_task(jobs, task.id)
    assert state(session, task) is TaskState.DONE
    assert lines(tmp_path) == ["1", "2", "3", "4", "5"]


def died_in_the_middle(session: Session, task: Task, attempts: int = 1, **more: Any) -> None:
    session.execute(update(Task).where(Task.id == task.id).values(
        state=TaskState.RUNNING, attempts=attempts, heartbeat_at=now(), **more))
    session.commit()


def test_what_a_dead_worker_left_is_taken_up_again_once(session: Session, clerk: int, tmp_path: Path, told: list[int]) -> None:
    task = begin(session, clerk, tmp_path)
    died_in_the_middle(session, task)
    assert recover(session, now()) == 0
    assert recover(session, now() + LATER) == 2
    assert recover(session, now() + LATER) == 0
    assert (state(session, task), told) == (TaskState.QUEUED, [task.id, task.id])


@pytest.mark.parametrize(("kind", "attempts", "more", "expected"), [
    ("test.once", 1, {}, TaskState.FAILED), ("test.count", MAX_ATTEMPTS, {}, TaskState.FAILED),
    ("test.count", 1, {"cancel_requested": True}, TaskState.CANCELLED)])
def test_what_cannot_go_on_is_ended_for_all_to_see(session: Session, clerk: int, tmp_path: Path, told: list[int], kind: str,
                                                   attempts: int, more: dict[str, Any], expected: TaskState) -> None:
    task = begin(session, clerk, tmp_path, kind)
    died_in_the_middle(session, task, attempts, **more)
    recover(session, now() + LATER)
    assert state(session, task) is expected
    assert task.ended_at is not None
    assert told == [task.id]


def test_a_task_whose_message_was_lost_is_told_of_again(session: Session, clerk: int, tmp_path: Path, told: list[int]) -> None:
    task = begin(session, clerk, tmp_path)
    assert recover(session, now()) == 0
    assert recover(session, now() + LATER) == 1
    assert recover(session, now() + LATER) == 0
    assert told == [task.id, task.id]


def test_a_worker_taken_for_dead_that_comes_back_changes_nothing(session: Session, jobs: Jobs, clerk: int, tmp_path: Path,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    def lost_touch(run: TaskRun) -> None:
        run.progress(1, 5)
        with jobs.open_session("the sweep, and another worker") as other:
            other.execute(update(Task).where(Task.id == run.id).values(attempts=2))
            other.commit()
        with pytest.raises(TakenOver):
            run.progress(2, 5)
        run.session.rollback()
        raise TakenOver

    monkeypatch.setitem(tasks._KINDS, "test.lost", TaskKind("test.lost", lost_touch, "Lost"))  # type: ignore[arg-type]
    task = begin(session, clerk, tmp_path, "test.lost")
    run_task(jobs, task.id)
    assert (state(session, task), task.attempts, task.done) == (TaskState.RUNNING, 2, 1)


def test_the_pace_is_items_a_second(session: Session, jobs: Jobs, clerk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def steady(run: TaskRun) -> None:
        with at(now() + dt.timedelta(seconds=10)):
            run.progress(50, 100, "half")

    monkeypatch.setitem(tasks._KINDS, "test.steady", TaskKind("test.steady", steady, "Steady"))  # type: ignore[arg-type]
    with at(dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)):
        task = start(session, "test.steady", {}, clerk)
        session.commit()
        run_task(jobs, task.id)
    assert (state(session, task), task.pace) == (TaskState.DONE, 5.0)


def test_a_kind_whose_module_is_switched_off_fails_in_words(session: Session, jobs: Jobs, clerk: int, tmp_path: Path,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    task = begin(session, clerk, tmp_path)
    monkeypatch.delitem(tasks._KINDS, "test.count")
    run_task(jobs, task.id)
    assert (state(session, task), bool(task.message)) == (TaskState.FAILED, True)


def test_a_broker_that_is_away_does_not_disturb_the_request(session: Session, jobs: Jobs, clerk: int, tmp_path: Path,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **options: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(jobs.celery, "send_task", away)
    task = begin(session, clerk, tmp_path)
    assert state(session, task) is TaskState.QUEUED
