"""People by sheet: accounts with their first role, for the first day of an installation and for new colleagues."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_appbuilder.security.sqla.models import Role as FabRole
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Scope
from core.access.copies import titles
from core.access.models import Appointment, Staff, Unit
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
        unit = session.scalars(select(Unit).where(Unit.code == row["unit"])).one_or_none()
        if unit is None:
            raise Refusal(_("There is no unit with the code %(code)s.", code=row["unit"]), "unit")
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
        names = {str(_(str(role.title))): role.name for role in current_app.extensions["roles"]}
        names |= {shown: name for name, shown in titles(session).items()}
        names |= {name: name for name in names.values()}
        if title not in names:
            raise Refusal(_("There is no role %(role)s.", role=title), "role")
        found: str = names[title]
        return found


PEOPLE = ImportProfile(
    code="people", title="人员名单", module="core", permission="people:edit", keys=("username", "unit", "role"),
    handler=People(),
    columns=(
        Text(name="username", heading="用户名", required=True, longest=64, sample="lixiaoming"),
        Text(name="name", heading="姓名", required=True, longest=64, sample="李晓明"),
        Text(name="unit", heading="单位编码", required=True, longest=64, sample="NH-FGW"),
        Text(name="post", heading="职务", longest=64, sample="经办人"),
        Text(name="phone", heading="联系电话", longest=64, sample="022-69590000"),
        Text(name="email", heading="电子邮箱", longest=254, sample="lixiaoming@example.cn"),
        Text(name="role", heading="角色", required=True, longest=64, sample="查阅人员"),
        Text(name="scope", heading="数据范围", longest=16, sample="本部门及以下"),
        Text(name="password", heading="初始密码", longest=128, sample="首次登录后须修改"),
    ))
