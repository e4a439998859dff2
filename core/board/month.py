"""A month as a leader reads it: gathered once, and then shown on a screen, written into a sheet or printed."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import moment
from core.access.models import Unit
from core.access.rows import current_viewer
from core.board.figures import CLOSED, INDICATORS, ON_TIME, OPENED
from core.board.load import Choice, Lights, Load, by_district, load
from core.board.ranking import Place, least_sample, ranking
from core.board.stats import Compared, Figure, Indicator, compute, indicators, month_of
from core.board.targets import Aim, aims
from core.words import gettext as _

OWN = frozenset(indicator.code for indicator in INDICATORS)


@dataclass(frozen=True)
class Line:
    """An indicator with its figure of the month and that of the month before."""

    indicator: Indicator
    figure: Figure
    last: Figure
    compared: Compared | None
    aim: Aim | None = None

    @property
    def silent(self) -> bool:
        """Nothing counted, in this month or the one before."""
        return self.figure.value is None and self.last.value is None

    @property
    def light(self) -> str:
        """Green, yellow or red by the house's target; empty without one, or when nothing counts."""
        return self.aim.light(self.figure) if self.aim is not None else ""

    @property
    def trend(self) -> int:
        """1 better than the month before, -1 worse, 0 the same or not to be compared."""
        now, before = self.figure.value, self.last.value
        if now is None or before is None or now == before:
            return 0
        return 1 if (now > before) == self.indicator.good else -1


@dataclass(frozen=True)
class Month:
    """All figures of a month for a bureau, or for all that the viewer may see; what lies open is that of now."""

    month: dt.date
    where: str
    as_of: dt.datetime
    lines: Sequence[Line]
    load: Load
    places: Sequence[Place]
    districts: Mapping[str, Lights]
    least: int
    """The smallest sample that is ranked."""

    def line(self, code: str) -> Line | None:
        """The line of an indicator."""
        return next((line for line in self.lines if line.indicator.code == code), None)


def month_board(session: Session, month: dt.date, bureau_id: int | None = None) -> Month:
    """The month's board of the session's viewer: two statements an indicator, and ten for the rest."""
    viewer, before = current_viewer(session), month.replace(day=1) - dt.timedelta(days=1)
    bureau = session.get(Unit, bureau_id) if bureau_id is not None else None
    lines, known = [], indicators()
    wanted = aims(session, known)
    for indicator in known.values():
        if indicator.code not in OWN and not viewer.works_in(indicator.module) and viewer.system is None:
            continue
        compared = indicator.compared(session, month_of(month)) if indicator.compared is not None else None
        figure, last = (compute(session, indicator, first, bureau_id) for first in (month, before))
        lines.append(Line(indicator, figure, last, compared, wanted.get(indicator.code)))
    choice, least = Choice(bureau_id=bureau_id), least_sample(session)
    return Month(month.replace(day=1), str(bureau) if bureau is not None else _("all that you may see"), moment.now(), lines,
                 load(session, choice), ranking(session, month, least=least), by_district(session, choice), least)


__all__ = ["CLOSED", "ON_TIME", "OPENED", "Line", "Month", "month_board"]
