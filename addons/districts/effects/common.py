"""Acting beyond one's own sight: what one unit does on its record brings about something on another's, in the same
transaction."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from core.access import Unit, Viewer, current_viewer, system_viewer
from core.access.rows import VIEWER
from core.errors import NotFound
from core.words import gettext as _

T = TypeVar("T")


@contextmanager
def beyond(session: Session, reason: str) -> Iterator[Session]:
    """A session on the same transaction that sees all; a system session is that already.

    What it changed is read anew by the person's own session afterwards.
    """
    if current_viewer(session).system is not None:
        yield session
        return
    session.flush()
    with Session(session.connection(), expire_on_commit=False) as wide:
        wide.info[VIEWER] = system_viewer(reason, current_viewer(session).name)
        yield wide
        wide.flush()
    session.expire_all()


def actor_of(event: Any, reason: str) -> Viewer:
    """The person of ``event`` when what he did brings about something on another record."""
    return replace(system_viewer(reason, event.actor), user_id=event.actor_id, unit_id=event.unit_id)


def named_unit(session: Session, setting: str) -> Unit:
    """The unit that the module's setting names: ``hub``, ``grid`` or ``city``."""
    code = current_app.extensions["yingshang"].setting("districts", setting)
    found = session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
    if found is None:
        raise NotFound(_("There is no unit %(code)s. Set %(setting)s of the module districts.", code=code, setting=setting))
    return found


def session_of(case: Any) -> Session:
    """The session of a record."""
    session = object_session(case)
    if session is None:
        raise RuntimeError("the record is in no session")
    return session
