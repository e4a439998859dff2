"""The registers of the service: districts and officers, visits, handbook, common issues. Data for the pages of core."""
from __future__ import annotations

from addons.districts.registers.areas import AREAS, OFFICERS, SERVINGS
from addons.districts.registers.knowledge import HANDBOOK, ISSUES, MODEL_CASES, TRAININGS
from addons.districts.registers.people import AGENTS, LEADERS, ROSTER
from addons.districts.registers.visits import VISITS

REGISTERS = [AREAS, OFFICERS, SERVINGS, ROSTER, LEADERS, VISITS, AGENTS, HANDBOOK, TRAININGS, MODEL_CASES, ISSUES]

__all__ = ["REGISTERS"]
