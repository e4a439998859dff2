"""Personal numbers that people type into a text: identity numbers, bank accounts, telephones. Found, and masked.

Rather one number too many than one too few, but never what people must be able to read: credit codes, numbers of cases
and letters, dates, amounts.
"""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.access.fields import mask_id, mask_phone

ID, BANK, MOBILE, LANDLINE = "id", "bank", "mobile", "landline"

_PLAIN = str.maketrans("０１２３４５６７８９Ｘｘ－—–‐＋（）　", "0123456789Xx----+() ")
"""As it is typed with a Chinese input method, sign by sign: places in the text stay what they are."""
_REGIONS = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
"""GB/T 2260: the first two digits of an identity number."""
_GAP = r"[ -]?"
_LONG = re.compile(rf"(?<![0-9A-Za-z])\d(?:{_GAP}\d){{8,29}}(?:{_GAP}[Xx])?(?![0-9A-Za-z])")
_MOBILE = re.compile(rf"(?<![0-9A-Za-z.])(?:\+?(?:00)?86{_GAP})?1[3-9]\d(?:{_GAP}\d){{8}}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z.])\(?0(?:10|2\d|[3-9]\d{2})\)?[ -]?[2-9]\d{2,3}[ -]?\d{4}(?![0-9])")
_LOCAL = re.compile(r"(?<![0-9A-Za-z.-])[2-9]\d{7}(?![0-9A-Za-z])")
_OF_BANK = re.compile(r"(银行|卡号|[账帐][号户]|开户|汇款|收款|转账|对公|支付宝)\D{0,12}$")
_OF_ID = re.compile(r"(身份证|证件号|身份号)\D{0,12}$")
_OF_PHONE = re.compile(r"(电话|座机|手机|致电|联系方式|拨打)\D{0,8}$")


@dataclass(frozen=True)
class Found:
    """A personal number in a text: what it is and where it stands."""

    kind: str
    start: int
    end: int


def find_personal(text: str, *, landlines: bool = True) -> list[Found]:
    """The personal numbers in ``text`` in their order, none overlapping another.

    An identity number has 18 digits with a place and a day of birth in them, whatever its check digit (people mistype),
    or 15 where the words say so; an account has 16 to 19 digits with a card's check digit, or 9 to 30 where the words say
    so. ``landlines`` False leaves landline numbers alone, for texts in which an office names its own.
    """
    plain = text.translate(_PLAIN)
    found: list[Found] = []
    for candidate in _candidates(plain, landlines):
        if all(candidate.end <= other.start or candidate.start >= other.end for other in found):
            found.append(candidate)
    return sorted(found, key=lambda one: one.start)


def mask_personal(text: str, *, landlines: bool = True) -> str:
    """``text`` with its personal numbers masked: the first and last signs remain, as on every other page."""
    parts, at = [], 0
    for one in find_personal(text, landlines=landlines):
        parts += [text[at:one.start], _masked(one.kind, text[one.start:one.end])]
        at = one.end
    return "".join([*parts, text[at:]])


def _candidates(plain: str, landlines: bool) -> Iterator[Found]:
    """Surest first: what is found earlier keeps its place."""
    for match in _LONG.finditer(plain):
        digits, before = re.sub(r"[ -]", "", match[0]).upper(), plain[:match.start()][-20:]
        if _is_identity(digits) or (len(digits) == 15 and _OF_ID.search(before)):
            yield Found(ID, match.start(), match.end())
        elif digits.isdigit() and (_is_card(digits) or _OF_BANK.search(before)):
            yield Found(BANK, match.start(), match.end())
    for match in _MOBILE.finditer(plain):
        yield Found(MOBILE, match.start(), match.end())
    if landlines:
        for match in _LANDLINE.finditer(plain):
            yield Found(LANDLINE, match.start(), match.end())
        for match in _LOCAL.finditer(plain):
            if _OF_PHONE.search(plain[:match.start()][-16:]):
                yield Found(LANDLINE, match.start(), match.end())


def _is_identity(digits: str) -> bool:
    """Eighteen signs of GB 11643: place, day of birth, order, check."""
    if len(digits) != 18 or not _REGIONS.match(digits) or digits[6:8] not in ("18", "19", "20"):
        return False
    try:
        dt.date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    return True


def _is_card(digits: str) -> bool:
    """A bank card by its length, its first digit and its check digit (ISO/IEC 7812)."""
    if not 16 <= len(digits) <= 19 or digits[0] not in "3456":
        return False
    doubled = [int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _masked(kind: str, number: str) -> str:
    bare = re.sub(r"[^0-9A-Za-z０-９Ｘｘ]", "", number)
    if kind in (ID, BANK):
        return mask_id(bare)
    return mask_phone(bare) if len(bare) >= 10 else "*" * (len(bare) - 4) + bare[-4:]
