"""A program asks for lists of cases: what it gets, in which order, page by page, and what it is refused."""
from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_kinds import Complaint, Permit, Severity
from api_office import CODES, DAY, counted
from core import moment
from core.access import view_as
from core.case.query import CaseFilters, list_cases
from core.case.schemas import CasePageSchema
from core.db import db


def titles(answer):
    return [item["title"] for item in answer["items"]]


def test_nobody_gets_a_list(client, office):
    answer = client.get("/api/v1/cases")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_a_wrong_password_is_told_like_any_other_refusal(client, office):
    answer = client.post("/api/v1/security/login", json={"username": "li", "password": "x", "provider": "db"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_bad_token_is_not_helped_by_a_good_cookie(login, office):
    browser = login("li")
    assert browser.get("/api/v1/cases").status_code == 200
    assert browser.get("/api/v1/cases", headers={"Authorization": "Bearer x.y.z"}).status_code == 401


def test_each_bureau_sees_its_own_cases(office, program):
    office.open(title="Noise")
    office.open(unit="CGW", by="zhao", title="Rubbish")
    assert titles(program("li").get("/cases")) == ["Noise"]
    assert titles(program("zhao").get("/cases")) == ["Rubbish"]
    assert program("qian").get("/cases") == {"items": [], "next_cursor": None, "previous_cursor": None,
                                             "count": {"value": 0, "exact": True}}


def test_a_line_says_what_a_list_shows_and_keeps_to_its_description(office, program):
    office.open(title="Noise", enterprise_id=office.enterprises[0].id, subject="Music")
    answer = program("li").get("/cases")
    assert CasePageSchema().validate(answer) == {}
    line = answer["items"][0]
    assert line["number"].startswith("NH-TS-20261123-")
    assert line["unit"] == {"code": "SAMR", "name": "区市场监管局"}
    assert line["enterprise"] == {"id": office.enterprises[0].id, "uscc": CODES[0], "name": "天津示例商贸有限公司"}
    assert (line["due_on"], line["overdue"], line["meaning"]) == ("2026-11-30", False, "open")
    assert "fields" not in line


def test_a_kind_has_its_own_list_with_its_own_columns(office, program):
    office.open(title="Noise", subject="Music", amount=12, caller_phone="13812345678", caller_name="张三丰",
                source="hotline", secret="s", severity=Severity.HIGH)
    office.open(title="Permit", kind=Permit)
    clerk, head = program("li"), program("wang")
    line = clerk.get("/trial/complaint")["items"][0]
    assert line["fields"] == {"subject": "Music", "amount": "12.00", "happened_on": None, "severity": "high",
                              "caller_phone": "138****5678", "caller_name": "张**", "reference": None}
    seen = head.get("/trial/complaint")["items"][0]["fields"]
    assert (seen["caller_phone"], seen["caller_name"], seen["source"]) == ("13812345678", "张三丰", "hotline")
    assert "secret" not in seen
    assert titles(clerk.get("/trial/cases", order="title")) == ["Noise", "Permit"]
    clerk.get("/trial/nothing", 404)
    program("qian").get("/trial/complaint", 404)


def test_filters_narrow_the_list(office, program):
    with moment.at(dt.date(2026, 11, 2)):
        office.open(title="Old noise", enterprise_id=office.enterprises[0].id)
    office.open(title="New noise", enterprise_id=office.enterprises[1].id, assignee_id=office.viewer("li").user_id)
    office.open(title="Permit", kind=Permit)
    asked = program("li")

    def found(**query):
        return sorted(titles(asked.get("/cases", **query)))

    assert found(overdue="1") == ["Old noise"]
    assert found(overdue="0") == ["New noise", "Permit"]
    assert found(kind="trial.permit") == ["Permit"]
    assert found(kind="trial.permit,trial.complaint", meaning="open") == ["New noise", "Old noise", "Permit"]
    assert found(state="answered") == []
    assert found(assignee="me") == found(assignee="li") == ["New noise"]
    assert found(assignee="none") == ["Old noise", "Permit"]
    assert found(bureau="CGW") == []
    assert found(bureau="SAMR,CGW") == ["New noise", "Old noise", "Permit"]
    assert found(due_before="2026-11-30") == ["Old noise"]
    assert found(due_before="2026-12-01") == ["New noise", "Old noise", "Permit"]
    assert found(opened_from="2026-11-03") == ["New noise", "Permit"]
    assert found(opened_to="2026-11-02") == ["Old noise"]
    assert found(enterprise=CODES[0].lower()) == ["Old noise"]
    assert found(district="120117") == found(district="120117001,9") == ["New noise", "Old noise"]
    assert found(district="120117002") == []
    assert found(box="todo") == ["New noise", "Old noise", "Permit"]
    assert found(box="overdue") == ["Old noise"]


@pytest.mark.parametrize(("words", "found"), [
    ("noise", ["Noise 100%"]), ("100%", ["Noise 100%"]), ("%", ["Noise 100%"]), ("示例商贸", ["Noise 100%"]),
    ("tjslsm", ["Noise 100%"]), ("TJSL", ["Noise 100%"]), (CODES[0], ["Noise 100%"]), (CODES[1][:12], ["Smell_"]),
    ("nh-ts-20261123-0002", ["Smell_"]), ("NH-TS", ["Noise 100%", "Smell_"]), ("noise 示例", ["Noise 100%"]),
    ("noise 运输", []), ("_", ["Smell_"]), ("nowhere", []), ("'; drop", [])])
def test_words_find_numbers_names_codes_initials_and_titles(office, program, words, found):
    office.open(title="Noise 100%", enterprise_id=office.enterprises[0].id)
    office.open(title="Smell_", enterprise_id=office.enterprises[1].id)
    assert sorted(titles(program("li").get("/cases", q=words))) == found
    assert sorted(titles(program("li").get("/trial/complaint", q=words))) == found


def test_a_kinds_own_columns_are_filters_and_orders(office, program):
    office.open(title="A", amount=5, happened_on=dt.date(2026, 11, 1), severity=Severity.HIGH)
    office.open(title="B", amount=50, happened_on=dt.date(2026, 11, 9))
    office.open(title="C")
    asked = program("li")

    def found(**query):
        return titles(asked.get("/trial/complaint", **query))

    assert found(order="amount") == ["A", "B", "C"]
    assert found(order="-amount") == ["B", "A", "C"]
    assert found(amount_from="6") == ["B"]
    assert found(amount_to="50", order="amount") == ["A", "B"]
    assert found(happened_on="2026-11-01") == ["A"]
    assert found(severity="high") == ["A"]
    for wrong in ({"amount_from": "much"}, {"amount_from": "NaN"}, {"severity": "dire"}, {"happened_on": "1.1."},
                  {"caller_phone": "13812345678"}, {"source": "x"}, {"secret": "s"}, {"order": "caller_phone"},
                  {"order": "source"}):
        asked.get("/trial/complaint", 422, **wrong)


def test_what_cannot_be_meant_is_refused_by_name(office, program):
    asked = program("li")
    wrong = {"overdue": "maybe", "due_before": "tomorrow", "kind": "trial.none", "limit": "1000", "stat": "x",
             "meaning": "shut", "q": "a\x00b", "box": "lost"}
    answer = asked.get("/cases", 422, **wrong)
    assert {error["field"] for error in answer["errors"]} == wrong.keys()
    assert asked.get("/cases", 422, order="query_code")["errors"][0]["field"] == "order"
    assert asked.get("/cases", 422, cursor="WzFd.forged")["errors"][0]["field"] == "cursor"
    for beyond in ({"opened_from": "9999-12-31"}, {"assignee": "99999999999999999999"}, {"enterprise": "9" * 30}):
        assert asked.client.get("/api/v1/cases", query_string=beyond, headers=asked.headers).status_code in (200, 422)


def test_pages_follow_each_other_and_lead_back(office, program):
    for number in range(5):
        office.open(title=f"Case {number}")
    asked = program("li")
    first = asked.get("/cases", limit=2, order="title")
    second = asked.get("/cases", limit=2, order="title", cursor=first["next_cursor"])
    third = asked.get("/cases", limit=2, order="title", cursor=second["next_cursor"])
    assert [titles(page) for page in (first, second, third)] == [["Case 0", "Case 1"], ["Case 2", "Case 3"], ["Case 4"]]
    assert (first["previous_cursor"], third["next_cursor"]) == (None, None)
    back = asked.get("/cases", limit=2, order="title", cursor=third["previous_cursor"])
    assert titles(back) == titles(second)
    assert {page["count"]["value"] for page in (first, second, third, back)} == {5}
    asked.get("/cases", 422, order="-title", cursor=first["next_cursor"])
    asked.get("/trial/complaint", 422, order="title", cursor=first["next_cursor"])


def test_a_case_that_arrives_meanwhile_makes_no_page_repeat_a_row(office, program):
    for number in range(4):
        office.open(title=f"Case {number}")
    asked = program("li")
    first = asked.get("/cases", limit=2)
    office.open(title="Newcomer")
    second = asked.get("/cases", limit=2, cursor=first["next_cursor"])
    assert titles(first) + titles(second) == ["Case 3", "Case 2", "Case 1", "Case 0"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.none() | st.integers(0, 3), max_size=7), order=st.sampled_from(
    ["amount", "-amount", "closed_at", "-opened_at", "due_at", "-due_at"]), limit=st.integers(1, 3))
def test_whatever_the_order_pages_are_the_whole_list_forward_and_back(office, amounts, order, limit):
    with office.session.begin_nested() as undone:
        for amount in amounts:
            office.session.add(Complaint(
                kind="trial.complaint", number=f"X-{office.session.info.setdefault('n', 0)}", query_code="q", title="t",
                state="arrived", meaning="open", unit_id=office.district.unit("SAMR").id, amount=amount,
                bureau_id=office.district.unit("SAMR").id, opened_at=DAY, updated_at=DAY, rule_day=DAY.date(),
                due_at=None if amount == 1 else DAY + dt.timedelta(days=amount or 0)))
            office.session.info["n"] += 1
        office.session.flush()
        read = {"kind": Complaint, "order": order}
        whole = [row.id for row in list_cases(office.session, CaseFilters(), limit=99, **read).rows]
        forward, cursor, last = [], "", ""
        while cursor is not None:
            page = list_cases(office.session, CaseFilters(), limit=limit, cursor=cursor, **read)
            forward += [row.id for row in page.rows]
            cursor, last = page.next_cursor, page.previous_cursor
        backward = forward[len(forward) - len(page.rows):]
        while last:
            page = list_cases(office.session, CaseFilters(), limit=limit, cursor=last, **read)
            backward, last = [row.id for row in page.rows] + backward, page.previous_cursor
        assert forward == backward == whole
        assert len(set(whole)) == len(amounts)
        undone.rollback()


def test_counts_are_exact_to_a_thousand_and_say_so_beyond(office, program, monkeypatch):
    for number in range(4):
        office.open(title=f"Case {number}")
    monkeypatch.setattr("core.api.keyset.EXACT_TO", 3)
    asked = program("li")
    assert asked.get("/cases", limit=2)["count"] == {"value": 3, "exact": False}
    assert asked.get("/cases", limit=2, q="Case 1")["count"] == {"value": 1, "exact": True}


def test_a_list_page_takes_at_most_eight_statements_however_long_it_is(office, program):
    for number in range(30):
        office.open(title=f"Case {number}", enterprise_id=office.enterprises[number % 2].id,
                    assignee_id=office.viewer("li").user_id)
    asked = program("li")
    for path, query in (("/cases", {"limit": 20}), ("/trial/complaint", {"limit": 20, "q": "示例", "overdue": "0"}),
                        ("/enterprises", {"limit": 1})):
        with counted(db.engine) as sent:
            asked.get(path, **query)
        assert len(sent) <= 8, "\n\n".join(sent)


def test_a_screen_adds_conditions_of_its_own_to_the_same_query(office):
    office.open(title="Noise", subject="Music", enterprise_id=office.enterprises[0].id)
    office.open(title="Noise", subject="Engines")
    office.open(unit="CGW", by="zhao", subject="Music")
    with view_as(office.viewer("li")) as session, counted(db.engine) as sent:
        page = list_cases(session, CaseFilters(q="noise"), kind=Complaint, where=[Complaint.subject == "Music"])
        row = page.rows[0]
        assert (row.subject, row.unit_code, row.uscc, page.count.value) == ("Music", "SAMR", CODES[0], 1)
    assert len(sent) == 1
