"""What people see: the register, a decision, an enterprise with all its penalties, the desk in a fixed number of statements."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import event

from addons.credit_repair.tests.helpers import enter
from addons.credit_repair.tests.test_penalties import to_reported
from addons.credit_repair.tests.test_repairs import published
from core import moment
from core.db import db

D = dt.date


@pytest.fixture
def year(team):
    """A published decision, one in legal review and a draft, with a repair case."""
    from addons.credit_repair.operations import open_repair
    from core.case import act

    with moment.at(D(2026, 1, 15)):
        old = published(team, decided_on=D(2026, 1, 15))
    with moment.at(D(2026, 4, 28)):
        repair = open_repair(team.session, team.viewer("zheng"), [old], agent_name="赵明", agent_phone="19900001234")
        draft = enter(team, number="津宁市监罚〔2026〕2号", serial=2, decided_on=D(2026, 4, 27))
        review = enter(team, number="津宁市监罚〔2026〕3号", serial=3, decided_on=D(2026, 4, 27))
        act.do(review, "submit", actor=team.viewer("qian"))
        team.session.commit()
    return {"old": old, "repair": repair, "draft": draft, "review": review}


@pytest.mark.parametrize("username", ["qian", "sun", "li", "zhou", "wu", "zheng"])
def test_everybody_opens_every_page_of_his_work(team, year, login, username):
    browser = login(username)
    pages = ["/", "/credit_repair/penalties", "/credit_repair/repairs", f"/enterprises/{year['old'].enterprise_id}", "/board",
             *(f"/cases/{year[name].number}" for name in ("old", "draft", "review"))]
    if username in ("zhou", "wu", "zheng"):
        pages.append(f"/cases/{year['repair'].number}")
    for page in pages:
        assert browser.get(page).status_code == 200, page


def test_the_page_of_an_enterprise_names_the_first_day_and_the_open_case(team, year, login):
    page = login("zheng").get(f"/enterprises/{year['old'].enterprise_id}").get_data(as_text=True)
    assert year["old"].document_number in page
    assert "04-16" in page
    assert year["repair"].number in page
    assert year["repair"].number in login("zheng").get("/search?q=xf").text  # the letters of a number find its kind


def test_a_clerk_enters_a_decision_and_mends_it(team, login):
    browser = login("qian")
    form = {"party_name": "天津示例9号商贸有限公司", "uscc": "91120117MA05A1B251", "document_number": "津宁市监罚〔2026〕9号",
            "decided_on": "2026-04-27", "penalty_kinds": ["罚款"], "violation": "占道经营", "facts": "经查明",
            "legal_basis": "条例",
            "content": "罚款5000元", "fine": "0.5"}
    with moment.at(D(2026, 4, 28)):
        refused = browser.post("/credit_repair/penalties/new", data={**form, "fine": "许多"})
        assert refused.status_code == 422 and 'value="罚款" checked' in refused.text
        made = browser.post("/credit_repair/penalties/new", data=form)
        assert made.status_code == 302
        url = made.location
        assert browser.get(f"{url}/do/edit").status_code == 200
        assert browser.post(f"{url}/do/edit", data={**form, "fine": "0.6"}).status_code == 302
        assert "0.6" in browser.get(f"{url}/do/edit").get_data(as_text=True)
        twice = browser.post("/credit_repair/penalties/new", data=form)
        assert twice.status_code == 422
        assert "占道经营" in twice.get_data(as_text=True)  # what was typed is kept


def test_the_window_opens_a_case_for_all_that_is_published(team, year, login):
    browser = login("zheng")
    with moment.at(D(2026, 4, 28)):
        answer = browser.post("/credit_repair/repairs/new", data={"uscc": year["old"].uscc, "channel": "window"})
    assert answer.status_code == 422  # the only one is part of an open case already


def test_the_desk_does_not_ask_case_by_case(team, year, login):
    with moment.at(D(2026, 4, 28)):
        browser = login("sun")
        few = _statements(lambda: browser.get("/"))
        for n in range(10, 18):
            case = enter(team, number=f"津宁市监罚〔2026〕{n}号", serial=n, decided_on=D(2026, 4, 27))
            to_reported(team, case)
        team.session.commit()
        many = _statements(lambda: browser.get("/"))
    assert many <= few + 2


def _statements(work) -> int:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
