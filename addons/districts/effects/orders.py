"""What a department's step on its order brings about on the need, in the same transaction."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.districts.effects.common import actor_of, beyond, session_of
from addons.districts.effects.needs import promise
from core import moment
from core.case import act, clocks
from core.rules.lookup import lookup

Data = Mapping[str, Any]


def _need(session: Session, order: Any) -> Any:
    from addons.districts.models import Need

    return session.get_one(Need, order.need_id)


def _round(session: Session, order: Any) -> Any:
    from addons.districts.models import Dispatch

    return session.scalars(select(Dispatch).where(Dispatch.order_number == order.number)).one()


def signed(order: Any, event: Any, data: Data) -> None:
    """Who handles it. For a complex need the day that is promised replaces the usual one."""
    order.section, order.handler = data["section"], data["handler"]
    order.assignee_id = order.assignee_id or event.actor_id
    if data.get("promised_on") and order.complex:
        order.promised_on = data["promised_on"]
        clock = clocks.running(order, "handle")
        if clock is not None:
            clocks.void(clock, event, "promised")
        session = session_of(order)
        clocks.start(session, order, order.workflow.deadline("handle"), event, event.at, clocks.calendar_of(
            session).count_working(moment.local(event.at).date(), order.promised_on))
    with beyond(session_of(order), "signed for by the department") as wide:
        order, need = wide.get_one(type(order), order.id), _need(wide, order)
        _round(wide, order).signed_at = event.at
        if order.lead and need.state == "dispatched":
            step = act.do(need, "dept_signed", actor=actor_of(event, "order"), note=f"{order.unit} {order.section}".strip())
            if order.promised_on is not None:
                promise(need, step, order.promised_on)


def returned(order: Any, event: Any, data: Data) -> None:
    """Back to the street with its ground; the need's own time runs on."""
    order.ground, order.reason = data["ground"], data["reason"]
    with beyond(session_of(order), "returned by the department") as wide:
        order, need = wide.get_one(type(order), order.id), _need(wide, order)
        told = _round(wide, order)
        told.returned_at = told.ended_at = event.at
        told.ground, told.reason = data["ground"], data["reason"]
        if order.lead:
            text = f"{order.unit}：{data['ground']}。{data['reason']} {data['suggested']}".strip()
            act.do(need, "dept_returned", actor=actor_of(event, "order"), note=text)


def reported(order: Any, event: Any, data: Data) -> None:
    """A general need: the street answers with it. A complex one: this is the answer, and the street is told."""
    order.reply = data["reply"]
    with beyond(session_of(order), "reported by the department") as wide:
        order, need = wide.get_one(type(order), order.id), _need(wide, order)
        told = _round(wide, order)
        told.answered_at = told.ended_at = event.at
        told.result = data["reply"]
        if not order.lead or need.state not in ("dispatched", "handling", "assigned"):
            act.add_event(need, actor_of(event, "order"), "note", note=f"{order.unit}：{data['reply']}")
        elif need.complex:
            act.do(need, "dept_answered", actor=actor_of(event, "order"), data={
                "result": data["result"], "reply": data["reply"], "basis": data["basis"], "mode": data["mode"]})
        else:
            act.do(need, "dept_reported", actor=actor_of(event, "order"), note=data["reply"])


def unsolved(order: Any, event: Any, data: Data) -> None:
    """The opinion of the competent bureau, with which the need climbs."""
    with beyond(session_of(order), "the department cannot solve it") as wide:
        order, need = wide.get_one(type(order), order.id), _need(wide, order)
        told = _round(wide, order)
        told.ended_at, told.result = event.at, event.note
        if need.state in ("dispatched", "handling", "assigned"):
            act.do(need, "dept_stuck", actor=actor_of(event, "order"), note=event.note)


def explained(order: Any, event: Any, data: Data) -> None:
    """The bureau signs; the street signs next."""
    with beyond(session_of(order), "explained by the department") as wide:
        order, need = wide.get_one(type(order), order.id), _need(wide, order)
        told = _round(wide, order)
        told.ended_at, told.result = event.at, data["explanation"]
        if need.state == "explaining":  # the street began, and waits for this signature
            need.explain_by_bureau, need.explain_bureau_id = event.actor, order.bureau_id
            need.explain_signer_id = event.actor_id
            need.explain_reason, need.explain_text, need.reply_basis = data["reason"], data["explanation"], data["basis"]
            act.add_event(need, actor_of(event, "order"), "note", note=data["explanation"])
        else:
            act.do(need, "dept_explains", actor=actor_of(event, "order"), data={
                **{name: data[name] for name in ("reason", "explanation", "basis", "other_way", "reserve")},
                "signed_by": event.actor, "unit_id": order.bureau_id})


def asked_enterprise(order: Any, event: Any, data: Data) -> None:
    """The need waits for the enterprise, and this order with it."""
    with beyond(session_of(order), "the enterprise must act first") as wide:
        act.do(_need(wide, order), "suspend", actor=actor_of(event, "order"), data=dict(data))


def extended(order: Any, event: Any, data: Data) -> None:
    """Both periods: the department's and the need's."""
    session = session_of(order)
    clock = clocks.running(order, "handle")
    if clock is not None:
        clocks.extend(clock, int(lookup(session, "need.extension", order.rule_day, order.bureau_id).value), event.note,
                      event.actor)
    with beyond(session, "extended by the department") as wide:
        act.do(_need(wide, order), "extend", actor=actor_of(event, "order"), note=event.note)
