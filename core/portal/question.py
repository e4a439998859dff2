"""A question that people answer at once and a simple program does not: our own, in words, without pictures or sounds.

It is asked only when a lot arrives from one place, or altogether. Together with the limits it keeps a flood out; a person
with a screen reader reads it like everybody else.
"""
from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from core.portal import limits
from core.words import gettext as _

DIGITS = "零一二三四五六七八九十"
VALID = 1800


@dataclass(frozen=True)
class Question:
    """What is asked, and the sealed token that the answer is compared with."""

    text: str
    token: str


def ask() -> Question:
    """A new question: a small sum in Chinese numerals."""
    first, second = 2 + secrets.randbelow(8), 1 + secrets.randbelow(8)
    seal = _sealer().dumps([secrets.token_urlsafe(9), _digest(first + second)])
    return Question(_("%(first)s plus %(second)s is how much?", first=DIGITS[first], second=DIGITS[second]), str(seal))


def answered(token: str, answer: str) -> bool:
    """Whether ``answer`` is right. Each question can be answered once."""
    try:
        nonce, wanted = _sealer().loads(token, max_age=VALID)
    except (BadSignature, ValueError):
        return False
    given = answer.strip().translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else _in_words(given)
    if not hmac.compare_digest(str(wanted), _digest(number)):
        return False
    return limits.count("question", str(nonce), VALID) == 1


def _in_words(text: str) -> int:
    if text in DIGITS and len(text) == 1:
        return DIGITS.index(text)
    if text.startswith("十") and len(text) == 2 and text[1] in DIGITS:
        return 10 + DIGITS.index(text[1])
    return -1


def _digest(number: int) -> str:
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), f"sum {number}".encode(), "sha256").hexdigest()


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="portal question")
