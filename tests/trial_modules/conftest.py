"""Everything here runs with the made-up module ``tree_felling``."""
from __future__ import annotations

from trial_installation import _installation

__all__ = ["_installation"]
