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
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from core.access.viewer import Viewer
from core.case.screens import ListColumn
from core.web.boards import DayEntry

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
