"""People by sheet: accounts with their first role, for the first day of an installation and for new colleagues."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access import Scope
from core.access.copies import titles
from core.access.models import Appointment, Staff, Unit
from core.db import db
from core.errors import Refusal
from core.party.people import create_person, give_role
from core.tabular.columns import Text
from core.tabular.models import ImportChange
from core.tabular.profile import Handler, ImportProfile, Outcome, Record
from core.tabular.work import Work
from core.words import gettext as _

SCOPES = {"全部": Scope.ALL, "本部门": Scope.UNIT, "本部门及以下": Scope.UNIT_TREE, "仅本人": Scope.OWN}


class People(Handler):
    """A row makes an account, or gives one that is there the role if it lacks it. It never takes anything away."""

    def apply(self, row: Record, work: Work) -> Outcome:
        """Raises :class:`~core.errors.Refusal` for an unknown unit or role, and for whatever an account may not be."""
        session = work.session
        unit = _unit(session, row["unit"])
        role = self._role(session, row["role"])
        person = session.scalars(select(Staff).where(Staff.username == row["username"].lower())).one_or_none()
        made = person is None
        if person is None:
            person = create_person(session, username=row["username"], name=row["name"], password=row["password"] or "",
                                   phone=row["phone"] or "", post=row["post"] or "", email=row["email"] or "")
            work.changed(row.row, "person", person.id, None, None)
        held = session.scalars(
            select(Appointment).join(FabRole, FabRole.id == Appointment.role_id)
            .where(Appointment.user_id == person.id, FabRole.name == role, Appointment.unit_id == unit.id,
                   Appointment.valid_to.is_(None))).first()
        if held is None:
            give_role(session, person, role, unit, self._scope(row["scope"]))
        return Outcome.CREATED if made else Outcome.UPDATED if held is None else Outcome.UNCHANGED

    def undo(self, session: Session, changes: Sequence[ImportChange], work: Work) -> Sequence[ImportChange]:
        """The accounts are switched off, for accounts are never deleted; one that was used by now stands in the way."""
        touched = []
        for change in changes:
            person: Any = session.get(Staff, int(change.key))
            if person is not None and person.login_count:
                touched.append(change)
            elif person is not None:
                person.active = False
        return touched

    def _scope(self, text: str | None) -> Scope:
        if text and text not in SCOPES:
            raise Refusal(_("Choose one of the values offered.") + "/".join(SCOPES), "scope")
        return SCOPES[text or "本部门及以下"]

    def _role(self, session: Session, title: str) -> str:
        """A role's name from its title, or the name itself."""
        names = _roles(session)
        names |= {name: name for name in names.values()}
        if title not in names:
            raise Refusal(_("There is no role %(role)s.", role=title), "role")
        found: str = names[title]
        return found


def _unit(session: Session, text: str) -> Unit:
    """The unit of a code, of ``code name`` as the template offers it, or of a name or short name that only one unit has."""
    found = session.scalars(select(Unit).where(Unit.code == text.split()[0])).one_or_none()
    if found is not None:
        return found
    named = session.scalars(select(Unit).where(or_(Unit.name == text, Unit.short_name == text)).limit(2)).all()
    if len(named) == 1:
        return named[0]
    raise Refusal(_("Several units are called %(name)s. Give the code.", name=text) if named
                  else _("There is no unit with the code %(code)s.", code=text), "unit")


def _roles(session: Session) -> dict[str, str]:
    """Title → name of every role, those of the code and the house's copies."""
    names = {str(_(str(role.title))): role.name for role in current_app.extensions["roles"]}
    return names | {shown: name for name, shown in titles(session).items()}


def _units_offered() -> list[str]:
    return [f"{unit.code} {unit.short_name}" for unit in db.session().scalars(
        select(Unit).where(Unit.active.is_(True)).order_by(Unit.path))]


def _roles_offered() -> list[str]:
    return sorted(_roles(db.session()))


PEOPLE = ImportProfile(
    code="people", title="人员名单", module="core", permission="people:edit", keys=("username", "unit", "role"),
    handler=People(),
    columns=(
        Text(name="username", heading="用户名", required=True, longest=64, sample="lixiaoming"),
        Text(name="name", heading="姓名", required=True, longest=64, sample="李晓明"),
        Text(name="unit", heading="单位编码", aliases=("单位",), required=True, longest=128, sample="NH-FGW",
             offers=_units_offered, help="代码、名称或简称；下拉可选。"),
        Text(name="post", heading="职务", longest=64, sample="经办人"),
        Text(name="phone", heading="联系电话", longest=64, sample="022-69590000"),
        Text(name="email", heading="电子邮箱", longest=254, sample="lixiaoming@example.cn"),
        Text(name="role", heading="角色", required=True, longest=64, sample="审计员", offers=_roles_offered),
        Text(name="scope", heading="数据范围", longest=16, sample="本部门及以下",
             offers=lambda: list(SCOPES)),
        Text(name="password", heading="初始密码", longest=128, sample="首次登录后须修改"),
    ))
