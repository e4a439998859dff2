"""Figures: each with its formula in words, its sample and the moment at which it was taken."""
from __future__ import annotations
