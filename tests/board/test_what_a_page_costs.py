"""What a page costs: statements that do not grow with the rows, and little to carry to the browser."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from core import moment
from core.access.preferences import Preference
from core.case.saved import save
from core.db import db, end_reading
from core.testing.fixtures import Browser
from trial_modules.tree_felling.models import Permit
from trial_people import Desk

Login = Callable[[str], FlaskClient]
NOW = dt.datetime(2026, 3, 20, 10, tzinfo=moment.zone())
LIST = "/tree_felling/permits"
PAGES = ("/", "/?tab=overdue", "/?tab=done", LIST, f"{LIST}?view=board", f"{LIST}?view=month&month=2026-03", "/cases/{number}",
         "/cases/{number}/print", "/board", "/board?view=load", "/board/cases", "/command", "/letters",
         "/messages", "/tasks", "/search?q=NH", "/notices", "/start", "/import", "/ladders")
DAILY = ("/", LIST, "/cases/{number}")
HTML, ASSETS = 60_000, 250_000
"""Bytes: of a page as it is, of all that a first visit fetches beside it, compressed."""


def much_happens(desk: Desk) -> str:
    """A case with a history in every state, and more of them than one page shows; the number of the first."""
    first = ""
    for turn in range(24):
        number = desk.opens("lin", on=dt.date(2026, 3, 2 + turn % 15), species="杨树")
        first = first or number
        if turn % 3:
            desk.does("lin", number, "accept", dt.date(2026, 3, 17))
        if turn % 3 == 2:
            desk.does("han", number, "grant", dt.date(2026, 3, 18), data={"trees": 1})
    return first


def cost(browser: FlaskClient | Browser, path: str) -> int:
    """How many statements the page takes once the process is warm."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    with moment.at(NOW):
        assert browser.get(path).status_code == 200, path
        db.session.remove()  # in a test the session outlives the request
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            browser.get(path)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_page_takes_as_many_statements_for_two_dozen_cases_as_for_three(desk: Desk, login: Login) -> None:
    browser = login("lin")
    number, *_like_it = [desk.opens("lin", on=dt.date(2026, 3, day)) for day in (2, 3, 4)]
    desk.does("lin", number, "accept", dt.date(2026, 3, 17))
    few = {path: cost(browser, path.format(number=number)) for path in PAGES}
    much_happens(desk)
    with desk.of("lin") as (session, viewer):
        for name, query in (("我的", "assignee=me"), ("逾期", "overdue=1"), ("杨树", "species=杨树")):
            save(session, viewer, Permit, name, query, shared=True)
        session.commit()
    many = {path: cost(browser, path.format(number=number)) for path in PAGES}
    grown = {path: (few[path], many[path]) for path in PAGES if many[path] > few[path] + (1 if path.startswith(LIST) else 0)}
    assert not grown, f"statements for three cases and for two dozen: {grown}"  # a list counts what is saved in one more


def test_a_list_of_cases_takes_four_statements_the_sign_in_and_the_frame_among_them(
        desk: Desk, browser: Callable[[str], Browser]) -> None:
    much_happens(desk)
    lin = browser("lin")  # a browser of its own: in the test's context the person would be known already
    assert cost(lin, LIST) == 4
    assert cost(lin, f"{LIST}?species=杨树&overdue=1") == 4


def test_what_only_reads_is_ended_so_that_the_database_keeps_it_prepared_and_what_was_written_is_left_alone(
        desk: Desk, browser: Callable[[str], Browser]) -> None:
    desk.opens("lin", on=dt.date(2026, 3, 2))
    ends: list[str] = []
    lin, noted = browser("lin"), {name: (lambda _connection, name=name: ends.append(name)) for name in ("commit", "rollback")}
    with moment.at(NOW):
        assert lin.get(LIST).status_code == 200
        db.session.remove()
        for name, note in noted.items():
            event.listen(db.engine, name, note)
        try:
            lin.get(LIST)
            assert ends == ["commit"]
            with desk.of("han") as (session, viewer):
                ends.clear()
                save(session, viewer, Permit, "没有提交", "meaning=open")  # flushed
                end_reading(session)
                assert ends == []
                session.rollback()
                session.add(Preference(user_id=viewer.user_id or 0, name="x", value={}, updated_at=NOW))  # waits
                session.connection()
                end_reading(session)
                assert ends == ["rollback"] and session.new
        finally:
            for name, note in noted.items():
                event.remove(db.engine, name, note)


def test_the_searches_that_are_saved_stand_on_the_list_with_their_counts(desk: Desk, login: Login) -> None:
    much_happens(desk)
    with desk.of("han") as (session, viewer):
        save(session, viewer, Permit, "全科在办", "meaning=open", shared=True)
        save(session, viewer, Permit, "自己看", "meaning=open")
        session.commit()
    with moment.at(NOW):
        page = login("lin").get(LIST).text
    shown = re.search(r"全科在办.{0,200}", page, re.S)
    assert shown is not None and re.search(r"\b16\b", shown.group()), "eight were granted, sixteen are open"
    assert "自己看" not in page


@pytest.mark.parametrize("path", DAILY)
def test_a_page_of_every_day_is_small(desk: Desk, login: Login, path: str) -> None:
    number, browser = much_happens(desk), login("lin")
    with moment.at(NOW):
        page = browser.get(path.format(number=number)).text
    assert len(page.encode()) < HTML
    fetched = assets(browser, page)
    total = sum(fetched.values())
    assert total < ASSETS, sorted(fetched.items(), key=lambda entry: -entry[1])[:5]
    assert not any("echarts" in address for address in fetched), "charts only where there is one"


def assets(browser: FlaskClient, page: str) -> dict[str, int]:
    """Everything that the page fetches on a first visit, the scripts' own imports too, with its compressed size."""
    waiting = re.findall(r'<(?:link|script|img)\b[^>]*?(?:href|src)="(/assets/[^"]+)"', page)
    found: dict[str, int] = {}
    while waiting:
        address = waiting.pop()
        if address not in found:
            with browser.get(address) as answer:
                data = answer.data
            found[address] = len(gzip.compress(data))
            if address.endswith(".js"):
                waiting += [urljoin(address, name) for name in re.findall(r"^import .*?from '([^']+)'", data.decode(), re.M)]
    return found


def test_every_lane_of_a_board_shows_its_most_urgent_cases(desk: Desk, login: Login) -> None:
    much_happens(desk)
    with moment.at(NOW):
        page = login("lin").get(f"{LIST}?view=board").text
    lanes = dict(re.findall(r'data-lane="(\w+)"(.*?)(?=data-lane=|</main>)', page, re.S))
    assert [lanes[state].count("data-card=") for state in Permit.workflow.known if state in lanes][:2] == [8, 8]
