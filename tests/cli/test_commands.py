"""An operator at the terminal of an installation with people and cases: every command in words and as JSON."""
from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from core import cli
from core.audit import AuditEntry
from core.testing.people import give_role
from trial_modules.tree_felling.models import Permit
from trial_people import Desk

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("case", "show", number)`` → exit status, standard output, standard error, in the test's own installation."""
    monkeypatch.setattr("core.app.create_app", lambda settings=None: app)
    monkeypatch.setattr("core.settings.Settings.load", lambda: app.extensions["yingshang"].settings)

    def call(*arguments: object) -> tuple[int, str, str]:
        status = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err
    return call


@pytest.fixture
def ask(run: Run) -> Callable[..., Any]:
    """``ask(…)``: the JSON that a command prints and nothing else; it must have ended well."""
    def call(*arguments: object, status: int = 0) -> Any:
        ended, out, err = run(*arguments, "--json")
        assert (ended, err) == (status, ""), err
        return json.loads(out)
    return call


def test_a_period_is_explained_day_by_day(ask: Callable[..., Any], run: Run) -> None:
    told = ask("clock", "due", "--start", "2026-02-11", "--amount", "7", "--unit", "WD")
    assert (told["due_on"], told["provisional"], told["basis"][:3]) == ("2026-02-27", False, "民法典")
    assert set(told["days"][0]) == {"date", "counted", "n", "kind", "name"}
    assert {d["date"]: (d["counted"], d["kind"]) for d in told["days"]}["2026-02-14"] == (True, "makeup")
    assert [d["n"] for d in told["days"] if d["counted"]] == [1, 2, 3, 4, 5, 6, 7]
    status, out, _err = run("clock", "due", "--start", "2026-02-11", "--amount", "7", "--unit", "wd")
    assert status == 0 and "2026-02-27" in out and "春节" in out


@pytest.mark.parametrize(("options", "due", "provisional"), [
    (("--start", "2026-01-20", "--amount", "30", "--unit", "CD"), "2026-02-24", False),
    (("--start", "2026-11-30", "--amount", "3", "--unit", "MONTH"), "2027-02-28", False),
    (("--start", "2026-12-23", "--amount", "7", "--unit", "WD"), "2027-01-04", True),
    (("--start", "2026-02-11", "--amount", "7", "--unit", "WD", "--pause", "2026-02-14..2026-02-25"), "2026-03-03", False),
    (("--start", "2026-02-11T23:50", "--amount", "30", "--unit", "MIN"), "2026-02-12", False),
])
def test_every_unit_and_a_pause(ask: Callable[..., Any], options: tuple[str, ...], due: str, provisional: bool) -> None:
    told = ask("clock", "due", *options)
    assert (told["due_on"], told["provisional"]) == (due, provisional)


@pytest.mark.parametrize("options", [
    ("--start", "11.2.2026", "--amount", "7", "--unit", "WD"), ("--start", "2026-02-11", "--amount", "7", "--unit", "YEAR"),
    ("--start", "2026-02-11", "--amount", "7", "--unit", "WD", "--pause", "2026-02-14"), ("--amount", "7", "--unit", "WD"),
])
def test_wrong_usage_of_the_clock_is_status_2(run: Run, options: tuple[str, ...]) -> None:
    status, out, err = run("clock", "due", *options)
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_a_period_that_cannot_be_is_refused(run: Run) -> None:
    status, _out, err = run("clock", "due", "--start", "2026-02-11", "--amount", "0", "--unit", "WD")
    assert status == 1 and err.count("\n") == 1


def test_the_clocks_of_a_case_are_explained(desk: Desk, ask: Callable[..., Any], run: Run) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    (told,) = ask("clock", "explain", number)
    assert (told["due_on"], told["rule_key"], told["start_event"] is not None) == ("2026-02-27", "tree_felling.decide", True)
    assert told["rule_version"] and told["basis"] == "城市绿化条例 第二十条" and told["days"][-1]["date"] == "2026-02-27"
    assert "tree_felling.decide" in run("clock", "explain", number)[1]
    assert run("clock", "explain", "NH-SM-20200101-0001")[0] == 1


def test_a_case_is_shown_and_a_step_is_done_as_somebody(desk: Desk, ask: Callable[..., Any], run: Run) -> None:
    number = desk.opens("lin", on=dt.date(2026, 11, 20), trees=3, species="槐")
    told = ask("case", "show", number)
    assert {"number", "kind", "state", "version", "clocks", "actions", "events"} <= set(told)
    assert (told["number"], told["kind"], told["state"]) == (number, "tree_felling.permit", "received")
    assert ask("case", "do", number, "accept", "--as", "lin")["state"] == "accepted"
    told = ask("case", "do", number, "grant", "--as", "han", "--data", '{"trees": 2}', "--note", "同意")
    assert (told["state"], told["fields"]["granted"]) == ("granted", 2)
    assert "同意" in [event["note"] for event in told["events"]]
    assert "granted" in run("case", "show", number, "--as", "han")[1] or "准予" in run("case", "show", number)[1]


@pytest.mark.parametrize(("options", "status"), [
    (("accept", "--as", "zhao"), 1),                                   # another bureau's: it is not there for her
    (("grant", "--as", "lin", "--data", '{"trees": 1}'), 1),
    (("accept", "--as", "nobody"), 1), (("accept",), 2), (("grant", "--as", "han", "--data", "{trees}"), 2),
    (("grant", "--as", "han", "--data", "[1]"), 1), (("accept", "--as", "lin", "--version", "99"), 1),
])
def test_what_may_not_be_done_is_refused_in_one_line(desk: Desk, run: Run, options: tuple[str, ...], status: int) -> None:
    number = desk.opens("lin")
    ended, out, err = run("case", "do", number, *options)
    assert (ended, out, err.count("\n")) == (status, "", 1)
    assert desk.case(number).state == "received"


def test_the_calendar_of_the_next_year_needs_two_people(desk: Desk, ask: Callable[..., Any], run: Run,
                                                        tmp_path: Path) -> None:
    session = desk.district.session
    give_role(desk.district, "admin2", "副管理", "Admin", "NDRC")
    session.commit()
    number = desk.opens("lin", on=dt.date(2026, 12, 29))
    desk.does("lin", number, "accept", dt.date(2026, 12, 29))
    file = tmp_path / "2027.csv"
    file.write_text("date,kind,name\n2027-01-01,holiday,元旦\n2027-01-04,holiday,元旦\n2027-01-09,workday,元旦调休\n", "utf-8")
    told = ask("calendar", "import", file, "--as", "admin")
    assert (told["year"], told["holidays"], told["makeup_days"]) == (2027, 2, 1)
    assert (told["clocks_moved"], told["state"]) == (0, "draft")
    assert str(told["id"]) in run("calendar", "import", file, "--as", "admin")[1], "the words say how to go on"
    status, _out, err = run("calendar", "import", file, "--as", "admin", "--confirm-as", "admin")
    assert status == 1 and err
    assert run("calendar", "confirm", told["id"], "--as", "lin")[0] == 1, "he has no right to it"
    assert not ask("calendar", "show", 2027)["published"]
    confirmed = ask("calendar", "import", file, "--as", "admin", "--confirm-as", "admin2")
    assert (confirmed["clocks_moved"], confirmed["state"], confirmed["id"]) == (1, "confirmed", told["id"])
    shown = ask("calendar", "show", 2027)
    assert shown["published"] and {"date": "2027-01-09", "name": "元旦调休"} in shown["makeup_days"]
    assert desk.clock(number).due_on == dt.date(2027, 1, 7) and not desk.clock(number).provisional
    assert "2027-01-09" in run("calendar", "show", 2027)[1]


def test_a_bad_calendar_is_refused_row_by_row(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("date,kind,name\n2027-13-01,holiday,元旦\n2027-02-01,vacation,\n", "utf-8")
    status, out, err = run("calendar", "import", file)
    assert (status, out) == (1, "") and "2" in err and "3" in err


SHEET = [("事由", "树种", "株数"), ("砍伐甲树", "国槐", "2"), ("砍伐乙树", "", "many"), ("砍伐丙树", "杨", "1"),
         ("", "杨", "1")]


def write_sheet(path: Path, rows: list[tuple[str, ...]] = SHEET) -> Path:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8-sig") as out:
        csv.writer(out).writerows(rows)
    return path


def test_a_sheet_goes_in_row_by_row_and_out_again(desk: Desk, ask: Callable[..., Any], run: Run, tmp_path: Path) -> None:
    sheet = write_sheet(tmp_path / "sheet.csv")
    told = ask("import", "tree_felling.permits", sheet, "--bureau", "CGW", status=1)
    assert set(told) == {"profile", "batch", "rows", "created", "updated", "unchanged", "closed", "errors", "warnings"}
    assert (told["rows"], told["created"], told["batch"]) == (4, 0, None)
    assert [(e["row"], e["column"], e["value"]) for e in told["errors"]] == [(3, "株数", "many"), (5, "事由", "")]
    assert all(set(e) == {"row", "column", "value", "message"} for e in told["errors"])
    trial = ask("import", "tree_felling.permits", sheet, "--bureau", "CGW", "--dry-run", "--skip-errors")
    assert (trial["created"], trial["batch"]) == (2, None)
    assert desk.district.session.scalars(select(Permit)).all() == []
    saved = ask("import", "tree_felling.permits", sheet, "--bureau", "CGW", "--skip-errors")
    assert (saved["created"], saved["batch"] is not None) == (2, True)
    again = ask("import", "tree_felling.permits", sheet, "--bureau", "CGW", "--skip-errors")
    assert (again["created"], again["unchanged"]) == (0, 2)

    out = tmp_path / "out.csv"
    assert ask("export", "tree_felling.permits", out, "--filter", "state=received") == {
        "rows": 2, "file": str(out), "masked": []}
    assert "砍伐甲树" in out.read_text("utf-8-sig")
    assert ask("export", "tree_felling.permits", tmp_path / "none.xlsx", "--as", "zhao")["rows"] == 0, "her rows: none"
    assert run("export", "tree_felling.permits", tmp_path / "x.csv", "--as", "han")[0] == 1
    assert not (tmp_path / "x.csv").exists() and list(tmp_path.glob(".*")) == []

    undone = ask("import", "undo", saved["batch"])
    assert (undone["batch"], undone["state"]) == (saved["batch"], "undone")
    desk.district.session.expire_all()
    assert desk.district.session.scalars(select(Permit)).all() == []
    assert run("import", "undo", saved["batch"])[0] == 1


def test_the_faults_of_a_sheet_stand_in_a_table(desk: Desk, run: Run, tmp_path: Path) -> None:
    status, out, _err = run("import", "tree_felling.permits", write_sheet(tmp_path / "sheet.csv"), "--bureau", "CGW")
    assert status == 1 and re.search(r"^3 +株数 +many", out, re.MULTILINE)


def test_an_unknown_profile_bureau_or_person_is_named(desk: Desk, run: Run, tmp_path: Path) -> None:
    sheet = write_sheet(tmp_path / "sheet.csv")
    for arguments, named in ((("nothing", sheet), "tree_felling.permits"),
                             (("tree_felling.permits", sheet, "--bureau", "X"), "CGW"),
                             (("tree_felling.permits", sheet, "--as", "ghost"), "ghost"),
                             (("tree_felling.permits", sheet, "--as", "han"), "")):
        status, out, err = run("import", *arguments)
        assert (status, out) == (1, "") and named in err
    assert run("import", "tree_felling.permits", tmp_path / "gone.csv")[0] == 2
    assert run("import", "tree_felling.permits", sheet, "--as", "lin", "--bureau", "SAMR")[0] == 1


def test_the_template_reads_back_without_a_fault(ask: Callable[..., Any], run: Run, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "template.xlsx"
    told = ask("import", "template", "tree_felling.permits", file)
    assert told["columns"] == ["事由", "树种", "株数"] and file.read_bytes()[:2] == b"PK"
    status, _out, err = run("import", "tree_felling.permits", file, "--bureau", "CGW")
    assert status == 1 and err, "an empty sheet is refused as a whole, not row by row"


def test_what_is_due_is_done_once(desk: Desk, ask: Callable[..., Any]) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    names = {"warned", "escalated", "closed", "letters", "messages"}
    first, second = (ask("jobs", "run-due", "--now", "2026-02-28T00:00") for _n in range(2))
    assert set(first) == names and (first["warned"], first["escalated"]) == (1, 1)
    assert set(second.values()) == {0}


def test_the_log_is_verified_and_a_forgery_found(desk: Desk, ask: Callable[..., Any], run: Run) -> None:
    desk.opens("lin")
    told = ask("audit", "verify")
    assert {"ok", "entries", "head", "first_bad"} <= set(told)
    assert told["ok"] and told["first_bad"] is None and len(told["head"]) == 64
    session = desk.district.session
    bad = session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).first()
    session.execute(text("UPDATE core_audit SET actor = 'x' WHERE id = :id"), {"id": bad})
    session.commit()
    told = ask("audit", "verify", status=1)
    assert (told["ok"], told["first_bad"]) == (False, bad)
    assert run("audit", "verify")[0] == 1


def test_access_is_explained_to_the_operator(desk: Desk, ask: Callable[..., Any], run: Run) -> None:
    number = desk.opens("lin")
    told = ask("access", "explain", number, "--user", "zhao")
    assert set(told) == {"allowed", "rules", "ask"} and not told["allowed"] and told["ask"] == ["管理员"]
    assert "区城管委" in told["rules"][0]["sentence"] and not told["rules"][0]["covers"]
    assert ask("access", "explain", number, "--user", "han")["allowed"]
    assert "管理员" in run("access", "explain", number, "--user", "zhao")[1]
    assert run("access", "explain", number, "--user", "ghost")[0] == 1


def test_isolation_is_proved_from_the_terminal(desk: Desk, ask: Callable[..., Any], run: Run,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bool, int]] = []
    clean = {"accounts": 3, "represented": 5, "checks": 90, "leaks": [], "shown": 9, "unproved": [], "untested": []}

    def prove(_app: Flask, *, everybody: bool, jobs: int, watch: Callable[..., Any]) -> dict[str, Any]:
        seen.append((everybody, jobs))
        assert list(watch(iter("abc"), 3)) == ["a", "b", "c"]
        return clean

    monkeypatch.setattr("core.isolation.prove", prove)
    assert {"accounts", "checks", "leaks"} <= set(ask("isolation", "prove"))
    clean["leaks"] = [{"account": "han", "route": "/x", "record": "NH-1", "what": "y"}]
    status, out, _err = run("isolation", "prove", "--everybody", "--jobs", "3")
    assert status == 1 and "han" in out and seen[1] == (True, 3) and not seen[0][0]
    clean["leaks"], clean["unproved"] = [], [{"route": "/y", "reason": "declare it"}]
    assert run("isolation", "prove")[0] == 1


def test_figures_have_their_formula_and_their_moment(desk: Desk, ask: Callable[..., Any], run: Run) -> None:
    for day in (13, 28):
        number = desk.opens("lin")
        desk.does("lin", number, "accept")
        desk.does("han", number, "refuse", dt.date(2026, 2, day), note="不符合条件")
    (told,) = ask("stats", "show", "tree_felling.in_time", "--month", "2026-02", "--bureau", "CGW")
    assert set(told) == {"code", "title", "formula", "numerator", "denominator", "value", "as_of"}
    assert (told["numerator"], told["denominator"], told["value"]) == (1, 2, 0.5)
    (none,) = ask("stats", "show", "--module", "tree_felling", "--month", "2026-03")
    assert (none["denominator"], none["value"]) == (0, None)
    assert run("stats", "show", "nothing")[0] == 1 and run("stats", "show", "--month", "March")[0] == 2
    assert "tree_felling.in_time" in run("stats", "show")[1]
