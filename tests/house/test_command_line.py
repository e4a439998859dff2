"""An operator at the terminal: answers, refusals, exit statuses, JSON."""
from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy.orm import Session

from core import cli, doctor, health
from core.addon import Suite
from core.app import create_app
from core.cli import frame
from core.doctor import Finding, examine
from core.errors import Refusal
from core.settings import Settings

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("addons", "list")`` → exit status, standard output, standard error; an installation of its own."""
    for name in [name for name in os.environ if name.startswith("YINGSHANG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("YINGSHANG_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("YINGSHANG_LOCALE", "en")
    monkeypatch.setenv("YINGSHANG_ADDONS", "")

    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(arguments)
        out, err = capsys.readouterr()
        return status, out, err
    return call


@pytest.fixture
def extra() -> Iterator[Callable[[Callable[..., Any]], None]]:
    """Add a command for one test, as a file beside the others would."""
    names: list[str] = []

    def add(function: Callable[..., Any]) -> None:
        command = click.command(function.__name__)(function)
        frame.add_json(command)
        cli.root.add_command(command)
        names.append(function.__name__)

    yield add
    for name in names:
        del cli.root.commands[name]


def test_help_builds_no_application() -> None:
    """Asking what there is must be quick, and must work when the database does not."""
    code = ("import sys\nfrom core.cli import main\nstatus = main(['--help'])\n"
            "sys.exit(status or [name for name in ('flask', 'sqlalchemy', 'celery') if name in sys.modules] or 0)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in done.stdout for name in ("upgrade", "addons", "serve", "worker", "settings", "doctor"))


@pytest.mark.parametrize("arguments", [("upgrad",), ("addons", "lst"), ("addons", "enable"), ("serve", "--port", "web"),
                                       ("addons", "list", "--colour")])
def test_wrong_usage_is_one_line_and_status_2(run: Run, arguments: tuple[str, ...]) -> None:
    status, out, err = run(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1) and "--help" in err


def test_a_refusal_is_one_line_and_status_1(run: Run, extra: Callable[..., None], monkeypatch: pytest.MonkeyPatch
                                            ) -> None:
    def refuse() -> None:
        raise Refusal("The sheet has\nno heading.  Add one.")

    def lose() -> None:
        Path("/nowhere/at/all").read_text()

    extra(refuse)
    extra(lose)
    assert run("refuse") == (1, "", "The sheet has no heading. Add one.\n")
    status, out, err = run("lose")
    assert (status, out) == (1, "") and "/nowhere/at/all" in err and err.count("\n") == 1
    monkeypatch.setenv("YINGSHANG_DATABSE_URL", "x")
    status, out, err = run("settings", "show")
    assert (status, out) == (1, "") and "YINGSHANG_DATABASE_URL" in err


def test_a_fault_of_the_program_is_not_dressed_up_as_a_refusal(run: Run, extra: Callable[..., None]) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    extra(broken)
    with pytest.raises(ZeroDivisionError):
        run("broken")


def test_json_is_the_only_thing_on_standard_output(run: Run, extra: Callable[..., None]) -> None:
    def count() -> None:
        with frame.progress(range(3), 3, "Counting") as bar:
            total = sum(bar)
        frame.answer({"total": total, "where": "区政府"}, ["it is", "three"])

    extra(count)
    status, out, err = run("count", "--json")
    assert (status, json.loads(out), err) == (0, {"total": 3, "where": "区政府"}, "")
    assert run("count") == (0, "it is\nthree\n", "")


def test_tables_line_up_with_chinese_in_them() -> None:
    lines = list(frame.table([{"a": "区发改委", "b": True}, {"a": "x", "b": ["1", "2"]}], {"a": "Bureau", "b": "Well"}))
    assert lines == ["Bureau    Well", "区发改委  yes", "x         1, 2"]


def test_settings_are_shown_with_their_origin(run: Run) -> None:
    status, out, _err = run("settings", "show", "--json")
    shown = {row["name"]: row for row in json.loads(out)}
    assert status == 0 and shown["locale"]["source"] == "environment" and shown["secret_key"]["value"] == "••••"
    assert "YINGSHANG_VAR" not in run("settings", "show")[1] and "Folder for data" in run("settings", "show")[1]


def test_from_an_empty_folder_to_a_healthy_installation(run: Run) -> None:
    assert "older than the program (core). Run: yingshang upgrade" in run("serve")[2]
    status, out, _err = run("upgrade", "--json")
    report = json.loads(out)
    assert status == 0 and report["applied"][0] == {"module": "core", "revision": "core_0001"}
    assert any(line.startswith("Admin: ") for line in report["permissions"]["added"])
    assert "up to date" in run("upgrade")[1]
    assert "Rehearsal on a copy" in run("upgrade", "--rehearse")[1]
    status, out, _err = run("doctor", "--json")
    findings = json.loads(out)
    assert all(set(finding) == {"check", "ok", "detail", "fix"} for finding in findings)
    assert {"database", "migrations", "disk", "clock skew"} <= {finding["check"] for finding in findings}
    assert all(finding["ok"] for finding in findings if finding["check"] in ("database", "migrations", "data folder"))


@pytest.mark.parametrize("command", ["demo load", "audit verify", "portal rebuild", "jobs run-due", "worker", "serve"])
def test_before_the_first_upgrade_a_command_names_it(run: Run, command: str) -> None:
    status, _out, err = run(*command.split())
    assert status == 1 and "yingshang upgrade" in err and err.count("\n") == 1 and "core_" not in err


def test_the_first_administrator_is_made_on_the_server_and_let_in_again_there(run: Run) -> None:
    assert "yingshang access administrator" in run("upgrade")[1]
    assert "name" in run("access", "administrator", "wangjian")[2]  # a new account needs its person's name
    first = json.loads(run("access", "administrator", "wangjian", "--name", "王建", "--json")[1])
    assert "yingshang access administrator" not in run("upgrade")[1]
    again = json.loads(run("access", "administrator", "WangJian", "--json")[1])
    assert (again["username"], again["name"]) == ("wangjian", "王建") and again["password"] != first["password"]

    with create_app(Settings.load()).test_client() as client:
        page = client.get("/login/").text
        assert 'data-test="no-account"' not in page
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        typed = {"csrf_token": token, "username": "wangjian", "password": again["password"]}
        assert client.post("/login/", data=typed).status_code == 302
        assert client.get("/admin/", follow_redirects=True).request.path == "/resetmypassword/form"


def test_the_models_and_the_migrations_agree(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of core and of every module in the house."""
    monkeypatch.delenv("YINGSHANG_ADDONS")
    status, out, err = run("addons", "check", "--json")
    assert [row for row in json.loads(out) if not row["ok"]] == [] and (status, err) == (0, "")


def test_modules_are_listed_before_the_first_upgrade_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YINGSHANG_ADDONS")
    rows = json.loads(run("addons", "list", "--json")[1])
    assert all(set(row) == {"name", "version", "title", "depends", "enabled", "migrated", "bureaus"} for row in rows)
    assert all(row["enabled"] and not row["bureaus"] for row in rows)


def test_a_module_or_a_bureau_that_does_not_exist_is_named(run: Run) -> None:
    run("upgrade")
    assert "no bureau with the code XX" in run("addons", "enable", "liquor", "--bureau", "XX")[2]
    status, out, err = run("addons", "purge", "ghost", "--yes", "ghost")
    assert (status, out) == (1, "") and "no module ghost" in err
    assert run("addons", "purge", "ghost", "--yes", "gost")[0] == 1


def _examined(suite: Suite, session: Session, name: str) -> Finding:
    return dict(examine(suite, session))[name]


def test_the_doctor_finds_what_is_wrong_and_says_what_to_do(
        session: Session, suite_here: Suite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _examined(suite_here, session, "data folder").ok
    key = suite_here.settings.var / "secret_key"
    key.chmod(0o644)
    found = _examined(suite_here, session, "data folder")
    assert not found.ok and found.fix == f"chmod 600 {key}"
    key.chmod(stat.S_IRUSR | stat.S_IWUSR)

    monkeypatch.setattr(health, "LEAST_FREE", 1 << 62)
    assert not _examined(suite_here, session, "disk").ok

    monkeypatch.setattr(doctor, "_checks", dict(doctor._checks))

    @doctor.check("broken printer")
    def printer(suite: Suite, session: Session) -> Finding:
        raise OSError("no paper")

    findings = dict(examine(suite_here, session))
    assert findings["broken printer"] == Finding(False, "no paper") and findings["database"].ok


@pytest.fixture
def suite_here(app: Any) -> Suite:
    suite: Suite = app.extensions["yingshang"]
    return suite


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YINGSHANG_")}
    return kept | {"YINGSHANG_VAR": str(tmp_path / "served"), "YINGSHANG_LOCALE": "en", "YINGSHANG_ADDONS": ""}


def test_the_server_answers_and_stops_completely(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "core.cli"]
    subprocess.run([*command, "upgrade"], env=environment, check=True, capture_output=True)
    port = free_port()
    server = subprocess.Popen([*command, "serve", "--port", str(port), "--workers", "1"], env=environment,
                              stderr=subprocess.PIPE, start_new_session=True)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{_when_listening(server, port)}/login/", timeout=30) as answer:
            assert answer.status == 200
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)
    assert server.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(server.pid, 0)


def _when_listening(server: subprocess.Popen[bytes], port: int) -> int:
    """Read the server's own words until it says that it listens; it accepts connections from then on."""
    assert server.stderr is not None
    deadline = time.monotonic() + 30
    for line in server.stderr:
        if b"Listening at" in line:
            return port
        assert time.monotonic() < deadline
    raise AssertionError("the server ended")
