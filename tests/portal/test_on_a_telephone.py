"""The portal in a real browser as wide as a telephone: with and without scripts, with a connection and without, for
screen readers (axe), in large type, within 100 KB.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from core.access import as_system, system_viewer
from core.case import Case, do
from core.case.models import Attachment
from core.party.models import Enterprise
from core.portal import tokens
from trial_people import PNG, Desk, find
from web.conftest import browser, served

from .owner import WORDS

__all__ = ["browser"]
AXE = next((Path(__file__).resolve().parents[1] / "vendor").rglob("axe.min.js"))
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LIGHT = 100_000
pytestmark = pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)  # a browser sees no difference


@pytest.fixture
def site(app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The suite on a port of this machine."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    session = desk.district.session
    session.add(Enterprise(name="示例园林有限公司", uscc="91120221MA05EXAMP1", phone="13800001234"))
    desk.district.unit("CGW").phone = "022-69590000"
    session.commit()
    with served(app) as base:
        yield base


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    # What the server refused and what the story cut off are told by the browser too.
    assert [fault for fault in faults if "Failed to load resource" not in fault] == []


def healthy(page: Page) -> None:
    """Nothing for axe to complain of, nothing cut off, every target large enough for a finger."""
    page.evaluate(AXE.read_text("utf-8"))
    told = page.evaluate("rules => axe.run(document, rules)", RULES)
    assert len(told["passes"]) > 10, "it did look"
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in told["violations"]] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    small = page.evaluate("""() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
        .filter(one => one.checkVisibility() && !one.closest('.vh, .skip') && one.type !== 'file')
        .map(one => [one.outerHTML.slice(0, 90), one.closest('label')?.getBoundingClientRect() ?? one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 24 || box.width < 24).map(([html]) => html)""")
    assert small == [], f"WCAG 2.2, 2.5.8 at {page.url}"


def filled(page: Page) -> None:
    """Type an application."""
    page.goto("/portal/submit/felling")
    for name in ("title", "text", "phone"):
        page.fill(f'[name="{name}"]', WORDS[name])


def sent(page: Page) -> str:
    """Send it; its number."""
    page.locator('[data-test="send"]').click()
    page.wait_for_url("**/portal/cases/**")
    return page.locator('[data-test="case-number"]').inner_text()


def test_the_whole_story_and_every_page_of_it_is_healthy(page: Page, site: str, app: Flask) -> None:
    page.goto("/portal")
    healthy(page)
    page.locator('[data-test="entry"]').click()
    healthy(page)
    page.locator('[data-test="send"]').click()
    expect(page.locator('[data-test="error-summary"]')).to_be_focused()
    assert page.title().startswith("错误")
    healthy(page)
    filled(page)
    page.set_input_files('input[type="file"]', [{"name": "现场.png", "mimeType": "image/png", "buffer": PNG}])
    expect(page.locator(".files")).to_contain_text("已上传")
    healthy(page)
    number = sent(page)
    expect(page.locator('[data-test="query-code"]')).to_have_text(re.compile(r"\w{4} \w{4}"))
    expect(page.locator('[data-test="server"]')).to_contain_text("022-69590000")
    healthy(page)
    page.locator('[data-test="step-material"]').click()
    page.fill('[name="text"]', "补充说明")
    healthy(page)
    page.locator('[data-test="send"]').click()
    expect(page.locator('[data-test="done"]')).to_be_visible()
    with as_system("test") as session:
        case = find(session, number)
        assert [a.name for a in session.scalars(select(Attachment))] == ["现场.png"]
        case.species = "国槐"
        case.enterprise_id = session.scalars(select(Enterprise.id)).one()
        for action, data in (("accept", None), ("grant", {"trees": 1})):
            do(case, action, actor=system_viewer("test"), data=data)
        link = tokens.invite(session, case, "rate", "13800001234", str)
        session.commit()
    page.goto(f"/portal/cases/{number}")
    healthy(page)
    page.goto("/portal" + link.partition("/portal")[2])
    healthy(page)
    page.get_by_role("radio").first.check()
    page.locator('[data-test="send"]').click()
    expect(page.locator('[data-test="thanks"]')).to_be_visible()
    for path in ("/portal/find/felling-office?q=国槐", "/portal/lists/felled", "/portal/account", "/portal/rate/nothing",
                 "/portal/cases?number=NH-1"):
        page.goto(path)
        healthy(page)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_in_large_type_nothing_is_cut_off_and_buttons_are_for_thumbs(browser: Browser, site: str, colours: str) -> None:
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844}, color_scheme=colours)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/portal")
    plain = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
    page.locator('[data-test="larger"]').click()
    page.wait_for_load_state()
    large = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
    assert large >= 1.3 * plain and large >= 22
    for path in ("/portal", "/portal/submit/felling", "/portal/cases", "/portal/account"):
        page.goto(path)
        healthy(page)
        assert page.evaluate("Math.min(...[...document.querySelectorAll('.btn')].filter(b => b.checkVisibility())"
                             ".map(b => b.getBoundingClientRect().height))") >= 60
    context.close()


def test_a_page_is_light_and_asks_nobody_else(page: Page, site: str) -> None:
    for path in ("/portal", "/portal/submit/felling"):
        asked: dict[str, int] = {}
        page.on("response", lambda answer, asked=asked: asked.__setitem__(answer.url, len(answer.body())))
        page.goto(path, wait_until="networkidle")
        assert {url for url in asked if not url.startswith(site)} == set()
        assert 0 < sum(asked.values()) < LIGHT, asked


def test_a_draft_stays_on_the_telephone_and_goes_when_it_was_sent(page: Page) -> None:
    filled(page)
    page.set_input_files('input[type="file"]', [{"name": "现场.png", "mimeType": "image/png", "buffer": PNG}])
    expect(page.locator(".files")).to_contain_text("已上传")
    page.goto("/portal")
    page.goto("/portal/submit/felling")
    expect(page.locator("[data-restored]")).to_be_visible()
    expect(page.locator('[name="text"]')).to_have_value(WORDS["text"])
    expect(page.locator(".files")).to_contain_text("现场.png")
    page.locator("[data-forget]").click()
    expect(page.locator('[name="text"]')).to_have_value("")
    filled(page)
    sent(page)
    page.goto("/portal/submit/felling")
    expect(page.locator('[name="text"]')).to_have_value("")


def test_cut_off_on_the_way_it_is_kept_sent_again_by_itself_and_is_one(page: Page, app: Flask) -> None:
    tries: list[str] = []

    def cut(route: Route) -> None:
        """The first time the answer is lost on its way back, the second time nothing gets through."""
        tries.append(route.request.method)
        if len(tries) == 1:
            route.fetch(max_redirects=0)
        if len(tries) < 3:
            route.abort()
        else:
            route.continue_()

    filled(page)
    page.route("**/portal/submit/felling", cut)
    page.locator('[data-test="send"]').click()
    expect(page.locator("[data-network]")).to_contain_text("已保存在本机")
    page.locator('[data-test="send"]').click()
    expect(page.locator('[data-test="send"]')).to_have_text("重新提交")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_url("**/portal/cases/**")
    assert tries == ["POST"] * 3
    with as_system("test") as session:
        assert len(session.scalars(select(Case.id)).all()) == 1


def test_without_scripts_all_of_it_works(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto("/portal")
    page.locator('[data-test="entry"]').click()
    page.set_input_files('input[type="file"]', [{"name": "现场.png", "mimeType": "image/png", "buffer": PNG}])
    page.locator('[data-test="send"]').click()
    page.get_by_label("现场.png").or_(page.locator('[name="uploads"]')).first.wait_for()
    for name in ("title", "text", "phone"):
        page.fill(f'[name="{name}"]', WORDS[name])
    number = sent(page)
    code = page.locator('[data-test="query-code"]').inner_text()
    context.clear_cookies()
    page.goto("/portal/cases")
    page.fill('[name="number"]', number)
    page.fill('[name="code"]', code.lower())
    page.locator('[data-test="look"]').click()
    expect(page.locator('[data-test="case-number"]')).to_have_text(number)
    page.locator('[data-test="larger"]').click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    with as_system("test") as session:
        assert [a.name for a in session.scalars(select(Attachment))] == ["现场.png"]
    context.close()
