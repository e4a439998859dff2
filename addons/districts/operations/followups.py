"""Meetings, supervision and hand-overs are opened from a need, by the hub."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addons.districts.effects.common import actor_of, beyond, named_unit, session_of
from addons.districts.models import Handover, Meeting, MeetingMatter, Need, Supervision
from core import moment
from core.access import Unit
from core.case import act, clocks
from core.case.models import Confidentiality
from core.words import gettext as _


def open_meeting(need: Need, event: Any, data: Mapping[str, Any]) -> Meeting:
    """A joint meeting with this need on its agenda."""
    with beyond(session_of(need), "a joint meeting is called") as session:
        meeting = act.open_case(session, Meeting, actor_of(event, "meeting"), unit=named_unit(session, "hub"),
                                title=_("Joint meeting of %(day)s", day=data["meets_on"]), meets_on=data["meets_on"],
                                place=data["place"], chair=data["chair"])
        meeting.matters.append(MeetingMatter(need_id=need.id, need_number=need.number, title=need.title, helpers=[]))
        session.flush()
    return meeting


def open_supervision(need: Need, event: Any, data: Mapping[str, Any]) -> Supervision:
    """A supervision of the unit that holds the need up, with the day on which it was due by the stored clock."""
    with beyond(session_of(need), "a need is supervised") as session:
        target = session.get_one(Unit, data["unit"])
        clock = clocks.running(need, "promised") or clocks.running(need, "total")
        late = 0
        if clock is not None and clock.due_at <= moment.now():
            late = clocks.calendar_of(session).count_working(clock.due_on, moment.today())
        made = act.open_case(session, Supervision, actor_of(event, "supervision"), unit=named_unit(session, "hub"),
                             title=need.title, enterprise_id=need.enterprise_id, need_id=need.id, need_number=need.number,
                             target_id=target.id, target_name=target.name, problem=data["problem"],
                             was_due_on=clock.due_on if clock is not None else None, days_late=late)
        session.flush()
    return made


def open_handover(supervision: Supervision, event: Any, data: Mapping[str, Any]) -> Handover:
    """A restricted record for those who discipline."""
    with beyond(session_of(supervision), "a lead is handed over") as session:
        made = act.open_case(session, Handover, actor_of(event, "hand-over"), unit=named_unit(session, "hub"),
                             title=_("Lead on %(unit)s", unit=supervision.target_name),
                             confidentiality=Confidentiality.RESTRICTED, supervision_number=supervision.number,
                             target_name=supervision.target_name, receiver=data["receiver"], facts=data["facts"],
                             evidence_list=data["evidence"], impact=data["impact"])
        session.flush()
    return made
