"""What lies on the desks today: a decision and a repair in each state in which the year happens to have left none."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from addons.credit_repair.effects.penalty import service_known
from addons.credit_repair.models import Penalty, Repair
from addons.credit_repair.names import EXPLANATION
from addons.credit_repair.operations import open_repair, over
from core import moment
from core.access import Viewer, system_viewer
from core.case import act
from core.letter.batch import issue_for

ROUNDS = 3
"""How many decisions wait in each state, with another bureau each."""
REVIEWS = (("submit", "clerk"), ("pass_legal", "lawyer"), ("pass_publication", "publisher"))
ON_THE_WAY: Mapping[str, Sequence[tuple[str, str]]] = {
    "draft": (), "legal_review": REVIEWS[:1], "publish_review": REVIEWS[:2], "reviewed": REVIEWS,
    "reported": (*REVIEWS, ("report", "clerk")), "rejected": (*REVIEWS, ("report", "clerk"), ("reject", "publisher")),
    "validated": (*REVIEWS, ("report", "clerk"), ("accept", "publisher"))}
"""States of a decision and the steps that lead there, each with the role that does it."""
REPAIR_STEPS = ("precheck", "receive", "submit", "push", "accept", "check", "approve", "sync")
REPAIRS = ("precheck", "materials", "submitted", "pushed", "accepted", "checking", "approved", "synced")
DATA: Mapping[str, Mapping[str, Any]] = {
    "reject": {"code": "1001 名称与统一社会信用代码不一致"}, "receive": {"proof": True, "commitment": True},
    "sync": {"sync_platform": True, "sync_sharing": True, "sync_sanctions": True}}
LONG_AGO = dt.timedelta(days=3 * 366 + 40)
"""Longer than any publicity lasts."""
SINCE = dt.timedelta(days=6)
"""For so long the repairs are under way."""
Enter = Callable[[int, dt.date], Penalty]


def decisions(session: Session, casts: Sequence[Any], enter: Enter, rng: Random, today: dt.date) -> None:
    """Decisions of the last days, some of them overdue; and one whose publicity has run out."""
    for place, (state, steps) in enumerate([item for _round in range(ROUNDS) for item in ON_THE_WAY.items()]):
        day = today - dt.timedelta(days=place % 9 + (8 if place % 7 == 3 else 1))
        case = enter(place, day)
        for action, role in steps:
            _do(case, action, casts[place % len(casts)][role], min(day + dt.timedelta(days=1), today))
        assert case.state == state, (case.state, state)
    old = today - LONG_AGO
    case = enter(0, old)
    for action, role in (*ON_THE_WAY["validated"], ("publish", "publisher")):
        _do(case, action, casts[0][role], old + dt.timedelta(days=2))
    served(case, old + dt.timedelta(days=3), rng)
    with moment.at(today):
        over(session, moment.now())


def served(case: Penalty, day: dt.date, rng: Random) -> None:
    """Service of an older decision, as an imported sheet would tell it: no letter is rendered for a year that never was."""
    with moment.at(_morning(day)):
        case.served_on, case.served_how, case.served_with_letter = day, "直接送达", rng.random() < 0.93
        case.receipt = "示例回执" if case.served_with_letter else ""
        event = act.add_event(case, system_viewer("demonstration", "示例"), "note", note="送达（示例）")
        service_known(case, event)


def ripe(published: Sequence[Penalty], today: dt.date) -> list[Penalty]:
    """As many decisions as :func:`repairs` needs whose minimum period is over."""
    start = today - SINCE
    return [one for one in published if one.publicity(today).apply_from <= start and not one.sanctions][:len(REPAIRS) + 1]


def repairs(session: Session, rng: Random, casts: Mapping[int | None, Any], everywhere: Any, chosen: Sequence[Penalty],
            today: dt.date) -> None:
    """A repair in each state between the counter and its end; and one that is needed no longer."""
    start = today - SINCE
    for state, penalty in zip((*REPAIRS, "lapsed"), chosen, strict=False):
        cast = casts[penalty.bureau_id]
        if not penalty.performed:
            for action, field in (("pay", "paid_on"), ("put_right", "corrected_on")):
                if any(offer.action.name == action and offer.enabled for offer in act.available(penalty, cast["clerk"])):
                    _do(penalty, action, cast["clerk"], start, {field: start.isoformat()})
        with moment.at(_morning(start)):
            case = open_repair(session, everywhere["window"], [penalty], unit=everywhere.unit, agent_name="示例经办人",
                               agent_phone=f"199{rng.randrange(10**8):08d}", authorised=True)
        if state == "lapsed":
            _withdraw(session, penalty, cast["lawyer"], today)
            continue
        _take_to(case, state, cast, everywhere, start, rng)


def _take_to(case: Repair, state: str, cast: Any, everywhere: Any, start: dt.date, rng: Random) -> None:
    for place, action in enumerate(REPAIR_STEPS):
        if case.state == state:
            return
        day = start + dt.timedelta(days=place // 2)
        actor = everywhere["window" if place < 4 else "credit"] if place < 4 or action == "sync" else cast["clerk"]
        data = dict(DATA.get(action, {}))
        if action == "submit":
            data["external_number"] = f"XYZG-示例-{rng.randrange(10**6):06d}"
        if action == "push":
            data["pushed_on"] = day.isoformat()
        _do(case, action, actor, day, data)
        if state == "materials":
            _do(case, "ask_materials", actor, day, {"items": "义务履行完毕证明：缺少缴款票据（示例）",
                                                    "complete_by": (start + dt.timedelta(days=10)).isoformat()})


def _withdraw(session: Session, penalty: Penalty, lawyer: Viewer, today: dt.date) -> None:
    _do(penalty, "revoke", lawyer, today, {"outcome": "撤销", "instrument": f"宁政复决〔{today.year}〕示例9号",
                                           "effective_on": today.isoformat()})
    with moment.at(_morning(today)):
        issue_for(session, penalty, EXPLANATION)
    _do(penalty, "withdraw", lawyer, today)


def _do(case: Any, action: str, actor: Viewer, day: dt.date, data: Mapping[str, Any] | None = None) -> None:
    declared = case.workflow.action(action)
    with moment.at(_morning(day)):
        act.do(case, action, actor=actor, note="示例" if declared.note else "", data=dict(data or DATA.get(action, {})) or None)


def _morning(day: dt.date) -> dt.datetime:
    return min(moment.start_of(day) + dt.timedelta(hours=9), moment.now())
