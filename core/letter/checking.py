"""Is this letter genuine? A file, a scanned code or a typed code is told apart; nothing of the content is given away.

The register decides: a file is genuine if it is byte for byte what was signed. What is not in the register is looked at
more closely, so that whoever holds it learns whether it was altered, cut off, forged, or never one of ours.
"""
from __future__ import annotations

import enum
import hashlib
import json
from io import BytesIO
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import moment
from core.access.models import Unit
from core.letter import seal_slot, sealing
from core.letter.key_models import KeyState, KeyUse, LetterKey
from core.letter.making import letter_kinds
from core.letter.models import Letter, LetterState
from core.letter.signed_code import NotACode, read_code
from core.words import gettext as _

MOST_BYTES = 20_000_000
"""No letter is larger."""
TAIL = 2048
ATTACHED = "data.json"


class Answer(enum.StrEnum):
    """What is said about a letter."""

    GENUINE = "genuine"
    VOIDED = "voided"
    ALTERED = "altered"
    FORGED = "forged"
    TRUNCATED = "truncated"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


def sentence(answer: Answer) -> str:
    """The answer as a sentence that says what to do."""
    return {
        Answer.GENUINE: _("This organ signed the letter, and it holds."),
        Answer.VOIDED: _("This letter was signed and has been voided since. It no longer holds."),
        Answer.ALTERED: _("This was a letter of ours, but it is no longer as it was signed. Do not trust it."),
        Answer.FORGED: _("It claims to be a letter of ours, but no key of ours has signed it."),
        Answer.TRUNCATED: _("The file is incomplete: its end is missing. Fetch it again and check that one."),
        Answer.FOREIGN: _("This is no letter of ours."),
        Answer.UNKNOWN: _("No letter has this code. Compare it with the letter, character by character."),
    }[answer]


def check_code(session: Session, text: str, by_number: bool = False) -> dict[str, Any]:
    """What may be said about a typed code, or a scanned one with its signature.

    ``{"valid", "number", "kind", "issued_on", "organ", "reason", "detail"}``; ``reason`` is an :class:`Answer`. Numbers
    can be counted through, so they are answered (``by_number``) only to those who may see the register. ``session`` must
    be a system session.
    """
    text = text.strip()
    if "#" in text:
        return _scanned(session, text)
    rule = Letter.code == text.upper()
    if by_number:
        rule |= Letter.number == text
    letter = session.scalars(select(Letter).where(rule)).one_or_none()
    return said_of(letter) if letter is not None else _said(Answer.UNKNOWN)


def check_file(session: Session, data: bytes) -> dict[str, Any]:
    """The same for a file."""
    letter = session.scalars(select(Letter).where(Letter.sha256 == hashlib.sha256(data).hexdigest())).first()
    if letter is not None:
        return said_of(letter)
    if len(data) > MOST_BYTES or not data.startswith(b"%PDF-"):
        return _said(Answer.FOREIGN)
    if _cut_off(data):
        return _said(Answer.TRUNCATED)
    try:
        seal, facts = sealing.read(data), _facts(data)
    except Exception:  # a file made to break readers breaks this one: the answer is what it is, not a fault
        return _said(Answer.ALTERED if b"/ETSI.CAdES.detached" in data else Answer.FOREIGN)
    claimed = _claimed(session, facts)
    key = session.scalars(select(LetterKey).where(LetterKey.key_id == seal.key_id, LetterKey.use == KeyUse.SEAL)
                          ).one_or_none() if seal is not None else None
    if key is not None and seal is not None:
        if not (seal.holds and seal.whole):
            return _said(Answer.ALTERED, claimed)
        if key.state is KeyState.REVOKED:
            return _said(Answer.FORGED, detail=_("It is sealed with a key that was revoked, and it is not in the register."))
        return _said(Answer.UNKNOWN, detail=_("It bears our seal but is not in the register. Ask the organ that it names."))
    ours = claimed is not None or _names_us(session, facts.get("organ"), seal.name if seal is not None else "")
    return _said(Answer.FORGED if ours else Answer.FOREIGN)


def said_of(letter: Letter) -> dict[str, Any]:
    """What may be said to anyone about a letter of the register."""
    if letter.number is None:
        return _said(Answer.UNKNOWN)
    return _said(Answer.VOIDED if letter.state is LetterState.VOIDED else Answer.GENUINE, letter)


def _said(answer: Answer, letter: Letter | None = None, detail: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {"valid": answer is Answer.GENUINE, "number": None, "kind": None, "issued_on": None,
                            "organ": None, "reason": answer.value, "detail": detail or sentence(answer)}
    if letter is not None and letter.signed_at is not None:
        kind = letter_kinds().get(letter.kind)
        told |= {"number": letter.number, "kind": kind.name if kind else letter.kind, "organ": letter.organ,
                 "issued_on": moment.local(letter.signed_at).date().isoformat()}
    return told


def _scanned(session: Session, text: str) -> dict[str, Any]:
    try:
        said = read_code(text)
    except NotACode:
        return _said(Answer.FOREIGN if "/verify/" not in text else Answer.FORGED,
                     detail=_("What was scanned is not what our codes say."))
    key = session.scalars(select(LetterKey).where(LetterKey.key_id == said.key_id, LetterKey.use == KeyUse.CODE)
                          ).one_or_none()
    if key is None or not said.signed_by(key.public_key):
        return _said(Answer.FORGED)
    letter = session.scalars(select(Letter).where(Letter.code == said.code)).one_or_none()
    if letter is None or letter.signed_at is None:
        return _said(Answer.UNKNOWN, detail=_("It bears our seal but is not in the register. Ask the organ that it names."))
    if letter.facts_sha256 != said.facts.hex() or not said.agrees(
            letter.number, moment.local(letter.signed_at).date(), letter.organ):
        return _said(Answer.FORGED)
    return said_of(letter)


def _cut_off(data: bytes) -> bool:
    """Whether the end of the file is missing: it is shorter than when it was sealed, or does not end as a PDF does."""
    found = seal_slot.find_slot(data)
    return (found is not None and found[1] > len(data)) or b"%%EOF" not in data[-TAIL:]


def _facts(data: bytes) -> dict[str, Any]:
    """The facts attached to a letter; empty when there are none."""
    import pikepdf

    with pikepdf.open(BytesIO(data)) as pdf:
        if ATTACHED not in pdf.attachments:
            return {}
        found = json.loads(pdf.attachments[ATTACHED].get_file().read_bytes())
    return found if isinstance(found, dict) else {}


def _claimed(session: Session, facts: dict[str, Any]) -> Letter | None:
    """The letter of the register that a file says it is."""
    code, number = str(facts.get("code", "")), str(facts.get("number", ""))
    if not code and not number:
        return None
    return session.scalars(select(Letter).where(Letter.number.is_not(None), (Letter.code == code) | (Letter.number == number))
                           .order_by(Letter.code != code)).first()


def _names_us(session: Session, *names: Any) -> bool:
    """Whether one of the names is that of a unit of ours."""
    wanted = [str(name) for name in names if name]
    return bool(wanted) and bool(session.scalar(select(func.count()).select_from(Unit).where(Unit.name.in_(wanted))))
