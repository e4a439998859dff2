"""A module declares a kind of letter; a bureau may word it anew."""
from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from core.errors import Refusal
from core.letter.content import Form, Letterhead
from core.letter.fonts import FontBook
from core.letter.kinds import Field, LetterKind
from core.letter.render import render_pdf

HEAD = Letterhead("宁州市发展和改革局")


@pytest.fixture
def kind(tmp_path: Path) -> LetterKind:
    text = tmp_path / "notice.txt"
    text.write_text("你单位因{{ reason }}，请于{{ due }}前办理。\n特此函告。", encoding="utf-8")
    return LetterKind(
        "credit_repair.notice", "告知函", "关于{{ addressee }}信用修复的函", text,
        (Field("addressee", "主送企业", "示例有限公司"), Field("reason", "事由", "逾期"),
         Field("due", "期限", dt.date(2026, 12, 1))), form=Form.GONGWEN, attachments=("{{ addressee }}清单",),
        cc="{{ addressee }}主管部门")


def test_a_letter_is_composed_from_the_fields(kind: LetterKind) -> None:
    content = kind.compose_sample(HEAD, dt.date(2026, 11, 23))
    assert content.title == "关于示例有限公司信用修复的函"
    assert content.body[0].text == "你单位因逾期，请于2026年12月1日前办理。"
    assert (content.attachments, content.cc) == (("示例有限公司清单",), "示例有限公司主管部门")
    assert content.letterhead.form is Form.GONGWEN
    assert (content.number, content.seal) == (None, None)


def test_its_sample_can_be_previewed(kind: LetterKind, fonts: FontBook) -> None:
    assert render_pdf(kind.compose_sample(HEAD, dt.date(2026, 11, 23)), preview=True).startswith(b"%PDF")


def test_a_bureaus_own_wording_takes_the_place_of_the_modules(kind: LetterKind) -> None:
    content = kind.compose(HEAD, kind.sample, date=dt.date(2026, 11, 23), wording="请{{ addressee }}办理。")
    assert [block.text for block in content.body] == ["请示例有限公司办理。"]


def test_a_missing_field_and_an_unknown_one_are_named(kind: LetterKind) -> None:
    with pytest.raises(Refusal) as missing:
        kind.compose(HEAD, {**kind.sample, "reason": ""}, date=dt.date(2026, 11, 23))
    with pytest.raises(Refusal) as unknown:
        kind.compose(HEAD, {**kind.sample, "resaon": "x"}, date=dt.date(2026, 11, 23))
    assert (missing.value.field, unknown.value.field) == ("reason", "resaon")


def test_a_kind_whose_text_is_gone_says_so(kind: LetterKind) -> None:
    kind.template.unlink()
    with pytest.raises(Refusal, match=r"notice\.txt"):
        kind.compose_sample(HEAD, dt.date(2026, 11, 23))
