"""What is drawn behind the text as PDF operators: red rules, the seal, the QR code, the preview's watermark, the
tables' rules.

Operators are far quicker than pictures or SVG and stay sharp. Places are millimetres from the page's upper left corner;
the operators are in millimetres from its lower left one, under a matrix that :mod:`core.letter.engine` sets. All of it
is marked as an artifact: what it says stands in the text too.
"""
from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import segno
from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen

from core.letter.fonts import FontBook, book
from core.letter.geometry import PAGE_HEIGHT, PAGE_WIDTH, SEAL, SEAL_RED

Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
PALE: Colour = (0.88, 0.88, 0.88)
RING = 1.2
"""Width of the seal's ring, millimetres."""
STAR = 7.0
"""From the star's middle to its points, millimetres."""
ARC = math.radians(270)
"""The most that a name takes of the seal's circle."""
STEP = math.radians(28)
"""From character to character of a short name."""
CIRCLE = 0.5522847498
STENCIL = "SealPicture"
"""What the picture of a seal is called among a page's resources."""


@dataclass(frozen=True)
class Rule:
    """A filled bar."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour = BLACK

    def operators(self) -> str:
        """The PDF operators that draw it; the page's origin is its lower left corner."""
        return (f"{_colour(self.colour)} rg {self.x:.3f} {PAGE_HEIGHT - self.y - self.height:.3f} "
                f"{self.width:.3f} {self.height:.3f} re f")


@dataclass(frozen=True)
class Seal:
    """The organ's round seal; ``x`` and ``y`` are its middle. It is a picture, not a signature.

    ``picture`` is the organ's own, as :mod:`core.letter.seal_picture` keeps it; without one the seal is drawn from the
    name.
    """

    name: str
    x: float
    y: float
    picture: bytes = b""

    def operators(self) -> str:
        if self.picture:
            return (f"q {_colour(SEAL_RED)} rg {SEAL} 0 0 {SEAL} {self.x - SEAL / 2:.3f} "
                    f"{PAGE_HEIGHT - self.y - SEAL / 2:.3f} cm /{STENCIL} Do Q")
        return f"q 1 0 0 1 {self.x:.3f} {PAGE_HEIGHT - self.y:.3f} cm {seal_operators(self.name)} Q"


@dataclass(frozen=True)
class QrCode:
    """A QR code of ``size`` millimetres; ``x`` and ``y`` are its upper left corner."""

    address: str
    x: float
    y: float
    size: float

    def operators(self) -> str:
        modules = _qr(self.address)
        scale = self.size / len(modules)
        drawn = " ".join(f"{start} {len(modules) - 1 - line} {end - start} 1 re"
                         for line, row in enumerate(modules) for start, end in _runs(row))
        return f"q {scale:.5f} 0 0 {scale:.5f} {self.x:.3f} {PAGE_HEIGHT - self.y - self.size:.3f} cm 0 g {drawn} f Q"


@dataclass(frozen=True)
class Watermark:
    """Large pale words across the page."""

    words: str

    def operators(self) -> str:
        return _watermark(self.words)


Art = Rule | Seal | QrCode | Watermark


class _Outline(BasePen):  # type: ignore[misc]  # fontTools publishes no types
    """Collects an outline as PDF path operators."""

    def __init__(self, glyphs: Any, matrix: Transform) -> None:
        super().__init__(glyphs)
        self.matrix = matrix
        self.path: list[str] = []

    def _point(self, *points: tuple[float, float]) -> str:
        return " ".join("{:.2f} {:.2f}".format(*self.matrix.transformPoint(point)) for point in points)

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self.path.append(self._point(pt) + " m")

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self.path.append(self._point(pt) + " l")

    def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:
        self.path.append(self._point(pt1, pt2, pt3) + " c")

    def _closePath(self) -> None:
        self.path.append("h")


def _colour(colour: Iterable[float]) -> str:
    return " ".join(f"{part:g}" for part in colour)


def _glyph(fonts: FontBook, char: str, width: float, height: float, matrix: Transform) -> str:
    """A character of the title's face, ``width`` × ``height`` millimetres, centred on the matrix's origin, standing on
    it."""
    found = fonts.find("biao", char)
    if found is None:
        raise ValueError(f"no glyph for {char!r}: glyphs are checked before anything is drawn")
    face, advance = found
    unit = face.unit
    pen = _Outline(None, matrix.scale(width / unit, height / unit).translate(-advance * unit / 2, unit * 0.1))
    face.draw(char, pen)
    return " ".join(pen.path)


@lru_cache(256)
def seal_operators(name: str) -> str:
    """The seal of that name around the origin: ring, star, name from left to right over it."""
    fonts, radius = book(), SEAL / 2
    count = len(name)
    step = min(STEP, ARC / max(1, count - 1))
    height = 7.4 if count <= 10 else 6.4 if count <= 14 else 5.6
    base = radius - RING - 0.9 - height
    width = min(height * 0.8, step * (base + height / 2) * 0.94)
    parts = [f"{_colour(SEAL_RED)} rg {_colour(SEAL_RED)} RG {RING} w", _circle(radius - RING / 2), "S"]
    tips = [(STAR * (1 if k % 2 == 0 else 0.381966) * math.sin(math.pi * k / 5),
             STAR * (1 if k % 2 == 0 else 0.381966) * math.cos(math.pi * k / 5)) for k in range(10)]
    parts.append(" ".join(f"{x:.2f} {y:.2f} {'l' if k else 'm'}" for k, (x, y) in enumerate(tips)) + " h f")
    for place, char in enumerate(name):
        turn = (count - 1) / 2 * step - place * step
        parts.append(_glyph(fonts, char, width, height, Transform().rotate(turn).translate(0, base)))
    return " ".join([*parts, "f"])


def _circle(r: float) -> str:
    k = CIRCLE * r
    return (f"{r:.3f} 0 m {r:.3f} {k:.3f} {k:.3f} {r:.3f} 0 {r:.3f} c {-k:.3f} {r:.3f} {-r:.3f} {k:.3f} {-r:.3f} 0 c "
            f"{-r:.3f} {-k:.3f} {-k:.3f} {-r:.3f} 0 {-r:.3f} c {k:.3f} {-r:.3f} {r:.3f} {-k:.3f} {r:.3f} 0 c h")


@lru_cache(16)
def _watermark(words: str) -> str:
    fonts, size = book(), 62.0
    turned = Transform().translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2).rotate(math.radians(35))
    glyphs = (_glyph(fonts, char, size, size, turned.translate((place - (len(words) - 1) / 2) * size * 1.15, -size / 2))
              for place, char in enumerate(words))
    return " ".join([f"{_colour(PALE)} rg", *glyphs, "f"])


@lru_cache(64)
def _qr(address: str) -> tuple[tuple[int, ...], ...]:
    """The code's modules. A fixed mask keeps the bytes the same and saves the trial of all eight."""
    head, mark, figures = address.rpartition("#")
    # A long row of figures takes a third of the room when it is told to be one.
    parts: Any = [head + mark, figures] if mark and figures.isdecimal() else address
    code = segno.make(parts, error="m", micro=False, mask=3, boost_error=False)
    return tuple(tuple(row) for row in code.matrix)


def _runs(row: tuple[int, ...]) -> Iterable[tuple[int, int]]:
    """Start and end of each run of dark modules."""
    start = None
    for at, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            yield start, at
            start = None
