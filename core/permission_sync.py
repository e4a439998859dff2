"""Roles and permissions as the code declares them, written in bulk by ``upgrade``.

Flask-AppBuilder would write them at the start of every web worker, one statement each: slow, and a race.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
)
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core.exclusive import require_exclusive

Declared = Mapping[str, Set[tuple[str, str]]]
"""Role name → its ``(permission, view)`` pairs, such as ``("read", "credit_repair.penalty")``."""


def sync_permissions(session: Session, declared: Declared) -> dict[str, list[str]]:
    """Give every declared role exactly its declared permissions.

    Returns ``{"added": […], "removed": […]}``, each entry ``"<role>: <view>:<permission>"``, sorted. Roles that nobody
    declares (copies that a bureau made, roles of a module that is not loaded) keep what they have; permissions
    themselves are never deleted. Must run under the upgrade's lock. Flushes, does not commit.
    """
    require_exclusive("writing permissions")
    wanted = {(role, *pair) for role, pairs in declared.items() for pair in pairs}
    roles = _ensure(session, Role, declared)
    permissions = _ensure(session, Permission, {permission for _role, permission, _view in wanted})
    views = _ensure(session, ViewMenu, {view for _role, _permission, view in wanted})
    pairs = _ensure_pairs(session, {(permissions[permission], views[view]) for _role, permission, view in wanted})
    present = _granted(session, set(declared))
    links = assoc_permissionview_role
    added, removed = sorted(wanted - present.keys()), sorted(present.keys() - wanted)
    if added:
        session.execute(insert(links), [{"role_id": roles[role], "permission_view_id":
                                         pairs[permissions[permission], views[view]]}
                                        for role, permission, view in added])
    for chunk in _chunks([present[key] for key in removed]):
        session.execute(delete(links).where(links.c.id.in_(chunk)))
    session.expire_all()
    return {"added": [_words(entry) for entry in added], "removed": [_words(entry) for entry in removed]}


def outstanding(session: Session, declared: Declared) -> tuple[int, int]:
    """How many permissions of the declared roles an upgrade would add, and how many it would take away. Writes nothing."""
    wanted = {(role, *pair) for role, pairs in declared.items() for pair in pairs}
    present = _granted(session, set(declared)).keys()
    return len(wanted - present), len(present - wanted)


def _words(entry: tuple[str, str, str]) -> str:
    role, permission, view = entry
    return f"{role}: {view}:{permission}"


def _ensure(session: Session, model: Any, names: Iterable[str]) -> dict[str, int]:
    """The id of each row of ``model`` by its name, the missing ones made."""
    query = select(model.name, model.id)
    present = {str(row.name): int(row.id) for row in session.execute(query)}
    missing = sorted(set(names) - present.keys())
    if missing:
        session.execute(insert(model), [{"name": name} for name in missing])
        present = {str(row.name): int(row.id) for row in session.execute(query)}
    return present


def _ensure_pairs(session: Session, pairs: Set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    query = select(PermissionView.permission_id, PermissionView.view_menu_id, PermissionView.id)
    present = {(permission, view): key for permission, view, key in session.execute(query)}
    missing = sorted(pairs - present.keys())
    if missing:
        session.execute(insert(PermissionView), [{"permission_id": permission, "view_menu_id": view}
                                                 for permission, view in missing])
        present = {(permission, view): key for permission, view, key in session.execute(query)}
    return present


def _granted(session: Session, roles: Set[str]) -> dict[tuple[str, str, str], int]:
    """``(role, permission, view)`` → the id of the row that grants it, for the named roles."""
    links = assoc_permissionview_role
    query = (select(Role.name, Permission.name, ViewMenu.name, links.c.id).select_from(links)
             .join(Role, Role.id == links.c.role_id)
             .join(PermissionView, PermissionView.id == links.c.permission_view_id)
             .join(Permission, Permission.id == PermissionView.permission_id)
             .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id))
    return {(role, permission, view): key for role, permission, view, key in session.execute(query) if role in roles}


def _chunks(items: list[int], size: int = 500) -> list[list[int]]:
    """SQLite takes only so many values in one statement."""
    return [items[start:start + size] for start in range(0, len(items), size)]
