"""How long a penalty is published and from when it can be repaired, at the seams where the law changed."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.credit_repair.tiers import ORDER_36, ORDER_107, Tier, Version, publicity, split_kinds, tier_of
from core.rules.loader import read_rules

D = dt.date
RULES = {rule.key: rule.versions for rule in read_rules("credit_repair", Path(__file__).parents[1] / "rules.yaml")}
LIGHT, SERIOUS = ("警告", "通报批评"), ("吊销许可证件", "限制从业")


def months(name: str, day: dt.date) -> int:
    """The months that the module's own rules give."""
    return next(v.value for v in RULES[f"credit.{name}"] if v.valid_from <= day and (v.valid_to is None or day <= v.valid_to))


def tier(kinds: str, fine: int | None = None) -> Tier:
    return tier_of(split_kinds(kinds), None if fine is None else Decimal(fine), light=LIGHT, serious=SERIOUS, huge=100)


@pytest.mark.parametrize(("decided", "last", "first"), [
    (D(2026, 1, 15), D(2026, 4, 15), D(2026, 4, 16)),
    (D(2026, 3, 31), D(2026, 6, 30), D(2026, 7, 1)),
    (D(2026, 4, 1), D(2026, 7, 1), D(2026, 7, 2)),
    (D(2026, 11, 30), D(2027, 2, 28), D(2027, 3, 1)),
])
def test_the_first_day_to_apply_is_the_day_after_the_minimum_period(decided, last, first):
    told = publicity(decided, Tier.GENERAL, months)
    assert (told.min_last, told.apply_from) == (last, first)
    assert not told.eligible(last)
    assert told.eligible(first)


def test_a_decision_of_31_march_follows_the_old_measures_and_one_of_1_april_the_new():
    old, new = publicity(D(2026, 3, 31), Tier.GENERAL, months), publicity(D(2026, 4, 1), Tier.GENERAL, months)
    assert (old.rules, old.max_last) == ("v1", D(2029, 3, 31))
    assert (new.rules, new.max_last) == ("v2", D(2027, 4, 1))


def test_the_old_measures_know_fields_and_the_new_ones_tiers():
    assert publicity(D(2026, 3, 31), Tier.GENERAL, months, special=True).min_months == 12
    assert publicity(D(2026, 3, 31), Tier.SERIOUS, months).min_months == 3
    assert publicity(D(2026, 4, 1), Tier.SERIOUS, months).min_months == 12


def test_an_application_after_the_change_shortens_the_longest_period_of_an_old_decision():
    told = publicity(D(2026, 1, 15), Tier.GENERAL, months, applied_on=D(2026, 5, 1))
    assert (told.rules, told.max_last) == ("v1+v2", D(2027, 1, 15))


def test_a_later_rule_never_lengthens():
    told = publicity(D(2026, 1, 15), Tier.SERIOUS, months, applied_on=D(2026, 5, 1))
    assert (told.min_months, told.max_months) == (3, 36)


def test_a_special_field_keeps_its_year_after_the_change():
    assert publicity(D(2026, 1, 15), Tier.GENERAL, months, special=True, applied_on=D(2026, 5, 1)).apply_from == D(2027, 1, 16)


def test_a_light_loss_of_credit_can_be_repaired_at_once():
    told = publicity(D(2026, 5, 6), Tier.LIGHT, months)
    assert (told.min_last, told.apply_from, told.max_last) == (None, D(2026, 5, 6), D(2026, 8, 6))


def test_the_market_system_follows_its_own_measures():
    told = publicity(D(2026, 3, 31), Tier.GENERAL, months, samr=True)
    assert (told.versions, told.max_last) == ((Version.SAMR,), D(2027, 3, 31))
    assert publicity(D(2025, 6, 1), Tier.SERIOUS, months, samr=True).min_last == D(2026, 6, 1)


def test_the_seams_are_those_of_the_rules():
    assert RULES["credit.v2.general_min"][0].valid_from == ORDER_36
    assert RULES["credit.v1.max"][-1].valid_to == ORDER_36 - dt.timedelta(days=1)
    assert RULES["credit.samr.general_min"][0].valid_from == ORDER_107


def test_what_could_not_be_confirmed_is_a_parameter_and_never_law():
    for key in ("credit.decide_after_accept", "credit.extend", "credit.rule_basis", "credit.false_bar", "credit.sync_check",
                "credit.prenotice_before_min", "credit.prenotice_before_max", "credit.serious_kinds", "credit.huge_fine"):
        assert {version.status.value for version in RULES[key]} == {"parameter"}


def test_the_gravest_kind_in_a_decision_decides_its_tier():
    assert tier("罚款；吊销许可证件", 1) is Tier.SERIOUS
    assert tier("罚款", 1) is Tier.GENERAL
    assert tier("罚款", 100) is Tier.SERIOUS
    assert tier("警告") is Tier.LIGHT
    assert tier("警告;罚款", 1) is Tier.GENERAL


def test_the_days_are_explained_in_words():
    told = " ".join(publicity(D(2026, 1, 15), Tier.GENERAL, months).explained())
    assert "2026-04-15" in told
    assert "2026-04-16" in told


@given(st.dates(D(2021, 1, 1), D(2030, 1, 1)), st.integers(0, 1500), st.sampled_from(list(Tier)), st.booleans())
def test_whatever_the_day_the_periods_are_in_order(decided, later, tier, special):
    alone = publicity(decided, tier, months, special=special)
    told = publicity(decided, tier, months, special=special, applied_on=decided + dt.timedelta(days=later))
    assert told.starts <= told.apply_from <= told.max_last
    assert told.min_last is None or told.apply_from == told.min_last + dt.timedelta(days=1)
    assert told.max_last <= alone.max_last
