"""Who is online: each sign-in is a row that the person or an administrator can end."""
from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from functools import cache

from flask import request, session
from sqlalchemy import Select, and_, bindparam, delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from core import moment, parameters
from core.access.models import Staff
from core.audit import record
from core.epoch import word_now
from core.errors import NotFound
from core.security.models import LoginSession
from core.words import gettext as _

TOKEN = "_sign_in"
"""The cookie's word for its row. A cookie without one was not made by signing in, but by whoever has the secret key."""
BEAT = dt.timedelta(minutes=1)
"""How often a row learns that its person is still there."""
ONLINE = dt.timedelta(minutes=15)
KEEP = dt.timedelta(days=180)


def begin(db: Session, person: Staff, *, second_factor: bool = False) -> None:
    """Note a sign-in and mark this browser's cookie with it. The caller commits."""
    token, now = secrets.token_urlsafe(24), moment.now()
    db.add(LoginSession(user_id=person.id, token=_hash(token), started_at=now, seen_at=now,
                        address=(request.remote_addr or "")[:64], browser=str(request.user_agent)[:200],
                        second_factor=second_factor))
    session[TOKEN] = token


def find(db: Session, user_id: int) -> tuple[Staff, LoginSession | None, str | None] | None:
    """The person with the sign-in that the cookie names, and the word under which rights are kept; None when either is
    over. One statement."""
    token = session.get(TOKEN)
    row = db.execute(_signed_in(), {"person": user_id, "token": _hash(str(token or ""))}).one_or_none()
    if row is None:
        return None
    person, signed_in, word = row
    if not person.active or (token is not None and (signed_in is None or signed_in.ended_at is not None)):
        return None
    return person, signed_in, word


@cache
def _signed_in() -> Select[Staff, LoginSession, str]:
    """Every request asks: put together once."""
    here = and_(LoginSession.user_id == Staff.id, LoginSession.token == bindparam("token"))
    return select(Staff, LoginSession, word_now()).outerjoin(LoginSession, here).where(Staff.id == bindparam("person"))


def still_there(db: Session, signed_in: LoginSession) -> bool:
    """Note, once a minute, that the person is there; False (and the end) after no use for longer than is allowed."""
    now = moment.now()
    away = now - signed_in.seen_at
    if away < BEAT:
        return True
    idle = parameters.values(db)["security.idle_minutes"]
    over = bool(idle) and away > dt.timedelta(minutes=idle)
    db.execute(update(LoginSession).where(LoginSession.id == signed_in.id)
               .values({"ended_at": now} if over else {"seen_at": now}))
    db.commit()
    return not over


def end_own(db: Session) -> None:
    """The person signs out: this browser's row ends. The caller commits."""
    token = session.pop(TOKEN, None)
    if token:
        db.execute(update(LoginSession).where(LoginSession.token == _hash(str(token)), LoginSession.ended_at.is_(None))
                   .values(ended_at=moment.now()))


def end(db: Session, session_id: int) -> LoginSession:
    """Sign somebody out: at the next click that browser asks for the password. Logged; the caller commits."""
    found = db.get(LoginSession, session_id)
    if found is None:
        raise NotFound(_("There is no such sign-in."))
    if found.ended_at is None:
        found.ended_at = moment.now()
        record(db, "signed out", Staff.__tablename__, found.user_id, found.user.username, by="administrator",
               address=found.address)
    db.flush()
    return found


def online(db: Session, limit: int = 200) -> Sequence[LoginSession]:
    """Who is signed in and was there within the last quarter of an hour, the latest first."""
    return db.scalars(
        select(LoginSession).options(joinedload(LoginSession.user))
        .where(LoginSession.ended_at.is_(None), LoginSession.seen_at >= moment.now() - ONLINE)
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc()).limit(limit)).all()


def count_online(db: Session) -> int:
    """How many people that are."""
    return db.scalar(select(func.count(func.distinct(LoginSession.user_id))).where(
        LoginSession.ended_at.is_(None), LoginSession.seen_at >= moment.now() - ONLINE)) or 0


def mine(db: Session, user_id: int, limit: int = 20) -> Sequence[LoginSession]:
    """A person's own sign-ins, the open ones first."""
    return db.scalars(select(LoginSession).where(LoginSession.user_id == user_id)
                      .order_by(LoginSession.ended_at.is_not(None), LoginSession.seen_at.desc()).limit(limit)).all()


def forget_old(db: Session, now: dt.datetime) -> int:
    """Remove rows that nobody needs any longer; how many. The caller commits."""
    gone = db.execute(delete(LoginSession).where(LoginSession.seen_at < now - KEEP).returning(LoginSession.id)).all()
    return len(gone)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
