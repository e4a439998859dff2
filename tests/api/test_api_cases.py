"""A program reads a case, opens one, and does what its person may do."""
from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select

from api_kinds import Complaint
from api_office import CODES, DAY, counted
from core import moment
from core.audit import AuditEntry
from core.case.act import do
from core.case.models import Case, Confidentiality
from core.case.schemas import CaseSchema, ClocksSchema, OffersSchema, TimelineSchema
from core.db import db


def test_a_case_shows_its_clocks_actions_and_events(office, program):
    case = office.open(subject="Music", enterprise_id=office.enterprises[0].id, assignee_id=office.viewer("li").user_id)
    answer = program("li").get(f"/cases/{case.number.lower()}")
    assert CaseSchema().validate(answer) == {}
    assert (answer["number"], answer["state"], answer["version"]) == (case.number, "arrived", case.version)
    assert answer["assignee"]["name"] == "李敏"
    assert [(action["name"], action["enabled"]) for action in answer["actions"]] == [("ask", True), ("answer", True)]
    assert answer["actions"][1]["fields"] == [{"name": "amount", "label": "Amount", "type": "integer",
                                               "required": True}]
    clock = answer["clocks"][0]
    assert (clock["rule_key"], clock["amount"], clock["unit"], clock["due_on"]) == ("trial.answer", 5, "WD", "2026-11-30")
    assert [event["kind"] for event in answer["events"]] == ["opened"]


def test_what_may_not_be_seen_answers_like_what_is_not_there(office, program):
    case = office.open(unit="CGW", by="zhao")
    asked, answers = program("li"), []
    for number in (case.number, "NH-TS-20200101-0001"):
        for tail in ("", "/timeline", "/clocks", "/actions"):
            answers.append(asked.get(f"/cases/{number}{tail}", 404))
        answers.append(asked.post(f"/cases/{number}/actions/answer", status=404))
    assert len({(answer["title"], answer["detail"], str(answer["errors"])) for answer in answers}) == 1


def test_clocks_are_explained_day_by_day_to_the_stored_date(office, program):
    case = office.open()
    answer = program("li").get(f"/cases/{case.number}/clocks")
    assert ClocksSchema().validate(answer) == {}
    clock = answer["items"][0]
    assert [day["date"] for day in clock["days"] if day["counted"]] == [
        "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"]
    assert clock["days"][-1]["date"] == clock["due_on"]
    assert (clock["basis"], clock["is_law"]) == ("示例办法 第三条", False)
    assert clock["start_event"] == program("li").get(f"/cases/{case.number}/timeline")["items"][0]["id"]


def test_every_action_says_whether_it_can_be_done_and_why_not(office, program):
    case = office.open()
    answer = program("li").get(f"/cases/{case.number}/actions")
    assert OffersSchema().validate(answer) == {}
    told = {item["name"]: (item["enabled"], bool(item["reason"])) for item in answer["items"]}
    assert told == {"ask": (True, False), "hear": (False, True), "answer": (False, True), "reject": (False, True)}
    assert "expire" not in told


def test_an_action_is_done_and_leads_on(office, program):
    case = office.open(subject="Music")
    asked = program("li")
    done = asked.post(f"/cases/{case.number}/actions/answer", {"version": case.version, "note": "Settled",
                                                               "data": {"amount": 7}})
    assert (done["state"], done["meaning"], done["result"], done["fields"]["amount"]) == (
        "answered", "closed", "answer", "7.00")
    assert done["clocks"][0]["result"] == "on_time"
    timeline = asked.get(f"/cases/{case.number}/timeline")
    assert TimelineSchema().validate(timeline) == {}
    assert [(event["action"], event["note"]) for event in timeline["items"]] == [("", ""), ("answer", "Settled")]


def test_refusals_say_why_in_their_own_way(office, program):
    case = office.open()
    clerk, head, path = program("li"), program("wang"), f"/cases/{case.number}/actions"
    assert "Say first" in clerk.post(f"{path}/answer", {"data": {"amount": 1}}, 422)["detail"]
    assert clerk.post(f"{path}/ask", {}, 422)["errors"][0]["field"] == "note"
    assert clerk.post(f"{path}/ask", {"note": 5}, 422)["errors"][0]["field"] == "note"
    assert clerk.post(f"{path}/ask", {"notes": "x"}, 422)["errors"][0]["field"] == "notes"
    clerk.post(f"{path}/ask", [], 422)
    clerk.post(f"{path}/reject", {}, 403)
    head.post(f"{path}/ask", {"note": "x"}, 403)
    clerk.post(f"{path}/fly", {}, 404)
    clerk.post(f"{path}/expire", {}, 422)
    assert clerk.get(f"/cases/{case.number}")["version"] == case.version


def test_the_second_of_two_clerks_is_told_that_it_changed(office, program):
    case = office.open(subject="Music")
    asked, seen = program("li"), case.version
    now = asked.post(f"/cases/{case.number}/actions/ask", {"version": seen, "note": "Which music?"})["version"]
    refused = asked.post(f"/cases/{case.number}/actions/answer", {"version": seen, "data": {"amount": 1}}, 409)
    assert refused["version"] == now > seen


def test_two_clerks_at_the_very_same_moment_one_is_told_the_version(office, program, monkeypatch):
    case = office.open()
    asked, meanwhile = program("li"), []

    def slow(found, *args, **kwargs):
        if not meanwhile:
            meanwhile.append(do(office.session.get(Case, case.id), "ask", actor=office.viewer("li"), note="First"))
            office.session.commit()
        return do(found, *args, **kwargs)

    monkeypatch.setattr("core.case.api.act.do", slow)
    refused = asked.post(f"/cases/{case.number}/actions/ask", {"note": "Second"}, 409)
    assert refused["version"] == case.version


def test_a_case_is_opened_and_found_where_it_says(office, program):
    asked = program("li")
    made = asked.post("/trial/cases", {"kind": "complaint", "title": "Noise", "enterprise": CODES[0], "note": "By phone",
                                       "data": {"subject": "Music", "amount": "3.5", "happened_on": "2026-11-22",
                                                "severity": "high", "caller_phone": "13812345678"}}, 201)
    assert made["unit"]["code"] == "SAMR"
    assert made["fields"]["caller_phone"] == "138****5678"
    assert made["events"][0]["note"] == "By phone"
    found = asked.client.get(asked.last.headers["Location"], headers=asked.headers).json
    assert found == made


@pytest.mark.parametrize(("change", "field"), [
    ({"kind": "complaints"}, "kind"), ({"kind": ""}, "kind"), ({"title": " "}, "title"), ({"unit": "NOWHERE"}, "unit"),
    ({"enterprise": "91120117MA0000000X"}, "enterprise"), ({"data": {"amount": "much"}}, "data.amount"),
    ({"data": {"colour": "red"}}, "data.colour"), ({"data": {"source": "x"}}, "data.source"), ({"title": 5}, "title"),
    ({"data": {"secret": "x"}}, "data.secret"), ({"data": {"subject": "x" * 81}}, "data.subject"), ({"more": 1}, "more")])
def test_what_is_wrong_with_a_new_case_is_named(office, program, change, field):
    answer = program("li").post("/trial/cases", {"kind": "complaint", "title": "Noise"} | change, 422)
    assert [error["field"] for error in answer["errors"]] == [field]
    assert office.session.scalar(select(func.count()).select_from(Case)) == 0


def test_who_may_not_open_a_case_does_not(office, program):
    program("li").post("/trial/cases", {"kind": "complaint", "title": "Noise", "unit": "CGW"}, 403)
    program("wang").post("/trial/cases", {"kind": "complaint", "title": "Noise"}, 403)
    program("qian").post("/trial/cases", {"kind": "complaint", "title": "Noise"}, 404)
    program("li").post("/nothing/cases", {"title": "Noise"}, 404)


def test_a_second_case_with_the_same_reference_is_refused_without_a_word_of_sql(office, program):
    wanted = {"kind": "complaint", "title": "Noise", "data": {"reference": "R1"}}
    asked = program("li")
    asked.post("/trial/cases", wanted, 201)
    answer = asked.post("/trial/cases", wanted, 422)
    assert "INSERT" not in str(answer)
    assert asked.get("/cases")["count"]["value"] == 1


def test_a_repeat_returns_the_first_answer(office, program):
    asked, wanted = program("li"), {"kind": "complaint", "title": "Noise"}
    first = asked.post("/trial/cases", wanted, 201, Idempotency_Key="k1")
    place = asked.last.headers["Location"]
    again = asked.post("/trial/cases", wanted, 201, Idempotency_Key="k1")
    assert again == first
    assert (asked.last.headers["Location"], asked.last.headers["Idempotency-Replayed"]) == (place, "true")
    assert asked.get("/cases")["count"]["value"] == 1
    asked.post("/trial/cases", wanted | {"title": "Other"}, 422, Idempotency_Key="k1")
    asked.post("/trial/cases", wanted, 201, Idempotency_Key="k2")
    other = program("zhao").post("/trial/cases", wanted, 201, Idempotency_Key="k1")
    assert other["number"] != first["number"]


def test_work_that_was_refused_can_be_tried_again_under_its_key(office, program):
    case = office.open()
    asked, path = program("li"), f"/cases/{case.number}/actions/answer"
    asked.post(path, {"data": {"amount": 1}}, 422, Idempotency_Key="k")
    case.subject = "Music"
    office.session.commit()
    done = asked.post(path, {"data": {"amount": 1}}, Idempotency_Key="k")
    assert asked.post(path, {"data": {"amount": 1}}, Idempotency_Key="k") == done


def test_a_key_that_arrives_many_times_at_once_opens_one_case(office, program, installed):
    headers, answers = program("li").headers | {"Idempotency-Key": "k"}, []

    def send():
        with moment.at(DAY):
            answer = installed.app.test_client().post(
                "/api/v1/trial/cases", json={"kind": "complaint", "title": "Noise"}, headers=headers)
        answers.append((answer.status_code, answer.get_data()))

    threads = [threading.Thread(target=send) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 201
    assert office.session.scalar(select(func.count()).select_from(Complaint)) == 1


def test_a_form_on_another_site_cannot_act_with_the_cookie(login, office, app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    case = office.open(subject="Music")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    browser = login("li")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = browser.post(f"/api/v1/cases/{case.number}/actions/answer", json={"data": {"amount": 1}})
    assert answer.status_code == 400
    assert browser.get(f"/api/v1/cases/{case.number}").json["state"] == "arrived"


def test_reading_a_restricted_case_is_on_record(office, program):
    case = office.open(confidentiality=Confidentiality.RESTRICTED)
    program("li").get(f"/cases/{case.number}")
    entry = office.session.scalars(select(AuditEntry).where(AuditEntry.action == "read")).one()
    assert (entry.label, entry.actor) == (case.number, "李敏")


def test_a_case_is_read_in_a_fixed_number_of_statements(office, program):
    case = office.open(subject="Music")
    asked = program("li")

    def statements():
        with counted(db.engine) as sent:
            asked.get(f"/cases/{case.number}")
        return len(sent)

    before = statements()
    for _round in range(3):
        asked.post(f"/cases/{case.number}/actions/ask", {"note": "Which?"})
        with moment.at(DAY + dt.timedelta(hours=1)):
            asked.post(f"/cases/{case.number}/actions/hear")
    assert statements() == before <= 12
