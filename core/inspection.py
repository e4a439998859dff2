"""Whether the house is being examined from inside: then nothing is counted against who asks, and nothing is cut short."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_examined: ContextVar[bool] = ContextVar("examined", default=False)


@contextmanager
def examining() -> Iterator[None]:
    """In here no limit on tries or on the length of a sheet answers in a page's place."""
    before = _examined.set(True)
    try:
        yield
    finally:
        _examined.reset(before)


def examined() -> bool:
    """Whether that is so now."""
    return _examined.get()
