"""A workflow as data: states, actions, deadlines. Checked when it is declared; printable as a diagram.

No database here, and no Flask: a module's ``workflow.py`` can be read, tested and drawn by itself.
"""
from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from marshmallow import Schema


class Meaning(enum.StrEnum):
    """What a state means to lists, counters and clocks, whatever the bureau calls it."""

    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


OPEN, WAITING, CLOSED = Meaning.OPEN, Meaning.WAITING, Meaning.CLOSED
ANY = "*"
"""As the sources of an action: every state that is not closed."""

Guard = Callable[[Any, Mapping[str, Any] | None], Any]
"""``guard(case, data) -> reason | None``: why the action cannot be done now. ``data`` is None while the person has
given nothing yet (to draw the button)."""
Effect = Callable[[Any, Any, Mapping[str, Any]], None]
"""``effect(case, event, data)``: what the action changes beside the state, in the same transaction."""
StartDay = Callable[[Any], dt.date | dt.datetime | None]


class WorkflowError(ValueError):
    """A workflow that cannot be right. It stops the boot."""


@dataclass(frozen=True)
class State:
    """Where a case stands. ``name`` is an adjective; ``tone`` colours the tag (idle, brand, ok, warn, seal)."""

    name: str
    label: Any
    meaning: Meaning = OPEN
    tone: str = ""

    @property
    def colour(self) -> str:
        """The tag's tone; by meaning when the module says nothing."""
        return self.tone or {OPEN: "brand", WAITING: "idle", CLOSED: "ok"}[self.meaning]


class Together(enum.StrEnum):
    """How several people decide: 会签 all of them, 或签 the first who speaks, 依次审批 one after another."""

    ALL = "all"
    ANY = "any"
    IN_TURN = "in_turn"


@dataclass(frozen=True)
class Approval:
    """Who must agree before an action happens.

    One vote for each of ``roles``, which anybody who holds it over the case may give; ``named``: whoever asks names
    people too, who may read the case for as long as they have to decide, ``days`` working days.
    """

    how: Together = Together.ALL
    roles: Sequence[str] = ()
    named: bool = False
    days: int = 5


@dataclass(frozen=True)
class Action:
    """Something that is done to a case. ``name`` is an imperative.

    ``target`` None leaves the state. ``roles`` who may (one of them, in reach of the case); ``system`` only the system.
    ``data`` what must be given (a marshmallow schema, drawn as the form). ``note`` a reason must be given.
    ``consequence`` is shown before what cannot be taken back; ``public`` events are shown to the enterprise.
    """

    name: str
    label: Any
    sources: Sequence[str]
    target: str | None = None
    roles: Sequence[str] = ()
    guard: Guard | None = None
    effect: Effect | None = None
    data: type[Schema] | None = None
    note: bool = False
    system: bool = False
    public: bool = False
    danger: bool = False
    consequence: Any = ""
    letter: str = ""
    applies: Callable[[Any], bool] | None = None
    """Whether the action can ever concern this case; one that cannot is not shown at all."""
    back: bool = False
    """Back to the state in which the case was before the present one; ``target`` when that is not known."""
    closes: str = ""
    """The result that closing by this action stands for (``repaired``, ``withdrawn`` …)."""
    approval: Approval | None = None
    """Who must agree first: the action happens with the last agreement, and not at all with a rejection."""
    bulk: bool = False
    """Whether a list offers it for many cases at once; only one that needs nothing to be filled in."""
    aside: bool = False
    """Whether it interrupts the way (waiting for somebody outside): never offered as the one next step."""

    @property
    def leads_on(self) -> bool:
        """Whether it may be offered as the one next step."""
        return self.target is not None and not self.danger and not self.aside


@dataclass(frozen=True)
class Reminder:
    """One rung of the ladder: on the ``nth`` counted day after the start, with ``before`` counted days to go (0: on the
    due day), or ``after`` so many working days beyond it.

    ``to``: ``assignee``, ``unit``, ``bureau`` (their people) or a role's name; ``channels`` by which they are told;
    ``letter`` the kind of letter that is drafted with it.
    """

    nth: int | None = None
    before: int | None = None
    to: Sequence[str] = ("assignee",)
    hour: int = 8
    after: int | None = None
    channels: Sequence[str] = ("inapp",)
    letter: str = ""

    @property
    def name(self) -> str:
        """What it is called on the clock that it belongs to."""
        if self.nth is not None:
            return f"day {self.nth}"
        return f"{self.after} after" if self.after is not None else f"{self.before or 0} before"


@dataclass(frozen=True)
class Deadline:
    """A duty with a clock: the rule that says how long, which states start it, which meet it, which make it void.

    ``start`` gives the day (or instant) of the event from which it runs, when that is not the moment of the step; None
    leaves the clock unstarted. ``rule_day`` gives the day whose rules hold; else those of the case's own rule day.
    """

    code: str
    label: Any
    rule: str
    starts: Sequence[str] = ()
    met_by: Sequence[str] = ()
    voided_by: Sequence[str] = ()
    paused_in: Sequence[str] = ()
    start: StartDay | None = None
    rule_day: Callable[[Any], dt.date] | None = None
    applies: Callable[[Any], bool] | None = None
    reminders: Sequence[Reminder] = (Reminder(before=1),)
    public: bool = False


class Pick(enum.StrEnum):
    """How one of several people is chosen: 轮流 in turn, 按负荷 whoever has least."""

    IN_TURN = "in_turn"
    BY_LOAD = "by_load"


@dataclass(frozen=True)
class Assignment:
    """Who gets a case that comes into one of ``states`` and that nobody has: one who holds one of ``roles`` in its unit.

    ``rule(case)`` is asked first: the user name of whoever it is by rule (the steward of that street), or None. People who
    are away are passed over.
    """

    states: Sequence[str]
    roles: Sequence[str]
    how: Pick = Pick.BY_LOAD
    rule: Callable[[Any], str | None] | None = None


@dataclass(frozen=True)
class Item:
    """A line of a checklist: to be done ``days`` from its day on, earlier when negative; working days unless ``calendar``."""

    name: str
    label: Any
    days: int = 0
    calendar: bool = False
    role: str = ""


@dataclass(frozen=True)
class Checklist:
    """What must be done, reckoned from a day: begun in ``states``, ``day(case)`` gives the day (None: not known yet).

    :func:`core.case.checklists.all_done` is the guard for actions that wait for it.
    """

    name: str
    label: Any
    states: Sequence[str]
    items: Sequence[Item]
    day: StartDay | None = None


@dataclass(frozen=True)
class Reply:
    """Words that are often written in these states, for whoever writes a note: ``$number $title $enterprise $unit $due``
    are filled in from the case. ``actions``: the actions for which they are meant; none is all."""

    name: str
    label: Any
    text: Any
    states: Sequence[str] = (ANY,)
    actions: Sequence[str] = ()


@dataclass(frozen=True)
class Workflow:
    """The life of a kind of case, as data.

    When it changes for new cases only, it gets the next ``version`` and the one before stands in ``earlier``: a case keeps
    the version under which it was opened. On a case, ``case.workflow`` is that version; on the class, the present one.
    """

    initial: str
    states: Sequence[State]
    actions: Sequence[Action]
    deadlines: Sequence[Deadline] = ()
    version: int = 1
    earlier: Sequence[Workflow] = ()
    assignments: Sequence[Assignment] = ()
    checklists: Sequence[Checklist] = ()
    replies: Sequence[Reply] = ()
    not_loaded: ClassVar[Callable[[Any, Sequence[int]], Exception]] = staticmethod(
        lambda case, known: LookupError(f"version {case.workflow_version} of {known}"))
    """``not_loaded(case, known)``: what is raised of a case whose version is not loaded. :mod:`core.case.models`, which may
    speak to people, puts its own sentence here."""
    by_name: Mapping[str, State] = field(init=False, repr=False, default_factory=dict)
    known: Mapping[str, State] = field(init=False, repr=False, default_factory=dict)
    """The states of this version and of earlier ones, for lists that show cases of several."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {state.name: state for state in self.states})
        object.__setattr__(self, "known", {state.name: state for each in (*self.earlier, self) for state in each.states})
        faults = list(self._faults())
        if faults:
            raise WorkflowError("; ".join(faults))

    def __get__(self, case: Any, _kind: Any = None) -> Workflow:
        """On a case, the version that it keeps. One that is not loaded any more is an error that names it: a case must not go
        on under rules that it did not begin under, without anybody saying so."""
        if case is None or case.workflow_version in (None, self.version):  # None: not written yet
            return self
        found = next((each for each in self.earlier if each.version == case.workflow_version), None)
        if found is None:
            raise type(self).not_loaded(case, [each.version for each in (*self.earlier, self)])
        return found

    def state(self, name: str) -> State:
        """The state called ``name``; :class:`KeyError` when there is none."""
        return self.by_name[name]

    def action(self, name: str) -> Action | None:
        """The action called ``name``, if there is one."""
        return self._actions.get(name)

    def deadline(self, code: str) -> Deadline | None:
        """The deadline with that code, if there is one."""
        return next((deadline for deadline in self.deadlines if deadline.code == code), None)

    def sources(self, action: Action) -> Sequence[str]:
        """The states in which ``action`` can be done."""
        if tuple(action.sources) == (ANY,):
            return [state.name for state in self.states if state.meaning is not CLOSED]
        return action.sources

    def named(self, meaning: Meaning) -> list[str]:
        """The names of the states of that meaning."""
        return [state.name for state in self.states if state.meaning is meaning]

    def diagram(self) -> str:
        """The workflow as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {state.name}: {state.label}" for state in self.states]
        for action in self.actions:
            lines += [f"    {source} --> {action.target or source}: {action.label}" for source in self.sources(action)]
        lines += [f"    {state.name} --> [*]" for state in self.states if state.meaning is CLOSED]
        return "\n".join(lines)

    @cached_property
    def _actions(self) -> dict[str, Action]:
        return {action.name: action for action in self.actions}

    def _faults(self) -> Iterable[str]:
        names = [state.name for state in self.states]
        yield from (f"state {name!r} stands twice" for name in set(names) if names.count(name) > 1)
        if self.initial not in self.by_name:
            yield f"initial state {self.initial!r} is unknown"
        seen: set[str] = set()
        for action in self.actions:
            if action.name in seen:
                yield f"action {action.name!r} stands twice"
            seen.add(action.name)
            for name in (*(s for s in action.sources if s != ANY), *((action.target,) if action.target else ())):
                if name not in self.by_name:
                    yield f"action {action.name!r} names the unknown state {name!r}"
            if not action.roles and not action.system:
                yield f"action {action.name!r} may be done by nobody"
            if action.approval is not None and not (action.approval.roles or action.approval.named):
                yield f"nobody is asked to approve action {action.name!r}"
            if not action.sources:
                yield f"action {action.name!r} starts nowhere"
        for deadline in self.deadlines:
            for name in (*deadline.starts, *deadline.met_by, *deadline.voided_by, *deadline.paused_in):
                if name not in self.by_name:
                    yield f"deadline {deadline.code!r} names the unknown state {name!r}"
        bound: tuple[Assignment | Checklist | Reply, ...] = (*self.assignments, *self.checklists, *self.replies)
        for each in bound:
            yield from (f"{type(each).__name__.lower()} names the unknown state {name!r}" for name in each.states
                        if name != ANY and name not in self.by_name)
        versions = [one.version for one in (*self.earlier, self)]
        if versions != sorted(set(versions)):
            yield f"versions must rise: {versions}"
        yield from (f"state {name!r} is never reached" for name in names if name not in self._reachable())

    def _reachable(self) -> set[str]:
        reached, queue = set(), [self.initial]
        while queue:
            name = queue.pop()
            if name in reached or name not in self.by_name:
                continue
            reached.add(name)
            for action in self.actions:
                starts = self.sources(action) if all(s in self.by_name or s == ANY for s in action.sources) else ()
                if action.target and name in starts:
                    queue.append(action.target)
        return reached
