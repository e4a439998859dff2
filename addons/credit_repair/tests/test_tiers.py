"""How long a penalty is published and from when it can be repaired, at the seams where the law changed."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.credit_repair.tiers import Tier, publicity, split_kinds, tier_of

D = dt.date
OLD = {"light_max": 3, "general_min": 3, "general_max": 36, "serious_min": 12, "serious_max": 36}
NEW = {"light_max": 3, "general_min": 3, "general_max": 12, "serious_min": 12, "serious_max": 36}


def months(name: str, day: dt.date) -> int:
    """Order 58 until 31 March 2026, Order 36 from then on."""
    return (OLD if day < D(2026, 4, 1) else NEW)[name]


@pytest.mark.parametrize(("decided", "last", "first"), [
    (D(2026, 1, 15), D(2026, 4, 15), D(2026, 4, 16)),
    (D(2026, 3, 31), D(2026, 6, 30), D(2026, 7, 1)),
    (D(2026, 4, 1), D(2026, 7, 1), D(2026, 7, 2)),
    (D(2026, 11, 30), D(2027, 2, 28), D(2027, 3, 1)),
])
def test_the_first_day_to_apply_is_the_day_after_the_minimum_period(decided, last, first):
    told = publicity(decided, Tier.GENERAL, decided, months)
    assert (told.min_last, told.apply_from) == (last, first)
    assert not told.eligible(last)
    assert told.eligible(first)


def test_a_decision_of_31_march_follows_the_old_measures_and_one_of_1_april_the_new():
    assert publicity(D(2026, 3, 31), Tier.GENERAL, D(2026, 3, 31), months).max_last == D(2029, 3, 31)
    assert publicity(D(2026, 4, 1), Tier.GENERAL, D(2026, 4, 1), months).max_last == D(2027, 4, 1)


def test_an_application_after_the_change_shortens_the_longest_period_of_an_old_decision():
    assert publicity(D(2026, 1, 15), Tier.GENERAL, D(2026, 5, 1), months).max_last == D(2027, 1, 15)


def test_a_later_rule_never_lengthens():
    def stricter(name: str, day: dt.date) -> int:
        return 36 if name == "general_max" and day >= D(2026, 4, 1) else NEW[name]
    assert publicity(D(2026, 1, 15), Tier.GENERAL, D(2026, 5, 1), stricter).max_months == 12


def test_a_light_loss_of_credit_can_be_repaired_at_once():
    told = publicity(D(2026, 5, 6), Tier.LIGHT, D(2026, 5, 6), months)
    assert (told.min_last, told.apply_from, told.max_last) == (None, D(2026, 5, 6), D(2026, 8, 6))


def test_the_gravest_kind_in_a_decision_decides_its_tier():
    assert tier_of(split_kinds("罚款；吊销许可证件"), Decimal(1), 100) is Tier.SERIOUS
    assert tier_of(("罚款",), Decimal(1), 100) is Tier.GENERAL
    assert tier_of(("罚款",), Decimal(100), 100) is Tier.SERIOUS
    assert tier_of(("警告",), None, 100) is Tier.LIGHT
    assert tier_of(("警告", "罚款"), Decimal(1), 100) is Tier.GENERAL
    assert tier_of(("罚款",), Decimal(1), 100, special=True) is Tier.SERIOUS


@given(st.dates(D(2023, 5, 1), D(2030, 1, 1)), st.integers(0, 1500), st.sampled_from(list(Tier)))
def test_whatever_the_day_the_periods_are_in_order(decided, later, tier):
    told = publicity(decided, tier, decided + dt.timedelta(days=later), months)
    assert told.starts <= told.apply_from
    assert told.apply_from <= told.max_last
    assert told.min_last is None or told.apply_from == told.min_last + dt.timedelta(days=1)
