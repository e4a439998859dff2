"""How long a penalty is published, and from which day repair can be asked for. Pure arithmetic, no database.

Sources: 国家发展改革委令第58号 (until 2026-03-31) and 第36号 (from 2026-04-01) with 国办发〔2025〕22号 for 信用中国;
市场监管总局令第107号 (from 2025-12-25) for the market-regulation system. The months are rules (``rules.yaml``); here is
how they are used.
"""
from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.calendar.period import add_months
from core.words import gettext as _

KINDS = ("警告", "通报批评", "罚款", "没收违法所得", "没收非法财物", "暂扣许可证件", "降低资质等级",
         "吊销许可证件", "限制开展生产经营活动", "责令停产停业", "责令关闭", "限制从业", "行政拘留", "其他")
"""The kinds of penalty of 行政处罚法 art. 9."""
WARNINGS = frozenset({"警告", "通报批评"})
"""A decision of these alone is in principle not published."""
ORDER_36 = dt.date(2026, 4, 1)
ORDER_107 = dt.date(2025, 12, 25)
ONE_DAY = dt.timedelta(days=1)


class Tier(enum.StrEnum):
    """How grave the loss of credit is: 轻微 / 一般 / 严重."""

    LIGHT = "light"
    GENERAL = "general"
    SERIOUS = "serious"


class Version(enum.StrEnum):
    """Whose measures hold: Order 58, Order 36, or those of market regulation for its own system (Order 107)."""

    V1 = "v1"
    V2 = "v2"
    SAMR = "samr"


Months = Callable[[str, dt.date], int]
"""``months("v2.general_min", day)``: the months that the rule ``credit.v2.general_min`` gives on ``day``."""


@dataclass(frozen=True)
class Publicity:
    """The publicity of one penalty.

    ``min_last`` is the last day of the minimum period (None when there is none), ``apply_from`` the first day on which
    repair can be asked for: the day after it. ``max_last`` is the last day of all; after it publicity stops by itself.
    ``versions`` are the measures that were compared, the decision's own first.
    """

    tier: Tier
    starts: dt.date
    versions: tuple[Version, ...]
    min_months: int
    max_months: int
    min_last: dt.date | None
    apply_from: dt.date
    max_last: dt.date

    def eligible(self, on: dt.date) -> bool:
        """Whether the minimum is over on ``on`` and publicity has not ended by itself."""
        return self.apply_from <= on <= self.max_last

    @property
    def rules(self) -> str:
        """The versions as they are kept on a record: ``v1``, ``v2``, ``v1+v2``."""
        return "+".join(self.versions)

    def explained(self) -> list[str]:
        """The dates in words, one sentence each."""
        names = {Version.V1: _("NDRC Order 58 (until 2026-03-31)"), Version.V2: _("NDRC Order 36 (from 2026-04-01)"),
                 Version.SAMR: _("SAMR Order 107 (from 2025-12-25)")}
        told = [_("Rules: %(rules)s.", rules=_(" and ").join(names[v] for v in self.versions))]
        if len(self.versions) > 1:
            told.append(_("The shorter of the two periods holds: a later rule never lengthens publicity."))
        if self.min_last is None:
            told.append(_("There is no minimum period: repair can be asked for as soon as the duties are performed."))
        else:
            told.append(_("At least %(n)s months from %(start)s: the last day is %(last)s, repair can be asked for from "
                          "%(day)s.", n=self.min_months, start=self.starts, last=self.min_last, day=self.apply_from))
        told.append(_("At most %(n)s months: publicity ends by itself after %(last)s.", n=self.max_months,
                      last=self.max_last))
        return told


def split_kinds(text: str) -> tuple[str, ...]:
    """The kinds in a cell such as ``罚款;没收违法所得``."""
    for mark in "；、,，/":
        text = text.replace(mark, ";")
    return tuple(part.strip() for part in text.split(";") if part.strip())


def tier_of(kinds: Iterable[str], fine: Decimal | None, *, light: Collection[str], serious: Collection[str],
            huge: Decimal | int) -> Tier:
    """The tier that a decision suggests: the gravest of its kinds decides, for the longest period governs.

    ``fine`` and ``huge`` are in 万元; ``light`` and ``serious`` are the kinds that the bureau's parameters name.
    """
    found = set(kinds)
    if found & set(serious) or (fine is not None and fine >= huge):
        return Tier.SERIOUS
    return Tier.LIGHT if found and found <= set(light) else Tier.GENERAL


def version_on(day: dt.date) -> Version:
    """Whose measures hold on 信用中国 on a day: Order 36 repealed Order 58 with effect from 2026-04-01."""
    return Version.V2 if day >= ORDER_36 else Version.V1


def publicity(decided_on: dt.date, tier: Tier, months: Months, *, special: bool = False, applied_on: dt.date | None = None,
              samr: bool = False, version: Version | None = None) -> Publicity:
    """The publicity of a penalty decided on ``decided_on`` by the measures of that day.

    ``special`` is a field in which Order 58 asks for a year (食品、药品、特种设备、安全生产、消防). ``applied_on`` is the day
    on which repair is asked for: when other measures hold then, the shorter period of the two counts, and nothing is
    lengthened. ``samr`` asks for the market-regulation system, whose measures begin on 2025-12-25; ``version`` asks what other
    measures would give. Months end on the day
    of the same number or at the end of the month, without a shift for holidays (民法典 arts. 201, 202).
    """
    if version is not None:
        spans = [(version, decided_on)]
    elif samr:
        spans = [(Version.SAMR, max(decided_on, ORDER_107))]
    else:
        spans = [(version_on(decided_on), decided_on)]
        if applied_on is not None and applied_on >= decided_on and version_on(applied_on) is not spans[0][0]:
            spans.append((version_on(applied_on), applied_on))
    keeps_year = special and len(spans) > 1 and tier is not Tier.LIGHT  # an old decision in a special field
    tier_now = Tier.SERIOUS if keeps_year else tier
    found = [_span(version, tier_now, special, day, months) for version, day in spans]
    shortest, longest = min(low for low, _high in found), min(high for _low, high in found)
    min_last = add_months(decided_on, shortest) if shortest else None
    return Publicity(tier, decided_on, tuple(version for version, _day in spans), shortest, longest, min_last,
                     min_last + ONE_DAY if min_last else decided_on, add_months(decided_on, longest))


def _span(version: Version, tier: Tier, special: bool, day: dt.date, months: Months) -> tuple[int, int]:
    """The minimum (0: none) and the maximum in months."""
    if version is Version.V1:  # Order 58 knows no tiers
        return months("v1.min_special" if special else "v1.min", day), months("v1.max", day)
    shortest = 0 if tier is Tier.LIGHT else months(f"{version}.{tier}_min", day)
    return shortest, months(f"{version}.{tier}_max", day)


def late_fine(fine: Decimal, due_on: dt.date, until: dt.date, paused_from: dt.date | None = None,
              paused_to: dt.date | None = None) -> Decimal:
    """What is added to a fine (万元) that is paid after ``due_on``: 3 % a day, at most the fine itself (行政处罚法 art. 72).

    The days of an administrative review or lawsuit do not count (art. 73); one without an end runs until ``until``.
    """
    days = max(0, (until - due_on).days)
    if paused_from is not None:
        first, last = max(paused_from, due_on + ONE_DAY), min(paused_to or until, until)
        days -= max(0, (last - first).days + 1)
    return min(fine, fine * Decimal("0.03") * days) if days > 0 else Decimal(0)
