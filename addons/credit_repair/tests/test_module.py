"""The module does what every module does."""
from __future__ import annotations

from core.testing.conformance import ModuleConformance


class TestCreditRepair(ModuleConformance):
    """See :class:`core.testing.conformance.ModuleConformance`."""

    module = "credit_repair"
