"""The files in which rules are written, and what is refused in them."""
from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.rules.loader import RuleFileError, RuleStatus, RuleUnit, load_rules, value_fault

ACCEPT = """
- key: credit.accept
  title: 受理期限
  versions:
    - {valid_from: 2023-05-01, valid_to: 2026-03-31, value: 5, unit: WD, status: parameter}
    - {valid_from: 2026-04-01, value: 3, unit: WD, basis: 信用修复管理办法, article: 第十条, status: law}
"""


def one(versions: str, more: str = "") -> str:
    return f"- key: credit.accept\n  title: 受理期限\n{more}  versions:\n" + "".join(
        f"    - {{{line}}}\n" for line in versions.splitlines())


GOOD = "valid_from: 2026-04-01, value: 3, unit: WD, status: parameter"


def test_core_ships_its_own_rules(suite: Any) -> None:
    rules = {rule.key: rule for rule in load_rules(suite)}
    assert {"registry.sync_day", "info.publish", "public.min_cell", "clock.eod"} <= rules.keys()
    assert all(rule.module == "core" for rule in rules.values())
    assert rules["clock.eod"].versions[0].value == "24:00"
    publish = rules["info.publish"].versions[-1]
    assert (publish.value, publish.unit, publish.status) == (20, RuleUnit.WD, RuleStatus.LAW)
    assert all(v.basis for rule in rules.values() for v in rule.versions if v.status is RuleStatus.LAW)


def test_a_module_brings_its_rules(suite: Any) -> None:
    suite.write("credit_repair", ACCEPT)
    suite.write("quiet", "")
    rule = next(rule for rule in load_rules(suite) if rule.key == "credit.accept")
    assert rule.module == "credit_repair"
    assert [v.valid_to for v in rule.versions] == [dt.date(2026, 3, 31), None]


@pytest.mark.parametrize(("text", "said"), [
    ("key: x", "list of rules"), ("- 7", "list of rules"), ("- [", "YAML"), ("- key: Credit", "credit.accept"),
    ("- title: x", "credit.accept"), (one(GOOD, "  titel: x\n"), "titel"), (one(GOOD, "  gaps: maybe\n"), "gaps"),
    (one(GOOD, "  title: 受理\n"), "twice"),
    ("- {key: credit.accept, title: x, versions: []}", "at least one"),
    ("- {key: credit.accept, title: x, versions: [7]}", "at least one"),
    ("- {key: credit.accept, versions: []}", "title"),
    (one("valid_from: 2026-04-01, value: 3, unit: weeks, status: parameter"), "WD, CD"),
    (one("valid_from: 2026-04-01, value: 3, unit: WD, status: rumour"), "law, parameter"),
    (one("valid_from: 2026-04-01, unit: WD, status: parameter"), "value is missing"),
    (one("value: 3, unit: WD, status: parameter"), "valid_from"),
    (one("valid_from: soon, value: 3, unit: WD, status: parameter"), "date"),
    (one("valid_from: 2026-04-01, value: 0, unit: WD, status: parameter"), "1 or more"),
    (one("valid_from: 2026-04-01, value: true, unit: count, status: parameter"), "0 or more"),
    (one("valid_from: 2026-04-01, value: 24:00, unit: text, status: parameter"), "quotation marks"),
    (one("valid_from: 2026-04-01, value: 3, unit: WD, status: law"), "basis"),
    (one("valid_from: 2026-04-01, value: 3, unit: WD, status: law, basis: 7"), "quotation marks"),
    (one("valid_from: 2026-04-01, value: 3, unit: WD, status: parameter, until: x"), "until"),
    (one("valid_from: 2026-04-01, valid_to: 2026-03-01, value: 3, unit: WD, status: parameter"), "before it begins"),
    (one(GOOD + "\n" + GOOD.replace("04-01", "05-01")), "same day"),
    (one(GOOD.replace("value", "valid_to: 2026-04-30, value") + "\n" + GOOD.replace("04-01", "05-02")), "gaps: true"),
])
def test_what_is_refused_names_the_module_and_says_why(suite: Any, text: str, said: str) -> None:
    suite.write("credit_repair", text)
    with pytest.raises(RuleFileError, match="credit_repair") as refused:
        load_rules(suite)
    assert said in refused.value.message
    assert refused.value.details["module"] == "credit_repair"


def test_a_gap_is_allowed_where_the_file_says_so(suite: Any) -> None:
    gap = GOOD.replace("value", "valid_to: 2026-04-30, value") + "\n" + GOOD.replace("04-01", "06-01")
    suite.write("credit_repair", one(gap, "  gaps: true\n"))
    assert any(rule.key == "credit.accept" for rule in load_rules(suite))


def test_two_modules_cannot_share_a_key(suite: Any) -> None:
    suite.write("credit_repair", ACCEPT)
    suite.write("mediation", ACCEPT)
    with pytest.raises(RuleFileError, match="credit_repair") as refused:
        load_rules(suite)
    assert refused.value.details == {"module": "mediation", "key": "credit.accept"}


@pytest.mark.parametrize(("unit", "value", "right"), [
    (RuleUnit.PERCENT, 12.5, True), (RuleUnit.PERCENT, 101, False), (RuleUnit.PERCENT, True, False),
    (RuleUnit.BOOL, False, True), (RuleUnit.BOOL, 0, False), (RuleUnit.TEXT, " ", False), (RuleUnit.COUNT, 0, True),
    (RuleUnit.MONTH, 3, True), (RuleUnit.MIN, "15", False),
])
def test_a_value_fits_its_unit(unit: RuleUnit, value: object, right: bool) -> None:
    assert (value_fault(unit, value) is None) is right
