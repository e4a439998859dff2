"""The workflows as data, one file for each kind of case; nothing here needs a database."""
from __future__ import annotations

from addons.credit_repair.workflow.exchange import BULLETIN, OBJECTION, SYNC
from addons.credit_repair.workflow.penalty import PENALTY
from addons.credit_repair.workflow.prior import PRIOR
from addons.credit_repair.workflow.repair import REPAIR
from addons.credit_repair.workflow.roles import CLERK, CREDIT, HEAD, LAWYER, PUBLISHER, WINDOW

__all__ = ["BULLETIN", "CLERK", "CREDIT", "HEAD", "LAWYER", "OBJECTION", "PENALTY", "PRIOR", "PUBLISHER", "REPAIR", "SYNC",
           "WINDOW"]
