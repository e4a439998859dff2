"""Picking an enterprise as one types, and finding the one that a sheet names.

Beginnings are asked for as ranges (``>= 'tjnh' AND < 'tjni'``): codes and initials are plain capitals, letters and
digits, and a range uses the ordinary index on SQLite and on PostgreSQL alike, which ``LIKE`` does not.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import moment
from core.party import uscc as codes
from core.party.models import Enterprise, EnterpriseName
from core.party.search import CODE, LETTERS, contains, initials_of
from core.pinyin import initials

PROVISIONAL = "provisional"
_UPPER, _LOWER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789abcdefghijklmnopqrstuvwxyz"


def pick_enterprises(session: Session, q: str, limit: int = 12, *, recent: Sequence[int] = ()) -> list[Enterprise]:
    """The enterprises that ``q`` means, the likeliest first, ``limit`` at most.

    Those with the ids ``recent`` (what the person worked on last) lead when they fit; then by code, by initials, by
    present name, by former name; inside each the newest records. Without words: the recent ones, then the newest.
    """
    text = " ".join(q.split())
    ways: list[ColumnElement[bool] | None] = list(_ways(text)) if text else [None]
    found: dict[int, Enterprise] = {}
    if recent:
        recents: dict[int, Enterprise] = {}
        for way in ways:
            for each in session.scalars(_query(way).where(Enterprise.id.in_(recent))):
                recents[each.id] = each
        found = {key: recents[key] for key in recent if key in recents}
    for way in ways:
        missing = limit - len(found)
        if missing <= 0:
            break
        query = _query(way).where(Enterprise.id.not_in(found)) if found else _query(way)
        found |= {each.id: each for each in session.scalars(query.order_by(Enterprise.id.desc()).limit(missing))}
    return list(found.values())[:limit]


def find_enterprise(session: Session, words: str) -> Enterprise | None:
    """The one that a picker names by its id, or a person by credit code, registration number or whole name; None when there is
    none, or two of the same name (个体工商户)."""
    words = words.strip()
    if not words:
        return None
    if words.isdigit() and len(words) < 10:  # what the picker gives
        return session.get(Enterprise, int(words))
    found = session.scalars(select(Enterprise).where(
        or_(Enterprise.uscc == words.upper(), Enterprise.reg_no == words, Enterprise.name == words)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def find_or_provisional(session: Session, uscc: str, name: str) -> Enterprise:
    """The enterprise with that code, or a new record to be verified (待核验) under ``name``. Flushes.

    Raises :class:`~core.errors.Refusal` for a code that cannot be right. Two sessions that make the same one at once get
    the same record.
    """
    code = codes.check(uscc)
    query = select(Enterprise).where(Enterprise.uscc == code)
    found = session.scalars(query).one_or_none()
    if found is not None:
        return standing(session, found)
    kind, clean = codes.kind(code), " ".join(name.split())
    made = Enterprise(uscc=code, org_code=codes.org_code(code), name=clean, pinyin=initials(clean), source=PROVISIONAL,
                      kind=codes.KIND_NAMES[kind] if kind else None, verified=False, updated_at=moment.now())
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return session.scalars(query).one()
    return made


def standing(session: Session, enterprise: Enterprise) -> Enterprise:
    """The record that stands for ``enterprise`` today: itself, unless it was merged into another one."""
    while enterprise.merged_into_id is not None:
        enterprise = session.get_one(Enterprise, enterprise.merged_into_id)
    return enterprise


def begins_with(column: Any, prefix: str, alphabet: str) -> ColumnElement[bool]:
    """``column`` begins with ``prefix``, both over ``alphabet`` (in the order in which databases sort it)."""
    stem = prefix.rstrip(alphabet[-1])
    if not stem:
        found: ColumnElement[bool] = column >= prefix
        return found
    return and_(column >= prefix, column < stem[:-1] + alphabet[alphabet.index(stem[-1]) + 1])


def _query(way: ColumnElement[bool] | None) -> Any:
    present = select(Enterprise).where(Enterprise.merged_into_id.is_(None))
    return present if way is None else present.where(way)


def _ways(text: str) -> Iterator[ColumnElement[bool]]:
    """How ``text`` may mean an enterprise, the surest way first."""
    upper, lower = codes.normalise(text), text.lower()
    if CODE.fullmatch(upper):
        yield Enterprise.uscc == upper if len(upper) == 18 else begins_with(Enterprise.uscc, upper, _UPPER)
        if upper.isdigit():
            yield begins_with(Enterprise.reg_no, upper, _UPPER)
        if len(upper) == 18:
            return
    if LETTERS.fullmatch(lower) and not lower.isdigit():
        yield begins_with(Enterprise.pinyin, lower, _LOWER)
        if (short := initials_of(lower)) is not None:
            yield begins_with(Enterprise.pinyin, short, _LOWER)
    yield contains(Enterprise.name, text)
    yield Enterprise.id.in_(select(EnterpriseName.enterprise_id).where(contains(EnterpriseName.name, text)))
