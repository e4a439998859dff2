"""A fictional district at work: people in every role, a register of invented businesses, a year of cases per module.

Deterministic by the seed in ``demo.yaml``, and repeatable: what is there already is kept. Nobody and nothing in it exists.
"""
from __future__ import annotations

from core.demo.loading import SCALES, Loaded, load
from core.demo.words import PLAN

__all__ = ["PLAN", "SCALES", "Loaded", "load"]
