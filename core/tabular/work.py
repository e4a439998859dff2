"""The state of one import while it runs, and the result that is shown for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.tabular.cells import CellError, shown
from core.tabular.models import ImportChange
from core.tabular.profile import ImportProfile, Outcome, Person
from core.words import gettext as _

MOST_ERRORS = 10_000


class TooManyErrors(Exception):
    """The list of faults is full: reading on would only fill the memory."""


@dataclass
class ImportResult:
    """What an import did, or would do. ``as_dict()`` is the shape that other programs rely on."""

    profile: str
    batch: int | None = None
    rows: int = 0
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)
    saved: bool = False
    heading_row: int = 1

    def as_dict(self) -> dict[str, Any]:
        """``{"profile", "batch", "rows", "created", "updated", "unchanged", "closed", "errors", "warnings"}``."""
        return {
            "profile": self.profile,
            "batch": self.batch,
            "rows": self.rows,
            **{outcome.value: self.counts[outcome] for outcome in Outcome},
            "errors": [error.as_dict() for error in self.errors],
            "warnings": [warning.as_dict() for warning in self.warnings],
        }


@dataclass
class Work:
    """Handed to a profile's handler: who imports, into which batch, and where faults, doubts and changes are told."""

    session: Session
    profile: ImportProfile
    by: Person
    bureau_id: int | None
    batch_id: int
    result: ImportResult
    skip_errors: bool = False
    dry_run: bool = False
    _changes: list[dict[str, Any]] = field(default_factory=list)

    def fault(self, row: int, name: str, value: object, message: object) -> None:
        """Row ``row`` cannot be saved. ``name`` is a column's name (or empty for the row as a whole)."""
        self._list(self.result.errors, row, name, value, message)
        if len(self.result.errors) >= MOST_ERRORS:
            raise TooManyErrors

    def doubt(self, row: int, name: str, value: object, message: object) -> None:
        """Row ``row`` is saved, but somebody should look at it."""
        if len(self.result.warnings) < MOST_ERRORS:
            self._list(self.result.warnings, row, name, value, message)

    def count(self, outcome: Outcome, rows: int = 1) -> None:
        """``rows`` more rows ended like this."""
        self.result.counts[outcome] += rows

    def changed(self, row: int, entity: str, key: object, before: dict[str, Any] | None, version: int | None) -> None:
        """Note a change for the undo: ``before`` holds what to put back (plain JSON), ``None`` when the record is
        new."""
        self._changes.append(
            {
                "batch_id": self.batch_id,
                "row": row,
                "entity": entity,
                "key": str(key),
                "before": before,
                "version": version,
            }
        )

    def keep_changes(self) -> None:
        """Write the noted changes."""
        if self._changes:
            self.session.execute(insert(ImportChange), self._changes)
            self._changes.clear()

    def forget_changes(self, since: int) -> None:
        """Drop the notes of a row that was rolled back; ``since`` is :meth:`noted` from before it."""
        del self._changes[since:]

    def noted(self) -> int:
        """How many changes wait to be written."""
        return len(self._changes)

    def close(self, complete: bool) -> None:
        """Bring the lists into the order of the sheet, and say where the list of faults was cut."""
        self.result.errors.sort(key=attrgetter("row"))
        self.result.warnings.sort(key=attrgetter("row"))
        if not complete:
            self.result.errors.append(
                CellError(
                    self.result.errors[-1].row,
                    "",
                    "",
                    _(
                        "The list ends here after %(count)s faults: correct them, or check whether this is the "
                        "right file.",
                        count=MOST_ERRORS,
                    ),
                )
            )

    def _list(self, found: list[CellError], row: int, name: str, value: object, message: object) -> None:
        heading = next((column.heading for column in self.profile.columns if column.name == name), name)
        found.append(CellError(row, heading, shown(value), str(message)))
