"""A worker as ``yingshang worker`` starts one, on the application of these tests: ``worker_process.py VAR``."""
from __future__ import annotations

import sys
from pathlib import Path

import background_app
from core.jobs.worker import run_worker

if __name__ == "__main__":
    sys.exit(run_worker(background_app.build(background_app.settings_for(Path(sys.argv[1]))), concurrency=2))
