"""What people and sheets do: enter a penalty, serve it, open repair cases. Plain functions; the caller commits."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from addons.credit_repair.counter import authorisation_of
from addons.credit_repair.effects.penalty import service_known
from addons.credit_repair.forms import ObjectionForm, PenaltyForm, RepairForm
from addons.credit_repair.models import Objection, Penalty, Repair, RepairPenalty
from addons.credit_repair.tiers import ORDER_36
from core import moment
from core.access import Unit, Viewer, system_viewer
from core.case import act, clocks
from core.case.models import Case, Event
from core.case.opening import Wanted, opens
from core.case.recipients import recipients
from core.case.workflow import CLOSED
from core.errors import Refusal
from core.outbox.post import post
from core.party import uscc as codes
from core.party.models import Enterprise, EnterpriseName
from core.party.picking import find_enterprise
from core.pinyin import initials
from core.rules.lookup import lookup
from core.words import gettext as _

MARKET = ("市场监督管理", "市场监管")
BATCH = 500
HOME = "12"
"""The province in positions 3 and 4 of a credit code: Tianjin."""


def register_penalty(session: Session, actor: Viewer, unit: Unit, values: Mapping[str, Any], *,
                     enterprise: Enterprise | None = None, batch: int | None = None) -> Penalty:
    """Enter a penalty of ``unit``: the case is opened, its clocks run from the day of the decision.

    ``values`` are columns of :class:`Penalty` (``penalty_kinds`` may stand for ``kinds``); amounts in 万元. Refuses a
    document number that the authority has used, and a name that is not the party's.
    """
    given = _columns(values)
    given.setdefault("authority_name", unit.name)
    given.setdefault("authority_code", unit.uscc or unit.code[:18])
    given.setdefault("source_name", given["authority_name"])
    given.setdefault("source_code", given["authority_code"])
    given["document_number"] = given["document_number"].strip()
    if given["decided_on"] > moment.today():
        raise Refusal(_("A decision cannot be dated in the future."), "decided_on")
    if enterprise is None:
        enterprise, _new = party(session, given.get("uscc"), given["party_name"], given["decided_on"])
    if session.scalar(select(Penalty.id).where(Penalty.authority_code == given["authority_code"],
                                               Penalty.document_number == given["document_number"])) is not None:
        raise Refusal(_("The decision number %(number)s exists already. Search for it and work on that record.",
                        number=given["document_number"]), "document_number")
    given.setdefault("market_system", any(word in given["authority_name"] for word in MARKET))
    given.setdefault("other_province", bool(given.get("uscc")) and given["uscc"][2:4] != HOME)
    given |= {"tier": "general", "apply_from": given["decided_on"], "max_last": given["decided_on"]}
    case = act.open_case(session, Penalty, actor, unit=unit, enterprise_id=enterprise.id, assignee_id=actor.user_id,
                         import_batch_id=batch, rule_day=given["decided_on"],
                         title=f"{enterprise.name} {given['document_number']}", **given)
    case.classify()
    if case.served_on is not None:
        service_known(case, case.events[-1])
    if case.outside:
        act.do(case, "adopt", actor=system_viewer("decided outside the district", actor.name))
    session.flush()
    return case


def take_over(session: Session, case: Penalty, values: Mapping[str, Any]) -> None:
    """Mend a penalty that is being entered: its columns, its party, its tier and days. A changed day of decision
    replaces the clocks that ran from the wrong one."""
    given, before = _columns(values), case.decided_on
    if given["document_number"].strip() != case.document_number and session.scalar(select(Penalty.id).where(
            Penalty.authority_code == case.authority_code, Penalty.id != case.id,
            Penalty.document_number == given["document_number"].strip())) is not None:
        raise Refusal(_("The decision number %(number)s exists already. Search for it and work on that record.",
                        number=given["document_number"]), "document_number")
    enterprise, _new = party(session, given.get("uscc"), given["party_name"], given["decided_on"])
    for name, value in given.items():
        setattr(case, name, value)
    case.enterprise_id, case.title = enterprise.id, f"{enterprise.name} {case.document_number}"[:255]
    case.published_until = None
    case.classify()
    if case.decided_on != before:
        for clock in [c for c in case.clocks if c.running and c.code in ("publish", "deliver", "market", "market_push")]:
            clocks.replace(clock, case.events[-1], _("The day of the decision was mended."), case.decided_on)


def serve_decision(session: Session, actor: Viewer, case: Penalty, *, served_on: dt.date, how: str = "直接送达",
                   receipt: str = "") -> Event:
    """Serve the decision together with its repair letter (书函同达); refused while the letter is not signed."""
    return act.do(case, "serve", actor=actor,
                  data={"served_on": served_on.isoformat(), "served_how": how, "receipt": receipt})


def open_repair(session: Session, actor: Viewer, penalties: Sequence[Penalty], *, unit: Unit | None = None,
                agent_name: str = "", agent_phone: str = "", agent_role: str = "staff", authorised: bool = False,
                authorised_until: dt.date | None = None, channel: str = "window", bundle: str = "") -> Repair:
    """Open the repair case of one or more penalties that one authority imposed on one enterprise (or on those whom it
    succeeded); the person's own unit has it until it is pushed to the authority."""
    if not penalties:
        raise Refusal(_("Name at least one decision."), "document_numbers")
    if len({(p.bureau_id, p.successor_id or p.enterprise_id) for p in penalties}) > 1:
        raise Refusal(_("One application is about decisions of one authority on one enterprise."), "document_numbers")
    busy = in_repair(session, penalties)
    for penalty in penalties:
        if penalty.state != "published":
            raise Refusal(_("The decision %(number)s is not published (%(state)s): there is nothing to repair.",
                            number=penalty.document_number, state=penalty.state_info.label), "document_numbers")
        if penalty.unrepairable:
            raise Refusal(_("The decision %(number)s cannot be repaired: %(basis)s.", number=penalty.document_number,
                            basis=penalty.unrepairable), "document_numbers")
        if penalty.id in busy:
            raise Refusal(_("The decision %(number)s is part of the open case %(case)s.", number=penalty.document_number,
                            case=busy[penalty.id]), "document_numbers")
    first = penalties[0]
    party_id = first.successor_id or first.enterprise_id
    if agent_phone and not authorised:
        authorised, authorised_until = authorisation_of(session, party_id, agent_phone, moment.today())
    case = act.open_case(session, Repair, actor, unit=unit or own_unit(session, actor),
                         enterprise_id=party_id, assignee_id=actor.user_id,
                         title=f"{first.party_name}：{_named(penalties)}"[:255],
                         agent_name=agent_name, agent_phone=agent_phone, agent_role=agent_role, authorised=authorised,
                         authorised_until=authorised_until, channel=channel, bundle=bundle)
    for penalty in penalties:
        case.penalties.append(RepairPenalty(penalty=penalty))
    case.examine(moment.today())
    session.flush()
    return case


def _named(penalties: Sequence[Penalty]) -> str:
    """The decision; of several the first, and how many more."""
    number, more = penalties[0].document_number, len(penalties) - 1
    return _("%(number)s and %(n)s more", number=number, n=more) if more else number


def open_bundle(session: Session, actor: Viewer, penalties: Sequence[Penalty], **more: Any) -> list[Repair]:
    """One bundle of applications: for each authority that is concerned a repair case with what can be asked for now, and
    another one, which waits, with what cannot yet."""
    groups: dict[tuple[int, int | None, bool], list[Penalty]] = {}
    for penalty in penalties:
        ready = penalty.performed and penalty.first_day(moment.today()) <= moment.today()
        groups.setdefault((penalty.bureau_id, penalty.successor_id or penalty.enterprise_id, not ready), []).append(penalty)
    if not groups:
        raise Refusal(_("Name at least one decision."), "document_numbers")
    opened: list[Repair] = []
    for key in sorted(groups, key=lambda found: (found[2], found[0])):
        opened.append(open_repair(session, actor, groups[key], bundle=opened[0].number if opened else "", **more))
    if len(opened) > 1:
        opened[0].bundle = opened[0].number
        session.flush()
    return opened


def open_objection(session: Session, actor: Viewer, penalty: Penalty, *, ground: str, content: str, site: str = "",
                   external_number: str = "", asker_name: str = "", asker_phone: str = "") -> Objection:
    """Take an objection in; it lies with the authority that decided."""
    return act.open_case(session, Objection, actor, unit=penalty.unit, enterprise_id=penalty.enterprise_id,
                         title=_("%(ground)s: %(number)s", ground=ground, number=penalty.document_number),
                         penalty_id=penalty.id, ground=ground, content=content, site=site, external_number=external_number,
                         asker_name=asker_name, asker_phone=asker_phone)


def eligible_on(penalty: Penalty, on: dt.date | None = None) -> dt.date:
    """The first day on which repair of ``penalty`` can be asked for, by the rules of the day ``on`` (today)."""
    return penalty.first_day(on or moment.today())


def party(session: Session, code: str | None, name: str, on: dt.date) -> tuple[Enterprise, bool]:
    """The enterprise with that credit code, and whether it was created: an unknown one is kept as 待核验.

    Refuses a name that the party did not bear on the day ``on``.
    """
    if not code:
        raise Refusal(_("Give the unified social credit code of the party."), "uscc")
    code = codes.check(code)
    found = session.scalars(select(Enterprise).where(Enterprise.uscc == code)).one_or_none()
    if found is None:
        return provisional(session, code, name), True
    former = session.scalars(select(EnterpriseName).where(EnterpriseName.enterprise_id == found.id)).all()
    fault = name_fault(found, former, name, on)
    if fault:
        raise Refusal(fault, "party_name")
    return found, False


def provisional(session: Session, code: str, name: str) -> Enterprise:
    """An enterprise that the register does not know yet (待核验)."""
    made = Enterprise(uscc=code, name=name, pinyin=initials(name), org_code=codes.org_code(code), source="provisional",
                      verified=False, updated_at=moment.now())
    session.add(made)
    session.flush()
    return made


def name_fault(enterprise: Enterprise, former: Sequence[EnterpriseName], name: str, on: dt.date) -> str | None:
    """Why ``name`` is not the name of the enterprise on the day ``on``; None when it is.

    A decision is published under the name of its day, so a former name is right for an older decision.
    """
    if plain_name(name) == plain_name(enterprise.name):
        return None
    for old in former:
        if plain_name(old.name) == plain_name(name) and (old.valid_from or on) <= on <= (old.valid_to or on):
            return None
    return _("The code %(code)s belongs to “%(name)s”. Correct the name or the code.", code=enterprise.uscc,
             name=enterprise.name)


def plain_name(name: str) -> str:
    """A name for comparison: brackets alike, no spaces."""
    return name.replace("(", "（").replace(")", "）").replace(" ", "").replace("\u3000", "")


def over(session: Session, now: dt.datetime) -> dict[str, int]:
    """Periods that are over: publicity ends by itself, repair cases that waited for their day go on. Idempotent."""
    day, system = moment.local(now).date(), system_viewer("periods that are over")
    _shorten(session, day, system)
    expired = session.scalars(select(Penalty).where(Penalty.state.in_(("published", "shielded")), Penalty.published_until < day)
                              .order_by(Penalty.id).limit(BATCH)).all()
    for penalty in expired:
        act.do(penalty, "expire", actor=system)
    for late in session.scalars(select(Repair).where(Repair.state == "materials", Repair.complete_by < day)
                                .order_by(Repair.id).limit(BATCH)).all():
        act.do(late, "forgo", actor=system)
    for repair in session.scalars(select(Repair).where(Repair.state == "waiting_min", Repair.eligible_on <= day)
                                  .order_by(Repair.id).limit(BATCH)).all():
        act.do(repair, "wake", actor=system)
        for person in recipients(session, repair, ("assignee",)):
            post(session, to=person, channel="inapp", subject=_("May apply now: %(title)s", title=repair.title),
                 body=_("The minimum period is over: repair can be asked for from %(day)s.", day=repair.eligible_on),
                 dedupe_key=f"wake:{repair.id}:{repair.eligible_on}:{person}", link=f"/cases/{repair.number}",
                 case_id=repair.id)
    session.flush()
    return {"closed": len(expired)}


def _shorten(session: Session, day: dt.date, system: Viewer) -> None:
    """Where the parameter says so, the shorter longest period of Order 36 holds for older decisions too."""
    if day < ORDER_36 or not lookup(session, "credit.recompute_old", day).value:
        return
    old = select(Penalty).where(Penalty.state == "published", Penalty.rule_version == "v1", Penalty.published_until >= day,
                                Penalty.published_until > Penalty.decided_on + dt.timedelta(days=366))
    for penalty in session.scalars(old.order_by(Penalty.id).limit(BATCH)).all():
        if penalty.publicity(day).max_last < (penalty.published_until or penalty.max_last):
            act.do(penalty, "recompute_end", actor=system)


@opens("credit_repair.objection", ObjectionForm)
def _open_objection(session: Session, actor: Viewer, wanted: Wanted) -> Case:
    return objection_from_form(session, actor, wanted.data)


def objection_from_form(session: Session, actor: Viewer, data: Mapping[str, Any]) -> Case:
    """The form of an objection."""
    number = data["document_number"].strip()
    found = session.scalars(select(Penalty).where(Penalty.document_number == number).limit(1)).first()
    if found is None:
        raise Refusal(_("There is no decision %(numbers)s.", numbers=number), "document_number")
    return open_objection(session, actor, found, **{key: value for key, value in data.items() if key != "document_number"})


@opens("credit_repair.penalty", PenaltyForm)
def _open_penalty(session: Session, actor: Viewer, wanted: Wanted) -> Case:
    return register_penalty(session, actor, wanted.unit, wanted.data)


@opens("credit_repair.repair", RepairForm)
def _open_repairs(session: Session, actor: Viewer, wanted: Wanted) -> Case:
    return repair_by_hand(session, actor, wanted.unit, wanted.data)


def penalty_by_hand(session: Session, actor: Viewer, data: Mapping[str, Any]) -> Case:
    """The form of a new penalty, in the person's own unit."""
    return register_penalty(session, actor, own_unit(session, actor), data)


def repair_from_form(session: Session, actor: Viewer, data: Mapping[str, Any]) -> Case:
    """The form of a new repair case, in the person's own unit."""
    return repair_by_hand(session, actor, own_unit(session, actor), data)


def repair_by_hand(session: Session, actor: Viewer, unit: Unit, data: Mapping[str, Any]) -> Case:
    """Open what the form names: these decisions, or all published ones of the enterprise; the first case is returned."""
    more = {name: data[name] for name in ("agent_name", "agent_phone", "agent_role", "authorised", "authorised_until",
                                               "channel")}
    numbers = [line.strip() for line in data["document_numbers"].splitlines() if line.strip()]
    query = select(Penalty)
    if data["uscc"]:
        enterprise = find_enterprise(session, data["uscc"])
        if enterprise is None:
            raise Refusal(_("No enterprise is known by this name or code: choose it from the list that opens as you type."),
                          "uscc")
        query = query.where(or_(Penalty.enterprise_id == enterprise.id, Penalty.successor_id == enterprise.id))
    elif not numbers:
        raise Refusal(_("Give the credit code of the enterprise, or the numbers of the decisions."), "uscc")
    if numbers:
        found = session.scalars(query.where(Penalty.document_number.in_(numbers)).order_by(Penalty.id)).all()
        missing = sorted(set(numbers) - {p.document_number for p in found})
        if missing:
            raise Refusal(_("There is no decision %(numbers)s.", numbers="、".join(missing)), "document_numbers")
    else:
        found = session.scalars(query.where(Penalty.state == "published", Penalty.unrepairable == "")
                                .order_by(Penalty.id)).all()
        busy = in_repair(session, found)
        found = [p for p in found if p.id not in busy]
    return open_bundle(session, actor, found, unit=unit, **more)[0]


def in_repair(session: Session, penalties: Sequence[Penalty]) -> dict[int, str]:
    """Ids of penalties to the numbers of the open cases that they are part of."""
    rows = session.execute(select(RepairPenalty.penalty_id, Repair.number).join(Repair, Repair.id == RepairPenalty.case_id)
                           .where(RepairPenalty.penalty_id.in_([p.id for p in penalties]), Repair.meaning != CLOSED))
    return {row.penalty_id: row.number for row in rows}


def own_unit(session: Session, actor: Viewer) -> Unit:
    """The unit to which the person belongs; refused where there is none."""
    unit = session.get(Unit, actor.unit_id) if actor.unit_id is not None else None
    if unit is None:
        raise Refusal(_("You belong to no unit."))
    return unit


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if "penalty_kinds" in given:
        given["kinds"] = ";".join(given.pop("penalty_kinds"))
    if given.get("uscc"):
        given["uscc"] = codes.check(given["uscc"])
    for name in ("licence", "legal_rep", "remark", "chosen_tier"):
        if name in given:
            given[name] = given[name] or None
    return given
