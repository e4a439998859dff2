"""One way out for every sheet: the rows the viewer may see, masked as the viewer may see them, streamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from sqlalchemy.orm import Session

from core import audit
from core.errors import NotAllowed
from core.tabular.profile import ExportColumn, ExportProfile, Person
from core.tabular.writing import CsvWriter, JsonWriter
from core.words import gettext as _

if TYPE_CHECKING:
    from core.tabular.xlsx import XlsxWriter

_BATCH = 1000
Format = Literal["csv", "xlsx", "json"]


def format_of(name: str) -> Format:
    """The format that a file's ending or an address names; a workbook when it names none that there is."""
    match name.lower().rpartition(".")[2]:
        case "csv":
            return "csv"
        case "json":
            return "json"
        case _:
            return "xlsx"


@dataclass(frozen=True)
class ExportResult:
    """How many rows were written and which headings are masked in them."""

    rows: int
    masked: tuple[str, ...]
    file: str = ""

    def as_dict(self) -> dict[str, Any]:
        """``{"rows", "file"}``, and which columns are masked."""
        return {"rows": self.rows, "file": self.file, "masked": list(self.masked)}


def run_export(
    session: Session,
    profile: ExportProfile,
    out: BinaryIO,
    filters: Mapping[str, Any],
    viewer: Person,
    *,
    format: Format = "xlsx",
    file: str = "",
    progress: Callable[[int], None] = lambda rows: None,
) -> ExportResult:
    """Write every row that ``filters`` and the session's rule leave to ``out``; memory does not grow with their number.
    The export is logged; the caller commits.

    ``progress`` is told the number of rows written, now and then. Raises :class:`~core.errors.NotAllowed`.
    """
    if not viewer.may(profile.permission):
        raise NotAllowed(_("You may not export %(title)s.", title=profile.title))
    values = [_getter(column, viewer) for column in profile.columns]
    headings = [column.heading for column in profile.columns]
    writer: CsvWriter | XlsxWriter | JsonWriter
    if format == "csv":
        writer = CsvWriter(out)
    elif format == "json":
        writer = JsonWriter(out)
    else:
        from core.tabular.xlsx import XlsxWriter  # only who writes a workbook pays for its library

        writer = XlsxWriter(out, profile.title, [column.width for column in profile.columns])
    rows = 0
    with writer:
        writer.heading(headings)
        result = session.execute(profile.query(session, filters, viewer).execution_options(yield_per=_BATCH))
        single = len(result.keys()) == 1
        for part in result.partitions():
            for found in part:
                record = found[0] if single else found
                writer.row([value(record) for value in values])
            rows += len(part)
            progress(rows)
    masked = tuple(column.heading for column in profile.columns if column.masked(viewer))
    audit.record(
        session, "exported", profile.code, file, profile.title, rows=rows, masked=masked, filters=dict(filters)
    )
    return ExportResult(rows, masked, file)


def _getter(column: ExportColumn, viewer: Person) -> Callable[[Any], Any]:
    value = attrgetter(column.value) if isinstance(column.value, str) else column.value
    mask = column.mask
    if mask is None or not column.masked(viewer):
        return value

    def hidden(record: Any) -> Any:
        plain = value(record)
        return plain if plain in (None, "") else mask(str(plain))

    return hidden
