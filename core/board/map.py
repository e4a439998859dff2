"""The districts on a schematic map: tiles, because no survey data are shipped; the district's own GeoJSON replaces them.

An administrator puts the file ``districts.geojson`` into the data folder: a ``FeatureCollection`` in degrees whose features
have the statistical code in ``properties.code``. It is drawn as it is, without a background map and without a network.
"""
from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.reference import reference

FILE = "districts.geojson"
SIDE, GAP, WIDTH = 100, 8, 640
PLACES: Mapping[str, tuple[int, int]] = {
    # column and row, west to east and north to south; who lies beside whom is roughly right, sizes and borders are not
    "120117105": (2, 0), "120117104": (3, 0),
    "120117112": (2, 1), "120117103": (4, 1), "120117102": (3, 1),
    "120117109": (0, 2), "120117114": (1, 2), "120117115": (3, 2), "120117002": (4, 2), "120117107": (0, 3),
    "120117451": (0, 4), "120117110": (1, 3), "120117106": (2, 3), "120117401": (3, 3), "120117001": (4, 3),
    "120117113": (1, 4), "120117111": (2, 4),
}


@dataclass(frozen=True)
class Shape:
    """One district: its name, where the name stands, and either a tile (``x``, ``y``) or the outline of its own map."""

    code: str
    name: str
    x: float
    y: float
    outline: str = ""


@dataclass(frozen=True)
class Map:
    """The shapes and the size of the drawing; ``schematic``: tiles."""

    width: float
    height: float
    shapes: Sequence[Shape]
    schematic: bool
    side: int = SIDE


def district_map(var: Path) -> Map:
    """The district's own map when there is one that can be read, else the tiles."""
    path = var / FILE
    try:
        return _own(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        return tiles()


def outlines(var: Path) -> Mapping[str, Sequence[Sequence[Sequence[float]]]]:
    """The rings of each district of the own map, in degrees, by its code; nothing when there is no map that can be read."""
    path = var / FILE
    try:
        return dict(_features(path, path.stat().st_mtime_ns))
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def tiles() -> Map:
    """One tile for each of the districts that the reference data name; one without a place stands in a row below."""
    names = {fact.code: fact.short_name for fact in reference().streets()}
    places = dict(PLACES)
    below = 1 + max(row for _column, row in PLACES.values())
    for number, code in enumerate(code for code in names if code not in PLACES):
        places[code] = (number % 5, below + number // 5)
    step = SIDE + GAP
    shapes = [Shape(code, name, places[code][0] * step, places[code][1] * step) for code, name in names.items()]
    return Map(max(shape.x for shape in shapes) + SIDE, max(shape.y for shape in shapes) + SIDE, shapes, True)


@lru_cache(2)
def _own(path: Path, _changed: int) -> Map:
    names = {fact.code: fact.short_name for fact in reference().streets()}
    features = _features(path, _changed)
    points = [point for _code, rings in features for ring in rings for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def put(point: Sequence[float]) -> tuple[float, float]:
        return round((point[0] - west) * narrow * scale, 1), round((north - point[1]) * scale, 1)

    shapes = []
    for code, rings in features:
        drawn = [[put(point) for point in ring] for ring in rings]
        widest = max(drawn, key=len)
        middle = [sum(p[axis] for p in widest) / len(widest) for axis in (0, 1)]
        outline = "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in drawn)
        shapes.append(Shape(code, names.get(code, code), round(middle[0], 1), round(middle[1], 1), outline))
    return Map(WIDTH, round((north - south) * scale, 1), shapes, False)


@lru_cache(2)
def _features(path: Path, _changed: int) -> list[tuple[str, list[Sequence[Sequence[float]]]]]:
    told = json.loads(path.read_text("utf-8"))
    return [(str(f["properties"]["code"]), list(_rings(f["geometry"]))) for f in told["features"]]


def _rings(geometry: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    """The outer and inner rings of a polygon or of several, without heights."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in parts:
        yield from ([point[:2] for point in ring] for ring in polygon)
