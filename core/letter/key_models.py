"""The keys of the bureaus and the pictures of their seals. Public halves stand here; private ones lie in ``var/keys``."""
from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.access.models import Unit
from core.db import Json, Model, UtcDateTime, enum_column


class KeyUse(enum.StrEnum):
    """What a key is for: the electronic seal of a bureau, or the codes printed on all letters."""

    SEAL = "seal"
    CODE = "code"


class KeyState(enum.StrEnum):
    """In use; replaced by another (what it sealed holds); revoked (what it sealed is to be asked for at the bureau)."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


class KeyPlace(enum.StrEnum):
    """Where the private half is: in a file of ``var/keys``, or in a token that never lets it out."""

    FILE = "file"
    TOKEN = "pkcs11"  # a place, no password


class LetterKey(Model):
    """A key that seals letters. Letters name it by ``key_id``, so that a bureau may change its key and old letters can
    still be checked. A register of public facts: never deleted."""

    __tablename__ = "core_letter_key"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16), unique=True)
    """The first 16 hexadecimal digits of the SHA-256 of the public key."""
    use: Mapped[KeyUse] = mapped_column(enum_column(KeyUse, 8))
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"))
    algorithm: Mapped[str] = mapped_column(String(32))
    public_key: Mapped[str] = mapped_column(Text)
    """PEM."""
    certificate: Mapped[str] = mapped_column(Text, default="")
    """PEM, the bureau's own first, then those that vouch for it."""
    self_made: Mapped[bool] = mapped_column(default=False)
    """Made here: it proves that a letter is whole and whose key sealed it, but no authority vouches for the name."""
    place: Mapped[KeyPlace] = mapped_column(enum_column(KeyPlace, 8))
    token: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """``{"module", "token", "key"}`` of a key in a token."""
    room: Mapped[int] = mapped_column(default=0)
    """Bytes that a seal of this key needs in a letter."""
    valid_from: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[KeyState] = mapped_column(enum_column(KeyState, 8), default=KeyState.ACTIVE)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(255), default="")

    bureau: Mapped[Unit | None] = relationship()

    __table_args__ = (
        CheckConstraint("(use = 'seal') = (bureau_id IS NOT NULL)", name="whose"),
        CheckConstraint("(state = 'active') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("state <> 'revoked' OR length(reason) > 0", name="revoked_why"),
    )


_IN_USE = text("state = 'active'")
Index("uq_core_letter_key_in_use", LetterKey.use, LetterKey.bureau_id, unique=True, sqlite_where=_IN_USE,
      postgresql_where=_IN_USE)
_CODE_IN_USE = text("state = 'active' AND use = 'code'")  # NULLs of bureau_id are not equal above
Index("uq_core_letter_key_code", LetterKey.use, unique=True, sqlite_where=_CODE_IN_USE, postgresql_where=_CODE_IN_USE)


class SealPicture(Model):
    """A bureau's own picture of its seal, in place of the one drawn from its name. ``sha256`` names it in the store."""

    __tablename__ = "core_seal_picture"
    __audited__ = True

    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    put_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
