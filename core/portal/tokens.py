"""One-time links: whoever was served rates the service from his own telephone, and nobody does it for him."""
from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import moment
from core.case import Case
from core.errors import NotFound
from core.outbox import Channel, post
from core.portal.models import Token
from core.words import gettext as _

VALID = dt.timedelta(days=30)


def invite(session: Session, case: Case, step: str, to: str, text: Callable[[str], str], *, subject: str = "",
           channel: Channel | str = Channel.SMS, valid: dt.timedelta = VALID) -> str:
    """Make a one-time link to ``step`` of ``case`` and send it to the enterprise's own contact ``to``, with the fact.

    ``text(link)`` is what the message says. Returns the link; flushes, does not commit. Nobody of the office gets to see
    it: it stands in the message alone.
    """
    secret = secrets.token_urlsafe(24)
    now = moment.now()
    made = Token(digest=_digest(secret), case_id=case.id, step=step, made_at=now, expires_at=now + valid)
    session.add(made)
    session.flush()
    link = f"{public_url()}/portal/rate/{secret}"
    post(session, to=to, channel=channel, subject=subject or _("Please rate our service"), body=text(link),
         dedupe_key=f"portal:token:{made.id}", case_id=case.id)
    return link


def look(session: Session, secret: str) -> Token:
    """The link as it stands; :class:`NotFound` for one that was never sent, was used, or is too old. Uses nothing up."""
    found = session.scalars(select(Token).where(
        Token.digest == _digest(secret), Token.used_at.is_(None), Token.expires_at > moment.now())).one_or_none()
    if found is None:
        raise _gone()
    return found


def use(session: Session, secret: str, address: str) -> Token:
    """Use the link up, in the transaction of what is done with it: of two at once, one gets it."""
    now = moment.now()
    used: Any = session.execute(update(Token).where(
        Token.digest == _digest(secret), Token.used_at.is_(None), Token.expires_at > now)
        .values(used_at=now, used_from=address).returning(Token.id)).scalar_one_or_none()
    if used is None:
        raise _gone()
    return session.scalars(select(Token).where(Token.id == used)).one()


def public_url() -> str:
    """The address under which the public reaches the suite."""
    web = current_app.extensions["yingshang"].settings.web
    return (web.public_url or f"http://{web.host}:{web.port}").rstrip("/")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _gone() -> NotFound:
    return NotFound(_("This link was used already or is no longer valid."))
