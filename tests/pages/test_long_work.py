"""Work that takes long: a sheet imported and exported in the background, watched, and told of; messages; the search."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from core.access import UnitKind
from core.jobs import sheets
from core.jobs.models import Task, TaskState
from core.jobs.running import run_task
from core.outbox.models import Message
from core.outbox.post import post
from core.party.models import Enterprise
from core.party.people import create_person, rename_person
from core.party.units import change_unit, create_unit
from core.party.uscc import make_uscc
from core.pinyin import initials
from core.testing.people import give_role

HEAD = "统一社会信用代码,企业名称,登记状态"


def code(number: int) -> str:
    return make_uscc("120117", number + 1)


@pytest.fixture
def clerk(people, browser):
    give_role(people, "sun", "孙立", "core.register", "SAMR")
    people.session.commit()
    return browser("sun")


def upload(clerk, rows):
    text = "\n".join([HEAD, *(f"{code(n)},天津示例{n}号商店,存续" for n in range(rows))])
    return clerk.post("/import/enterprises", data={"file": (io.BytesIO(text.encode()), "名录.csv")},
                      content_type="multipart/form-data").text


def hidden(page, name):
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def test_a_large_sheet_is_imported_in_the_background_and_a_message_tells(clerk, app, session, monkeypatch):
    monkeypatch.setattr(sheets, "BACKGROUND", 3)
    page = upload(clerk, 5)
    assert 'data-test="preview"' in page and "天津示例4号商店" in page and 'aria-current="step"' in page
    answer = clerk.post("/import/enterprises", data={
        "confirm": "1", "name": "名录.csv", "sha256": hidden(page, "sha256"), "rows": "5"})
    assert answer.location == "/tasks"
    task = session.scalars(select(Task)).one()
    assert clerk.get(f"/tasks/{task.id}").json["state"] == "queued"
    assert session.scalars(select(Enterprise)).first() is None
    run_task(app.extensions["jobs"], task.id)
    session.expire_all()
    assert (task.state, len(session.scalars(select(Enterprise)).all())) == (TaskState.DONE, 5)
    told = session.scalars(select(Message)).one()
    assert told.recipient_id == task.by_id and told.link == "/tasks"
    assert clerk.get(f"/messages/{told.id}/open").location == "/tasks"
    session.expire_all()
    assert told.read_at is not None
    assert "名录.csv" in clerk.get("/import").text  # and can be undone there


def test_a_small_sheet_is_imported_at_once(clerk, session):
    page = upload(clerk, 2)
    done = clerk.post("/import/enterprises", data={
        "confirm": "1", "name": "名录.csv", "sha256": hidden(page, "sha256"), "rows": "2"})
    assert done.status_code == 200
    assert len(session.scalars(select(Enterprise)).all()) == 2
    assert "/export/enterprises/ask?q=" in clerk.get("/enterprises?q=天津示例1号").text
    sheet = clerk.get("/export/enterprises?format=csv&q=天津示例1号").text
    assert "天津示例1号商店" in sheet and "天津示例0号商店" not in sheet
    assert '<option value="吊销，未注销"' in clerk.get("/enterprises").text  # a choice of what is registered
    assert '<option value="存续" selected>' in (kept := clerk.get("/enterprises?status=存续").text) and "示例1号" in kept
    assert "天津示例1号商店" not in clerk.get("/enterprises?status=注销").text


def test_nobody_opens_anothers_message_or_task(clerk, people, browser, session):
    sent = post(session, to=people.people["sun"].id, channel="inapp", subject="只给孙的消息", body="…", link="https://evil.invalid/",
                dedupe_key="a")
    session.commit()
    assert browser("admin").get(f"/messages/{sent.id}/open").status_code == 404
    assert clerk.get(f"/messages/{sent.id}/open").location == "/messages"  # never out of the house
    clerk.post("/messages/read", data={"ids": sent.id, "dismiss": "1"})
    assert "只给孙的消息" not in clerk.get("/messages").text
    assert browser("admin").get("/tasks/1").status_code == 404


def test_an_enterprise_is_found_by_name_code_initials_and_pinyin(clerk, session):
    name = "天津示例食品有限公司"
    session.add(Enterprise(name=name, uscc=code(7), pinyin=initials(name), source="import"))
    session.commit()
    for typed in ("天津示例", "tjslsp", "tianjinshilishipin", code(7)[:10], code(7)):
        assert name in clerk.get(f"/search?q={typed}").text, typed
        assert name in str(clerk.get(f"/pick/enterprises?q={typed}").json), typed
        assert name in clerk.get(f"/enterprises?q={typed}").text, typed
    assert name not in clerk.get("/search?q=beijing").text


def test_people_and_units_are_found_by_pinyin_and_initials(clerk, browser, session):
    admin = browser("admin")
    person = create_person(session, username="nh0071", name="曾文博", password="Ab93-Tian-Jin-Shi", post="科员")
    unit = create_unit(session, code="NH-YLJ", name="天津市宁河区园林绿化局", short_name="区园林局", kind=UnitKind.BUREAU,
                       parent=None)
    session.commit()
    for typed in ("曾文", "zwb", "ZENG", "zengwenbo", "wenbo", "cengwenbo", "nh0071"):
        assert "曾文博" in str(clerk.get(f"/pick/people?q={typed}").json), typed
        assert "曾文博" in admin.get(f"/admin/people?q={typed}").text, typed
        assert f"/admin/people/{person.id}" in admin.get(f"/search?q={typed}").text, typed
    for typed in ("园林", "qylj", "ylj", "yuanlin", "tjsnhqyllhj", "nh-yl"):
        assert clerk.get(f"/pick/units?q={typed}").json["items"] == [
            {"id": unit.id, "label": "区园林局", "hint": "NH-YLJ"}], typed
        assert f"/admin/units?unit={unit.id}" in admin.get(f"/search?q={typed}").text, typed
    for path in ("people?q=wb", "units?q=lj"):  # too short to stand inside
        assert clerk.get(f"/pick/{path}").json == {"items": []}, path
    assert "/admin/" not in clerk.get("/search?q=zengwenbo").text  # a clerk keeps no accounts
    assert 'data-spelled=" qylj ' in admin.get("/admin/units").text
    rename_person(session, person, "张文博")
    change_unit(session, unit, name="天津市宁河区城市绿化局", short_name="区绿化局")
    session.commit()
    assert not clerk.get("/pick/people?q=zeng").json["items"]
    assert [clerk.get(f"/pick/{what}?q={typed}").json["items"][0]["id"] for what, typed in (
        ("people", "zhang wen"), ("units", "qlhj"))] == [person.id, unit.id]
