"""A bureau writes a letter's text without knowing HTML, and cannot reach beyond its fields."""
from __future__ import annotations

import datetime as dt

import pytest

from core.errors import Refusal
from core.letter.bodytext import PROVISIONAL, DueDate, fill_body, fill_line, parse_body, render_text
from core.letter.content import Kind


def test_headings_items_and_paragraphs_are_known_by_how_they_begin() -> None:
    blocks = parse_body("一、办理条件\n（一）基本条件\n1. 尚未履行的。\n1. 材料\n（1）其他\n\n2.5倍以上的，从其规定。\n"
                        "特此函告。")
    assert [block.kind for block in blocks] == [
        Kind.HEADING1, Kind.HEADING2, Kind.ITEM, Kind.HEADING3, Kind.HEADING4, Kind.PARA, Kind.PARA]


def test_lines_with_bars_are_a_table() -> None:
    source = "材料如下：\n| 序号 | 名称 |\n{% for m in rows %}| {{ loop.index }} | {{ m.name }} |\n{% endfor %}"
    body = fill_body(source, ["rows"], {"rows": [{"name": "申请书"}, {"name": "甲|乙"}]})
    assert body[1].rows == (("序号", "名称"), ("1", "申请书"), ("2", "甲|乙"))


def test_a_row_with_another_number_of_cells_is_refused() -> None:
    with pytest.raises(Refusal, match="Row 2"):
        parse_body("| 序号 | 名称 |\n| 1 |")


def test_dates_are_written_as_letters_write_them() -> None:
    assert fill_line("于{{ day }}", ["day"], {"day": dt.date(2026, 1, 5)}) == "于2026年1月5日"


def test_a_provisional_date_says_so() -> None:
    due = DueDate(dt.date(2027, 2, 9), provisional=True)
    assert fill_line("请于{{ due }}前", ["due"], {"due": due}) == f"请于2027年2月9日（{PROVISIONAL}）前"


@pytest.mark.parametrize("value", [None, "", "　", []])
def test_an_empty_field_refuses_with_its_name(value: object) -> None:
    with pytest.raises(Refusal) as refused:
        render_text("因{{ reason }}", ["reason"], {"reason": value})
    assert refused.value.field == "reason"


def test_an_empty_field_may_be_asked_for() -> None:
    assert render_text("{% if due %}请于{{ due }}前{% else %}无期限{% endif %}", ["due"], {}) == "无期限"


def test_an_empty_part_of_a_row_refuses_with_its_place() -> None:
    with pytest.raises(Refusal) as refused:
        render_text("{% for m in rows %}{{ m.name }}{% endfor %}", ["rows"], {"rows": [{"name": "甲"}, {"name": ""}]})
    assert refused.value.field == "rows[2].name"


def test_a_name_that_is_no_field_is_refused_before_anything_is_filled_in() -> None:
    with pytest.raises(Refusal, match="resaon"):
        render_text("因{{ resaon }}", ["reason"], {"reason": "甲"})


@pytest.mark.parametrize("source", [
    "{{ ''.__class__.__mro__ }}", "{{ reason.__init__.__globals__ }}", "{% for a in range(10**9) %}{% endfor %}",
    "{{ reason * 1000000000 }}", "{{ reason|format(1) }}", "{% include 'x' %}", "{% set x = 1 %}",
    "{{ reason.upper() }}",
    "{% macro m() %}{% endmacro %}",
    "{% for a in rows %}{% for b in rows %}{% for c in rows %}{% endfor %}{% endfor %}{% endfor %}",
    "{{ reason", "{{ lipsum }}"])
def test_a_template_can_do_no_more_than_print_choose_and_repeat(source: str) -> None:
    with pytest.raises(Refusal):
        render_text(source, ["reason", "rows"], {"reason": "甲", "rows": ["乙"]})


def test_a_letter_may_not_grow_without_end() -> None:
    source = "{% for a in rows %}{% for b in rows %}" + "长" * 100 + "{% endfor %}{% endfor %}"
    with pytest.raises(Refusal, match="longer than"):
        render_text(source, ["rows"], {"rows": list(range(1, 1000))})


def test_markup_in_a_field_stays_text() -> None:
    assert fill_body("{{ name }}公司", ["name"], {"name": "<b>A & B</b>"})[0].text == "<b>A & B</b>公司"


def test_a_line_becomes_a_code_with_what_it_is_for() -> None:
    [said, block] = parse_body("自即日起可以申请。\n二维码：办理指引：扫描或者登录 https://credit.example.gov.cn/portal/guides/x")
    assert (said.kind, block.kind, block.text) == (Kind.PARA, Kind.CODE, "办理指引：扫描或者登录")
    assert block.rows == (("https://credit.example.gov.cn/portal/guides/x",),)
    for line in ("二维码：办理指引", "二维码：https://credit.example.gov.cn", "二维码：办理指引 ftp://credit.example.gov.cn"):
        with pytest.raises(Refusal, match="二维码"):
            parse_body(line)
