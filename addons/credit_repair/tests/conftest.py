"""An invented district in which every role of the module is held by somebody."""
from __future__ import annotations

import pytest

from core.access import Scope
from core.testing.people import District, give_role

TEAM = (("qian", "钱芳", "credit_repair.clerk", "SAMR-TEAM", Scope.UNIT_TREE), ("sun", "孙立", "credit_repair.lawyer", "SAMR",
Scope.UNIT_TREE),
        ("li", "李明", "credit_repair.publisher", "SAMR", Scope.UNIT_TREE), ("zhou", "周敏", "credit_repair.credit",
        "NDRC-CREDIT", Scope.ALL),
        ("wu", "吴刚", "credit_repair.head", "NDRC-CREDIT", Scope.ALL), ("zheng", "郑洁", "credit_repair.window", "NDRC",
        Scope.ALL),
        ("wang", "王强", "credit_repair.clerk", "CGW", Scope.UNIT_TREE))


@pytest.fixture
def team(people: District) -> District:
    """SAMR's clerk, lawyer and publisher; the credit section's clerk, head and counter; a clerk of another bureau."""
    for username, name, role, unit, scope in TEAM:
        give_role(people, username, name, role, unit, scope)
    people.session.commit()
    return people
