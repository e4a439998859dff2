"""What the steps of a meeting, of supervision and of a hand-over change beside the state."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from addons.districts.effects.common import actor_of, beyond, session_of
from addons.districts.effects.needs import promise
from core.case import act
from core.case.models import CaseTask
from core.errors import Refusal
from core.words import gettext as _

Data = Mapping[str, Any]


def matter_added(case: Any, event: Any, data: Data) -> None:
    """Another need on the agenda."""
    from addons.districts.models import MeetingMatter, Need

    need = session_of(case).scalars(select(Need).where(Need.number == data["need"].strip())).one_or_none()
    if need is None or need.state != "hub":
        raise Refusal(_("The need %(number)s is not with the hub.", number=data["need"]), "need")
    case.matters.append(MeetingMatter(need_id=need.id, need_number=need.number, title=need.title, helpers=[]))


def resolved(case: Any, event: Any, data: Data) -> None:
    """Lead unit, helpers, task and day."""
    matter = next(m for m in case.matters if m.need_number == data["need"].strip())
    matter.lead_id, matter.helpers = data["lead"], list(data["helpers"])
    matter.task, matter.due_on = data["task"], data["due_on"]
    if case.state == "held":
        carry_out(case, event, matter)


def held(case: Any, event: Any, data: Data) -> None:
    """The minutes stand; each resolution goes on its way."""
    case.present, case.absent, case.attending = data["present"], data["absent"], data["attending"]
    case.held_at = event.at
    for matter in case.matters:
        carry_out(case, event, matter)


def carry_out(case: Any, event: Any, matter: Any) -> None:
    """An order to the lead unit and its helpers, a task for the hub to follow, a promised day where the need is complex."""
    from addons.districts.models import Need
    from addons.districts.operations.orders import send_order

    case.tasks.append(CaseTask(title=f"{matter.need_number} {matter.task}"[:255], due_on=matter.due_on))
    with beyond(session_of(case), "a resolution of the meeting") as wide:
        need = wide.get_one(Need, matter.need_id)
        if need.state not in ("hub", "feedback", "leader"):
            return
        step = act.do(need, "assign_lead", actor=actor_of(event, "meeting"), note=f"{case.number}：{matter.task}")
        send_order(need, step, {"unit": matter.lead_id, "helpers": matter.helpers, "done": need.obstacle or need.text,
                                "wanted": matter.task, "due_on": matter.due_on}, level=3, final=True)
        promise(need, step, matter.due_on)


def instructed(case: Any, event: Any, data: Data) -> None:
    """What the leaders said."""
    case.instruction, case.instructed_by = data["instruction"], data["by"]


def fed_back(case: Any, event: Any, data: Data) -> None:
    """What the unit answered."""
    case.feedback = data["feedback"]


def cleared(case: Any, event: Any, data: Data) -> None:
    """The need may be supervised anew."""
    from addons.districts.models import Need

    with beyond(session_of(case), "supervision ends") as wide:
        need = wide.get_one(Need, case.need_id)
        need.supervised = False
        act.add_event(need, actor_of(event, "supervision"), "note", note=_("Supervision cleared."))


def shirked(case: Any, event: Any, data: Data) -> None:
    """A restricted record of its own; the supervision itself says nothing of it."""
    from addons.districts.operations.followups import open_handover

    case.shirking = True
    event.data = {}
    open_handover(case, event, data)


def receipted(case: Any, event: Any, data: Data) -> None:
    """Who received it."""
    case.receipt = data["receipt"]
