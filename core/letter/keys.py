"""Keys: made, imported, changed, revoked. One is in use for each bureau's seal, and one for the codes on all letters.

Private keys lie in ``var/keys``, mode 0600, one file a key, or in a token. They are not in the database and not in its
backup: without them no letter can be sealed, but every old one can still be checked.
"""
from __future__ import annotations

import datetime as dt
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import moment
from core.access.models import Unit
from core.errors import Changed, Refusal
from core.letter.key_models import KeyPlace, KeyState, KeyUse, LetterKey
from core.words import gettext as _

YEARS = 10
"""A certificate that is made here holds so long."""
ROOM = 1000
"""Bytes of a seal beside its certificates: hashes, names, the signature with some to spare."""


@dataclass(frozen=True)
class KeyHandle:
    """What sealing needs of a key, as plain values that another process may be given."""

    key_id: str
    certificate: str
    place: KeyPlace
    file: str
    room: int
    token: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def folder() -> Path:
    """``var/keys``, readable by the suite's account only."""
    place: Path = current_app.extensions["yingshang"].settings.var / "keys"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def handle_of(key: LetterKey) -> KeyHandle:
    """The handle of a key. :class:`Refusal` when its private half is not on this machine or its time is over."""
    path = folder() / f"{key.key_id}.pem"
    if not path.is_file():
        raise Refusal(_("The private key %(key)s is not on this machine: put its file into %(folder)s, or take another "
                        "key into use (yingshang seal make).", key=key.key_id, folder=str(path.parent)), "key")
    now = moment.now()
    if key.valid_to is not None and now > key.valid_to:  # what is entered later may be dated before the key was made
        raise Refusal(_("The certificate %(key)s held until %(day)s only. Take another one into use.", key=key.key_id,
                        day=_day(key.valid_to)), "key")
    return KeyHandle(key.key_id, key.certificate, key.place, str(path), key.room,
                     tuple(sorted((name, str(value)) for name, value in key.token.items())))


def in_use(session: Session, use: KeyUse, bureau_id: int | None = None) -> LetterKey | None:
    """The key that is in use, if there is one."""
    return session.scalars(select(LetterKey).where(
        LetterKey.use == use, LetterKey.bureau_id == bureau_id, LetterKey.state == KeyState.ACTIVE)).one_or_none()


def seal_key(session: Session, unit: Unit) -> LetterKey:
    """The key of the bureau's seal; a bureau that has none yet gets one that is made here."""
    return in_use(session, KeyUse.SEAL, unit.id) or _once(session, KeyUse.SEAL, unit)


def code_key(session: Session) -> LetterKey:
    """The key of the codes on letters; made when it is first needed."""
    return in_use(session, KeyUse.CODE) or _once(session, KeyUse.CODE, None)


def make(session: Session, use: KeyUse, unit: Unit | None = None) -> LetterKey:
    """A new key made here, taken into use in place of the present one. The caller commits."""
    if use is KeyUse.CODE:
        private: Any = ed25519.Ed25519PrivateKey.generate()
        return _take_in(session, LetterKey(use=use, bureau_id=None, algorithm="Ed25519", self_made=True,
                                           place=KeyPlace.FILE, valid_from=moment.now()), private)
    assert unit is not None
    private = ec.generate_private_key(ec.SECP256R1())
    made = _self_made(unit, private)
    return _take_in(session, _described(unit, [made], self_made=True), private)


def import_pkcs12(session: Session, unit: Unit, data: bytes, passphrase: str) -> LetterKey:
    """Take the key and certificate of a PKCS#12 file (.p12, .pfx) into use for the bureau's seal.

    :class:`Refusal` for a wrong passphrase, a file without key, a key that cannot seal, a certificate that is not of it or
    whose time is over.
    """
    try:
        private, certificate, others = pkcs12.load_key_and_certificates(data, passphrase.encode() or None)
    except (ValueError, UnsupportedAlgorithm):
        raise Refusal(_("The file cannot be opened: it is no PKCS#12 file, or the passphrase is another one."),
                      "passphrase") from None
    if private is None or certificate is None:
        raise Refusal(_("The file holds no private key with its certificate."), "file")
    key = _described(unit, [certificate, *others])
    if _id_of(private.public_key()) != key.key_id:
        raise Refusal(_("The certificate in the file is not that of its key."), "file")
    return _take_in(session, key, private)


def add_token(session: Session, unit: Unit, certificate: bytes, *, module: str, token: str, key: str, pin: str) -> LetterKey:
    """Take a key in a PKCS#11 token into use: ``module`` is the maker's library, ``token`` and ``key`` are labels.

    The PIN is kept in ``var/keys``, mode 0600. A trial seal proves that the token answers and that the certificate is that
    of its key.
    """
    from core.letter.sealing import trial

    if not Path(module).is_file():
        raise Refusal(_("There is no library %(path)s.", path=module), "module")
    try:
        chain = x509.load_pem_x509_certificates(certificate)
    except ValueError:
        raise Refusal(_("The certificate is not readable: it must be PEM."), "certificate") from None
    made = _described(unit, chain)
    made.place, made.token = KeyPlace.TOKEN, {"module": module, "token": token, "key": key}
    path = folder() / f"{made.key_id}.pem"
    new = not path.exists()
    _write(path, pin.encode())
    try:
        trial(handle_of(made))
    except Exception:
        if new:
            path.unlink()
        raise
    return _take_in(session, made, None)


def revoke(session: Session, key: LetterKey, reason: str) -> LetterKey:
    """The private half may be in wrong hands: from now on nobody trusts what it seals. The next letter gets a new key."""
    if not reason.strip():
        raise Refusal(_("Give a reason."), "note")
    if key.state is KeyState.REVOKED:
        raise Refusal(_("This key is revoked already."))
    key.state, key.ended_at, key.reason = KeyState.REVOKED, key.ended_at or moment.now(), reason.strip()[:255]
    session.flush()
    return key


def revoked(session: Session) -> list[dict[str, str]]:
    """Our own revocation list: ``{"key", "at", "reason"}``."""
    return [{"key": key.key_id, "at": key.ended_at.isoformat() if key.ended_at else "", "reason": key.reason}
            for key in session.scalars(select(LetterKey).where(LetterKey.state == KeyState.REVOKED)
                                       .order_by(LetterKey.id))]


def _self_made(unit: Unit, private: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A certificate in the bureau's name that the bureau's own key vouches for."""
    names = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, unit.name[:64]),
             x509.NameAttribute(NameOID.COMMON_NAME, unit.name[:64])]
    start = moment.now().replace(microsecond=0) - dt.timedelta(days=1)
    public = private.public_key()
    return (x509.CertificateBuilder().subject_name(x509.Name(names)).issuer_name(x509.Name(names)).public_key(public)
            .serial_number(x509.random_serial_number()).not_valid_before(start)
            .not_valid_after(start + dt.timedelta(days=365 * YEARS))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(private, hashes.SHA256()))


def _described(unit: Unit, chain: list[x509.Certificate], self_made: bool = False) -> LetterKey:
    """A key as its certificates describe it."""
    own = chain[0]
    public = own.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1 | ec.SECP384R1):
        algorithm = f"ECDSA P-{public.curve.key_size}"
    elif isinstance(public, rsa.RSAPublicKey) and public.key_size >= 2048:
        algorithm = f"RSA {public.key_size}"
    else:
        raise Refusal(_("Seals are made with ECDSA P-256 or P-384, or with RSA of 2048 bits and more."), "file")
    if moment.now() < own.not_valid_before_utc:
        raise Refusal(_("The certificate is not valid yet: it holds from %(day)s on. Take it into use on that day or later.",
                        day=_day(own.not_valid_before_utc)), "file")
    if moment.now() > own.not_valid_after_utc:
        raise Refusal(_("The certificate's time is over: it held until %(day)s.", day=_day(own.not_valid_after_utc)), "file")
    sizes = sum(len(one.public_bytes(serialization.Encoding.DER)) for one in chain)
    room = ROOM + sizes + (public.key_size // 8 if algorithm.startswith("RSA") else 0)
    return LetterKey(use=KeyUse.SEAL, bureau_id=unit.id, algorithm=algorithm, key_id=_id_of(public),
                     public_key=_pem(public), self_made=self_made, place=KeyPlace.FILE, room=room, token={},
                     certificate="".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in chain),
                     valid_from=own.not_valid_before_utc, valid_to=own.not_valid_after_utc)


def _take_in(session: Session, key: LetterKey, private: Any) -> LetterKey:
    """Write the private half, retire the key in use, and put this one in its place."""
    now = moment.now()
    if private is not None:
        key.key_id, key.public_key = _id_of(private.public_key()), _pem(private.public_key())
        _write(folder() / f"{key.key_id}.pem", private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    if session.scalar(select(LetterKey.id).where(LetterKey.key_id == key.key_id)) is not None:
        raise Refusal(_("This key is in the register already."), "file")
    before = in_use(session, key.use, key.bureau_id)
    if before is not None:
        before.state, before.ended_at = KeyState.RETIRED, now
        session.flush()
    key.created_at, key.state = now, KeyState.ACTIVE
    session.add(key)
    session.flush()
    return key


def _once(session: Session, use: KeyUse, unit: Unit | None) -> LetterKey:
    """Make the first key of its use; when two do so at once, the second one takes the first one's."""
    try:
        with session.begin_nested():
            return make(session, use, unit)
    except IntegrityError:
        found = in_use(session, use, unit.id if unit is not None else None)
        if found is None:
            raise Changed(_("Somebody else took a key into use meanwhile. Try again.")) from None
        return found


def _day(at: dt.datetime) -> str:
    return moment.local(at).date().isoformat()


def _id_of(public: Any) -> str:
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()[:16]


def _pem(public: Any) -> str:
    return str(public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode())


def _write(path: Path, content: bytes) -> None:
    """A file that only the suite's account can read, complete or not there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
