"""Fixtures of all tests; see :mod:`core.testing.fixtures`."""
from __future__ import annotations

pytest_plugins = ["core.testing.fixtures"]
