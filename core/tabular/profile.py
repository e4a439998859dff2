"""What a module declares to have its sheets imported and exported.

A module lists its profiles in ``imports.IMPORTS`` and ``imports.EXPORTS``::

    IMPORTS = [ImportProfile(code="credit_repair.penalties", title="行政处罚", module="credit_repair",
                             permission="credit_repair.penalty:import", keys=("authority", "document_number"),
                             columns=(Text(name="party", heading="行政相对人名称", required=True), …),
                             handler=Penalties())]

Headings are the Chinese ones of national standards; they are data and are not translated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.errors import Refusal
from core.tabular.columns import Column
from core.words import gettext as _

if TYPE_CHECKING:
    from core.tabular.models import ImportChange
    from core.tabular.work import Work


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CLOSED = "closed"


class Person(Protocol):
    """Who imports or exports: the part of :class:`core.access.Viewer` that is needed here."""

    @property
    def user_id(self) -> int | None: ...

    @property
    def name(self) -> str: ...

    def may(self, permission: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the sheet, read and checked: ``values`` by column name, ``None`` where the cell is empty."""

    row: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


class Handler:
    """What a profile does with its rows, one by one. Every call runs inside the import's transaction."""

    def prepare(self, session: Session, rows: Sequence[Record], work: Work) -> None:
        """Look up at once what the next rows (some hundreds) will need."""

    def apply(self, row: Record, work: Work) -> Outcome:
        """Carry out one row, inside a savepoint of its own. Raises :class:`~core.errors.Refusal` when it cannot be.

        Call ``work.changed(...)`` for whatever an undo would have to put back.
        """
        raise NotImplementedError(type(self).__name__)

    def finish(self, session: Session, work: Work) -> None:
        """After the last row: what follows from all of them together."""

    def known(self, session: Session, work: Work) -> int | None:
        """How many open records are left after the import; ``None`` where rows close nothing."""
        return None

    def undo(self, session: Session, changes: Sequence[ImportChange], work: Work) -> Sequence[ImportChange]:
        """Put back what these changes (newest first) did; return those that were changed by others meanwhile.

        When any is returned, the whole undo is rolled back and refused.
        """
        raise Refusal(_("Imports of this kind cannot be undone."))


class BulkHandler(Handler):
    """What a profile does with its rows all at once, by statements over a whole set."""

    def run(
        self, session: Session, rows: Iterator[tuple[int, Sequence[Any]]], names: Sequence[str], work: Work
    ) -> None:
        """Carry out all rows: ``(row number, values in the order of names)``, already checked one by one.

        Reports through ``work`` (``count``, ``fault``, ``doubt``). Must consume ``rows`` to the end, since reading
        finds faults.
        """
        raise NotImplementedError(type(self).__name__)

    def undo_all(self, session: Session, batch_id: int, work: Work) -> Sequence[ImportChange]:
        """Put back the whole batch; return (some of) the changes whose records were changed by others meanwhile."""
        raise Refusal(_("Imports of this kind cannot be undone."))


@dataclass(frozen=True, kw_only=True)
class ImportProfile:
    """One kind of sheet that can be imported.

    ``keys`` names the columns that identify a record: the same key twice in one file is a fault, and the same file
    twice changes nothing. ``check`` looks at a whole row and yields ``(column name, sentence)`` for each fault;
    ``doubts`` the same for what is kept with a warning. When more than ``closing_share`` of the known records (and
    more than ``closing_least``) would be closed, the file is taken for an incomplete one and refused.
    """

    code: str
    title: str
    module: str
    permission: str
    columns: tuple[Column, ...]
    handler: Handler
    keys: tuple[str, ...] = ()
    max_rows: int = 1_000_000
    chunk: int = 500
    check: Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]] | None = None
    doubts: Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]] | None = None
    closing_share: float = 0.2
    closing_least: int = 20
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        headings = [heading for column in self.columns for heading in (column.heading, *column.aliases)]
        if len(set(names)) != len(names) or len(set(headings)) != len(headings) or set(self.keys) - set(names):
            raise ValueError(f"profile {self.code}: names and headings must be unique and keys must be columns")

    def column(self, name: str) -> Column:
        """The column called ``name``."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, kw_only=True)
class ExportColumn:
    """One column of an export: ``value`` is an attribute's name or a function of the record.

    ``mask`` hides the value from whoever lacks the permission ``unmask`` (from everybody when that is empty).
    """

    heading: str
    value: str | Callable[[Any], Any]
    mask: Callable[[str], str] | None = None
    unmask: str = ""
    width: int = 18

    def masked(self, viewer: Person) -> bool:
        """Whether ``viewer`` gets this column masked."""
        return self.mask is not None and not (self.unmask and viewer.may(self.unmask))


@dataclass(frozen=True, kw_only=True)
class ExportProfile:
    """One kind of sheet that can be exported. ``query`` builds the statement from the filters; the session's rule
    limits its rows."""

    code: str
    title: str
    module: str
    permission: str
    columns: tuple[ExportColumn, ...]
    query: Callable[[Session, Mapping[str, Any], Person], Select[Any]]


def mask_middle(text: str) -> str:
    """A phone or an identity number with its middle hidden: 138****5678, 1201**********1234."""
    if len(text) < 8:
        return "*" * len(text)
    head = 3 if len(text) <= 13 else 4
    return f"{text[:head]}{'*' * (len(text) - head - 4)}{text[-4:]}"
