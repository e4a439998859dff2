"""How long the file of a closed case is kept, by its result (保管期限): a parameter, from the first of January after closing.

The rule is looked for from the particular to the general: ``archive.keep.<kind>.<result>``, ``archive.keep.<kind>``,
``archive.keep``. Its value is a number of years; 0 is for good (永久).
"""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import moment
from core.case.models import Case
from core.rules.lookup import NoRule, book

KEY = "archive.keep"


@dataclass(frozen=True)
class Retention:
    """``years`` (0: for good) and the last day; ``until`` is None while the case is open, and when it is kept for good."""

    years: int
    until: dt.date | None
    key: str


def retention(session: Session, case: Case) -> Retention:
    """How long this case's file is kept. Raises :class:`NoRule` when nobody says so."""
    closed = moment.local(case.closed_at).date() if case.closed_at else None
    rules, on = book(session), closed or moment.today()
    for key in (f"{KEY}.{case.kind}.{case.result}", f"{KEY}.{case.kind}", KEY):
        try:
            years = int(rules.rule(key, on, case.bureau_id).value)
        except NoRule:
            continue
        until = dt.date(closed.year + years, 12, 31) if closed and years else None
        return Retention(years, until, key)
    raise NoRule(f"no rule {KEY} holds on {on}", key=KEY, on=on.isoformat())
