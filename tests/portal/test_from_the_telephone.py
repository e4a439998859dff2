"""The owner's story: hand in, get number and code, follow, add, be answered, rate; on both databases."""
from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Session

from core import moment
from core.access import as_system, system_viewer
from core.case import Case, Confidentiality, note_down
from core.case.models import Attachment, Evaluation
from core.db import db
from core.module_switch import BureauModule
from core.outbox.models import Message
from core.portal import rebuild, tokens
from core.portal.models import PublicCase, PublicEvent, Submission, Token
from trial_people import PNG, Desk, find

from .owner import WORDS, Owner

MONDAY = moment.as_instant(dt.date(2026, 1, 5))


@pytest.fixture
def owner(app: Flask, desk: Desk) -> Owner:
    return Owner(app)


def test_from_the_first_page_to_the_rating(owner: Owner, desk: Desk, app: Flask) -> None:
    with moment.at(MONDAY):
        home = owner.get("/portal").text
        assert "/portal/submit/felling" in home and "/verify" in home
        lost = [owner.get(path) for path in ("/portal/nothing", "/portal/guides/nothing")]
        assert all(got.status_code == 404 and '<a class="btn" href="/portal">' in got.text for got in lost)
        got = owner.applies((PNG, "现场.png"))
        assert got.status_code == 303
        number, code = owner.newest()
        page = owner.get(got.location).text
        assert number in page and f"{code[:4]} {code[4:]}" in page and "区城管委" in page
        assert "砸坏了招牌" in page and "/receipt.pdf" in page
        receipt = owner.get(f"/portal/cases/{number}/receipt.pdf")
        assert receipt.mimetype == "application/pdf" and receipt.data.startswith(b"%PDF")

        stranger = Owner(app, "198.51.100.3")
        assert stranger.get(f"/portal/cases/{number}").location == f"/portal/cases?number={number}"
        spoken = f" {code[:4].lower()}-{code[4:]} "
        assert stranger.post("/portal/cases", {"number": number.lower(), "code": spoken}).status_code == 303
        assert "门前枯树" in stranger.get(f"/portal/cases/{number}").text
        added = stranger.post(f"/portal/cases/{number}/material",
                              {"key": stranger.key(f"/portal/cases/{number}/material"), "text": "补充：电话13812345678"})
        assert added.status_code == 303
        page = stranger.get(added.location).text
        assert "补充：电话138****5678" in page and "13812345678" not in page
    assert stranger.get(f"/portal/cases/{number}/complete").status_code == 302, "nothing is missing yet"
    desk.does("lin", number, "accept", on=MONDAY)
    page = owner.get(f"/portal/cases/{number}").text
    assert "2026-01-14" in page, "seven working days after Monday the fifth"
    desk.does("lin", number, "ask", on=dt.date(2026, 1, 7), note="缺照片")
    assert "step-complete" in owner.get(f"/portal/cases/{number}").text
    with moment.at(dt.date(2026, 1, 8)):
        owner.post(f"/portal/cases/{number}/complete", {"key": "k" * 20, "text": "已补齐"})
    assert desk.case(number).state == "accepted"
    desk.does("han", number, "grant", on=dt.date(2026, 1, 9), data={"trees": 1})
    page = owner.get(f"/portal/cases/{number}").text
    assert "准予砍伐1株" in page and "step-material" not in page
    listed = owner.get("/portal/lists/felled").text
    assert "国槐1株" in listed and number not in listed and WORDS["title"] not in listed and WORDS["phone"] not in page

    with moment.at(dt.date(2026, 1, 9)), as_system("test") as session:
        tokens.invite(session, find(session, number), "rate", "13800001234", lambda link: f"请评价：{link}")
        session.commit()
        message = session.scalars(select(Message).where(Message.dedupe_key.like("portal:token:%"))).one()
        link = re.search(r"/portal/rate/\S+", message.body)
        assert link is not None and message.address == "13800001234"
        for _n in range(2):  # looking at it, as programs that fetch links in advance do, uses nothing up
            assert "score" in owner.get(link[0]).text
        assert owner.post(link[0], {"key": "k" * 20, "score": "9"}).status_code == 422
        assert owner.post(link[0], {"key": "k" * 20, "score": "4", "comment": "快"}).location.startswith("/portal/thanks")
        assert owner.post(link[0], {"key": "z" * 20, "score": "1"}).status_code == 404, "once"
        assert session.scalars(select(Evaluation.score)).all() == [4]
        session.expire_all()
        used = session.scalars(select(Token)).one()
        assert used.used_from == owner.address


def test_the_pages_read_the_public_projection_and_nothing_else(owner: Owner, desk: Desk, app: Flask) -> None:
    """Whatever a staff member who is signed in on the same machine may see."""
    owner.applies((PNG, "现场.png"))
    number, code = owner.newest()
    read: set[str] = set()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        read.update(re.findall(r"(?:FROM|JOIN|INTO|^UPDATE) (\w+)", statement))

    engine = db.engine
    sa_event.listen(engine, "before_cursor_execute", note)
    try:
        for path in ("/portal", "/portal/submit/felling", "/portal/cases", f"/portal/cases/{number}",
                     f"/portal/cases/{number}/receipt.pdf", f"/portal/cases/{number}/material", "/portal/lists/felled",
                     "/portal/find/felling-office?q=国槐", "/portal/account"):
            assert owner.get(path).status_code == 200, path
        owner.post("/portal/cases", {"number": number, "code": code})
        owner.post("/portal/cases", {"number": number, "code": "22222222"})
    finally:
        sa_event.remove(engine, "before_cursor_execute", note)
    assert {name for name in read if not name.startswith("core_portal_")} <= {"core_bureau_module"}
    held = {column.name for model in (PublicCase, PublicEvent) for column in model.__table__.c}
    assert not held & {"query_code", "phone", "actor", "actor_id", "assignee_id", "note"}


def test_sent_twice_it_is_one_and_sent_in_two_at_once_too(owner: Owner, app: Flask, desk: Desk) -> None:
    key = owner.key("/portal/submit/felling")
    first, again = owner.applies(key=key), owner.applies(key=key, title="something else")
    assert first.location == again.location
    key = "two-taps-at-the-same-moment"

    def tap(_n: int) -> str:
        return str(Owner(app).applies(key=key).location)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(tap, range(4)))) == 1
    with as_system("test") as session:
        assert len(session.scalars(select(Case.id)).all()) == len(session.scalars(select(Submission.key)).all()) == 2


def test_what_is_refused_keeps_what_was_typed_and_can_be_sent_again(owner: Owner, app: Flask, desk: Desk) -> None:
    key = owner.key("/portal/submit/felling")
    got = owner.applies((PNG, "现场.png"), (b"MZ\x90\x00" * 30, "病毒.jpg"), key=key, phone="12", text="短")
    assert got.status_code == 422
    assert WORDS["title"] in got.text and "现场.png" in got.text and "病毒.jpg" in got.text and 'href="#f-phone"' in got.text
    kept = re.findall(r'name="uploads" value="([^"]+)"', got.text)
    assert len(kept) == 1 and key in got.text
    assert owner.applies(key=key, uploads=[*kept, "made-up"]).status_code == 303
    with as_system("test") as session:
        assert [a.name for a in session.scalars(select(Attachment))] == ["现场.png"]


def test_a_photograph_may_be_sent_ahead(owner: Owner, desk: Desk) -> None:
    kept = owner.post("/portal/uploads", {"file": (BytesIO(PNG), "a.png")}).json
    assert kept is not None and kept["size"] == len(PNG)
    got = owner.applies(uploads=[kept["token"]])
    assert got.status_code == 303
    refused = owner.post("/portal/uploads", {"file": (BytesIO(b"<html>"), "a.png")}, headers={"Accept": "application/json"})
    assert refused.status_code == 422 and "a.png" in refused.json["detail"]  # type: ignore[index]


def test_what_is_rolled_back_was_never_outside_and_the_whole_can_be_made_anew(owner: Owner, desk: Desk, app: Flask) -> None:
    owner.applies()
    number, _code = owner.newest()
    with as_system("test") as session:
        note_down(find(session, number), system_viewer("test"), "这句话不会留下", public=True)
        session.rollback()
    assert "这句话" not in owner.get(f"/portal/cases/{number}").text
    desk.does("lin", number, "accept")
    with as_system("test") as session:
        before = _projected(session)
        session.execute(delete(PublicCase))
        session.commit()
        assert rebuild(session) == {"cases": 1, "letters": 0, "removed": 0}
        assert _projected(session) == before
        case = find(session, number)
        case.confidentiality = Confidentiality.RESTRICTED
        session.commit()
        assert rebuild(session)["cases"] == 0
        assert session.scalars(select(PublicCase)).all() == []
    assert owner.get(f"/portal/cases/{number}").status_code == 302, "gone from outside"


def test_of_a_restricted_case_nothing_but_its_receipt_is_told(owner: Owner, app: Flask, desk: Desk,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = app.extensions["portal"].kinds
    monkeypatch.setitem(kinds, "tree_felling.permit", replace(kinds["tree_felling.permit"], shown=lambda case: True))
    owner.applies()
    number, _code = owner.newest()
    with as_system("test") as session:
        case = find(session, number)
        case.confidentiality = Confidentiality.RESTRICTED
        note_down(case, system_viewer("test"), "机密内容", public=True)
        session.commit()
    page = owner.get(f"/portal/cases/{number}").text
    assert number in page and "门前枯树" not in page and "招牌" not in page and "机密内容" not in page


def _projected(session: Session) -> list[tuple[object, ...]]:
    tables = (PublicCase.__table__, PublicEvent.__table__)
    return [tuple(row) for table in tables for row in session.execute(select(table).order_by(table.c.id))]


def test_a_module_that_no_bureau_has_switched_on_is_not_there(owner: Owner, desk: Desk, app: Flask) -> None:
    owner.applies()
    number, _code = owner.newest()
    with as_system("test") as session:
        session.execute(delete(BureauModule))
        session.commit()
    for path in ("/portal/submit/felling", "/portal/find/felling-office", "/portal/lists/felled"):
        assert owner.get(path).status_code == 404
    assert "felling" not in owner.get("/portal").text
    assert owner.get(f"/portal/cases/{number}").status_code == 200, "what was handed in can still be followed"
