"""The sweep does what is due, once, and a part that fails does not keep the others from their work."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, moment
from core.access import as_system
from core.audit import AuditEntry
from core.jobs.sweep import COUNTERS, register_sweeper, run_due
from core.outbox import Channel, Message, MessageState, post

NOW = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
NOTHING = dict.fromkeys(COUNTERS, 0)


def warn(session: Session, now: dt.datetime) -> dict[str, int]:
    """A room that warns of one clock, by mail."""
    before = session.scalar(select(Message.id).where(Message.dedupe_key == "clock:17"))
    post(session, to="li@example.cn", channel=Channel.EMAIL, subject="Due", body="B", dedupe_key="clock:17")
    return {"warned": 0 if before else 1}


def test_what_a_sweep_finds_due_goes_out_in_the_same_sweep_and_never_again(session: Session) -> None:
    register_sweeper("test.clocks", warn)
    assert run_due(session, NOW) == NOTHING | {"warned": 1, "messages": 1}
    assert run_due(session, NOW) == NOTHING
    assert run_due(session, NOW + dt.timedelta(days=400)) == NOTHING


def test_every_part_sees_the_moment_of_the_sweep(session: Session) -> None:
    seen: list[dt.datetime] = []

    def look(own: Session, now: dt.datetime) -> dict[str, int]:
        seen.extend([now, moment.now()])
        return {}

    register_sweeper("test.look", look)
    run_due(session, NOW)
    assert seen == [NOW, NOW]


def test_a_part_that_fails_is_undone_and_named_and_the_others_work(session: Session) -> None:
    def broken(own: Session, now: dt.datetime) -> dict[str, int]:
        post(own, to="a@example.cn", channel=Channel.EMAIL, subject="Half", body="B", dedupe_key="half")
        raise ZeroDivisionError

    register_sweeper("test.broken", broken, order=20)
    register_sweeper("test.clocks", warn)
    with pytest.raises(ExceptionGroup) as faults:
        run_due(session, NOW)
    assert "test.broken" in faults.value.exceptions[0].__notes__[0]
    assert [(m.dedupe_key, m.state) for m in session.scalars(select(Message))] == [("clock:17", MessageState.SENT)]


def test_a_part_may_not_invent_a_counter(session: Session) -> None:
    register_sweeper("test.odd", lambda own, now: {"danced": 1})
    with pytest.raises(KeyError, match="danced"):
        run_due(session, NOW)


def test_the_log_is_sealed_in_every_sweep(session: Session) -> None:
    audit.record(session, "read", "core_case", 17)
    session.commit()
    with as_system("the sweep") as own:
        run_due(own, NOW)
    assert session.scalars(select(AuditEntry.seq)).all() == [1]
    assert audit.verify(session).ok
