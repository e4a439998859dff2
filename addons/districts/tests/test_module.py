"""The module does what every module does."""
from __future__ import annotations

import ast
from pathlib import Path

from addons.districts.models import Need
from core.audit import AuditEntry
from core.pages.log_words import describe
from core.reference import reference
from core.testing.conformance import ModuleConformance


class TestDistricts(ModuleConformance):
    """See :class:`core.testing.conformance.ModuleConformance`."""

    module = "districts"


def test_the_units_that_its_settings_name_are_there_from_the_first_day() -> None:
    manifest = ast.literal_eval((Path(__file__).parents[1] / "__manifest__.py").read_text("utf-8"))
    assert all(reference().unit(manifest["settings"][name]) for name in ("hub", "grid", "city"))


def test_the_log_calls_the_states_and_periods_of_a_need_as_the_bureau_does() -> None:
    changes = {"state": ["gone", "closed"], "meaning": ["waiting", "closed"], "due_code": ["evaluate", ""]}
    line = describe(AuditEntry(actor="x", action="changed", subject="core_case", label="NH-XQ-20261116-0001", changes=changes))
    told = [(old, new) for _what, old, new in line.changes]
    assert told == [("gone", str(Need.workflow.state("closed").label)), (str(Need.workflow.deadline("evaluate").label), "—")]
    assert "closed" not in told[0]  # a state that no version knows any more keeps its code
