"""What stands around the endpoints: description, health, measurements, enterprises, letters, long work."""
from __future__ import annotations

import datetime as dt
import io

import pytest
from marshmallow import Schema, fields
from openapi_spec_validator import validate
from sqlalchemy import func, select

from api_office import CODES
from core import moment
from core.access.fields import MASKS
from core.api.idempotency import KEPT, Idempotency, forget_old
from core.api.reading import Parameters
from core.case.search import install_search_indexes
from core.db import db
from core.errors import Invalid
from core.jobs.api import offer
from core.jobs.models import Task, TaskState
from core.jobs.tasks import TaskKind, register_kind
from core.letter.models import Letter, LetterState
from core.outbox.post import post


class Counting(Schema):
    n = fields.Integer(required=True)


SERVED = ("CaseApi", "EnterpriseApi", "LetterApi", "LetterBatchApi", "TaskApi")
register_kind(TaskKind("trial.count", lambda task: None, "Count"))
register_kind(TaskKind("trial.hidden", lambda task: None, "Not for programs"))
offer("trial.count", "trial.complaint:read", Counting)


def test_the_description_is_valid_and_names_every_address(client, app):
    told = client.get("/api/v1/_openapi").json
    validate(told)
    assert {"/api/v1/cases", "/api/v1/cases/{number}", "/api/v1/cases/{number}/timeline",
            "/api/v1/cases/{number}/clocks", "/api/v1/cases/{number}/actions",
            "/api/v1/cases/{number}/actions/{action}", "/api/v1/{module}/cases", "/api/v1/{module}/{register}",
            "/api/v1/trial/complaint", "/api/v1/enterprises", "/api/v1/letters", "/api/v1/letters/{letter_id}/pdf",
            "/api/v1/tasks/{kind}", "/api/v1/tasks/letters.batch", "/api/v1/security/login"} <= told["paths"].keys()
    described = {(path.replace("{", "<").replace("}", ">"), method.upper())
                 for path, item in told["paths"].items() for method in item}
    served = {(rule.rule.replace("int:", ""), method) for rule in app.url_map.iter_rules()
              for method in rule.methods - {"HEAD", "OPTIONS"}
              if rule.endpoint.partition(".")[0] in (*SERVED, "OpenApi")}
    assert served <= described


def test_no_two_enpoints_answer_without_a_person(client, app):
    """Every address of the API but the description wants to know who asks."""
    values = {"number": "X", "action": "x", "module": "trial", "register": "complaint", "kind": "trial.count",
              "task_id": 1, "letter_id": 1, "code": "X"}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in SERVED:
            path = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
            for method in rule.methods - {"OPTIONS"}:
                assert client.open(path, method=method).status_code == 401, (method, path)


def test_a_supervisor_learns_whether_the_process_lives_and_can_work(client, app, monkeypatch):
    assert client.get("/healthz").json == {"ok": True}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["checks"]) == (
        200, {"database": "ok", "migrations": "ok", "broker": "ok"}), ready.json
    monkeypatch.setattr("core.migrate.current", lambda connection, part: "older")
    assert (client.get("/readyz").status_code, client.get("/readyz").json["ok"]) == (503, False)
    monkeypatch.setattr("core.api.health._broker", lambda suite: "gone")
    assert client.get("/readyz").json["checks"]["broker"] == "gone"


def test_measurements_count_requests_by_route_and_messages_that_wait(client, office, program):
    case = office.open()
    program("li").get(f"/cases/{case.number}")
    post(office.session, to=office.viewer("li").user_id, channel="email", subject="s", body="b", dedupe_key="k")
    office.session.commit()
    text = client.get("/metrics").get_data(as_text=True)
    assert 'yingshang_requests_total{method="GET",route="/api/v1/cases/<number>",status="200"}' in text
    assert 'yingshang_request_seconds_bucket{le="0.005",method="GET",route="/api/v1/cases/<number>"}' in text
    assert 'yingshang_outbox_backlog{state="pending"} 1.0' in text
    assert case.number not in text


def test_the_register_of_enterprises_masks_what_need_not_be_known(office, program):
    front, registrar = program("li"), program("qian")
    line = front.get("/enterprises", q="示例商贸")["items"][0]
    assert (line["uscc"], line["phone"], line["legal_rep"]) == (CODES[0], "138****5678", "张**")
    clear = registrar.get("/enterprises", q="tjslsm")["items"][0]
    assert (clear["phone"], clear["legal_rep"]) == ("13812345678", "张三丰")
    assert [e["name"] for e in registrar.get("/enterprises", order="-uscc", limit=1)["items"]] == ["宁河示例运输有限公司"]
    assert front.get(f"/enterprises/{CODES[1].lower()}")["former_names"] == []
    assert registrar.get("/enterprises", verified="0")["items"] == []
    assert len(registrar.get("/enterprises", district="120117001", status="存续")["items"]) == 2
    front.get("/enterprises/91120117MA0000000X", 404)
    front.get("/enterprises", 422, phone="13812345678")
    program("wang").get("/enterprises", 403)


def test_letters_are_seen_with_their_cases(office, program, monkeypatch):
    case = office.open(enterprise_id=office.enterprises[0].id)
    letter = Letter(kind="trial.notice", case_id=case.id, bureau_id=case.bureau_id, unit_id=case.unit_id,
                    addressee="天津示例商贸有限公司", title="告知书", state=LetterState.DRAFT, drafted_at=moment.now())
    office.session.add(letter)
    office.session.commit()
    monkeypatch.setattr("core.letter.api.register.pdf_of", lambda found: f"%PDF {found.title}".encode())
    asked, other = program("li"), program("zhao")
    line = asked.get("/letters", state="draft", kind="trial.notice", bureau="SAMR", case=case.number, q="告知")["items"][0]
    assert (line["case"], line["state"], line["enterprise"], line["number"]) == (
        case.number, "draft", "天津示例商贸有限公司", None)
    assert asked.get(f"/letters/{letter.id}") == line
    answer = asked.client.get(f"/api/v1/letters/{letter.id}/pdf", headers=asked.headers)
    assert (answer.mimetype, answer.get_data()) == ("application/pdf", "%PDF 告知书".encode())
    assert other.get("/letters")["items"] == []
    other.get(f"/letters/{letter.id}", 404)
    other.get(f"/letters/{letter.id}/pdf", 404)
    other.get(f"/letters/{2**40}", 404)
    asked.get("/letters", 422, state="lost")


def test_long_work_is_asked_for_watched_stopped_and_fetched(office, program, app):
    asked, other = program("li"), program("zhao")
    task = asked.post("/tasks/trial.count", {"n": 3}, 202, Idempotency_Key="t")
    place = asked.last.headers["Location"]
    assert place.endswith(f"/api/v1/tasks/{task['id']}")
    assert asked.post("/tasks/trial.count", {"n": 3}, 202, Idempotency_Key="t")["id"] == task["id"]
    assert asked.get(f"/tasks/{task['id']}")["state"] == "queued"
    other.get(f"/tasks/{task['id']}", 404)
    asked.get(f"/tasks/{task['id']}/result", 404)
    stored = app.extensions["jobs"].files.put(io.BytesIO(b"1\n2\n"), 100)
    row = office.session.get(Task, task["id"])
    row.result_sha256, row.result_size, row.result_name = stored.sha256, stored.size, "数.txt"
    office.session.commit()
    answer = asked.client.get(f"/api/v1/tasks/{task['id']}/result", headers=asked.headers)
    assert answer.get_data() == b"1\n2\n"
    answer.close()
    stopped = asked.client.delete(place, headers=asked.headers)
    assert stopped.json["state"] == TaskState.CANCELLED
    assert [item["id"] for item in asked.get("/tasks")["items"]] == [task["id"]]
    assert office.session.scalar(select(func.count()).select_from(Task)) == 1


def test_only_offered_work_can_be_asked_for(office, program):
    program("li").post("/tasks/trial.count", {"n": "many"}, 422)
    program("li").post("/tasks/trial.hidden", {}, 404)
    program("li").post("/tasks/core.nothing", {}, 404)
    program("qian").post("/tasks/trial.count", {"n": 1}, 403)


def test_old_answers_are_forgotten(office, program):
    program("li").post("/trial/cases", {"kind": "complaint", "title": "Noise"}, 201, Idempotency_Key="k")
    assert forget_old(office.session, moment.now()) == 0
    assert forget_old(office.session, moment.now() + KEPT + dt.timedelta(seconds=1)) == 1
    assert office.session.scalars(select(Idempotency)).all() == []


def test_search_indexes_are_made_where_the_database_can(app, installed):
    with db.engine.begin() as connection:
        made = install_search_indexes(connection)
        assert install_search_indexes(connection) is made
    assert made is (installed.backend == "postgresql")


@pytest.mark.parametrize(("mask", "text", "shown"), [
    ("phone", "13812345678", "138****5678"), ("phone", "1234", "****"), ("id", "120117199001011234", "1201**********1234"),
    ("name", "张三丰", "张**"), ("name", "张", "*"), ("name", "", "")])
def test_masks_leave_what_is_needed_to_recognise(mask, text, shown):
    assert MASKS[mask](text) == shown


def test_parameters_gather_their_faults(app):
    given = Parameters({"limit": "0", "from": "2026-02-30", "q": "x" * 500, "extra": "1"})
    given.limit(), given.date("from"), given.text("q")
    with pytest.raises(Invalid) as refused:
        given.done()
    assert [error.field for error in refused.value.errors] == ["limit", "from", "q", "extra"]
