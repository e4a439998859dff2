"""The module does what every module does."""
from __future__ import annotations

from core.testing.conformance import ModuleConformance


class TestDistricts(ModuleConformance):
    """See :class:`core.testing.conformance.ModuleConformance`."""

    module = "districts"
