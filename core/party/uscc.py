"""The unified social credit code 统一社会信用代码 (GB 32100-2015): check it, say what is wrong with it, make one for fixtures.

Position 1 is the registering department, 2 the kind, 3-8 the registering authority (GB/T 2260), 9-17 the organisation
code (GB 11714, with a check digit of its own at 17), 18 the check digit of the whole. Old registers also hold 15-digit
registration numbers 注册号, which are accepted apart.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from operator import mul

from core.errors import Refusal
from core.words import N_
from core.words import gettext as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}[0-9A-HJ-NPQRTUWXY]")
_REG_NO = re.compile(r"[0-9]{15}")
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_VALUES = {sign: int(sign, 36) for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_LOOKALIKES = str.maketrans("OIZSQ", "01250")
_IGNORED = re.compile(r"[\s\u200b\ufeff\-‐-―·._]+")


class Kind(StrEnum):
    """What kind of body a code belongs to, by its first two signs (GB 32100, table 1)."""

    ENTERPRISE = "enterprise"
    INDIVIDUAL = "individual"
    COOPERATIVE = "cooperative"
    ORGAN = "organ"
    INSTITUTION = "institution"
    ASSOCIATION = "association"
    PRIVATE_NON_PROFIT = "private_non_profit"
    FOUNDATION = "foundation"
    VILLAGE_COLLECTIVE = "village_collective"


_KINDS = {
    "91": Kind.ENTERPRISE,
    "92": Kind.INDIVIDUAL,
    "93": Kind.COOPERATIVE,
    "11": Kind.ORGAN,
    "12": Kind.INSTITUTION,
    "51": Kind.ASSOCIATION,
    "52": Kind.PRIVATE_NON_PROFIT,
    "53": Kind.FOUNDATION,
    "N1": Kind.VILLAGE_COLLECTIVE,
    "N2": Kind.VILLAGE_COLLECTIVE,
    "N3": Kind.VILLAGE_COLLECTIVE,
}
# The Chinese names stand in national tables; they are data, not sentences.
KIND_NAMES = {
    Kind.ENTERPRISE: "企业",
    Kind.INDIVIDUAL: "个体工商户",
    Kind.COOPERATIVE: "农民专业合作社",
    Kind.ORGAN: "机关",
    Kind.INSTITUTION: "事业单位",
    Kind.ASSOCIATION: "社会团体",
    Kind.PRIVATE_NON_PROFIT: "民办非企业单位",
    Kind.FOUNDATION: "基金会",
    Kind.VILLAGE_COLLECTIVE: "农村集体经济组织",
}

_KIND_NAMES = {prefix: KIND_NAMES[kind] for prefix, kind in _KINDS.items()}

WRONG_SIGN = N_("Position %(position)s is “%(sign)s”, which a unified social credit code never contains.")


def normalise(text: str) -> str:
    """``text`` in half-width capitals without spaces and dashes. Nothing else is changed: an O stays an O."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).upper()


def check(text: str) -> str:
    """The normalised code. Raises :class:`~core.errors.Refusal` with a sentence that says what is wrong with it."""
    if is_sound(text):
        return text
    code = normalise(text)
    if not is_sound(code):
        raise Refusal(explain(code) or "")
    return code


def is_valid(text: str) -> bool:
    """Whether ``text`` is a code with both check digits right, once normalised."""
    return is_sound(normalise(text))


def is_sound(code: str) -> bool:
    """Whether ``code`` is written as it should be, and both check digits are right."""
    return (
        _SHAPE.fullmatch(code) is not None
        and org_check_digit(code[8:16]) == code[16]
        and check_digit(code[:17]) == code[17]
    )


def explain(text: str) -> str | None:
    """What is wrong with a code, in words a clerk can act on, with the code that was probably meant; ``None`` when
    nothing is."""
    code = normalise(text)
    if is_sound(code):
        return None
    if _REG_NO.fullmatch(code):
        return _("This is a 15-digit number: an old registration number belongs in the column 注册号, not here.")
    if len(code) != 18:
        return _("The unified social credit code has 18 characters, this one has %(count)s.", count=len(code))
    for position, sign in enumerate(code, 1):
        if sign not in ALPHABET:
            return _with_guess(_(WRONG_SIGN, position=position, sign=sign), code)
    if not code[2:8].isdigit():
        return _with_guess(
            _("Positions 3 to 8 (registering authority) must be digits, here they are “%(part)s”.", part=code[2:8]),
            code,
        )
    if org_check_digit(code[8:16]) != code[16]:
        return _(
            "The check digit of the organisation code (position 17) is wrong: one character from position 9 to 17 "
            "is mistyped."
        )
    return _("The last check digit (position 18) is wrong: one character is mistyped or two are swapped.")


def kind(code: str) -> Kind | None:
    """What kind of body the code belongs to; ``None`` for prefixes that the suite has no use for."""
    return _KINDS.get(code[:2])


def kind_name(code: str) -> str | None:
    """What :func:`kind` is called in the registry."""
    return _KIND_NAMES.get(code[:2])


def org_code(code: str) -> str:
    """The nine characters of the organisation code (GB 11714) inside the code."""
    return code[8:17]


def org_check_digit(body: str) -> str:
    """The GB 11714 check digit of the first eight characters of an organisation code: weights 3,7,9,10,5,8,4,2 modulo
    11."""
    total = sum(map(mul, map(_ORG_VALUES.__getitem__, body), _ORG_WEIGHTS))
    return "0123456789X0"[11 - total % 11]


def check_digit(stem: str) -> str:
    """The GB 32100 check digit of the first seventeen characters: weights 3^i modulo 31.

    The suite has its own because registers come by the hundred thousand and the library's takes five times as long.
    """
    return ALPHABET[-sum(map(mul, map(_VALUES.__getitem__, stem), _WEIGHTS)) % 31]


def check_reg_no(text: str) -> str:
    """An old registration number 注册号, normalised. Raises :class:`~core.errors.Refusal` unless it has 15 digits."""
    number = normalise(text)
    if not _REG_NO.fullmatch(number):
        raise Refusal(_("An old registration number has 15 digits, “%(number)s” has not.", number=number))
    return number


def make_uscc(region: str, serial: int, prefix: str = "91") -> str:
    """A synthetic code that passes both check digits, for fixtures and demonstration data.

    ``region`` is a GB/T 2260 code of six digits, ``serial`` a number below 31**6, ``prefix`` the first two signs.
    """
    if not re.fullmatch(r"\d{6}", region) or not 0 <= serial < 31**6:
        raise ValueError(f"no code for region {region!r}, serial {serial}")
    tail = ""
    for _place in range(6):
        serial, digit = divmod(serial, 31)
        tail = ALPHABET[digit] + tail
    body = "MA" + tail
    stem = f"{prefix}{region}{body}{org_check_digit(body)}"
    return stem + check_digit(stem)


def _with_guess(sentence: str, code: str) -> str:
    """Letters that look like digits are the usual fault: name the code that results, but leave the change to a
    person."""
    guesses = {
        code.translate(_LOOKALIKES),
        code.replace("O", "0"),
        code.replace("I", "1"),
        code.replace("O", "0").replace("I", "1"),
        code[:8].translate(_LOOKALIKES) + code[8:].replace("O", "0").replace("I", "1"),
    }
    sound = sorted(filter(is_sound, guesses))
    return f"{sentence} {_('Was %(code)s meant?', code=sound[0])}" if len(sound) == 1 else sentence
