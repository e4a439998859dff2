"""Numbers of cases: ``NH-XF-20260105-0007``, gapless by kind and day, and the query codes given to the public."""
from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.case.models import Counter

DISTRICT = "NH"
QUERY_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 and O, 1, I and L: people read these codes aloud."""


def next_number(session: Session, series: str) -> int:
    """Take the next number of ``series``. It is given back if the transaction is rolled back; others wait meanwhile."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    session.connection().execute(dialect.insert(Counter).values(series=series, value=0).on_conflict_do_nothing())
    return int(session.connection().execute(
        update(Counter).where(Counter.series == series).values(value=Counter.value + 1).returning(Counter.value)
    ).scalar_one())


def case_number(session: Session, code: str, day: dt.date) -> str:
    """The next case number of a kind on a day."""
    stem = f"{DISTRICT}-{code}-{day:%Y%m%d}"
    return f"{stem}-{next_number(session, stem):04d}"


def query_code() -> str:
    """Eight random characters that let an enterprise follow its case. Not guessable, not a serial number."""
    return "".join(secrets.choice(QUERY_ALPHABET) for _ in range(8))
