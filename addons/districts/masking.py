"""What is typed into a need: personal numbers masked before anything is stored, and words after which a person must look.

No database here. What was found is told to the caller, who keeps the original under seal.
"""
from __future__ import annotations

from dataclasses import dataclass

from core.access.personal import BANK, ID, LANDLINE, MOBILE, find_personal, mask_personal

NAMES = {ID: "身份证号", BANK: "银行账号", MOBILE: "手机号码", LANDLINE: "电话号码"}
SECRET_WORDS = {"国家秘密": ("国家秘密", "机密级", "秘密级", "绝密"),
                "商业秘密": ("商业秘密", "商业机密", "技术秘密", "保密配方")}


@dataclass(frozen=True)
class Masked:
    """A text that may be stored, what was taken out of it, and the secret that it may contain."""

    text: str
    found: tuple[str, ...]
    secret: str = ""


def mask(text: str) -> Masked:
    """``text`` with identity numbers, accounts and telephones masked."""
    found = tuple(dict.fromkeys(NAMES[one.kind] for one in find_personal(text)))
    secret = next((kind for kind, words in SECRET_WORDS.items() if any(word in text for word in words)), "")
    return Masked(mask_personal(text), found, secret)
