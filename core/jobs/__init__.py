"""Work that is not a request: periodic jobs, the sweep, and long tasks that people start and watch.

The database holds the truth, Celery only carries word of it: a message that is lost or doubled changes nothing, because
every run is claimed in the database first and a sweep finds what a dead worker left.
"""
from __future__ import annotations

from core.jobs.schedule import Job

__all__ = ["Job"]
