"""Everything here runs with the made-up module ``tree_felling`` and the people who fell trees."""
from __future__ import annotations

from trial_installation import _installation
from trial_people import desk, office

__all__ = ["_installation", "desk", "office"]
