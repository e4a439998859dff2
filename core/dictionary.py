"""字典: short lists of words that an administrator keeps: posts, kinds of notice. Declared in code with first entries.

An entry is never deleted, because records go on bearing its code: it is switched off, and then no longer offered.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Model
from core.errors import NotFound, Refusal
from core.words import N_
from core.words import gettext as _


class DictionaryEntry(Model):
    """A word of a dictionary. ``code`` is what records keep."""

    __tablename__ = "core_dictionary_entry"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    dictionary: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(128))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("dictionary", "code"),)


@dataclass(frozen=True)
class Dictionary:
    """A list of words: ``entries`` are ``(code, label)`` of the first ones, which an upgrade makes where they are missing."""

    name: str
    title: Any
    entries: Sequence[tuple[str, str]] = ()


_KNOWN: dict[str, Dictionary] = {}


def declare(*dictionaries: Dictionary) -> None:
    """Make dictionaries known, at start-up; another one under the same name is an error."""
    for each in dictionaries:
        if _KNOWN.setdefault(each.name, each) != each:
            raise ValueError(f"two dictionaries are named {each.name}")


def known() -> tuple[Dictionary, ...]:
    """Every dictionary, by name."""
    return tuple(_KNOWN[name] for name in sorted(_KNOWN))


def entries(session: Session) -> dict[str, list[DictionaryEntry]]:
    """The entries of every dictionary, in order: one statement."""
    found: dict[str, list[DictionaryEntry]] = {name: [] for name in sorted(_KNOWN)}
    for entry in session.scalars(select(DictionaryEntry).order_by(DictionaryEntry.position, DictionaryEntry.id)):
        found.setdefault(entry.dictionary, []).append(entry)
    return found


def choices(session: Session, name: str) -> list[tuple[str, str]]:
    """``(code, label)`` of what is offered now."""
    return [(row.code, row.label) for row in session.execute(
        select(DictionaryEntry.code, DictionaryEntry.label)
        .where(DictionaryEntry.dictionary == name, DictionaryEntry.active.is_(True))
        .order_by(DictionaryEntry.position, DictionaryEntry.id))]


def put(session: Session, name: str, code: str, label: str, position: int = 0, active: bool = True) -> DictionaryEntry:
    """Make an entry, or change the one with that code. Flushes."""
    if name not in _KNOWN:
        raise NotFound(_("There is no dictionary %(name)s.", name=name))
    code, label = code.strip(), label.strip()
    if not code or not label:
        raise Refusal(_("An entry needs a code and a word."), "code" if not code else "label")
    if len(code) > 64 or len(label) > 128:
        raise Refusal(_("A code has at most 64 characters, a word 128."), "label")
    found = session.scalars(select(DictionaryEntry).where(DictionaryEntry.dictionary == name,
                                                          DictionaryEntry.code == code)).one_or_none()
    entry = found or DictionaryEntry(dictionary=name, code=code)
    entry.label, entry.position, entry.active = label, position, active
    session.add(entry)
    session.flush()
    return entry


def sync_dictionaries(session: Session) -> dict[str, int]:
    """Make the declared entries that are missing; what an administrator changed stays. Idempotent."""
    present = {(entry.dictionary, entry.code) for entry in session.scalars(select(DictionaryEntry))}
    missing = [DictionaryEntry(dictionary=each.name, code=code, label=label, position=10 * number, active=True)
               for each in _KNOWN.values() for number, (code, label) in enumerate(each.entries, 1)
               if (each.name, code) not in present]
    session.add_all(missing)
    session.flush()
    return {"made": len(missing)}


declare(
    Dictionary("core.post", N_("Posts"), (
        ("leader", "分管领导"), ("head", "科室负责人"), ("clerk", "经办人"), ("law", "法制审核"), ("window", "窗口人员"),
        ("secretary", "综合文秘"), ("technician", "系统管理"))),
    Dictionary("core.notice", N_("Kinds of notice"), (
        ("notice", "通知"), ("announcement", "公告"), ("rules", "制度文件"), ("maintenance", "系统维护"))),
)
