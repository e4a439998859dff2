"""The person who looks, as plain data: read once, before the request's first query, and never again."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from core.words import gettext as _


@dataclass(frozen=True)
class Reach:
    """Which rows a grant covers: all, those of these units, (``own``) those that are the person's own, and those of the
    ``people`` in whose place he stands. ``bureaus``: those for which he has it, however far he sees."""

    everywhere: bool = False
    units: frozenset[int] = frozenset()
    own: bool = False
    people: frozenset[int] = frozenset()
    bureaus: frozenset[int] = frozenset()

    def __or__(self, other: Reach) -> Reach:
        return Reach(self.everywhere or other.everywhere, self.units | other.units, self.own or other.own,
                     self.people | other.people, self.bureaus | other.bureaus)

    def covers(self, unit_id: int | None, owners: Collection[int | None] = (), user_id: int | None = None) -> bool:
        """Whether a row of that unit, owned by those people, is within reach of the person ``user_id``."""
        return (self.everywhere or unit_id in self.units or (self.own and user_id is not None and user_id in owners)
                or any(owner in self.people for owner in owners))


NOWHERE = Reach()


@dataclass(frozen=True)
class Viewer:
    """Who looks and acts, what he holds where. ``system`` names the reason for which a program sees everything."""

    user_id: int | None
    name: str
    unit_id: int | None = None
    unit_name: str = ""
    bureau_id: int | None = None
    bureau_name: str = ""
    roles: Mapping[str, Reach] = field(default_factory=dict, hash=False)
    """Role names to where they are held."""
    permissions: Mapping[str, Reach] = field(default_factory=dict, hash=False)
    """``"credit_repair.penalty:read"`` to where it holds."""
    case_ids: frozenset[int] = frozenset()
    """Cases that the person may read for a time because he must decide something in them."""
    modules: frozenset[str] = frozenset()
    is_admin: bool = False
    system: str | None = None
    lent: tuple[tuple[str, str, Reach], ...] = ()
    """AB角: roles that the person holds in another one's place, as ``(role, that one's name, reach)``."""
    own_roles: Mapping[str, Reach] = field(default_factory=dict, hash=False)
    """The roles that he holds himself; only of use beside ``lent``."""
    stands_for: frozenset[int] = frozenset()
    """The people in whose place he stands today."""

    @property
    def ids(self) -> frozenset[int]:
        """The person and those in whose place he stands: whose cases are his to look after today."""
        return self.stands_for | ({self.user_id} if self.user_id is not None else frozenset())

    def signature(self, roles: Collection[str], unit_id: int | None, owners: Collection[int | None] = ()) -> str:
        """The name under which he acts by one of ``roles``: 李四, or 李四（代张三） when only a lent role allows it."""
        if not self.lent or any(self.own_roles[role].covers(unit_id, owners, self.user_id)
                                for role in roles if role in self.own_roles):
            return self.name
        found = [name for role, name, reach in self.lent if role in roles and reach.covers(unit_id, owners, self.user_id)]
        return _("%(name)s for %(other)s", name=self.name, other=found[0]) if found else self.name

    def may(self, permission: str) -> bool:
        """Whether the person has the permission anywhere at all."""
        return self.system is not None or permission in self.permissions

    def works_in(self, module: str) -> bool:
        """Whether something of that module, which his bureau has switched on, is the person's to do or to see."""
        return module in self.modules and any(name.startswith(f"{module}.") for name in self.permissions)

    def reach(self, permission: str) -> Reach:
        """Where the permission holds."""
        return Reach(everywhere=True) if self.system is not None else self.permissions.get(permission, NOWHERE)

    def holds(self, roles: Collection[str], unit_id: int | None, owners: Collection[int | None] = ()) -> bool:
        """Whether the person holds one of ``roles`` with a reach that covers a row of that unit and those owners."""
        return any(self.roles[role].covers(unit_id, owners, self.user_id) for role in roles if role in self.roles)


NOBODY = Viewer(None, "")


def system_viewer(reason: str, name: str = "系统") -> Viewer:
    """A program that sees everything, for ``reason``."""
    return Viewer(None, name, system=reason)
