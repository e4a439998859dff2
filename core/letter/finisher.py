"""The last hand on a letter's PDF before it is written: the artwork goes under the text, streams are compressed once.

Works on the objects of the PDF alone, through WeasyPrint's ``finisher``.
"""
from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Any

from core.letter.artwork import STENCIL, Seal
from core.letter.geometry import MM
from core.letter.layout import Page
from core.letter.seal_slot import put_slot

LEVEL = 4
"""Of zlib: level 9, the PDF writer's, takes four times as long for three per cent."""


class Finisher:
    """What is done to the PDF of one letter. ``room`` bytes are kept free for the electronic seal of ``organ``."""

    def __init__(self, pages: list[Page], room: int = 0, organ: str = "") -> None:
        self.pages, self.room, self.organ = pages, room, organ

    def __call__(self, _document: Any, pdf: Any) -> None:
        self._put_artwork(pdf)
        if self.room:
            put_slot(pdf, self.room, self.organ)
        if "AF" in pdf.catalog:  # WeasyPrint names an attachment twice
            pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
        _press(pdf)

    def _put_artwork(self, pdf: Any) -> None:
        """Put each page's artwork under its text, as an artifact: what it says stands in the text too."""
        import pydyf

        drawn = [thing for thing in pdf.objects if isinstance(thing, dict) and thing.get("Type") == "/Page"]
        for page, made in zip(self.pages, drawn, strict=True):
            if not page.art:
                continue
            operators = " ".join(art.operators() for art in page.art)
            # A stream of its own before the page's and closed by Q: neither's matrix reaches the other.
            stream = pydyf.Stream([f"/Artifact BMC q {MM:.6f} 0 0 {MM:.6f} 0 0 cm {operators} Q EMC".encode()],
                                  compress=True)
            pdf.add_object(stream)
            made["Contents"] = pydyf.Array([stream.reference, made["Contents"]])
            for art in page.art:
                if isinstance(art, Seal) and art.picture:
                    _put_stencil(pdf, made, art.picture)


def _put_stencil(pdf: Any, page: Any, picture: bytes) -> None:
    """The organ's own picture of its seal as a stencil through which the red shows."""
    import pydyf

    from core.letter.seal_picture import stencil

    side, bits = stencil(picture)
    image = pydyf.Stream([bits], {"Type": "/XObject", "Subtype": "/Image", "Width": side, "Height": side,
                                  "ImageMask": "true", "BitsPerComponent": 1, "Decode": pydyf.Array([1, 0])}, compress=True)
    pdf.add_object(image)
    resources = next(thing for thing in pdf.objects if thing.reference == page["Resources"])
    pictures = resources.setdefault("XObject", pydyf.Dictionary())
    pictures[STENCIL] = image.reference


def _press(pdf: Any) -> None:
    """Write every object out and compress every stream now. The writer would do both twice, once for the file's
    identifier."""
    import pydyf

    class Written(pydyf.Object):  # type: ignore[misc]  # pydyf publishes no types
        """An object of which only the bytes are left."""

        compressible, data = False, b""

    for place, thing in enumerate(pdf.objects):
        if thing.free == "f":
            continue
        if isinstance(thing, pydyf.Stream) and thing.compress:
            thing.compress = False
            if thing.extra.get("Type") != "/Metadata":  # what looks for metadata in a file reads no PDF
                raw = b"\n".join(part if isinstance(part, bytes) else _bytes(part) for part in thing.stream)
                thing.stream = [_deflated(raw)]
                thing.extra["Filter"] = "/FlateDecode"
        written = pdf.objects[place] = Written()
        written.number, written.compressible, written.data = thing.number, thing.compressible, thing.data


def _bytes(part: Any) -> bytes:
    """One piece of a stream as it is written."""
    return bytes(part.data) if hasattr(part, "data") else str(part).encode("ascii")


@lru_cache(32)
def _deflated(raw: bytes) -> bytes:
    """``raw`` compressed. Letters of one batch share the fonts of their heads and titles."""
    return zlib.compress(raw, LEVEL)
