"""Published calendars in the database: reading the one in force, importing a year, confirming it."""
from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from core import epoch, moment
from core.calendar.models import CalendarImport, ImportState, Workday
from core.calendar.seed import seed_rows
from core.calendar.sheet import check_year, read_csv
from core.calendar.workdays import NATIONAL, CalendarRow, RowKind, WorkCalendar, statutory_days
from core.errors import Changed, NotAllowed, NotFound
from core.signals import calendar_confirmed
from core.words import gettext as _

MEMO = "core.calendar"
MOST_CALENDARS = 32

Stamp = tuple[tuple[int, int, str, str], ...]
"""The imports in force as ``(id, year, scope, digest of the rows)``: all that a calendar depends on."""

AnySession = Session | scoped_session[Session]

_calendars: dict[tuple[Stamp, tuple[str, ...]], WorkCalendar] = {}


@dataclass(frozen=True)
class ImportResult:
    """What an import brought: its days by kind, how they differ from the calendar in force, and what looks odd.

    ``created`` is false when the very same days were there already: ``id`` then is that earlier import.
    """

    id: int
    year: int
    scope: str
    state: ImportState
    created: bool
    holidays: int
    makeup_days: int
    added: tuple[dt.date, ...]
    removed: tuple[dt.date, ...]
    changed: tuple[dt.date, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Confirmation:
    """A calendar came into force; ``clocks_moved`` is how many open due dates are another day now."""

    id: int
    year: int
    scope: str
    clocks_moved: int


def load_calendar(session: AnySession, scopes: Sequence[str] = (NATIONAL,)) -> WorkCalendar:
    """The calendar in force for ``scopes``, from wide to narrow, such as ``("national", "tianjin", "ninghe")``.

    One statement at most in a transaction however often it is called; the days themselves are read only when this process has
    not read the same ones before.
    """
    session = _real(session)
    stamp = _stamp(session)
    key = stamp, tuple(scopes)
    known = _calendars.get(key)
    if known is None:
        published = {year for _id, year, scope, _digest in stamp if scope == NATIONAL}
        rows = _rows_of(session, [id_ for id_, _year, scope, _digest in stamp if scope in scopes])
        if len(_calendars) >= MOST_CALENDARS:
            _calendars.clear()
        known = _calendars[key] = WorkCalendar(rows, published, scopes)
    return known


def import_calendar(session: AnySession, source: Path | bytes | Iterable[Mapping[str, object]], by: int | None,
                    scope: str = NATIONAL, document: str = "") -> ImportResult:
    """Bring in the whole of a year for ``scope`` as a draft: from a CSV file, its bytes, or rows ``{"date", …}``.

    ``document`` is the number of the notice, ``by`` the person's id (``None``: the suite itself). Nothing changes until
    another person confirms it. The same days a second time are the same import. Raises
    :class:`core.calendar.sheet.CalendarSheetError` that lists every fault by row and column.
    """
    session = _real(session)
    if isinstance(source, (Path, bytes)):
        sheet = check_year(read_csv(source), scope, document)
    else:
        sheet = check_year(source, scope, document, first=1)
    newest = session.scalars(select(CalendarImport)
                             .where(CalendarImport.year == sheet.year, CalendarImport.scope == scope)
                             .order_by(CalendarImport.id.desc()).limit(1)).first()
    created = newest is None or newest.digest != digest(sheet.rows)
    if newest is None or created:
        newest = _keep(session, sheet.year, scope, sheet.rows, document, by, ImportState.DRAFT)
    before = {r.date: r for r in _in_force(session, sheet.year, scope)}
    after = {r.date: r for r in sheet.rows}
    return ImportResult(
        newest.id, sheet.year, scope, newest.state, created,
        holidays=sum(r.kind is RowKind.HOLIDAY for r in sheet.rows),
        makeup_days=sum(r.kind is RowKind.WORKDAY for r in sheet.rows),
        added=tuple(sorted(after.keys() - before.keys())), removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(d for d in after if d in before and after[d].kind is not before[d].kind),
        warnings=tuple(_warnings(sheet.year, after)) if scope == NATIONAL else ())


def confirm(session: AnySession, import_id: int, by: int | None) -> Confirmation:
    """Put an import into force. Another person than the importer does it; the newest of its year and area only.

    Sends ``calendar_confirmed``; open clocks are computed anew by those who listen. Raises :class:`NotFound`,
    :class:`NotAllowed` for the importer, :class:`Changed` when it is confirmed already or a newer one exists.
    """
    session = _real(session)
    found = session.get(CalendarImport, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(_("There is no calendar import %(id)s.", id=import_id))
    if found.state is ImportState.CONFIRMED:
        raise Changed(_("This calendar is confirmed already."))
    if found.imported_by == by:
        raise NotAllowed(_("Another person must confirm the calendar that you imported."))
    if session.scalars(select(CalendarImport.id).where(CalendarImport.year == found.year, CalendarImport.id > found.id,
                                                       CalendarImport.scope == found.scope)).first() is not None:
        raise Changed(_("A newer import of this year exists. Confirm that one, or import the file again."))
    years = {found.year} | {r.date.year for r in found.rows}
    years |= {r.date.year for r in _in_force(session, found.year, found.scope)}
    found.state, found.confirmed_by, found.confirmed_at = ImportState.CONFIRMED, by, moment.now()
    session.flush()
    _forget(session)
    return Confirmation(found.id, found.year, found.scope, _announce(session, years, found.scope))


def seed_from_holidays(session: AnySession) -> list[int]:
    """Put the years that the suite brings along into force, where no import of the year is confirmed; returns them.

    Idempotent. Years that somebody imported and confirmed are left as they are.
    """
    session = _real(session)
    present = {year for _id, year, scope, _digest in _stamp(session) if scope == NATIONAL}
    rows = {year: days for year, days in seed_rows().items() if year not in present}
    for year, days in rows.items():
        _keep(session, year, NATIONAL, days, days[0].source, None, ImportState.CONFIRMED)
    if rows:
        _forget(session)
        _announce(session, rows.keys(), NATIONAL)
    return sorted(rows)


def show(session: AnySession, year: int, scopes: Sequence[str] = (NATIONAL,)) -> dict[str, Any]:
    """A year as it is in force: ``{"year", "published", "scopes", "holidays", "makeup_days", "imports"}``.

    ``holidays`` and ``makeup_days`` are ``[{"date", "name"}]``, of a year that is not published the statutory days;
    ``imports`` are all of the year, drafts included, oldest first.
    """
    session = _real(session)
    calendar = load_calendar(session, scopes)
    first = dt.date(year, 1, 1)
    days = [calendar.day(first + dt.timedelta(days=n)) for n in range((dt.date(year + 1, 1, 1) - first).days)]
    imports = session.scalars(select(CalendarImport).where(CalendarImport.year == year).order_by(CalendarImport.id))
    return {
        "year": year, "published": year in calendar.published, "scopes": list(scopes),
        "holidays": [{"date": d.date.isoformat(), "name": d.name} for d in days if d.kind == "holiday"],
        "makeup_days": [{"date": d.date.isoformat(), "name": d.name} for d in days if d.kind == "makeup"],
        "imports": [{"id": i.id, "scope": i.scope, "source": i.source, "state": str(i.state),
                     "imported_by": i.imported_by, "imported_at": i.imported_at.isoformat(),
                     "confirmed_by": i.confirmed_by,
                     "confirmed_at": i.confirmed_at.isoformat() if i.confirmed_at else None} for i in imports],
    }


def digest(rows: Iterable[CalendarRow]) -> str:
    """A fingerprint of the days: the same for the same dates, kinds and names."""
    plain = sorted((r.date.isoformat(), str(r.kind), r.name) for r in rows)
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def _keep(session: Session, year: int, scope: str, rows: Iterable[CalendarRow], source: str, by: int | None,
          state: ImportState) -> CalendarImport:
    rows = list(rows)
    now = moment.now()
    made = CalendarImport(year=year, scope=scope, source=source, digest=digest(rows), state=state, imported_by=by,
                          imported_at=now, confirmed_at=now if state is ImportState.CONFIRMED else None)
    made.rows = [Workday(date=r.date, kind=r.kind, name=r.name, scope=scope, source=source) for r in rows]
    session.add(made)
    session.flush()
    return made


def _announce(session: Session, years: Iterable[int], scope: str) -> int:
    answers = calendar_confirmed.send(session, years=sorted(years), scope=scope)
    return sum(moved for _listener, moved in answers if isinstance(moved, int))


def _warnings(year: int, rows: Mapping[dt.date, CalendarRow]) -> Iterable[str]:
    for date, name in statutory_days(year).items():
        row = rows.get(date)
        if row is not None and row.kind is RowKind.WORKDAY:
            yield _("%(date)s (%(name)s) is a day off by law, but the file makes it a working day.",
                    date=date.isoformat(), name=name)
        elif row is None and date.isoweekday() <= 5:
            yield _("%(date)s (%(name)s) is not in the file. It stays a day off, because the law says so.",
                    date=date.isoformat(), name=name)


def _in_force(session: Session, year: int, scope: str) -> list[CalendarRow]:
    return _rows_of(session, [id_ for id_, *of, _digest in _stamp(session) if of == [year, scope]])


def _rows_of(session: Session, imports: Sequence[int]) -> list[CalendarRow]:
    """The rows of the imports, in the order of the imports: of two years' notices the later one has the last word."""
    place = {id_: n for n, id_ in enumerate(imports)}
    found = session.execute(select(Workday.batch_id, Workday.date, Workday.kind, Workday.name, Workday.scope,
                                   Workday.source).where(Workday.batch_id.in_(imports))).all() if imports else []
    return [CalendarRow(r.date, r.kind, r.name, r.scope, r.source)
            for r in sorted(found, key=lambda r: (place[r.batch_id], r.date))]


def _stamp(session: Session) -> Stamp:
    """What is in force. Remembered for one transaction, and not in one that changes it: that may yet be rolled back."""
    held, known = session.info.get(MEMO, (None, None))
    if known is not None and held is session.get_transaction():
        stamp: Stamp = known
        return stamp
    stamp = epoch.kept(session, "calendars in force", lambda: _read_stamp(session))
    now = session.get_transaction()
    if held is None or held is not now:
        session.info[MEMO] = now, stamp
    return stamp


def _read_stamp(session: Session) -> Stamp:
    newest: dict[tuple[int, str], tuple[int, int, str, str]] = {}
    for id_, year, scope, mark in session.execute(
            select(CalendarImport.id, CalendarImport.year, CalendarImport.scope, CalendarImport.digest)
            .where(CalendarImport.state == ImportState.CONFIRMED).order_by(CalendarImport.id)):
        newest[year, scope] = id_, year, scope, mark
    return tuple(sorted(newest.values(), key=lambda entry: (entry[1], entry[0])))


def _forget(session: Session) -> None:
    session.info[MEMO] = session.get_transaction(), None


def _real(session: AnySession) -> Session:
    return session() if isinstance(session, scoped_session) else session
