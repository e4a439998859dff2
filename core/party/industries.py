"""What an industry's code of GB/T 4754—2017 means: its section (门类) and division (大类)."""
from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("industries.yaml")
_CODE = re.compile(r"([A-T])?(\d{2})?\d{0,2}")


@lru_cache
def divisions() -> dict[str, tuple[str, str]]:
    """Name of the section and name of the division by the division's two digits."""
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {code: (section["name"], name) for section in told.values() for code, name in section["divisions"].items()}


def industry_words(code: str, name: str = "") -> str:
    """A code with its meaning: ``5213 零售业（批发和零售业）``; ``name``, which the register brought for the class itself, goes
    first. A code that is none of the standard's stands as it is."""
    found = _CODE.fullmatch(code.strip().upper())
    section, division = divisions().get(found[2] or "", ("", "")) if found else ("", "")
    if name:
        return f"{code} {name}".strip()
    if not division:
        return code
    return f"{code} {division}" if section == division else f"{code} {division}（{section}）"
