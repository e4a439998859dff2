"""What every answer carries, and what people and programs are told when something cannot be done."""

from __future__ import annotations

import logging
import re

import pytest
from flask import Response, session
from flask.testing import FlaskClient

from core.web import allow_framing

from .conftest import small_app


def test_every_page_forbids_what_a_page_of_ours_never_needs(client: FlaskClient) -> None:
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    for rule in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "img-src 'self' data: blob:",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers
    assert "Strict-Transport-Security" in client.get("/", base_url="https://localhost").headers


def test_a_preview_may_stand_in_a_frame_of_our_own_page() -> None:
    app = small_app()
    app.add_url_rule("/pdf", "pdf", lambda: allow_framing(Response(b"%PDF", mimetype="application/pdf")))
    headers = app.test_client().get("/pdf").headers
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(("base", "secure"), [("http://localhost", False), ("https://localhost", True)])
def test_the_session_cookie_is_secure_whenever_the_request_was(base: str, secure: bool) -> None:
    app = small_app()

    def sign_in() -> str:
        session["user"] = 1
        return ""

    app.add_url_rule("/in", "in", sign_in)
    cookie = app.test_client().get("/in", base_url=base).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is secure


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("refused", 422, "Pay the fine first."),
        ("notallowed", 403, "Only the head of section signs."),
        ("notfound", 404, "No such case."),
        ("changed", 409, "王强 has changed it."),
    ],
)
def test_a_refusal_reaches_a_person_in_its_own_words_with_a_trace_number(
    client: FlaskClient, kind: str, status: int, words: str
) -> None:
    answer = client.get(f"/raise/{kind}")
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["X-Trace"] in answer.text
    assert "data-back" in answer.text


def test_a_refusal_reaches_a_program_as_a_problem_document(client: FlaskClient) -> None:
    answer = client.post("/api/v1/raise/invalid")
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "This cannot be done",
        "status": 422,
        "detail": "Two faults.",
        "errors": [{"field": "code", "message": "18 signs, please."}, {"field": "on", "message": "Not a day."}],
        "trace": answer.headers["X-Trace"],
    }
    changed = client.get("/api/v1/raise/changed").json
    assert changed is not None
    assert (changed["status"], changed["version"]) == (409, 4)


def test_json_is_answered_to_whoever_speaks_it_outside_the_api_too(client: FlaskClient) -> None:
    assert client.post("/raise/refused", json={}).mimetype == "application/problem+json"
    assert client.get("/raise/refused", headers={"Accept": "application/json"}).mimetype == "application/problem+json"
    assert client.get("/raise/refused", headers={"Accept": "text/html,*/*"}).mimetype == "text/html"


def test_a_fault_of_ours_hides_its_inside_and_can_be_found_in_the_log_by_its_number(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        page = client.get("/raise/bug")
        data = client.get("/api/v1/raise/bug")
    assert (page.status_code, data.status_code) == (500, 500)
    for answer in (page, data):
        assert "secret detail" not in answer.text
        assert "ZeroDivisionError" not in answer.text
        assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", answer.headers["X-Trace"])
        assert answer.headers["X-Trace"] in caplog.text


def test_an_address_that_does_not_exist_says_what_to_do_and_in_no_stray_words(client: FlaskClient) -> None:
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "does not exist, or you may not see it" in page.text
    assert "The requested URL was not found" not in page.text
    assert client.post("/", headers={"Accept": "application/json"}).headers["Allow"]


def test_an_error_page_needs_nobody_signed_in() -> None:
    page = small_app(SHELL=None).test_client().get("/nowhere")
    assert page.status_code == 404
    assert 'data-test="sidebar"' not in page.text


def test_a_message_is_shown_once_and_never_as_markup(client: FlaskClient) -> None:
    shown = client.get("/told", follow_redirects=True).text
    assert "Saved &lt;b&gt;it&lt;/b&gt;" in shown
    assert "Saved" not in client.get("/").text
