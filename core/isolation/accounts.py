"""Who is tried: of each kind of account some, of other units every day; or everybody."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import moment
from core.isolation.oracle import enterprises

NOBODY = "–"
"""Somebody who has not signed in."""
ENTERPRISES = 3
"""How many enterprises are tried with an account at the portal."""
PER_KIND = 2
"""How many accounts of a kind are tried, of different units where there are some."""


@dataclass(frozen=True)
class Account:
    """An account that stands for others of its kind."""

    user_id: int | None
    name: str
    session_version: int | None = None
    stands_for: int = 1
    enterprise_id: int | None = None
    """Of an enterprise that has signed in at the portal with a code: no account of the house."""


def accounts(session: Session, *, everybody: bool = False) -> list[Account]:
    """Somebody who has not signed in, some enterprises, and the active accounts of the house: of each kind
    :data:`PER_KIND`, or all.

    Two accounts are of a kind when their grants have the same roles and scopes, each in the same kind of unit (bureau,
    street, section) whose bureau uses the role's module or does not. Whoever stands in for somebody, lends his own
    grants or has a case opened to him is a kind of his own. Which of a kind are tried changes from day to day, so that
    in time everybody is.
    """
    people = {row.id: row for row in session.execute(text(
        "SELECT id, username, session_version FROM ab_user WHERE active = :true ORDER BY id"), {"true": True})}
    grants: dict[int, list[tuple[str, str]]] = {}
    for row in session.execute(_GRANTS, {"today": moment.today()}):
        rough = f"{row.role_id}/{row.scope}/{row.kind}/{row.used}"
        grants.setdefault(row.user_id, []).append((rough, f"{rough}/{row.unit_id}/{row.units}"))
    alone = set(session.execute(_ALONE).scalars())
    kinds: dict[Any, dict[Any, list[int]]] = {}
    for user_id in people:
        held = sorted(grants.get(user_id, []))
        kind = (user_id if everybody or user_id in alone else None, tuple(rough for rough, _exactly in held))
        kinds.setdefault(kind, {}).setdefault(tuple(exactly for _rough, exactly in held), []).append(user_id)
    found = [Account(None, NOBODY, stands_for=0)]
    found += [Account(None, name, stands_for=0, enterprise_id=key)
              for key, name in enterprises(session, 1000 if everybody else ENTERPRISES)]
    for alike in kinds.values():
        for user_id, stands_for in _todays(list(alike.values())):
            found.append(Account(user_id, people[user_id].username, people[user_id].session_version, stands_for))
    return found


def _todays(groups: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """``(user id, for how many he stands)`` of those whose turn it is; in a group are people with the very same grants."""
    day = moment.today().toordinal()
    start = day * PER_KIND % len(groups)
    turn = [*groups[start:], *groups[:start]]
    return [(turn[place][day % len(turn[place])], sum(len(group) for group in turn[place::PER_KIND]))
            for place in range(min(PER_KIND, len(turn)))]


_GRANTS = text("""
SELECT a.user_id, a.role_id, a.unit_id, a.scope, CAST(a.custom_units AS TEXT) AS units, u.kind,
       (r.name = 'Admin' OR substr(r.name, 1, 5) = 'core.' OR EXISTS (
          SELECT 1 FROM core_bureau_module m WHERE m.bureau_id = u.bureau_id
             AND substr(r.name, 1, length(m.module) + 1) = m.module || '.')) AS used
  FROM core_appointment a JOIN core_unit u ON u.id = a.unit_id JOIN ab_role r ON r.id = a.role_id
 WHERE a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today)
""")
_ALONE = text("SELECT user_id FROM core_case_reader UNION SELECT user_id FROM core_appointment WHERE lent_by_id IS NOT NULL "
              "UNION SELECT lent_by_id FROM core_appointment WHERE lent_by_id IS NOT NULL")
