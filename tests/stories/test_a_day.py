"""A day in the office, in a real browser: a clerk, a head, a leader with a telephone, an administrator."""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from core.access import as_system
from core.case.models import Case
from core.letter.models import Letter, LetterState
from stories.conftest import Enter, House, Visit

pytestmark = pytest.mark.walk  # tests without a browser tell of what these pages do
PENALTIES = "/credit_repair/penalties"


def number_of(visit: Visit, state: str) -> str:
    """The number of the first penalty in a state."""
    visit.page.goto(f"{PENALTIES}?state={state}")
    address = visit.page.locator('[data-test="row"] a[href^="/cases/"]').first.get_attribute("href")
    return str(address).rpartition("/")[2]


def test_a_clerk_finds_a_case_understands_its_date_and_acts_by_keyboard(enter: Enter) -> None:
    visit = enter("credit_repair.credit")
    page = visit.page
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.goto(PENALTIES)
    page.locator("#f-state").select_option("draft")
    page.locator("#f-q").press("Enter")
    page.wait_for_url("**state=draft**")
    listed = page.url
    page.locator('[data-test="row"] a[href^="/cases/"]').first.click()
    page.wait_for_url("**/cases/**")
    visit.shot("clerk-case")
    page.locator('[data-test="case-head"] [data-test="copy"]').click()
    expect(page.locator("#toasts")).to_contain_text("已复制")
    number = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"NH-XY-\d{8}-\d{4}", number)
    why = page.locator('[data-test="case-head"] a.why')
    why.focus()
    page.keyboard.press("Enter")
    drawer = page.locator('[data-test="drawer"]')
    expect(drawer.locator(".days .last")).to_be_visible()
    expect(drawer.locator(".law")).to_contain_text("国发〔2016〕33号")
    visit.shot("clerk-why")
    visit.accessible()
    page.keyboard.press("Escape")
    expect(why).to_be_focused()
    page.locator('[data-test="act-do-submit"]').click()
    expect(page.locator("dialog[open] .consequences")).to_contain_text("状态变为")
    visit.shot("clerk-consequences")
    page.keyboard.press("Enter")  # the button has the focus: nothing else is asked for
    expect(page.locator('[data-test="flash"]')).to_contain_text("提交审核")
    expect(page.locator('[data-test="timeline"] .line li').first).to_contain_text("提交审核")
    page.go_back()
    page.goto(listed)
    expect(page.locator("#f-state")).to_have_value("draft")  # the filter lives in the address


def test_somebody_new_finds_a_case_understands_its_date_and_sends_its_letter(enter: Enter, house: House) -> None:
    with house.app.app_context(), as_system("a letter that waits to be handed over", "test") as session:
        number, title, letter = session.execute(
            select(Case.number, Case.title, Letter.id).join(Letter, Letter.case_id == Case.id)
            .where(Case.kind == "credit_repair.penalty", Letter.state == LetterState.SIGNED).order_by(Letter.id)).all()[0]
    visit = enter("credit_repair.head")
    page = visit.page
    page.keyboard.press("/")
    page.keyboard.type(title.partition(" ")[0])  # the business, as somebody on the telephone says it
    page.keyboard.press("Enter")
    page.locator(f'main a[href="/cases/{number}"]').first.click()
    expect(page.locator('[data-test="clocks"] .why').first).to_be_visible()  # every date explains itself
    page.locator(f'#zone-letters a[href="/letters/{letter}"]').click()
    page.locator('[data-test="act-deliver"]').click()
    page.locator("dialog[open] textarea").fill("直接送达，示例签收")
    page.locator('dialog[open] [data-test="confirm-button"]').click()
    expect(page.locator('[data-test="flash"]')).to_be_visible()
    visit.shot("letter-sent")


def test_a_refused_form_says_what_is_wrong_and_nothing_typed_is_lost(enter: Enter) -> None:
    visit = enter("credit_repair.credit")
    page = visit.page
    page.goto(f"{PENALTIES}/new")
    page.locator("form.form input[type=text]").first.fill("甲公司")
    page.locator('[data-test="save"]').click()
    summary = page.locator('[data-test="error-summary"]')
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^错误"))
    expect(page.locator("form.form input[type=text]").first).to_have_value("甲公司")
    visit.shot("form-refused")
    visit.accessible()
    summary.locator("a").first.click()
    page.locator("form.form textarea").first.fill("经查明……")
    visit.context.clear_cookies()  # the session ends while the form is open
    page.locator('[data-test="save"]').click()
    page.locator('[data-test="sign-in-again"]').click()
    username, password = visit.house.people["credit_repair.credit"]
    page.fill('input[name="username"]', username)
    page.fill('input[name="password"]', password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{PENALTIES}/new")
    page.locator('[data-test="draft"] button').first.click()
    expect(page.locator("form.form textarea").first).to_have_value("经查明……")
    expect(page.locator("form.form input[type=text]").first).to_have_value("甲公司")
    visit.faults = [fault for fault in visit.faults if "status of 4" not in fault]  # refusals are what this story is about


def test_a_code_brings_its_name_along_and_a_name_that_differs_is_told(enter: Enter) -> None:
    visit = enter("credit_repair.clerk")
    page = visit.page
    page.goto("/enterprises")
    name, code = page.evaluate(
        "fetch('/pick/enterprises?q=').then(a => a.json()).then(a => [a.items[0].label, a.items[0].hint])")
    page.goto(f"{PENALTIES}/new")
    page.locator("#f-uscc").fill(code.lower())
    page.locator("#f-uscc").press("Tab")
    expect(page.locator("#f-party_name")).to_have_value(name)
    page.locator("#f-party_name").fill("别的企业")
    page.locator("#f-uscc").fill("")
    page.locator("#f-uscc").fill(code)
    page.locator("#f-uscc").press("Tab")
    expect(page.locator(".field", has=page.locator("#f-party_name")).locator(".warned")).to_contain_text(name)
    expect(page.locator("#f-party_name")).to_have_value("别的企业")


def test_words_that_are_ready_join_what_was_typed(enter: Enter) -> None:
    visit = enter("credit_repair.credit")
    page = visit.page
    page.goto(f"/cases/{number_of(visit, 'draft')}/do/discard")
    note = page.locator("#note")
    note.fill("经办人来电。")
    page.locator('[data-test="replies"] a').first.click()
    expect(note).to_have_value("经办人来电。\n同一处罚决定已录入。")
    expect(note).to_be_focused()


def test_a_card_goes_only_where_the_workflow_lets_it(enter: Enter) -> None:
    visit = enter("credit_repair.credit")
    page = visit.page
    visit.go(f"{PENALTIES}?view=board", "board")
    card = page.locator('[data-lane="draft"] [data-card]').first
    card.drag_to(page.locator('[data-lane="legal_review"]'))
    drawer = page.locator('[data-test="drawer"]')
    expect(drawer.locator('[data-test="consequences"], [data-test="hindered"]').first).to_be_visible()
    page.keyboard.press("Escape")
    card.drag_to(page.locator('[data-lane="publish_review"]'))
    expect(page.locator("#toasts")).to_contain_text("不能直接转到")
    expect(drawer).to_be_hidden()


def test_due_dates_of_a_month_lead_to_their_cases_and_columns_are_the_persons_own(enter: Enter) -> None:
    visit = enter("credit_repair.credit")
    page = visit.page
    visit.go(f"{PENALTIES}?view=month", "month")
    page.locator(".load a").first.click()
    page.wait_for_url("**due_on=**")
    expect(page.locator('[data-test="row"]').first).to_be_visible()
    page.goto(PENALTIES)
    page.locator('[data-test="columns"]').click()
    page.locator('[data-columns] [data-key="letter"] input').uncheck()
    page.locator("[data-columns] footer .go").click()
    expect(page.locator("th[data-col=letter]")).to_have_count(0)
    again = enter("credit_repair.credit")  # another machine
    again.page.goto(PENALTIES)
    expect(again.page.locator('th[data-col="letter"]')).to_have_count(0)
    expect(again.page.locator('th[data-col="number"]')).to_have_count(0)  # what the list hides by itself stays hidden
    again.page.locator('[data-test="columns"]').click()
    again.page.locator("[data-columns-reset]").click()
    expect(again.page.locator('th[data-col="letter"]')).to_have_count(1)
    expect(again.page.locator('th[data-col="number"]')).to_have_count(0)
    page.locator("[data-select]").nth(0).check()
    page.locator("[data-select]").nth(1).check()
    expect(page.locator('[data-test="bulk"]')).to_contain_text("已选 2 项")
    visit.shot("bulk")
    page.locator('[data-test="export"]').click()
    expect(page.locator('[data-test="drawer"]')).to_contain_text("当前筛选结果行数")
    visit.shot("export")


def test_a_head_looks_at_a_letter_and_sees_who_can_see_a_case(enter: Enter) -> None:
    visit = enter("credit_repair.head")
    page = visit.page
    visit.go("/", "head-desk")
    page.locator('[data-test="desk-letters"] [data-preview]').first.click()
    expect(page.locator("dialog.preview iframe")).to_be_visible()
    visit.shot("head-letter")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.preview")).to_have_count(0)
    number = number_of(visit, "published")
    page.goto(f"/cases/{number}")
    page.locator('[data-test="who-sees"]').click()
    expect(page.locator('[data-test="drawer"] tbody tr').first).to_be_visible()
    visit.shot("head-who-sees")


def test_a_leader_reads_on_the_telephone(enter: Enter) -> None:
    visit = enter("credit_repair.reader", 390)
    page = visit.page
    visit.go("/", "leader-desk")
    page.locator('[data-test="burger"]').click()
    expect(page.locator('[data-test="sidebar"]')).to_be_visible()
    page.keyboard.press("Escape")
    visit.go("/board", "leader-figures")
    visit.go(f"/cases/{number_of(visit, 'published')}", "leader-case")
    expect(page.locator('[data-test="act-do-report"]')).to_have_count(0)  # what never applies is not there


def test_an_administrator_explains_why_somebody_sees_nothing(enter: Enter) -> None:
    visit = enter("credit_repair.credit")
    number = number_of(visit, "published")
    admin = enter("Admin")
    admin.go(f"/access/why?number={number}", "admin-why")
    expect(admin.page.locator('[data-test="why-unseen"] .flash')).to_contain_text(number)
    admin.page.goto("/admin/people")
    admin.page.keyboard.press("?")
    expect(admin.page.locator('#drawer [data-test="help"]')).to_contain_text("谁有账号")
    expect(admin.page.locator("#drawer .keys")).to_be_visible()


@pytest.mark.parametrize("width", [1366, 390])
def test_what_is_wrong_on_a_page_of_many_values_lies_under_no_bar(enter: Enter, width: int) -> None:
    page = enter("Admin", width).page
    page.on("dialog", lambda asked: asked.accept())  # away, without what was typed
    page.goto("/admin/targets")
    for place in range(page.locator('input[name^="target:"]').count())[:9]:  # wherever on the screen its line comes to stand
        wrong = page.locator('input[name^="target:"]').nth(place)
        name = wrong.get_attribute("name")
        wrong.fill("abc")
        page.locator(".save-bar .go").click()
        expect(page.locator(f'[name="{name}"][aria-invalid]')).to_be_focused()
        expect(page.locator(".save-bar [data-dirty-note]")).to_be_visible()
        bar, told = page.locator(".save-bar").bounding_box(), page.locator(".complaint").bounding_box()
        assert bar and told and told["y"] > 0 and told["y"] + told["height"] <= bar["y"], (name, told, bar)
        page.goto("/admin/targets")


@pytest.mark.parametrize("role", ["credit_repair.credit", "districts.hub", "Admin"])
def test_whoever_is_new_finds_help_for_every_line_of_the_menu(enter: Enter, role: str) -> None:
    visit = enter(role)
    visit.go("/help")
    lines = visit.page.locator("[data-test=help] dl.kv > dt:has(a) + dd")
    assert lines.count() == visit.page.locator(".side a").count() > 10
    assert not [text for text in lines.all_inner_texts() if "暂无专门说明" in text]


def test_the_help_of_a_case_says_where_it_stands_and_how_long_each_step_may_take(enter: Enter) -> None:
    visit = enter("credit_repair.credit")
    visit.go(f"/cases/{number_of(visit, 'reviewed')}")
    visit.page.locator('[data-test="help-here"]').click()
    expect(visit.page.locator('[data-test="help-now"]')).to_contain_text("审核通过，待报送")
    expect(visit.page.locator('[data-test="help-now"] li').first).to_contain_text("报送")
    expect(visit.page.locator('[data-test="help-periods"]')).to_contain_text("7个工作日")


@pytest.mark.parametrize("path", ["/", PENALTIES, ""])
def test_a_page_is_small(enter: Enter, path: str) -> None:
    visit = enter("credit_repair.credit")
    path = path or f"/cases/{number_of(visit, 'published')}"
    answer = visit.context.request.get(path)
    assert len(answer.body()) < 60_000, path
