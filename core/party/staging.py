"""The set-based half of the register's import: a staging table, a comparison, and what differs written in one go.

What only PostgreSQL has is in :meth:`RegisterMerge.load` (COPY) and :meth:`RegisterMerge.hold` (LOCK).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any
from typing import cast as cast_type

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from core import moment
from core.party.former import keep_former
from core.party.models import Enterprise, EnterpriseAddress, EnterpriseName
from core.tabular.models import ImportBatch, ImportChange

Staged = tuple[Any, ...]

_FIELDS = (
    "name",
    "status",
    "kind",
    "legal_rep",
    "phone",
    "registered_address",
    "business_address",
    "industry",
    "industry_name",
    "scope",
    "type_code",
    "capital",
    "currency",
    "registered_on",
    "approved_on",
    "term_from",
    "term_to",
    "registrar",
    "district_code",
)
ADDRESSES = ("registered_address", "business_address")
_KEPT = ("org_code", "pinyin", "uscc", "reg_no", *_FIELDS)
_COLUMNS = ("row", *_KEPT)
_CHANGE = cast_type(Table, ImportChange.__table__)
_CHUNK = 5_000
_SHOWN = 1_000


class RegisterMerge:
    """One merge of a sheet into the register, in the session's transaction."""

    def __init__(self, session: Session, batch_id: int, closed: Sequence[str]) -> None:
        self.session, self.batch_id, self.closed = session, batch_id, closed
        self.counts: dict[str, int] = {}
        self.table, self.names = cast_type(Table, Enterprise.__table__), cast_type(Table, EnterpriseName.__table__)
        self.addresses = cast_type(Table, EnterpriseAddress.__table__)
        self.stage = Table(
            "import_stage",
            MetaData(),
            Column("row", Integer, primary_key=True),
            Column("org_code", String),
            Column("pinyin", String),
            Column("uscc", String),
            Column("reg_no", String),
            *(Column(name, self.table.c[name].type) for name in _FIELDS),
            Column("enterprise_id", Integer),
            Column("outcome", String),
            Column("renamed", Integer),
            Column("moved", Integer),
            prefixes=["TEMPORARY"],
        )

    @contextmanager
    def staging(self) -> Iterator[None]:
        """The staging table exists inside the ``with`` block, for this connection only."""
        connection = self.session.connection()
        self.stage.create(connection)
        yield
        self.stage.drop(connection)  # after an error the savepoint's rollback takes it away

    def load(self, rows: Iterable[Staged]) -> None:
        """Fill the staging table: COPY on PostgreSQL, many rows a statement elsewhere."""
        connection = self.session.connection()
        if connection.dialect.name == "postgresql":
            driver: Any = connection.connection.dbapi_connection
            with (
                driver.cursor() as cursor,
                cursor.copy(f"COPY import_stage ({', '.join(_quoted())}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            self._count_values("uscc, reg_no")
            return
        iterator = iter(rows)
        statement = insert(self.stage)
        while chunk := [dict(zip(_COLUMNS, row, strict=True)) for row in islice(iterator, _CHUNK)]:
            connection.execute(statement, chunk)

    def hold(self) -> None:
        """Nobody else writes the register until the transaction ends, so that what was compared is what is changed.

        SQLite has one writer at a time anyway.
        """
        connection = self.session.connection()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"LOCK TABLE {Enterprise.__tablename__} IN SHARE ROW EXCLUSIVE MODE")

    def repeated(self) -> list[tuple[int, int, str]]:
        """``(row, earlier row, key)`` for every record that stands in the sheet again; the later ones leave the
        staging table."""
        stage = self.stage
        found: list[tuple[int, int, str]] = []
        for key in (stage.c.uscc, stage.c.reg_no):
            first = func.min(stage.c.row).over(partition_by=key).label("first")
            ranked = select(stage.c.row, first, key.label("key")).where(key.is_not(None)).subquery()
            again = self.session.execute(
                select(ranked.c.row, ranked.c.first, ranked.c.key).where(ranked.c.row > ranked.c.first)
            ).all()
            self._drop([row for row, _first, _key in again])
            found += [(row, earlier, key) for row, earlier, key in again]
        return sorted(found)

    def contradictory(self) -> list[tuple[int, str]]:
        """Find each row's record, by code and else by old number; ``(row, number)`` where the number is somebody
        else's."""
        stage, table = self.stage, self.table
        by_code = update(stage).where(stage.c.uscc == table.c.uscc).values(enterprise_id=table.c.id)
        self.session.execute(by_code)
        unfound = and_(stage.c.enterprise_id.is_(None), stage.c.reg_no == table.c.reg_no)
        free = or_(table.c.uscc.is_(None), stage.c.uscc.is_(None))
        found = self.session.execute(
            select(stage.c.row, stage.c.reg_no).join(table, and_(unfound, ~free)).order_by(stage.c.row)
        ).all()
        self._drop([row for row, _number in found])
        self.session.execute(update(stage).where(unfound, free).values(enterprise_id=table.c.id))
        self._count_values("row, enterprise_id")
        return list(found)

    def compare(self) -> dict[str, int]:
        """Mark the staged rows that update or close a record; how many are created, updated, closed, unchanged."""
        stage, table = self.stage, self.table
        differs = or_(
            *(
                and_(stage.c[name].is_not(None), stage.c[name].is_distinct_from(table.c[name]))
                for name in ("uscc", "reg_no", *_FIELDS)
            ),
            table.c.verified.is_not(true()),
        )
        newer = or_(
            stage.c.approved_on.is_(None),
            table.c.approved_on.is_(None),
            stage.c.approved_on >= table.c.approved_on,
        )
        moves = or_(
            *(
                and_(stage.c[name].is_not(None), table.c[name].is_not(None), stage.c[name] != table.c[name])
                for name in ADDRESSES
            )
        )
        closes = and_(
            stage.c.status.in_(self.closed), or_(table.c.status.is_(None), table.c.status.not_in(self.closed))
        )
        self.session.execute(
            update(stage)
            .where(stage.c.enterprise_id == table.c.id, differs, newer)
            .values(
                outcome=case((closes, "closed"), else_="updated"),
                renamed=case((stage.c.name != table.c.name, 1), else_=0),
                moved=case((moves, 1), else_=0),
            )
        )
        new = stage.c.enterprise_id.is_(None)
        counted = self.session.execute(select(stage.c.outcome, new, func.count()).group_by(stage.c.outcome, new))
        self.counts = {outcome or ("created" if is_new else "unchanged"): count for outcome, is_new, count in counted}
        return self.counts

    def late(self) -> list[tuple[int, dt.date, dt.date]]:
        """``(row, its day, the register's day)`` of rows that tell of an earlier approval than the register knows: a month
        that comes after a later one. They change nothing."""
        stage, table = self.stage, self.table
        found = self.session.execute(
            select(stage.c.row, stage.c.approved_on, table.c.approved_on)
            .join(table, table.c.id == stage.c.enterprise_id)
            .where(stage.c.approved_on < table.c.approved_on)
            .order_by(stage.c.row)
            .limit(_SHOWN)
        )
        return [(row, told, known) for row, told, known in found]

    def renamed(self) -> int:
        """How many records would get another name."""
        if not self._changes():
            return 0
        return self.session.scalar(select(func.count()).where(self.stage.c.renamed == 1)) or 0

    def write(self) -> None:
        """Former names, what an undo needs, the changed records, the new ones: as far as there are any, since each
        statement goes through the whole sheet. After :meth:`compare`."""
        if self._changes():
            keep_former(self.session, self.stage, self._day())
            self._write_changed()
        if self.counts.get("created"):
            self._write_new()

    def _changes(self) -> int:
        return self.counts.get("updated", 0) + self.counts.get("closed", 0)

    def _write_changed(self) -> None:
        stage, table, changed = self.stage, self.table, self.stage.c.outcome.is_not(None)
        before = self._json({name: table.c[name] for name in (*_KEPT, "source", "verified")})
        self.session.execute(
            insert(_CHANGE).from_select(
                ["batch_id", "row", "entity", "key", "before", "version"],
                select(
                    literal(self.batch_id),
                    stage.c.row,
                    literal(Enterprise.__tablename__),
                    cast(table.c.id, String),
                    before,
                    table.c.version + 1,
                )
                .join(table, table.c.id == stage.c.enterprise_id)
                .where(changed),
            )
        )
        self.session.execute(
            update(table)
            .where(table.c.id == stage.c.enterprise_id, changed)
            .values(
                {name: func.coalesce(stage.c[name], table.c[name]) for name in _KEPT}
                | {"source": "import", "verified": True, "version": table.c.version + 1, "updated_at": moment.now()}
            )
        )

    def _write_new(self) -> None:
        stage, table, created = self.stage, self.table, self.stage.c.enterprise_id.is_(None)
        new = [name for name in _KEPT if name != "status"]
        self.session.execute(
            insert(table).from_select(
                [*new, "status", "source", "verified", "version", "updated_at"],
                select(
                    *(stage.c[name] for name in new),
                    func.coalesce(stage.c.status, "存续"),
                    literal("import"),
                    true(),
                    literal(1),
                    literal(moment.now(), table.c.updated_at.type),
                )
                .where(created)
                .order_by(stage.c.row),
            )
        )
        for key, scope in (
            (stage.c.uscc == table.c.uscc, true()),
            (stage.c.reg_no == table.c.reg_no, stage.c.uscc.is_(None)),
        ):
            self.session.execute(
                insert(_CHANGE).from_select(
                    ["batch_id", "row", "entity", "key", "before", "version"],
                    select(
                        literal(self.batch_id),
                        stage.c.row,
                        literal(Enterprise.__tablename__),
                        cast(table.c.id, String),
                        null(),
                        table.c.version,
                    )
                    .join(table, key)
                    .where(created, scope),
                )
            )

    def changed_since(self) -> list[ImportChange]:
        """Changes whose record is gone or has another version than the import left (the first thousand)."""
        key = cast(ImportChange.key, Integer)
        return list(
            self.session.scalars(
                select(ImportChange)
                .outerjoin(self.table, self.table.c.id == key)
                .where(
                    ImportChange.batch_id == self.batch_id, self.table.c.version.is_distinct_from(ImportChange.version)
                )
                .order_by(ImportChange.row)
                .limit(_SHOWN)
            )
        )

    def put_back(self) -> None:
        """Undo the batch: the former names it wrote, the values it replaced, the records it made."""
        change, table, names = _CHANGE, self.table, self.names
        mine = and_(change.c.batch_id == self.batch_id, cast(change.c.key, Integer) == table.c.id)
        ids = select(cast(change.c.key, Integer)).where(
            change.c.batch_id == self.batch_id, change.c.before.is_not(None)
        )
        old_name = select(1).where(
            mine,
            table.c.id == names.c.enterprise_id,
            names.c.name == self._old(change, "name"),
            table.c.name != names.c.name,
        )
        self.session.execute(
            delete(names)
            .where(names.c.enterprise_id.in_(ids), names.c.valid_to == self._day(), old_name.exists())
            .execution_options(synchronize_session=False)
        )
        kept = self.addresses
        moved = select(1).where(
            mine,
            table.c.id == kept.c.enterprise_id,
            and_(*(self._old(change, name).is_not_distinct_from(kept.c[name]) for name in ADDRESSES)),
            or_(*(table.c[name].is_distinct_from(kept.c[name]) for name in ADDRESSES)),
        )
        self.session.execute(
            delete(kept)
            .where(kept.c.enterprise_id.in_(ids), kept.c.valid_to == self._day(), moved.exists())
            .execution_options(synchronize_session=False)
        )
        values: dict[str, Any] = {
            name: self._old(change, name, table.c[name].type) for name in (*_KEPT, "source", "verified")
        }
        self.session.execute(
            update(table)
            .where(mine, change.c.before.is_not(None))
            .values(values | {"version": table.c.version + 1, "updated_at": moment.now()})
        )
        made = select(cast(change.c.key, Integer)).where(change.c.batch_id == self.batch_id, change.c.before.is_(None))
        self.session.execute(delete(table).where(table.c.id.in_(made)))
        self.session.expire_all()

    def _count_values(self, columns: str) -> None:
        """Tell PostgreSQL's planner what stands in these columns now; autovacuum never looks at a temporary table."""
        if self._postgres():
            self.session.connection().exec_driver_sql(f"ANALYZE import_stage ({columns})")

    def _drop(self, rows: Sequence[int]) -> None:
        for start in range(0, len(rows), _SHOWN):
            self.session.execute(delete(self.stage).where(self.stage.c.row.in_(rows[start : start + _SHOWN])))

    def _day(self) -> dt.date:
        """The day of the import: the last one on which a name that it replaces was valid."""
        return moment.local(self.session.get_one(ImportBatch, self.batch_id).at).date()

    def _json(self, values: dict[str, ColumnElement[Any]]) -> ColumnElement[Any]:
        """An object of these values, built by the database."""
        build = func.jsonb_build_object if self._postgres() else func.json_object
        return build(*(part for name, value in values.items() for part in (literal(name), value)))

    def _old(self, change: Table, name: str, kind: Any = None) -> ColumnElement[Any]:
        """The value ``name`` out of a change's ``before``."""
        text = (
            func.jsonb_extract_path_text(change.c.before, name)
            if self._postgres()
            else func.json_extract(change.c.before, f"$.{name}")
        )
        return text if kind is None or not self._postgres() else cast(text, kind)

    def _postgres(self) -> bool:
        return self.session.get_bind().dialect.name == "postgresql"


def _quoted() -> list[str]:
    return [f'"{name}"' for name in _COLUMNS]
