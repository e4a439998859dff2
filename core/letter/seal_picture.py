"""An organ's own picture of its seal: made into a stencil of one colour, through which the seal's red shows.

A seal has one colour, so what counts of the picture is where there is ink. One bit a point is small, stays sharp in print
and needs no transparency, which old printers mishandle.
"""
from __future__ import annotations

import io
from functools import lru_cache

from sqlalchemy.orm import Session

from core import moment
from core.access.models import Unit
from core.case.files import store
from core.errors import Refusal
from core.letter.key_models import SealPicture
from core.words import gettext as _

SIDE = 1000
"""Points on each side: 600 to the inch at 42 mm."""
LEAST = 300
MOST_BYTES = 5_000_000
PALE = 110
"""So much lighter than the paper may a point's least channel be and still count as paper."""


def normalised(data: bytes) -> bytes:
    """The picture that somebody chose as the stencil that is kept: a PNG of one bit, square, the ink filling it.

    :class:`Refusal` for what is no picture, is too small to be printed, or shows no ink.
    """
    from PIL import Image, UnidentifiedImageError

    if len(data) > MOST_BYTES:
        raise Refusal(_("The picture is larger than %(limit)s MB.", limit=MOST_BYTES // 1_000_000), "picture")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if max(opened.size) > 6000:
                raise Refusal(_("The picture is larger than %(limit)s points on a side.", limit=6000), "picture")
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise Refusal(_("This is no PNG or JPEG picture."), "picture") from None
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    channels = white.convert("RGB").split()
    from PIL import ImageChops

    least = ImageChops.darker(ImageChops.darker(channels[0], channels[1]), channels[2])
    ink = least.point(lambda value: 255 if value < 255 - PALE else 0)
    box = ink.getbbox()
    if box is None:
        raise Refusal(_("There is no ink in the picture."), "picture")
    if min(box[2] - box[0], box[3] - box[1]) < LEAST:
        raise Refusal(_("The seal in the picture is smaller than %(least)s points: it would look coarse in print.",
                        least=LEAST), "picture")
    side = max(box[2] - box[0], box[3] - box[1])
    square = Image.new("L", (side, side), 0)
    cut = least.crop(box).point(lambda value: 255 - value)
    square.paste(cut, ((side - cut.width) // 2, (side - cut.height) // 2))
    out = io.BytesIO()
    square.resize((SIDE, SIDE), Image.Resampling.LANCZOS).point(lambda value: 255 if value > PALE else 0).convert(
        "1", dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(64)
def stencil(png: bytes) -> tuple[int, bytes]:
    """The side in points and the bits, row by row, of a picture that :func:`normalised` made; 1 is ink."""
    from PIL import Image

    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        return picture.width, picture.convert("1").tobytes()


def keep(session: Session, unit: Unit, data: bytes) -> None:
    """Take a picture into use for the bureau's seal. The caller commits."""
    png = normalised(data)
    reference = store().put(io.BytesIO(png), len(png))
    kept = session.get(SealPicture, unit.id)
    if kept is None:
        kept = SealPicture(bureau_id=unit.id)
        session.add(kept)
    kept.sha256, kept.put_at = reference.sha256, moment.now()
    session.flush()


def drop(session: Session, unit: Unit) -> None:
    """Draw the bureau's seal from its name again."""
    kept = session.get(SealPicture, unit.id)
    if kept is not None:
        session.delete(kept)
        session.flush()


def shown(session: Session, unit: Unit) -> tuple[bytes, str]:
    """The seal as it will stand on letters, for a screen: the bytes and their media type."""
    from core.letter.making import picture_of

    png = picture_of(session, unit)
    return (_coloured(png), "image/png") if png else (_drawn(unit.name).encode(), "image/svg+xml")


def _coloured(png: bytes) -> bytes:
    from PIL import Image

    from core.letter.geometry import SEAL_RED

    with Image.open(io.BytesIO(png), formats=("PNG",)) as stencil_:
        ink = stencil_.convert("L").resize((400, 400))
    red = Image.new("RGBA", ink.size, (*(round(part * 255) for part in SEAL_RED), 255))
    red.putalpha(ink)
    out = io.BytesIO()
    red.save(out, "PNG")
    return out.getvalue()


def _drawn(name: str) -> str:
    """The seal drawn from a name as SVG: the operators of the PDF, one after another."""
    from core.letter.artwork import seal_operators
    from core.letter.geometry import SEAL, SEAL_RED
    from core.letter.render import point_at_fonts

    point_at_fonts()
    colour = f"rgb({','.join(str(round(part * 255)) for part in SEAL_RED)})"
    paths: list[str] = []
    given: list[str] = []
    path: list[str] = []
    width = "0"
    for word in seal_operators(name).split():
        if word in ("m", "l", "c", "h"):
            path.append({"h": "Z"}.get(word, word.upper()) + " ".join(given))
        elif word == "w":
            width = given[0]
        elif word in ("S", "f"):
            look = f'fill="none" stroke="{colour}" stroke-width="{width}"' if word == "S" else f'fill="{colour}"'
            paths.append(f'<path {look} d="{" ".join(path)}"/>')
            path = []
        elif word not in ("rg", "RG"):
            given.append(word)
            continue
        given = []
    half = SEAL / 2
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-half} {-half} {SEAL} {SEAL}" width="160" height="160">'
            f'<g transform="scale(1,-1)">{"".join(paths)}</g></svg>')
