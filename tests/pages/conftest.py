"""Units, people and enterprises need no module."""
from __future__ import annotations

from core_only import _installation

__all__ = ["_installation"]
