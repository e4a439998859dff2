"""The same pages in a real browser: the policy is kept, all works by keyboard, nothing is cut off on a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import served, small_app
from .samples import Site, pages


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    app = small_app(SHELL={"admin": True})
    app.config["WTF_CSRF_ENABLED"] = True
    posted: list[dict[str, Any]] = []
    pages(app, posted)
    with served(app) as base:
        yield base, posted


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page at the size of an office screen; anything that the console complains of fails the story."""
    base, posted = site
    posted.clear()
    context = browser.new_context(base_url=base, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def test_the_policy_is_kept_and_no_request_leaves_the_building(page: Page, site: tuple[str, object]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/_widgets")
    page.locator('[data-test="person"]').click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert {url for url in asked if not url.startswith(site[0])} == set()


@pytest.mark.parametrize("path", ["/_widgets", "/list", "/form", "/nowhere-but-404"])
@pytest.mark.parametrize("size", ["normal", "large"])
def test_nothing_is_cut_off_on_a_telephone(browser: Browser, site: tuple[str, object], path: str, size: str) -> None:
    context = browser.new_context(base_url=site[0], viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "ys_size", "value": size, "url": site[0]}])
    page = context.new_page()
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator('[data-test="burger"]').click()
    expect(page.locator('[data-test="menu-desk"]')).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator('[data-test="menu-desk"]')).to_be_hidden()
    context.close()


def test_the_slash_finds_the_search_but_never_while_a_word_is_being_composed(page: Page) -> None:
    page.goto("/")
    page.evaluate(
        """document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '/', bubbles: true, isComposing: true}))"""
    )
    page.evaluate(
        """document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '/', keyCode: 229, bubbles: true}))"""
    )
    expect(page.locator("#search")).not_to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("/?")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_text("found /?")


def test_the_shortcuts_are_listed_and_put_away(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()


def test_an_enterprise_is_picked_by_keyboard_alone(page: Page, site: Site) -> None:
    page.goto("/form")
    picker = page.get_by_role("combobox", name="当事人")
    picker.focus()
    page.keyboard.type("食品")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")  # what fits best is chosen already
    expect(picker).to_have_value("天津示例食品销售有限公司")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator("body")).to_have_text("saved")
    assert site[1][0]["party"] == ["2"]
    page.goto("/form")
    page.get_by_role("combobox", name="当事人").focus()
    expect(page.get_by_role("option")).to_have_count(1)  # used lately


def test_a_code_typed_into_the_picker_counts_as_it_stands(page: Page, site: Site) -> None:
    page.goto("/form")
    page.get_by_role("combobox", name="当事人").fill("91120117MA05A1B251")
    page.locator('[data-test="save"]').click()
    expect(page.locator("body")).to_have_text("saved")
    assert site[1][0]["party"] == ["91120117MA05A1B251"]


def test_a_refusal_gives_back_what_was_typed_and_says_at_the_field_what_is_wrong(page: Page) -> None:
    page.goto("/refusing")
    page.click("text=New")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Name").fill("张三")
    dialog.get_by_label("Tick").check()
    dialog.get_by_role("combobox").fill("示例商贸")
    dialog.locator("[role=option]").first.click()
    dialog.get_by_label("Secret").fill("short")
    dialog.get_by_text("Go").click()
    expect(dialog.locator(".flash.r")).to_be_visible()  # the dialog is open again, with what is wrong in it
    expect(dialog.locator(".bad .complaint")).to_have_text("Twelve signs, please.")
    expect(dialog.get_by_label("Secret")).to_be_focused()
    assert dialog.get_by_label("Secret").input_value() == ""  # a password is kept nowhere
    assert dialog.get_by_label("Name").input_value() == "张三" and dialog.get_by_label("Tick").is_checked()
    assert dialog.get_by_role("combobox").input_value() == "天津示例商贸有限公司"
    assert dialog.locator('[name="unit"]').input_value() == "1" and dialog.locator('[name="kind"]').input_value() == "b"
    page.goto("/refusing")
    page.click("text=New")
    assert page.locator("dialog[open]").get_by_label("Name").input_value() == ""


def test_without_scripts_the_picker_is_a_field_and_the_form_still_posts(browser: Browser, site: Site) -> None:
    site[1].clear()
    context = browser.new_context(base_url=site[0], java_script_enabled=False)
    page = context.new_page()
    page.goto("/form")
    page.fill('[name="party"]', "91120117MA05A1B251")
    page.click('[data-test="save"]')
    assert site[1][0]["party"] == ["91120117MA05A1B251"]
    page.goto("/list")
    assert page.locator(".extra").first.is_visible()  # nothing is folded away for good
    context.close()


def test_a_credit_code_is_checked_on_leaving_the_field(page: Page) -> None:
    page.goto("/form")
    code = page.get_by_label("代码")
    for typed, words in (
        ("9112", "18 signs; this one has 4"),
        ("91350100M000100Y4I", "does not occur"),
        ("91350100M000100Y44", "check sign"),
        ("91350100M000100Y43", ""),
    ):
        code.fill(typed)
        code.blur()
        warned = page.locator(".warned")
        expect(warned).to_contain_text(words) if words else expect(warned).to_have_count(0)


def test_selecting_rows_raises_the_bar_and_what_is_voided_needs_a_reason(page: Page, site: Site) -> None:
    page.goto("/list")
    bar = page.locator('[data-test="bulk"]')
    expect(bar).to_be_hidden()
    page.locator("[data-select]").nth(0).check()
    page.locator("[data-select]").nth(2).check()
    expect(bar).to_contain_text("Selected: 2")
    page.locator('[data-test="act-void"]').click()
    dialog = page.locator('[data-test="confirm"]')
    expect(dialog).to_contain_text("The number cannot be used again.")
    expect(page.locator('[data-test="reason"]')).to_be_focused()
    page.locator('[data-test="confirm-button"]').click()
    assert site[1] == []  # the browser keeps it until there is a reason
    page.locator('[data-test="reason"]').fill("wrong party")
    page.locator('[data-test="confirm-button"]').click()
    expect(page.locator("body")).to_have_text("saved")
    assert site[1] == [{"ids": ["0", "2"], "note": ["wrong party"]}]


def test_another_act_is_not_held_up_by_the_reason_of_a_closed_dialog(page: Page, site: Site) -> None:
    page.goto("/list")
    page.locator("[data-select-all]").check()
    page.locator('[data-test="act-pass"]').click()
    expect(page.locator("body")).to_have_text("saved")
    assert site[1] == [{"ids": ["0", "1", "2"]}]


def test_the_query_is_one_row_until_unfolded_and_its_address_is_short(page: Page) -> None:
    page.goto("/list")
    expect(page.locator(".extra").first).to_be_hidden()
    page.locator('[data-test="unfold"]').click()
    page.get_by_label("Q5").fill("x")
    page.keyboard.press("Enter")
    page.wait_for_url("**/list?limit=20&q5=x")
    expect(page.get_by_label("Q5")).to_be_visible()  # what filters is seen
    page.locator('[data-test="reset"]').click()
    page.wait_for_url("**/list?limit=20")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_label("Q1")).to_be_visible()
    expect(page.get_by_label("Q2")).to_be_hidden()  # a telephone shows two, side by side
    page.goto("/list?q2=x")
    expect(page.get_by_label("Q2")).to_be_visible()
    page.goto("/list")
    page.evaluate("document.querySelector('[data-unfold]').remove()")
    expect(page.get_by_label("Q2")).to_be_visible()  # what cannot be unfolded is not folded either


def test_the_way_back_leads_to_the_list_as_it_was_left(page: Page) -> None:
    page.goto("/list?q0=天津&order=-number")
    page.goto("/form")
    page.get_by_role("link", name="列表").click()
    expect(page.locator("#f-q0")).to_have_value("天津")
    page.goto("/list")
    page.goto("/form")
    expect(page.get_by_role("link", name="列表")).to_have_attribute("href", "/list")


def test_why_this_day_opens_in_a_drawer_and_the_focus_returns(page: Page) -> None:
    page.goto("/list")
    link = page.get_by_role("link", name="详情").first
    link.focus()
    page.keyboard.press("Enter")
    drawer = page.locator('[data-test="drawer"]')
    expect(drawer.locator('[data-test="explanation"]')).to_be_visible()
    expect(drawer).to_contain_text("为什么是 02-13")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(link).to_be_focused()


def test_files_go_up_at_once_and_what_is_too_large_or_of_another_kind_says_so(page: Page, site: Site) -> None:
    page.goto("/form")
    page.set_input_files(
        'input[type="file"]',
        [
            {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"},
            {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"},
            {"name": "big.pdf", "mimeType": "application/pdf", "buffer": b"x" * 1001},
            {"name": "c.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"},
        ],
    )
    expect(page.locator('input[name="papers"][type="hidden"]')).to_have_count(2)
    expect(page.locator(".files .wrong")).to_have_text(
        ["“big.pdf” is larger than the limit.", "“c.exe” is not one of the allowed kinds of file."]
    )
    page.locator('[data-test="save"]').click()
    expect(page.locator("body")).to_have_text("saved")
    assert site[1][0]["papers"] == ["sha-a.pdf", "sha-b.pdf"]  # one after the other: each is a fact about the same record


def test_leaving_a_changed_form_warns_and_saving_does_not(page: Page) -> None:
    asked: list[str] = []
    page.goto("/form")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("备注").fill("x")
    expect(page.get_by_text("There are changes that are not saved.")).to_be_visible()
    page.goto("/")
    assert asked == ["beforeunload"]
    page.goto("/form")
    page.get_by_label("备注").fill("x")
    page.locator('[data-test="save"]').click()
    expect(page.locator("body")).to_have_text("saved")
    assert asked == ["beforeunload"]


def test_a_button_that_cannot_be_used_says_why_to_pointer_keyboard_and_finger(page: Page) -> None:
    page.goto("/list")
    button, why = page.locator('[data-test="act-close"]').first, page.locator('[role="tooltip"]').first
    expect(why).to_be_hidden()
    button.hover(force=True)
    expect(why).to_have_text("还有一件书函没有送达。")
    expect(why).to_be_visible()
    page.mouse.move(2, 2)
    expect(why).to_be_hidden()
    button.focus()
    expect(why).to_be_visible()
    page.keyboard.press("Escape")
    expect(why).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    button.click(force=True)
    box = why.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390  # not cut off by the row or the screen
    page.mouse.click(380, 840)
    expect(why).to_be_hidden()


def test_a_sheet_that_is_fetched_does_not_hold_up_the_next_button(page: Page, site: Site) -> None:
    page.goto("/checked")
    with page.expect_download():
        page.click("text=Sheet")
    page.click("text=Go")
    expect(page.locator("body")).to_have_text("saved")
    assert site[1] == [{"go": ["1"]}]


def test_a_column_is_made_wider_with_the_keys_and_grows_with_the_type(page: Page) -> None:
    page.goto("/list")
    head, edge = page.locator('th[data-col="party"]'), page.locator('th[data-col="party"] .grip')
    edge.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    wide = int(edge.get_attribute("aria-valuenow") or 0)
    expect(edge).to_be_focused()
    page.reload()
    expect(edge).to_have_attribute("aria-valuenow", str(wide))
    assert abs(head.evaluate("head => parseFloat(head.style.width)") - wide / 14) < 0.01  # in units of the type
    page.locator('[data-test="columns"]').click()
    first = page.locator(".sortable li").first
    expect(first).to_contain_text("always shown")
    first.locator('[data-move="1"]').click()
    expect(page.locator(".sortable li").nth(1).locator('[data-move="-1"]')).to_be_focused()  # the other one is gone at the end
    assert page.locator("th[data-col]").evaluate_all("heads => heads.map(head => head.dataset.col)") == ["party", "number"]
    page.locator(".sortable li").nth(1).drag_to(page.locator(".sortable li").nth(0), target_position={"x": 60, "y": 2})
    assert page.locator("th[data-col]").evaluate_all("heads => heads.map(head => head.dataset.col)") == ["number", "party"]


def test_the_lesser_acts_of_a_row_lie_above_the_rows_below(page: Page) -> None:
    page.goto("/list")
    page.locator('[data-test="more"]').first.click()
    page.get_by_role("link", name="催办").first.click(timeout=5000)  # refused by the browser's driver if something lies over it
    page.wait_for_url("**/why")


def test_one_goes_from_a_record_to_the_next_one_of_its_list(page: Page) -> None:
    page.goto("/list")
    expect(page.locator("th").first).to_have_css("position", "sticky")  # the heads stay in sight
    page.get_by_role("link", name="0号").click()
    expect(page.locator(".around")).to_have_text("1 / 3 Next record")
    page.keyboard.press("]")
    page.wait_for_url("**/checked")
    page.goto("/form?from=elsewhere")
    page.get_by_role("link", name="Next record").click()
    page.wait_for_url("**/checked")


def test_the_menu_folds_away_on_a_wide_screen_and_stays_so(page: Page) -> None:
    page.goto("/list")
    menu, burger = page.locator("#side"), page.locator('[data-test="burger"]')
    expect(burger).to_have_attribute("aria-expanded", "true")
    burger.click()
    expect(menu).to_be_hidden()
    page.goto("/form")
    expect(menu).to_be_hidden()
    expect(burger).to_have_attribute("aria-expanded", "false")
    burger.click()
    expect(menu).to_be_visible()


def test_columns_that_the_server_keeps_are_drawn_by_it_and_no_head_stands_over_another_ones_cells(
    page: Page, site: Site
) -> None:
    page.goto("/list?server=1")
    page.locator('[data-test="columns"]').click()
    page.locator('.sortable [data-move="1"]').first.click()
    assert page.locator("th[data-col]").evaluate_all("heads => heads.map(head => head.dataset.col)") == ["number", "party"]
    with page.expect_navigation():  # the list is drawn anew when the dialog closes
        page.keyboard.press("Escape")
    assert [kept["order"] for kept in site[1]] == [["party", "number"]]


def test_density_and_columns_are_remembered_here_when_the_server_keeps_none(page: Page) -> None:
    page.goto("/list")
    page.get_by_role("button", name="Density").click()
    page.reload()
    expect(page.locator("[data-list]")).to_have_attribute("data-density", "tight")


def test_a_page_of_values_sends_what_was_changed_and_shows_its_bar(page: Page) -> None:
    sent = "[...new FormData(document.querySelector('form[data-only-changed]')).entries()].flat()"
    page.goto("/_widgets")
    form, bar = page.locator("form[data-only-changed]"), page.locator(".save-bar")
    assert page.evaluate(sent) == []
    expect(bar).to_have_css("position", "static")  # it lies over no field before
    form.get_by_role("textbox").fill("14")
    assert page.evaluate(sent) == ["bar", "14"]
    expect(bar).to_have_css("position", "sticky")
    expect(bar.locator("[data-dirty-note]")).to_be_visible()
    bar.locator('[data-test="undo"]').click()
    assert page.evaluate(sent) == []
    expect(bar.locator("[data-dirty-note]")).to_be_hidden()
