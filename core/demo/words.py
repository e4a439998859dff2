"""What ``demo.yaml`` says, read once."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Trade = tuple[str, str, int]


@dataclass(frozen=True)
class Usage:
    """Which bureaus use a module in the demonstration: units' codes.

    ``lead`` holds the roles that reach everything, ``window`` those of a service window.
    """

    lead: str
    bureaus: tuple[str, ...] = ()
    enforcers: bool = False
    streets: bool = False
    window: str = ""


@dataclass(frozen=True)
class Plan:
    """The words and numbers of the demonstration."""

    seed: int
    mark: str
    modules: Mapping[str, Usage]
    core_roles: Mapping[str, str]
    sections: Sequence[str]
    surnames: str
    given: Sequence[str]
    shop: str
    enterprise_trades: Sequence[Trade]
    individual_trades: Sequence[Trade]
    cooperative_trades: Sequence[Trade]
    statuses: Mapping[str, int]
    targets: Mapping[str, tuple[float, float]]

    def usage(self, module: str) -> Usage:
        """How the module is used."""
        return self.modules.get(module, self.modules["default"])


def read_plan() -> Plan:
    """The plan in the file."""
    told: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text("utf-8"))
    told["modules"] = {name: Usage(**row | {"bureaus": tuple(row.get("bureaus", ()))})
                       for name, row in told["modules"].items()}
    for name in ("enterprise_trades", "individual_trades", "cooperative_trades"):
        told[name] = [(word, code, weight) for word, code, weight in told[name]]
    return Plan(**told)


PLAN = read_plan()
