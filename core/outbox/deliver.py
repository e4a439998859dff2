"""Delivering what is due: at least once, never lost, and no message holds up another.

An attempt has three steps: *claim* (a short transaction that counts the attempt and keeps others away for a while),
*send* (no transaction is open while the other side takes its time), *mark*. A process killed in between leaves a
claimed message; when the claim runs out it is sent again, under the same Message-ID, so that the reader's mail program
shows one.
"""
from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.files import FileStore
from core.outbox.channels import DeliveryError, Envelope, Route
from core.outbox.models import Channel, Delivery, Message, MessageState

log = logging.getLogger(__name__)

CLAIM = dt.timedelta(minutes=10)
"""How long an attempt may take before it is taken for dead; far above every adapter's time-out."""
MAX_ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=1), dt.timedelta(hours=6)
_WAITING = (MessageState.PENDING, MessageState.FAILED)
Objection = Callable[[Session, Message], str]
_objections: dict[str, Objection] = {}


def asked_before_sending(occasion: str) -> Callable[[Objection], Objection]:
    """Declare ``function(session, message) -> str``, asked before each attempt for the messages whose ``dedupe_key`` begins
    with ``<occasion>:``: what they tell of may have changed since they were written. What it answers is why the message
    stays here for good; nothing lets it go."""
    def declare(function: Objection) -> Objection:
        _objections[occasion] = function
        return function
    return declare


def deliver_due(session: Session, now: dt.datetime, routes: Mapping[Channel, Route], *, files: FileStore | None = None,
                limit: int = 200, stop: Callable[[], bool] = lambda: False) -> int:
    """Send the messages that are due at ``now``, at most ``limit`` of them, and return how many were delivered.

    Commits ``session`` for each message: give it a session of its own. ``files`` is where lies what goes along.
    ``stop`` is asked before each message.
    """
    delivered = 0
    last_start = time.monotonic() + CLAIM.total_seconds() / 2  # claims count from ``now``: none begins near its end
    for _turn in range(limit):
        if stop() or time.monotonic() > last_start or (message := _claim(session, now)) is None:
            break
        delivered += _attempt(session, message, now, routes, files)
    return delivered


def back_off(attempts: int) -> dt.timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4, 8 … minutes, six hours at most."""
    doublings: int = min(attempts, 20) - 1
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def retry(session: Session, message_id: int, now: dt.datetime) -> bool:
    """Give a message that failed or was given up a fresh set of attempts, at once. False when it is neither."""
    stuck = Message.state.in_((MessageState.FAILED, MessageState.DEAD))
    change = update(Message).where(Message.id == message_id, stuck)
    result = session.execute(change.values(state=MessageState.PENDING, attempts=0, try_at=now))
    return cast("CursorResult[tuple[()]]", result).rowcount == 1


def _claim(session: Session, now: dt.datetime) -> Message | None:
    """Take the message that has waited longest, or None. Two deliverers never take the same one.

    One statement on both databases: PostgreSQL skips rows that another deliverer is just taking; SQLite has one writer
    at a time and leaves the locking clause out.
    """
    first = (select(Message.id).where(Message.state.in_(_WAITING), Message.try_at <= now)
             .order_by(Message.try_at, Message.id).limit(1).with_for_update(skip_locked=True))
    claimed = session.scalars(
        update(Message).where(Message.id == first.scalar_subquery(), Message.try_at <= now)
        .values(try_at=now + CLAIM, attempts=Message.attempts + 1).returning(Message),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).one_or_none()
    if claimed is not None:
        session.add(Delivery(message_id=claimed.id, attempt=claimed.attempts, channel=claimed.channel, started_at=now))
        session.flush()
    return claimed


def _attempt(session: Session, message: Message, now: dt.datetime, routes: Mapping[Channel, Route],
             files: FileStore | None) -> bool:
    """Send one claimed message and record how it went. A fault in an adapter's own code is not hidden: it ends the run.
    """
    message_id, attempt = message.id, message.attempts
    reference, error, hopeless = "", "", False
    try:
        route, envelope = _address(session, message, routes, files)
        session.commit()  # the claim stands, and no transaction is open while the other side takes its time
        reference = route.adapter.send(envelope)
    except DeliveryError as refused:
        session.commit()
        error, hopeless = str(refused), refused.permanent or attempt >= MAX_ATTEMPTS
        log.warning("message %s not delivered (attempt %s): %s", message_id, attempt, error)
    outcome: dict[str, Any] = {"state": MessageState.SENT, "sent_at": now}
    if error:
        outcome = {"state": MessageState.DEAD if hopeless else MessageState.FAILED, "try_at": now + back_off(attempt)}
    mine = update(Message).where(Message.id == message_id, Message.attempts == attempt)  # unless taken over meanwhile
    session.execute(mine.values(last_error=error, **outcome))
    session.execute(update(Delivery)
                    .where(Delivery.message_id == message_id, Delivery.attempt == attempt, Delivery.ended_at.is_(None))
                    .values(ended_at=now, ok=not error, reference=reference[:200], error=error))
    session.commit()
    return not error


def _address(session: Session, message: Message, routes: Mapping[Channel, Route],
             files: FileStore | None) -> tuple[Route, Envelope]:
    """Find the way and the address of a message; a :class:`DeliveryError` for good when it has none, or must not go."""
    if message.attempts > MAX_ATTEMPTS:  # each earlier attempt was cut off before it could even fail
        raise DeliveryError("every attempt was interrupted", permanent=True)
    asked = _objections.get(message.dedupe_key.partition(":")[0])
    if asked is not None and (objection := asked(session, message)):
        raise DeliveryError(objection, permanent=True)
    route = routes.get(message.channel)
    if route is None:
        raise DeliveryError(f"no adapter for {message.channel}", permanent=True)
    to = message.address or (route.book(session, message.recipient_id) if message.recipient_id else "")
    if not to:
        raise DeliveryError(f"person {message.recipient_id} has no address for {message.channel}", permanent=True)
    return route, Envelope(message_id=message.id, attempt=message.attempts, channel=message.channel, to=to,
                           subject=message.subject, body=message.body, link=message.link, dedupe_key=message.dedupe_key,
                           created_at=message.created_at, file_name=message.file_name,
                           file=_enclosed(message, files))


def _enclosed(message: Message, files: FileStore | None) -> bytes:
    if not message.file_sha256:
        return b""
    try:
        if files is None:
            raise NotFound(message.file_sha256)
        with files.open(message.file_sha256) as kept:
            data: bytes = kept.read()
    except NotFound as missing:
        raise DeliveryError(f"the file {message.file_name} is not in the store", permanent=True) from missing
    return data
