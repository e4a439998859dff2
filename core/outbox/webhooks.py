"""Telling other programs what happened: a signed POST to an address that an administrator registered.

The delivery, its repeats and its log are those of every message. The other side checks ``X-Yingshang-Signature``:
``t=<seconds>,v1=<hex>``, the HMAC-SHA256 of ``<seconds>.<body>`` under the webhook's secret, and drops what is old or was
delivered before (``X-Yingshang-Delivery`` is the same on every attempt).
"""
from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import moment
from core.db import Json, Model, UtcDateTime
from core.errors import Refusal
from core.outbox.channels import DeliveryError, Envelope, http_client
from core.words import gettext as _

if TYPE_CHECKING:
    import httpx

LONGEST = 254
FINAL = (400, 404, 410, 422)
"""Answers after which trying again would not help."""


class Webhook(Model):
    """An address that is told of what happens to a bureau's cases; of some kinds only, when ``kinds`` names them."""

    __tablename__ = "core_webhook"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    url: Mapped[str] = mapped_column(String(LONGEST))
    kinds: Mapped[list[str]] = mapped_column(Json, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("bureau_id", "url"),)


def register(session: Session, bureau_id: int, url: str, kinds: list[str]) -> Webhook:
    """Have an address told from now on. Flushes."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or len(url) > LONGEST:
        raise Refusal(_("Give a whole address that begins with https:// or http://."), "url")
    made = Webhook(bureau_id=bureau_id, url=url.strip(), kinds=sorted(kinds), active=True, created_at=moment.now())
    session.add(made)
    session.flush()
    return made


def secret_of(secret_key: str, url: str) -> str:
    """The secret of an address: worked out from the installation's own, so that it stands in no table."""
    return hmac.new(secret_key.encode(), f"webhook:{url}".encode(), hashlib.sha256).hexdigest()


def signature(secret: str, at: dt.datetime, body: str) -> str:
    """The value of ``X-Yingshang-Signature`` for a body sent at that moment."""
    seconds = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


@dataclass(frozen=True)
class WebhookPost:
    """Posts a message's body, signed, to the address that it names."""

    secret_key: str = field(repr=False)
    client: Callable[[], httpx.Client] = http_client

    def send(self, envelope: Envelope) -> str:
        """Deliver; any 2xx is taken for received."""
        import httpx  # only a process that delivers pays for it

        headers = {"Content-Type": "application/json; charset=utf-8", "X-Yingshang-Event": envelope.subject,
                   "X-Yingshang-Delivery": envelope.fingerprint, "X-Yingshang-Signature": signature(
                       secret_of(self.secret_key, envelope.to), moment.now(), envelope.body)}
        try:
            with self.client() as http:
                answer = http.post(envelope.to, content=envelope.body.encode(), headers=headers)
        except httpx.InvalidURL as fault:
            raise DeliveryError("the address is not valid", permanent=True) from fault
        except httpx.HTTPError as fault:
            raise DeliveryError(type(fault).__name__) from fault
        if not answer.is_success:
            raise DeliveryError(f"HTTP {answer.status_code}", permanent=answer.status_code in FINAL)
        return f"HTTP {answer.status_code}"
