"""The proof that no bureau sees another's records, over the registers, cases and letters of this module."""
from __future__ import annotations

import pytest

from addons.credit_repair.tests.test_pages import year  # noqa: F401  # a fixture
from core.isolation import prove, walk


# The framework's own forms of accounts and roles, which the administrator is shown, use what WTForms will drop.
@pytest.mark.filterwarnings("ignore:Yielding raw tuples:DeprecationWarning",
                            "ignore:'DateTimeField' renders:DeprecationWarning")
# On one database: that both answer alike, the same walk over the trial module proves.
@pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)
@pytest.mark.walk
@pytest.mark.timeout(1200)  # every account through every address: the longest walk of the whole run
def test_no_account_finds_anything_of_another_bureau(team, year, app, monkeypatch):  # noqa: F811  # the fixture
    monkeypatch.setattr(walk, "LIMIT", 1)  # one record of a kind: what differs here are the kinds of records
    told = prove(app)
    assert told["leaks"] == []
    assert told["unproved"] == []
    assert told["shown"] > 10, "people do get their own records: the proof is not of closed doors"
