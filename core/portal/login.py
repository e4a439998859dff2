"""An enterprise's account: whoever holds its registered contact gets a code there, and sees all its cases and letters.

Whether an enterprise is known, and whether it has a contact, is never said: the answer is the same for all.
"""
from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
import re
import secrets

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core import moment
from core.access import as_system
from core.audit import record
from core.errors import Refusal
from core.outbox import Channel, post
from core.party import uscc
from core.party.models import Enterprise
from core.portal import limits
from core.portal.models import LoginCode
from core.words import gettext as _

log = logging.getLogger(__name__)

VALID = dt.timedelta(minutes=10)
ATTEMPTS = 5
PER_ENTERPRISE, PER_PLACE, TRIES_PER_PLACE = 4, 12, 30
"""Codes an hour for one enterprise and from one place; tries an hour from one place."""
_MOBILE = re.compile(r"1[3-9]\d{9}")


def send_code(typed: str) -> None:
    """Send a code to the registered contact of the enterprise whose credit code or registration number was typed.

    Commits. Says nothing of whether there is such an enterprise. Raises :class:`Refusal` for what can be no code at all,
    and when too many were asked for.
    """
    wanted = uscc.normalise(typed)
    if not re.fullmatch(r"[0-9A-Z]{13,18}", wanted):
        raise Refusal(_("A credit code has 18 signs, an old registration number 13 or 15 digits."), "code")
    limits.allow("login-code", PER_PLACE)
    if limits.count("login-enterprise", wanted) <= PER_ENTERPRISE:
        _send(wanted)
    current_app.extensions["jobs"].publish_job("core.sweep")


def _send(wanted: str) -> None:
    with as_system("portal: code for an enterprise") as session:
        enterprise = _enterprise(session, wanted)
        phone = _phone(enterprise)
        if enterprise is None or not phone:
            return
        code = f"{secrets.randbelow(10 ** 6):06d}"
        made = LoginCode(enterprise_id=enterprise.id, digest=_digest(enterprise.id, code), made_at=moment.now())
        session.add(made)
        session.flush()
        post(session, to=phone, channel=Channel.SMS, subject=_("Verification code"),
             body=_("Your code is %(code)s, valid for ten minutes. Nobody of the office will ever ask you for it.",
                    code=code), dedupe_key=f"portal:login:{made.id}")
        session.commit()
    if not current_app.extensions["yingshang"].settings.sms.url:
        log.warning("no SMS gateway is set; the portal's code for %s is %s", wanted, code)


def sign_in(typed: str, code: str) -> Enterprise:
    """The enterprise, when ``code`` is the newest one sent for it and was not used; logs and commits.

    One answer for a wrong code, an old one and an enterprise that is not known: :class:`Refusal`.
    """
    limits.allow("login-try", TRIES_PER_PLACE)
    wanted, given = uscc.normalise(typed), re.sub(r"\D", "", code)
    with as_system("portal: an enterprise signs in") as session:
        enterprise = _enterprise(session, wanted) if wanted else None
        newest = session.scalars(select(LoginCode).where(LoginCode.enterprise_id == enterprise.id).order_by(
            LoginCode.id.desc()).limit(1)).one_or_none() if enterprise is not None else None
        right = hmac.compare_digest(newest.digest if newest else "0" * 64,
                                    _digest(enterprise.id if enterprise else 0, given))
        if newest is not None:
            tried = session.execute(update(LoginCode).where(
                LoginCode.id == newest.id, LoginCode.used_at.is_(None), LoginCode.attempts < ATTEMPTS)
                .values(attempts=LoginCode.attempts + 1, used_at=moment.now() if right else None)
                .returning(LoginCode.id)).scalar_one_or_none()
            right = right and tried is not None and newest.made_at > moment.now() - VALID
        if right and enterprise is not None:
            record(session, "signed in", "core_enterprise", enterprise.id, enterprise.name, address=limits.address())
        session.commit()
        if not right or enterprise is None:
            raise Refusal(_("The code is not right or no longer valid. Have a new one sent."), "otp")
        return enterprise


def forget(session: Session, now: dt.datetime) -> int:
    """Delete old codes; returns how many. The caller commits."""
    return len(session.execute(delete(LoginCode).where(LoginCode.made_at < now - dt.timedelta(days=1))
                               .returning(LoginCode.id)).all())


def _enterprise(session: Session, wanted: str) -> Enterprise | None:
    return session.scalars(select(Enterprise).where(
        Enterprise.uscc == wanted if len(wanted) == 18 else Enterprise.reg_no == wanted).limit(1)).one_or_none()


def _phone(enterprise: Enterprise | None) -> str:
    """The mobile number in the register, if there is one; a landline takes no message."""
    found = _MOBILE.search(enterprise.phone or "") if enterprise is not None else None
    return found[0] if found else ""


def _digest(enterprise_id: int, code: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"{enterprise_id}:{code}".encode(), hashlib.sha256).hexdigest()
