"""The same deeds for people on the case page and for programs over HTTP."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask.testing import FlaskClient

from core import moment
from core.testing.people import PASSWORD
from trial_people import Desk

MORNING = dt.datetime(2026, 2, 12, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_two_applications_are_linked_and_merged_on_the_page_and_separated_by_a_program(
        desk: Desk, login: Callable[[str], FlaskClient]) -> None:
    first, second = desk.opens("lin", title="门前枯树危险"), desk.opens("lin", title="门前枯树很危险")
    with moment.at(MORNING):
        browser = login("lin")
        page = browser.get(f"/cases/{second}").get_data(as_text=True)
        assert f"/cases/{second}/deeds/merge?other={first}" in page, "what may be the same matter is suggested"
        assert "deed-link" in page and "deed-unmerge" not in page
        form = browser.get(f"/cases/{second}/deeds/link").get_data(as_text=True)
        assert "/pick/cases" in form
        items = browser.get("/pick/cases?q=枯树").json["items"]
        assert {item["id"] for item in items} == {first, second}
        refused = browser.post(f"/cases/{second}/deeds/link", data={"relation": "follows", "other": "NH-SM-19990101-0001"})
        assert refused.status_code == 422 and "NH-SM-19990101-0001" in refused.get_data(as_text=True)
        browser.post(f"/cases/{second}/deeds/link", data={"relation": "follows", "other": first})
        browser.post(f"/cases/{second}/deeds/merge", data={"other": first, "note": "同一棵树"})
        page = browser.get(f"/cases/{second}").get_data(as_text=True)
        assert 'data-test="merged"' in page and "deed-unmerge" in page and "deed-merge" not in page
        assert browser.get(f"/cases/{second}/deeds/merge").status_code == 403
        token = browser.post("/api/v1/security/login", json={
            "username": "lin", "password": PASSWORD, "provider": "db"}).json["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        around = browser.get(f"/api/v1/cases/{second}/around", headers=headers).json
        assert around["merged_into"] == first and [each["relation"] for each in around["links"]] == ["follows"]
        offered = browser.get(f"/api/v1/cases/{second}/deeds", headers=headers).json["items"]
        assert "unmerge" in {each["name"] for each in offered}
        told = browser.post(f"/api/v1/cases/{second}/deeds/unmerge", headers=headers, json={"data": {"note": "两棵树"}})
        assert told.status_code == 200 and told.json["merged_into"] is None and told.json["meaning"] == "open"
        wrong = browser.post(f"/api/v1/cases/{second}/deeds/assign", headers=headers, json={"data": {}})
        assert wrong.status_code == 422 and wrong.json["errors"][0]["field"] == "person"
    with moment.at(MORNING):
        browser.get("/logout/")
        assert login("zhao").get(f"/cases/{second}/deeds/unmerge").status_code == 404


def test_a_list_does_one_thing_to_many_and_tells_row_by_row(desk: Desk, login: Callable[[str], FlaskClient]) -> None:
    first, second = desk.opens("lin"), desk.opens("lin")
    desk.does("lin", second, "accept")
    with moment.at(MORNING):
        browser, url = login("lin"), "/tree_felling/permits"
        assert "bulk-accept" in browser.get(url).get_data(as_text=True)
        page = browser.post(f"{url}/bulk/do.accept", data={"ids": [first, second]}).get_data(as_text=True)
        assert 'data-test="outcomes"' in page and first in page and second in page
        form = browser.post(f"{url}/bulk/deed.assign", data={"ids": [first, second]}).get_data(as_text=True)
        assert form.count('name="ids"') == 2 and "/pick/people" in form
        refused = browser.post(f"{url}/bulk/deed.assign", data={"ids": [first], "sent": "1"})
        assert refused.status_code == 422 and first in refused.get_data(as_text=True)
        browser.post(f"{url}/bulk/deed.assign", data={"ids": [first, second], "sent": "1", "person": "lin"})
        assert browser.get("/ladders").status_code == 200
    assert desk.case(first).assignee_id == desk.case(second).assignee_id == desk.person("lin").id


def test_people_are_named_on_the_form_and_decide_on_the_page(desk: Desk, login: Callable[[str], FlaskClient]) -> None:
    number = desk.opens("lin")
    desk.does("lin", number, "accept")
    with moment.at(MORNING):
        browser = login("lin")
        url = f"/cases/{number}/do/close_road"
        assert "approver_1" in browser.get(url).get_data(as_text=True)
        refused = browser.post(url, data={"note": "封路一天"})
        assert refused.status_code == 422 and "封路一天" in refused.get_data(as_text=True)
        browser.post(url, data={"note": "封路一天", "approver_1": desk.person("sun").id})
        browser.get("/logout/")
        browser = login("sun")
        page = browser.get(f"/cases/{number}").get_data(as_text=True)
        assert 'data-test="approval"' in page and 'data-test="act-deed-decide"' in page
        assert browser.post(f"/cases/{number}/deeds/decide", data={"decision": "reject"}).status_code == 422
        browser.post(f"/cases/{number}/deeds/decide", data={"decision": "agree", "note": "同意"})
    assert desk.case(number).events[-1].action == "close_road" and desk.case(number).awaiting == ""
