"""Draws and seals letters ahead of their signing, in processes of their own, so that the transactions that take the numbers
are short and follow one another without a pause.

Which number a letter will get is foreseen, not taken: if another signer was quicker, or a letter is refused, what was drawn
ahead under the wrong number is thrown away unseen and drawn again.
"""
from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flask import current_app
from sqlalchemy.orm import Session

from core import moment, words
from core.access.viewer import Viewer
from core.errors import Refusal
from core.letter import making, numbers, register
from core.letter.making import Made, Order
from core.letter.models import Letter

AHEAD = 3
"""Letters in hand for each process."""
After = Callable[[int, Refusal | None], None]
"""Told of each letter (its id, and why it was refused) inside its transaction, which it ends."""


class Press:
    """Where letters are drawn: in this process, or in ``processes`` of its own."""

    def __init__(self, processes: int) -> None:
        self.depth = processes * AHEAD if processes > 1 else 1
        self._pool = _pool(processes) if processes > 1 else None

    def draw(self, order: Order) -> Callable[[], Made]:
        """Begin to draw; the result waits for it and raises the :class:`Refusal` that came of it."""
        if self._pool is None:
            return lambda: making.make(order)
        future: Future[Made | tuple[str, str | None]] = self._pool.submit(_make, order)

        def result() -> Made:
            made = future.result()
            if isinstance(made, Made):
                return made
            raise Refusal(*made)
        return result

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


@dataclass
class _Ahead:
    """A letter in hand: being drawn, or refused before that."""

    letter_id: int
    made: Callable[[], Made] | None = None
    refusal: Refusal | None = None


def sign_all(session: Session, ids: Sequence[int], actor: Viewer, press: Press, after: After) -> None:
    """Sign the letters in this order, each in its own transaction; a refusal stops none of the others."""
    plan: deque[_Ahead] = deque()
    likely: dict[tuple[int, str, int], int] = {}
    begun = 0
    for place, letter_id in enumerate(ids):
        while begun < min(len(ids), place + press.depth):
            plan.append(_begin(session, ids[begun], actor, press, likely))
            begun += 1
        ahead, refusal = plan.popleft(), None
        try:
            if ahead.refusal is not None or ahead.made is None:
                raise ahead.refusal or Refusal("")
            made = ahead.made()
            letter = register.sign(session, _the(session, letter_id), actor, made)
            right = letter.number == made.order.number
        except Refusal as refused:
            session.rollback()
            refusal, right = refused, ahead.made is None
        after(letter_id, refusal)
        if not right:  # the numbers that were foreseen for those in hand are other letters' now
            plan.clear()
            likely.clear()
            begun = place + 1


def _begin(session: Session, letter_id: int, actor: Viewer, press: Press, likely: dict[tuple[int, str, int], int]) -> _Ahead:
    year = moment.today().year
    try:
        letter = _the(session, letter_id)
        kind = register.may_sign(session, letter, actor)
        word, key = numbers.word_of(letter.bureau, kind), (letter.bureau_id, kind.series, year)
        number = likely[key] if key in likely else numbers.guess(session, letter.bureau, kind, year)
        order = making.order_for(session, letter, kind, numbers.written(word, year, number))
    except Refusal as refusal:
        return _Ahead(letter_id, refusal=refusal)
    likely[key] = number + 1
    return _Ahead(letter_id, made=press.draw(order))


def _the(session: Session, letter_id: int) -> Letter:
    return session.get_one(Letter, letter_id, populate_existing=True)


def _pool(processes: int) -> ProcessPoolExecutor:
    settings = current_app.extensions["yingshang"].settings
    fonts = settings.var / "fonts", Path(settings.letter.fonts) if settings.letter.fonts else None
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _prepare,
                               (*fonts, settings.timezone, settings.locale))


def _prepare(own: Path, cache: Path | None, zone: str, language: str) -> None:
    """A new process: the same fonts, days and words, and no longer a life than that of the process that made it."""
    from core.letter.fonts import configure

    configure(own, cache)
    moment.set_zone(zone)
    words.speak(language)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(0)

    threading.Thread(target=follow, daemon=True).start()


def _make(order: Order) -> Made | tuple[str, str | None]:
    """A refusal is handed back as its words: exceptions with more than words in them do not travel well."""
    try:
        return making.make(order)
    except Refusal as refusal:
        return refusal.message, refusal.field


def processes() -> int:
    """As the setting ``letter.processes`` says."""
    count: Any = current_app.extensions["yingshang"].settings.letter.processes
    return int(count)
