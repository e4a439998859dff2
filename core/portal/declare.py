"""What a module shows to the public and lets it do, as data: lists in the module's ``portal.py``.

``KINDS`` (which cases can be followed, and what may be done with them), ``FORMS`` (what can be submitted), ``LOOKUPS``
(what can be asked for by name or code), ``LISTS`` (what everybody may read), ``GUIDES`` (how something is done). Entries
on the portal's first page are the module's slot ``portal.home``. All of it is there as long as one bureau has the module
switched on.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from marshmallow import Schema
from sqlalchemy.orm import Session

from core.access.viewer import Viewer, system_viewer
from core.case import Case, Confidentiality
from core.case.files import attach
from core.letter.content import Block

CODE, TOKEN = "code", "token"


@dataclass(frozen=True)
class Contact:
    """Who serves: what may stand on a public page of a person or an office. ``phone`` is an office's."""

    name: str = ""
    role: str = ""
    unit: str = ""
    phone: str = ""


@dataclass(frozen=True)
class File:
    """A file that somebody handed in; ``open()`` gives its bytes, to be closed by the caller."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Given:
    """What somebody handed in: ``data`` has passed the schema; ``address`` is where it came from (for the record)."""

    data: Mapping[str, Any]
    files: Sequence[File] = ()
    address: str = ""
    enterprise_id: int | None = None
    """The enterprise that has signed in with a code sent to its contact, if one has."""

    @property
    def actor(self) -> Viewer:
        """In whose name the module's operation acts."""
        return system_viewer("portal", "企业（自助）")

    def attach_to(self, case: Case) -> None:
        """Put the files that came along into the case."""
        for file in self.files:
            with file.open() as stream:
                attach(case, self.actor, file.name, stream)


@dataclass(frozen=True)
class PublicStep:
    """Something that the one whose case it is may do with it from his own telephone.

    ``by``: ``code`` for whoever knows number and query code (or has signed in for the enterprise), ``token`` for whoever
    got the one-time link. ``open(case)`` says whether it can be done now; ``run`` does it, through the one door, and does
    not commit.
    """

    name: str
    label: Any
    run: Callable[[Session, Any, Given], Any]
    schema: type[Schema]
    open: Callable[[Any], bool] = lambda case: True
    help: Any = ""
    done: Any = ""
    files: int = 0
    by: str = CODE


@dataclass(frozen=True)
class Prospect:
    """Something that will happen: what, and by when in words. For what no clock counts; ``states``: in which, if not in
    all that are open."""

    label: Any
    by: Any = ""
    states: Sequence[str] = ()


@dataclass(frozen=True)
class PublicKind:
    """A kind of case that can be followed by number and query code.

    ``text(case)`` is what was written, ``reply(case)`` what was answered, ``server(case)`` who serves; ``shown(case)``
    whether it may be seen outside at all (of a restricted one only that it was received is shown, whatever this says),
    ``listed(case)`` under which words everybody may read of it (no name in them; empty: not at all); ``letters`` are the
    kinds of letter whose signed copies its owner may fetch; ``expected`` what happens next, beside the clocks whose
    :class:`~core.case.workflow.Deadline` is public.
    """

    kind: str
    title: Callable[[Any], str] = lambda case: str(case.title)
    text: Callable[[Any], str] = lambda case: ""
    reply: Callable[[Any], str] = lambda case: ""
    server: Callable[[Any], Contact] = lambda case: unit_contact(case)
    shown: Callable[[Any], bool] = lambda case: case.confidentiality is not Confidentiality.RESTRICTED
    listed: Callable[[Any], str] = lambda case: ""
    letters: Sequence[str] = ()
    steps: Sequence[PublicStep] = ()
    expected: Sequence[Prospect] = ()
    promises: Sequence[str] = ()
    """Codes of the deadlines whose day the page promises in its first sentence; all public ones when empty."""
    words: Mapping[str, Any] = field(default_factory=dict)
    """What is called otherwise outside: entries of the timeline by the event's kind or the action's name, clocks by their
    codes."""
    states: Mapping[str, Any] = field(default_factory=dict)
    """States that are called otherwise outside: a shop owner does not know the office's words."""
    submitted: bool = True
    """Whether the one whose case it is has handed it in, so that there is a receipt of it."""
    received: Any = ""
    """What the page says first when it has just been handed in (您的需求已收到); the ordinary words when empty."""

    @property
    def module(self) -> str:
        """The module that it belongs to."""
        return self.kind.partition(".")[0]

    def step(self, name: str) -> PublicStep | None:
        """The step called ``name``, if there is one."""
        return next((step for step in self.steps if step.name == name), None)


@dataclass(frozen=True)
class PublicForm:
    """Something that can be submitted without an account. ``code`` stands in the address: ``/portal/submit/<code>``.

    ``submit`` opens the case by the module's own operation and returns it; it does not commit. ``files`` is how many
    photographs or documents may come along; ``prefill`` are the fields that an address may fill in (a code on a notice).
    """

    code: str
    title: Any
    schema: type[Schema]
    submit: Callable[[Session, Given], Case]
    intro: Any = ""
    files: int = 0
    prefill: Sequence[str] = ()
    notes: Sequence[Any] = ()


@dataclass(frozen=True)
class Answer:
    """One thing found: a heading, facts ``(label, value)``, a telephone to call."""

    title: Any
    facts: Sequence[tuple[Any, Any]] = ()
    phone: str = ""
    url: str = ""


@dataclass(frozen=True)
class PublicLookup:
    """Something to be asked by words, at ``/portal/find/<code>``: who serves me?

    ``find(session, words)`` reads tables of public fields only: its session sees no case. At most ten answers.
    """

    code: str
    title: Any
    label: Any
    find: Callable[[Session, str], Sequence[Answer]]
    help: Any = ""
    nothing: Any = ""


@dataclass(frozen=True)
class Page:
    """A part of a public list: rows of cells (a cell is a text or ``(text, url)``) and where the next part begins."""

    rows: Sequence[Sequence[Any]]
    next_cursor: str = ""


@dataclass(frozen=True)
class PublicList:
    """A list that everybody may read, at ``/portal/lists/<code>``. ``page(session, cursor)`` reads public tables only."""

    code: str
    title: Any
    headings: Sequence[Any]
    page: Callable[[Session, str], Page]
    text: Any = ""


@dataclass(frozen=True)
class PublicGuide:
    """How something is done, at ``/portal/guides/<code>``: what the code on a letter leads to.

    ``body(session)`` is its text in the blocks of a letter (:func:`core.letter.bodytext.fill_body`); it reads rules and
    public tables only. ``text`` is the line on the portal's first page.
    """

    code: str
    title: Any
    body: Callable[[Session], Sequence[Block]]
    text: Any = ""

    @property
    def path(self) -> str:
        """Where it is read, below the public address."""
        return f"/portal/guides/{self.code}"


@dataclass(frozen=True)
class Entry:
    """A line of the portal's first page (slot ``portal.home``); ``main`` ones are large buttons."""

    title: Any
    url: str
    text: Any = ""
    main: bool = False


@dataclass
class Portal:
    """All that the loaded modules show to the public."""

    kinds: dict[str, PublicKind] = field(default_factory=dict)
    forms: dict[str, tuple[str, PublicForm]] = field(default_factory=dict)
    lookups: dict[str, tuple[str, PublicLookup]] = field(default_factory=dict)
    lists: dict[str, tuple[str, PublicList]] = field(default_factory=dict)
    guides: dict[str, tuple[str, PublicGuide]] = field(default_factory=dict)
    entries: list[tuple[str, Entry]] = field(default_factory=list)
    """Forms, lookups, lists, guides and entries with the module that brings them."""


def unit_contact(case: Any) -> Contact:
    """The unit that has the case, with the telephone of its office."""
    unit = case.unit
    return Contact(unit=unit.name, phone=unit.phone or (unit.bureau.phone if unit.bureau else ""))
