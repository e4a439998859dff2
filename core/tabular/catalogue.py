"""All profiles of the running suite, by code: core's own and those of the modules that are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from flask import current_app, has_app_context

from core.errors import NotFound
from core.tabular.profile import ExportProfile, ImportProfile
from core.words import gettext as _

_P = TypeVar("_P", ImportProfile, ExportProfile)
_imports: dict[str, ImportProfile] = {}
_exports: dict[str, ExportProfile] = {}
_makers: list[Callable[[], Iterable[ExportProfile]]] = []


def offer(*profiles: ImportProfile | ExportProfile) -> None:
    """Add a profile of core's own. Modules do not call this: core reads their lists ``imports.IMPORTS`` and
    ``EXPORTS``."""
    for profile in profiles:
        if isinstance(profile, ImportProfile):
            _add(_imports, profile)
        else:
            _add(_exports, profile)


def offer_made(maker: Callable[[], Iterable[ExportProfile]]) -> None:
    """Add the profiles that ``maker()`` makes of what the running suite has, each time they are asked for."""
    if maker not in _makers:
        _makers.append(maker)


def import_profiles() -> dict[str, ImportProfile]:
    """Every import profile by its code."""
    return _with_modules(_imports, "IMPORTS")


def export_profiles() -> dict[str, ExportProfile]:
    """Every export profile by its code."""
    found = _with_modules(_exports, "EXPORTS")
    if has_app_context() and "yingshang" in current_app.extensions:
        for maker in _makers:
            for profile in maker():
                _add(found, profile)
    return found


def import_profile(code: str) -> ImportProfile:
    """The import profile ``code``. Raises :class:`~core.errors.NotFound`."""
    return _one(import_profiles(), code)


def export_profile(code: str) -> ExportProfile:
    """The export profile ``code``. Raises :class:`~core.errors.NotFound`."""
    return _one(export_profiles(), code)


def _with_modules(own: dict[str, _P], name: str) -> dict[str, _P]:
    found = dict(own)
    if has_app_context() and "yingshang" in current_app.extensions:
        for _addon, profile in current_app.extensions["yingshang"].collect("imports", name):
            _add(found, profile)
    return found


def _add(found: dict[str, _P], profile: _P) -> None:
    if found.setdefault(profile.code, profile) is not profile:
        raise ValueError(f"two profiles are called {profile.code}")


def _one(found: dict[str, _P], code: str) -> _P:
    if code not in found:
        raise NotFound(
            _("There is no sheet profile “%(code)s”. Known: %(known)s.", code=code, known=", ".join(sorted(found)))
        )
    return found[code]
