"""Opening cases on behalf of programs: a module says how its kind is opened, or its columns say what is needed."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Unit
from core.access.viewer import Viewer
from core.api.reading import load
from core.case.act import open_case
from core.case.models import Case
from core.case.query import case_fields
from core.case.schemas import columns_schema
from core.errors import FieldError, Invalid, NotAllowed, NotFound, Refusal
from core.party.models import Enterprise
from core.party.picking import standing
from core.words import gettext as _


@dataclass(frozen=True)
class Wanted:
    """What a caller asked to be opened, read and looked up. ``data`` has passed the kind's schema."""

    unit: Unit
    enterprise: Enterprise | None
    title: str
    note: str
    data: Mapping[str, Any]


Operation = Callable[[Session, Viewer, Wanted], Case]
_OPERATIONS: dict[str, tuple[type[Schema], Operation]] = {}


def opens(kind: str, schema: type[Schema]) -> Callable[[Operation], Operation]:
    """Declare the operation by which programs open a kind of case, and the schema of its data."""
    def register(operation: Operation) -> Operation:
        known = _OPERATIONS.setdefault(kind, (schema, operation))
        if known != (schema, operation):
            raise ValueError(f"two operations open {kind}")
        return operation
    return register


def schema_of(kind: str) -> type[Schema]:
    """What must be given to open a case of ``kind``."""
    known = _OPERATIONS.get(kind)
    return known[0] if known else columns_schema(Case.loaded()[kind])


def kinds_of(module: str) -> dict[str, type[Case]]:
    """The kinds of a module, by the second part of their names."""
    return {name.partition(".")[2]: kind for name, kind in Case.loaded().items() if name.partition(".")[0] == module}


def open_wanted(session: Session, actor: Viewer, module: str, given: Mapping[str, Any]) -> Case:
    """Open a case of ``module`` as ``given`` (an :class:`~core.case.schemas.OpenSchema`) asks. Does not commit."""
    kind = _kind(actor, module, given["kind"])
    name = str(kind.__mapper__.polymorphic_identity)
    if not actor.may(f"{name}:create"):
        raise NotAllowed(_("You may not open such a case."))
    data = load(schema_of(name), given["data"], "data")
    wanted = Wanted(_unit(session, actor, given["unit"]), _enterprise(session, given["enterprise"]),
                    given["title"].strip(), given["note"], data)
    known = _OPERATIONS.get(name)
    return known[1](session, actor, wanted) if known else _open(session, actor, kind, wanted)


def _open(session: Session, actor: Viewer, kind: type[Case], wanted: Wanted) -> Case:
    if not wanted.title:
        raise Refusal(_("Give the case a title."), "title")
    hidden = [field.name for field in case_fields(kind)
              if field.name in wanted.data and field.roles and not actor.holds(field.roles, wanted.unit.id)]
    if hidden:
        raise Invalid([FieldError(f"data.{name}", _("You may not write this field.")) for name in hidden])
    enterprise_id = wanted.enterprise.id if wanted.enterprise else None
    return open_case(session, kind, actor, unit=wanted.unit, title=wanted.title, note=wanted.note,
                     enterprise_id=enterprise_id, **wanted.data)


def _kind(actor: Viewer, module: str, wanted: str) -> type[Case]:
    kinds = kinds_of(module)
    if not any(actor.may(f"{module}.{name}:{verb}") for name in kinds for verb in ("read", "create")):
        raise NotFound(_("There is nothing here."))
    name = wanted.removeprefix(f"{module}.") or (next(iter(kinds)) if len(kinds) == 1 else "")
    if name not in kinds:
        raise Refusal(_("Say which kind of case: %(names)s.", names=", ".join(sorted(kinds))), "kind")
    return kinds[name]


def _unit(session: Session, actor: Viewer, code: str) -> Unit:
    rule = Unit.code == code if code else Unit.id == actor.unit_id
    found = session.scalars(select(Unit).where(rule)).one_or_none()
    if found is None:
        raise Refusal(_("There is no unit %(code)s.", code=code), "unit")
    return found


def _enterprise(session: Session, code: str) -> Enterprise | None:
    if not code:
        return None
    wanted = code.strip().upper()
    found = session.scalars(select(Enterprise).where(
        (Enterprise.uscc == wanted) | (Enterprise.reg_no == wanted)).limit(1)).one_or_none()
    if found is None:
        raise Refusal(_("The register has no enterprise with the code %(code)s.", code=code), "enterprise")
    return standing(session, found)
