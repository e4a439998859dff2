"""Several people decide: 会签, 或签, 依次审批, 加签, 撤回. With the last agreement the action happens; with a rejection it
does not.

A workflow says who is asked (:class:`core.case.workflow.Approval`); the one door asks them here instead of acting, and
acts when they have agreed. Who is named may read the case for as long as he has to decide, on record.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from core import moment
from core.access.grants import build_viewer
from core.access.models import Staff
from core.access.rows import in_the_name_of
from core.access.viewer import Viewer
from core.calendar import PeriodSpec, Unit, compute
from core.case import act, clocks, duty
from core.case.around import Decision, Round, RoundState, Vote
from core.case.models import Case, Event
from core.case.recipients import recipients
from core.case.workflow import Action, Together
from core.errors import NotAllowed, Refusal
from core.outbox.post import post
from core.signals import step_taken
from core.words import gettext as _


@act.asks
def ask(case: Case, action: Action, actor: Viewer, note: str, data: Mapping[str, Any], named: Sequence[int] = ()) -> Event:
    """Ask those whom the action's approval names to agree. The case stands where it is meanwhile."""
    wanted = action.approval
    if wanted is None:
        raise ValueError(f"nobody must agree to {action.name}")
    session = act.session_of(case)
    people = [session.get(Staff, key) for key in dict.fromkeys(named)] if wanted.named else []
    if wanted.named and not people:
        raise Refusal(_("Name who is to approve it."), "approvers")
    if any(person is None or not person.active for person in people):
        raise Refusal(_("There is no such person."), "approvers")
    if actor.user_id in named:
        raise Refusal(_("Whoever asks does not approve it himself."), "approvers")
    due = compute(PeriodSpec(wanted.days, Unit.WD), moment.today(), clocks.calendar_of(session))
    votes = [Vote(case=case, place=place, role=role) for place, role in enumerate(wanted.roles, 1)]
    votes += [Vote(case=case, place=place, user=person) for place, person in enumerate(people, len(votes) + 1)]
    made = Round(action=action.name, how=wanted.how, note=note, data=dict(data), asked_by_id=actor.user_id,
                 asked_by=actor.name, asked_at=moment.now(), due_on=due.due_on, votes=votes)
    case.rounds.append(made)
    case.awaiting = action.name
    event = act.add_event(case, actor, "approval_asked", action=action.name, note=note, how=wanted.how.value,
                          people=[person.name for person in people if person], roles=list(wanted.roles))
    _invite(made, actor)
    return event


def pending(case: Case) -> Round | None:
    """The round that is under way. Costs a statement only when there is one."""
    return next((each for each in case.rounds if each.state is RoundState.PENDING), None) if case.awaiting else None


def asked_now(found: Round) -> list[Vote]:
    """Those who are to speak now: all who have not, or the next one in turn."""
    left = [vote for vote in found.votes if vote.decision is None]
    return left[:1] if found.how is Together.IN_TURN else left


def vote_of(found: Round | None, actor: Viewer) -> Vote | None:
    """What the person may decide in the round now; None when it is not his turn. Nobody approves what he asked for."""
    if found is None or actor.user_id is None or actor.user_id == found.asked_by_id:
        return None
    mine = [vote for vote in asked_now(found) if vote.user_id in actor.ids]
    mine += [vote for vote in asked_now(found) if vote.user_id is None
             and actor.holds((vote.role,), found.case.unit_id, (found.case.assignee_id,))]
    return mine[0] if mine else None


def decide(case: Case, agree: bool, *, actor: Viewer, note: str = "") -> Event:
    """Agree (同意) or reject (驳回). What is settled by it happens at once, in the name of whoever asked."""
    found = pending(case)
    vote = vote_of(found, actor)
    if found is None or vote is None:
        raise NotAllowed(_("You are not asked to decide in this case now."))
    if not agree and not note.strip():
        raise Refusal(_("Give a reason."), "note")
    vote.decision, vote.note = Decision.AGREED if agree else Decision.REJECTED, note.strip()
    vote.decided_by_id, vote.decided_at = actor.user_id, moment.now()
    vote.decided_by = _("%(name)s for %(other)s", name=actor.name, other=vote.user.name) if (
        vote.user is not None and vote.user_id != actor.user_id) else actor.name
    event = act.add_event(case, actor, "approved" if agree else "rejected", action=found.action, note=note.strip())
    if not agree:
        _end(found, RoundState.REJECTED)
        _tell(found, [found.asked_by_id], _("Rejected: %(title)s", title=case.title), note.strip(), f"end:{found.id}")
    elif found.how is Together.ANY or not asked_now(found):
        _end(found, RoundState.AGREED)
        _fulfil(found)
    elif found.how is Together.IN_TURN:
        _invite(found, actor)
    act.session_of(case).flush()
    return event


def withdraw(case: Case, *, actor: Viewer, note: str = "") -> Event:
    """撤回: whoever asked, or whoever manages the case, takes the question back. What was said so far stays on record."""
    found = pending(case)
    if found is None:
        raise Refusal(_("Nobody is asked to approve anything in this case now."))
    if actor.user_id != found.asked_by_id:
        act.need(case, actor)
    _end(found, RoundState.WITHDRAWN)
    return act.add_event(case, actor, "approval_withdrawn", action=found.action, note=note)


def add_signer(case: Case, person: Staff, *, actor: Viewer, note: str = "", before: bool = False) -> Vote:
    """加签: have one more person asked; in turn, before or after the one whose turn it is."""
    found = pending(case)
    mine = vote_of(found, actor)
    if found is None or (mine is None and actor.user_id != found.asked_by_id):
        raise NotAllowed(_("You are not asked to decide in this case now."))
    if any(vote.user_id == person.id for vote in found.votes) or person.id == found.asked_by_id:
        raise Refusal(_("%(person)s takes part in this decision already.", person=person.name), "person")
    made = Vote(case=case, place=0, user_id=person.id, added_by=actor.name)
    now = asked_now(found)
    place = found.votes.index(mine or now[0]) + (0 if before else 1) if now else len(found.votes)
    found.votes.insert(place, made)
    for number, vote in enumerate(found.votes, 1):
        vote.place = number
    act.add_event(case, actor, "signer_added", action=found.action, note=note, name=person.name)
    _invite(found, actor)
    return made


def _invite(found: Round, actor: Viewer) -> None:
    """Tell those whose turn it is; named people may read the case until the day by which they have to decide."""
    case = found.case
    session = act.session_of(case)
    action = case.workflow.action(found.action)
    label = str(action.label) if action else found.action
    until = moment.start_of(found.due_on + dt.timedelta(days=1))
    for vote in asked_now(found):
        people = recipients(session, case, (vote.role,)) if vote.user_id is None else [vote.user_id]
        if vote.user is not None and vote.user_id not in _reading(case):
            duty.open_to(case, vote.user, until, _("Asked to approve “%(action)s”", action=label), actor=actor)
        _tell(found, [person for person in people if person != found.asked_by_id],
              _("To be approved: %(title)s", title=case.title),
              _("%(name)s asks for your approval of “%(action)s”, by %(day)s.", name=found.asked_by, action=label,
                day=found.due_on), f"ask:{found.id}:{vote.place}:{len(found.votes)}")


def _reading(case: Case) -> set[int]:
    return {reader.user_id for reader, _name in duty.readers(act.session_of(case), case)}


def _fulfil(found: Round) -> None:
    """Do what was asked for, as whoever asked: he must still be allowed to, and nothing may stand in the way."""
    case = found.case
    session, action = act.session_of(case), case.workflow.action(found.action)
    if action is None or found.asked_by_id is None:
        raise Refusal(_("This action is no longer part of the workflow."))
    asker = build_viewer(session, found.asked_by_id)
    agreed = [vote.decided_by for vote in found.votes if vote.decision is Decision.AGREED]
    with in_the_name_of(session, asker):
        act.fulfil(case, action, actor=asker, note=found.note, data=found.data, agreed=agreed)
    _tell(found, [found.asked_by_id], _("Approved: %(title)s", title=case.title), "、".join(agreed), f"end:{found.id}")


def _end(found: Round, state: RoundState) -> None:
    found.state, found.ended_at, found.case.awaiting = state, moment.now(), ""


def _tell(found: Round, people: Sequence[int | None], subject: str, body: str, occasion: str) -> None:
    for person in people:
        if person is not None:
            post(act.session_of(found.case), to=person, channel="inapp", subject=subject, body=body or subject,
                 dedupe_key=f"approval:{occasion}:{person}", link=f"/cases/{found.case.number}", case_id=found.case_id)


@step_taken.connect
def _overtaken(_kind: type[Case], case: Case, event: Event, **_rest: Any) -> None:
    """The system or a deed of another module moved the case while people were asked: there is nothing to agree to now."""
    found = pending(case)
    if found is not None and event.from_state != event.to_state:
        _end(found, RoundState.WITHDRAWN)
