"""An industry's code in words."""
from __future__ import annotations

from core.party.industries import divisions, industry_words


def test_a_code_is_shown_with_its_division_and_section() -> None:
    """The letter of the section may stand before it or not; a register's own words for the class go first."""
    assert industry_words("5213") == "5213 零售业（批发和零售业）"
    assert industry_words("F5213") == "F5213 零售业（批发和零售业）"
    assert industry_words("83") == "83 教育"
    assert industry_words("5213", "便利店零售") == "5213 便利店零售"
    assert industry_words("") == ""
    assert industry_words("未分类") == "未分类"


def test_the_standard_is_whole() -> None:
    """97 divisions, numbered without a gap."""
    assert list(divisions()) == [f"{number:02}" for number in range(1, 98)]
