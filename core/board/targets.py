"""Targets of the indicators: what the house wants a figure to reach, and from where on it is red. Kept by administrators,
shown with the figure on the board, in the sheet and on paper alike. None is law: each stands as the house's own.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Float, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import moment, parameters
from core.board.stats import Figure, Indicator, Measure, indicator_named
from core.db import Model, UtcDateTime
from core.errors import Refusal
from core.parameters import Parameter
from core.words import N_
from core.words import gettext as _

LEAST = "board.least_sample"
parameters.declare(Parameter(LEAST, N_("Smallest sample that is ranked"), 5, N_(
    "A bureau with fewer periods in the month is shown in the table and gets no rank: one case must not top it."), "", 1, 1000))


class Target(Model):
    """The house's target of one indicator, of shares as a part of 1. Between ``target`` and ``limit`` a figure is yellow."""

    __tablename__ = "core_target"
    __audited__ = True

    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    target: Mapped[float] = mapped_column(Float)
    limit: Mapped[float] = mapped_column(Float)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Aim:
    """A target as it is read: for which indicator, and the two edges."""

    indicator: Indicator
    target: float
    limit: float

    @property
    def shown(self) -> str:
        """``≥ 95.0%``, ``≤ 3.0 days``: which way is good, and how far."""
        return f"{'≥' if self.indicator.good else '≤'} {self.words(self.target)}"

    def words(self, value: float) -> str:
        """A value as the figure itself is written."""
        share = self.indicator.measure is Measure.SHARE
        return f"{value * 100:g}%" if share else f"{value:g} {self.indicator.unit}".strip()

    def light(self, figure: Figure) -> str:
        """``green`` when the target is reached, ``yellow`` down to the limit, then ``red``; empty when nothing counts."""
        if figure.value is None:
            return ""
        way = 1 if self.indicator.good else -1
        if way * figure.value >= way * self.target:
            return "green"
        return "yellow" if way * figure.value >= way * self.limit else "red"


def light_words() -> dict[str, str]:
    """The lights of a target in words."""
    return {"green": _("on target"), "yellow": _("near the target"), "red": _("off target")}


def aims(session: Session, known: Mapping[str, Indicator]) -> dict[str, Aim]:
    """The targets of those indicators by code. One statement."""
    return {row.code: Aim(known[row.code], row.target, row.limit) for row in session.execute(
        select(Target.code, Target.target, Target.limit).where(Target.code.in_(sorted(known))))}


def put(session: Session, code: str, target: str, limit: str, by: int | None) -> None:
    """Set a target from what was typed (shares in percent); both empty: take it away. Flushes. Raises
    :class:`~core.errors.Refusal` that says what to write."""
    indicator, row = indicator_named(code), session.get(Target, code)
    if not target.strip() and not limit.strip():
        if row is not None:
            session.delete(row)
        session.flush()
        return
    aimed = _read(indicator, target, "target")
    edge = _read(indicator, limit, "limit") if limit.strip() else aimed
    if (edge > aimed) if indicator.good else (edge < aimed):
        raise Refusal(_("%(title)s: red begins beyond the target, not before it. Exchange the two numbers.",
                        title=str(indicator.title)), "limit")
    if row is None:
        session.add(Target(code=code, target=aimed, limit=edge, by_id=by, at=moment.now()))
    elif (row.target, row.limit) != (aimed, edge):
        row.target, row.limit, row.by_id, row.at = aimed, edge, by, moment.now()
    session.flush()


def _read(indicator: Indicator, text: str, field: str) -> float:
    share = indicator.measure is Measure.SHARE
    try:
        value = float(text.strip().rstrip("%％"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= (100 if share else 1_000_000):
        raise Refusal(_("%(title)s: write a number such as 95 or 2.5.", title=str(indicator.title)), field)
    return value / 100 if share else value
