"""通知公告: what the house tells all its people, or those of one bureau. Read on record, so that one knows who did not."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from core import moment
from core.access.models import Staff, Unit
from core.access.rows import Scoped, current_viewer
from core.access.viewer import Viewer
from core.db import Model, UtcDateTime
from core.errors import FieldError, Invalid, NotFound
from core.words import gettext as _

EDIT = "notice:edit"


class Notice(Scoped, Model):
    """A notice: for everybody (no bureau) or for one bureau's people, from its publication until it is withdrawn or over."""

    __tablename__ = "core_notice"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(64), default="notice")
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"))
    pinned: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    until: Mapped[dt.date | None]
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))

    bureau: Mapped[Unit | None] = relationship()
    by: Mapped[Staff | None] = relationship()

    __table_args__ = (CheckConstraint("length(trim(title)) > 0", name="title"), Index(None, "published_at"))

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """People see what is for all and what is for their bureau; who writes notices sees those that he may write."""
        theirs = or_(cls.bureau_id.is_(None), cls.bureau_id == viewer.bureau_id)
        return or_(theirs, cls.by_id == viewer.user_id) if not viewer.reach(EDIT).everywhere else cls.id.is_not(None)

    def writable_by(self, viewer: Viewer) -> bool:
        """Who may write notices: for all with a reach over everything, else for his own bureau."""
        reach = viewer.reach(EDIT)
        return reach.everywhere or (viewer.may(EDIT) and self.bureau_id == viewer.bureau_id)


class NoticeRead(Model):
    """Somebody has read a notice."""

    __tablename__ = "core_notice_read"

    notice_id: Mapped[int] = mapped_column(ForeignKey("core_notice.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


def publish(session: Session, *, title: str, body: str, kind: str = "notice", bureau_id: int | None = None,
            pinned: bool = False, until: dt.date | None = None, by: int | None = None) -> Notice:
    """Put a notice up. Flushes. Raises :class:`~core.errors.Invalid` by field."""
    title, body, faults = title.strip(), body.strip(), []
    if not title or len(title) > 120:
        faults.append(FieldError("title", _("A notice needs a title of at most 120 characters.")))
    if not body:
        faults.append(FieldError("body", _("Write what people are to know.")))
    if until is not None and until < moment.today():
        faults.append(FieldError("until", _("The last day is over already.")))
    if faults:
        raise Invalid(faults)
    made = Notice(title=title, body=body, kind=kind, bureau_id=bureau_id, pinned=pinned, until=until, by_id=by,
                  published_at=moment.now())
    session.add(made)
    session.flush()
    return made


def withdraw(session: Session, notice_id: int) -> Notice:
    """Take a notice down; it stays in the record. Flushes."""
    found = find(session, notice_id)
    found.withdrawn_at = moment.now()
    session.flush()
    return found


def find(session: Session, notice_id: int) -> Notice:
    """The notice; :class:`~core.errors.NotFound` for one that the viewer may not see."""
    found = session.get(Notice, notice_id)
    if found is None:
        raise NotFound(_("There is no such notice."))
    return found


def current(session: Session, limit: int = 50) -> Sequence[tuple[Notice, bool]]:
    """What is up for the session's viewer, pinned ones first, each with whether he has read it. One statement."""
    me = current_viewer(session).user_id
    seen = exists().where(NoticeRead.notice_id == Notice.id, NoticeRead.user_id == me)
    query = select(Notice, seen).where(_up()).options(joinedload(Notice.bureau), joinedload(Notice.by))
    rows = session.execute(query.order_by(Notice.pinned.desc(), Notice.published_at.desc(), Notice.id.desc()).limit(limit))
    return [(notice, bool(read)) for notice, read in rows]


def everything(session: Session, limit: int = 100) -> Sequence[tuple[Notice, int]]:
    """For who writes them: all, with how many people have read each."""
    readers = select(func.count()).where(NoticeRead.notice_id == Notice.id).correlate(Notice).scalar_subquery()
    rows = session.execute(select(Notice, readers).options(joinedload(Notice.bureau))
                           .order_by(Notice.published_at.desc(), Notice.id.desc()).limit(limit))
    return [(notice, int(count)) for notice, count in rows]


def mark_read(session: Session, notice: Notice) -> None:
    """The session's viewer has read it. Flushes."""
    me = current_viewer(session).user_id
    if me is not None and session.get(NoticeRead, (notice.id, me)) is None:
        session.add(NoticeRead(notice_id=notice.id, user_id=me, at=moment.now()))
        session.flush()


def _up(today: Any = None) -> ColumnElement[bool]:
    last = moment.today() if today is None else today
    return Notice.withdrawn_at.is_(None) & or_(Notice.until.is_(None), Notice.until >= last)


UNREAD_NUMBER = select(func.count(Notice.id)).where(
    _up(bindparam("today")), ~exists().where(NoticeRead.notice_id == Notice.id, NoticeRead.user_id == bindparam("me")))
"""The statement that counts what is up ``today`` and not read by ``me``, of what the session shows: to be asked with others."""
