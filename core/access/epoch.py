"""What a person holds is worked out once and kept until something that decides it changes anywhere (:mod:`core.epoch`).

That are accounts, roles, permissions, appointments, units, switches and leave to read.
"""
from __future__ import annotations

import datetime as dt

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_permissionview_role,
)
from sqlalchemy.orm import Session

from core import epoch, moment
from core.access.grants import build_viewer, open_until
from core.access.models import Appointment, Unit
from core.access.viewer import Viewer
from core.module_switch import BureauModule

_MOST = 4_096
_TOLD_OF_PERSON = frozenset({"active", "first_name", "last_name"})
"""What a viewer takes from an account; that somebody signed in changes no right."""

_kept: dict[tuple[str, int, dt.date], tuple[Viewer, dt.datetime, dt.datetime]] = {}

epoch.watch(*(model.__table__ for model in (Role, Permission, PermissionView, ViewMenu, Appointment, Unit, BureauModule)),
            assoc_permissionview_role)
epoch.watch(User.__table__, only=_TOLD_OF_PERSON)


def viewer_of(session: Session, user_id: int, word: str | None = None) -> Viewer:
    """What the person may see and do now, as :func:`~core.access.grants.build_viewer` says it: one small statement while
    nobody's rights change, none when the ``word`` was asked along with another. For the first question of a request;
    inside a transaction that changed rights, build it."""
    word = word or epoch.ask_word(session)
    epoch.remember(session, word)
    if word is None:
        return build_viewer(session, user_id)
    now, key = moment.now(), (word, user_id, moment.today())
    found = _kept.get(key)
    if found is not None and found[1] <= now < found[2]:
        return found[0]
    viewer = build_viewer(session, user_id)
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[key] = viewer, now, min(now + epoch.KEEP, open_until(session, viewer) or now + epoch.KEEP)
    return viewer
