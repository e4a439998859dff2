"""Lines of Chinese text: 28 characters wide, a straight edge, no mark where it may not stand, nothing lost."""
from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.letter.fonts import FontBook
from core.letter.geometry import AREA_WIDTH, BODY, CELL, MM
from core.letter.typeset import BREAK_AFTER, NO_END, NO_START, Line, Setter, indent

HAN = "国家信用修复办法规定行政处罚信息公示企业单位有关事项昇珺堃䶮"
WORDS = st.sampled_from(["2026", "GB/T", "PDF", "5MB", "3", "ISO", "0574-87654321", "12.5"])
MARKS = st.sampled_from(list("，。、；：？！"))
QUOTES = st.sampled_from(["《办法》", "“信用”", "（试行）", "〔2026〕"])
TEXT = st.lists(st.one_of(st.text(HAN, min_size=1, max_size=9), WORDS, MARKS, QUOTES), min_size=1, max_size=60).map(
    lambda parts: re.sub(r"([，。、；：？！])[，。、；：？！]+", r"\1", "".join(parts)).lstrip("，。、；：？！"))


def width(fonts: FontBook, line: Line, role: str = "fang") -> float:
    """How wide a line is drawn, in millimetres, without the tracking after its last character."""
    points = fonts.width(role, line.text) * BODY + line.tracking * (len(line.text) - 1)
    return points / MM


def test_a_full_line_has_28_characters(fonts: FontBook) -> None:
    lines = Setter(fonts).set("国" * 28 * 3)
    assert [len(line.text) for line in lines] == [28, 28, 28]


def test_a_paragraph_begins_two_characters_in(fonts: FontBook) -> None:
    first, second = Setter(fonts).set("国" * 40, indent(2))
    assert (len(first.text), first.indent) == (26, pytest.approx(2 * CELL))
    assert second.indent == 0


def test_a_closing_mark_stays_on_the_line_it_closes_when_the_marks_of_the_line_can_give_way(fonts: FontBook) -> None:
    text = "国" * 20 + "，" + "国" * 7 + "。"
    first, second = Setter(fonts).set(text + "家家家")
    assert (first.text, second.text) == (text, "家家家")
    assert width(fonts, first) == pytest.approx(AREA_WIDTH, abs=0.1)


def test_else_the_character_before_it_goes_along(fonts: FontBook) -> None:
    first, second = Setter(fonts).set("国" * 28 + "。家家家")
    assert (first.text, second.text) == ("国" * 27, "国。家家家")
    assert width(fonts, first) == pytest.approx(AREA_WIDTH, abs=0.1)


def test_an_opening_mark_goes_to_the_next_line(fonts: FontBook) -> None:
    first, second = Setter(fonts).set("国" * 27 + "《办法》规定")
    assert first.text == "国" * 27
    assert second.text == "《办法》规定"
    assert width(fonts, first) == pytest.approx(AREA_WIDTH, abs=0.1)


@pytest.mark.parametrize("word", ["2026", "GB/T", "0574-87654321", "PDF/A-3u"])
def test_numbers_and_words_are_not_torn(fonts: FontBook, word: str) -> None:
    for before in range(20, 29):
        assert any(word in line.text for line in Setter(fonts).set("国" * before + word + "家" * 8))


def test_a_long_address_is_broken_after_a_separator(fonts: FontBook) -> None:
    address = "https://www.creditchina.gov.cn/xyxf/index.html?from=letter&id=20261123&unit=330212&year=2026"
    lines = Setter(fonts).set(f"请登录{address}查询")
    assert "".join(line.text for line in lines) == f"请登录{address}查询"
    assert all(line.text[-1] in BREAK_AFTER for line in lines[:-1])


@settings(max_examples=300)
@given(TEXT, st.sampled_from([0.0, 2.0]))
def test_whatever_is_written(fonts: FontBook, text: str, characters: float) -> None:
    lines = Setter(fonts).set(text, indent(characters))
    assert "".join(line.text for line in lines) == text, "nothing is lost"
    for place, line in enumerate(lines):
        assert line.indent * MM + width(fonts, line) * MM <= AREA_WIDTH * MM + 0.3, "no line is wider than the measure"
        if place:
            assert line.text[0] not in NO_START
        if place < len(lines) - 1:
            assert line.text[-1] not in NO_END
            following = lines[place + 1].text[0]
            assert not (line.text[-1].isascii() and following.isascii()
                        and line.text[-1].isalnum() and following.isalnum()), "no word is torn"
