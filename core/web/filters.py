"""How dates, instants, amounts and protected numbers are written on every page."""
from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from flask import g
from flask_babel import format_date

from core import moment
from core.web.language import language_here
from core.words import gettext as _

NOTHING = "—"


def weekday(day: dt.date) -> str:
    """The short name of the day of the week in the reader's language: 周一, Mon."""
    return _weekday(language_here(), day.weekday())


@lru_cache(maxsize=64)
def _weekday(language: str, place: int) -> str:
    monday = dt.date(2026, 11, 23)
    return str(format_date(monday + dt.timedelta(days=place), "EEE"))


def _bracket(inner: str) -> str:
    return f" ({inner})" if (language_here() or "zh")[:2] != "zh" else f"（{inner}）"


def date_zh(value: dt.date | dt.datetime | str | None, short: bool = False) -> str:
    """``2026-11-23（周一）``; ``short``: ``11-23 周一``, of another year ``2027-04-28 周三``. Instants are shown on the suite's
    wall clock."""
    day = _day(value)
    if day is None:
        return NOTHING
    if not short:
        return f"{day.isoformat()}{_bracket(weekday(day))}"
    return _short_day(language_here(), day, day.year == moment.today().year)


@lru_cache(maxsize=4096)
def _short_day(language: str, day: dt.date, this_year: bool) -> str:
    return f"{day.strftime('%m-%d') if this_year else day.isoformat()} {_weekday(language, day.weekday())}"


def _day(value: dt.date | dt.datetime | str | None) -> dt.date | None:
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value) if len(value) > 10 else dt.date.fromisoformat(value) if value else None
    if isinstance(value, dt.datetime):
        return moment.local(moment.as_instant(value)).date()
    return value


def datetime_zh(value: dt.datetime | str | None, short: bool = False) -> str:
    """``2026-11-23（周一）16:40`` on the suite's wall clock; ``short``: ``11-23 周一 16:40``."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value) if value else None
    if value is None:
        return NOTHING
    there = moment.local(moment.as_instant(value))
    gap = "" if not short and _bracket("").startswith("（") else " "
    return f"{date_zh(there.date(), short)}{gap}{there.hour:02}:{there.minute:02}"


def instant(value: dt.datetime | None) -> str:
    """To the second, as a log writes it: ``2026-11-23 16:40:05`` on the suite's wall clock."""
    return NOTHING if value is None else f"{moment.local(moment.as_instant(value)):%Y-%m-%d %H:%M:%S}"


def money(value: Decimal | int | float | str | None, unit: str = "yuan") -> str:
    """An amount in yuan with thousands and its unit: ``5,000 元``; ``unit="wan"``: in 万元. At most two
    decimals (four in 万元), trailing zeros dropped, half up as in accounts."""
    if value is None or value == "":
        return NOTHING
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not amount.is_finite():
        return str(value)
    wan = unit == "wan"
    if wan:
        amount /= 10000
    word = _("10,000 yuan") if wan else _("yuan")
    return f"{number(amount, 4 if wan else 2)} {word}"


def number(value: Decimal | int | float | None, places: int = 2) -> str:
    """A number with thousands and at most ``places`` decimals, half up, without trailing zeros."""
    if value is None:
        return NOTHING
    text = f"{Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding='ROUND_HALF_UP'):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def relative(value: dt.datetime | None) -> str:
    """How long ago, as people say it: just now, 5 minutes ago, yesterday 16:40; beyond two days the date."""
    if value is None:
        return NOTHING
    instant = moment.as_instant(value)
    seconds = int((moment.now() - instant).total_seconds())
    there = moment.local(instant)
    days = (moment.today() - there.date()).days
    if seconds < 0 or days > 1:
        return datetime_zh(instant, short=there.year == moment.today().year)
    if seconds < 60:
        return str(_("just now"))
    if seconds < 3600:
        return str(_("%(n)s min ago", n=seconds // 60))
    if days == 0:
        return str(_("%(n)s h ago", n=seconds // 3600))
    return str(_("yesterday %(time)s", time=f"{there:%H:%M}"))


def mask(value: str | None, kind: str = "") -> str:
    """Hide the middle of what identifies a person. ``kind``: ``phone``, ``id``, ``name``; empty finds it out.

    Phone 138****5678, identity number 1202**********1234, name 李** . What fits no kind keeps its first and last sign.
    """
    if not value:
        return NOTHING
    text = value.strip()
    if not kind:
        kind = "phone" if re.fullmatch(r"1\d{10}", text) else "id" if re.fullmatch(r"\d{14}|\d{17}[\dXx]", text) else ""
    if kind == "name":
        return text[:1] + "*" * max(len(text) - 1, 1)
    keep_left, keep_right = {"phone": (3, 4), "id": (4, 4)}.get(kind, (1, 1))
    if len(text) <= keep_left + keep_right:
        return "*" * len(text)
    return text[:keep_left] + "*" * (len(text) - keep_left - keep_right) + text[-keep_right:]


def size_zh(value: int | None) -> str:
    """Bytes as KB, MB, GB with one decimal."""
    if value is None:
        return NOTHING
    amount = float(value)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


def groupby_seen(things: Iterable[Any], name: str) -> list[tuple[Any, list[Any]]]:
    """``things`` by their attribute ``name``, groups in the order in which they are first seen."""
    groups: dict[Any, list[Any]] = {}
    for thing in things:
        groups.setdefault(getattr(thing, name, ""), []).append(thing)
    return list(groups.items())


def uid(prefix: str = "u") -> str:
    """An id for an element. It differs between answers too, for a drawer shows one page's part within another."""
    if "uid_base" not in g:
        g.uid_base, g.uid_count = secrets.token_hex(2), 0
    g.uid_count += 1
    return f"{prefix}-{g.uid_base}-{g.uid_count}"


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iOS"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def browser(agent: str) -> str:
    """What a browser calls itself, short: ``Chrome · Windows``; the beginning of it when nobody knows it."""
    told = [next((name for sign, name in known if sign in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, told)) or agent[:40] or NOTHING


def month_label(day: dt.date) -> str:
    """The month in the reader's language: 2026年2月, Feb 2026."""
    chinese = str(format_date(dt.date(2024, 1, 1), "EEE")) == "周一"
    return str(format_date(day, "yyyy年M月" if chinese else "MMM yyyy"))


FILTERS: dict[str, Any] = {
    "browser": browser, "date_zh": date_zh, "month": month_label, "datetime_zh": datetime_zh, "instant": instant,
    "money": money, "number": number,
    "relative": relative, "mask": mask, "size_zh": size_zh, "weekday": weekday,
    "groupby_seen": groupby_seen,
}
