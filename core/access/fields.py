"""Field rules: who sees a column in clear, masked, or not at all. Screens, search, export and API ask here.

A column says it in its ``info``:

* ``"mask": "phone" | "id" | "name"``: masked for whoever lacks the permission in ``"unmask"`` (default
  ``"<thing>:contact"``, where the thing is the kind of case or the register) for the row's unit;
* ``"roles": ["credit_repair.clerk", …]``: there only for who holds one of these roles over the row;
* ``"private": True``: never leaves the house by API or sheet;
* ``"tells_number": True``: the number of another case, which whoever sees the row is meant to learn, though not to see that
  case (an order names the need that it is about);
* ``"label"``: what people call it.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import ColumnProperty

from core.access.viewer import Viewer

ABSENT = object()
"""Stands for a value that the viewer may not know of."""


def mask_phone(text: str) -> str:
    """A telephone number: the first three and the last four digits remain (13812345678 → 138****5678)."""
    return _keep(text, 3, 4)


def mask_id(text: str) -> str:
    """An identity number: the first four and the last four characters remain."""
    return _keep(text, 4, 4)


def mask_name(text: str) -> str:
    """A person's name: the family name remains (张三丰 → 张**)."""
    return text[:1] + "*" * (len(text) - 1) if len(text) > 1 else "*" * len(text)


MASKS: Mapping[str, Callable[[str], str]] = {"phone": mask_phone, "id": mask_id, "name": mask_name}


@dataclass(frozen=True)
class FieldInfo:
    """A column of a kind of case or of a register, as far as others may know of it."""

    name: str
    label: Any
    column: Any
    mask: str = ""
    unmask: str = ""
    roles: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether everybody who sees the row sees the value."""
        return not (self.mask or self.roles)

    def clear(self, viewer: Viewer, unit_id: int | None = None, owners: Collection[int | None] = ()) -> bool:
        """Whether ``viewer`` sees the value as it is, in a row of that unit and those owners (None: in any row)."""
        if viewer.system is not None:
            return True
        if self.roles and not _holds(viewer, self.roles, unit_id, owners):
            return False
        return not self.mask or _reaches(viewer, self.unmask, unit_id, owners)

    def show(self, value: Any, viewer: Viewer, unit_id: int | None = None, owners: Collection[int | None] = ()) -> Any:
        """The value as ``viewer`` gets it: as it is, masked, or :data:`ABSENT`."""
        if viewer.system is not None or self.free:
            return value
        if self.roles and not _holds(viewer, self.roles, unit_id, owners):
            return ABSENT
        if self.mask and value not in (None, "") and not _reaches(viewer, self.unmask, unit_id, owners):
            return MASKS[self.mask](str(value))
        return value


def fields_of(model: type[Any], thing: str, without: Collection[str] = ()) -> tuple[FieldInfo, ...]:
    """The columns of ``model``'s own table, in the order of their declaration, private ones and keys left out."""
    return _fields_of(model, thing, frozenset(without))  # type: ignore[arg-type]  # mapped classes can be hashed


@cache
def _fields_of(model: Any, thing: str, without: frozenset[str]) -> tuple[FieldInfo, ...]:
    mapper = inspect(model)
    found = []
    for column in mapper.local_table.c:
        attribute = mapper.get_property_by_column(column)
        info = column.info
        if (column.primary_key or info.get("private") or attribute.key in without
                or not isinstance(attribute, ColumnProperty)):
            continue
        mask = info.get("mask", "")
        if mask and mask not in MASKS:
            raise LookupError(f"{model.__name__}.{attribute.key}: there is no mask {mask!r}")
        found.append(FieldInfo(attribute.key, info.get("label", attribute.key), getattr(model, attribute.key), mask,
                               info.get("unmask", f"{thing}:contact"), tuple(info.get("roles", ()))))
    return tuple(found)


def shown(fields: Collection[FieldInfo], values: Any, viewer: Viewer, unit_id: int | None = None,
          owners: Collection[int | None] = ()) -> dict[str, Any]:
    """The fields of one row (an object or a row with attributes of those names) as ``viewer`` may see them."""
    found = {}
    for field in fields:
        value = getattr(values, field.name)
        if not field.free:
            value = field.show(value, viewer, unit_id, owners)
            if value is ABSENT:
                continue
        found[field.name] = value
    return found


def _keep(text: str, head: int, tail: int) -> str:
    if len(text) < head + tail + 1:
        return "*" * len(text)
    return f"{text[:head]}{'*' * (len(text) - head - tail)}{text[-tail:]}"


def _holds(viewer: Viewer, roles: Collection[str], unit_id: int | None, owners: Collection[int | None]) -> bool:
    if unit_id is None:
        return any(role in viewer.roles for role in roles)
    return viewer.holds(roles, unit_id, owners)


def _reaches(viewer: Viewer, permission: str, unit_id: int | None, owners: Collection[int | None]) -> bool:
    if unit_id is None:
        return viewer.may(permission)
    return viewer.reach(permission).covers(unit_id, owners, viewer.user_id)
