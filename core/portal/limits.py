"""How often something may be tried: counted in the database, so that all workers of all machines count together.

Each try is counted in a transaction of its own, so that a refused one counts too. From where it came is kept as a keyed
digest only.
"""
from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from flask import current_app, request
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core import moment
from core.db import db
from core.errors import Refusal
from core.inspection import examined
from core.portal.models import Hit
from core.words import gettext as _

HOUR = 3600


class TooMany(Refusal):
    """Tried too often. HTTP 429; ``details["retry_after"]`` is in seconds."""

    status = 429


def address() -> str:
    """Where the request comes from: an IPv4 address, or the network of an IPv6 one, which one household has whole."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def count(name: str, key: str = "", seconds: int = HOUR, by: int = 1) -> int:
    """Count a try of ``name`` for ``key`` and say how many there were in the present span of ``seconds``."""
    return count_all([(name, key)], seconds, by)[0]


def count_all(tries: Sequence[tuple[str, str]], seconds: int = HOUR, by: int = 1) -> list[int]:
    """The same for several ``(name, key)`` at once, in one short transaction."""
    with counting() as tally:
        return tally(tries, seconds, by)


@contextmanager
def counting() -> Iterator[Callable[[Sequence[tuple[str, str]], int, int], list[int]]]:
    """``tally(tries, seconds, by)`` counts like :func:`count_all`, several times in one short transaction of its own."""
    if examined():
        yield lambda tries, _seconds, by: [by for _try in tries]
        return
    with Session(db.engine) as session:
        connection = session.connection()
        postgres = connection.dialect.name == "postgresql"
        if postgres:  # a count that a power cut takes away is no loss, and nobody waits for the disk
            connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")

        def tally(tries: Sequence[tuple[str, str]], seconds: int, by: int) -> list[int]:
            span = int(moment.now().timestamp()) // seconds
            until = dt.datetime.fromtimestamp((span + 1) * seconds, dt.UTC)
            buckets = [_bucket(name, key) for name, key in tries]
            statement = (postgresql if postgres else sqlite).insert(Hit).values([
                {"bucket": bucket, "span": span, "tries": by, "until": until} for bucket in sorted(set(buckets))])
            found = {row.bucket: int(row.tries) for row in connection.execute(statement.on_conflict_do_update(
                index_elements=["bucket", "span"], set_={"tries": Hit.tries + by}).returning(Hit.bucket, Hit.tries))}
            return [found[bucket] for bucket in buckets]

        yield tally
        session.commit()


def allow(name: str, most: int, key: str | None = None, seconds: int = HOUR, by: int = 1) -> int:
    """Count a try and refuse it with :class:`TooMany` beyond ``most``; ``key`` is where it comes from unless it is
    given."""
    tries = count(name, address() if key is None else key, seconds, by)
    refuse_beyond(tries, most, seconds)
    return tries


def refuse_beyond(tries: int, most: int, seconds: int = HOUR) -> None:
    """Raise :class:`TooMany` when ``tries`` are more than ``most``; it says how long to wait."""
    if tries > most:
        wait = seconds - int(moment.now().timestamp()) % seconds
        raise TooMany(_("That was tried too often from here. Please wait %(minutes)s minutes, or telephone us.",
                        minutes=max(1, -(-wait // 60))), retry_after=wait)


def forget(session: Session, now: dt.datetime) -> int:
    """Delete what no limit needs any more; returns how many. The caller commits."""
    return len(session.execute(delete(Hit).where(Hit.until < now).returning(Hit.span)).all())


def _bucket(name: str, key: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return f"{name}:{hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()[:48]}"
