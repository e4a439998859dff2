"""Fixtures of the jobs' tests; the outbox's tests use the same."""
from __future__ import annotations

from background_fixtures import app, clerk, colleague, jobs, session

__all__ = ["app", "clerk", "colleague", "jobs", "session"]
