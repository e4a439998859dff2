"""The plain data behind the widgets: words of a due date, addresses of a list, the strip of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st

from core import moment
from core.web.explain import explained
from core.web.forms import Field
from core.web.widgets import Action, Column, Confirm, Count, Due, Empty, ListPage, Row, Tag, Text

DAY = dt.date(2026, 11, 23)
COLUMNS = [Column("number", "文号"), Column("on", "决定日期", "date", sort="decided_on")]


@pytest.fixture(autouse=True)
def page(app: Flask) -> Iterator[None]:
    with app.test_request_context("/?_l=en"):
        yield


def draw(call: str, **values: object) -> str:
    """One macro drawn with some values."""
    imports = "".join(f'{{% import "widgets/{n}.html" as {n} %}}' for n in ("basic", "actions", "list", "form", "days"))
    return render_template_string(imports + "{{ " + call + " }}", **values)


@pytest.mark.parametrize(
    ("due", "tone", "words"),
    [
        (Due(DAY, 5), "g", "working days left: 5"),
        (Due(DAY, 2), "y", "working days left: 2"),
        (Due(DAY, 0), "y", "due today"),
        (Due(DAY, -1), "r", "overdue by working days: 1"),
        (Due(DAY, 4, "paused"), "", "paused, working days left: 4"),
        (Due(DAY, None, "met"), "", "done in time"),
        (Due(DAY, None, "late"), "r", "done late"),
        (Due(DAY, None, "void"), "", "no longer counts"),
        (Due(DAY, 5, note="as agreed"), "g", "as agreed"),
    ],
)
def test_a_due_date_is_never_a_colour_alone(due: Due, tone: str, words: str) -> None:
    assert (due.tone, due.words) == (tone, words)
    drawn = draw("basic.due(d)", d=due)
    assert words in drawn
    assert "2026-11-23 (Mon)" in drawn


def test_a_provisional_date_says_so_and_any_date_leads_to_its_reason() -> None:
    drawn = draw("basic.due(d)", d=Due(DAY, 5, provisional=True, why_url="/clocks/7"))
    assert "provisional" in drawn
    assert 'href="/clocks/7" data-drawer' in drawn
    assert "—" in draw("basic.due(d)", d=Due(None))


def a_list(**more: object) -> ListPage:
    values: dict[str, object] = {
        "key": "p",
        "columns": COLUMNS,
        "rows": [Row(1, {"number": "1号", "on": DAY})],
        "url": "/penalties",
        "query": [Field("state", "状态"), Field("decided", "", "range")],
    }
    return ListPage(**{**values, **more})  # type: ignore[arg-type]  # a test's shorthand


def test_filters_live_in_the_address_and_survive_sorting_and_paging() -> None:
    page = a_list(args={"state": ["open"], "cursor": ["abc"], "limit": ["50"]}, order="decided_on", next_cursor="n1")
    assert page.order_link(COLUMNS[1]) == "/penalties?state=open&limit=50&order=-decided_on"
    assert page.link(cursor="n1") == "/penalties?state=open&limit=50&cursor=n1"
    assert page.reset_url == "/penalties?limit=50"
    assert page.direction(COLUMNS[1]) == "ascending"
    assert page.filtered
    assert a_list(args={"decided_from": ["2026-01-01"]}).filtered
    assert not a_list(args={"limit": ["50"], "state": [""]}).filtered


@given(
    st.dictionaries(st.sampled_from(["state", "q", "decided_from"]), st.lists(st.text(max_size=5), max_size=2)),
    st.text(min_size=1, max_size=5),
)
def test_an_address_brings_back_what_it_was_made_of(args: dict[str, list[str]], value: str) -> None:
    link = a_list(args=args).link(extra=value)
    back = parse_qs(urlsplit(link).query, keep_blank_values=True)
    assert back == {**{k: kept for k, vs in args.items() if (kept := [v for v in vs if v != ""])}, "extra": [value]}


def test_counts_say_whether_they_are_exact() -> None:
    assert str(Count(486)) == "486"
    assert str(Count(1000, exact=False)) == "1,000+"
    assert "1,000+ records" in draw("list.pager(l)", l=a_list(count=Count(1000, exact=False)))


def test_a_list_hidden_by_its_filter_says_so_and_offers_to_clear_it() -> None:
    drawn = draw("list.page(l)", l=a_list(rows=[], args={"state": ["open"]}))
    assert 'data-test="empty-filtered"' in drawn
    assert 'href="/penalties" data-test="clear-filters"' in drawn
    assert 'data-test="empty-nothing"' in draw("list.page(l)", l=a_list(rows=[]))
    assert "7F3A-92C1" in draw("list.page(l)", l=a_list(rows=[], empty=Empty("error", trace="7F3A-92C1")))


def test_a_row_offers_three_links_at_most_then_more() -> None:
    acts = [Action(str(i), f"/{i}") for i in range(4)]
    drawn = draw("actions.row_actions(a, 'x')", a=acts)
    assert drawn.index('data-test="more"') > drawn.index('href="/1"')
    assert drawn.index('data-test="more"') < drawn.index('href="/2"')
    assert 'data-test="more"' not in draw("actions.row_actions(a, 'x')", a=acts[:3])


def test_a_cell_shows_what_it_holds_by_its_kind() -> None:
    with moment.at(DAY):
        shown = [draw(f"basic.show(v, '{kind}', stacked=true)", v=value) for kind, value in (
            ("money", 5000), ("number", 1234.5), ("date", DAY), ("mono", "7"), ("text", None), ("text", True), ("text", 0))]
    assert shown == ['<span class="nb">5,000 yuan</span>', "1,234.5", '<span class="nb">11-23 Mon</span>',
                     '<span class="mono">7</span>', '<span class="none">—</span>', "yes", "0"]
    cut = draw("basic.show(v)", v=Text("甲公司", note="911", url="/1", cut=True, note_mono=True))
    assert cut == '<span class="cut" title="甲公司"><a href="/1">甲公司</a></span><small class="mono">911</small>'
    assert draw("basic.show(v)", v=[Tag("done", "g"), "now"]) == '<span class="tag g">done</span> now '


def test_facts_without_content_are_named_in_one_line() -> None:
    facts = [("number", "7"), ("paid on", None), ("remark", ""), ("state", Tag("open"))]
    for macro in ("basic.kv(f)", "basic.kv(f, wide=true)"):
        drawn = draw(macro, f=facts)
        assert "paid on、remark" in drawn[drawn.index('data-test="bare"'):]
        assert "—" not in drawn
    assert 'data-test="bare"' not in draw("basic.kv(f)", f=facts[:1])


def test_a_button_that_cannot_be_used_now_says_why() -> None:
    drawn = draw("actions.button(a)", a=Action("归档", "/close", "post", disabled="还有一件书函没有送达。"))
    assert 'aria-disabled="true"' in drawn
    assert "还有一件书函没有送达。" in drawn
    assert "<form" not in drawn


def test_what_cannot_be_taken_back_shows_its_consequences_and_asks_for_a_reason() -> None:
    void = Action("作废", "/void", "post", "red", data={"version": 3}, confirm=Confirm("作废？", ["文号不能再用。"]))
    drawn = draw("actions.button(a)", a=void)
    assert "文号不能再用。" in drawn
    assert 'name="version" value="3"' in drawn
    assert 'name="note" rows="3" maxlength="500" required' in drawn


def test_nothing_that_a_record_holds_becomes_markup() -> None:
    evil = '"><script>alert(1)</script>'
    for drawn in (
        draw("basic.copy(t)", t=evil),
        draw("basic.tag(t)", t=evil),
        draw(
            "list.table(l)", l=a_list(rows=[Row(evil, {"number": evil, "on": None}, [Action(evil, evil, name=evil)])])
        ),
        draw("basic.show(v)", v=[evil, Text(evil, evil, evil, mono=True, cut=True), Text(evil, evil), Tag(evil, evil)]),
        draw("basic.show(v, stacked=true)", v=Due(DAY, note=evil, why_url=evil, provisional=True)),
        draw("basic.due(d)", d=Due(DAY, note=evil, why_id=evil)),
        draw("actions.button(a, form=t)", a=Action("x", "/x", confirm=Confirm(evil)), t=evil),
        draw("form.form(f)", f=[Field("x", evil, value=evil, help=evil, errors=[evil])]),
    ):
        assert "<script" not in drawn
        assert '=""><' not in drawn


def days(*kinds: str, start: dt.date = dt.date(2026, 2, 11)) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    n = 0
    for i, kind in enumerate(kinds, 1):
        counted = kind in ("workday", "makeup")
        n += counted
        rows.append(
            {
                "date": (start + dt.timedelta(days=i)).isoformat(),
                "counted": counted,
                "n": n if counted else None,
                "kind": kind,
                "name": "春节" if kind == "holiday" else "",
            }
        )
    return rows


def test_the_strip_of_days_tells_work_rest_pause_start_and_end() -> None:
    told = explained(
        "why",
        dt.date(2026, 2, 17),
        days("workday", "workday", "makeup", "holiday", "paused", "workday"),
        start=dt.date(2026, 2, 11),
    )
    cells = told.months[0].days
    assert [c.look for c in cells] == ["start", "work", "work", "makeup", "off", "paused", "last"]
    assert cells[3].word == "Work·3"
    assert cells[4].word == "春节"
    assert told.months[0].lead == 3
    assert "2026-02-15 (Sun)" in cells[4].said
    drawn = draw("days.strip(x)", x=told)
    assert drawn.count("data-date=") == 7
    assert 'data-due="2026-02-17"' in drawn


def test_a_long_period_is_folded_by_months_and_loses_no_day() -> None:
    told = explained("why", dt.date(2026, 8, 10), days(*["workday"] * 180), start=dt.date(2026, 2, 11))
    assert [m.open for m in told.months] == [True, False, False, False, False, False, True]
    assert sum(len(m.days) for m in told.months) == 181
    assert told.months[1].lead == 7  # 1 March 2026 is a Sunday
