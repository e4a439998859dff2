"""The pages of daily work: desk, lists, the case, letters, sheets, administration. Thin: they call operations."""
from __future__ import annotations

from flask import Flask

from core.addon import Suite


def install(app: Flask, suite: Suite) -> None:
    """Register every page."""
