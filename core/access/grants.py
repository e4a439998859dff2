"""Roles as modules declare them, and what a person's appointments add up to."""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import Permission, PermissionView, ViewMenu, assoc_permissionview_role
from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from core import moment
from core.access.models import Appointment, Scope, Unit, User
from core.access.viewer import NOBODY, Reach, Viewer
from core.errors import NotFound, Refusal
from core.module_switch import BureauModule
from core.words import gettext as _

ADMIN = "Admin"
"""The administrators' role: everything that runs the suite, and no case."""


@dataclass(frozen=True)
class Role:
    """A role as code declares it; ``upgrade`` keeps the database in step.

    ``name`` is ``<module>.<role>``; ``permissions`` are ``"<thing>:<verb>"``; ``scope`` is how far it usually reaches.
    """

    name: str
    title: Any
    permissions: Sequence[str] = ()
    scope: Scope = Scope.UNIT_TREE
    description: Any = ""

    @property
    def module(self) -> str:
        """The module that declares it; ``core`` for the suite's own."""
        return self.name.partition(".")[0]


ReaderCases = Callable[[Session, int], Iterable[tuple[int, dt.datetime]]]
_reader_sources: list[ReaderCases] = []


def reader_source(source: ReaderCases) -> ReaderCases:
    """Register who knows the cases that a person may read for a time, each with its end (the case room does)."""
    _reader_sources.append(source)
    return source


def declared(roles: Iterable[Role]) -> dict[str, set[tuple[str, str]]]:
    """Role names to Flask-AppBuilder's pairs ``(permission, view menu)``: ``"case:read"`` is ``("read", "case")``."""
    wanted: dict[str, set[tuple[str, str]]] = {}
    for role in roles:
        pairs = wanted.setdefault(role.name, set())
        for permission in role.permissions:
            thing, colon, verb = permission.partition(":")
            if not (thing and colon and verb):
                raise Refusal(_("%(role)s: %(permission)s is no permission. Write <thing>:<verb>.", role=role.name,
                                permission=permission))
            pairs.add((verb, thing))
    return wanted


def appoint(session: Session, user: User, role: str, unit: Unit, scope: Scope = Scope.UNIT_TREE, *,
            custom_units: Sequence[int] = (), valid_from: dt.date | None = None,
            valid_to: dt.date | None = None) -> Appointment:
    """Give ``user`` the role in ``unit``. The same appointment again is the same row."""
    found = session.scalars(select(FabRole).where(FabRole.name == role)).one_or_none()
    if found is None:
        raise NotFound(_("There is no role %(role)s.", role=role))
    if scope is Scope.CUSTOM and not custom_units:
        raise Refusal(_("Choose the units that the role reaches."), "custom")
    start = valid_from or moment.today()
    session.flush()
    known = session.scalars(select(Appointment).where(
        Appointment.user_id == user.id, Appointment.role_id == found.id, Appointment.unit_id == unit.id,
        Appointment.valid_from == start, Appointment.lent_by_id.is_(None))).one_or_none()
    made = known or Appointment(user_id=user.id, role_id=found.id, unit_id=unit.id, valid_from=start)
    made.scope, made.custom_units, made.valid_to = scope, sorted(custom_units), valid_to
    session.add(made)
    session.flush()
    return made


_bureau, _lender = aliased(Unit), aliased(User)
_HELD = (
    select(User.id, User.last_name, User.first_name, FabRole.name.label("role"), Appointment.scope,
           Appointment.custom_units, Unit.id.label("unit_id"), Unit.short_name, Unit.path,
           Unit.bureau_id, _bureau.short_name.label("bureau_name"), Permission.name.label("verb"),
           ViewMenu.name.label("thing"), Appointment.lent_by_id, _lender.last_name.label("lender_last"),
           _lender.first_name.label("lender_first"))
    .select_from(User)
    .outerjoin(Appointment, and_(Appointment.user_id == User.id, Appointment.valid_from <= bindparam("day"),
                                 or_(Appointment.valid_to.is_(None), Appointment.valid_to >= bindparam("day"))))
    .outerjoin(FabRole, FabRole.id == Appointment.role_id)
    .outerjoin(Unit, Unit.id == Appointment.unit_id)
    .outerjoin(_bureau, _bureau.id == Unit.bureau_id)
    .outerjoin(assoc_permissionview_role, assoc_permissionview_role.c.role_id == FabRole.id)
    .outerjoin(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
    .outerjoin(Permission, Permission.id == PermissionView.permission_id)
    .outerjoin(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    .outerjoin(_lender, _lender.id == Appointment.lent_by_id)
    .where(User.id == bindparam("person"), User.active.is_(True))
    .order_by(Appointment.lent_by_id.is_not(None), Appointment.id))
"""What a person holds. Every request asks this, so it is put together once."""
_MODULES_OF = select(BureauModule.bureau_id, BureauModule.module).where(
    BureauModule.bureau_id.in_(bindparam("bureaus", expanding=True)))


def build_viewer(session: Session, user_id: int, on: dt.date | None = None) -> Viewer:
    """What the person ``user_id`` may see and do on the day ``on``: three statements, one more for reading on time. Requests
    ask :func:`core.access.epoch.viewer_of`, which keeps it while nobody changes rights.

    Somebody who is unknown or switched off is nobody.
    """
    rows = session.execute(_HELD, {"person": user_id, "day": on or moment.today()}).all()
    if not rows:
        return NOBODY
    first = rows[0]
    if first.unit_id is None:
        return Viewer(user_id, f"{first.last_name}{first.first_name}")
    trees = _subtrees(session, {row.path for row in rows if row.scope is Scope.UNIT_TREE})
    switched = _switched_on(session, {row.bureau_id for row in rows if row.bureau_id is not None})
    roles: dict[str, Reach] = {}
    own: dict[str, Reach] = {}
    lent: dict[tuple[str, str, Reach], None] = {}
    permissions: dict[str, Reach] = {}
    for row in rows:
        if row.role is None:
            continue
        module = row.role.partition(".")[0]
        if module not in ("core", ADMIN) and module not in switched[row.bureau_id]:
            continue  # the bureau has not switched the module on: the role gives nothing there
        reach = _reach(row, trees)
        roles[row.role] = roles.get(row.role, Reach()) | reach
        if row.lent_by_id is None:
            own[row.role] = own.get(row.role, Reach()) | reach
        else:
            lent[row.role, f"{row.lender_last}{row.lender_first}", reach] = None
        if row.verb is not None:
            permission = f"{row.thing}:{row.verb}"
            permissions[permission] = permissions.get(permission, Reach()) | reach
    stands_for = frozenset(row.lent_by_id for row in rows if row.lent_by_id is not None)
    return Viewer(
        user_id, f"{first.last_name}{first.first_name}", first.unit_id, first.short_name, first.bureau_id,
        first.bureau_name or first.short_name, roles, permissions,
        frozenset(case for case, _until in _let_in(session, {user_id} | stands_for)),
        frozenset(module for modules in switched.values() for module in modules), ADMIN in roles,
        lent=tuple(lent), own_roles=own, stands_for=stands_for)


def open_until(session: Session, viewer: Viewer) -> dt.datetime | None:
    """When the first of the cases that he may read for a time closes to ``viewer``; None when there is none."""
    return min((until for _case, until in _let_in(session, viewer.ids)), default=None) if viewer.case_ids else None


def _let_in(session: Session, people: Iterable[int]) -> list[tuple[int, dt.datetime]]:
    return [found for source in _reader_sources for person in sorted(people) for found in source(session, person)]


def _reach(row: Any, trees: dict[str, frozenset[int]]) -> Reach:
    own = row.lent_by_id is None  # one's own rows; of a lent role, those of whom it is lent from
    people = frozenset() if own else frozenset({row.lent_by_id})
    held = frozenset({row.bureau_id}) if row.bureau_id is not None else frozenset()
    match row.scope:
        case Scope.ALL:
            return Reach(everywhere=True, bureaus=held)
        case Scope.CUSTOM:
            return Reach(units=frozenset(row.custom_units or ()), own=own, people=people, bureaus=held)
        case Scope.UNIT:
            return Reach(units=frozenset({row.unit_id}), own=own, people=people, bureaus=held)
        case Scope.UNIT_TREE:
            return Reach(units=trees[row.path], own=own, people=people, bureaus=held)
        case _:
            return Reach(own=own, people=people, bureaus=held)


def _subtrees(session: Session, paths: set[str]) -> dict[str, frozenset[int]]:
    """Paths to the ids of the units below them, themselves included."""
    found: dict[str, set[int]] = {path: set() for path in paths}
    if paths:
        for unit_id, path in session.execute(
                select(Unit.id, Unit.path).where(or_(*(Unit.path.startswith(p, autoescape=True) for p in sorted(paths))))):
            for top in paths:
                if path.startswith(top):
                    found[top].add(unit_id)
    return {path: frozenset(ids) for path, ids in found.items()}


def _switched_on(session: Session, bureaus: set[int]) -> dict[int | None, set[str]]:
    found: dict[int | None, set[str]] = defaultdict(set)
    for bureau_id, module in session.execute(_MODULES_OF, {"bureaus": sorted(bureaus)}):
        found[bureau_id].add(module)
    return found
