"""Who acts, and how a clock is declared that a step starts by itself."""
from __future__ import annotations

from typing import Any

CLERK, LAWYER, PUBLISHER = "credit_repair.clerk", "credit_repair.lawyer", "credit_repair.publisher"
CREDIT, HEAD, WINDOW = "credit_repair.credit", "credit_repair.head", "credit_repair.window"


def never(_case: Any) -> None:
    """The step itself starts the clock, from the day that is given with it."""
