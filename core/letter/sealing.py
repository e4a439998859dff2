"""The electronic seal of a letter: a PAdES signature by the bureau's key, put into the place that the letter keeps for it.

pyHanko builds the signature and reads it back. The private key is in a file, or in a PKCS#11 token that a maker's library
opens; a token for SM2 would be another branch of :func:`_signer`.
"""
from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from core import moment
from core.errors import Refusal
from core.letter import seal_slot
from core.letter.key_models import KeyPlace
from core.letter.keys import KeyHandle
from core.words import gettext as _

_token = Lock()
"""A token's session is one conversation."""


def seal(data: bytes, handle: KeyHandle, at: dt.datetime) -> bytes:
    """The letter sealed at that time. Nothing of it changes but what stands in the place kept for the seal."""
    dated, slot = seal_slot.fill_day(data, at)
    made = _cms(seal_slot.digest(dated, slot), handle)
    return seal_slot.put_seal(dated, slot, made)


def trial(handle: KeyHandle) -> None:
    """Seal something and read it back: the key answers, and the certificate is that of the key."""
    from asn1crypto import cms
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    digest = hashlib.sha256(b"trial").digest()
    signed = cms.ContentInfo.load(_cms(digest, handle))["content"]
    certificates = _signer(handle)
    intact, valid = validate_sig_integrity(
        signed["signer_infos"][0], certificates.signing_cert, expected_content_type="data", actual_digest=digest)
    if not (intact and valid):
        raise Refusal(_("The certificate is not that of the key in the token."), "certificate")


def _cms(digest: bytes, handle: KeyHandle) -> bytes:
    signer = _signer(handle)
    if handle.place is KeyPlace.FILE:
        return _run(signer, digest)
    import pkcs11

    try:
        with _token:
            return _run(signer, digest)
    except pkcs11.PKCS11Error as error:
        _signer.cache_clear()  # a token that was pulled out needs a new conversation
        _conversation.cache_clear()
        raise _silent(error) from error


def _run(signer: Any, digest: bytes) -> bytes:
    made = asyncio.run(signer.async_sign(digest, "sha256", use_pades=True))
    done: bytes = made.dump()
    return done


@lru_cache(64)
def _signer(handle: KeyHandle) -> Any:
    """pyHanko's signer for the key; kept, because reading keys and opening tokens takes longer than signing."""
    from asn1crypto import keys, pem, x509
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    chain = [x509.Certificate.load(der) for _kind, _headers, der in pem.unarmor(handle.certificate.encode(), multiple=True)]
    store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko leaves this one untyped
    store.register_multiple(chain[1:])
    secret = Path(handle.file).read_bytes()
    if handle.place is KeyPlace.TOKEN:
        return _token_signer(chain[0], store, dict(handle.token), secret.decode())
    _name, _headers, der = pem.unarmor(secret)
    return SimpleSigner(chain[0], keys.PrivateKeyInfo.load(der), store)


def _token_signer(certificate: Any, store: Any, token: dict[str, str], pin: str) -> Any:
    from pyhanko.sign.pkcs11 import PKCS11Signer

    opened = _conversation(token["module"], token["token"], pin)
    # Many tokens cannot hash before an elliptic curve's signature; all can sign a hash.
    return PKCS11Signer(opened, signing_cert=certificate, key_label=token["key"], ca_chain=list(store),
                        use_raw_mechanism=certificate.public_key.algorithm == "ec")


@lru_cache(8)
def _conversation(module: str, token: str, pin: str) -> Any:
    """The session with a token: one, whatever the number of its keys, because a token counts who is signed in."""
    import pkcs11
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import open_pkcs11_session

    try:
        return open_pkcs11_session(module, token_criteria=TokenCriteria(label=token), user_pin=pin)
    except pkcs11.PKCS11Error as error:
        raise _silent(error) from error


def _silent(error: Exception) -> Refusal:
    return Refusal(_("The token does not answer: %(error)s", error=f"{type(error).__name__} {error}".strip()), "token")


@dataclass(frozen=True)
class Found:
    """The seal that a file bears: the public key's id, when it was sealed by its own word, whether the bytes that it
    covers are whole and signed by that key, and whether it covers the whole file."""

    key_id: str
    name: str
    at: dt.datetime | None
    holds: bool
    whole: bool


def read(data: bytes) -> Found | None:
    """The seal of a file, None when it has none. Whose key it is, the caller compares with our own."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    signatures = PdfFileReader(BytesIO(data), strict=False).embedded_signatures
    if not signatures:
        return None
    first = signatures[0]
    certificate = first.signer_cert
    at = first.self_reported_timestamp
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=at or moment.now())
    status = validate_pdf_signature(first, context)
    public = load_der_public_key(certificate.public_key.dump())
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE and len(signatures) == 1
    return Found(hashlib.sha256(spki).hexdigest()[:16], str(certificate.subject.native.get("common_name", "")), at,
                 bool(status.intact and status.valid), whole)
