"""Roles that an administrator made by copying one of the code's and choosing anew what it includes."""
from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu, assoc_permissionview_role
from sqlalchemy import ForeignKey, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import moment
from core.access.grants import ADMIN
from core.access.models import Appointment
from core.audit import record
from core.db import Model, UtcDateTime
from core.errors import NotFound, Refusal
from core.words import gettext as _


class RoleCopy(Model):
    """A role of the house's own: its title, and the declared role of which it began as a copy.

    Its name begins with that role's module, so that it gives nothing in a bureau that has not switched the module on.
    """

    __tablename__ = "core_role_copy"
    __audited__ = True

    role_id: Mapped[int] = mapped_column(ForeignKey("ab_role.id", ondelete="CASCADE"), primary_key=True)
    title: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


def permissions_of(session: Session, role_id: int) -> set[str]:
    """What the role includes, as ``"<thing>:<verb>"``."""
    rows = session.execute(
        select(ViewMenu.name, Permission.name).select_from(assoc_permissionview_role)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(assoc_permissionview_role.c.role_id == role_id))
    return {f"{thing}:{verb}" for thing, verb in rows}


def copy_role(session: Session, source: Role, title: str, by: int | None) -> RoleCopy:
    """A copy of ``source`` under ``title``, with the same permissions. Flushes."""
    title = title.strip()
    if not title or len(title) > 64:
        raise Refusal(_("A role needs a name of at most 64 characters."), "title")
    if source.name == ADMIN:
        raise Refusal(_("The administrators' role is not copied: who runs the suite sees no case, and the reverse."))
    module = source.name.partition(".")[0]
    taken = set(session.scalars(select(Role.name).where(Role.name.startswith(f"{module}.own_", autoescape=True))))
    number = next(n for n in range(1, len(taken) + 2) if f"{module}.own_{n}" not in taken)
    made = Role(name=f"{module}.own_{number}")
    session.add(made)
    session.flush()
    copied = RoleCopy(role_id=made.id, title=title, source=source.name, by_id=by, at=moment.now())
    session.add(copied)
    _put(session, made.id, permissions_of(session, source.id))
    session.flush()
    return copied


def change_role(session: Session, role_id: int, title: str, permissions: Collection[str], offered: Collection[str]) -> RoleCopy:
    """Give a copy another title and other permissions, out of those that are ``offered``. Logged before → after."""
    copied = session.get(RoleCopy, role_id)
    if copied is None:
        raise Refusal(_("This role belongs to the suite. Copy it and change the copy."))
    if set(permissions) - set(offered):
        raise Refusal(_("A permission that this role cannot include was chosen. Load the page again."))
    if not title.strip():
        raise Refusal(_("A role needs a name of at most 64 characters."), "title")
    before = permissions_of(session, role_id)
    copied.title = title.strip()[:64]
    if before != set(permissions):
        _put(session, role_id, permissions)
        record(session, "changed", RoleCopy.__tablename__, role_id, copied.title,
               permissions=[sorted(before - set(permissions)), sorted(set(permissions) - before)])
    session.flush()
    return copied


def remove_role(session: Session, role_id: int) -> None:
    """Do away with a copy that nobody holds or held."""
    copied = session.get(RoleCopy, role_id)
    if copied is None:
        raise NotFound(_("There is no such role."))
    if session.scalars(select(Appointment.id).where(Appointment.role_id == role_id).limit(1)).first() is not None:
        raise Refusal(_("People hold or held this role: it stays. End their appointments and it gives nothing any longer."))
    session.execute(delete(assoc_permissionview_role).where(assoc_permissionview_role.c.role_id == role_id))
    session.delete(copied)
    session.flush()
    session.execute(delete(Role).where(Role.id == role_id))


def titles(session: Session) -> dict[str, str]:
    """The names of the copies' roles to their titles."""
    rows = session.execute(select(Role.name, RoleCopy.title).join(RoleCopy, RoleCopy.role_id == Role.id))
    return {row.name: row.title for row in rows}


def _put(session: Session, role_id: int, permissions: Collection[str]) -> None:
    links = assoc_permissionview_role
    ids: Sequence[int] = [row.id for row in session.execute(
        select(PermissionView.id, ViewMenu.name.label("thing"), Permission.name.label("verb"))
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)) if f"{row.thing}:{row.verb}" in permissions]
    session.execute(delete(links).where(links.c.role_id == role_id))
    if ids:
        session.execute(insert(links), [{"role_id": role_id, "permission_view_id": each} for each in ids])
