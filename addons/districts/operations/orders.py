"""Orders to departments: sent with a dispatch, ended with the need."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.districts.effects.common import actor_of, beyond, session_of
from addons.districts.models import Dispatch, Need, Order
from core import moment
from core.access import Unit
from core.access.models import Staff
from core.case import act, clocks
from core.case.models import Attachment
from core.case.recipients import recipients
from core.case.workflow import CLOSED, Deadline
from core.outbox.post import post
from core.words import gettext as _


def send_order(need: Need, event: Any, data: Mapping[str, Any], *, level: int, final: bool) -> Order:
    """Give the lead unit and its helpers an order each; the street's ledger gets a line for each.

    ``data``: ``unit``, ``helpers`` (ids of units), ``done``, ``wanted``, and ``due_on`` where a day was decided.
    """
    with beyond(session_of(need), "an order to another unit") as session:
        own = session.get_one(Need, need.id)
        lead = _send(session, own, event, data, session.get_one(Unit, data["unit"]), level, final, lead=True)
        for key in data.get("helpers", ()):
            if key != data["unit"]:
                _send(session, own, event, data, session.get_one(Unit, key), level, True, lead=False)
        session.flush()
    return lead


def _send(session: Session, need: Need, event: Any, data: Mapping[str, Any], unit: Unit, level: int, final: bool, *,
          lead: bool) -> Order:
    asker = session.get(Staff, need.first_asker_id) if need.first_asker_id else None
    order = act.open_case(
        session, Order, actor_of(event, "dispatch"), unit=unit, title=need.title, enterprise_id=need.enterprise_id,
        opened_at=event.at, need_id=need.id, need_number=need.number, sender_id=need.unit_id, sender_name=need.unit.name,
        round=need.dispatches or 1, level=level, lead=lead, final=final, complex=need.complex,
        enterprise_name=need.enterprise_name, contact_name=need.contact_name, contact_phone=need.contact_phone,
        category=need.category, text=need.text, done=data["done"], wanted=data["wanted"],
        first_asker_name=asker.name if asker else "", confidentiality=need.confidentiality)
    _limit(session, order, need, data)
    for file in need.attachments:
        if file.removed_at is None:
            order.attachments.append(Attachment(
                name=file.name, category=file.category, sha256=file.sha256, size=file.size, content_type=file.content_type,
                uploaded_by_id=file.uploaded_by_id, uploaded_at=file.uploaded_at))
    need.ledger.append(Dispatch(unit_id=unit.id, order_number=order.number, level=level, lead=lead, final=final,
                                sent_at=event.at))
    session.flush()
    for person in recipients(session, order, ("districts.liaison", "unit")):
        post(session, to=person, channel="inapp", subject=_("Order to be signed for: %(title)s", title=need.title),
             body=_("%(street)s asks for help with %(number)s.", street=str(need.unit), number=need.number),
             dedupe_key=f"districts:order:{order.id}:{person}", link=f"/cases/{order.number}", case_id=order.id)
    return order


def _limit(session: Session, order: Order, need: Need, data: Mapping[str, Any]) -> None:
    """The department's own limit: the day that was decided, else its usual one, but never after the need's own day."""
    calendar, first = clocks.calendar_of(session), order.events[0]
    since = moment.local(first.at).date()
    day = data.get("due_on")
    if day is None:
        own = clocks.running(need, "promised") or clocks.running(need, "total")
        day = own.due_on if own is not None and not own.paused else None
    amount = max(calendar.count_working(since, day), 1) if day is not None else None
    clocks.start(session, order, cast(Deadline, order.workflow.deadline("handle")), first, first.at, amount)
    clocks.refresh_due(order)


def open_orders(session: Session, need_id: int) -> Sequence[Order]:
    """The orders of a need that somebody still has in hand."""
    return session.scalars(select(Order).where(Order.need_id == need_id, Order.meaning != CLOSED).order_by(Order.id)).all()


def cancel_orders(need: Need, event: Any) -> None:
    """The need is answered or ended: nobody needs to work on its orders any more."""
    with beyond(session_of(need), "the need is answered or ended") as session:
        own = session.get_one(Need, need.id)
        for order in open_orders(session, need.id):
            act.do(order, "cancel", actor=actor_of(event, "the need is answered or ended"))
        for each in own.ledger:
            if each.open:
                each.ended_at = event.at
