"""One page that checks letters without a network: the public keys of this installation and the arithmetic, in one file.

It may be handed to a court or put on a stick. It knows the keys of the day on which it was made; whether a letter was voided
since, only the register knows, and the page says so.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from flask_babel import get_locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core import moment
from core.letter.checking import Answer, sentence
from core.letter.key_models import KeyState, KeyUse, LetterKey
from core.words import gettext as _

TEMPLATES = Path(__file__).parent / "templates"


def public_keys(session: Session) -> dict[str, Any]:
    """``{"made", "codes": [{"key", "point", "revoked"}], "seals": [{"key", "organ", "revoked", and the key's numbers}]}``."""
    found: dict[str, Any] = {"made": moment.today().isoformat(), "codes": [], "seals": []}
    for key in session.scalars(select(LetterKey).options(joinedload(LetterKey.bureau)).order_by(LetterKey.id)):
        told = {"key": key.key_id, "organ": key.bureau.name if key.bureau else "",
                "revoked": key.state is KeyState.REVOKED, **_figures(load_pem_public_key(key.public_key.encode()))}
        found["codes" if key.use is KeyUse.CODE else "seals"].append(told)
    return found


def offline_page(session: Session) -> str:
    """The page, complete in itself."""
    keys = public_keys(session)
    answers = {answer.value: sentence(answer) for answer in Answer if answer not in (Answer.UNKNOWN, Answer.VOIDED)}
    answers["genuine"] = _("The seal holds: it was made with this organ’s key, and nothing was changed since.")
    answers["forged"] = _("Forged: no key of ours has signed this.")
    answers["revoked"] = _("The key was revoked: the seal alone proves nothing. Ask the organ.")
    environment = Environment(autoescape=True, undefined=StrictUndefined, loader=FileSystemLoader(TEMPLATES))
    # Nothing may end the script: "<" in a name becomes its escape, which JSON reads back.
    data = json.dumps(keys, ensure_ascii=False).replace("<", "\\u003c")
    return environment.get_template("offline.html").render(
        lang=str(get_locale() or "zh-CN").replace("_", "-"), words=_words(keys["made"]), answers=answers,
        shown=[*keys["seals"], *keys["codes"]], keys=Markup(data),  # escaped above
        script=Markup((TEMPLATES / "offline.js").read_text("utf-8")))  # our own file


def _words(made: str) -> dict[str, str]:
    return {
        "title": _("Check a letter without a network"),
        "intro": _("This page works without a network and sends nothing. It knows our keys as of %(day)s.", day=made),
        "number": _("Number"), "organ": _("Organ"), "day": _("Date"),
        "compare": _("Compare number, organ and date with the letter in your hand. Whether it was voided since, only the "
                     "register knows: ask at the address on the letter, or by telephone."),
        "by_code": _("By the code on the letter"), "by_file": _("By the file"), "check": _("Verify"),
        "code_help": _("Scan the code with any program and paste all of its text here."),
        "file_help": _("Choose the PDF as you received it, not a scan or a new print of it."),
        "keys": _("Keys"), "codes": _("Codes on letters"), "revoked": _("revoked"),
        "keys_help": _("Compare these with the list that the bureaus publish.")}


def _figures(public: Any) -> dict[str, Any]:
    """A public key as the numbers that the page calculates with."""
    if isinstance(public, ed25519.Ed25519PublicKey):
        return {"point": public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()}
    if isinstance(public, ec.EllipticCurvePublicKey):
        return {"bits": public.key_size,
                "point": public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()}
    assert isinstance(public, rsa.RSAPublicKey)
    numbers = public.public_numbers()
    return {"modulus": f"{numbers.n:0{public.key_size // 4}x}", "exponent": str(numbers.e)}
