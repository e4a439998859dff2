"""发文字号: the next number of an organ's series, taken in the transaction that signs; and the proof that none is missing.

Whoever is killed before the commit has taken nothing: the database gives the number back.
"""
from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.access.explain import whom_to_ask
from core.access.models import Unit
from core.access.viewer import Viewer
from core.errors import Refusal
from core.letter.kinds import LetterKind
from core.letter.models import Letter, LetterSeries, LetterState
from core.words import gettext as _


def word_of(unit: Unit, kind: LetterKind) -> str:
    """机关代字 with the word of the kind: 宁市监, or 宁市监督. :class:`Refusal` while the organ has none."""
    if not unit.doc_word:
        raise Refusal(_("%(unit)s has no word for its numbers (机关代字) yet. An administrator sets it under Units.",
                        unit=unit.name), "doc_word")
    return f"{unit.doc_word}{kind.word}"


def wordless(session: Session, bureaus: Select[int], actor: Viewer) -> str:
    """Why letters of these organs cannot be signed yet, and whom to ask; empty when each has its word. Said once, before
    anything is begun."""
    names = session.scalars(select(Unit.name).where(Unit.id.in_(bureaus), Unit.doc_word == "").order_by(Unit.id).limit(5)).all()
    if not names:
        return ""
    return _("%(units)s has no word for its numbers (机关代字) yet: no letter of it can be signed. Ask an administrator "
             "(%(people)s) to set it under Units.", units="、".join(names),
             people="、".join(whom_to_ask(session, actor.user_id or 0)) or "—")


def written(word: str, year: int, number: int) -> str:
    """``宁发改信〔2026〕12号``: hexagonal brackets, no leading zero."""
    return f"{word}〔{year}〕{number}号"


def take(session: Session, unit: Unit, kind: LetterKind, year: int) -> int:
    """The next number of the series. It is held by this transaction: others wait, a rollback gives it back."""
    word = word_of(unit, kind)
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    session.connection().execute(dialect.insert(LetterSeries).values(
        bureau_id=unit.id, series=kind.series, year=year, word=word, last=0).on_conflict_do_nothing())
    taken = session.connection().execute(
        update(LetterSeries).where(LetterSeries.bureau_id == unit.id, LetterSeries.series == kind.series,
                                   LetterSeries.year == year)
        .values(last=LetterSeries.last + 1).returning(LetterSeries.last)).scalar_one_or_none()
    if taken is None:
        raise Refusal(_("Another series already counts under %(word)s〔%(year)s〕: no two may use one word.", word=word,
                        year=year), "doc_word")
    return int(taken)


def guess(session: Session, unit: Unit, kind: LetterKind, year: int) -> int:
    """The number that would be next, without taking it: a letter can be drawn with it before the series is held."""
    last = session.scalar(select(LetterSeries.last).where(
        LetterSeries.bureau_id == unit.id, LetterSeries.series == kind.series, LetterSeries.year == year))
    return (last or 0) + 1


def parse(number: str) -> tuple[int, int]:
    """Year and number of a 发文字号."""
    _head, _bracket, rest = number.rpartition("〔")
    year, _close, tail = rest.partition("〕")
    return int(year), int(tail.removesuffix("号"))


def check_numbers(session: Session, kinds: dict[str, LetterKind]) -> list[dict[str, Any]]:
    """Every series with its last number, gaps, duplicates and voided numbers: complete when there is no gap and no twin."""
    rows = session.execute(
        select(Letter.bureau_id, Letter.kind, Letter.number, Letter.state).where(Letter.number.is_not(None))).all()
    units = {unit.id: unit.name for unit in session.scalars(select(Unit))}
    used: dict[tuple[int, str, int], list[tuple[int, LetterState]]] = {}
    for row in rows:
        year, number = parse(row.number)
        series = kinds[row.kind].series if row.kind in kinds else row.kind
        used.setdefault((row.bureau_id, series, year), []).append((number, row.state))
    found = []
    counted = {(entry.bureau_id, entry.series, entry.year): entry.last for entry in session.scalars(
        select(LetterSeries).order_by(LetterSeries.bureau_id, LetterSeries.series, LetterSeries.year))}
    for key in [*counted, *sorted(used.keys() - counted.keys())]:
        taken = used.get(key, [])
        numbers = [number for number, _state in taken]
        last = max([counted.get(key, 0), *numbers])
        found.append({"organ": units.get(key[0], str(key[0])), "kind": key[1], "year": key[2], "last": last,
                      "gaps": sorted(set(range(1, last + 1)) - set(numbers)),
                      "duplicates": sorted({n for n in numbers if numbers.count(n) > 1}),
                      "voided": sorted(n for n, state in taken if state is LetterState.VOIDED)})
    return found
