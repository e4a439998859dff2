"""How long a penalty is published, and from which day repair can be asked for. Pure arithmetic, no database.

Sources: 国家发展改革委令第58号 (until 2026-03-31) and 第36号 (from 2026-04-01) with 国办发〔2025〕22号 for 信用中国; 市场监管总局令第107号
(from 2025-12-25) for the market-regulation system. The months are rules (``rules.yaml``); here is how they are used.
"""
from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.calendar.period import add_months

KINDS = ("警告", "通报批评", "罚款", "没收违法所得", "没收非法财物", "暂扣许可证件", "降低资质等级", "吊销许可证件", "限制开展生产经营活动",
         "责令停产停业", "责令关闭", "限制从业", "行政拘留", "其他")
"""The kinds of penalty of 行政处罚法 art. 9."""
LIGHT_KINDS = frozenset({"警告", "通报批评"})
SERIOUS_KINDS = frozenset({"降低资质等级", "吊销许可证件", "责令停产停业", "责令关闭", "限制从业"})
SPECIAL_FIELDS = ("食品", "药品", "特种设备", "安全生产", "消防")
"""Fields of law in which the old measures ask for a year before repair."""
ONE_DAY = dt.timedelta(days=1)


class Tier(enum.StrEnum):
    """How grave the loss of credit is: 轻微 / 一般 / 严重."""

    LIGHT = "light"
    GENERAL = "general"
    SERIOUS = "serious"


Months = Callable[[str, dt.date], int]
"""``months("general_min", day)``: the months that the rule in force on ``day`` gives."""


@dataclass(frozen=True)
class Publicity:
    """The publicity of one penalty.

    ``min_last`` is the last day of the minimum period (None when there is none), ``apply_from`` the first day on which repair can
    be asked for: the day after it. ``max_last`` is the last day of all; after it publicity stops by itself.
    """

    tier: Tier
    starts: dt.date
    min_months: int
    max_months: int
    min_last: dt.date | None
    apply_from: dt.date
    max_last: dt.date

    def eligible(self, on: dt.date) -> bool:
        """Whether the minimum is over on ``on`` and publicity has not ended by itself."""
        return self.apply_from <= on <= self.max_last


def split_kinds(text: str) -> tuple[str, ...]:
    """The kinds in a cell such as ``罚款;没收违法所得``."""
    for mark in "；、,，/":
        text = text.replace(mark, ";")
    return tuple(part.strip() for part in text.split(";") if part.strip())


def tier_of(kinds: Iterable[str], fine: Decimal | None, huge: int, special: bool = False) -> Tier:
    """The tier that a decision suggests: the gravest of its kinds decides (with several kinds the longest period governs).

    ``fine`` and ``huge`` are in 万元; ``special`` is a field such as food or fire safety. A person may decide otherwise.
    """
    found = set(kinds)
    if found & SERIOUS_KINDS or special or (fine is not None and fine >= huge):
        return Tier.SERIOUS
    return Tier.LIGHT if found and found <= LIGHT_KINDS else Tier.GENERAL


def publicity(decided_on: dt.date, tier: Tier, on: dt.date, months: Months) -> Publicity:
    """The publicity of a penalty decided on ``decided_on``, by the rules of the day ``on`` (the day of the application).

    A later rule may shorten the longest period of an older decision, and never lengthens it. The minimum period must be over:
    the first day to apply is the day after its last.
    """
    shortest = 0 if tier is Tier.LIGHT else months(f"{tier}_min", on)
    longest = months(f"{tier}_max", on)
    if decided_on < on:
        longest = min(longest, months(f"{tier}_max", decided_on))
    min_last = add_months(decided_on, shortest) if shortest else None
    return Publicity(tier, decided_on, shortest, longest, min_last, min_last + ONE_DAY if min_last else decided_on,
                     add_months(decided_on, longest))
