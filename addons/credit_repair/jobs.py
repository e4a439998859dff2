"""What falls due by time alone in the credit module, found by the sweep."""
from __future__ import annotations

from addons.credit_repair.operations import wake_waiting
from core.jobs.sweep import register_sweeper

register_sweeper("credit_repair.periods", wake_waiting, order=45)

JOBS: list[object] = []
