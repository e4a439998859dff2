"""Pages by key instead of by number: a page costs the same wherever it lies, and none is skipped when rows arrive.

The cursor is opaque to the caller and signed, so what comes back is what was given out: for this list, in this order.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from core.errors import Refusal
from core.words import gettext as _

EXACT_TO = 1_000
"""Counts are exact up to here; beyond, a list says "more than"."""
KEY, ROW, COUNT = "sort_key", "row_id", "row_count"


@dataclass(frozen=True)
class Count:
    """How many rows there are: ``exact``, or at least that many."""

    value: int
    exact: bool

    def as_dict(self) -> dict[str, Any]:
        """``{"value", "exact"}``."""
        return {"value": self.value, "exact": self.exact}


@dataclass(frozen=True)
class Page:
    """Some rows of a list in order, and how to come to the rows before and after them (None: there are none)."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    count: Count | None = None


@dataclass(frozen=True)
class Ordering:
    """By which column, in which direction; ties by the row's id. Rows without a value come last either way.

    Of the same table two are equal by their names: columns have another idea of equality."""

    name: str
    column: Any = field(compare=False)
    key: Any = field(compare=False)
    nullable: bool = False
    descending: bool = False

    @property
    def text(self) -> str:
        """As it stands in an address: ``-opened_at``."""
        return f"-{self.name}" if self.descending else self.name

    def terms(self, forward: bool = True) -> list[Any]:
        """For ``ORDER BY``."""
        descending = self.descending is forward
        terms = [part.desc() if descending else part.asc() for part in (self.column, self.key)]
        if self.nullable:
            terms[0] = terms[0].nulls_last() if forward else terms[0].nulls_first()
        return terms

    def beyond(self, value: Any, key: int, forward: bool = True) -> ColumnElement[bool]:
        """What holds of the rows after (or before) the one with that value and id."""
        greater = self.descending is not forward
        if value is None:
            tied = self.key > key if greater else self.key < key
            here: ColumnElement[bool] = and_(self.column.is_(None), tied)
            return here if forward else or_(self.column.is_not(None), here)
        ours, theirs = tuple_(self.column, self.key), tuple_(literal(value, self.column.type), literal(key))
        past: ColumnElement[bool] = ours > theirs if greater else ours < theirs
        return or_(past, self.column.is_(None)) if self.nullable and forward else past


def ordering(text: str, allowed: Mapping[str, tuple[Any, bool]], key: Any, default: str) -> Ordering:
    """The order that ``text`` (``due_at``, ``-opened_at``; empty: ``default``) asks for.

    ``allowed`` maps names to ``(column, nullable)``; another name is refused.
    """
    wanted = text or default
    name = wanted.removeprefix("-")
    if name not in allowed:
        raise Refusal(_("This list cannot be ordered by %(name)s. Use one of: %(names)s.", name=name,
                        names=", ".join(sorted(allowed))), "order")
    column, nullable = allowed[name]
    return Ordering(name, column, key, nullable, wanted.startswith("-"))


def page_of(session: Session, statement: Select[Any], order: Ordering, limit: int, *, name: str, cursor: str = "",
            counting: Select[Any] | None) -> Page:
    """One page of ``statement`` (a select of columns; no order, no limit) with its count: one statement.

    ``name`` says which list it is: the cursor of another one is refused. ``counting`` selects the ids of all rows, with
    no more joins than it needs; None leaves the count out.
    """
    mark = _read(cursor, name, order.text) if cursor else None
    page = _fetch(session, paged(statement, order, limit, counting, mark), order, limit, name, mark, counting is not None)
    if counting is None or page.count is not None:
        return page
    return replace(page, count=count_of(session, counting))  # a page behind the end has no row that could tell


def first_page(session: Session, made: Select[Any], order: Ordering, limit: int, *, name: str, counted: bool) -> Page:
    """What :func:`page_of` finds at the beginning of the list, by a statement that :func:`paged` made and somebody kept."""
    return _fetch(session, made, order, limit, name, None, counted)


def paged(statement: Select[Any], order: Ordering, limit: int, counting: Select[Any] | None = None,
          mark: Mark | None = None) -> Select[Any]:
    """The statement of one page: with its count as a column, for then the database is asked once."""
    forward = mark is None or mark.forward
    chosen = statement.add_columns(order.column.label(KEY), order.key.label(ROW))
    if counting is not None:
        chosen = chosen.add_columns(capped(counting).scalar_subquery().label(COUNT))
    if mark is not None:
        chosen = chosen.where(order.beyond(mark.value, mark.key, forward))
    return chosen.order_by(*order.terms(forward)).limit(limit + 1)


def _fetch(session: Session, made: Select[Any], order: Ordering, limit: int, name: str, mark: Mark | None,
           counted: bool) -> Page:
    forward = mark is None or mark.forward
    rows = list(session.execute(made))
    more, rows = len(rows) > limit, rows[:limit]
    if not forward:
        rows.reverse()
    has_next, has_previous = (more, mark is not None) if forward else (True, more)
    count = None
    if counted and (rows or mark is None):
        count = _told(rows[0]._mapping[COUNT]) if rows else Count(0, True)
    return Page(rows, _write(rows[-1], name, order, True) if has_next and rows else None,
                _write(rows[0], name, order, False) if has_previous and rows else None, count)


def count_of(session: Session, statement: Select[Any]) -> Count:
    """How many rows the statement has, counted no further than it is told exactly."""
    return _told(session.scalar(capped(statement)) or 0)


def _told(found: int) -> Count:
    return Count(min(found, EXACT_TO), found <= EXACT_TO)


def capped(statement: Select[Any]) -> Select[Any]:
    """A statement that counts the rows of another one, up to one more than :data:`EXACT_TO`."""
    return select(func.count()).select_from(statement.order_by(None).limit(EXACT_TO + 1).subquery())


@dataclass(frozen=True)
class Mark:
    """Where a page begins: after (``forward``) or before the row with that value and id."""

    forward: bool
    value: Any
    key: int


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="cursor")


def _write(row: Row[Any], name: str, order: Ordering, forward: bool) -> str:
    found = row._mapping
    return str(_signer().dumps([name, order.text, forward, _packed(found[KEY]), found[ROW]]))


def _read(text: str, name: str, order: str) -> Mark:
    try:
        found_name, found_order, forward, packed, key = _signer().loads(text)
    except (BadSignature, ValueError):
        raise Refusal(_("This cursor is not one of ours. Begin again without one."), "cursor") from None
    if (found_name, found_order) != (name, order):
        raise Refusal(_("This cursor belongs to another list or order. Begin again without one."), "cursor")
    return Mark(bool(forward), _unpacked(packed), int(key))


def _packed(value: Any) -> Any:
    match value:
        case dt.datetime():
            return ["t", value.isoformat()]
        case dt.date():
            return ["d", value.isoformat()]
        case Decimal():
            return ["n", str(value)]
        case None | bool() | int():
            return value
        case _:
            return str(value)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "t": dt.datetime.fromisoformat, "d": dt.date.fromisoformat, "n": Decimal}


def _unpacked(value: Any) -> Any:
    return _READERS[value[0]](value[1]) if isinstance(value, list) else value
