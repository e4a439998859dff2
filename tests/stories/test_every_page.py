"""Every page, seen by those whose page it is: at both sizes, in both languages, light, dark and in larger type, without an
error, a request that leaves the house, something standing out at the side, a sentence left in English, or a serious finding
of axe. The list is complete: a page that stands neither here nor among :data:`NOT_LOOKED_AT` fails the last test.
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from core.access import as_system
from core.parameters import put
from stories.conftest import Enter, House, Visit

pytestmark = pytest.mark.walk
PENALTIES, NEEDS = "/credit_repair/penalties", "/districts/needs"
HEAD = ("/", "/?tab=overdue", PENALTIES, f"{PENALTIES}?view=board", f"{PENALTIES}?view=month",
        "/credit_repair/repairs", "/credit_repair/results", "/credit_repair/objections", "/credit_repair/bulletins",
        "/credit_repair/reports/whatif", "/cases/{penalty}", "/cases/{penalty}/print", "/cases/{penalty}/access",
        "/cases/{penalty}/steps", "/cases/{penalty}/due", "/cases/{penalty}/clocks/{clock}", "/cases/{repair}",
        "/cases/{repair}/do/approve", "/cases/{repair}/deeds/link", "/cases/{repair}/duty/assign", "/letters",
        "/letters/{letter}", "/letters/due/credit_repair.notice", "/letters/batches",
        "/letters/batches/new?act=review", "/letters/batches/{batch}", "/letters/wordings",
        "/letters/wordings/{kind}", "/enterprises", "/enterprises/{enterprise}", "/import",
        "/export/credit_repair.penalties/ask", "/board", "/board?view=load", "/board?view=districts",
        "/board/cases?light=red", "/command", "/stats/core.on_time", "/rules", "/arrangements",
        "/arrangements/assignment?kind=credit_repair.repair&name={state}",
        "/arrangements/reply?kind=credit_repair.repair", "/arrangements/ladder?kind=credit_repair.repair&name={duty}",
        "/retention", "/ladders", "/calendar", "/messages", "/tasks", "/search?q=示例",
        "/access/why?number=NH-XX-20260101-0001", "/notices", "/notices/{notice}", "/start", "/account",
        "/account/standing-in", "/account/second-factor", "/resetmypassword/form", "/demo",
        "/saved-searches?screen=credit_repair/penalties&query=state=draft", "/help", "/help?at=/cases/{penalty}")
CLERK = (f"{PENALTIES}/new", "/credit_repair/repairs/new", "/import/credit_repair.penalties")
HUB = ("/", NEEDS, f"{NEEDS}?view=board", f"{NEEDS}/new", "/districts/registers/areas",
       "/districts/registers/areas/new", "/districts/registers/areas/{area}",
       "/districts/registers/areas/{area}/edit", "/districts/registers/areas/{area}/do/end",
       "/districts/registers/officers", "/districts/registers/servings", "/districts/registers/roster",
       "/districts/registers/leaders", "/districts/registers/agents", "/districts/registers/visits",
       "/districts/registers/visits?view=month",
       "/districts/registers/handbook", "/districts/registers/trainings", "/districts/registers/model_cases",
       "/districts/registers/issues", "/districts/orders", "/districts/meetings", "/districts/supervisions",
       "/districts/reports/districts", "/districts/reports/unserved",
       "/districts/reports/problems", "/cases/{need}",
       "/cases/{order}", "/board?view=districts", f"/help?at={NEEDS}")
ADMIN = ("/admin/", "/admin/units", "/admin/people", "/admin/people/{person}", "/admin/people/{person}/sees",
         "/admin/roles", "/admin/roles/{role}", "/admin/modules", "/admin/modules/plan?module=districts&on=1&bureau=4",
         "/admin/units/sheet", "/admin/parameters", "/admin/targets",
         "/admin/dictionaries", "/admin/notices", "/admin/seals", "/admin/log", "/admin/online", "/admin/jobs",
         "/admin/channels", "/admin/channels/email", "/admin/channels/sms", "/admin/webhooks", "/admin/health",
         "/admin/api", "/rules/escalate.bureau", "/import/people", "/start", "/calendar", "/_widgets")
PUBLIC = ("/login/", "/portal", "/portal/submit/need", "/portal/cases", "/portal/find/officer", "/portal/lists/needs",
          "/portal/guides/credit-repair",
          "/portal/account", "/portal/rate/{rate}", "/portal/thanks", "/verify", "/verify/NOBODYS")
PAGES = {"credit_repair.head": HEAD, "credit_repair.credit": CLERK, "districts.hub": HUB, "Admin": ADMIN, "": PUBLIC}

NOT_LOOKED_AT = {
    "a file, a picture or figures for programs": (
        "/<module>/registers/<name>/pick", "/<module>/registers/<name>/<int:entry_id>/papers/<paper>.pdf",
        "/admin/seals/<int:unit_id>.img", "/assets/<version>/<path:filename>", "/board/export",
        "/cases/<number>/files/<int:file_id>", "/export/<code>", "/favicon.ico", "/healthz",
        "/import/<code>/template", "/letters/<int:letter_id>.pdf", "/letters/batches/<int:letter_batch_id>/list",
        "/login/picture.png", "/metrics", "/readyz", "/tasks/<int:task_id>", "/tasks/<int:task_id>/result",
        "/verify/offline", "/portal/account/letters/<int:letter_id>.pdf",
        "/portal/cases/<number>/letters/<int:letter_id>.pdf", "/portal/cases/<number>/receipt.pdf"),
    "a piece of another page": ("/calendar/days", "/letters/batches/<int:letter_batch_id>/progress"),
    "leads to another page": ("/back", "/lang/<string:locale>", "/logout/", "/messages/<int:message_id>/open", "/portal/",
                              "/portal/cases/", "/start/<int:number>", "/stats", "/verify/"),
    "behind a step, in the stories below": ("/login/code", "/portal/cases/<number>", "/portal/cases/<number>/<name>"),
}
FRAMEWORKS = ("/framework/", "/groups/", "/permissions/", "/permissionviews/", "/roles/", "/users/", "/userstatschartview/",
              "/viewmenus/", "/static/appbuilder/", "/resetpassword/", "/userinfoeditview/", "/api/")
"""The framework's own administration and the interface for programs: tests/web/test_framework_pages.py, tests/api."""


def name_of(path: str) -> str:
    """A file's name for an address."""
    return path.strip("/").translate(str.maketrans("/?=&", "----", "{}"))[:60] or "desk"


def addresses(house: House, role: str) -> Iterator[tuple[str, str]]:
    """What a role looks at, with names for the pictures."""
    for path in PAGES[role]:
        yield path.format(**house.examples), f"{role or 'public'}-{name_of(path)}"


def look(visit: Visit, path: str, name: str) -> None:
    """One page, loaded once: wide, then narrow; in between dark and in larger type."""
    visit.resize(1366)
    visit.go(path)
    see(visit, path, name)


def see(visit: Visit, path: str, name: str) -> None:
    """The page that is open."""
    visit.shot(name)
    visit.fits(path)
    visit.accessible()
    if "/registers/" in path and visit.page.locator(".side a[aria-current]").count() != 1:
        visit.fault("the menu does not say where one is")
    if path != "/_widgets":
        visit.chinese()
    visit.dress(theme="dark", size="large")
    visit.fits(f"{path} (larger type)")
    visit.shot(f"{name}-dark-large")
    visit.resize(390)
    visit.fits(f"{path} (larger type)")
    visit.accessible("color-contrast")
    visit.dress(theme="light", size="normal")
    visit.fits(path)
    visit.shot(name)
    visit.accessible("color-contrast", "target-size", "scrollable-region-focusable", "button-name", "link-name", "label")


@pytest.mark.parametrize("role", PAGES)
def test_the_pages_of_a_role_are_whole_and_accessible(enter: Enter, house: House, role: str) -> None:
    visit = enter(role)
    for path, name in addresses(house, role):
        look(visit, path, name)


@pytest.mark.parametrize("role", PAGES)
def test_the_pages_of_a_role_in_english(enter: Enter, house: House, role: str) -> None:
    visit = enter(role, language="en")
    for path, name in addresses(house, role):
        visit.resize(1366)
        visit.go(path, f"en-{name}")
        visit.resize(390)
        visit.fits(path)


def test_a_business_follows_its_case_from_outside(enter: Enter, house: House) -> None:
    visit = enter("")
    visit.go("/portal/cases")
    visit.page.fill("[name=number]", house.examples["need"])
    visit.page.fill("[name=code]", house.examples["code"])
    visit.page.locator("main form button").first.click()
    visit.page.wait_for_url(f"**/portal/cases/{house.examples['need']}")
    see(visit, "/portal/cases/…", "public-case")
    step = visit.page.locator(f"a[href^='/portal/cases/{house.examples['need']}/']:not([href$='.pdf'])").first
    look(visit, str(step.get_attribute("href")), "public-step")


def test_a_second_factor_and_a_picture_code_are_asked_for(enter: Enter, house: House) -> None:
    role = "credit_repair.lawyer"
    username, password = house.people[role]
    visit = enter(role)
    page = visit.page
    visit.go("/account/second-factor")
    page.locator("main form button").first.click()
    key = str(page.locator("main [data-copy]").get_attribute("data-copy"))
    see(visit, "/account/second-factor", "second-factor-key")
    page.fill("[name=code]", pyotp.TOTP(key).now())
    page.keyboard.press("Enter")
    page.locator(".codes").wait_for()
    see(visit, "/account/second-factor", "second-factor-spare")
    other = enter("")
    for wrong in ("nonsense", "nonsense", "nonsense", ""):
        other.go("/login/")
        other.page.fill("[name=username]", username)
        other.page.fill("[name=password]", wrong or password)
        with other.page.expect_navigation():
            other.page.keyboard.press("Enter")
    other.page.locator("[name=picture]").wait_for()
    see(other, "/login/", "picture-code")
    third = enter("")
    with house.app.app_context(), as_system("the code's page has its own limits", "test") as session:
        put(session, "security.captcha_after", "100", None)
        session.commit()
    third.go("/login/")
    third.page.fill("[name=username]", username)
    third.page.fill("[name=password]", password)
    third.page.keyboard.press("Enter")
    third.page.wait_for_url("**/login/code")
    see(third, "/login/code", "second-factor-code")


def test_no_page_is_forgotten(house: House) -> None:
    rules: Map = house.app.url_map
    adapter = rules.bind("localhost")
    seen = {rule for paths in NOT_LOOKED_AT.values() for rule in paths} | {f"/pick/{what}" for what in (
        "cases", "people", "enterprises", "units")}
    for role in PAGES:
        seen |= {_rule(adapter, path) for path, _name in addresses(house, role)}
    forgotten = [rule for rule in house.pages if rule not in seen and not rule.startswith(FRAMEWORKS)]
    assert not forgotten, f"add them to PAGES: {forgotten}"
    gone = [rule for paths in NOT_LOOKED_AT.values() for rule in paths if rule not in house.pages and "<what>" not in rule]
    assert not gone, f"no longer there: {gone}"


def _rule(adapter: Any, path: str) -> str:
    """The rule that answers an address."""
    try:
        return str(adapter.match(path.partition("?")[0], return_rule=True)[0].rule)
    except HTTPException as fault:
        raise AssertionError(f"{path}: {fault}") from None
