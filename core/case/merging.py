"""Two cases of one matter become one, and two again when it was a mistake.

The merged case keeps its number, its timeline and its files, and stands still; the other one goes on. Nothing is moved,
so nothing has to be moved back but who is kept informed.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core import moment
from core.access.rows import beside
from core.access.viewer import Viewer
from core.case import clocks
from core.case.act import add_event, need, session_of
from core.case.models import Case, Event, Watcher
from core.case.workflow import CLOSED
from core.errors import NotFound, Refusal
from core.party.models import Enterprise
from core.signals import cases_merged, enterprises_merged
from core.words import gettext as _

MERGED = "merged"
"""The result of a case that was merged."""


def merge(case: Case, into: Case, *, actor: Viewer, note: str) -> Event:
    """合并: ``into`` goes on in the place of ``case``, whose clocks fall away. Both must be open and of one kind."""
    need(case, actor)
    if not into.visible_to(actor):
        raise NotFound(_("There is no case with this number that you may see."))
    need(into, actor)
    if not note.strip():
        raise Refusal(_("Give a reason."), "note")
    if case.id == into.id or case.kind != into.kind:
        raise Refusal(_("Only another case of the same kind can go on in its place."), "other")
    if case.merged_into_id is not None or into.merged_into_id is not None:
        raise Refusal(_("One of the two was merged already."), "other")
    if CLOSED in (case.meaning, into.meaning):
        raise Refusal(_("One of the two is closed. Link them instead."), "other")
    if not case.alike_titles and case.enterprise_id != into.enterprise_id:
        raise Refusal(_("The two are of different enterprises. If it is one entered twice, merge its records first."), "other")
    session = session_of(case)
    case.merged_into_id, case.meaning, case.closed_at, case.result = into.id, CLOSED, moment.now(), MERGED
    followers = _copy_watchers(session, case, into)
    event = add_event(case, actor, MERGED, note=note, name=into.number, watchers=followers)
    for clock in case.clocks:
        if clock.running:
            clocks.void(clock, event, _("Merged into %(number)s", number=into.number))
    clocks.refresh_due(case)
    add_event(into, actor, MERGED, note=note, name=case.number, back=True)
    cases_merged.send(type(case), case=case, into=into, undone=False)
    session.flush()
    return event


def unmerge(case: Case, *, actor: Viewer, note: str) -> Event:
    """撤销合并: the case goes on by itself from where it stood; its duties run from their old days, as if never merged."""
    need(case, actor)
    if case.merged_into_id is None:
        raise Refusal(_("This case was not merged."))
    if not note.strip():
        raise Refusal(_("Give a reason."), "note")
    session = session_of(case)
    into = session.get(Case, case.merged_into_id)
    merged = next(event for event in reversed(case.events) if event.kind == MERGED and not event.data.get("back"))
    case.merged_into_id, case.closed_at, case.result = None, None, ""
    case.meaning = case.state_info.meaning
    event = add_event(case, actor, "unmerged", note=note, name=merged.data["name"])
    for clock in [c for c in case.clocks if c.stop_event_id == merged.id]:
        clocks.renew(clock, event)
    clocks.refresh_due(case)
    if into is not None:
        for watcher in session.scalars(select(Watcher).where(
                Watcher.case_id == into.id, Watcher.user_id.in_(merged.data.get("watchers", [])))).all():
            session.delete(watcher)
        add_event(into, actor, "unmerged", note=note, name=case.number)
        cases_merged.send(type(case), case=case, into=into, undone=True)
    session.flush()
    return event


def _copy_watchers(session: Session, case: Case, into: Case) -> list[int]:
    """Whoever is kept informed of the one is kept informed of the other; returns who was not before."""
    query = select(Watcher.user_id)
    had = set(session.scalars(query.where(Watcher.case_id == into.id)))
    new = [user for user in session.scalars(query.where(Watcher.case_id == case.id)) if user not in had]
    session.add_all(Watcher(case=into, user_id=user, added_at=moment.now()) for user in new)
    return new


@enterprises_merged.connect
def tell_cases(session: Session, gone: Enterprise, into: Enterprise, moved: Mapping[str, Sequence[int]], undone: bool,
               **_rest: Any) -> None:
    """Write on the timeline of each case that changed its enterprise why it did."""
    ids = moved.get(Case.__tablename__, ())
    now, before, after = moment.now(), (into if undone else gone).name, (gone if undone else into).name
    note = _("The record of %(before)s was separated again: now %(after)s.", before=before, after=after) if undone else \
        _("The records %(before)s and %(after)s are one enterprise.", before=before, after=after)
    if ids:
        with beside(session, "enterprises were merged") as everything:
            states = everything.execute(select(Case.id, Case.state).where(Case.id.in_(ids))).all()
            everything.execute(insert(Event), [
                {"case_id": row.id, "at": now, "kind": "enterprise", "from_state": row.state, "to_state": row.state,
                 "actor": _("System"), "note": note, "data": {"before": gone.id, "after": into.id}} for row in states])
