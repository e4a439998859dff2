"""The tests' own PostgreSQL is there when asked for and gone afterwards, whatever happened in between."""
from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from core.testing import postgres
from core.testing.postgres import NoPostgres, private_postgres
from core.testing.put_back import PutBack


def folder_of(url: str) -> Path:
    return Path(str(make_url(url).query["host"]))


def test_a_server_keeps_data_and_is_gone_with_them_afterwards() -> None:
    with private_postgres() as url:
        folder = folder_of(url)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE names AS SELECT '宁河'::text AS name"))
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT name FROM names")) == "宁河"
            assert connection.scalar(text("SHOW server_encoding")) == "UTF8"
            assert connection.scalar(text("SHOW listen_addresses")) == ""
        engine.dispose()
    assert not folder.exists()


def test_two_servers_know_nothing_of_each_other() -> None:
    with private_postgres() as one, private_postgres() as other:
        assert folder_of(one) != folder_of(other)


def test_it_goes_even_when_the_test_fails_with_a_connection_open() -> None:
    folder = Path()
    with pytest.raises(ZeroDivisionError), private_postgres() as url:
        folder = folder_of(url)
        left_open = psycopg.connect(host=str(folder), user=postgres.OWNER, dbname="postgres")
        raise ZeroDivisionError
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    if os.geteuid() == 0:
        for part in (tmp_path, *tmp_path.parents[:3]):
            part.chmod(0o755)  # so that the account of the server reaches its folder
    with pytest.raises(NoPostgres, match="shared_buffers"), private_postgres({"shared_buffers": "much"}):
        raise AssertionError("started")
    assert list(tmp_path.iterdir()) == []


def test_without_postgresql_the_advice_is_to_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(NoPostgres, match="make setup"), private_postgres():
        raise AssertionError("started")


def test_it_ends_with_a_test_run_that_is_killed() -> None:
    program = ("import os, sys\nfrom core.testing import postgres\n"
               "start = postgres._start\n"
               "def told(*args):\n    server = start(*args)\n    print(server.pid, flush=True)\n    return server\n"
               "postgres._start = told\n"
               "with postgres.private_postgres() as url:\n    print(url, flush=True)\n    sys.stdin.read()\n")
    run = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None and run.stdin is not None
    server, url = int(run.stdout.readline()), run.stdout.readline().strip()
    watched = os.pidfd_open(server)
    run.kill()
    run.wait()
    run.stdin.close()
    run.stdout.close()
    ended, _, _ = select.select([watched], [], [], 20)
    os.close(watched)
    assert ended
    subprocess.run(["rm", "-rf", folder_of(url)], check=True)


def test_rows_are_put_back_whatever_became_of_them_and_changed_tables_are_told(postgres_server: str) -> None:
    def made(name: str, *statements: str) -> str:
        address = make_url(postgres_server).set(drivername="postgresql")
        with psycopg.connect(address.render_as_string(False), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}".encode())
        work = address.set(database=name).render_as_string(False)
        return work if not statements else changed(work, *statements)

    def changed(work: str, *statements: str) -> str:
        with psycopg.connect(work) as connection:
            for statement in statements:
                connection.execute(statement.encode())
        return work

    def found() -> list[object]:
        with psycopg.connect(work) as connection:
            return [connection.execute(question.encode()).fetchall() for question in (
                "SELECT * FROM unit ORDER BY id", "SELECT * FROM person ORDER BY id", "SELECT last_value FROM pg_sequences")]

    work = made("put_back", "CREATE TABLE unit (id serial PRIMARY KEY, name text, upper_name text "
                "GENERATED ALWAYS AS (upper(name)) STORED)", "CREATE TABLE person (id int, unit_id int REFERENCES unit)",
                "INSERT INTO unit (name) VALUES ('a\t1'), (NULL), ('宁河')", "INSERT INTO person VALUES (1, 3)")
    before, back = found(), PutBack(work)
    open_still = psycopg.connect(work)
    for statements in (["INSERT INTO unit (name) VALUES ('new')"], ["UPDATE unit SET name = 'other' WHERE id = 1"],
                       ["DELETE FROM person", "DELETE FROM unit WHERE id = 3", "INSERT INTO unit (name) VALUES ('宁河')"],
                       ["DELETE FROM person"], ["SELECT nextval('unit_id_seq')"], []):
        changed(work, *statements)
        assert back.rows() and found() == before
    with pytest.raises(psycopg.OperationalError):
        open_still.execute("SELECT 1")
    open_still.close()
    for statement in ("CREATE TABLE more (id int)", "ALTER TABLE unit ADD extra int", "TRUNCATE person"):
        assert PutBack(work).rows()
        kept = PutBack(work)
        changed(work, statement)
        assert not kept.rows(), statement
    kept = PutBack(work)
    changed(work, "DROP TABLE more")
    assert not kept.rows()
