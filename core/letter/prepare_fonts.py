"""Builds the letters' fonts once per machine: ``python -m core.letter.prepare_fonts``.

The faces come out of Debian packages (an installed one is used where it lies, another is downloaded and unpacked, never
installed), are cut to what letters need, given one set of vertical measures and put into a folder outside the checkout
that is named for the recipe. A second run finds that folder and returns at once. The result does not depend on the day
or the machine: equal sources give equal bytes.

Fandol is under the GPL with the font exception, Noto and LXGW WenKai under the OFL: they are built here and not shipped
with the suite.
"""
from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uharfbuzz as hb
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from core.errors import Refusal
from core.words import gettext as _

BUILD = 6
"""Raised when the way of building changes; the recipes below count by themselves."""

ASCENT, DESCENT = 880, 120
"""The em box of every built face, in thousandths: with one set of measures, mixed faces never move a baseline."""

FANDOL = ("texlive-lang-chinese", "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")
NOTO = ("fonts-noto-cjk", "usr/share/fonts/opentype/noto")
WENKAI = ("fonts-lxgw-wenkai", "usr/share/fonts/truetype/lxgw-wenkai")


@dataclass(frozen=True)
class Recipe:
    """One face to build: where it comes from and what it keeps (``common``, ``wide``, ``latin``, ``rest`` or
    ``all``)."""

    family: str
    package: str
    source: str
    keep: str
    face: str = ""

    @property
    def filename(self) -> str:
        """What the prepared font is called in its folder."""
        return self.family.replace(" ", "") + ".ttf"


# The slowest first, so that two processes end at about the same time.
RECIPES = (
    Recipe("YS Fallback", NOTO[0], f"{NOTO[1]}/NotoSerifCJK-Regular.ttc", "all", "Noto Serif CJK SC"),
    Recipe("YS Biao Wide", NOTO[0], f"{NOTO[1]}/NotoSerifCJK-Bold.ttc", "rest", "Noto Serif CJK SC"),
    Recipe("YS Fang", FANDOL[0], f"{FANDOL[1]}/FandolFang-Regular.otf", "common"),
    Recipe("YS Biao", NOTO[0], f"{NOTO[1]}/NotoSerifCJK-Bold.ttc", "common", "Noto Serif CJK SC"),
    Recipe("YS Hei", FANDOL[0], f"{FANDOL[1]}/FandolHei-Regular.otf", "common"),
    Recipe("YS Kai", WENKAI[0], f"{WENKAI[1]}/LXGWWenKai-Regular.ttf", "wide"),
    Recipe("YS Song", NOTO[0], f"{NOTO[1]}/NotoSerifCJK-Regular.ttc", "latin", "Noto Serif CJK SC"),
)

HANGUL = frozenset((*range(0x1100, 0x1200), *range(0x3130, 0x3190), *range(0xA960, 0xA980), *range(0xAC00, 0xD800)))
DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "JSTF", "kern", "meta", "gasp",
           "hdmx", "VDMX", "LTSH", "STAT")


def _common() -> frozenset[int]:
    """GB 2312 (6,763 characters and its signs), Latin, and the punctuation that letters use."""
    found = {*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x2010, 0x2030), *range(0x2460, 0x2474), 0x2103, 0xFFFD}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            found.update(map(ord, bytes((row, cell)).decode("gb2312", "ignore")))
    return frozenset(found)


def _kept(keep: str, available: Iterable[int]) -> frozenset[int]:
    """The code points of ``available`` that a recipe keeps."""
    have = frozenset(available)
    if keep == "common":
        return have & _common()
    if keep == "latin":
        return have & frozenset((*range(0x20, 0x7F), 0xB7, *range(0x2010, 0x2016)))
    if keep == "wide":
        ideographs = frozenset((*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0x20000, 0x30000)))
        return have & (_common() | ideographs)
    return have - HANGUL - (_common() if keep == "rest" else frozenset())


def cache_root() -> Path:
    """Where the built fonts lie: ``YINGSHANG_LETTER_FONTS``, or ``yingshang/fonts`` in the user's cache folder."""
    if own := os.environ.get("YINGSHANG_LETTER_FONTS"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yingshang" / "fonts"


def font_folder(cache: Path | None = None) -> Path:
    """The folder of this recipe's fonts in ``cache`` (default: :func:`cache_root`); it exists only when they are
    complete."""
    recipe = hashlib.sha256(repr((BUILD, RECIPES, DROPPED, ASCENT, DESCENT)).encode()).hexdigest()[:12]
    return (cache or cache_root()) / recipe


def _run(command: list[str], cwd: Path) -> None:
    """Run a packaging command; what it complained of becomes the refusal."""
    try:
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, timeout=900)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise Refusal(_("The letter fonts are neither in %(cache)s nor could they be fetched: “%(command)s” failed "
                         "(%(reason)s). "
                         "Connect the machine to its package mirror once, or copy that folder from another machine.",
                         cache=str(cache_root()), command=" ".join(command),
                         reason=said.strip().splitlines()[-1][:200])) from error


def _unpack(package: str, work: Path) -> Path:
    """Download a Debian package and unpack it below ``work``; nothing is installed. Returns the root of its files."""
    root = work / package
    root.mkdir()
    try:
        _run(["apt-get", "download", package], work)
    except Refusal:
        if os.geteuid() != 0:
            raise
        _run(["apt-get", "update", "-qq"], work)  # a fresh machine has no package lists yet
        _run(["apt-get", "download", package], work)
    deb = next(work.glob(f"{package}_*.deb"))
    _run(["dpkg", "-x", str(deb), str(root)], work)
    deb.unlink()
    return root


def _locate(recipes: Iterable[Recipe], work: Path) -> dict[str, Path]:
    """Each recipe's source file: where a package installed it, else out of the downloaded package."""
    found: dict[str, Path] = {}
    unpacked: dict[str, Path] = {}
    for recipe in recipes:
        installed = Path("/") / recipe.source
        if not installed.is_file():
            if recipe.package not in unpacked:
                print(f"  fetching {recipe.package} …", flush=True)
                unpacked[recipe.package] = _unpack(recipe.package, work)
            installed = unpacked[recipe.package] / recipe.source
        if not installed.is_file():
            raise Refusal(_("The package %(package)s does not contain %(path)s.", package=recipe.package,
                            path=recipe.source))
        found[recipe.family] = installed
    return found


def _index(path: Path, face: str) -> int:
    """Which member of a collection is called ``face``."""
    if path.suffix != ".ttc":
        return 0
    with TTCollection(str(path), lazy=True) as collection:
        return next(i for i, font in enumerate(collection.fonts) if font["name"].getDebugName(1).startswith(face))


def _subset(source: Path, index: int, keep: str) -> bytes:
    """The face cut to ``keep``, without layout tables and hints."""
    face = hb.Face(hb.Blob.from_file_path(str(source)), index)
    wish = hb.SubsetInput()
    wish.unicode_set.update(_kept(keep, face.unicodes))
    wish.drop_table_tag_set.update(int.from_bytes(tag.encode().ljust(4), "big") for tag in DROPPED)
    wish.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NOTDEF_OUTLINE
    return bytes(hb.subset(face, wish).blob.data)


def _to_truetype(font: TTFont) -> TTFont:
    """The same glyphs with quadratic outlines: they are cut faster for each letter and take less room in it.

    A CFF face, cut for one rare character, still carries a growing offset for every glyph before it: 20 KB in each
    letter.
    """
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, font["head"].unitsPerEm / 1000, reverse_direction=True))
        outlines[name] = pen.glyph()
    builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(font.getBestCmap())
    builder.setupGlyf(outlines)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (font["hmtx"][name][0], getattr(table[name], "xMin", 0) or 0)
                                    for name in order})
    builder.setupHorizontalHeader()
    builder.setupOS2()
    builder.setupNameTable({})
    builder.setupPost(keepGlyphNames=False)
    return builder.font


def _finish(font: TTFont, family: str) -> None:
    """One name, one weight, one em box, no dates."""
    font.recalcTimestamp = False
    head, hhea, os2, unit = font["head"], font["hhea"], font["OS/2"], font["head"].unitsPerEm / 1000
    head.created = head.modified = 3_800_000_000  # any fixed second: the build must not show in the letters' bytes
    head.macStyle = 0
    hhea.ascent = os2.sTypoAscender = os2.usWinAscent = round(ASCENT * unit)
    hhea.descent = os2.sTypoDescender = -round(DESCENT * unit)
    os2.usWinDescent = round(DESCENT * unit)
    hhea.lineGap = os2.sTypoLineGap = 0
    os2.version = max(os2.version, 4)
    os2.usWeightClass, os2.usWidthClass, os2.fsSelection, os2.fsType = 400, 5, 0x40 | 0x80, 0
    for name, value in (("sxHeight", 500), ("sCapHeight", 700), ("usDefaultChar", 0), ("usBreakChar", 32),
                        ("usMaxContext", 0), ("ulCodePageRange1", 1 | 1 << 18), ("ulCodePageRange2", 0)):
        setattr(os2, name, value)
    names: Any = font["name"]
    names.names = []
    for number, text in ((1, family), (2, "Regular"), (3, f"{family} {BUILD}"), (4, family),
                         (6, family.replace(" ", ""))):
        names.setName(text, number, 3, 1, 0x409)
    font["post"].formatType = 3.0


def build(recipe: Recipe, source: Path, target: Path) -> str:
    """Build one face into the folder ``target``; returns a line of report."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        cut = Path(scratch) / "cut"
        cut.write_bytes(_subset(source, _index(source, recipe.face), recipe.keep))
        font = TTFont(str(cut), recalcTimestamp=False)
        if "glyf" not in font:
            font = _to_truetype(font)
        _finish(font, recipe.family)
        path = target / recipe.filename
        font.save(str(path))
    size, took = path.stat().st_size / 1e6, time.monotonic() - began
    return f"  {recipe.family:<13}{font['maxp'].numGlyphs:>6} glyphs {size:5.1f} MB {took:5.1f} s"


def fontconfig(folders: Iterable[Path], cache: Path) -> str:
    """A fontconfig file that knows these folders and no other font of the machine."""
    listed = "".join(f"<dir>{folder}</dir>" for folder in folders)
    return ('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
            f"<fontconfig>{listed}<cachedir>{cache}</cachedir><config><rescan><int>0</int></rescan></config></fontconfig>\n")


def prepare(recipes: Iterable[Recipe] = RECIPES) -> Path:
    """Make sure that the fonts are there and return their folder. Raises ``Refusal`` when there is neither network nor
    cache."""
    final = font_folder()
    if final.is_dir():
        return final
    cache_root().mkdir(parents=True, exist_ok=True)
    print(f"Building the letter fonts into {final} (once per machine) …", flush=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=cache_root()) as scratch:
        work, ready = Path(scratch), Path(scratch) / "ready"
        ready.mkdir()
        recipes = tuple(recipes)
        sources = _locate(recipes, work)
        with ProcessPoolExecutor(max_workers=2) as pool:
            for report in pool.map(build, recipes, (sources[r.family] for r in recipes), [ready] * len(recipes)):
                print(report, flush=True)
        (ready / "fonts.conf").write_text(fontconfig([final], final / "fontconfig"), encoding="utf-8")
        (ready / "fontconfig").mkdir()
        try:
            ready.rename(final)
        except OSError:
            if not final.is_dir():  # else another process was quicker; its fonts are the same
                raise
            shutil.rmtree(ready)
    return final


def main() -> int:
    """The command: exit status 0, or 1 with a sentence that says what is missing."""
    summary = str(__doc__).splitlines()[0]
    argparse.ArgumentParser(prog="python -m core.letter.prepare_fonts", description=summary).parse_args()
    try:
        print(f"Letter fonts: {prepare()}")
    except Refusal as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
