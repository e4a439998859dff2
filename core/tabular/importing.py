"""One way in for every sheet: read, check, carry out, count; the dry run is the same and is rolled back at its end.

The caller's transaction is used and not committed: everything happens inside one savepoint, which is released when the
import stands and rolled back when it was a dry run or a row was bad.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core import audit
from core.errors import NotAllowed, Refusal
from core.tabular.cells import CellError
from core.tabular.columns import Column
from core.tabular.heading import Layout, find_heading
from core.tabular.models import ImportBatch
from core.tabular.profile import BulkHandler, ImportProfile, Outcome, Person, Record
from core.tabular.reading import Limits, Row, Sheet, SheetError, open_sheet
from core.tabular.work import ImportResult, TooManyErrors, Work
from core.words import gettext as _

SAMPLE = "示例"
"""A row whose first filled cell begins with this is the template's example and is passed over."""

Values = list[Any]


def run_import(
    session: Session,
    profile: ImportProfile,
    file: Path,
    *,
    by: Person,
    bureau_id: int | None,
    dry_run: bool = False,
    skip_errors: bool = False,
    column_map: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    sheet_name: str | None = None,
    file_name: str | None = None,
) -> ImportResult:
    """Import ``file`` and say what became of its rows; flushes, never commits.

    Faults of rows are in the result; without ``skip_errors`` one of them means that nothing was saved
    (``result.saved``). Raises :class:`~core.errors.NotAllowed` without the profile's permission and
    :class:`~core.tabular.reading.SheetError` when the sheet as a whole is refused.
    """
    if not by.may(profile.permission):
        raise NotAllowed(_("You may not import %(title)s.", title=profile.title))
    limits = limits or Limits()
    sheet = open_sheet(file, limits, name=sheet_name)
    layout = find_heading(sheet, profile, column_map)
    result = ImportResult(profile.code, heading_row=layout.row)
    open_transaction(session)
    with session.begin_nested() as savepoint:
        batch = ImportBatch(
            profile=profile.code,
            file_name=(file_name or file.name)[-255:],
            sha256=digest(file),
            by_id=by.user_id,
            by_name=by.name[:100],
            bureau_id=bureau_id,
        )
        session.add(batch)
        session.flush()
        work = Work(session, profile, by, bureau_id, batch.id, result, skip_errors, dry_run)
        complete = _carry_out(sheet, layout, work, min(limits.rows, profile.max_rows))
        work.close(complete)
        good = complete and (skip_errors or not result.errors)
        if not good:
            result.counts = dict.fromkeys(Outcome, 0)
        batch.counts = {"rows": result.rows, "errors": len(result.errors)} | {
            k.value: v for k, v in result.counts.items()
        }
        if good and not dry_run:
            result.batch, result.saved = batch.id, True
            audit.record(
                session,
                "imported",
                ImportBatch.__tablename__,
                batch.id,
                profile.title,
                file=batch.file_name,
                sha256=batch.sha256,
                **batch.counts,
            )
        else:
            savepoint.rollback()
    return result


def open_transaction(session: Session) -> None:
    """Make sure that a transaction is open: SQLite's driver opens none for a savepoint, which would then be the
    outermost."""
    connection = session.connection()
    if connection.dialect.name == "sqlite" and not getattr(
        connection.connection.dbapi_connection, "in_transaction", True
    ):
        connection.exec_driver_sql("BEGIN")


def digest(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _carry_out(sheet: Sheet, layout: Layout, work: Work, most: int) -> bool:
    """Read and carry out every row; whether the end was reached."""
    _warn_of_the_unread(sheet, layout, work)
    rows = _checked_rows(sheet, layout, work, most)
    handler = work.profile.handler
    try:
        if isinstance(handler, BulkHandler):
            handler.run(work.session, rows, [column.name for column in work.profile.columns], work)
        else:
            _one_by_one(rows, work)
        work.keep_changes()
    except TooManyErrors:
        return False
    if not work.result.rows:
        raise SheetError(_("There are no rows below the headings."))
    _refuse_mass_closing(work)
    return True


def _warn_of_the_unread(sheet: Sheet, layout: Layout, work: Work) -> None:
    for heading in layout.unread:
        work.result.warnings.append(
            CellError(layout.row, heading, "", _("This column is not known here and was not read."))
        )
    if sheet.others:
        work.result.warnings.append(
            CellError(layout.row, "", "、".join(sheet.others), _("Only one sheet is read; these were not."))
        )


def _refuse_mass_closing(work: Work) -> None:
    """An incomplete file looks like the end of half the register: stop before it happens."""
    closed, profile = work.result.counts[Outcome.CLOSED], work.profile
    if closed <= profile.closing_least:
        return
    left = profile.handler.known(work.session, work)
    known = closed + (left or 0)
    if left is not None and closed > profile.closing_share * known:
        raise SheetError(
            _(
                "The sheet would close %(closed)s of %(known)s records, more than %(share)s %%: nothing was saved. "
                "Check whether it is the right file; divide it if it is.",
                closed=closed,
                known=known,
                share=round(profile.closing_share * 100),
            )
        )


def _checked_rows(sheet: Sheet, layout: Layout, work: Work, most: int) -> Iterator[tuple[int, Values]]:
    """``(row number, values)`` of every row without a fault, values in the order of the profile's columns."""
    columns = work.profile.columns
    places = enumerate(zip(columns, layout.positions, strict=True))
    plan = [(index, _reader(column, work.profile.keys), place) for index, (column, place) in places if place >= 0]
    blank: Values = [None] * len(columns)
    required = [(index, column) for index, column in enumerate(columns) if column.required]
    doubtful = [(index, column) for index, column in enumerate(columns) if type(column).doubt is not Column.doubt]
    first = min(place for _index, _read, place in plan)
    full, check, doubts = layout.width, work.profile.check, work.profile.doubts
    names = [column.name for column in columns]
    for number, cells in sheet.rows():
        if number <= layout.row:
            continue
        row = cells if len(cells) >= full else [*cells, *([None] * (full - len(cells)))]
        beginning = row[first]
        if isinstance(beginning, str) and beginning.lstrip().startswith(SAMPLE):
            continue
        values, sound = blank.copy(), True
        try:
            for index, read, place in plan:
                values[index] = read(row[place])
        except Refusal:
            values, sound = _find_faults(number, row, plan, work), False
        if sound and values == blank:
            continue
        work.result.rows += 1
        if work.result.rows > most:
            raise SheetError(_("The sheet has more than %(most)s rows: divide it.", most=most))
        if sheet.kind == "csv" and len(cells) > full and any(cells[full:]):
            work.fault(
                number,
                "",
                cells[full],
                _("The row has more cells than there are headings: a text with a comma needs quotation marks."),
            )
            sound = False
        for index, column in required:
            if values[index] is None:
                work.fault(number, column.name, "", _("This cell must be filled in."))
                sound = False
        record = dict(zip(names, values, strict=True)) if check or doubts else {}
        if sound and check:
            for name, message in check(record):
                work.fault(number, name, record.get(name, ""), message)
                sound = False
        if not sound:
            continue
        for index, column in doubtful:
            if values[index] is not None and (message_ := column.doubt(values[index])):
                work.doubt(number, column.name, values[index], message_)
        if doubts:
            for name, message in doubts(record):
                work.doubt(number, name, record.get(name, ""), message)
        yield number, values


def _reader(column: Column, keys: Sequence[str]) -> Callable[[Any], Any]:
    """The column's ``parse`` with empty cells as ``None``, left out where the text is what it would give."""
    parse, settled = column.parse, column.settled() or _never

    def read(cell: Any) -> Any:
        if type(cell) is str and settled(cell):
            return cell
        if cell is None or (isinstance(cell, str) and (not cell or cell.isspace())):
            return None
        value = parse(cell)
        return None if value == "" else value

    return lru_cache(8192, typed=True)(read) if column.repeats and column.name not in keys else read


def _never(_text: str) -> bool:
    """For columns that must always be parsed."""
    return False


class _Faulty:
    """Stands where a cell could not be read: it is filled in, so that it is not reported as missing too."""


def _find_faults(number: int, row: Row, plan: Sequence[tuple[int, Callable[[Any], Any], int]], work: Work) -> Values:
    values: Values = [None] * len(work.profile.columns)
    for index, read, place in plan:
        try:
            values[index] = read(row[place])
        except Refusal as fault:
            work.fault(number, work.profile.columns[index].name, row[place], fault.message)
            values[index] = _Faulty
    return values


def _one_by_one(rows: Iterator[tuple[int, Values]], work: Work) -> None:
    names = [column.name for column in work.profile.columns]
    seen: dict[tuple[Any, ...], int] = {}
    while chunk := [
        Record(number, dict(zip(names, values, strict=True))) for number, values in islice(rows, work.profile.chunk)
    ]:
        fresh = [record for record in chunk if not _repeated(record, seen, work)]
        work.profile.handler.prepare(work.session, fresh, work)
        for record in fresh:
            _apply(record, work)
        work.keep_changes()
    work.profile.handler.finish(work.session, work)


def _repeated(record: Record, seen: dict[tuple[Any, ...], int], work: Work) -> bool:
    key = tuple(record[name] for name in work.profile.keys)
    if not any(part is not None for part in key):
        return False
    earlier = seen.setdefault(key, record.row)
    if earlier == record.row:
        return False
    work.fault(
        record.row,
        work.profile.keys[0],
        record[work.profile.keys[0]],
        _("The same record already stands in row %(row)s.", row=earlier),
    )
    return True


def _apply(record: Record, work: Work) -> None:
    """One row in a savepoint of its own: what it had begun is gone when it is refused."""
    mark = work.noted()
    try:
        with work.session.begin_nested():
            outcome = work.profile.handler.apply(record, work)
    except IntegrityError:
        work.forget_changes(mark)
        work.fault(record.row, "", "", _("The row contradicts a record that exists already."))
    except StaleDataError:
        work.forget_changes(mark)
        work.fault(record.row, "", "", _("Somebody changed this record just now: import the row again."))
    except Refusal as refusal:
        work.forget_changes(mark)
        for error in refusal.errors:
            work.fault(record.row, error.field, record.values.get(error.field), error.message)
        if not refusal.errors:
            work.fault(record.row, "", "", refusal.message)
    else:
        work.count(outcome)
