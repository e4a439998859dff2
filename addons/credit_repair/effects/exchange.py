"""What an action changes on an exchange, an objection, a bulletin beside the state, in the same transaction."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from addons.credit_repair.effects.common import actor_of, ask_to_lift, instant, restop, session_of
from addons.credit_repair.guards.repair import GROUND_WRONG
from core import moment
from core.access import Unit, build_viewer
from core.access.models import Staff
from core.case import act, clocks, duty
from core.case.recipients import people_of
from core.outbox.post import post
from core.words import gettext as _

Data = Mapping[str, Any]


def confirmed(case: Any, event: Any, data: Data) -> None:
    """The holder lifted the measure and gave a receipt."""
    case.receipt, case.answered_on = data["receipt"], moment.local(instant(event, data)).date()
    restop(case, event, data)


def differs(case: Any, event: Any, data: Data) -> None:
    """The site still shows it, or the measure is still applied: the receipt does not hold."""
    case.receipt, case.answered_on = "", None


def upheld(case: Any, event: Any, data: Data) -> None:
    """What is wrong is taken down; a site that differs is asked to follow Credit China."""
    _answered(case, data)
    penalty = case.penalty
    if case.ground == GROUND_WRONG:
        act.do(penalty, "revoke", actor=actor_of(event, "an objection was upheld"), note=case.answer,
               data={"outcome": GROUND_WRONG, "instrument": case.number, "effective_on": moment.today().isoformat()})
    elif case.site:
        ask_to_lift(session_of(case), event, case.site, None, party_name=penalty.party_name, uscc=penalty.uscc or "",
                    document_numbers=penalty.document_number, ended_on=moment.today(),
                    measure=_("Bring what is shown in line with Credit China"))


def dismissed(case: Any, event: Any, data: Data) -> None:
    """What is published stays."""
    _answered(case, data)


def recompiled(case: Any, event: Any, data: Data) -> None:
    """The figures as they are now."""
    from addons.credit_repair.months import put_together

    put_together(session_of(case), case)


def issued(case: Any, event: Any, data: Data) -> None:
    """The bulletin is out: the people of every unit that is named in it, and of its bureau, hear of it. They may read it,
    and write their answer into it, until the day by which they must."""
    case.issued_on = moment.today()
    session, actor = session_of(case), actor_of(event, "the bulletin is out")
    clock = clocks.running(case, "explain")
    last = clock.due_on if clock is not None else case.issued_on
    bureaus = {unit.id: unit.bureau_id or unit.id for unit in session.scalars(
        select(Unit).where(Unit.id.in_([row["unit_id"] for row in case.late])))}
    people = people_of(session, case.module, {*bureaus, *bureaus.values()})
    reading: set[int] = set()
    for row in case.late:
        unit = row["unit_id"]
        for person in dict.fromkeys([*people.get(unit, ()), *people.get(bureaus.get(unit, unit), ())]):
            if person not in reading and not case.visible_to(build_viewer(session, person)):
                duty.open_to(case, session.get_one(Staff, person), moment.start_of(last + dt.timedelta(days=1)),
                             _("Named in the bulletin"), actor=actor)
            reading.add(person)
            post(session, to=person, channel="inapp", subject=_("Named in the bulletin: %(title)s", title=case.title),
                 body=_("%(unit)s: %(count)s late, at most by %(days)s working days. Explain it by %(day)s: write a note in "
                        "the bulletin.", unit=row["section"], count=row["count"], days=row["days"], day=last),
                 dedupe_key=f"bulletin:{case.id}:{unit}:{person}", link=f"/cases/{case.number}", case_id=case.id)


def _answered(case: Any, data: Data) -> None:
    case.answer, case.answered_on = data["answer"], moment.today()
