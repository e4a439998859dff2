"""Fixtures of the API's tests."""
from __future__ import annotations

from api_office import app, office, program  # noqa: F401  # fixtures
from core_only import _installation  # noqa: F401  # fixtures
