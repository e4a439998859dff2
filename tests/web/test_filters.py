"""Dates, amounts and protected numbers as people write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core import moment
from core.web.filters import date_zh, datetime_zh, groupby_seen, mask, money, number, relative, size_zh

UTC = dt.UTC


@pytest.fixture(autouse=True)
def chinese(app: Flask) -> Iterator[None]:
    with app.test_request_context("/?_l=zh_Hans_CN"), moment.at(dt.datetime(2026, 11, 23, 12, tzinfo=UTC)):
        yield


def test_a_date_says_its_weekday() -> None:
    assert date_zh(dt.date(2026, 11, 23)) == "2026-11-23（周一）"
    assert date_zh("2026-11-23", short=True) == "11-23 周一"
    assert date_zh("2027-04-28", short=True) == "2027-04-28 周三", "a day of another year says which"
    assert date_zh(None) == date_zh("") == "—"


def test_an_instant_is_shown_on_the_wall_clock_of_the_suite() -> None:
    late = dt.datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # already Monday in Tianjin
    assert date_zh(late) == "2026-11-23（周一）"
    assert datetime_zh(late) == "2026-11-23（周一）00:30"
    assert datetime_zh(late, short=True) == "11-23 周一 00:30"
    assert datetime_zh("") == "—"


def test_english_readers_get_english_weekdays(app: Flask) -> None:
    with app.test_request_context("/?_l=en"):
        assert date_zh(dt.date(2026, 11, 23)) == "2026-11-23 (Mon)"
        assert datetime_zh(dt.datetime(2026, 11, 23, 1, tzinfo=UTC)) == "2026-11-23 (Mon) 09:00"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (5000, "yuan", "5,000 yuan"),
        (Decimal("12300.50"), "yuan", "12,300.5 yuan"),
        (Decimal("0.005"), "yuan", "0.01 yuan"),
        (1234567, "wan", "123.4567 10,000 yuan"),
        (0, "yuan", "0 yuan"),
        (None, "yuan", "—"),
        ("?", "yuan", "?"),
        (float("nan"), "yuan", "nan"),
        (-100, "yuan", "-100 yuan"),
    ],
)
def test_amounts_have_thousands_and_a_unit(app: Flask, value: object, unit: str, shown: str) -> None:
    with app.test_request_context("/?_l=en"):
        assert money(value, unit) == shown  # type: ignore[arg-type]  # templates pass anything


def test_numbers_and_sizes() -> None:
    assert (number(1234567), number(100), number(None)) == ("1,234,567", "100", "—")
    assert (size_zh(512), size_zh(20 * 1024 * 1024), size_zh(5 * 1024**3)) == ("512 B", "20.0 MB", "5.0 GB")


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (dt.timedelta(seconds=20), "just now"),
        (dt.timedelta(minutes=5), "5 min ago"),
        (dt.timedelta(hours=3), "3 h ago"),
        (dt.timedelta(days=1), "yesterday 16:40"),
        (dt.timedelta(days=3), "11-20 Fri 16:40"),
        (dt.timedelta(days=-1), "11-24 Tue 16:40"),
        (dt.timedelta(days=365), "2025-11-23 (Sun) 16:40"),
    ],
)
def test_how_long_ago(app: Flask, ago: dt.timedelta, words: str) -> None:
    now = dt.datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
    with app.test_request_context("/?_l=en"), moment.at(now):
        assert relative(now - ago) == words


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("13812345678", "", "138****5678"),
        ("120221198001011234", "", "1202**********1234"),
        ("12022119800101123X", "", "1202**********123X"),
        ("李敏", "name", "李*"),
        ("李", "name", "李*"),
        ("欧阳小敏", "name", "欧***"),
        ("AB", "", "**"),
        ("ABCD", "", "A**D"),
        (None, "", "—"),
    ],
)
def test_what_identifies_a_person_is_hidden_in_the_middle(value: str | None, kind: str, shown: str) -> None:
    assert mask(value, kind) == shown


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["", "phone", "id", "name"]))
def test_a_mask_never_shows_the_whole(value: str, kind: str) -> None:
    text = value.strip()
    shown = mask(value, kind)
    assert "*" in shown
    assert sum(a == b for a, b in zip(shown, text, strict=False) if a != "*") < max(len(text), 2)


def test_groups_stand_in_the_order_in_which_they_are_first_seen() -> None:
    from core.web.forms import Field

    things = [Field("a", "", group="x"), Field("b", "", group="y"), Field("c", "", group="x")]
    assert [(g, [f.name for f in fs]) for g, fs in groupby_seen(things, "group")] == [("x", ["a", "c"]), ("y", ["b"])]
