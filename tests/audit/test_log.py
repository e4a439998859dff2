"""The log: what it keeps of a change, and that nobody can alter it unnoticed."""
from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import moment
from core.access import as_system
from core.audit import AuditEntry, AuditHead, count, entries_of, plain, record, seal, verify
from core.testing.databases import Installation
from trial_modules.tree_felling.models import Permit
from trial_people import Desk, find


@pytest.fixture
def log(session: Session) -> Session:
    """A log of ten sealed entries, nothing before them."""
    session.execute(text("DELETE FROM core_audit"))
    session.execute(text("DELETE FROM core_audit_head"))
    for number in range(10):
        record(session, "read", "core_case", number, f"case {number}", why=f"reason {number}")
    seal(session)
    session.commit()
    return session


def test_a_change_is_kept_with_before_and_after_and_who_did_it(desk: Desk) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept", dt.date(2026, 2, 12))
    case = desk.case(number)
    entries = entries_of(desk.district.session, "core_case", case.id)
    step = next(entry for entry in entries if "state" in entry.changes)
    assert entries[-1].action == "created" and entries[-1].changes["title"] == [None, "门前枯树"]
    assert (step.action, step.changes["state"]) == ("changed", ["received", "accepted"])
    assert [None, "2026-02-28"] in [entry.changes.get("due_on") for entry in entries]
    assert (step.actor, step.at, step.label) == ("林办事", moment.as_instant(dt.date(2026, 2, 12)), number)
    assert not any("version" in entry.changes for entry in entries), "a counter tells nothing"


def test_a_password_never_reaches_the_log(desk: Desk) -> None:
    session = desk.district.session
    desk.person("lin").password = "another hash"  # no password
    desk.person("lin").phone = "022-00000000"
    session.commit()
    assert entries_of(session, "ab_user", desk.person("lin").id)[0].changes == {"phone": [None, "022-00000000"]}


def test_what_is_rolled_back_leaves_no_entry(desk: Desk) -> None:
    before = count(desk.district.session)
    with desk.of("lin") as (session, viewer):
        from core.case import open_case

        open_case(session, Permit, viewer, unit=desk.district.unit("CGW"), title="没有保存")
        session.rollback()
    assert count(desk.district.session) == before


def test_an_untouched_log_is_found_untouched(log: Session) -> None:
    found = verify(log)
    assert (found.ok, found.entries, found.first_bad) == (True, 10, None)
    assert found.head == log.get_one(AuditHead, 1).chain


@pytest.mark.parametrize("change", [
    "UPDATE core_audit SET actor = '别人' WHERE seq = 4", "UPDATE core_audit SET label = 'x' WHERE seq = 4",
    "UPDATE core_audit SET action = 'deleted' WHERE seq = 4", "UPDATE core_audit SET subject_id = '99' WHERE seq = 4",
    "UPDATE core_audit SET changes = '{}' WHERE seq = 4", "UPDATE core_audit SET at = '2020-01-01 00:00:00' WHERE seq = 4",
    "UPDATE core_audit SET content = repeat_a WHERE seq = 4", "UPDATE core_audit SET chain = repeat_a WHERE seq = 4",
])
def test_an_altered_entry_is_named(log: Session, change: str) -> None:
    bad = log.scalars(select(AuditEntry.id).where(AuditEntry.seq == 4)).one()
    log.execute(text(change.replace("repeat_a", f"'{'a' * 64}'")))
    log.commit()
    log.expire_all()
    found = verify(log)
    assert (found.ok, found.first_bad) == (False, bad)


def test_a_dropped_entry_is_noticed_at_the_next_one(log: Session) -> None:
    after = log.scalars(select(AuditEntry.id).where(AuditEntry.seq == 5)).one()
    log.execute(text("DELETE FROM core_audit WHERE seq = 4"))
    assert (verify(log).ok, verify(log).first_bad) == (False, after)


def test_dropping_the_last_entries_is_noticed_by_the_head(log: Session) -> None:
    log.execute(text("DELETE FROM core_audit WHERE seq > 7"))
    found = verify(log)
    assert (found.ok, found.entries, found.first_bad, found.reason) == (False, 7, None, "head")


def test_two_entries_that_changed_places_are_noticed(log: Session) -> None:
    for old, new in ((4, 104), (5, 4), (104, 5)):
        log.execute(text("UPDATE core_audit SET seq = :new WHERE seq = :old"), {"old": old, "new": new})
    assert not verify(log).ok


def test_an_entry_with_a_right_hash_put_in_between_is_noticed(log: Session) -> None:
    """Somebody who knows how entries are hashed adds one; only the chain gives him away."""
    log.execute(text("UPDATE core_audit SET seq = seq + 100 WHERE seq > 5"))
    record(log, "granted", "core_case", 1, "made up")
    log.execute(text("UPDATE core_audit SET seq = 6, chain = :c WHERE seq IS NULL"), {"c": "b" * 64})
    log.execute(text("UPDATE core_audit SET seq = seq - 99 WHERE seq > 100"))
    assert not verify(log).ok


def test_entries_that_are_not_sealed_yet_are_checked_for_themselves(log: Session) -> None:
    record(log, "read", "core_case", 11, "fresh")
    log.flush()
    assert verify(log).ok
    log.execute(text("UPDATE core_audit SET label = 'x' WHERE seq IS NULL"))
    assert verify(log).reason == "content"


def test_sealing_twice_links_nothing_twice(log: Session) -> None:
    record(log, "read", "core_case", 11)
    assert [seal(log), seal(log)] == [1, 0]
    assert verify(log).ok


def test_many_writers_and_many_sealers_at_once_leave_one_unbroken_chain(app: Flask, log: Session) -> None:
    writers, each = 6, 15

    def write(writer: int) -> None:
        with app.app_context():
            for number in range(each):
                with as_system("writer") as session:
                    record(session, "read", "core_case", number, f"writer {writer}")
                    session.commit()
                    if number % 5 == 0:
                        seal(session)
                        session.commit()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    seal(log)
    log.commit()
    log.expire_all()
    found = verify(log)
    assert (found.ok, found.entries) == (True, 10 + writers * each)
    numbers = log.scalars(select(AuditEntry.seq).order_by(AuditEntry.seq)).all()
    assert numbers == list(range(1, found.entries + 1)), "all sealed, none twice"


KILLED = """
import os, signal, sys
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session
import core.access
from core import audit
from core.access.viewer import system_viewer
engine = create_engine(sys.argv[1])
with Session(engine) as session:
    session.info["viewer"] = system_viewer("killed")
    for number in range(50):
        audit.record(session, "read", "core_case", number, "never committed")
    if sys.argv[2] == "sealing":
        session.commit()
        audit.seal(session)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["writing", "sealing"])
def test_a_process_killed_in_the_middle_breaks_nothing(installed: Installation, log: Session, when: str) -> None:
    url = installed.app.config["SQLALCHEMY_DATABASE_URI"]
    log.rollback()
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", KILLED, url, when], cwd=root, capture_output=True, text=True, check=False,
                          env=os.environ | {"PYTHONPATH": str(root)})
    assert done.returncode == -signal.SIGKILL, done.stderr
    kept = 50 if when == "sealing" else 0
    assert count(log) == 10 + kept
    assert seal(log) == kept, "what was not linked yet is linked now, and nobody's lock is left"
    log.commit()
    assert verify(log).ok


def test_every_kind_of_value_can_be_kept(log: Session) -> None:
    from decimal import Decimal

    from core.access import Scope

    assert plain({"a": [Scope.ALL, dt.date(2026, 2, 11), Decimal("1.50"), None, (1, True)], 2: {"x"}}) == {
        "a": ["all", "2026-02-11", "1.50", None, [1, True]], "2": ["x"]}


def test_nobody_is_told_apart_from_the_system(desk: Desk) -> None:
    """The log names the person who acted, or the program and never an empty name."""
    number = desk.opens("lin")
    assert find(desk.district.session, number)
    assert "" not in set(desk.district.session.scalars(select(AuditEntry.actor)))
