"""Photographs and documents that are sent ahead of the form they belong to, on a telephone with a poor connection.

They wait in a store of their own, below the same root as the others, and are forgotten after a week unless a form took
them along. What a file is, its content says.
"""
from __future__ import annotations

import datetime as dt
import io
import secrets
from collections.abc import Iterable, Sequence
from functools import partial

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from core import moment
from core.db import db
from core.errors import Refusal
from core.files import FileStore
from core.filetypes import JPEG, PDF, PNG, check_attachment
from core.portal import limits
from core.portal.declare import File
from core.portal.models import Upload
from core.words import gettext as _

ACCEPTED = {JPEG: ".jpg,.jpeg", PNG: ".png", PDF: ".pdf"}
MOST_BYTES = 10 * 1024 * 1024
KEPT = dt.timedelta(days=7)
PER_HOUR, MB_PER_HOUR = 60, 120
"""From one place."""


def staged() -> FileStore:
    """The store of files that wait for their form."""
    settings = current_app.extensions["yingshang"].settings
    known = current_app.extensions.get("portal.staged")
    if not isinstance(known, FileStore):
        root = f"{settings.files_url.rstrip('/')}/staged" if settings.files_url else settings.var / "staged"
        known = current_app.extensions["portal.staged"] = FileStore(root)
    return known


def stage(upload: FileStorage) -> Upload:
    """Keep a file until its form arrives, and commit. Raises :class:`Refusal` with a sentence that names the file."""
    name = (upload.filename or "").replace("\\", "/").rsplit("/", 1)[-1][-120:]
    head = upload.stream.read(MOST_BYTES + 1)
    if not head:
        raise Refusal(_("“%(name)s” is empty.", name=name), "files")
    if len(head) > MOST_BYTES:
        raise Refusal(_("“%(name)s” is larger than %(limit)s MB. Take a smaller photograph.", name=name,
                        limit=MOST_BYTES >> 20), "files")
    limits.allow("upload", PER_HOUR)
    limits.allow("upload-mb", MB_PER_HOUR, by=-(-len(head) >> 20) or 1)
    if check_attachment(io.BytesIO(head), name) not in ACCEPTED:
        raise Refusal(_("“%(name)s” is no photograph and no PDF. Please send JPG, PNG or PDF.", name=name), "files")
    kept = staged().put(io.BytesIO(head), MOST_BYTES)
    made = Upload(token=secrets.token_urlsafe(24), name=name, sha256=kept.sha256, size=kept.size,
                  created_at=moment.now())
    with Session(db.engine, expire_on_commit=False) as session:
        session.add(made)
        session.commit()
    return made


def named(tokens: Iterable[str]) -> Sequence[Upload]:
    """The waiting files of these tokens, in their order; tokens that nobody gave out are passed over."""
    wanted = list(dict.fromkeys(token for token in tokens if token))[:50]
    if not wanted:
        return []
    with Session(db.engine, expire_on_commit=False) as session:
        found = {one.token: one for one in session.scalars(select(Upload).where(Upload.token.in_(wanted)))}
    return [found[token] for token in wanted if token in found]


def as_files(uploads: Iterable[Upload]) -> list[File]:
    """The same as a module's operation gets them."""
    return [File(upload.name, partial(staged().open, upload.sha256)) for upload in uploads]


def forget(session: Session, now: dt.datetime) -> int:
    """Delete what waited too long, bytes and all; returns how many. The caller commits."""
    before = now - KEPT
    gone = session.execute(delete(Upload).where(Upload.created_at < before).returning(Upload.token)).all()
    staged().discard_before(before.timestamp())
    return len(gone)
