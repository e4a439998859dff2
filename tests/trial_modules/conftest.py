"""The made-up modules are tested like every module."""
from __future__ import annotations

from trial_installation import _installation

__all__ = ["_installation"]
