"""The tables of the module: penalties, repairs, what others must act upon, the month."""
from __future__ import annotations

from addons.credit_repair.models.exchange import Objection, Sync
from addons.credit_repair.models.month import Bulletin, CityAverage, MonthCount
from addons.credit_repair.models.penalty import Instalment, Penalty, PenaltyVersion, Sanction, cf
from addons.credit_repair.models.prior import PriorNotice
from addons.credit_repair.models.repair import Repair, RepairPenalty

__all__ = ["Bulletin", "CityAverage", "Instalment", "MonthCount", "Objection", "Penalty", "PenaltyVersion", "PriorNotice",
           "Repair", "RepairPenalty", "Sanction", "Sync", "cf"]
