"""为什么我看不到: the rules that decide whether a person sees a case.

For administrators (``access:explain``) every rule with its outcome. For staff one sentence that is the same whether the
number belongs to another bureau's case or to nothing at all, and whom to ask.
"""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask_appbuilder.security.sqla.models import Permission, PermissionView, ViewMenu, assoc_permissionview_role
from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session, joinedload

from core import moment
from core.access.grants import ADMIN
from core.access.models import Appointment, Scope, Unit, User
from core.access.viewer import Viewer
from core.module_switch import BureauModule
from core.words import gettext as _

Told = dict[str, Any]
PERMISSION = "access:explain"


def why_not(session: Session, number: str, user: User, *, asker: Viewer | None = None) -> Told:
    """``{"allowed", "rules": [{"role", "unit", "scope", "covers", "sentence"}], "ask": [names]}``.

    ``session`` sees everything. ``asker`` is who wants to know: an administrator or the system (None) gets the rules that
    decided; everybody else gets no rule, and of a case that he does not see the very answer that a number nobody ever
    gave out would get.
    """
    number = number.strip().upper()
    found = _facts(session, number)
    told = _unknown(number) if found is None else _decided(session, found, user)
    told["ask"] = [] if told["allowed"] else whom_to_ask(session, user.id)
    if asker is not None and asker.system is None and not asker.may(PERMISSION):
        sentence = (_("You may see this case.") if told["allowed"] else
                    _("No case with this number is open to you. Either the number is wrong, or the case belongs to others; "
                      "the people named here can tell."))
        told["rules"] = [{"role": "", "unit": "", "scope": "", "covers": told["allowed"], "sentence": sentence}]
    return told


def who_sees(session: Session, number: str, limit: int = 300) -> list[Told]:
    """谁能看到: everybody whom a rule lets see the case: ``[{"name", "post", "role", "unit", "scope", "own"}]``.

    ``session`` sees everything; whoever asks must see the case. A person who holds several fitting roles stands once.
    """
    case = _facts(session, number)
    if case is None:
        return []
    today, readers = moment.today(), _roles_that_read(session, case.kind)
    on = {(row.bureau_id, row.module) for row in session.execute(select(BureauModule.bureau_id, BureauModule.module))}
    held = session.scalars(
        select(Appointment).join(FabRole, FabRole.id == Appointment.role_id).join(Unit, Unit.id == Appointment.unit_id)
        .where(FabRole.name.in_(readers), Appointment.valid_from <= today,
               or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today))
        .order_by(Unit.path, Appointment.id)
        .options(joinedload(Appointment.role), joinedload(Appointment.unit), joinedload(Appointment.user)))
    found: dict[int, Told] = {}
    for grant in held:
        if len(found) >= limit:
            break
        user = grant.user
        covers = user.active and _judge(grant, case, user, readers, on, today)[1]
        if covers and user.id not in found:
            found[user.id] = {"name": user.name, "post": user.post or "", "role": grant.role.name, "unit": str(grant.unit),
                              "scope": grant.scope.value, "own": user.id in (case.assignee_id, case.created_by_id)}
    return sorted(found.values(), key=lambda told: not told["own"])


def _facts(session: Session, number: str) -> Any:
    """The case's row, past the kinds that are loaded: a case of a module that is switched off is explained, too."""
    return session.execute(text(
        "SELECT c.id, c.kind, c.unit_id, c.assignee_id, c.created_by_id, u.path, u.short_name AS unit "
        "FROM core_case c JOIN core_unit u ON u.id = c.unit_id WHERE c.number = :number"), {"number": number}).one_or_none()


def _unknown(number: str) -> Told:
    return {"allowed": False, "rules": [_rule(False, _("There is no case %(number)s.", number=number))]}


def _decided(session: Session, case: Any, user: User) -> Told:
    rules, today = [], moment.today()
    if not user.active:
        return {"allowed": False, "rules": [_rule(False, _("The account is switched off."))]}
    loaded = _is_loaded(case.kind)
    if not loaded:
        rules.append(_rule(False, _("The module of this case (%(kind)s) is not loaded: nobody sees it.", kind=case.kind)))
    held = session.scalars(
        select(Appointment).where(Appointment.user_id == user.id).order_by(Appointment.id)
        .options(joinedload(Appointment.role), joinedload(Appointment.unit))).all()
    readers = _roles_that_read(session, case.kind)
    on = {(row.bureau_id, row.module) for row in session.execute(select(BureauModule.bureau_id, BureauModule.module))}
    for grant in held:
        sentence, covers = _judge(grant, case, user, readers, on, today)
        rules.append(_rule(covers, sentence, str(grant.role.name), str(grant.unit), str(grant.scope)))
    until = _reading_until(session, case.id, user.id)
    if until is not None:
        rules.append(_rule(True, _("May read this one case until %(until)s, because he must decide something in it.",
                                   until=moment.local(until).strftime("%Y-%m-%d %H:%M"))))
    if not held and until is None:
        rules.append(_rule(False, _("Holds no role at all.")))
    return {"allowed": loaded and any(rule["covers"] for rule in rules), "rules": rules}


def _judge(grant: Appointment, case: Any, user: User, readers: set[str], on: set[tuple[int, str]],
           today: dt.date) -> tuple[str, bool]:
    """One appointment: the first thing that is missing, or how it reaches the case."""
    named = {"role": grant.role.name, "unit": str(grant.unit)}
    module = grant.role.name.partition(".")[0]
    if grant.valid_from > today or (grant.valid_to is not None and grant.valid_to < today):
        return _("%(role)s in %(unit)s holds from %(start)s to %(end)s, not today.", start=grant.valid_from,
                 end=grant.valid_to or "…", **named), False
    if grant.role.name not in readers:
        return _("%(role)s in %(unit)s does not include reading such cases (%(permission)s).",
                 permission=f"{case.kind}:read", **named), False
    if module not in ("core", ADMIN) and (grant.unit.bureau_id or 0, module) not in on:
        return _("%(role)s in %(unit)s gives nothing: the bureau has not switched on the module %(module)s.",
                 module=module, **named), False
    if _reaches(grant, case):
        return _("%(role)s in %(unit)s covers the case, which is with %(where)s.", where=case.unit, **named), True
    if grant.scope is not Scope.ALL and (grant.lent_by_id or user.id) in (case.assignee_id, case.created_by_id):
        return _("%(role)s in %(unit)s covers the case, because it is the person's own.", **named), True
    return _("%(role)s in %(unit)s does not reach %(where)s, which has the case.", where=case.unit, **named), False


def _reaches(grant: Appointment, case: Any) -> bool:
    match grant.scope:
        case Scope.ALL:
            return True
        case Scope.CUSTOM:
            return case.unit_id in (grant.custom_units or ())
        case Scope.UNIT:
            return bool(case.unit_id == grant.unit_id)
        case Scope.UNIT_TREE:
            return bool(case.path.startswith(grant.unit.path))
        case _:
            return False


def _roles_that_read(session: Session, kind: str) -> set[str]:
    return set(session.scalars(
        select(FabRole.name)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.role_id == FabRole.id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(Permission.name == "read", ViewMenu.name == kind)))


def _reading_until(session: Session, case_id: int, user_id: int) -> dt.datetime | None:
    """Until when the person may read this one case; asked of the table, because the case room lies above this one."""
    found = session.execute(text("SELECT MAX(until) FROM core_case_reader WHERE case_id = :case AND user_id = :user"),
                            {"case": case_id, "user": user_id}).scalar()
    if isinstance(found, str):  # SQLite gives back text
        found = dt.datetime.fromisoformat(found)
    if found is None:
        return None
    until: dt.datetime = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return until if until > moment.now() else None


def whom_to_ask(session: Session, user_id: int) -> list[str]:
    """The administrators, those of the person's own bureau if it has some: they can give roles and set up bureaus."""
    today = moment.today()
    rows = session.execute(
        select(User.id, User.last_name, User.first_name, Unit.bureau_id)
        .join(Appointment, Appointment.user_id == User.id).join(FabRole, FabRole.id == Appointment.role_id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(FabRole.name == ADMIN, User.active.is_(True), Appointment.valid_from <= today,
               or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today)).order_by(User.id)).all()
    own = set(session.scalars(select(Unit.bureau_id).join(Appointment, Appointment.unit_id == Unit.id)
                              .where(Appointment.user_id == user_id)))
    near = [row for row in rows if row.bureau_id in own] or rows
    return list(dict.fromkeys(f"{row.last_name}{row.first_name}" for row in near))[:5]


def _is_loaded(kind: str) -> bool:
    from core.access.rows import scoped_classes

    return any(str(identity) == kind for cls in scoped_classes()
               for identity in (cls.__mapper__.polymorphic_map or {}))


def _rule(covers: bool, sentence: str, role: str = "", unit: str = "", scope: str = "") -> Told:
    return {"role": role, "unit": unit, "scope": scope, "covers": covers, "sentence": sentence}
