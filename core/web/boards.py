"""A list seen otherwise: as lanes (kanban) and as a month of due days. Plain data for :file:`templates/widgets/board.html`."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.web.widgets import Action, Count, Due


@dataclass(frozen=True)
class Move:
    """What dropping a card on a lane means: the address of the act (opened in a drawer, where it can still be left), or
    why it cannot be."""

    url: str = ""
    label: Any = ""
    why_not: Any = ""


@dataclass(frozen=True)
class Card:
    """One record on a lane. ``moves`` by lane key; a lane that is not named can not be reached from here."""

    id: Any
    title: Any
    url: str
    note: Any = ""
    who: Any = ""
    due: Due | None = None
    moves: Mapping[str, Move] = field(default_factory=dict)

    @property
    def ways(self) -> list[tuple[str, Move]]:
        """The lanes it can be moved to."""
        return [(key, move) for key, move in self.moves.items() if move.url]


@dataclass(frozen=True)
class Lane:
    """A column of the board: a state. ``count`` is how many there are, of which ``cards`` are the most urgent."""

    key: str
    label: Any
    cards: Sequence[Card]
    count: Count
    tone: str = ""
    url: str = ""
    """The list of all of them."""


@dataclass(frozen=True)
class DayEntry:
    """One record due on a day."""

    title: Any
    url: str
    tone: str = ""
    note: Any = ""


@dataclass(frozen=True)
class MonthDay:
    """A day of the month: ``mark`` 班 or 休, ``name`` of a holiday, what is due, how many in all."""

    date: dt.date
    working: bool
    mark: Any = ""
    name: Any = ""
    entries: Sequence[DayEntry] = ()
    count: int = 0
    today: bool = False
    other: bool = False
    """Of the month before or after."""
    url: str = ""
    load: int = 0
    """0 to 4: how full the day is, measured against the fullest one."""


@dataclass(frozen=True)
class Month:
    """A month in weeks from Monday to Sunday."""

    label: Any
    weeks: Sequence[Sequence[MonthDay]]
    weekdays: Sequence[Any]
    before: Action
    after: Action
    note: Any = ""


def load_of(count: int, most: int) -> int:
    """``count`` against the fullest day, in quarters; anything at all is at least one."""
    return 0 if not count or not most else max(1, round(4 * count / most))
