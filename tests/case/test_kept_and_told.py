"""Searches that are kept under a name, and other programs that are told what happened, signed."""
from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import moment
from core.access import UnitKind
from core.case import saved
from core.errors import NotFound, Refusal
from core.outbox.channels import Route, nobody
from core.outbox.deliver import deliver_due
from core.outbox.models import Channel, Delivery, Message, MessageState
from core.outbox.webhooks import Webhook, WebhookPost, register, secret_of
from core.testing.people import give_role, make_unit
from trial_modules.tree_felling.models import Permit
from trial_people import Desk

DAY = dt.date(2026, 2, 11)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with moment.at(DAY):
        yield


def test_a_search_is_kept_shared_counted_and_forgotten(desk: Desk, login: Callable[[str], FlaskClient]) -> None:
    give_role(desk.district, "qi", "齐科员", "tree_felling.clerk", "CGW")
    desk.district.session.commit()
    for _n in range(2):
        desk.opens("lin")
    desk.does("lin", desk.opens("lin"), "accept")
    with desk.of("lin") as (session, lin):
        mine = saved.save(session, lin, Permit, "已受理", "state=accepted&cursor=abc", shared=True)
        assert mine.query == "state=accepted"
        saved.save(session, lin, Permit, "收到", "state=received")
        session.commit()
        assert [(found.search.name, found.count) for found in saved.searches(session, lin, Permit)] == [
            ("已受理", 1), ("收到", 2)]
        for name, query in (("", "state=accepted"), ("x", ""), ("x", "nonsense=1")):
            with pytest.raises(Refusal):
                saved.save(session, lin, Permit, name, query)
    with desk.of("qi") as (session, qi):
        assert [found.search.name for found in saved.searches(session, qi, Permit)] == ["已受理"]
        with pytest.raises(NotFound):
            saved.remove(session, mine.id, qi)
    with desk.of("zhao") as (session, zhao):
        assert saved.searches(session, zhao, Permit) == [], "another bureau's are not there"
    with moment.at(dt.datetime(2026, 2, 12, 9, tzinfo=moment.zone())):
        browser = login("lin")
        page = browser.get("/tree_felling/permits?state=received").get_data(as_text=True)
        assert "已受理" in page and 'data-test="act-save-search"' in page
        kept = browser.post("/saved-searches", data={
            "screen": "tree_felling/permits", "query": "assignee=none", "name": "无人承办"})
        assert kept.status_code == 302
        assert browser.post(f"/saved-searches/{mine.id}/remove").status_code == 302
        refused = browser.post(f"/cases/{desk.opens('lin')}/duty/pass_on", data={"unit": "没有这个部门", "note": "属规划职责"})
        assert refused.status_code == 422
        assert "属规划职责</textarea>" in refused.text and 'id="f-unit-err"' in refused.text  # nothing typed is lost
    with desk.of("lin") as (session, lin):
        assert {found.search.name for found in saved.searches(session, lin, Permit)} == {"收到", "无人承办"}


def test_a_program_is_told_of_each_step_signed_and_the_delivery_is_on_record(desk: Desk, app: Flask) -> None:
    session, url = desk.district.session, "https://example.invalid/hook"
    bureau = desk.district.unit("CGW").id
    for wrong in ("ftp://example.invalid", "example.invalid", "https://user@example.invalid"):
        with pytest.raises(Refusal):
            register(session, bureau, wrong, [])
    register(session, bureau, url, [])
    session.add(Webhook(bureau_id=bureau, url=f"{url}/other", kinds=["other.kind"], active=True, created_at=moment.now()))
    session.commit()
    number = desk.opens("lin", title="不外传的事由")
    desk.does("lin", number, "accept")
    desk.opens("zhao", unit="SAMR")
    received: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        received.append(request)
        return httpx.Response(500 if len(received) == 1 else 204)

    post = WebhookPost("k" * 32, lambda: httpx.Client(transport=httpx.MockTransport(answer)))
    routes = {Channel.WEBHOOK: Route(post, nobody)}
    assert deliver_due(session, moment.now(), routes) == 1, "the first answer was a fault"
    with moment.at(moment.now() + dt.timedelta(minutes=2)):
        assert deliver_due(session, moment.now(), routes) == 1
    told = [json.loads(request.content) for request in received]
    assert [(each["event"], each["state"], each["case"]) for each in told[1:]] in (
        [("case.action", "accepted", number), ("case.opened", "received", number)],
        [("case.opened", "received", number), ("case.action", "accepted", number)])
    assert all("不外传" not in request.content.decode() for request in received)
    assert received[0].headers["X-Yingshang-Delivery"] == received[2].headers["X-Yingshang-Delivery"]
    seconds, digest = (part.split("=")[1] for part in received[1].headers["X-Yingshang-Signature"].split(","))
    mine = hmac.new(secret_of("k" * 32, url).encode(), f"{seconds}.{received[1].content.decode()}".encode(), hashlib.sha256)
    assert mine.hexdigest() == digest
    messages = session.scalars(select(Message).where(Message.channel == Channel.WEBHOOK)).all()
    assert [message.state for message in messages] == [MessageState.SENT] * 2
    assert sorted(d.ok or False for d in session.scalars(select(Delivery))) == [False, True, True]


def test_an_address_of_the_district_is_told_of_what_its_bureaus_do(desk: Desk) -> None:
    session, city = desk.district.session, desk.district.unit("CGW")
    district = make_unit(session, "QU", "示例区", UnitKind.DISTRICT)
    city.path = f"{district.path}{city.id}/"
    register(session, district.id, "https://example.invalid/all", [])
    session.commit()
    number = desk.opens("lin", title="区里的事")
    desk.opens("zhao", unit="SAMR")
    [told] = session.scalars(select(Message).where(Message.channel == Channel.WEBHOOK)).all()
    assert json.loads(told.body)["case"] == number


def test_the_administrator_registers_an_address_and_reads_its_secret(desk: Desk, login: Callable[[str], FlaskClient]) -> None:
    with moment.at(dt.datetime(2026, 2, 12, 9, tzinfo=moment.zone())):
        browser = login("admin")
        bureau = desk.district.unit("CGW").id
        for _twice in range(2):
            browser.post("/admin/webhooks", data={"url": "https://example.invalid/hook", "bureau": bureau})
        page = browser.get("/admin/webhooks").get_data(as_text=True)
        assert page.count("https://example.invalid/hook") == 1
        hook = desk.district.session.scalars(select(Webhook)).one()
        browser.post(f"/admin/webhooks/{hook.id}/switch")
        browser.get("/logout/")
        assert login("lin").get("/admin/webhooks").status_code == 403
    desk.district.session.expire_all()
    assert not desk.district.session.scalars(select(Webhook)).one().active
