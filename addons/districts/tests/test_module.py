"""The module does what every module does."""
from __future__ import annotations

import ast
from pathlib import Path

from core.reference import reference
from core.testing.conformance import ModuleConformance


class TestDistricts(ModuleConformance):
    """See :class:`core.testing.conformance.ModuleConformance`."""

    module = "districts"


def test_the_units_that_its_settings_name_are_there_from_the_first_day() -> None:
    manifest = ast.literal_eval((Path(__file__).parents[1] / "__manifest__.py").read_text("utf-8"))
    assert all(reference().unit(manifest["settings"][name]) for name in ("hub", "grid", "city"))
