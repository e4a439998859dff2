"""What a bureau settles for itself about a kind of case: who gets it, which replies are ready, when who is reminded.

What the module declares holds until the bureau has a row of its own; a row that goes gives the module's word back. The
engine asks here, and nowhere else. Plain functions; the caller commits.
"""
from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from core import moment
from core.access.models import Unit
from core.access.rows import beside
from core.access.viewer import Viewer
from core.case.models import Case
from core.case.workflow import ANY, CLOSED, Assignment, Deadline, Pick, Reminder, Reply
from core.db import Json, Model, UtcDateTime, enum_column
from core.errors import NotAllowed, NotFound, Refusal
from core.words import gettext as _

PERMISSION = "work:arrange"
MEMO = "arrangements"
MOST = 60
"""So many rules of one assignment, rungs of one ladder, own replies of one kind."""
HOURS = range(24)
CHANNELS = ("inapp", "email", "sms", "wecom")


class Sort(enum.StrEnum):
    """What is settled: of a state who gets the case (分派), a ready reply (常用回复), of a duty the ladder (提醒阶梯)."""

    ASSIGNMENT = "assignment"
    REPLY = "reply"
    LADDER = "ladder"


class Arrangement(Model):
    """One thing that a bureau settled for itself. Everybody may know it: it says how work is done, and nothing of a case.

    ``name`` is the state, the reply or the deadline; ``data`` is ``{"how", "roles", "rules": [{"field", "text", "person"}]}``,
    ``{"label", "text", "states", "actions", "offered"}`` or ``{"rungs": [the fields of Reminder]}``.
    """

    __tablename__ = "core_arrangement"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    kind: Mapped[str] = mapped_column(String(64))
    sort: Mapped[Sort] = mapped_column(enum_column(Sort, 16))
    name: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("bureau_id", "kind", "sort", "name"),)


Own = Mapping[str, Mapping[str, Any]]


def own(session: Session, bureau_id: int, kind: str, sort: Sort) -> Own:
    """What the bureau settled for a kind of case, by name: one statement for a bureau in a transaction."""
    now = session.get_transaction()
    held, known = session.info.get(MEMO, (None, {}))
    if held is not now or now is None:
        known = {}
    if bureau_id not in known:
        with session.no_autoflush:  # asked in the middle of a step
            known[bureau_id] = [(row.kind, row.sort, row.name, row.data) for row in session.execute(
                select(Arrangement.kind, Arrangement.sort, Arrangement.name, Arrangement.data)
                .where(Arrangement.bureau_id == bureau_id).order_by(Arrangement.id))]
        session.info[MEMO] = session.get_transaction(), known
    return {name: data for of, is_, name, data in known[bureau_id] if (of, is_) == (kind, sort)}


def assignment_of(session: Session, case: Case) -> Assignment | None:
    """Who gets the case in the state that it is in; None when nobody says so."""
    found = own(session, case.bureau_id, case.kind, Sort.ASSIGNMENT).get(case.state)
    if found is not None:
        return assignment_from(case.state, found)
    return declared_assignment(type(case), case.state, case.workflow.assignments)


def declared_assignment(kind: type[Case], state: str, among: Sequence[Assignment] | None = None) -> Assignment | None:
    """What the module declares for a state."""
    return next((each for each in (kind.workflow.assignments if among is None else among) if state in each.states), None)


def assignment_from(state: str, data: Mapping[str, Any]) -> Assignment:
    """A bureau's own assignment as the engine reads it."""
    return Assignment((state,), tuple(data["roles"]), Pick(data["how"]) if data["how"] else Pick.BY_LOAD,
                      _ruled(data.get("rules", ())))


def replies_of(session: Session, case: Case) -> Sequence[Reply]:
    """The replies for the case's kind: the module's, those of the bureau in their place, and the bureau's own."""
    return replies_for(session, case.bureau_id, case.kind, case.workflow.replies)


def replies_for(session: Session, bureau_id: int, kind: str, declared: Sequence[Reply]) -> Sequence[Reply]:
    """The same for any list of declared ones. What the bureau does not offer is left out."""
    settled = own(session, bureau_id, kind, Sort.REPLY)
    names = list(dict.fromkeys([*(each.name for each in declared), *settled]))
    known = {each.name: each for each in declared}
    return [reply_from(name, settled[name]) if name in settled else known[name] for name in names
            if settled.get(name, {}).get("offered", True)]


def reminders_of(session: Session, case: Case, deadline: Deadline) -> Sequence[Reminder]:
    """The ladder of a duty of the case."""
    return reminders_for(session, case.bureau_id, case.kind, deadline)


def reminders_for(session: Session, bureau_id: int, kind: str, deadline: Deadline) -> Sequence[Reminder]:
    """The ladder of a duty in a bureau."""
    found = own(session, bureau_id, kind, Sort.LADDER).get(deadline.code)
    return deadline.reminders if found is None else [rung_from(each) for each in found["rungs"]]


def rung_from(data: Mapping[str, Any]) -> Reminder:
    """A rung out of a row; what a later version of the suite does not know any more is passed over."""
    known = {each.name for each in fields(Reminder)}
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value
                             for name, value in data.items() if name in known}
    return Reminder(**given)


def arrange(session: Session, bureau: Unit, kind: type[Case], sort: Sort, name: str, data: Mapping[str, Any],
            actor: Viewer) -> Arrangement:
    """Settle one thing for the bureau; in force at once, also for what runs. Raises :class:`Refusal` that says what is
    wrong."""
    _need(actor, bureau, kind)
    checked = {Sort.ASSIGNMENT: _check_assignment, Sort.REPLY: _check_reply, Sort.LADDER: _check_ladder}[sort](
        session, kind, name, dict(data))
    found = _row(session, bureau.id, kind, sort, name)
    if found is None:
        found = Arrangement(bureau_id=bureau.id, kind=identity(kind), sort=sort, name=name)
        session.add(found)
    found.data, found.by_id, found.at = checked, actor.user_id, moment.now()
    _in_force(session, bureau, kind, sort, name)
    return found


def give_back(session: Session, bureau: Unit, kind: type[Case], sort: Sort, name: str, actor: Viewer) -> None:
    """What the module declares holds again; a reply of the bureau's own is gone."""
    _need(actor, bureau, kind)
    found = _row(session, bureau.id, kind, sort, name)
    if found is None:
        raise NotFound(_("The bureau settled nothing of its own here."))
    session.delete(found)
    _in_force(session, bureau, kind, sort, name)


def identity(kind: type[Case]) -> str:
    """The name of a kind of case."""
    return str(kind.__mapper__.polymorphic_identity)


def free_name(session: Session, bureau_id: int, kind: type[Case]) -> str:
    """A name for one more reply of the bureau's own."""
    settled = own(session, bureau_id, identity(kind), Sort.REPLY)
    if len(settled) >= MOST:
        raise Refusal(_("There are %(n)s of them already. Take one away first.", n=MOST))
    return next(f"own_{n}" for n in range(1, MOST + 2) if f"own_{n}" not in settled)


def as_data(rungs: Sequence[Reminder]) -> list[dict[str, Any]]:
    """Rungs as a row keeps them."""
    return [{name: list(value) if isinstance(value, tuple) else value for name, value in asdict(each).items()}
            for each in rungs]


def _ruled(rules: Sequence[Mapping[str, str]]) -> Callable[[Any], str | None]:
    def rule(case: Any) -> str | None:
        return next((each["person"] for each in rules if each["text"] in str(getattr(case, each["field"], None) or "")), None)
    return rule


def reply_from(name: str, data: Mapping[str, Any]) -> Reply:
    """A bureau's own reply as the engine reads it."""
    return Reply(name, data["label"], data["text"], tuple(data["states"]) or (ANY,), tuple(data["actions"]))


def _check_assignment(_session: Session, kind: type[Case], name: str, data: dict[str, Any]) -> dict[str, Any]:
    state = kind.workflow.by_name.get(name)
    if state is None or state.meaning is CLOSED:
        raise NotFound(_("There is no such state."))
    if data["how"] not in ("", *Pick):
        raise Refusal(_("Choose how one of several people is found."), "how")
    if data["how"] and not data["roles"]:
        raise Refusal(_("Choose at least one role."), "roles")
    rules = data.get("rules", [])
    if len(rules) > MOST:
        raise Refusal(_("There are %(n)s of them already. Take one away first.", n=MOST))
    for rule in rules:
        if not str(rule.get("text", "")).strip():
            raise Refusal(_("Say which word decides."), "text")
    return {"how": data["how"], "roles": list(data["roles"]), "rules": list(rules)}


def _check_reply(_session: Session, kind: type[Case], name: str, data: dict[str, Any]) -> dict[str, Any]:
    if not str(data["label"]).strip() or not str(data["text"]).strip():
        raise Refusal(_("Give the reply a name and a text."), "text")
    known = {action.name for action in kind.workflow.actions}
    unknown = [each for each in data["states"] if each != ANY and each not in kind.workflow.by_name]
    unknown += [each for each in data["actions"] if each not in known]
    if unknown:
        raise Refusal(_("The workflow does not know: %(names)s.", names="、".join(unknown)), "states")
    return {"label": data["label"], "text": data["text"], "states": list(data["states"]), "actions": list(data["actions"]),
            "offered": bool(data.get("offered", True))}


def _check_ladder(_session: Session, kind: type[Case], name: str, data: dict[str, Any]) -> dict[str, Any]:
    if kind.workflow.deadline(name) is None:
        raise NotFound(_("There is no such period."))
    rungs = [rung_from(each) for each in data["rungs"]]
    if len(rungs) > MOST:
        raise Refusal(_("There are %(n)s of them already. Take one away first.", n=MOST))
    seen: set[str] = set()
    for rung in rungs:
        if sum(each is not None for each in (rung.nth, rung.before, rung.after)) != 1 or (rung.nth or 1) < 1 or min(
                rung.before or 0, rung.after or 0) < 0:
            raise Refusal(_("Say on which day: the first day of the period is 1."), "days")
        if rung.name in seen:
            raise Refusal(_("There is a reminder for this day already. Take it away first."), "days")
        seen.add(rung.name)
        if not rung.to or not rung.channels or not set(rung.channels) <= set(CHANNELS) or rung.hour not in HOURS:
            raise Refusal(_("Say who is told, by which channel and at which hour."), "to")
    return {"rungs": as_data(rungs)}


def _row(session: Session, bureau_id: int, kind: type[Case], sort: Sort, name: str) -> Arrangement | None:
    return session.scalars(select(Arrangement).where(
        Arrangement.bureau_id == bureau_id, Arrangement.kind == identity(kind), Arrangement.sort == sort,
        Arrangement.name == name)).one_or_none()


def _need(actor: Viewer, bureau: Unit, kind: type[Case]) -> None:
    if not may_arrange(actor, bureau, kind):
        raise NotAllowed(_("You may not settle this for the bureau."))


def may_arrange(actor: Viewer, bureau: Unit, kind: type[Case]) -> bool:
    """Whether the person settles things for the bureau, and works with this kind of case."""
    return actor.reach(PERMISSION).covers(bureau.id) and actor.may(f"{identity(kind)}:read")


def _in_force(session: Session, bureau: Unit, kind: type[Case], sort: Sort, name: str) -> None:
    session.flush()
    session.info.pop(MEMO, None)
    if sort is Sort.LADDER:
        with beside(session, "a bureau changed its reminders") as everything:
            _reckon_reminders(everything, bureau.id, identity(kind), name)


def _reckon_reminders(session: Session, bureau_id: int, kind: str, code: str) -> None:
    """What runs follows the new ladder from now on; rungs whose moment is over count as sent."""
    from core.case import clocks  # which asks here for the ladder
    from core.case.models import Clock

    session.info.pop(MEMO, None)
    calendar, now = clocks.calendar_of(session), moment.now()
    running = session.scalars(select(Clock).join(Case, Case.id == Clock.case_id).options(joinedload(Clock.case)).where(
        Clock.stopped_at.is_(None), Clock.paused.is_(False), Clock.code == code, Case.kind == kind,
        Case.bureau_id == bureau_id))
    for clock in running.all():
        deadline = clock.case.workflow.deadline(code)
        if deadline is not None:
            over = [name for name, at, _r in clocks.reminder_times(clock, deadline, calendar) if at <= now]
            clock.reminded = list(dict.fromkeys([*clock.reminded, *over]))
            clock.next_reminder_at = clocks.next_reminder(clock, deadline, calendar)
    session.flush()


__all__ = ["PERMISSION", "Arrangement", "Sort", "arrange", "as_data", "assignment_from", "assignment_of", "declared_assignment",
           "free_name", "give_back", "identity", "may_arrange", "own", "reminders_for", "reminders_of", "replies_for",
           "replies_of", "reply_from", "rung_from"]
