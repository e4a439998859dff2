"""Registers as data: tables that a module keeps beside its cases, listed, added to, changed and ended in the browser.

A module's ``views.py`` names them in ``REGISTERS``; :mod:`core.pages.registers` draws them under
``/<module>/registers/<name>``. Whoever holds ``read`` reads, whoever holds ``edit`` for the unit of a row changes it; a ruled
table (:class:`~core.access.rows.Scoped`) is ruled here too.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from core.access.viewer import Viewer
from core.api.reading import OF_THE_PAGE, Parameters
from core.case.screens import ListColumn
from core.party.search import spelled_like
from core.web.boards import DayEntry
from core.words import gettext as _

Data = Mapping[str, Any]
Save = Callable[[Session, Viewer, Any, Data], Any]
"""``save(session, viewer, row, data) -> row``: add (``row`` is None) or change one; flushes, does not commit."""


def _unit_of(row: Any) -> int | None:
    found: int | None = getattr(row, "unit_id", None)
    return found


@dataclass(frozen=True)
class RegisterFilter:
    """A field of a register's query form. ``rule(value)`` is the condition on its rows; a ``range`` of days gets
    ``rule(since, until)``, either of which may be None. ``default`` holds as long as nothing was asked for."""

    name: str
    label: Any
    rule: Callable[..., ColumnElement[bool]]
    kind: str = "text"
    choices: Sequence[tuple[Any, Any]] = ()
    default: str = ""
    orders: Mapping[str, str] = field(default_factory=dict)
    """In what order the rows of a value stand, where that is not the register's."""


@dataclass(frozen=True)
class RegisterStep:
    """Something that is done with one row beside changing it: end it, hand it over. ``run(session, viewer, row, data)``
    returns a sentence that says what came of it, or nothing; ``offered(row)`` says whether it can be done at all."""

    name: str
    label: Any
    form: type[Schema]
    run: Callable[[Session, Viewer, Any, Data], Any]
    offered: Callable[[Any], bool] = lambda row: True
    consequence: Any = ""
    danger: bool = False
    main: bool = False
    """The one next act on the row's page, in place of changing it."""


@dataclass(frozen=True)
class RegisterPaper:
    """A PDF that is made of a row, such as a notice to be hung up: ``make(row)`` gives its bytes."""

    name: str
    label: Any
    make: Callable[[Any], bytes]
    offered: Callable[[Any], bool] = lambda row: True


@dataclass(frozen=True)
class RegisterMonth:
    """A register seen as a month: ``column`` is the day on which a row stands, ``entry(row)`` what is written there (the page
    adds where it leads), ``filter`` the name of its range of days in the query form."""

    column: Any
    entry: Callable[[Any], DayEntry]
    filter: str


@dataclass(frozen=True)
class Register:
    """One register.

    ``columns`` are those of the list (a column's ``cell(row)`` gets the row, else the attribute of its key is shown),
    ``facts(row)`` what the page of one row says; ``values(row)`` what its form begins with, None when rows are not changed
    once they stand; ``changeable(row)`` whether this one still is. ``where`` holds of all its rows, ``searched`` are the
    columns that the search looks into, ``loads`` the options of the query. ``group`` ties registers together as tabs.
    ``owners`` are the columns of a ruled table that name the people whose row it is.
    """

    name: str
    title: Any
    model: type[Any]
    columns: Sequence[ListColumn]
    read: str
    facts: Callable[[Any], Sequence[tuple[Any, Any]]]
    label: Callable[[Any], str] = str
    edit: str = ""
    form: type[Schema] | None = None
    save: Save | None = None
    values: Callable[[Any], Data] | None = None
    changeable: Callable[[Any], bool] = lambda row: True
    steps: Sequence[RegisterStep] = ()
    papers: Sequence[RegisterPaper] = ()
    filters: Sequence[RegisterFilter] = ()
    searched: Sequence[Any] = ()
    where: Callable[[], Sequence[ColumnElement[bool]]] = lambda: ()
    loads: Sequence[Any] = ()
    joins: Sequence[Any] = ()
    order: str = "-id"
    unit: Callable[[Any], int | None] = _unit_of
    owners: Sequence[str] = ()
    group: str = ""
    text: Any = ""
    links: Sequence[tuple[Any, str, str]] = ()
    """Further buttons above the list: ``(label, url, permission)``."""
    month: RegisterMonth | None = None
    """How it is seen as a month, where its rows have a day each."""

    def may_change(self, viewer: Viewer, row: Any) -> bool:
        """Whether the person keeps this row."""
        return bool(self.edit) and viewer.reach(self.edit).covers(
            self.unit(row), [getattr(row, name) for name in self.owners], viewer.user_id)


def rows_of(register: Register, rules: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The statement of the register's rows of which ``rules`` hold, with what their cells need."""
    query: Select[Any] = select(register.model)
    for target in register.joins:
        query = query.join(target)
    return query.where(*register.where(), *rules).options(*register.loads)


def asked(register: Register, given: Parameters) -> list[ColumnElement[bool]]:
    """The conditions that an address asks for. Raises the faults that were gathered in ``given``."""
    rules, month = searched(register, given.text("q")), given.text("view") == "month"
    for declared in register.filters:
        if declared.kind == "range":
            since, until = given.date(f"{declared.name}_from"), given.date(f"{declared.name}_to")
            if since is not None or until is not None:
                rules.append(declared.rule(since, until))
        elif value := given.text(declared.name) if given.named(declared.name) else usual(declared, month):
            known = [str(code) for code, _label in declared.choices]
            if declared.choices and value not in known:
                given.fault(declared.name, _("Use one of: %(names)s.", names=", ".join(known)))
            else:
                rules.append(declared.rule(value))
    given.done(ignore=OF_THE_PAGE)
    return rules


def searched(register: Register, text: str) -> list[ColumnElement[bool]]:
    """The condition of what was typed into the search; none when nothing was."""
    if not text.strip() or not register.searched:
        return []
    return [or_(*(way for column in register.searched for way in _ways(column, text.strip())))]


def _ways(column: Any, text: str) -> list[ColumnElement[bool]]:
    if getattr(column, "key", "") == "pinyin":
        return spelled_like(column, text)
    return [column.contains(text, autoescape=True)]


def usual(declared: RegisterFilter, month: bool) -> str:
    """What holds as long as nothing was asked for; a month shows all that stands in it."""
    return "" if month else declared.default
