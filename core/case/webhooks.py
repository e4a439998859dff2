"""What other programs are told of a case: that it was opened, and each step. Numbers and names of states, never contents:
whoever wants more asks the API, with the rights that he has there."""
from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.access.models import Unit
from core.case import act
from core.case.models import Case, Event
from core.outbox.models import Channel
from core.outbox.post import post
from core.outbox.webhooks import Webhook
from core.signals import case_opened, step_taken


@case_opened.connect
@step_taken.connect
def tell(_kind: type[Case], case: Case, event: Event, **_rest: Any) -> None:
    """Write the message in the transaction of the fact, for each address of the case's bureau or of the district that the
    bureau belongs to. One statement if none."""
    session = act.session_of(case)
    above = aliased(Unit)
    told = select(above.id).join(Unit, Unit.path.startswith(above.path)).where(Unit.id == case.bureau_id)
    hooks = session.scalars(select(Webhook).where(Webhook.bureau_id.in_(told), Webhook.active.is_(True))).all()
    for hook in hooks:
        if not hook.kinds or case.kind in hook.kinds:
            post(session, to=hook.url, channel=Channel.WEBHOOK, subject=f"case.{event.kind}", body=payload(case, event),
                 dedupe_key=f"webhook:{hook.id}:{event.id}", case_id=case.id)


def payload(case: Case, event: Event) -> str:
    """The JSON document of one event."""
    return json.dumps({
        "event": f"case.{event.kind}", "id": event.id, "at": event.at.isoformat(), "case": case.number, "kind": case.kind,
        "action": event.action, "from_state": event.from_state, "state": event.to_state, "meaning": case.meaning.value,
        "version": case.version}, ensure_ascii=False, sort_keys=True)
