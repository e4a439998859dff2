"""Writing a message in the transaction of the fact it tells of."""
from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core import moment
from core.outbox.models import Channel, Message, MessageState


def post(session: Session, *, to: int | str, channel: Channel | str, subject: str, body: str, dedupe_key: str,
         link: str = "", case_id: int | None = None, due_at: dt.datetime | None = None,
         file: tuple[str, str] = ("", "")) -> Message:
    """Write a message; it exists if and only if the transaction of ``session`` is committed.

    ``to`` is a person's id, or an address outside (e-mail address, telephone number, WeCom user); the inbox takes
    persons only. ``dedupe_key`` (at most 200 characters) names the occasion: when a message with it exists, that one is
    returned unchanged. ``due_at`` (default: now) is when it may be seen or sent. A message to the inbox is delivered by
    being there. ``file`` is the name and the SHA-256 of a file of the store that an e-mail carries along. Raises
    ``ValueError`` when the caller left out what a message needs.
    """
    channel = Channel(channel)
    person, address = (to, "") if isinstance(to, int) else (None, to.strip())
    if channel is Channel.INAPP and person is None:
        raise ValueError("a message to the inbox needs a person's id")
    if person is None and not address:
        raise ValueError("a message needs a person or an address")
    if not dedupe_key or len(dedupe_key) > 200:
        raise ValueError(f"a message needs a key of 1 to 200 characters: {dedupe_key!r}")
    now = moment.now()
    due = due_at or now
    inapp = channel is Channel.INAPP
    _insert_once(session, {
        "recipient_id": person, "address": address, "channel": channel, "subject": _one_line(subject),
        "body": body, "link": link, "file_name": file[0], "file_sha256": file[1], "case_id": case_id,
        "dedupe_key": dedupe_key, "created_at": now, "due_at": due,
        "try_at": due, "attempts": 0, "state": MessageState.SENT if inapp else MessageState.PENDING,
        "sent_at": due if inapp else None, "last_error": "", "dismissed": False,
    })
    return session.scalars(select(Message).where(Message.dedupe_key == dedupe_key)).one()


def _insert_once(session: Session, values: dict[str, Any]) -> None:
    """Insert the row unless its ``dedupe_key`` is taken, in one statement, so that two sweeps at once cannot both write
    it.
    """
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(insert(Message).values(values).on_conflict_do_nothing(index_elements=["dedupe_key"]))


def _one_line(subject: str) -> str:
    """A subject is one line of at most 200 characters; a line break in it could forge a header of an e-mail."""
    line = " ".join(subject.split())
    return line if len(line) <= 200 else line[:199] + "…"
