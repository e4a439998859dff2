"""Makes units of the facts. Run by every upgrade: what is missing is made, what is there belongs to the administrators."""
from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Unit
from core.addon import Suite
from core.party.units import place
from core.reference.facts import UnitFact, reference


def sync_reference(session: Session, suite: Suite | None = None) -> dict[str, list[str]]:
    """Make the units of ``ninghe.yaml`` that are missing, by their codes; ``{"added": [codes]}``.

    A unit that is there is not touched, whatever an administrator has made of it. The words for numbers (机关代字) stay
    empty: letters wait until the bureau has given its own. Flushes, does not commit.
    """
    facts = reference()
    known = {row.code: row.id for row in session.execute(select(Unit.code, Unit.id))}
    added = []
    if facts.district.code in known:
        top = session.get_one(Unit, known[facts.district.code])
    else:
        top = _make(session, facts.district, None, 0)
        added.append(top.code)
    for position, fact in enumerate(facts.units, 1):
        if fact.code not in known:
            _make(session, fact, top, position)
            added.append(fact.code)
    return {"added": added}


def _make(session: Session, fact: UnitFact, parent: Unit | None, position: int) -> Unit:
    unit = Unit(code=fact.code, name=fact.name, short_name=fact.short_name, kind=fact.kind, active=fact.active,
                is_enforcer=fact.is_enforcer, position=position * 10)
    return place(session, unit, parent)
