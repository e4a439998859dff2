"""The whole way in a real browser: the owner's telephone and everybody's desk, through the six levels, across the Spring
Festival and the National Day. The server's clock is the story's."""
from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from addons.districts.jobs import over
from addons.districts.models import Meeting, Need, Order, Supervision
from addons.districts.models.areas import Area, Post
from addons.districts.operations.serving import assign_officer
from addons.districts.tests.helpers import TEXT, clock
from addons.districts.tests.test_portal import PNG
from core import moment
from core.case.models import ClockResult
from core.letter.models import Letter
from core.outbox.models import Message
from core.party.models import Enterprise
from core.testing.people import District

D = dt.date
pytestmark = [pytest.mark.walk,
              pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)]  # a browser sees no difference


@dataclass
class Town:
    """The district, its server whose clock can be set, and the browsers of those who take part."""

    app: Flask
    team: District
    browser: Browser
    now: dt.datetime = dt.datetime(2026, 2, 11, 2, tzinfo=dt.UTC)
    address: str = ""
    faults: list[str] = field(default_factory=list)
    desks: dict[str, Page] = field(default_factory=dict)

    def at(self, *day: int, hour: int = 10) -> None:
        """It is that day."""
        self.now = moment.start_of(D(*day)) + dt.timedelta(hours=hour)

    def application(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        """The suite, at the story's time."""
        with moment.at(self.now):
            answer = self.app.wsgi_app(environ, start)
            try:
                return [b"".join(answer)]
            finally:
                getattr(answer, "close", lambda: None)()

    def watched(self, context: BrowserContext) -> Page:
        """A page whose errors fail the story."""
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return page

    def desk(self, who: str) -> Page:
        """That person's screen, signed in."""
        if who not in self.desks:
            person, client = self.team.people[who], self.app.test_client()
            with client.session_transaction() as kept:
                kept.update(_user_id=str(person.id), _fresh=True, _version=person.session_version)
            cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
            assert cookie is not None
            context = self.browser.new_context(base_url=self.address, viewport={"width": 1366, "height": 768})
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])
            self.desks[who] = self.watched(context)
        return self.desks[who]

    def act(self, who: str, number: str, action: str, **given: Any) -> None:
        """One step at a desk: the step's own form, filled in and saved; the case's page says that it was done."""
        page = self.desk(who)
        page.goto(f"/cases/{number}/do/{action}")
        for name, value in given.items():
            if name == "note":
                page.fill("#note", value)
                continue
            box = page.locator(f'[data-field="{name}"]')
            if box.locator("select").count():
                box.locator("select").select_option(value)
            elif box.locator('[role="combobox"]').count():
                box.locator('[role="combobox"]').fill(value)
                box.locator('[role="combobox"]').blur()
            else:
                box.locator("input:not([type=hidden]), textarea").first.fill(value)
        page.locator('[data-test="save"]').click()
        refused = page.locator('[data-test="error-summary"]')
        assert not refused.count(), f"{who}: {action}: {refused.inner_text()}"
        expect(page.locator('[data-test="flash"]').first, f"{who}: {action}").to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366, page.url

    def telephone(self) -> Page:
        """The owner's."""
        return self.watched(self.browser.new_context(base_url=self.address, viewport={"width": 390, "height": 844}))

    def known(self, model: Any, *rules: Any) -> Any:
        """The newest record of a kind, as it stands."""
        self.team.session.rollback()
        self.team.session.expire_all()
        return self.team.session.scalars(select(model).where(*rules).order_by(model.id.desc()).limit(1)).one()


@pytest.fixture
def town(app: Flask, team: District, chromium: Browser) -> Iterator[Town]:
    """The first street has its second-level district and its officer; the server runs."""
    session, street = team.session, team.unit("120117001")
    area = Area(unit_id=street.id, code="120117001-01", name="示例片区", valid_from=D(2026, 1, 1))
    session.add(area)
    session.flush()
    post = Post(user_id=team.people["wang"].id, unit_id=street.id, area_id=area.id, office_phone="022-69590001",
                valid_from=D(2026, 1, 1))
    session.add(post)
    session.flush()
    with moment.at(D(2026, 1, 5)):
        for enterprise in session.scalars(select(Enterprise)):
            assign_officer(session, enterprise, post, D(2026, 1, 5))
    session.commit()
    made = Town(app, team, chromium)
    server = make_server("127.0.0.1", 0, made.application, threaded=True)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    for page in made.desks.values():
        page.context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert made.faults == []


def hand_in(town: Town, phone: Page, title: str, number: int = 1) -> Need:
    """The owner scans the notice and writes, with a photograph."""
    phone.goto("/portal/submit/need?area=120117001-01")
    for name, value in (("enterprise", f"天津示例{number}号商贸有限公司"), ("title", title), ("text", TEXT),
                        ("contact_name", "张店主"), ("contact_phone", "13812345678")):
        phone.fill(f'[name="{name}"]', value)
    phone.select_option('[name="category"]', "水电气")
    phone.set_input_files('input[type="file"]', [{"name": "路灯.png", "mimeType": "image/png", "buffer": PNG}])
    expect(phone.locator(".files")).to_contain_text("已上传")
    phone.locator('[data-test="send"]').click()
    phone.wait_for_url("**/portal/cases/**")
    expect(phone.locator('[data-test="query-code"]')).to_have_text(re.compile(r"\w{4} \w{4}"))
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    need: Need = town.known(Need)
    assert phone.locator('[data-test="case-number"]').inner_text() == need.number
    return need


def seen_by_owner(phone: Page, need: Need) -> str:
    """His page now."""
    phone.goto(f"/portal/cases/{need.number}")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    return phone.locator("main").inner_text()


def test_through_six_levels_across_the_spring_festival_to_the_verdict(town: Town) -> None:
    team, phone = town.team, town.telephone()
    town.at(2026, 2, 11)
    need = hand_in(town, phone, "门口路灯不亮")
    number = need.number
    assert (need.unit.code, need.assignee_id, [a.name for a in need.attachments]) == (
        "120117001", team.people["wang"].id, ["路灯.png"])
    assert clock(need, "total").due_on == D(2026, 2, 27)  # the seventh working day: Saturday the 14th counts, the festival not
    assert "2026-02-27" in phone.locator("main").inner_text() or "2月27日" in phone.locator("main").inner_text()
    town.act("wang", number, "accept")
    town.act("wang", number, "whistle", note="路灯不属街道管养")
    town.at(2026, 2, 12)
    samr, city = str(team.unit("SAMR").id), str(team.unit("CGW").id)
    told = {"done": "已现场查看。", "wanted": "请修复路灯。"}
    town.act("lead", number, "dispatch", unit=samr, **told)
    town.act("samr", town.known(Order).number, "return_it", ground="不属本单位职责", reason="三定规定未列。")
    town.at(2026, 2, 13)
    town.act("lead", number, "dispatch", unit=city, **told)
    order = town.known(Order)
    assert clock(order, "handle").due_on == D(2026, 2, 27), "not after the day of the need itself"
    town.act("city", order.number, "sign_in", section="市政科")
    town.at(2026, 2, 14)
    town.act("city", order.number, "unsolvable", note="管养责任不清，建议会商。")
    town.at(2026, 2, 24)
    town.act("lead", number, "to_hub", obstacle="道路管养责任交叉")
    town.act("hub", number, "call_meeting", meets_on="2026-02-25", place="区政务服务中心", chair="何涛")
    meeting = town.known(Meeting)
    town.at(2026, 2, 25)
    town.act("hub", meeting.number, "resolve", need=number, lead=city, task="先行修复路灯", due_on="2026-02-26")
    town.act("hub", meeting.number, "hold", present="胡静、孙立、成伟")
    assert (town.known(Need).state, town.known(Need).level) == ("assigned", 3)
    town.act("city", town.known(Order).number, "sign_in", section="市政科")
    town.act("city", town.known(Order).number, "unsolvable", note="维修经费没有来源。")
    town.at(2026, 2, 26)
    town.act("lead", number, "to_leader", opinion="建议由城管委先行垫付", proposal="明确经费来源")
    town.act("mayor", number, "leader_decides", unit=city, due_on="2026-02-27", way="由城管委先行修复")
    town.act("hub", number, "to_city", ground="超出区级权限", basis="市级道路管养清单", done="已逐级协调",
             wanted="请明确管养单位")
    town.act("hub", number, "supervise", unit=city, problem="久拖未决")
    watched = town.known(Supervision)
    town.act("dcs", watched.number, "instruct", instruction="请督查室跟踪。", by="示例领导")
    town.act("dcs", watched.number, "track")
    need = town.known(Need)
    assert (need.level, need.state, need.supervised, need.returns) == (5, "city", True, 1)
    assert clock(need, "total").due_on == D(2026, 2, 27), "nothing that happened in between has moved the day"
    town.at(2026, 2, 27, hour=15)
    town.act("hub", number, "city_answers", answer="由市路灯处修复，已经完工。")
    town.act("wang", number, "answer", reply="路灯已经修好，现场已核实。", mode="上门")
    town.act("wang", number, "confirm_answer")
    town.act("dcs", watched.number, "answer", feedback="已整改。")
    town.act("dcs", watched.number, "clear", note="需求已答复")
    need = town.known(Need)
    assert (need.state, need.answer_days, clock(need, "total").result) == ("answered", 7, ClockResult.ON_TIME)
    text = seen_by_owner(phone, need)
    assert "路灯已经修好" in text and "13812345678" not in text
    message = town.known(Message, Message.dedupe_key.like("portal:token:%"))
    assert message.address == "19900000001", "the enterprise's own number in the register"
    link = re.search(r"/portal/rate/\S+", message.body)
    assert link is not None
    phone.goto(link[0])
    phone.locator('[name="score"][value="5"]').check()
    phone.select_option('[name="attitude"]', "5")
    phone.fill('[name="comment"]', "跑了很多部门，终于好了")
    phone.locator('[data-test="send"]').click()
    expect(phone.locator('[data-test="thanks"]')).to_be_visible()
    need = town.known(Need)
    assert need.rating is not None and (need.state, need.rating.score, need.rating.attitude) == ("closed", 5, 5)
    drafted = {letter.kind for letter in team.session.scalars(select(Letter))}
    assert drafted >= {f"districts.{name}" for name in (
        "acceptance", "meeting_request", "minutes", "leader_request", "city_request", "supervision", "reply")}
    assert "districts.order" not in drafted, "each order came back or was taken over: nobody signs its letter any more"
    phone.context.close()


def test_across_the_national_day_silence_closes_it_and_the_owner_reopens_it_once(town: Town) -> None:
    team, phone = town.team, town.telephone()
    town.at(2026, 9, 30, hour=17)
    need = hand_in(town, phone, "变压器增容办理慢", 2)
    assert clock(need, "total").due_on == D(2026, 10, 15)  # 1 to 7 October are off, Saturday the 10th is worked
    assert clock(need, "first_response").due_on == D(2026, 10, 8)
    town.at(2026, 10, 8)
    town.act("wang", need.number, "accept")
    town.at(2026, 10, 10)
    town.act("wang", need.number, "answer", reply="供电公司已经受理增容申请。", mode="电话")
    assert "供电公司已经受理" in seen_by_owner(phone, need)
    town.at(2026, 10, 17)
    town.known(Need)
    with moment.at(town.now):
        over(team.session, moment.now())
        team.session.commit()
    need = town.known(Need)
    assert (need.state, need.result, need.rating) == ("closed", "silent", None)
    seen_by_owner(phone, need)
    phone.locator('[data-test="step-dissatisfied"]').click()
    phone.fill('[name="reason"]', "还没有送电。")
    phone.locator('[data-test="send"]').click()
    expect(phone.locator('[data-test="done"]')).to_be_visible()
    need = town.known(Need)
    assert (need.state, need.reopened, clock(need, "total").due_on) == ("local", 1, D(2026, 10, 27))
    town.at(2026, 10, 20)
    town.act("wang", need.number, "answer", reply="今天已经送电。", mode="上门")
    assert "今天已经送电" in seen_by_owner(phone, need) and phone.locator('[data-test="step-dissatisfied"]').count() == 0
    phone.context.close()
