"""Charts as plain data: what :file:`templates/widgets/chart.html` draws, with the same numbers as a table beside it."""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

KINDS = ("bar", "stack", "line", "ring")


@dataclass(frozen=True)
class Series:
    """One row of numbers, a value for each label of the chart; None leaves a gap. ``tone`` is a tone of a tag, or
    empty for the next colour of the palette."""

    name: Any
    values: Sequence[float | int | None]
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart and, behind 数据表, the same numbers as a table.

    ``kind``: ``bar``, ``stack`` (bars on top of each other), ``line`` or ``ring`` (the first series only). ``flat`` lays
    the bars on their side, for long names. ``urls``: where a click on a label leads, one for each label. ``percent``
    gives the values as shares of a hundred. ``height`` in lines of text.
    """

    title: Any
    labels: Sequence[Any]
    series: Sequence[Series]
    kind: str = "bar"
    unit: Any = ""
    flat: bool = False
    percent: bool = False
    urls: Sequence[str] = field(default_factory=tuple)
    note: Any = ""
    height: int = 16

    @property
    def data(self) -> str:
        """What the script reads."""
        return json.dumps({
            "kind": self.kind, "labels": [str(label) for label in self.labels], "unit": str(self.unit), "flat": self.flat,
            "percent": self.percent, "urls": list(self.urls), "series": [
                {"name": str(one.name), "tone": one.tone, "values": list(one.values)} for one in self.series]},
            ensure_ascii=False)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for one in self.series for value in one.values)
