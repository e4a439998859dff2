"""The second factor: a code of six digits from the person's telephone (TOTP, RFC 6238), or a spare code in its place."""
from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from sqlalchemy.orm import Session

from core import moment
from core.access.models import Staff
from core.audit import record
from core.errors import Refusal
from core.security.models import SecondFactor
from core.words import gettext as _

SPARE = 8
STEP = 30
ISSUER = "营商"


def enabled(db: Session, user_id: int) -> bool:
    """Whether the person signs in with a second factor."""
    found = db.get(SecondFactor, user_id)
    return found is not None and found.confirmed_at is not None


def prepare(db: Session, person: Staff) -> str:
    """A new key, to be confirmed by a first code; returns it for the telephone. Refused while one is in use."""
    found = db.get(SecondFactor, person.id)
    if found is not None and found.confirmed_at is not None:
        raise Refusal(_("You have a second factor already. Switch it off first."))
    secret = pyotp.random_base32()
    if found is None:
        db.add(SecondFactor(user_id=person.id, secret=_box().encrypt(secret.encode()).decode(), spare=[], last_step=0))
    else:
        found.secret, found.last_step = _box().encrypt(secret.encode()).decode(), 0
    db.flush()
    return secret


def pending(db: Session, user_id: int) -> str:
    """The key that waits to be confirmed; empty when there is none."""
    found = db.get(SecondFactor, user_id)
    return "" if found is None or found.confirmed_at is not None else _secret(found)


def address(secret: str, username: str) -> str:
    """What the picture for the telephone says."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def confirm(db: Session, person: Staff, code: str) -> list[str]:
    """Put the key into use after a first right code; returns spare codes, which are shown once. Logged."""
    found = db.get(SecondFactor, person.id)
    if found is None or found.confirmed_at is not None or not _fits(found, code):
        raise Refusal(_("This code does not fit. Check the time of your telephone and type the newest code."), "code")
    codes = ["-".join(secrets.token_hex(2) for _turn in range(3)) for _number in range(SPARE)]
    found.confirmed_at, found.spare = moment.now(), [_hash(each) for each in codes]
    record(db, "second factor on", Staff.__tablename__, person.id, person.username)
    db.flush()
    return codes


def check(db: Session, user_id: int, code: str) -> bool:
    """Whether the code is right: the telephone's, once, or a spare one, once. The caller commits."""
    found = db.get(SecondFactor, user_id, with_for_update=True, populate_existing=True)
    if found is None or found.confirmed_at is None:
        return False
    if _fits(found, code):
        db.flush()
        return True
    spare = _hash(code.strip().lower())
    if spare in found.spare:
        found.spare = [each for each in found.spare if each != spare]
        db.flush()
        return True
    return False


def switch_off(db: Session, person: Staff, by: str = "") -> None:
    """Do without it from now on: the person himself, or an administrator when the telephone is lost. Logged."""
    found = db.get(SecondFactor, person.id)
    if found is not None:
        db.delete(found)
        record(db, "second factor off", Staff.__tablename__, person.id, person.username, **({"by": by} if by else {}))
        db.flush()


def _fits(found: SecondFactor, code: str) -> bool:
    """The code of this half minute or of a neighbour, and none that was taken before."""
    digits = "".join(code.split())
    now = int(moment.now().timestamp()) // STEP
    totp = pyotp.TOTP(_secret(found))
    for step in (now, now - 1, now + 1):
        if step > found.last_step and hmac.compare_digest(totp.at(step * STEP), digits):
            found.last_step = step
            return True
    return False


def _secret(found: SecondFactor) -> str:
    try:
        return _box().decrypt(found.secret.encode()).decode()
    except InvalidToken:  # the house's key was changed: what was encrypted with the old one is lost
        raise Refusal(_("The second factor can no longer be read. Ask the administrator to switch it off.")) from None


def _box() -> Fernet:
    key = hashlib.sha256(b"second factor|" + str(current_app.config["SECRET_KEY"]).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
