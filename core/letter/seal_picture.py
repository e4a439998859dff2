"""An organ's own picture of its seal: made into a stencil of one colour, through which the seal's red shows.

A seal has one colour, so what counts of the picture is where there is ink. One bit a point is small, stays sharp in print
and needs no transparency, which old printers mishandle.
"""
from __future__ import annotations

import io
from functools import lru_cache

from core.errors import Refusal
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
