"""The unified social credit code: what is accepted, and what a clerk is told about the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as library

from core.errors import Refusal
from core.party import uscc

GOOD = (
    "91350100M000100Y43",
    "91120117MA05A1B251",
    "91120221MA0678C92G",
    "92120117MA05T3W44P",
    "93120117MA06N1K24L",
    "91120117MA07H0Q52Q",
)


@pytest.mark.parametrize("code", GOOD)
def test_real_and_synthetic_codes_pass_both_check_digits(code: str) -> None:
    assert uscc.check(code) == code and uscc.explain(code) is None


@pytest.mark.parametrize(
    "typed", ["91120117ma05a1b251", "９１１２０１１７ＭＡ０５Ａ１Ｂ２５１", " 91120117 MA05A1B25-1\t"]
)
def test_spelling_that_cannot_change_the_code_is_repaired(typed: str) -> None:
    assert uscc.check(typed) == "91120117MA05A1B251"


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("9112011MA05A1B251", "17"),
        ("91120117MAO5A1B251", "91120117MA05A1B251"),
        ("9112O117MA05A1B251", "91120117MA05A1B251"),
        ("9112I117MA05A1B251", "Position 5"),
        ("91120117MA05A1B252", "position 18"),
        ("91120117MA05A1B351", "position 17"),
        ("9112AA17MA05A1B251", "registering authority"),
        ("120117600000001", "注册号"),
    ],
)
def test_a_wrong_code_is_explained_in_words(typed: str, part: str) -> None:
    with pytest.raises(Refusal, match=part):
        uscc.check(typed)


def test_a_letter_o_is_never_turned_into_a_zero_silently() -> None:
    assert not uscc.is_valid("91120117MAO5A1B251")


def test_the_prefix_says_what_kind_of_body_it_is() -> None:
    assert [uscc.kind(code) for code in ("91", "92", "93", "N2", "Y1")] == [
        uscc.Kind.ENTERPRISE,
        uscc.Kind.INDIVIDUAL,
        uscc.Kind.COOPERATIVE,
        uscc.Kind.VILLAGE_COLLECTIVE,
        None,
    ]


def test_a_village_collective_has_a_letter_in_front() -> None:
    assert uscc.is_valid(uscc.make_uscc("120117", 3, "N2"))


def test_old_registration_numbers_have_fifteen_digits() -> None:
    assert uscc.check_reg_no("１２０１１７６０００００００１") == "120117600000001"
    with pytest.raises(Refusal):
        uscc.check_reg_no("12011760000000")


@given(st.integers(0, 31**6 - 1), st.sampled_from(["120117", "120221"]), st.sampled_from(["91", "92", "93"]))
def test_made_codes_are_valid_and_the_library_agrees(serial: int, region: str, prefix: str) -> None:
    code = uscc.make_uscc(region, serial, prefix)
    assert uscc.is_valid(code) and library.is_valid(code)
    assert uscc.check_digit(code[:17]) == library.calc_check_digit(code[:17])


@given(st.integers(0, 31**6 - 1), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_one_mistyped_character_is_always_found(serial: int, place: int, sign: str) -> None:
    code = uscc.make_uscc("120117", serial)
    typed = code[:place] + sign + code[place + 1 :]
    assert uscc.is_valid(typed) == (typed == code)


@given(st.text(uscc.ALPHABET + "OISVZabcxyz０１９ＡＯ -\t\u3000公司", max_size=30))
def test_normalising_twice_is_normalising_once_and_every_refusal_has_words(text: str) -> None:
    assert uscc.normalise(uscc.normalise(text)) == uscc.normalise(text)
    assert uscc.is_valid(text) or uscc.explain(text)
