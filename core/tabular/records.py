"""The usual handler: each row is one record of a mapped class, found by the profile's keys, created or brought up to
date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select, tuple_
from sqlalchemy.orm import Session

from core.tabular.models import ImportChange
from core.tabular.profile import Handler, Outcome, Record
from core.tabular.work import Work


class Records(Handler):
    """Creates and updates rows of ``model``, whose attributes are named like the profile's columns.

    An empty cell changes nothing. ``fixed`` gives the values that no sheet holds (the bureau, who entered it) to new
    records. ``model`` must count its versions in ``version``: an undo is refused when the count has moved on.
    """

    def __init__(self, model: Any, *, fixed: Callable[[Work], Mapping[str, Any]] = lambda work: {}) -> None:
        self.model, self.fixed = model, fixed

    def prepare(self, session: Session, rows: Sequence[Record], work: Work) -> None:
        """All records that the rows name, in one query."""
        keys = work.profile.keys
        columns = [getattr(self.model, name) for name in keys]
        wanted = [self._key(row.values, keys) for row in rows]
        where = columns[0].in_([key[0] for key in wanted]) if len(keys) == 1 else tuple_(*columns).in_(wanted)
        found = session.scalars(select(self.model).where(where))
        session.info[self._slot(work)] = {tuple(getattr(record, name) for name in keys): record for record in found}

    def apply(self, row: Record, work: Work) -> Outcome:
        """Create the record, or change what differs and note what it was."""
        given = {name: _stored(value) for name, value in row.values.items() if value is not None}
        record = work.session.info[self._slot(work)].get(self._key(row.values, work.profile.keys))
        if record is None:
            record = self.model(**{**self.fixed(work), **given})
            work.session.add(record)
            work.session.flush()
            self._note(row, record, None, work)
            return Outcome.CREATED
        before = {name: getattr(record, name) for name, value in given.items() if getattr(record, name) != value}
        if not before:
            return Outcome.UNCHANGED
        for name in before:
            setattr(record, name, given[name])
        work.session.flush()
        self._note(row, record, {name: _json(value) for name, value in before.items()}, work)
        return Outcome.UPDATED

    def undo(self, session: Session, changes: Sequence[ImportChange], work: Work) -> Sequence[ImportChange]:
        """Delete what was created and put back what was changed, where the version is still the import's."""
        conflicts = []
        types = {attribute.key: attribute.columns[0].type for attribute in inspect(self.model).column_attrs}
        for change in changes:
            record = session.get(self.model, int(change.key))
            if record is None or record.version != change.version:
                conflicts.append(change)
            elif change.before is None:
                session.delete(record)
            else:
                for name, value in change.before.items():
                    setattr(record, name, _python(value, types[name].python_type))
        return conflicts

    def _slot(self, work: Work) -> str:
        return f"import:{work.profile.code}"

    def _key(self, values: Mapping[str, Any], keys: Sequence[str]) -> tuple[Any, ...]:
        return tuple(values[name] for name in keys)

    def _note(self, row: Record, record: Any, before: dict[str, Any] | None, work: Work) -> None:
        work.changed(row.row, self.model.__tablename__, inspect(record).identity[0], before, record.version)


def _stored(value: Any) -> Any:
    """Several choices are kept as a JSON list."""
    return list(value) if isinstance(value, tuple) else value


def _json(value: Any) -> Any:
    if isinstance(value, (dt.date, Decimal)):
        return str(value)
    return value


def _python(value: Any, kind: type[Any]) -> Any:
    if value is None or isinstance(value, kind):
        return value
    if issubclass(kind, dt.date):
        return kind.fromisoformat(value)
    return kind(value)
