"""The picture code: asked for after wrong passwords. Drawn here, answered here; nothing is fetched and nothing stored.

The cookie holds a keyed hash of the answer with the moment at which it was drawn. It slows guessing down; what stops it
is the lock of the account.
"""
from __future__ import annotations

import hashlib
import hmac
import io
import secrets

from flask import current_app, session
from PIL import Image, ImageDraw, ImageFont

from core import moment

SIGNS = "23456789ABCDEFGHJKMNPQRTUVWXY"
LENGTH = 5
HOLDS = 300
"""Seconds."""
KEY = "_picture"
WIDTH, HEIGHT = 190, 60


def draw() -> bytes:
    """A new picture as PNG; its answer goes, hashed, into the cookie."""
    chance = secrets.SystemRandom()
    answer = "".join(chance.choice(SIGNS) for _sign in range(LENGTH))
    drawn = int(moment.now().timestamp())
    session[KEY] = [drawn, _digest(answer, drawn)]
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#f5f6f8")
    font = ImageFont.load_default(size=38)
    for place, sign in enumerate(answer):
        tile = Image.new("RGBA", (52, 58), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((12, 5), sign, font=font, fill=(36, 60 + chance.randrange(60), 120, 255))
        turned = tile.rotate(chance.uniform(-24, 24), resample=Image.Resampling.BICUBIC)
        picture.paste(turned, (6 + place * 34 + chance.randrange(5), chance.randrange(5)), turned)
    pen = ImageDraw.Draw(picture)
    for _line in range(5):
        pen.line([(chance.randrange(WIDTH), chance.randrange(HEIGHT)) for _end in range(2)], fill="#7f8da3", width=2)
    for _dot in range(160):
        pen.point((chance.randrange(WIDTH), chance.randrange(HEIGHT)), fill="#5f6a78")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def right(answer: str) -> bool:
    """Whether the answer fits the last picture of this browser. Each picture can be answered once."""
    drawn, digest = session.pop(KEY, (0, ""))
    fresh = 0 <= moment.now().timestamp() - drawn <= HOLDS
    return fresh and hmac.compare_digest(_digest(answer.strip().upper(), drawn), digest)


def _digest(answer: str, drawn: int) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"picture|{drawn}|{answer}".encode(), hashlib.sha256).hexdigest()
