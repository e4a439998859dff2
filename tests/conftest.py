"""Fixtures of all tests come from :mod:`core.testing.fixtures`, named in ``setup.cfg`` so that modules have them too."""
from __future__ import annotations

import pytest

from core import words


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside an application the sentences that the tests look for are the English ones, whoever spoke before."""
    monkeypatch.setattr(words, "_language", "en")
