"""What the code on a letter says: the address to ask at, and behind ``#`` one long number that proves the letter without
asking anybody.

The number holds version, key, date, 发文字号, organ and the SHA-256 of the letter's attached facts, and their Ed25519
signature. A browser never sends what stands behind ``#``. Figures take the least room in a QR code, and every scanner
passes them on unharmed.
"""
from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

VERSION = 1
CONTEXT = b"yingshang letter code\0"
EPOCH = dt.date(2000, 1, 1)
SIGNATURE = 64
MOST = 400
"""Bytes of a code; ours have about 200."""
_TEXT = re.compile(r"(?P<address>\S{0,200}?)/verify/(?P<code>[0-9A-Z]{4,16})#(?P<figures>[1-9][0-9]{200,960})\Z")


class NotACode(ValueError):
    """The text is not what our codes say."""


@dataclass(frozen=True)
class SignedCode:
    """What a letter's code says of it, with the key that signed it."""

    code: str
    key_id: str
    date: dt.date
    number: str
    organ: str
    facts: bytes
    """SHA-256 of the attached facts."""
    signature: bytes = b""

    def body(self) -> bytes:
        """The bytes before the signature."""
        number, organ = self.number.encode("gb18030"), self.organ.encode("gb18030")
        return b"".join((bytes([VERSION]), bytes.fromhex(self.key_id), (self.date - EPOCH).days.to_bytes(3, "big"),
                         bytes([len(number)]), number, bytes([len(organ)]), organ, self.facts))

    def message(self) -> bytes:
        """What is signed: the body, and the code that stands in the address."""
        return CONTEXT + self.code.encode("ascii") + b"\0" + self.body()

    def signed_by(self, public_pem: str) -> bool:
        """Whether the signature is that key's."""
        public = load_pem_public_key(public_pem.encode())
        if not isinstance(public, Ed25519PublicKey):
            return False
        try:
            public.verify(self.signature, self.message())
        except InvalidSignature:
            return False
        return True

    def agrees(self, number: str | None, date: dt.date, organ: str) -> bool:
        """Whether it says this of the letter."""
        return (self.number, self.date, self.organ) == (number, date, organ)


def sign_code(said: SignedCode, private_key: str, address: str) -> str:
    """The text of the code: ``https://…/verify/CODE#FIGURES``. ``private_key`` is the path of the key's file."""
    private = load_pem_private_key(Path(private_key).read_bytes(), None)
    assert isinstance(private, Ed25519PrivateKey)
    whole = said.body() + private.sign(said.message())
    return f"{address}/verify/{said.code}#{int.from_bytes(whole, 'big')}"


def read_code(text: str) -> SignedCode:
    """What a scanned code says; nothing of it is proved yet. Raises :class:`NotACode`."""
    found = _TEXT.search(text.strip())
    if found is None:
        raise NotACode(text[:40])
    value = int(found["figures"])
    whole = value.to_bytes((value.bit_length() + 7) // 8, "big")
    body, signature = whole[:-SIGNATURE], whole[-SIGNATURE:]
    try:
        if body[0] != VERSION or len(whole) > MOST:
            raise NotACode("version")
        end = 13 + body[12]
        stop = end + 1 + body[end]
        made = SignedCode(found["code"], body[1:9].hex(), EPOCH + dt.timedelta(days=int.from_bytes(body[9:12], "big")),
                          body[13:end].decode("gb18030"), body[end + 1:stop].decode("gb18030"), body[stop:], signature)
    except (IndexError, UnicodeDecodeError, OverflowError) as error:
        raise NotACode("content") from error
    if len(made.facts) != hashlib.sha256().digest_size or made.body() != body:
        raise NotACode("length")
    return made
