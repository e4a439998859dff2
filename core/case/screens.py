"""Screens as data: what a module shows of its cases, and where. The pages in :mod:`core.pages` draw them.

A module's ``views.py`` names its screens in ``SCREENS``; ``MENU`` adds lines that are no case list; ``CARDS`` are the
small figures on the desk; ``REPORTS`` answer questions with tables.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from marshmallow import Schema
from sqlalchemy.orm import Session

from core.access.viewer import Viewer
from core.case.models import Case

Cell = Callable[[Any], Any]
"""``cell(row)``: a bare value, or a :class:`core.web.widgets.Text` or ``Tag``. A row has the attributes that
:func:`core.case.query.list_cases` names: those of the case, the module's own columns, ``enterprise_name``, ``uscc`` …"""

STANDARD = ("number", "title", "enterprise", "state", "due", "unit", "bureau", "assignee", "opened_at", "closed_at")
"""Columns that every case has: a :class:`ListColumn` with one of these keys needs no ``cell``."""


@dataclass(frozen=True)
class ListColumn:
    """A column of a case list. ``sort`` is the name of the case's attribute by which the list can be ordered."""

    key: str
    label: Any
    cell: Cell | None = None
    kind: str = "text"
    sort: str = ""
    hidden: bool = False
    help: Any = ""


@dataclass(frozen=True)
class ListFilter:
    """A field of the query form. ``name`` is a filter that :func:`core.case.query.read_filters` understands: ``q``,
    ``state``, ``assignee``, ``overdue`` …, or one of the module's own columns.

    ``kind``: ``text``, ``choice``, ``range`` (of days: ``<name>_from`` and ``<name>_to``). ``choices`` are ``(value, label)``.
    """

    name: str
    label: Any
    kind: str = "text"
    choices: Sequence[tuple[Any, Any]] | Callable[[Session], Sequence[tuple[Any, Any]]] = ()


@dataclass(frozen=True)
class Section:
    """A card of facts on the case page: ``facts(case)`` gives ``(label, value)`` pairs, empty ones are shown as a dash."""

    title: Any
    facts: Callable[[Any], Sequence[tuple[Any, Any]]]


@dataclass(frozen=True)
class BulkAction:
    """Something that can be done to many selected cases at once; ``run`` reports row by row.

    ``run(session, viewer, cases, note) -> [(case, sentence, done)]``.
    """

    name: str
    label: Any
    run: Callable[[Session, Viewer, Sequence[Any], str], Sequence[tuple[Any, str, bool]]]
    permission: str
    consequence: Any = ""
    reason: bool = False
    danger: bool = False


@dataclass(frozen=True)
class CaseScreen:
    """The list and the page of one kind of case, at ``/<module>/<name>`` and ``/cases/<number>``.

    ``form`` and ``create`` (``create(session, viewer, data) -> case``) make new ones by hand; ``steps(case)`` is what is
    done and what comes next (:class:`core.web.widgets.Step`); ``links`` are extra buttons ``(label, url, permission)``;
    ``text`` says in a sentence what these cases are, for the help.
    """

    case: type[Case]
    name: str
    title: Any
    columns: Sequence[ListColumn]
    sections: Sequence[Section]
    filters: Sequence[ListFilter] = ()
    order: str = "-opened_at"
    form: type[Schema] | None = None
    create: Callable[[Session, Viewer, Mapping[str, Any]], Case] | None = None
    steps: Callable[[Any], Sequence[Any]] | None = None
    bulk: Sequence[BulkAction] = ()
    import_profile: str = ""
    export_profile: str = ""
    links: Sequence[tuple[Any, str, str]] = ()
    text: Any = ""

    @property
    def kind(self) -> str:
        """The kind of its cases."""
        return str(self.case.__mapper__.polymorphic_identity)

    @property
    def module(self) -> str:
        """The module that it belongs to."""
        return self.kind.partition(".")[0]

    @property
    def url(self) -> str:
        """Where the list is."""
        return f"/{self.module}/{self.name}"


@dataclass(frozen=True)
class Report:
    """A question that is answered with tables, at ``/<module>/reports/<name>``: what-if, checks, evaluations. Writes nothing.

    ``form`` is what is asked (none: it is answered at once), ``prefill(session)`` what stands in it before that;
    ``run(session, viewer, data)`` gives :class:`Answer` in a fixed number of statements. It gets into the menu by a
    :class:`MenuEntry`.
    """

    name: str
    title: Any
    permission: str
    run: Callable[[Session, Viewer, Mapping[str, Any]], Sequence[Answer]]
    form: type[Schema] | None = None
    text: Any = ""
    prefill: Callable[[Session], Mapping[str, Any]] = lambda session: {}


@dataclass(frozen=True)
class Answer:
    """One table of a report: its title, what it says in a sentence, headings and rows of cells; ``empty`` is said in place of
    rows."""

    title: Any
    note: Any = ""
    headings: Sequence[Any] = ()
    rows: Sequence[Sequence[Any]] = ()
    empty: Any = ""

    def counts(self, place: int) -> bool:
        """Whether the column holds numbers alone, which stand right-aligned under each other."""
        return bool(self.rows) and all(isinstance(row[place], int | float | Decimal) and not isinstance(row[place], bool)
                                       for row in self.rows)


@dataclass(frozen=True)
class MenuEntry:
    """A line of the sidebar that is not a case list. Shown to those who hold ``permission``."""

    label: Any
    url: str
    permission: str


@dataclass(frozen=True)
class Card:
    """Figures on the desk: ``figures(session, viewer)`` gives :class:`core.web.widgets.Stat` in a fixed number of
    statements."""

    title: Any
    figures: Callable[[Session, Viewer], Sequence[Any]]
    permission: str
    url: str = ""


class PanelTable(NamedTuple):
    """A table, a word beside its title, and what can be done with all of it (``core.web.widgets.Action``)."""

    headings: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    note: Any = ""
    acts: Sequence[Any] = ()


@dataclass(frozen=True)
class Panel:
    """A module's part of somebody else's page (slots ``enterprise.panels``, ``case.panels``).

    ``rows(session, viewer, subject)`` gives a :class:`PanelTable`.
    """

    title: Any
    permission: str
    rows: Callable[[Session, Viewer, Any], PanelTable]
