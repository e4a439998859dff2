"""A fictional year of penalties and repair cases in every state. All of it is invented and marked 示例.

Each case lives through its steps at their own times, by the same door that people use; the same seed gives the same year.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from addons.credit_repair.demo import desks, priors, sides
from addons.credit_repair.models import Penalty, Repair, Sync
from addons.credit_repair.names import EXPLANATION, NOTICE
from addons.credit_repair.operations import open_repair, over, register_penalty
from core import moment
from core.access import Appointment, Unit, UnitKind, Viewer, build_viewer, system_viewer
from core.case import CLOSED, act
from core.letter import register
from core.letter.batch import issue_for
from core.party.models import Enterprise

COUNTS = {"small": 160, "district": 900, "city": 2500}
LETTERS = {"small": 30, "district": 200, "city": 400}
"""How many of the newest decisions have their letter as a PDF; rendering is the slow part."""
MONTH = dt.timedelta(days=30)
"""What is older has been seen to by somebody: nobody's desk shows a year of things left undone."""
Work = Callable[[], None]
NOTES = {"revoke": "部分事实认定不清（示例）", "drop": "企业暂不申请（示例）",
         "not_accept": "提交的缴款票据与决定书文号不符（示例）",
         "refuse": "现场核查发现违法行为尚未纠正（示例）", "hand_back": "违法事实表述不完整（示例）"}
"""What people give as a reason."""
OFFENCES = (
    ("未按规定公示年度报告", "《企业信息公示暂行条例》第十八条", "罚款", 0.5),
    ("销售标签不符合规定的预包装食品", "《食品安全法》第一百二十五条", "罚款;没收违法所得", 1.2),
    ("占道经营", "《天津市城市管理规定》第三十六条", "罚款", 0.1),
    ("未按规定进行安全培训", "《安全生产法》第九十七条", "罚款", 3),
    ("消防设施未保持完好有效", "《消防法》第六十条", "罚款", 2),
    ("超标排放污水", "《水污染防治法》第八十三条", "罚款;责令停产停业", 20),
    ("发布虚假广告", "《广告法》第五十五条", "罚款", 5),
    ("未取得许可从事道路运输经营", "《道路运输条例》第六十三条", "罚款;没收违法所得", 3),
    ("伪造生产日期", "《食品安全法》第一百二十四条", "罚款;吊销许可证件", 12),
)
SPECIAL = ("食品", "安全", "消防")
REVIEWS = (("submit", "clerk"), ("pass_legal", "lawyer"), ("pass_publication", "publisher"))


@dataclass(frozen=True)
class Cast:
    """The people of one bureau by the last part of their role's name; the system stands in for an empty seat."""

    unit: Unit
    people: Mapping[str, Viewer]

    def __getitem__(self, role: str) -> Viewer:
        person = self.people.get(role)
        able = person is not None and person.holds((f"credit_repair.{role}",), self.unit.id)
        return person if person is not None and able else system_viewer("demonstration", "示例")


def load(session: Session, scale: str, rng: Random, today: dt.date) -> None:
    """Make a year of cases that ends ``today``. ``session`` is a system session; the caller commits."""
    casts, everywhere = _casts(session)
    parties = _parties(session, COUNTS[scale] * 2 // 3)
    if not casts or not parties:
        return
    days = sorted(today - dt.timedelta(days=int(rng.random() ** 1.3 * 365)) for _n in range(COUNTS[scale]))
    made: list[Penalty] = []
    for serial, day in enumerate(days, 1):
        party = parties[int(rng.random() ** 2 * len(parties))]
        made.append(_penalty(session, rng, casts[serial % len(casts)], party, serial, day, today,
                             with_letter=serial > len(days) - LETTERS[scale]))
    with moment.at(today):
        over(session, moment.now())
    waiting = [penalty for penalty in made if penalty.state == "published"]
    chosen = desks.ripe(waiting, today)
    waiting = [penalty for penalty in waiting if penalty not in chosen]
    by_bureau = {cast.unit.bureau_id: cast for cast in casts}
    for place, penalty in enumerate(waiting[: len(waiting) * 2 // 3]):
        if place % 6 == 0:
            sides.sanction(penalty, today)
        _repair(session, rng, everywhere, by_bureau, penalty, today)
    _revocations(session, rng, waiting[len(waiting) * 2 // 3:][:6], by_bureau, today)
    sides.load(session, rng, everywhere.unit, waiting[-12:], made, today)
    desks.repairs(session, rng, by_bureau, everywhere, chosen, today)
    desks.decisions(session, casts, partial(_enter, session, rng, casts, parties, len(days) + 1), rng, today)
    priors.load(session, casts, parties, today)
    session.flush()


def _enter(session: Session, rng: Random, casts: Sequence[Cast], parties: Sequence[Enterprise], serial: int, place: int,
           day: dt.date) -> Penalty:
    """One more decision, entered by its clerk and nothing else done yet."""
    cast = casts[place % len(casts)]
    with moment.at(_instant(day, rng)):
        party = parties[(serial + place) % len(parties)]
        values = _decision(rng, cast.unit, party, serial + place, day)
        return register_penalty(session, cast["clerk"], cast.unit, values, enterprise=party)


def _penalty(session: Session, rng: Random, cast: Cast, party: Enterprise, serial: int, day: dt.date, today: dt.date, *,
             with_letter: bool) -> Penalty:
    """One decision, taken as far as its age and chance would have taken it, in the order of the days."""
    with moment.at(_instant(day, rng)):
        case = register_penalty(session, cast["clerk"], cast.unit, _decision(rng, cast.unit, party, serial, day),
                                enterprise=party)
    agenda: list[tuple[dt.date, Work]] = [
        (when, partial(_step, case, action, cast[role], when, rng, data)) for action, role, data, when in _path(rng, day)]
    served = day + dt.timedelta(days=rng.randrange(1, 8))
    if with_letter:
        agenda.append((day, partial(_letter, session, case, cast, day, rng)))
        agenda.append((served, partial(_serve, case, cast, served, rng)))
    elif rng.random() < 0.9 or today - day > MONTH:
        agenda.append((served, partial(desks.served, case, served, rng)))
    settled = day + dt.timedelta(days=rng.randrange(8, 60))
    if rng.random() < 0.8 or today - day > 4 * MONTH:
        agenda.append((settled, partial(_step, case, "pay", cast["clerk"], settled, rng, {"paid_on": settled.isoformat()})))
        agenda.append((settled, partial(_step, case, "put_right", cast["clerk"], settled, rng,
                                        {"corrected_on": settled.isoformat()})))
    if case.market_system and not case.other_province:
        shown = day + dt.timedelta(days=rng.randrange(10, 19))
        agenda.append((shown, partial(_step, case, "market_publish", cast["clerk"], shown, rng, {"day": shown.isoformat()})))
    for when, work in sorted(agenda, key=lambda item: item[0]):
        if when > today or case.meaning is CLOSED:
            break
        work()
    return case


def _decision(rng: Random, unit: Unit, party: Enterprise, serial: int, day: dt.date) -> dict[str, Any]:
    violation, basis, kinds, base = OFFENCES[rng.randrange(len(OFFENCES))]
    fine = Decimal(str(round(base * rng.choice((0.5, 1, 1, 2)), 2)))
    bureau = unit.bureau or unit
    return {
        "party_name": party.name, "uscc": party.uscc, "violation": violation, "decided_on": day, "kinds": kinds,
        "party_type": "个体工商户" if (party.uscc or "").startswith("92") else "法人及非法人组织",
        "document_number": f"{bureau.doc_word or bureau.short_name}罚〔{day.year}〕示例{serial}号",
        "facts": f"（示例）经查明，当事人存在{violation}的行为。", "legal_basis": basis,
        "content": f"（示例）罚款{int(fine * 10_000)}元。", "fine": fine,
        "special": any(field in violation + basis for field in SPECIAL),
        "licence": "食品经营许可证（示例）" if "吊销许可证件" in kinds else None,
        "confiscated": Decimal("0.08") if "没收违法所得" in kinds else None,
        "authority_name": bureau.name, "authority_code": bureau.uscc or bureau.code[:18]}


def _path(rng: Random, day: dt.date) -> Iterator[tuple[str, str, dict[str, Any] | None, dt.date]]:
    """The steps to publicity with their days: mostly in time, some late, some rejected first, a few discarded."""
    when = day + dt.timedelta(days=rng.randrange(0, 3))
    if rng.random() < 0.03:
        yield "discard", "clerk", None, when
        return
    for action, role in REVIEWS:
        yield action, role, None, when
        when += dt.timedelta(days=rng.randrange(0, 2))
    when += dt.timedelta(days=rng.choice((0, 1, 1, 2, 2, 3, 9)) if rng.random() < 0.5 else 1)
    yield "report", "clerk", {}, when
    if rng.random() < 0.1:
        yield "reject", "publisher", {"code": "1001 名称与统一社会信用代码不一致"}, when + dt.timedelta(days=1)
        yield "mend", "clerk", None, when + dt.timedelta(days=1)
        for action, role in REVIEWS:
            yield action, role, None, when + dt.timedelta(days=1)
        when += dt.timedelta(days=2)
        yield "report", "clerk", {}, when
    yield "accept", "publisher", {}, when + dt.timedelta(days=1)
    yield "publish", "publisher", {}, when + dt.timedelta(days=1)


def _letter(session: Session, case: Penalty, cast: Cast, day: dt.date, rng: Random) -> None:
    """The repair letter of the newest decisions: most are signed, some wait for review or signature."""
    with moment.at(_later(case, _instant(day, rng))):
        letter = register.draft(session, register.kind_named(NOTICE), case, cast["clerk"])
        if rng.random() < 0.15:
            return
        register.review(session, letter, cast["lawyer"])
        if rng.random() < 0.15 or not letter.bureau.doc_word:
            return
        register.sign(session, letter, cast["publisher"])


def _serve(case: Penalty, cast: Cast, day: dt.date, rng: Random) -> None:
    """Decision and letter go out together, where the letter is signed."""
    if case.notice_number:
        _step(case, "serve", cast["clerk"], day, rng, {"served_on": day.isoformat(), "served_how": "直接送达",
                                                       "receipt": "示例回执"})


def _repair(session: Session, rng: Random, everywhere: Cast, casts: dict[int | None, Cast], penalty: Penalty,
            today: dt.date) -> None:
    """A repair case that got as far as its day allows."""
    first = max(penalty.published_on or penalty.decided_on, penalty.publicity(today).apply_from
                - dt.timedelta(days=rng.randrange(-20, 40)))
    if first > today:
        first = today - dt.timedelta(days=rng.randrange(0, 5))
    first = max(first, penalty.published_on or penalty.decided_on)
    window, cast = everywhere["window"], casts[penalty.bureau_id]
    with moment.at(_instant(first, rng)):
        case = open_repair(session, window, [penalty], unit=everywhere.unit, agent_name="示例经办人",
                           agent_phone="19900000000" if rng.random() < 0.08 else f"199{rng.randrange(10**8):08d}",
                           authorised=True)
    if rng.random() < 0.15:
        return
    _step(case, "precheck", window, first, rng)
    if case.eligible_on is not None and case.eligible_on > first:
        _step(case, "wait", window, first, rng)
        if case.eligible_on > today:
            return
        first = case.eligible_on
        _step(case, "wake", system_viewer("demonstration", "示例"), first, rng)
    for action, role, data, when in _repair_path(rng, first):
        if when > today or (action == "submit" and not penalty.performed):
            return
        if action == "sync":
            _holders_answer(session, rng, case, when)
            if session.scalar(select(Sync.id).where(Sync.repair_id == case.id, Sync.meaning != CLOSED)) is not None:
                return
        actor = cast[role] if role == "clerk" else everywhere[role]
        _step(case, action, actor, when, rng, data)


def _holders_answer(session: Session, rng: Random, case: Repair, day: dt.date) -> None:
    """Whoever holds a measure lifts it, mostly; a few are still waited for."""
    for exchange in session.scalars(select(Sync).where(Sync.repair_id == case.id).order_by(Sync.id)).all():
        if rng.random() < 0.8 or moment.today() - day > MONTH:
            _step(exchange, "confirm", system_viewer("demonstration", "示例"), day, rng, {"receipt": "示例回执"})


def _repair_path(rng: Random, first: dt.date) -> Iterator[tuple[str, str, dict[str, Any] | None, dt.date]]:
    def later(low: int, high: int) -> dt.timedelta:
        return dt.timedelta(days=rng.randrange(low, high))

    if rng.random() < 0.08:
        yield "drop", "window", None, first + later(1, 6)
        return
    if rng.random() < 0.2:
        yield "ask_materials", "window", {
            "items": "义务履行完毕证明：缺少缴款票据（示例）",
            "complete_by": (first + dt.timedelta(days=10)).isoformat()}, first
        first += later(2, 9)
    yield "receive", "window", {"proof": True, "commitment": True}, first
    yield "submit", "window", {"external_number": f"XYZG-示例-{rng.randrange(10**6):06d}"}, first
    pushed = first + later(0, 3)
    yield "push", "window", {"pushed_on": pushed.isoformat()}, pushed
    accepted = pushed + later(1, 5)
    if rng.random() < 0.06:
        yield "not_accept", "clerk", {"condition": "义务履行证明材料", "remedy": "补齐缴款票据"}, accepted
        return
    yield "accept", "clerk", {}, accepted
    yield "check", "clerk", None, accepted
    decided = accepted + later(2, 11)
    if rng.random() < 0.07:
        yield "refuse", "clerk", {"condition": "纠正失信行为", "remedy": "完成整改并经复查合格"}, decided
        return
    yield "approve", "clerk", {}, decided
    ended = decided + later(1, 4)
    yield "sync", "credit", {"sync_platform": True, "sync_sharing": True, "sync_sanctions": True}, ended
    yield "close", "credit", None, ended


def _revocations(session: Session, rng: Random, penalties: Sequence[Penalty], casts: dict[int | None, Cast],
                 today: dt.date) -> None:
    """A few decisions that did not stand: one still to be taken down, the others withdrawn."""
    for place, penalty in enumerate(penalties):
        day = max(penalty.published_on or penalty.decided_on, today - dt.timedelta(days=place))
        lawyer = casts[penalty.bureau_id]["lawyer"]
        _step(penalty, "revoke", lawyer, day, rng, {
            "outcome": "撤销", "instrument": f"宁政复决〔{day.year}〕示例{place + 1}号", "effective_on": day.isoformat()})
        if place:
            with moment.at(_instant(today, rng)):
                issue_for(session, penalty, EXPLANATION)
            _step(penalty, "withdraw", lawyer, today, rng)


def _step(case: Penalty | Repair | Sync, action: str, actor: Viewer, day: dt.date, rng: Random,
          data: dict[str, Any] | None = None) -> None:
    declared = case.workflow.action(action)
    note = NOTES.get(action, "示例") if declared is not None and declared.note else ""
    with moment.at(_later(case, _instant(day, rng))):
        act.do(case, action, actor=actor, note=note, data=data)


def _later(case: Any, at: dt.datetime) -> dt.datetime:
    """``at``, or soon after what happened to the case last: one day's steps stand in their order."""
    last = max((event.at for event in case.events), default=at)
    return at if at > last else min(last + dt.timedelta(minutes=20), moment.now())


def _casts(session: Session) -> tuple[list[Cast], Cast]:
    """The bureaus that impose penalties with their people, and those who work for the whole district."""
    held = session.scalars(select(Appointment).options(joinedload(Appointment.role), joinedload(Appointment.unit))
                           .order_by(Appointment.id)).all()
    by_bureau: dict[int | None, dict[str, int]] = {}
    anywhere: dict[str, int] = {}
    for seat in held:
        module, _dot, role = seat.role.name.partition(".")
        if module == "credit_repair":
            by_bureau.setdefault(seat.unit.bureau_id, {}).setdefault(role, seat.user_id)
            anywhere.setdefault(role, seat.user_id)
    viewers = {user: build_viewer(session, user) for seats in by_bureau.values() for user in seats.values()}
    units = session.scalars(select(Unit).where(Unit.is_enforcer.is_(True), Unit.active.is_(True),
                                               Unit.kind != UnitKind.OUTSIDE).order_by(Unit.id)).all()
    casts = []
    staffed = [unit for unit in units if "clerk" in by_bureau.get(unit.id, {})]
    for unit in staffed or units:
        people = {role: viewers[user] for role, user in by_bureau.get(unit.id, {}).items()}
        clerk = people.get("clerk")
        home = session.get(Unit, clerk.unit_id) if clerk is not None and clerk.unit_id is not None else None
        casts.append(Cast(home or unit, people))
    counter = viewers.get(anywhere.get("window", 0))
    home = session.get(Unit, counter.unit_id) if counter is not None and counter.unit_id is not None else None
    return casts, Cast(home or (units[0] if units else Unit()), {role: viewers[user] for role, user in anywhere.items()})


def _parties(session: Session, count: int) -> Sequence[Enterprise]:
    return session.scalars(select(Enterprise).where(Enterprise.uscc.is_not(None), Enterprise.name.contains("示例"))
                           .order_by(Enterprise.id).limit(count)).all()


def _instant(day: dt.date, rng: Random) -> dt.datetime:
    """Some moment of the working hours of a day; of today, one that is past."""
    return min(moment.start_of(day) + dt.timedelta(hours=9, minutes=rng.randrange(0, 480)), moment.now())
