"""What a cell may hold, column by column."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import moment
from core.errors import Refusal
from core.party import uscc
from core.tabular.cells import guard, narrow, plain, unguard
from core.tabular.columns import Amount, Bool, Choice, Choices, Code, Column, Date, Int, Name, Text, options

DAY = Date(name="day", heading="日期")
PAST = Date(name="day", heading="处罚决定日期", future=False)
FINE = Amount(name="fine", heading="罚款金额（万元）", unit="万元", doubtful=Decimal(1000))
YUAN = Amount(name="sum", heading="金额", unit="元", places=2)
KINDS = Choices(
    name="kinds", heading="处罚类别", options=options("警告", "通报批评", "罚款", "没收违法所得、没收非法财物")
)


def refused(column: Column, value: Any) -> str:
    with pytest.raises(Refusal) as caught:
        column.parse(value)
    return caught.value.message


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-23",
        "2026/11/23",
        "20261123",
        "2026年11月23日",
        "2026.11.23",
        "２０２６－１１－２３",
        " 2026-11-23 00:00:00",
        46349,
        46349.0,
        20261123,
        dt.date(2026, 11, 23),
        dt.datetime(2026, 11, 23, 9),  # noqa: DTZ001  # a spreadsheet's dates have no zone
    ],
)
def test_every_way_to_write_one_day(typed: Any) -> None:
    assert DAY.parse(typed) == dt.date(2026, 11, 23)


@pytest.mark.parametrize("typed", ["11/12/2026", "26-11-23", "2026-11", "昨天", "2026-1123", True, "2026-11/23", 3.5])
def test_a_date_that_could_mean_two_days_is_refused(typed: Any) -> None:
    assert refused(DAY, typed)


def test_a_day_that_does_not_exist_is_refused() -> None:
    assert "2026-02-30" in refused(DAY, "2026-02-30")


def test_a_day_number_as_text_is_explained() -> None:
    assert "2026-11-23" in refused(DAY, "46349")


def test_a_decision_dated_tomorrow_is_refused() -> None:
    with moment.at(dt.date(2026, 11, 23)):
        assert PAST.parse("2026-11-23") == dt.date(2026, 11, 23)
        assert "2026-11-24" in refused(PAST, "2026-11-24")


@given(st.dates(dt.date(1900, 3, 1), dt.date(2099, 12, 31)))
def test_all_forms_of_a_date_agree(day: dt.date) -> None:
    forms = [
        day.isoformat(),
        day.strftime("%Y%m%d"),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
    ]
    assert {DAY.parse(form) for form in forms} == {day}
    assert DAY.parse((day - dt.date(1899, 12, 30)).days) == day


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("0.2", "0.2"), ("1,234.5", "1234.5"), ("２０", "20"), ("¥3", "3"), ("5万元", "5"), (0.1 + 0.2, "0.3"), (3, "3")],
)
def test_amounts_as_people_write_them(typed: Any, amount: str) -> None:
    assert FINE.parse(typed) == Decimal(amount)


def test_yuan_typed_into_a_column_of_ten_thousands() -> None:
    assert "0.2" in refused(FINE, "2000元")
    assert "0.2" in (FINE.doubt(FINE.parse("2000")) or "")
    assert FINE.doubt(Decimal("0.2")) is None


@pytest.mark.parametrize("typed", ["-1", "1.2.3", "约5", "1,23", "1e3", True, "10000000000", "0.1234567"])
def test_what_is_no_amount(typed: Any) -> None:
    assert refused(FINE, typed)


def test_cents_only_in_a_column_of_yuan() -> None:
    assert refused(YUAN, "1.234") and YUAN.parse("1.23") == Decimal("1.23")


@pytest.mark.parametrize("typed", ["警告;罚款", "警告；罚款", "警告、罚款", "警告; 罚款;警告;", "警告，罚款"])
def test_several_choices_in_one_cell(typed: str) -> None:
    assert KINDS.parse(typed) == ("警告", "罚款")


def test_a_choice_whose_own_name_has_a_comma_is_kept_whole() -> None:
    assert KINDS.parse("没收违法所得、没收非法财物;罚款") == ("没收违法所得、没收非法财物", "罚款")


def test_a_misspelt_choice_is_answered_with_the_nearest() -> None:
    assert "通报批评" in refused(KINDS, "通报批平")
    state = Choice(name="s", heading="状态", options={"存续": "active"}, synonyms={"在营": "存续"})
    assert state.parse("在营") == "active" and "存续" in refused(state, "xyz")


def test_a_code_that_the_spreadsheet_made_a_number_of() -> None:
    code = Code(name="uscc", heading="统一社会信用代码", check=uscc.check)
    assert "number" in refused(code, 9.112e17) and "number" in refused(code, "9.1120E+17")
    assert "Was 91120117MA05A1B251 meant" in refused(code, "91120117MAO5A1B251")
    assert Code(name="x", heading="x").parse(1512.0) == "1512"


def test_names_have_the_brackets_of_the_licence() -> None:
    name = Name(name="n", heading="企业名称")
    assert name.parse(" 天津(宁河) 商贸有限公司 ") == "天津（宁河）商贸有限公司"
    assert name.parse("ABC (China) Ltd.") == "ABC (China) Ltd."


def test_texts_keep_their_meaning() -> None:
    text = Text(name="t", heading="t", longest=5)
    assert text.parse("Ａ\u200b１") == "A1" and text.parse("a\nb") == "a b"
    assert Text(name="t", heading="t", lines=True).parse("a\r\nb") == "a\nb"
    assert refused(text, "123456")
    assert "#REF!" in refused(text, "#REF!")


def test_numbers_and_yes_or_no() -> None:
    whole = Int(name="i", heading="i", most=10)
    assert (
        whole.parse("８") == 8
        and whole.parse(8.0) == 8
        and refused(whole, "8.5")
        and refused(whole, 11)
        and refused(whole, True)
    )
    yes = Bool(name="b", heading="b")
    assert yes.parse("是") is True and yes.parse(0) is False and yes.parse(True) is True and refused(yes, "也许")


WRITTEN = st.text(
    "".join(map(chr, range(0x20, 0x7F))).replace("'", "").replace("#", "")
    + "\t\n\u3000\u200bＡｚ０９（）；，：区津人×元",
    max_size=40,
)


@given(WRITTEN)
def test_normalising_is_idempotent(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert narrow(narrow(text)) == narrow(text)


@given(st.text(max_size=20))
def test_what_the_export_guards_the_import_gives_back(text: str) -> None:
    assert guard(text)[:1] not in tuple("=+-@＝＋－＠\t\r\n")
    if not text.startswith("'"):
        assert unguard(guard(text)) == text


ODD = "'#()（）= \u3000ＡA1\n企业示例-"


@given(st.one_of(st.text(ODD, max_size=9), st.text(max_size=9)))
def test_what_is_taken_as_it_stands_is_what_parsing_would_have_made_of_it(text: str) -> None:
    for column in (Text(name="t", heading="文", longest=5), Name(name="n", heading="名", longest=5)):
        settled = column.settled()
        assert settled is not None
        if settled(text):
            assert column.parse(text) == text


@given(st.integers(0, 31**6 - 1), st.integers(0, 17), st.sampled_from(uscc.ALPHABET + "OI a"))
def test_a_code_is_taken_as_it_stands_only_when_checking_lets_it_pass(serial: int, place: int, sign: str) -> None:
    column = Code(name="c", heading="码", check=uscc.check, sound=uscc.is_sound)
    code = uscc.make_uscc("120117", serial)
    altered = code[:place] + sign + code[place + 1 :]
    settled = column.settled()
    assert settled is not None and settled(code)
    if settled(altered):
        assert column.parse(altered) == altered


def test_a_column_with_a_parse_of_its_own_is_always_asked() -> None:
    class Shouted(Text):
        def parse(self, value: Any) -> str:
            return super().parse(value).upper()

    assert Shouted(name="s", heading="呼").settled() is None and DAY.settled() is None
