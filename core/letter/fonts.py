"""Which face draws which character, and how wide: the letters' own fonts, a bureau's licensed faces first.

A *role* is what a text is for (``fang`` body, ``hei`` and ``kai`` headings, ``biao`` mark and title, ``song`` page
numbers). Each role has a stack of faces; a character is drawn by the first face that has it, here and in the drawing
library alike, so advances computed here hold there.
"""
from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import uharfbuzz as hb
from fontTools.pens.basePen import AbstractPen
from fontTools.ttLib import TTCollection, TTFont, TTLibError

from core.errors import Refusal
from core.letter.prepare_fonts import font_folder, fontconfig
from core.words import gettext as _

STACKS: dict[str, tuple[str, ...]] = {
    "fang": ("YS Fang", "YS Fallback"),
    "hei": ("YS Hei", "YS Fallback"),
    "kai": ("YS Kai", "YS Fang", "YS Fallback"),
    "biao": ("YS Biao", "YS Biao Wide", "YS Fallback"),
    "song": ("YS Song", "YS Fang", "YS Fallback"),
}

# How a bureau's own face is recognised, by its family name or its file's name.
OWN = {
    "biao": re.compile(r"小标宋|xiaobiaosong|xbs", re.I),
    "fang": re.compile(r"仿宋|fang.?song|simfang", re.I),
    "hei": re.compile(r"黑体|simhei|hei.?ti", re.I),
    "kai": re.compile(r"楷体|kai.?ti|simkai", re.I),
}


@dataclass(frozen=True)
class Face:
    """One font file's member: its family name for CSS, its glyphs and their advances."""

    family: str
    path: Path
    index: int = 0

    @cached_property
    def _font(self) -> hb.Font:
        # The file is mapped, not read: of the large faces a letter needs a few glyphs.
        return hb.Font(hb.Face(hb.Blob.from_file_path(str(self.path)), self.index))

    @property
    def unit(self) -> int:
        """Font units in one em."""
        return int(self._font.face.upem)

    def __contains__(self, char: str) -> bool:
        return self._font.get_nominal_glyph(ord(char)) is not None

    def advance(self, char: str) -> float:
        """Advance of ``char`` in em; the face must have it."""
        return float(self._font.get_glyph_h_advance(self._font.get_nominal_glyph(ord(char)))) / self.unit

    def draw(self, char: str, pen: AbstractPen) -> None:
        """Draw the outline of ``char`` in font units."""
        self._font.draw_glyph_with_pen(self._font.get_nominal_glyph(ord(char)), pen)

    def ink(self, char: str) -> tuple[float, float] | None:
        """Lowest and highest point of the outline over the baseline, in em; None for an empty glyph."""
        box = self._font.get_glyph_extents(self._font.get_nominal_glyph(ord(char)))
        return ((box.y_bearing + box.height) / self.unit, box.y_bearing / self.unit) if box.height else None


class FontBook:
    """All faces of a letter: the prepared ones in ``folder`` and, before them, those a bureau put into ``own``."""

    def __init__(self, folder: Path, own: Path | None = None) -> None:
        if not folder.is_dir():
            raise Refusal(_("The letter fonts have not been prepared on this machine. Run: %(command)s",
                            command="python -m core.letter.prepare_fonts"))
        self.folder, self.own = folder, own if own and own.is_dir() else None
        built = {face.family: face for face in _faces(folder)}
        first = _own_faces(self.own) if self.own else {}
        self.stacks = {role: (*first.get(role, ()), *(built[family] for family in families))
                       for role, families in STACKS.items()}
        self._found: dict[tuple[str, str], tuple[Face, float] | None] = {}
        self._inked: dict[tuple[str, str], tuple[float, float] | None] = {}

    def find(self, role: str, char: str) -> tuple[Face, float] | None:
        """The face that draws ``char`` in ``role`` and its advance in em; None when no face has it."""
        key = role, char
        if key not in self._found:
            face = next((face for face in self.stacks[role] if char in face), None)
            self._found[key] = (face, face.advance(char)) if face else None
        return self._found[key]

    def advance(self, role: str, char: str) -> float:
        """Advance of ``char`` in em; a character without a glyph (refused before drawing) counts as a full one."""
        found = self.find(role, char)
        return found[1] if found else 1.0

    def width(self, role: str, text: str) -> float:
        """Natural width of ``text`` in em."""
        return sum(self.advance(role, char) for char in text)

    def missing(self, role: str, text: str) -> list[str]:
        """The characters of ``text`` that no face of ``role`` has, each once, in order."""
        return [char for char in dict.fromkeys(text) if self.find(role, char) is None]

    def ink(self, role: str, text: str) -> tuple[float, float]:
        """Lowest and highest ink of a line over its baseline, in em."""
        for char in text:
            if (role, char) not in self._inked:
                found = self.find(role, char)
                self._inked[role, char] = found[0].ink(char) if found else None
        bounds = [bound for char in text if (bound := self._inked[role, char])]
        return (min(b[0] for b in bounds), max(b[1] for b in bounds)) if bounds else (0.0, 0.0)

    def css(self, role: str) -> str:
        """The role's ``font-family`` value."""
        return ",".join(f'"{face.family}"' for face in self.stacks[role])

    def fontconfig_file(self) -> Path:
        """A fontconfig file that knows these faces alone: the prepared one, or a private one when a bureau has its own
        faces."""
        if not self.own:
            return self.folder / "fonts.conf"
        work = Path(tempfile.mkdtemp(prefix="yingshang-fonts-"))
        path = work / "fonts.conf"
        path.write_text(fontconfig([self.own.resolve(), self.folder], work), encoding="utf-8")
        return path


def _families(path: Path) -> list[str]:
    """The family name of each member of a font file."""
    with path.open("rb") as stream:  # ours to close: a broken file makes the reader forget it
        if path.suffix.lower() == ".ttc":
            return [str(font["name"].getBestFamilyName()) for font in TTCollection(stream, lazy=True).fonts]
        return [str(TTFont(stream, lazy=True)["name"].getBestFamilyName())]


def _faces(folder: Path) -> Iterator[Face]:
    """Every face in ``folder``, in the order of the files' names."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".ttf", ".otf", ".ttc"):
            try:
                families = _families(path)
            except (TTLibError, OSError) as error:
                raise Refusal(_("The font file %(path)s cannot be read: %(reason)s", path=str(path),
                                reason=str(error))) from error
            yield from (Face(family, path, index) for index, family in enumerate(families))


def _own_faces(own: Path) -> dict[str, tuple[Face, ...]]:
    """A bureau's faces by role."""
    found: dict[str, tuple[Face, ...]] = {}
    for face in _faces(own):
        for role, pattern in OWN.items():
            if pattern.search(face.family) or pattern.search(face.path.stem):
                found[role] = (*found.get(role, ()), face)
                break
    return found


_places: tuple[Path | None, Path | None] = None, None


def configure(own: Path | None, cache: Path | None = None) -> None:
    """Name the folder of the bureau's own faces (``var/fonts``) and that of the prepared ones, if they lie elsewhere.

    Counts for the process's first letter; afterwards the fonts stay what they are until it ends.
    """
    global _places
    _places = own, cache


def places() -> tuple[Path | None, Path | None]:
    """What :func:`configure` was told: the folder of the bureau's own faces, that of the prepared ones."""
    return _places


@lru_cache(1)
def book() -> FontBook:
    """The fonts of this process. Fontconfig is pointed at them: call it before WeasyPrint is imported."""
    own, cache = _places
    made = FontBook(font_folder(cache), own)
    os.environ["FONTCONFIG_FILE"] = str(made.fontconfig_file())
    return made


def check_glyphs(text: str, role: str = "fang", where: str = "") -> None:
    """Refuse when a character of ``text`` has no glyph in any face: the message names the character, its code point and
    ``where``."""
    if absent := book().missing(role, text):
        named = "、".join(f"{char if char.isprintable() else ''}（U+{ord(char):04X}）" for char in absent)
        raise Refusal(_("No font has a glyph for %(glyphs)s (%(where)s). The letter stops here.", glyphs=named,
                        where=where or text[:20]), glyphs=absent, where=where)
