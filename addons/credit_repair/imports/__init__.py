"""Sheets in and out: penalties, receipts of shared results, the month's numbers."""
from __future__ import annotations

from addons.credit_repair.imports import exchange, month, penalties
from addons.credit_repair.imports.penalties import COLUMNS, LOCAL

IMPORTS = [penalties.IMPORT, exchange.IMPORT, month.COUNTS, month.AVERAGES]
EXPORTS = [penalties.EXPORT, exchange.EXPORT]

__all__ = ["COLUMNS", "EXPORTS", "IMPORTS", "LOCAL"]
