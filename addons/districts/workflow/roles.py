"""The names of the module's roles."""
from __future__ import annotations

OFFICER, STREET, CHIEF = "districts.officer", "districts.street_lead", "districts.chief"
LIAISON, BUREAU = "districts.liaison", "districts.bureau_chief"
HUB, HEAD, GRID = "districts.hub", "districts.hub_head", "districts.grid"
LEADER, INSPECTOR, DISCIPLINE = "districts.leader", "districts.inspector", "districts.discipline"
