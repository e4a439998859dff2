"""The letters' fonts, prepared once per machine, and rendered letters that several tests measure."""
from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from core.letter.content import LetterContent
from core.letter.fonts import FontBook, book
from core.letter.prepare_fonts import prepare
from core.letter.render import render_pdf

from .letters import Ruler, measure


@pytest.fixture(scope="session")
def fonts() -> FontBook:
    prepare()
    return book()


@pytest.fixture(scope="session")
def pages(fonts: FontBook) -> Callable[..., list[Ruler]]:
    """``pages(content, preview=False)``: the pages of a letter, ready to be measured."""

    @lru_cache
    def rendered(key: str, preview: bool) -> list[Ruler]:
        return measure(render_pdf(letters[key], preview))

    letters: dict[str, LetterContent] = {}

    def opened(content: LetterContent, preview: bool = False) -> list[Ruler]:
        letters[repr(content)] = content
        return rendered(repr(content), preview)

    return opened
