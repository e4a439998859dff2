"""The facts of ``ninghe.yaml`` as plain data. No database here."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from core.access.models import UnitKind

FILE = Path(__file__).with_name("ninghe.yaml")


@dataclass(frozen=True)
class UnitFact:
    """A unit as the file states it. ``sort`` is street, town, park, bureau or outside.

    ``doc_word_placeholder`` only shows the form of a 机关代字: it is for demonstrations, never for real letters.
    """

    code: str
    name: str
    short_name: str
    kind: UnitKind
    sort: str
    active: bool = True
    is_enforcer: bool = False
    leads_indicators: bool = False
    doc_word_placeholder: str = ""
    duty: str = ""


@dataclass(frozen=True)
class Facts:
    """The district: its GB/T 2260 codes, the court's code in case numbers, its units in the order in which to show them.

    ``enclaves`` are places inside the district that others govern; ``sources`` says of each list where it comes from.
    """

    code: str
    former_code: str
    court_code: str
    district: UnitFact
    units: tuple[UnitFact, ...]
    enclaves: tuple[str, ...]
    sources: Mapping[str, str]

    def unit(self, code: str) -> UnitFact | None:
        """The unit with that code, if the file knows it."""
        return next((unit for unit in self.units if unit.code == code), None)

    def streets(self) -> tuple[UnitFact, ...]:
        """The 17 streets, towns and parks of the first level (一级片区)."""
        return tuple(unit for unit in self.units if unit.kind is UnitKind.STREET and unit.active)


@lru_cache
def reference() -> Facts:
    """The facts, read once."""
    told: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    district = told["district"]
    units = [
        *(_unit(row, UnitKind.BUREAU, "bureau") for row in told["bureaus"]["units"]),
        *(_unit(row, UnitKind.STREET, row["kind"]) for row in told["streets"]["units"]),
        *(_unit(row, UnitKind.OUTSIDE, "outside") for row in told["outside"]["units"]),
        *(_unit(row, UnitKind.STREET, row["kind"], active=False) for row in told["statistical_units"]["units"]),
    ]
    return Facts(district["code"], district["former_code"], district["court_code"],
                 UnitFact(district["code"], district["name"], district["short_name"], UnitKind.DISTRICT, "district"),
                 tuple(units), tuple(told["enclaves"]["names"]),
                 {name: part["source"] for name, part in told.items()})


def _unit(row: Mapping[str, Any], kind: UnitKind, sort: str, active: bool = True) -> UnitFact:
    return UnitFact(kind=kind, sort=sort, active=active, **{key: value for key, value in row.items() if key != "kind"})
