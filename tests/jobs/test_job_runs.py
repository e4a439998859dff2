"""A periodic job never runs twice at once, and every run is in the log."""
from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from celery.schedules import crontab
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import as_system
from core.jobs import Job
from core.jobs.alive import DEAD_AFTER
from core.jobs.install import Jobs
from core.jobs.models import JobRun
from core.jobs.runs import KEEP, close_dead, forget_old, run_job
from core.jobs.schedule import Result, by_name, module_jobs
from core.moment import at, now

MINUTE = dt.timedelta(minutes=1)


def job(run: object = None, **more: object) -> Job:
    given = {"name": "test.job", "title": "A job", "every": MINUTE} | more
    return Job(run=run or (lambda session, now: {"done": 1}), **given)  # type: ignore[arg-type]


def runs(session: Session) -> list[JobRun]:
    session.expire_all()
    return list(session.scalars(select(JobRun).order_by(JobRun.id)))


def test_a_run_is_logged_with_its_figures(session: Session, clerk: int) -> None:
    assert run_job(job(), as_system, by_id=clerk) == {"done": 1}
    run = runs(session)[0]
    assert (run.name, run.ok, run.result, run.by_id) == ("test.job", True, {"done": 1}, clerk)
    assert run.ended_at is not None and run.ended_at >= run.started_at


def test_a_fault_is_logged_undoes_the_work_and_is_not_hidden(session: Session) -> None:
    def broken(own: Session, moment: dt.datetime) -> Result:
        own.add(JobRun(name="half done", started_at=moment, heartbeat_at=moment))
        own.flush()
        raise ZeroDivisionError("by nought")

    with pytest.raises(ZeroDivisionError):
        run_job(job(broken), as_system)
    assert [(run.ok, run.error) for run in runs(session)] == [(False, "ZeroDivisionError: by nought")]
    assert run_job(job(), as_system) == {"done": 1}


def test_a_job_that_is_running_is_not_begun_again(session: Session) -> None:
    seen: list[object] = []

    def slow(own: Session, moment: dt.datetime) -> Result:
        seen.append(run_job(job(slow), as_system))
        return None

    assert run_job(job(slow), as_system) == {}
    assert seen == [None]
    assert len(runs(session)) == 1


def test_a_run_whose_worker_died_is_closed_and_does_not_block_the_next(session: Session) -> None:
    long_ago = now() - DEAD_AFTER - MINUTE
    session.add(JobRun(name="test.job", started_at=long_ago, heartbeat_at=long_ago))
    session.commit()
    assert run_job(job(), as_system) == {"done": 1}
    assert [run.ok for run in runs(session)] == [False, True]


def test_a_long_run_that_shows_signs_of_life_is_left_alone(session: Session) -> None:
    session.add(JobRun(name="test.job", started_at=now() - 60 * MINUTE, heartbeat_at=now()))
    session.commit()
    assert close_dead(session, now()) == 0
    session.commit()
    assert run_job(job(), as_system) is None


def test_a_quiet_job_without_news_leaves_no_line(session: Session) -> None:
    run_job(job(lambda own, moment: {"done": 0}, quiet=True), as_system)
    assert runs(session) == []
    run_job(job(quiet=True), as_system)
    assert len(runs(session)) == 1


def test_the_log_is_kept_for_ninety_days(session: Session) -> None:
    run_job(job(), as_system)
    assert forget_old(session, now()) == 0
    assert forget_old(session, now() + KEEP + MINUTE) == 1


def test_a_job_says_when_it_runs_in_one_way(jobs: Jobs) -> None:
    assert isinstance(job(every=None, cron="0 8 * * 1-5").schedule, crontab)
    for wrong in ({"every": None}, {"cron": "0 8 * * *"}, {"every": dt.timedelta(0)}, {"every": None, "cron": "at eight"}):
        with pytest.raises(ValueError):
            job(**wrong)


def test_names_belong_to_one_job_and_to_its_module() -> None:
    credit = SimpleNamespace(name="credit_repair")
    mine = job(name="credit_repair.publish")
    assert by_name(module_jobs([(credit, mine)])) == {"credit_repair.publish": mine}
    with pytest.raises(ValueError, match="credit_repair"):
        module_jobs([(credit, job(name="publish"))])
    with pytest.raises(ValueError, match="two jobs"):
        by_name([mine, job(name="credit_repair.publish", title="Another")])


def test_the_schedule_of_the_beat_is_the_jobs(jobs: Jobs) -> None:
    schedule = jobs.celery.conf.beat_schedule
    assert set(schedule) == set(jobs.jobs) == {"core.sweep", "core.seal", "core.tidy"}
    assert schedule["core.sweep"]["schedule"] == MINUTE
    assert jobs.celery.conf.timezone == "Asia/Shanghai"
    assert jobs.celery.conf.accept_content == ["json"]


def test_run_now_knows_only_jobs_that_exist(jobs: Jobs) -> None:
    with pytest.raises(LookupError):
        jobs.publish_job("rm -rf")
    jobs.publish_job("core.sweep")


def test_every_core_job_runs_and_a_second_time_has_nothing_to_do(jobs: Jobs, session: Session) -> None:
    with at(dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)):
        for name in jobs.jobs:
            jobs.run_job(name)
            assert not any((jobs.run_job(name) or {}).values())
