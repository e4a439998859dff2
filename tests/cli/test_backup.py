"""A backup is taken, and put back: here, on another machine, on the other kind of database."""
from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from core import moment
from core.access import as_system
from core.audit import verify
from core.backup import create_backup, restore_backup
from core.case.files import attach, open_file
from core.case.models import Attachment
from core.errors import Refusal
from core.testing.databases import Installation, installation
from core.testing.postgres import private_postgres
from trial_installation import with_trial_modules
from trial_modules.tree_felling.models import Permit
from trial_people import PNG, Desk, find


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """Two cases with clocks and a file."""
    for _n in range(2):
        number = desk.opens("lin", trees=2)
        desk.does("lin", number, "accept")
        with desk.of("lin") as (session, viewer):
            attach(find(session, number), viewer, "现场.png", BytesIO(PNG))
            session.commit()
    return desk


def everything(session: Any) -> dict[str, list[tuple[Any, ...]]]:
    """What matters of the state, the same on both databases."""
    return {"cases": list(session.execute(select(Permit.number, Permit.state, Permit.version, Permit.trees, Permit.opened_at,
                                                 Permit.due_on, Permit.phone).order_by(Permit.id))),
            "log": list(session.execute(text("SELECT seq, content, chain FROM core_audit WHERE seq IS NOT NULL ORDER BY seq"))),
            "units": list(session.execute(text("SELECT code, parent_id, bureau_id FROM core_unit ORDER BY code")))}


@pytest.fixture
def other(installed: Installation, tmp_path: Path) -> Iterator[Flask]:
    """An empty installation on the other kind of database."""
    with with_trial_modules():
        if installed.backend == "postgresql":
            with installation("sqlite", tmp_path, addons="tree_felling") as made:
                yield made.app
        else:
            with private_postgres() as server, installation("postgresql", tmp_path, server, addons="tree_felling") as made:
                yield made.app


def test_a_backup_is_put_back_on_the_other_kind_of_database(filled: Desk, app: Flask, other: Flask, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    told = create_backup(app, archive)
    assert {"file", "tables", "rows", "letters", "head"} <= set(told) and told["files"] == 1
    assert archive.stat().st_mode & 0o077 == 0, "there are hashes of passwords in it"
    filled.district.session.rollback()
    before = everything(filled.district.session)
    with other.app_context():
        restored = restore_backup(other, archive)
        assert {k: restored[k] for k in ("tables", "rows", "letters", "head")} == {
            k: told[k] for k in ("tables", "rows", "letters", "head")}
        with as_system("test") as session:
            assert everything(session) == before
            assert verify(session).ok
            kept = session.scalars(select(Attachment)).first()
            assert kept is not None and open_file(kept).read() == PNG
            session.execute(text("INSERT INTO core_case_task (case_id, title, role) SELECT id, 'new', '' FROM core_case"))
            session.commit()
            assert session.execute(text("SELECT COUNT(*) FROM core_case_task")).scalar() == 2, "keys go on where they were"


def test_what_happened_since_is_gone_after_going_back(filled: Desk, app: Flask, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    head = create_backup(app, archive)["head"]
    session = filled.district.session
    session.rollback()
    before = everything(session)
    session.rollback()
    filled.opens("lin", title="之后")
    with pytest.raises(Refusal, match="--force"):
        restore_backup(app, archive)
    assert filled.district.session.scalar(select(func.count()).select_from(Permit)) == 3
    session.rollback()
    assert restore_backup(app, archive, force=True)["head"] == head
    session.expire_all()
    after = everything(session)
    assert (after["cases"], after["units"]) == (before["cases"], before["units"])
    session.rollback()
    assert filled.opens("lin", on=dt.date(2026, 2, 11)).endswith("-0003"), "numbers go on where they were"


def tampered(archive: Path, name: str, change: Any) -> Path:
    """A copy of the archive with one entry changed (or, for None, left out)."""
    made = archive.with_name("tampered.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.namelist():
            data: bytes | None = old.read(entry)
            if entry.startswith(name):
                data = change(data)
            if data is not None:
                new.writestr(entry, data)
    return made


def without_last_line(data: bytes) -> bytes:
    """A table that lost a row."""
    return b"".join(data.splitlines(keepends=True)[:-1])


def other_revision(data: bytes) -> bytes:
    """A manifest of another version."""
    return json.dumps(json.loads(data) | {"revisions": {"core": "core_9999"}}).encode()


@pytest.mark.parametrize(("name", "change"), [
    ("tables/core_event", without_last_line), ("tables/core_audit.jsonl", without_last_line),
    ("tables/core_audit.jsonl", lambda data: data.replace("林办事".encode(), "别人".encode())),
    ("files/", lambda data: data + b"x"), ("manifest.json", other_revision), ("manifest.json", lambda data: None),
    ("tables/core_clock", lambda data: None), ("manifest.json", lambda data: b'{"format": 99}'),
])
def test_a_damaged_archive_is_refused_and_changes_nothing(filled: Desk, app: Flask, tmp_path: Path, name: str,
                                                          change: Any) -> None:
    archive = tmp_path / "backup.zip"
    create_backup(app, archive)
    bad = tampered(archive, name, change)
    session = filled.district.session
    session.rollback()
    before = everything(session)
    session.rollback()
    with pytest.raises(Refusal):
        restore_backup(app, bad, force=True)
    session.expire_all()
    assert everything(session) == before


def test_what_is_no_archive_is_refused(app: Flask, tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04 not really", b"SQLite format 3"):
        file = tmp_path / "x.zip"
        file.write_bytes(content)
        with pytest.raises(Refusal, match=r"x\.zip"):
            restore_backup(app, file)


def test_a_backup_that_fails_leaves_no_half_file(filled: Desk, app: Flask, tmp_path: Path,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.backup._write_files", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        create_backup(app, tmp_path / "backup.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_on_record(filled: Desk, app: Flask, tmp_path: Path) -> None:
    create_backup(app, tmp_path / "backup.zip")
    session = filled.district.session
    assert session.execute(text("SELECT actor FROM core_audit WHERE action = 'backed up'")).scalar() == "系统"
    assert moment.now()
