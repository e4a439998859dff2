"""Measurements against plain Flask-AppBuilder and against the database alone. Not installed, not run by the tests."""
from __future__ import annotations
