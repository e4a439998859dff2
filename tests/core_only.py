"""Installations without modules, for stories about core alone.

A folder's ``conftest.py`` takes :func:`_installation` from here; they all share one installation per database.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from core.testing.databases import BACKENDS, Installation, installation
from core.testing.postgres import private_postgres

_made: dict[str, Installation] = {}
_open = ExitStack()


@pytest.fixture(scope="session", params=BACKENDS)
def _installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    backend: str = request.param
    if not _made:
        request.config.add_cleanup(_open.close)
    if backend not in _made:
        server = _open.enter_context(private_postgres()) if backend == "postgresql" else ""
        _made[backend] = _open.enter_context(
            installation(backend, tmp_path_factory.mktemp(backend), server, addons=""))
    yield _made[backend]
