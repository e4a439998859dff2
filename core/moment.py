"""What time it is. The only place in the suite that reads the machine's clock, so that tests and rehearsals can set it."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

_frozen: ContextVar[dt.datetime | None] = ContextVar("yingshang_moment", default=None)
_zone = ZoneInfo("Asia/Shanghai")


def set_zone(name: str) -> None:
    """Choose the zone in which days begin and end (``YINGSHANG_TIMEZONE``). Called once, by ``create_app``."""
    global _zone
    _zone = ZoneInfo(name)


def zone() -> ZoneInfo:
    """The zone in which the suite's days begin and end."""
    return _zone


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or dt.datetime.now(dt.UTC)


def local(instant: dt.datetime) -> dt.datetime:
    """The same instant on the wall clock of the suite's zone."""
    return instant.astimezone(_zone)


def today() -> dt.date:
    """The present day in the suite's zone."""
    return local(now()).date()


def start_of(day: dt.date) -> dt.datetime:
    """The first instant of ``day`` in the suite's zone, in UTC. The end of a day is the start of the next one."""
    return dt.datetime.combine(day, dt.time(), _zone).astimezone(dt.UTC)


def as_instant(value: dt.date | dt.datetime) -> dt.datetime:
    """Any date or datetime as an aware UTC instant: a bare date is 09:00 local, a naive datetime is local time."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time(9))
    return (value if value.tzinfo else value.replace(tzinfo=_zone)).astimezone(dt.UTC)


@contextmanager
def at(value: dt.date | dt.datetime) -> Iterator[dt.datetime]:
    """Hold the clock still at ``value`` (see :func:`as_instant`) inside the ``with`` block, in this context only."""
    instant = as_instant(value)
    token = _frozen.set(instant)
    try:
        yield instant
    finally:
        _frozen.reset(token)
