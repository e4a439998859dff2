"""The same application as for the jobs: the outbox is emptied by them."""
from __future__ import annotations

from background_fixtures import app, clerk, colleague, jobs, session

__all__ = ["app", "clerk", "colleague", "jobs", "session"]
