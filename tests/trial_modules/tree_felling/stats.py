"""What is measured of the bureau's work on trees."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from core.board.stats import Indicator, Period
from core.case import ClockResult
from core.case.models import Clock
from trial_modules.tree_felling.models import Permit


def decided_in_time(period: Period, bureau_id: int | None) -> Select[Any]:
    """The decisions of the month; those that were in time hit."""
    found = select(Permit.id.label("id"), (Clock.result == ClockResult.ON_TIME).label("hit")).join(
        Clock, Clock.case_id == Permit.id).where(
        Clock.code == "decide", Clock.stopped_at >= period.start, Clock.stopped_at < period.end,
        Clock.result != ClockResult.VOID)
    return found if bureau_id is None else found.where(Permit.bureau_id == bureau_id)


INDICATORS = [Indicator(
    "tree_felling.in_time", _l("Felling decided in time"),
    _l("Decisions on felling within the legal period ÷ all decisions on felling in the month"), decided_in_time)]
