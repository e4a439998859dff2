"""Needs: received through any channel, merged, split, linked; and what the enterprise itself may do with its own."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from addons.districts.channels import Incoming
from addons.districts.effects.common import beyond, named_unit
from addons.districts.effects.rounds import end_rounds
from addons.districts.forms.needs import NeedForm
from addons.districts.masking import mask
from addons.districts.models import Need, NeedChannel, SealedText
from addons.districts.operations.observers import tell_other_street
from core import moment
from core.access import Unit, Viewer, system_viewer
from core.case import act, clocks, merging
from core.case.duplicates import alike
from core.case.links import link
from core.case.models import Attachment, Confidentiality, Event
from core.case.opening import Wanted, opens
from core.case.workflow import CLOSED
from core.errors import FieldError, Invalid, Refusal
from core.party.models import Enterprise
from core.party.picking import find_enterprise
from core.signals import cases_merged
from core.words import gettext as _


def submit_need(session: Session, actor: Viewer, given: Incoming, *, enterprise: Enterprise | None = None,
                unit: Unit | None = None, batch: int | None = None) -> Need:
    """A need has arrived through a channel: its clocks run from the moment of receipt (收到), whenever that was.

    It goes to the street of the enterprise's officer, else to ``unit``, else to the hub. Identity numbers, accounts and
    phones are masked and the original goes under seal. The same number of the same channel again gives the need that there
    is. Refuses a text that is too short or too long.
    """
    known = _repeated(session, given)
    if known is not None:
        return known
    faults = _faults(given)
    if faults:
        raise Invalid(faults)
    if enterprise is None:
        enterprise = find_enterprise(session, given.code or given.enterprise_name)
    at = min(given.received_at or moment.now(), moment.now())
    served = serving(session, enterprise, moment.local(at).date())
    own = session.get(Unit, served.unit_id) if served else None
    street = unit or own or _street_named(session, given.street) or _hub(session)
    text, title = mask(given.text), mask(given.title)
    found = tuple(dict.fromkeys((*text.found, *title.found)))
    secret = text.secret or title.secret
    need = act.open_case(
        session, Need, actor, unit=street, title=title.text[:60] or given.category, opened_at=at,
        enterprise_id=enterprise.id if enterprise else None, assignee_id=served.user_id if served else None,
        enterprise_name=(enterprise.name if enterprise else given.enterprise_name) or _("unknown"),
        contact_name=given.contact_name, contact_phone=given.contact_phone, channel=given.channel,
        channel_no=given.channel_no, category=given.category, sort=given.sort, urgency=given.urgency, text=text.text,
        street_id=street.id, area_code=served.area_code if served else "", excluded=secret, import_batch_id=batch,
        confidentiality=Confidentiality.RESTRICTED if secret else Confidentiality.ENTERPRISE)
    need.first_asker_id = actor.user_id or (served.user_id if served else None)
    need.channels.append(NeedChannel(channel=given.channel, channel_no=given.channel_no, received_at=at, due_at=given.due_at))
    if given.due_at is not None:
        channel_clock(need, need.events[0])
    tell_other_street(session, need, enterprise, actor)
    if found or secret:
        with beyond(session, "what was masked goes under seal") as wide:
            wide.add(SealedText(case_id=need.id, why="、".join((*found, secret)).strip("、"), sealed_at=moment.now(),
                                original=f"{given.title}\n{given.text}"))
            wide.flush()
        need.events[0].note = (need.events[0].note + _(
            "Masked when it was entered: %(what)s.", what="、".join(found) or secret)).strip()
    session.flush()
    return need


def enter_need(session: Session, actor: Viewer, data: Mapping[str, Any]) -> Need:
    """The form of an officer who writes down what an enterprise told him. Similar open needs are named, not refused."""
    enterprise = find_enterprise(session, data["enterprise"])
    if enterprise is None:
        raise Refusal(_("The register has no enterprise “%(name)s”. Use its credit code.", name=data["enterprise"]),
                      "enterprise")
    given = Incoming(data["channel"], data["title"], data["text"], enterprise.name, enterprise.uscc or "",
                     data["contact_name"], data["contact_phone"], data["channel_no"], data["category"], data["sort"],
                     data["urgency"])
    unit = session.get(Unit, actor.unit_id) if actor.unit_id is not None else None
    reach = actor.reach("districts.need:create")
    served = serving(session, enterprise, moment.today())
    if served is not None and not reach.covers(served.unit_id):
        raise Refusal(_("%(name)s is served by %(street)s. Tell its officer, who enters the need.", name=enterprise.name,
                        street=str(session.get(Unit, served.unit_id))), "enterprise")
    bureau = unit.bureau if unit is not None else None
    return submit_need(session, actor, given, enterprise=enterprise, unit=None if served else bureau or unit)


@opens("districts.need", NeedForm)
def _open(session: Session, actor: Viewer, wanted: Wanted) -> Need:
    return enter_need(session, actor, wanted.data)


def serving(session: Session, enterprise: Enterprise | None, on: dt.date) -> Any:
    """Who serves the enterprise on the day ``on``: ``user_id``, ``unit_id`` (the street), ``area_code``; None: nobody."""
    if enterprise is None:
        return None
    from addons.districts.operations.serving import primary_of

    return primary_of(session, enterprise.id, on)


def channel_clock(need: Need, event: Any) -> None:
    """The earliest of the limits that the channels have set governs beside the need's own."""
    limits = [channel.due_at for channel in need.channels if channel.due_at is not None]
    session = _session(need)
    running, deadline = clocks.running(need, "channel"), need.workflow.deadline("channel")
    if not limits or deadline is None:
        return
    since, until = moment.local(event.at).date(), moment.local(min(limits)).date()
    if running is not None:
        if running.due_on <= until:
            return
        clocks.void(running, event, _("Another channel has an earlier limit"))
    amount = max(clocks.calendar_of(session).count_working(since, until), 1)
    clocks.start(session, need, deadline, event, event.at, amount)
    clocks.refresh_due(need)


def similar_needs(session: Session, enterprise_id: int | None, title: str, *, besides: int | None = None,
                  limit: int = 5) -> list[Need]:
    """Open needs that are likely the same matter, the likeliest first; suggested before one more is entered."""
    found = alike(session, Need, title=title, enterprise_id=enterprise_id, at=moment.now(), without=besides, limit=limit * 3)
    return [each.case for each in found if isinstance(each.case, Need) and each.case.meaning is not CLOSED][:limit]


def merge_needs(session: Session, actor: Viewer, kept: Need, other: Need, note: str = "") -> Need:
    """并案: ``other`` is the same matter as ``kept``; the one that was received earlier goes on. Returns that one."""
    if kept.enterprise_id is None or kept.enterprise_id != other.enterprise_id:
        raise Refusal(_("Only needs of one enterprise are merged. Needs of several with one cause are linked to a common "
                        "issue."), "number")
    if other.opened_at < kept.opened_at:
        kept, other = other, kept
    merging.merge(other, kept, actor=actor, note=note or _("%(number)s is the same matter.", number=kept.number))
    return kept


@cases_merged.connect
def _channels_follow(_kind: Any, case: Any, into: Any, undone: bool) -> None:
    """Every channel keeps its number and its own limit; the earliest governs, and one answer goes to all of them. What came
    twice by one way without a number has come that way."""
    if not isinstance(case, Need):
        return
    mine = {(channel.channel, channel.channel_no) for channel in case.channels}
    if undone:
        into.channels[:] = [channel for channel in into.channels if channel.received_at == into.opened_at
                            or (channel.channel, channel.channel_no) not in mine]
        return
    known = {(channel.channel, channel.channel_no) for channel in into.channels}
    into.channels.extend(
        NeedChannel(channel=channel.channel, channel_no=channel.channel_no, received_at=channel.received_at,
                    due_at=channel.due_at) for channel in case.channels
        if (channel.channel, channel.channel_no) not in known)
    case.result_class = "并案"
    end_rounds(case, case.events[-1])
    channel_clock(into, into.events[-1])


def split_need(session: Session, actor: Viewer, need: Need, *, title: str, text: str, remaining: str = "",
               category: str = "") -> Need:
    """A text that holds two matters becomes two needs (one may be refused while the other is served). Both were received
    at the same moment."""
    if need.meaning is CLOSED:
        raise Refusal(_("The need %(number)s is closed.", number=need.number))
    made = submit_need(session, actor, Incoming(
        need.channel, title, text, need.enterprise_name, "", need.contact_name, need.contact_phone, "",
        category or need.category, need.sort, need.urgency, need.opened_at), enterprise=need.enterprise,
        unit=need.unit)
    made.first_asker_id = need.first_asker_id
    if remaining:
        need.text = mask(remaining).text
    link(made, need, "follows", actor=actor, note=_("Split off: %(number)s.", number=made.number))
    session.flush()
    return made


def rate(session: Session, need: Need, score: int, *, response: int | None = None, attitude: int | None = None,
         outcome: int | None = None, comment: str = "", channel: str = "portal", address: str = "",
         actor: Viewer | None = None) -> Event:
    """The enterprise's own verdict. Refused before the answer and a second time. A bad one reopens the need, once.

    The caller has made sure that it is the enterprise (a one-time token to its own contact); staff cannot rate.
    """
    speaker = actor or enterprise_viewer(need)
    return act.do(need, "rate", actor=speaker, data={
        "score": score, "response": response, "attitude": attitude, "outcome": outcome, "comment": mask(comment).text,
        "channel": channel, "address": address})


def dissatisfied(session: Session, need: Need, reason: str, *, actor: Viewer | None = None) -> Event:
    """The answer does not help: the need is reopened, once by the enterprise itself; the clock starts anew."""
    return act.do(need, "dissatisfied", actor=actor or enterprise_viewer(need), data={"reason": mask(reason).text})


def object_to_refusal(session: Session, need: Need, reason: str, *, actor: Viewer | None = None) -> Event:
    """The enterprise objects to the screening, once, within the period; the hub reviews it."""
    return act.do(need, "object", actor=actor or enterprise_viewer(need), data={"reason": mask(reason).text})


def add_material(session: Session, need: Need, text: str = "", files: Sequence[Attachment] = (), *,
                 actor: Viewer | None = None) -> Event:
    """The enterprise brings what was missing: files that are stored already, and words. A need that waited for it goes on."""
    if need.meaning is CLOSED:
        raise Refusal(_("This need is closed."))
    if not text.strip() and not files:
        raise Refusal(_("Write something, or add a file."), "text")
    speaker = actor or enterprise_viewer(need)
    need.attachments.extend(files)
    event = act.add_event(need, speaker, "material", note=mask(text).text.strip(), public=True, files=[f.name for f in files])
    if need.state == "suspended":
        act.do(need, "material_came", actor=speaker)
    return event


def withdraw_need(session: Session, need: Need, reason: str, *, actor: Viewer | None = None) -> Event:
    """The enterprise does not pursue it."""
    return act.do(need, "withdraw", actor=actor or enterprise_viewer(need), note=reason.strip() or _("withdrawn"))


def enterprise_viewer(need: Need) -> Viewer:
    """The enterprise itself, on its own need: what it may do is for the portal to have made sure."""
    return system_viewer("the enterprise on its own need", _("Enterprise"))


def _repeated(session: Session, given: Incoming) -> Need | None:
    if not given.channel_no:
        return None
    return session.scalars(select(Need).join(NeedChannel, NeedChannel.case_id == Need.id).where(
        NeedChannel.channel == given.channel, NeedChannel.channel_no == given.channel_no, Need.merged_into_id.is_(None))
        .order_by(Need.id).limit(1)).one_or_none()


def _faults(given: Incoming) -> list[FieldError]:
    faults = []
    if not 10 <= len(given.text.strip()) <= 2000:
        faults.append(FieldError("text", _("Describe the matter in 10 to 2000 characters.")))
    if not given.title.strip():
        faults.append(FieldError("title", _("Give the matter in one line.")))
    return faults


def _street_named(session: Session, code: str) -> Unit | None:
    if not code:
        return None
    return session.scalars(select(Unit).where(or_(Unit.code == code, Unit.name == code, Unit.short_name == code),
                                              Unit.active.is_(True)).limit(1)).one_or_none()


def _hub(session: Session) -> Unit:
    return named_unit(session, "hub")


def _session(case: Any) -> Session:
    from addons.districts.effects.common import session_of

    return session_of(case)
