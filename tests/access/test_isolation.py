"""The proof that no bureau sees another's records: it passes over the suite as it is, and it notices what leaks."""
from __future__ import annotations

import datetime as dt
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask, jsonify, redirect, request
from sqlalchemy import select, text
from werkzeug.routing import Rule

from core import moment
from core.access import as_system, rows
from core.audit import AuditEntry, count
from core.case import Case
from core.case.files import attach
from core.case.models import Attachment
from core.isolation import prove
from core.isolation.accounts import accounts
from core.jobs import exports
from core.jobs.models import Task, TaskState
from core.letter.batch_models import BatchAct, LetterBatch
from core.letter.models import Letter
from core.notices import publish
from core.party.models import Enterprise
from core.tabular.models import ImportBatch
from trial_people import PNG, Desk, find


@pytest.fixture
def filled(desk: Desk, app: Flask) -> Desk:
    """Cases with files, tasks, letters, imports and long work in two bureaus, and an enterprise with a telephone."""
    session = desk.district.session
    session.add(Enterprise(name="示例园林有限公司", uscc="91120221MA05EXAMP1", phone="02200001234", legal_rep="钱某某"))
    session.commit()
    for clerk, unit in (("lin", "CGW"), ("zhao", "SAMR"), ("zhao", "SAMR-LAW")):
        number = desk.opens(clerk, unit=unit, title=f"{unit} 门前的老槐树", phone="13800001234")
        desk.does(clerk, number, "accept")
        with desk.of(clerk) as (theirs, viewer):
            case = find(theirs, number)
            attach(case, viewer, f"{unit}-现场照片.png", BytesIO(PNG))
            theirs.commit()
        bureau, person = desk.case(number).bureau_id, desk.person(clerk).id
        session.add_all([
            Letter(kind="tree_felling.granted", case_id=desk.case(number).id, bureau_id=bureau, unit_id=bureau,
                   addressee="申请人", title="准予砍伐通知书", drafted_at=moment.now(),
                   fields={"addressee": "申请人", "trees": 1, "species": "槐"}),
            ImportBatch(profile="tree_felling.permits", file_name="a.csv", sha256="0" * 64, by_id=person, bureau_id=bureau),
            LetterBatch(act=BatchAct.ZIP, title="成批", by_id=person, created_at=moment.now()),
            Task(kind="test", title="长任务", by_id=person, params={}, state=TaskState.QUEUED, created_at=moment.now())])
        publish(session, title=f"{unit} 值班安排", body="本周值班安排见附表。", bureau_id=bureau)
        session.commit()
    return desk


# The framework's own forms of accounts and roles, which the administrator is shown, use what WTForms will drop.
@pytest.mark.filterwarnings("ignore:Yielding raw tuples:DeprecationWarning",
                            "ignore:'DateTimeField' renders:DeprecationWarning")
@pytest.mark.walk
@pytest.mark.timeout(1200)  # every account through every address: the longest walk of the whole run
def test_no_account_finds_anything_of_another_bureau(filled: Desk, app: Flask) -> None:
    told = prove(app)
    assert told["leaks"] == []
    assert told["unproved"] == []
    assert told["accounts"] == 6 and told["represented"] == 5, "five people, each with grants of his own, and a stranger"
    assert told["checks"] > 500 and told["shown"] > 10, "people do get their own records: the proof is not of closed doors"
    assert told["untested"] == []


@pytest.mark.walk
def test_people_with_the_same_grants_are_tried_once_or_all(filled: Desk, app: Flask) -> None:
    from core.testing.people import give_role

    give_role(filled.district, "lin2", "林二", "tree_felling.clerk", "CGW")
    filled.district.session.commit()
    told = prove(app, under="/letters")
    assert (told["accounts"], told["represented"]) == (6, 6)
    assert prove(app, everybody=True, under="/letters")["accounts"] == 7


def test_of_a_kind_two_are_tried_and_others_the_next_day(filled: Desk, app: Flask) -> None:
    """Five clerks with the same role in five bureaus: in three days everybody had his turn."""
    from core.testing.people import give_role, make_unit, switch_on

    session = filled.district.session
    for code in ("B1", "B2", "B3"):
        filled.district.units[code] = make_unit(session, code, code)
        switch_on(session, "tree_felling", [filled.district.units[code]])
        give_role(filled.district, f"clerk-{code}", f"办事{code}", "tree_felling.clerk", code)
    session.commit()
    clerks, days = {"lin", "zhao", "clerk-B1", "clerk-B2", "clerk-B3"}, []
    for day in (1, 2, 3):
        with moment.at(dt.datetime(2026, 3, day, 2, tzinfo=dt.UTC)), as_system("test") as seeing:
            days.append([each for each in accounts(seeing) if each.name in clerks])
    assert all(len(day) == 2 and sum(each.stands_for for each in day) == 5 for day in days)
    assert {each.name for day in days for each in day} == clerks


@pytest.mark.walk
def test_it_reads_only_and_leaves_one_entry_in_the_log(filled: Desk, app: Flask) -> None:
    session = filled.district.session
    session.execute(text("UPDATE core_case SET confidentiality = 'restricted'"))  # reading such a case is logged
    session.commit()
    before, cases = count(session), session.execute(text("SELECT * FROM core_case ORDER BY id")).all()
    session.rollback()
    prove(app, under="/cases/")
    assert count(session) == before + 1
    newest = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert newest is not None and newest.action == "isolation proved" and newest.changes["leaks"] == 0
    assert session.execute(text("SELECT * FROM core_case ORDER BY id")).all() == cases


@pytest.fixture
def planted(app: Flask) -> Iterator[None]:
    """Addresses that a careless programmer added."""
    def everything() -> list[Case]:
        with as_system("careless") as session:
            return list(session.scalars(select(Case)))

    def one(number: str) -> object:
        case = next((c for c in everything() if c.number == number), None)
        return (jsonify(state=case.state), 200) if case else ("", 404)

    def numbers(told: bool) -> str:
        return "、".join(case.number for case in everything()) if told else "fine"

    def workbook() -> bytes:
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("xl/sharedStrings.xml", numbers(True))
        return packed.getvalue()

    def a_file(number: str, file_id: int) -> object:
        with as_system("careless") as session:
            mine = any(case.number == number for case in session.scalars(select(Case).where(Case.title.contains("CGW"))))
            return ("a picture", 200) if mine and session.get(Attachment, file_id) else ("", 404)

    def letter(letter_id: int) -> object:
        with as_system("careless") as session:
            return ("a letter", 200) if session.get(Letter, letter_id) else ("", 404)

    views = {
        "/leaky/export": lambda: numbers(request.args.get("format") == "csv"),
        "/leaky/longest": lambda: numbers(request.args.get("limit", 20, int) > 50),
        "/leaky/search": lambda: ("", 200 if any(c.number == request.args.get("q") for c in everything()) else 404),
        "/leaky/by-title": lambda: numbers(any(c.title in request.args.getlist("q") for c in everything())),
        "/leaky/raw": lambda: numbers(b"q=" in request.query_string),
        "/leaky/whole": lambda: numbers(dict(request.args).get("limit") == "100"),
        "/leaky/kept": lambda: numbers("q" in request.values),
        "/leaky/workbook": workbook,
        "/leaky/away": lambda: redirect(f"/cases/{numbers(True)}"),
        "/leaky/cases/<number>/files/<int:file_id>": a_file,
        "/leaky/letters/<int:letter_id>": letter,
        "/leaky/cases/<number>": one,
        "/leaky/rude/<number>": lambda number: ("", 403 if any(c.number == number for c in everything()) else 404),
        "/leaky/list": lambda: jsonify([case.number for case in everything()]),
        "/leaky/titles": lambda: "<ul>" + "".join(f"<li>{case.title}</li>" for case in everything()) + "</ul>",
        "/leaky/phones": lambda: "02200001234",
        "/leaky/things/<thing>": lambda thing: "fine",
    }
    rules = []
    for path, view in views.items():
        endpoint = f"leaky.{path}"
        rules.append(Rule(path, endpoint=endpoint, methods=["GET"]))
        app.url_map.add(rules[-1])
        app.view_functions[endpoint] = view
    yield
    for rule in rules:
        del app.view_functions[rule.endpoint]
    kept = [rule.empty() for rule in app.url_map.iter_rules() if rule not in rules]
    app.url_map = type(app.url_map)(kept, converters=app.url_map.converters, host_matching=app.url_map.host_matching)


@pytest.mark.walk
def test_it_notices_every_careless_address(filled: Desk, app: Flask, planted: None) -> None:
    told = prove(app, under="/leaky/", jobs=2)
    found = {(leak["account"], leak["route"]) for leak in told["leaks"]}
    for route in ("/leaky/cases/<number>", "/leaky/rude/<number>", "/leaky/list", "/leaky/titles", "/leaky/workbook",
                  "/leaky/away", "/leaky/letters/<int:letter_id>", "/leaky/export", "/leaky/longest", "/leaky/search",
                  "/leaky/by-title", "/leaky/raw", "/leaky/whole", "/leaky/kept"):
        assert ("han", route) in found and ("sun", route) in found, route
    assert ("han", "/leaky/phones") in found
    assert ("lin", "/leaky/cases/<number>/files/<int:file_id>") in found, "another's part under the number of one's own"
    assert {(leak["account"], leak["route"]) for leak in prove(app, under="/leaky/")["leaks"]} == found, "in one process"
    assert all(route.startswith("/leaky/") for _account, route in found)
    assert [item["route"] for item in told["unproved"]] == ["/leaky/things/<thing>"]
    assert "declare leaky./leaky/things/<thing>" in told["unproved"][0]["reason"]


@pytest.mark.walk
def test_a_rule_that_lets_too_much_through_is_noticed_by_the_oracle(filled: Desk, app: Flask,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    """The row rule itself is broken: everything is open, to everybody who is signed in."""
    from sqlalchemy import true

    monkeypatch.setattr(Case, "row_rule", classmethod(lambda cls, viewer: true()))
    monkeypatch.setattr(rows, "rules_for", rows.rules_for.__wrapped__)  # what was put together before the rule broke
    monkeypatch.setattr(exports, "AT_ONCE", 0)  # a sheet that a person would not wait for is read whole, too
    routes = {leak["route"] for under in ("/api/v1/cases", "/cases/", "/search", "/export/", "/<module>", "/letters")
              for leak in prove(app, under=under)["leaks"]}
    assert {"/cases/<number>", "/api/v1/cases", "/api/v1/cases/<number>", "/search", "/export/<code>",
            "/cases/<number>/files/<int:file_id>", "/<module>/<name>", "/letters/<int:letter_id>"} <= routes


def test_a_telephone_that_is_not_masked_is_noticed(filled: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    import core.pages.enterprises  # noqa: F401  # the page module, which its blueprint hides
    from core.testing.people import give_role

    page = sys.modules["core.pages.enterprises"]
    give_role(filled.district, "wei", "魏登记", "core.register", "NDRC")
    session = filled.district.session
    session.execute(text("DELETE FROM ab_permission_view_role WHERE permission_view_id IN (SELECT pv.id FROM "
                         "ab_permission_view pv JOIN ab_permission p ON p.id = pv.permission_id JOIN ab_view_menu v ON "
                         "v.id = pv.view_menu_id WHERE p.name = 'contact' AND v.name = 'enterprise')"))
    session.commit()
    assert prove(app, under="/enterprises")["leaks"] == []
    monkeypatch.setattr(page, "mask_phone", lambda value: value)
    leaks = prove(app, under="/enterprises")["leaks"]
    assert [(leak["account"], leak["route"]) for leak in leaks] == [("wei", "/enterprises/<int:enterprise_id>")]
