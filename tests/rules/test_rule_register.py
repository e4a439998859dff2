"""The register of rules: which value holds on a day, what a change of law does, what a bureau may decide."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.errors import Changed, Invalid, NotFound
from core.rules.loader import RuleFileError, RuleStatus
from core.rules.lookup import NoRule, book, lookup, rule_of_version
from core.rules.models import RuleOverride, RuleVersion
from core.rules.register import end_override, override, sync_rules

D = dt.date.fromisoformat
ACCEPT = """
- key: credit.accept
  title: 受理期限
  versions:
    - {valid_from: 2023-05-01, valid_to: 2026-03-31, value: 5, unit: WD, basis: 旧办法, status: law}
    - {valid_from: 2026-04-01, value: 3, unit: WD, basis: 信用修复管理办法, article: 第十条, status: law}
"""


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def ready(suite: Any, session: Session) -> Any:
    suite.write("credit_repair", ACCEPT)
    sync_rules(session, suite)
    session.commit()
    return suite


def test_a_case_of_march_follows_the_old_measures_and_one_of_april_the_new(session: Session, ready: Any) -> None:
    old, new = lookup(session, "credit.accept", D("2026-03-31")), lookup(session, "credit.accept", D("2026-04-01"))
    assert (old.value, old.basis, new.value, new.basis, new.article) == (5, "旧办法", 3, "信用修复管理办法", "第十条")
    assert new.is_law and new.overridden_by is None and new.valid_to is None


def test_synchronising_twice_changes_nothing(session: Session, ready: Any) -> None:
    again = sync_rules(session, ready)
    assert (again.opened, again.closed) == ((), ())
    ready.write("credit_repair", ACCEPT.replace("受理期限", "申请受理期限"))
    assert sync_rules(session, ready).opened == ()
    assert lookup(session, "credit.accept", D("2026-04-01")).title == "申请受理期限"


def test_a_changed_value_is_a_new_version_and_the_old_one_stays_for_its_clocks(session: Session, ready: Any) -> None:
    before = lookup(session, "credit.accept", D("2026-05-01"))
    ready.write("credit_repair", ACCEPT.replace("value: 3", "value: 2"))
    result = sync_rules(session, ready)
    session.commit()
    assert result.opened == result.closed == (("credit.accept", D("2026-04-01")),)
    after = lookup(session, "credit.accept", D("2026-05-01"))
    assert after.value == 2 and after.version_id != before.version_id
    assert rule_of_version(session, before.version_id) == before
    ready.write("credit_repair", ACCEPT)
    sync_rules(session, ready)
    assert lookup(session, "credit.accept", D("2026-05-01")).value == 3
    assert len(session.scalars(select(RuleVersion).where(RuleVersion.key == "credit.accept")).all()) == 4


def test_a_rule_that_left_its_file_is_closed_and_one_of_an_absent_module_stays(session: Session, ready: Any) -> None:
    ready.addons.clear()
    assert sync_rules(session, ready).closed == ()
    assert lookup(session, "credit.accept", D("2026-05-01")).value == 3
    ready.write("credit_repair", "[]")
    assert [key for key, _day in sync_rules(session, ready).closed] == ["credit.accept"] * 2
    with pytest.raises(NoRule):
        lookup(session, "credit.accept", D("2026-05-01"))


def test_a_faulty_file_changes_nothing(session: Session, ready: Any) -> None:
    ready.write("credit_repair", ACCEPT.replace("value: 3", "value: 2"))
    ready.write("mediation", "- key: x")
    with pytest.raises(RuleFileError):
        sync_rules(session, ready)
    assert lookup(session, "credit.accept", D("2026-05-01")).value == 3


def test_the_database_keeps_one_open_version_a_day(session: Session, ready: Any) -> None:
    present = session.scalars(select(RuleVersion).where(RuleVersion.key == "credit.accept")).first()
    values = {c.key: getattr(present, c.key) for c in RuleVersion.__table__.columns if c.key != "id"}
    session.add(RuleVersion(**values))
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_is_said_when_no_rule_holds(session: Session, ready: Any) -> None:
    with pytest.raises(NoRule, match=r"2023-05-01 – 2026-03-31, 2026-04-01 – …") as refused:
        lookup(session, "credit.accept", D("2020-01-01"))
    assert refused.value.details == {"key": "credit.accept", "on": "2020-01-01"}
    with pytest.raises(NoRule, match=r"credit\.accept\?"):
        lookup(session, "credit.acept", D("2026-05-01"))
    with pytest.raises(NoRule):
        rule_of_version(session, 999)


def test_nothing_in_the_register_yet(session: Session) -> None:
    with pytest.raises(NoRule, match="upgrade"):
        lookup(session, "credit.accept", D("2026-05-01"))


def test_looking_up_is_not_a_statement_a_case(engine: Engine, session: Session, ready: Any) -> None:
    with statements(engine) as asked:
        for _n in range(50):
            lookup(session, "credit.accept", D("2026-05-01"), bureau_id=7)
    assert len(asked) == 2


def test_a_bureau_decides_otherwise_for_itself(session: Session, ready: Any, bureau: int, wang: int) -> None:
    made = override(session, bureau, "credit.accept", 2, "区里承诺", wang, D("2026-06-01"), D("2026-12-31"))
    own = lookup(session, "credit.accept", D("2026-06-01"), bureau)
    assert (own.value, own.status, own.basis, own.overridden_by) == (2, RuleStatus.PARAMETER, "", made.id)
    assert (own.valid_from, own.valid_to, own.note) == (D("2026-06-01"), D("2026-12-31"), "区里承诺")
    assert not own.is_law
    for on, of in (("2026-05-31", bureau), ("2027-01-01", bureau), ("2026-06-01", 8), ("2026-06-01", None)):
        assert lookup(session, "credit.accept", D(on), of).value == 3
    logged = session.scalars(select(AuditEntry).where(
        AuditEntry.subject == "core_rule_override", AuditEntry.subject_id == str(made.id))).all()
    assert [(entry.action, entry.changes["value"]) for entry in logged] == [("created", [None, 2])]


def test_what_a_bureau_may_not_decide(session: Session, ready: Any, bureau: int, wang: int) -> None:
    with pytest.raises(Invalid) as refused:
        override(session, bureau, "credit.accept", "2", " ", wang, D("2026-06-01"), D("2026-05-01"))
    assert [error.field for error in refused.value.errors] == ["value", "reason", "valid_to"]
    with pytest.raises(NoRule):
        override(session, bureau, "credit.accept", 2, "区里承诺", wang, D("2020-01-01"))
    override(session, bureau, "credit.accept", 2, "区里承诺", wang, D("2026-06-01"))
    with pytest.raises(Changed):
        override(session, bureau, "credit.accept", 1, "区里承诺", wang, D("2026-05-01"), D("2026-06-01"))
    override(session, bureau, "credit.accept", 1, "区里承诺", wang, D("2026-05-01"), D("2026-05-31"))


def test_a_bureau_goes_back_to_the_rule(session: Session, ready: Any, bureau: int, wang: int) -> None:
    made = override(session, bureau, "credit.accept", 2, "区里承诺", wang, D("2026-06-01"))
    end_override(session, made.id, D("2026-06-30"))
    assert lookup(session, "credit.accept", D("2026-06-30"), bureau).value == 2
    assert lookup(session, "credit.accept", D("2026-07-01"), bureau).value == 3
    with pytest.raises(Invalid):
        end_override(session, made.id, D("2026-08-01"))
    with pytest.raises(Invalid):
        end_override(session, made.id, D("2026-05-01"))
    with pytest.raises(NotFound):
        end_override(session, 999, D("2026-05-01"))


def test_an_override_that_is_rolled_back_is_forgotten(session: Session, ready: Any, bureau: int, wang: int) -> None:
    lookup(session, "credit.accept", D("2026-06-01"), bureau)
    with session.begin_nested() as savepoint:
        override(session, bureau, "credit.accept", 2, "区里承诺", wang, D("2026-06-01"))
        assert lookup(session, "credit.accept", D("2026-06-01"), bureau).value == 2
        savepoint.rollback()
    assert lookup(session, "credit.accept", D("2026-06-01"), bureau).value == 3


def test_an_override_in_another_unit_than_the_rule_counts_in_is_reported_not_applied(session: Session,
                                                                                     ready: Any, bureau: int,
                                                                                     wang: int) -> None:
    made = override(session, bureau, "credit.accept", 2, "区里承诺", wang, D("2026-06-01"))
    ready.write("credit_repair", ACCEPT.replace("value: 3, unit: WD", "value: 3, unit: CD"))
    assert sync_rules(session, ready).unfit_overrides == (made.id,)
    assert lookup(session, "credit.accept", D("2026-06-01"), bureau).value == 3


def test_the_register_lists_its_rules(session: Session, ready: Any) -> None:
    rules = book(session)
    assert "credit.accept" in rules.keys and list(rules.keys) == sorted(rules.keys)
    assert [rule.value for rule in rules.versions("credit.accept")] == [5, 3]
    assert rules.versions("no.such") == ()


def test_a_reason_of_blanks_is_refused_by_the_database_too(session: Session, ready: Any, bureau: int,
                                                           wang: int) -> None:
    made = override(session, bureau, "credit.accept", 2, "区里承诺", wang, D("2026-06-01"))
    with pytest.raises(IntegrityError):
        session.execute(update(RuleOverride).where(RuleOverride.id == made.id).values(reason="  "))
