"""The log of what changed, was read and was exported: written in the fact's own transaction, linked into a chain.

Each row carries the hash of its own content from the moment it is written, so writers never wait for one another. A
sealer, under a short lock, links new rows in order (:func:`seal`); what is sealed cannot be altered, dropped or
reordered unnoticed (:func:`verify`).
"""
from __future__ import annotations

import datetime as dt
import decimal
import enum
import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, event, func, insert, inspect, select, text, update
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from core import moment
from core.db import Json, Model, UtcDateTime

SEAL_LOCK = 5_702_001
_CHUNK = 2_000
HIDDEN = frozenset({"password", "last_login", "login_count", "fail_login_count", "changed_on", "version", "updated_at",
                    "pinyin"})
"""Columns whose values say nothing about the fact, or must not be told."""


class AuditEntry(Model):
    """One thing that somebody did. ``changes`` is ``{field: [before, after]}``; sealed rows have ``seq`` and ``chain``."""

    __tablename__ = "core_audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[str] = mapped_column(String(128))
    label: Mapped[str] = mapped_column(String(255), default="")
    changes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    content: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int | None] = mapped_column(Integer, unique=True)
    chain: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (Index(None, "subject", "subject_id"), Index(None, "at"), Index(None, "actor_id", "at"))


class AuditHead(Model):
    """The last link of the chain: one row, locked while rows are being sealed."""

    __tablename__ = "core_audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    chain: Mapped[str] = mapped_column(String(64), default="0" * 64)
    note: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class Verification:
    """The outcome of :func:`verify`: how many rows, the head of the chain, and the first bad row (its id) if any."""

    ok: bool
    entries: int
    head: str
    first_bad: int | None = None
    reason: str = ""


def record(session: Session, action: str, subject: str, subject_id: object, label: str = "", **changes: Any) -> None:
    """Write one row about ``subject`` (a table's name) into the transaction of ``session``."""
    session.connection().execute(insert(AuditEntry), [_row(session, action, subject, subject_id, label, changes)])


def seal(session: Session) -> int:
    """Link the rows that are not linked yet, in the order of their ids; returns how many. The caller commits."""
    head = _locked_head(session)
    linked = 0
    while True:
        rows = session.execute(
            select(AuditEntry.id, AuditEntry.content).where(AuditEntry.seq.is_(None))
            .order_by(AuditEntry.id).limit(_CHUNK)).all()
        if not rows:
            return linked
        links = []
        for row in rows:
            head.seq, head.chain = head.seq + 1, _link(head.chain, row.content)
            links.append({"id": row.id, "seq": head.seq, "chain": head.chain})
        session.execute(update(AuditEntry), links)
        session.flush()
        linked += len(rows)


def verify(session: Session) -> Verification:
    """Read the whole log in order and recompute every hash and link. Rows not sealed yet are checked for themselves."""
    head = session.execute(select(AuditHead.seq, AuditHead.chain).where(AuditHead.id == 1)).one_or_none()
    chain, expected, entries = "0" * 64, 0, 0
    columns = list(AuditEntry.__table__.c)
    ordered = select(*columns).order_by(AuditEntry.seq.is_(None), AuditEntry.seq, AuditEntry.id)
    with closing(session.execute(ordered.execution_options(yield_per=_CHUNK))) as rows:
        for row in rows.mappings():
            entries += 1
            if _digest(row) != row["content"]:
                return Verification(False, entries, chain, row["id"], "content")
            if row["seq"] is None:
                continue
            expected, chain = expected + 1, _link(chain, row["content"])
            if row["seq"] != expected or row["chain"] != chain:
                return Verification(False, entries, chain, row["id"], "chain")
    if head is not None and (head.seq, head.chain) != (expected, chain):
        return Verification(False, entries, chain, None, "head")
    return Verification(True, entries, chain)


_AS_THEY_ARE = frozenset({str, int, float, bool})


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    if value is None or type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _locked_head(session: Session) -> AuditHead:
    """The head, held against other sealers until the transaction ends."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEAL_LOCK})
    else:  # SQLite has one writer: touching the row takes the database's write lock before anything is read
        session.execute(update(AuditHead).where(AuditHead.id == 1).values(seq=AuditHead.seq))
    head = session.get(AuditHead, 1, populate_existing=True)
    if head is None:
        head = AuditHead(id=1, seq=0, chain="0" * 64, note="")
        session.add(head)
        session.flush()
    return head


def _link(chain: str, content: str) -> str:
    return hashlib.sha256(f"{chain}{content}".encode()).hexdigest()


def _digest(row: Mapping[Any, Any]) -> str:
    told = [row["at"].astimezone(dt.UTC).isoformat(), row["actor_id"], row["actor"], row["action"], row["subject"],
            row["subject_id"], row["label"], row["changes"]]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _row(session: Session, action: str, subject: str, subject_id: object, label: str,
         changes: Mapping[str, Any]) -> dict[str, Any]:
    viewer = session.info.get("viewer")
    row = {"at": moment.now(), "actor_id": getattr(viewer, "user_id", None),
           "actor": str(getattr(viewer, "name", "") or "—")[:255], "action": action, "subject": subject,
           "subject_id": str(subject_id), "label": label[:255], "changes": plain(dict(changes))}
    row["content"] = _digest(row)
    return row


def _subject_of(thing: Any) -> tuple[str, str, str]:
    state = inspect(thing)
    key = ",".join(str(part) for part in state.mapper.primary_key_from_instance(thing))
    label = next((str(getattr(thing, name)) for name in ("number", "name", "key", "title")
                  if name in state.mapper.attrs and state.dict.get(name)), "")
    if not label and state.dict.get("case") is not None:  # what hangs on a case is called by the case's number
        label = inspect(state.dict["case"]).dict.get("number", "")
    return state.mapper.base_mapper.local_table.name, key, label  # a case is one subject, whatever its kind


def _changes_of(thing: Any, new: bool) -> dict[str, Any]:
    state, changes = inspect(thing), {}
    for attribute in state.mapper.column_attrs:
        name = attribute.key
        if name in HIDDEN:
            continue
        history = state.attrs[name].history
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            after = history.added[0] if history.added else None
            if not (new and after is None):
                changes[name] = [plain(before), plain(after)]
    return changes


@event.listens_for(Session, "after_flush")
def _log_changes(session: Session, flush_context: UOWTransaction) -> None:
    """What a flush wrote to audited tables, before → after: the keys of new rows are known by now, the history still."""
    rows = []
    for action, things in (("created", session.new), ("changed", session.dirty), ("deleted", session.deleted)):
        for thing in things:
            if not getattr(type(thing), "__audited__", False):
                continue
            changes = {} if action == "deleted" else _changes_of(thing, action == "created")
            if changes or action == "deleted":
                rows.append(_row(session, action, *_subject_of(thing), changes))
    if rows:
        session.connection().execute(insert(AuditEntry), rows)


def entries_of(session: Session, subject: str, subject_id: object, limit: int = 200) -> list[AuditEntry]:
    """The log of one record, newest first."""
    return list(session.scalars(select(AuditEntry).where(
        AuditEntry.subject == subject, AuditEntry.subject_id == str(subject_id))
        .order_by(AuditEntry.id.desc()).limit(limit)))


def count(session: Session) -> int:
    """How many rows the log has."""
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0
