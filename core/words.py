"""Translated sentences for the floors that run without Flask: settings, modules, the command line.

Inside an application the person's own language is used (Flask-Babel); outside of one, the language of the installation.
"""
from __future__ import annotations

import gettext as catalogues
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
_language: str | None = None
_spoken: Callable[[], catalogues.NullTranslations | None] | None = None


def speak(locale: str) -> None:
    """Choose the language of the terminal (``YINGSHANG_LOCALE``)."""
    global _language
    _language = locale


def listen_to(spoken: Callable[[], catalogues.NullTranslations | None]) -> None:
    """Take sentences from the catalogue that ``spoken`` gives: that of the application's reader, None outside of one."""
    global _spoken
    _spoken = spoken


def N_(message: str) -> str:  # the name by which Babel's extraction knows a message marked for later
    """Mark ``message`` for translation where it is shown, not where it stands."""
    return message


def gettext(message: str, **values: object) -> str:
    """``message`` in the reader's language, its named placeholders ``%(x)s`` filled from ``values``."""
    catalogue = (_spoken and _spoken()) or _catalogue(_language or os.environ.get("YINGSHANG_LOCALE") or "zh_Hans_CN")
    text = catalogue.gettext(message)
    return text % values if values else text


@lru_cache
def _catalogue(locale: str) -> catalogues.NullTranslations:
    parts = locale.split("_")
    candidates = ["_".join(parts[:n]) for n in range(len(parts), 0, -1)]
    return catalogues.translation("messages", TRANSLATIONS, candidates, fallback=True)
