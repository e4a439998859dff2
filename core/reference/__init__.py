"""What is known of the district before anybody enters anything: its streets, towns, parks and bureaus.

The facts and where they come from stand in ``ninghe.yaml``; :func:`sync_reference` makes units of them.
"""
from __future__ import annotations

from core.reference.facts import Facts, UnitFact, reference
from core.reference.sync import sync_reference

__all__ = ["Facts", "UnitFact", "reference", "sync_reference"]
