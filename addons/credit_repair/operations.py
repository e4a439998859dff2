"""What the credit module does: a penalty is registered, a repair case opened, what waited is woken. Plain functions."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from addons.credit_repair import effects
from addons.credit_repair.models import Penalty, Repair, RepairPenalty
from addons.credit_repair.tiers import LIGHT_KINDS, split_kinds, tier_of
from core import moment
from core.access import Unit, Viewer, system_viewer
from core.case import act, clocks, open_case
from core.case.workflow import CLOSED
from core.errors import FieldError, Invalid, NotFound, Refusal
from core.party import uscc as codes
from core.party.models import Enterprise, EnterpriseName
from core.rules.lookup import lookup

REGION_HERE = "12"
"""The first two digits of registering authorities of this province-level city (GB/T 2260)."""


def register_penalty(session: Session, actor: Viewer, unit: Unit, values: Mapping[str, Any],
                     enterprise: Enterprise | None = None) -> Penalty:
    """Enter a decision for the bureau ``unit``; its clocks run from the day of the decision.

    ``values`` are the columns of :class:`Penalty` (``kinds`` joined by ``;``, money in 万元). The tier is suggested by the kinds
    of penalty. Raises :class:`Refusal` for a document number that the authority used already.
    """
    kinds = split_kinds(values["kinds"])
    decided: dt.date = values["decided_on"]
    if decided > moment.today():
        raise Refusal(_("A decision cannot be dated in the future."), "decided_on")
    huge = int(lookup(session, "credit.huge_fine", max(decided, dt.date(2023, 5, 1)), unit.bureau_id).value)
    market = "市场监督" in (values.get("authority_name") or "") and not set(kinds) <= LIGHT_KINDS
    code = values.get("uscc") or ""
    fields = {"tier": tier_of(kinds, values.get("fine"), huge, bool(values.get("special"))), "market_system": market,
              "other_province": bool(code) and market and codes.is_valid(code) and code[2:4] != REGION_HERE, **values}
    fields["kinds"] = ";".join(kinds)
    title = f"{values['party_name']} · {values['document_number']}"
    try:
        with session.begin_nested():
            case = open_case(session, Penalty, actor, unit=unit, title=title, rule_day=decided,
                             enterprise_id=enterprise.id if enterprise else None, **fields)
    except IntegrityError:
        raise Refusal(_("The authority has entered the decision %(number)s already.", number=values["document_number"]),
                      "document_number") from None
    if case.served_on is not None:
        take_over_service(case)
    return case


def take_over_service(case: Penalty) -> None:
    """A sheet said when the decision was served: the clock of service stops there, the one for the fine starts."""
    event = case.events[-1]
    clock = clocks.running(case, "deliver")
    if clock is not None and case.served_on is not None:
        clocks.stop(clock, event, moment.as_instant(case.served_on))
    effects.start_fine_clock(case, event)
    clocks.refresh_due(case)


def enter_by_hand(session: Session, actor: Viewer, data: Mapping[str, Any]) -> Penalty:
    """A penalty typed into the form; the authority is the person's own bureau."""
    code = codes.normalise(data["uscc"])
    fault = codes.explain(code)
    if fault:
        raise Refusal(fault, "uscc")
    unit = session.get(Unit, actor.unit_id or 0)
    bureau = session.get(Unit, actor.bureau_id or 0)
    if unit is None or bureau is None:
        raise Refusal(_("You belong to no bureau for which a penalty could be entered."))
    enterprise = known_party(session, code, data["party_name"])
    if enterprise is None:
        enterprise = provisional(session, code, data["party_name"])
    own = bureau.uscc or bureau.code
    values = {**data, "uscc": code, "kinds": ";".join(data["kinds"]), "authority_name": bureau.name, "authority_code": own,
              "source_name": bureau.name, "source_code": own, "licence": data["licence"] or None}
    return register_penalty(session, actor, unit, values, enterprise)


def known_party(session: Session, code: str, name: str) -> Enterprise | None:
    """The enterprise with that code; None when the register does not know it. A name that is not its own is refused."""
    found = session.scalars(select(Enterprise).where(Enterprise.uscc == code)).one_or_none()
    if found is None:
        return None
    names = {found.name, *session.scalars(select(EnterpriseName.name).where(EnterpriseName.enterprise_id == found.id))}
    if name not in names:
        raise Invalid([FieldError("party_name", _("The code belongs to %(name)s. Correct the name or the code.",
                                                  name=found.name))])
    return found


def provisional(session: Session, code: str, name: str) -> Enterprise:
    """A party that the register does not know: kept as 待核验 until the register confirms it."""
    made = Enterprise(uscc=code, org_code=codes.org_code(code), name=name, source="provisional", verified=False,
                      updated_at=moment.now())
    session.add(made)
    session.flush()
    return made


def open_repair(session: Session, actor: Viewer, penalties: Sequence[Penalty], *, agent_name: str = "",
                agent_phone: str = "", channel: str = "window") -> Repair:
    """Open a repair case for penalties of one enterprise; each has its own minimum period and its own commitment.

    The case belongs to the bureau that imposed them (谁认定、谁修复).
    """
    if not penalties:
        raise Refusal(_("Choose at least one penalty."), "document_number")
    first = penalties[0]
    if any(p.enterprise_id != first.enterprise_id for p in penalties):
        raise Refusal(_("All penalties of a repair case belong to one enterprise."), "document_number")
    for penalty in penalties:
        if penalty.state in ("terminated", "withdrawn", "expired"):
            raise Refusal(_("The publicity of %(number)s has ended already.", number=penalty.document_number), "document_number")
        busy = session.scalars(select(Repair).join(RepairPenalty, RepairPenalty.case_id == Repair.id).where(
            RepairPenalty.penalty_id == penalty.id, Repair.meaning != CLOSED)).first()
        if busy is not None:
            raise Refusal(_("A repair case of this penalty is open already: %(number)s.", number=busy.number),
                          "document_number")
    unit = session.get(Unit, first.unit_id)
    if unit is None:
        raise NotFound(_("The unit of the penalty does not exist any more."))
    numbers = "、".join(p.document_number for p in penalties)
    case = open_case(session, Repair, actor, unit=unit, title=f"{first.party_name} · {_('Credit repair')}（{numbers}）",
                     enterprise_id=first.enterprise_id, agent_name=agent_name, agent_phone=agent_phone, channel=channel)
    for penalty in penalties:
        case.penalties.append(RepairPenalty(penalty_id=penalty.id, penalty=penalty))
    session.flush()
    return case


def open_at_window(session: Session, actor: Viewer, data: Mapping[str, Any]) -> Repair:
    """The counter opens a case by the decision's number."""
    found = session.scalars(select(Penalty).where(Penalty.document_number == data["document_number"].strip())).all()
    if not found:
        raise Refusal(_("There is no decision %(number)s that you may see.", number=data["document_number"]), "document_number")
    return open_repair(session, actor, found[:1], agent_name=data["agent_name"], agent_phone=data["agent_phone"])


def wake_waiting(session: Session, now: dt.datetime) -> dict[str, int]:
    """Repair cases whose minimum period is over go on; penalties whose longest period is over expire. Idempotent."""
    today, system, moved = moment.local(now).date(), system_viewer("periods that are over"), 0
    for repair in session.scalars(select(Repair).where(Repair.state == "waiting", Repair.waiting_until <= today)
                                  .order_by(Repair.id).limit(500)).all():
        if repair.blocked_until is None:
            act.do(repair, "wake", actor=system)
            moved += 1
    for penalty in session.scalars(select(Penalty).where(Penalty.state == "published", Penalty.published_until < today)
                                   .order_by(Penalty.id).limit(500)).all():
        act.do(penalty, "expire", actor=system)
        moved += 1
    session.flush()
    return {"closed": moved}


def money(amount: Decimal | None) -> str:
    """An amount in 万元 as people read it: below 1 万元 in 元."""
    if amount is None:
        return ""
    if amount < 1:
        return f"{(amount * 10000).normalize():f}元"
    return f"{amount.normalize():f}万元"
