"""What strangers try: guessing, flooding, what is too large, what is no text."""
from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from core import moment
from core.access import as_system
from core.case import Case
from core.portal import frame, handing_in, pages, question, uploads
from trial_people import PNG, Desk

from .owner import Owner

JSON = {"Accept": "application/json"}


@pytest.fixture
def owner(app: Flask, desk: Desk) -> Owner:
    return Owner(app)


def test_a_wrong_code_and_a_number_that_nobody_has_get_the_same_answer(owner: Owner, app: Flask) -> None:
    owner.applies()
    number, _code = owner.newest()
    unknown = f"{number[:-4]}9999"
    told = []
    for typed in (number, unknown):
        guesser = Owner(app, "198.51.100.9")
        answer = guesser.post("/portal/cases", {"number": typed, "code": "23456789"})
        told.append((answer.status_code, answer.text.replace(typed, "")))
        rests = ("", "/receipt.pdf", "/material", "/letters/1.pdf")
        pages_of_it = [guesser.get(f"/portal/cases/{typed}{rest}") for rest in rests]
        assert {page.status_code for page in pages_of_it} == {302}
        assert guesser.post(f"/portal/cases/{typed}/material", {"key": "k" * 20, "text": "x"}).status_code == 302
        told.append([page.location.replace(typed, "") for page in pages_of_it])
    assert told[:2] == told[2:] and told[0][0] == 422
    with as_system("test") as session:
        assert len(session.scalars(select(Case)).one().events) == 1, "nothing was added by a stranger"


def test_guessing_is_slowed_down_from_one_place_and_for_one_number(owner: Owner, app: Flask) -> None:
    owner.applies()
    number, code = owner.newest()
    guesser = Owner(app, "198.51.100.9")
    codes = [guesser.post("/portal/cases", {"number": number, "code": f"GUESS{n}"}).status_code
             for n in range(pages.FOLLOWS + 1)]
    assert codes == [422] * pages.FOLLOWS + [429]
    stopped = guesser.post("/portal/cases", {"number": number, "code": code})
    assert stopped.status_code == 429 and int(stopped.headers["Retry-After"]) > 0 and "电话" in stopped.text
    assert owner.post("/portal/cases", {"number": number, "code": code}).status_code == 303, "others are not stopped"
    for place in range(pages.FOLLOWS_OF_ONE):  # many places, one number
        Owner(app, f"198.51.{place}.1").post("/portal/cases", {"number": number, "code": "GUESS"})
    assert Owner(app, "192.0.2.1").post("/portal/cases", {"number": number, "code": code}).status_code == 429
    with moment.at(moment.now() + dt.timedelta(hours=1)):
        assert guesser.post("/portal/cases", {"number": number, "code": code}).status_code == 303


def test_whoever_sends_a_lot_is_asked_a_question_and_then_stopped(owner: Owner, app: Flask) -> None:
    for _n in range(handing_in.SOFT):
        assert owner.applies().status_code == 303
    asked = owner.applies()
    assert asked.status_code == 422 and "等于几" in asked.text and "门前枯树" in asked.text
    key, token = (re.search(rf'name="{name}" value="([^"]+)"', asked.text) for name in ("key", "question"))
    assert key is not None and token is not None
    sum_of = re.search(r"([二三四五六七八九])加([一二三四五六七八])等于几", asked.text)
    assert sum_of is not None
    right = question.DIGITS.index(sum_of[1]) + question.DIGITS.index(sum_of[2])
    assert owner.applies(key=key[1], question=token[1], answer="99").status_code == 422
    assert owner.applies(key=key[1], question=token[1], answer=str(right)).status_code == 303
    assert owner.applies(question=token[1], answer=str(right)).status_code == 422, "each question once"
    assert Owner(app, "192.0.2.77").applies().status_code == 303, "others are not asked"
    assert Owner(app, "192.0.2.78").applies(website="http://spam.invalid").status_code == 422, "the trap"
    told = {owner.applies().status_code for _n in range(handing_in.HARD)}
    assert told == {422, 429}


def test_a_flood_from_everywhere_asks_everybody(app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = app.extensions["yingshang"]
    monkeypatch.setattr(suite, "settings", replace(suite.settings, limits=replace(suite.settings.limits, portal_flood=2)))
    with moment.at(moment.now()):
        told = [Owner(app, f"192.0.2.{n}").applies().status_code for n in range(4)]
    assert told == [303, 303, 422, 422]


def test_the_answers_are_understood_as_people_give_them(app: Flask) -> None:
    with app.test_request_context():
        for given in ("十二", "12", "１２", " 12 "):
            token = str(question._sealer().dumps(["nonce" + given, question._digest(12)]))
            assert question.answered(token, given)
        assert not question.answered("made up", "12")


def test_a_script_in_a_text_is_a_text(owner: Owner, app: Flask) -> None:
    script = "<script>alert(1)</script>\" onmouseover=x {{7*7}} 枯枝会掉下来"
    got = owner.applies((PNG, "\"><img src=x onerror=y>.png"), title=script[:60], text=script)
    page = owner.get(got.location)
    assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text and "{{7*7}}" in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert owner.get(f"{got.location.partition('?')[0]}/receipt.pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize("changed", [{"text": "长" * 10_000}, {"text": "短"}, {"phone": "1380000"}, {"title": "x" * 61}])
def test_what_does_not_fit_names_the_field_and_is_kept(owner: Owner, changed: dict[str, str]) -> None:
    got = owner.applies(**changed)
    name, value = next(iter(changed.items()))
    assert got.status_code == 422 and f'href="#f-{name}"' in got.text and value in got.text
    assert owner.known() == {}


def test_signs_that_no_database_takes_are_left_out(owner: Owner) -> None:
    got = owner.applies(text="枯枝\x00随时\x1b会掉下来，快来看看", title="枯\x00树")
    assert got.status_code == 303
    assert "枯枝随时会掉下来" in owner.get(got.location).text
    assert owner.post("/portal/cases", {"number": "NH\x00-1", "code": "\x00"}).status_code == 422


def test_too_large_too_many_and_too_much(owner: Owner, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 300_000)  # more than that, and the test client leaves a file open
    got = owner.applies((PNG + b"\0" * 400_000, "大.png"))
    assert got.status_code == 422 and "大.png" in got.text and "MB" in got.text
    got = owner.applies(*[(PNG, f"{n}.png") for n in range(4)])
    assert got.status_code == 422 and "3" in got.text
    assert owner.post("/portal/uploads", {"file": (BytesIO(b""), "a.png")}, headers=JSON).status_code == 422
    assert owner.post("/portal/uploads", {}, headers=JSON).status_code == 422
    monkeypatch.setattr(frame, "MOST_MB", 0)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)  # its check reads the form before the page does
    assert owner.post("/portal/submit/felling", {"files": (BytesIO(b"x" * 999), "a.png")}).status_code == 413
    monkeypatch.undo()
    other = Owner(app, "192.0.2.5")
    told = [other.post("/portal/uploads", {"file": (BytesIO(PNG), f"{n}.png")}, headers=JSON).status_code for n in range(61)]
    assert told == [200] * 60 + [429]


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "a key with blanks in it", "'; DROP TABLE core_case; --"])
def test_a_made_up_key_is_refused(owner: Owner, key: str) -> None:
    got = owner.post("/portal/submit/felling", {"key": key, "title": "x"})
    assert got.status_code == 422 and "刷新" in got.text
