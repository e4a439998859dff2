"""Dated legal parameters: which figure holds on which day, on what basis, and what a bureau decided otherwise.

``loader`` reads and checks the ``rules.yaml`` of core and of the modules, ``register`` keeps every version that was
ever in force, ``lookup`` answers which one holds on a day.
"""
from __future__ import annotations
