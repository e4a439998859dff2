"""The same application as for the jobs: the outbox is emptied by them."""
from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "jobs"))

from background_fixtures import app, clerk, colleague, jobs, postgres_url, session  # noqa: E402, F401  # after the path
