"""Installations with the made-up module ``tree_felling``, for stories about the engine, the log and the commands.

A folder's ``conftest.py`` takes :func:`_installation` from here; they all share one installation per database.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest

from core import addon
from core.testing.databases import BACKENDS, Installation, installation
from core.testing.postgres import private_postgres

ROOT = Path(__file__).resolve().parent / "trial_modules"
_made: dict[str, Installation] = {}
_open = ExitStack()


@pytest.fixture(scope="session", params=BACKENDS)
def _installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    backend: str = request.param
    if not _made:
        request.config.add_cleanup(_open.close)
    if backend not in _made:
        server = _open.enter_context(private_postgres()) if backend == "postgresql" else ""
        with with_trial_modules():
            _made[backend] = _open.enter_context(
                installation(backend, tmp_path_factory.mktemp(backend), server, addons="tree_felling"))
    yield _made[backend]


def with_trial_modules() -> patch:  # type: ignore[valid-type]  # unittest.mock's patcher has no public type
    """Have modules looked for in ``tests/trial_modules`` too, for the length of a ``with`` block."""
    found = addon.discover
    return patch("core.addon.discover", lambda roots=(), entry_points=True: found((*addon.ROOTS, ROOT), entry_points))
