"""Keeping the tree of units: make, change, move and retire bureaus, streets and sections.

Every function checks, changes and flushes; the log follows by itself (units are audited). Nothing is deleted: a unit
that is gone is switched off, because cases and letters go on naming it.
"""
from __future__ import annotations

import re
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core import moment
from core.access.models import Appointment, Staff, Unit, UnitKind
from core.errors import FieldError, Invalid, Refusal
from core.party import uscc
from core.words import gettext as _

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
CHANGEABLE = frozenset({"name", "short_name", "doc_word", "uscc", "address", "phone", "is_enforcer", "position"})
_FORBIDDEN_IN_WORD = re.compile(r"[\s〔〕\[\]（）()0-9]")


def create_unit(session: Session, *, code: str, name: str, kind: UnitKind, parent: Unit | None = None,
                short_name: str = "", **more: Any) -> Unit:
    """A new unit below ``parent``. ``more`` are fields as :func:`change_unit` takes them.

    Raises :class:`~core.errors.Invalid` with every fault by field; a section needs a parent, and nothing but sections
    may stand below a section.
    """
    code, faults = code.strip(), []
    if not CODE.fullmatch(code):
        faults.append(FieldError("code", _("A code has letters, digits, dots and dashes only, without spaces.")))
    elif session.scalar(select(Unit.id).where(func.upper(Unit.code) == code.upper())) is not None:
        faults.append(FieldError("code", _("There is a unit with the code %(code)s already.", code=code)))
    fault = _wrong_place(kind, parent)
    if fault:
        faults.append(FieldError("parent", fault))
    fields = {"name": name, "short_name": short_name.strip() or name, **more}
    faults += _faults(fields)
    if faults:
        raise Invalid(faults)
    return place(session, Unit(code=code, kind=kind, **_cleaned(fields)), parent)


def place(session: Session, unit: Unit, parent: Unit | None) -> Unit:
    """Put a new ``unit`` into the tree: its path and the bureau that it belongs to. Flushes."""
    unit.parent_id = parent.id if parent is not None else None
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent is not None else '/'}{unit.id}/"
    unit.bureau_id = _bureau_below(unit, parent)
    session.flush()
    return unit


def change_unit(session: Session, unit: Unit, **fields: Any) -> Unit:
    """Give ``unit`` other values: name, short_name, doc_word, uscc, address, phone, is_enforcer, position.

    A code stays for ever: sheets and commands name units by it. Raises :class:`~core.errors.Invalid` by field.
    """
    unknown = fields.keys() - CHANGEABLE
    if unknown:
        raise TypeError(f"a unit's {', '.join(sorted(unknown))} cannot be changed here")
    faults = _faults(fields)
    if faults:
        raise Invalid(faults)
    for key, value in _cleaned(fields).items():
        setattr(unit, key, value)
    session.flush()
    return unit


def move_unit(session: Session, unit: Unit, parent: Unit | None) -> Unit:
    """Hang ``unit``, with everything below it, under ``parent`` (None: at the top). The paths of all of them follow.

    Refused: below itself (a circle), below a section unless it is one, and into another bureau, because the cases of a
    section belong to its bureau: make the section there and pass its cases on.
    """
    tree = list(session.scalars(select(Unit).where(Unit.path.startswith(unit.path, autoescape=True))
                                .order_by(Unit.path).with_for_update()))
    if parent is not None and parent.path.startswith(unit.path):
        raise Refusal(_("%(unit)s cannot stand below itself.", unit=unit), "parent")
    fault = _wrong_place(unit.kind, parent)
    if fault:
        raise Refusal(fault, "parent")
    if _bureau_below(unit, parent) != unit.bureau_id:
        raise Refusal(_("A section stays in its bureau, for its cases are the bureau's. Make a section in the other bureau, "
                        "pass the cases on, then switch this one off."), "parent")
    before, after = unit.path, f"{parent.path if parent is not None else '/'}{unit.id}/"
    unit.parent_id = parent.id if parent is not None else None
    for each in tree:
        each.path = after + each.path.removeprefix(before)
    session.flush()
    return unit


def deactivate_unit(session: Session, unit: Unit) -> Unit:
    """Retire ``unit``. Refused while units below it are in use, or people hold roles in it: their work goes first."""
    below = session.scalars(select(Unit).where(Unit.parent_id == unit.id, Unit.active.is_(True))
                            .order_by(Unit.position, Unit.id)).all()
    if below:
        raise Refusal(_("Units below are still in use: %(units)s. Switch them off first.",
                        units=_listed([str(each) for each in below])))
    today = moment.today()
    people = session.execute(
        select(Staff.last_name, Staff.first_name).join(Appointment, Appointment.user_id == Staff.id)
        .where(Appointment.unit_id == unit.id, Staff.active.is_(True),
               or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today))
        .distinct().order_by(Staff.last_name, Staff.first_name)).all()
    if people:
        raise Refusal(_("People still hold roles in %(unit)s: %(people)s. End their appointments first.", unit=unit,
                        people=_listed([f"{row.last_name}{row.first_name}" for row in people])))
    unit.active = False
    session.flush()
    return unit


def activate_unit(session: Session, unit: Unit) -> Unit:
    """Take ``unit`` into use again. Refused while the unit above it is switched off."""
    parent = session.get(Unit, unit.parent_id) if unit.parent_id is not None else None
    if parent is not None and not parent.active:
        raise Refusal(_("%(unit)s above it is switched off. Switch that on first.", unit=parent))
    unit.active = True
    session.flush()
    return unit


def _bureau_below(unit: Unit, parent: Unit | None) -> int | None:
    """A section belongs to the bureau of its parent; every other unit is its own bureau."""
    return parent.bureau_id if parent is not None and unit.kind is UnitKind.SECTION else unit.id


def _wrong_place(kind: UnitKind, parent: Unit | None) -> str | None:
    if kind is UnitKind.SECTION and (parent is None or parent.kind is UnitKind.DISTRICT):
        return _("A section stands below a bureau, a street or another section.")
    if parent is not None and parent.kind is UnitKind.SECTION and kind is not UnitKind.SECTION:
        return _("Only sections may stand below a section.")
    if parent is not None and not parent.active:
        return _("%(unit)s is switched off.", unit=parent)
    return None


def _faults(fields: dict[str, Any]) -> list[FieldError]:
    faults = [FieldError(key, _("A unit needs a name and a short name.")) for key in ("name", "short_name")
              if key in fields and not str(fields[key] or "").strip()]
    for key in ("name", "short_name", "doc_word", "address", "phone"):
        longest = Unit.__table__.c[key].type.length
        if len(str(fields.get(key) or "").strip()) > longest:
            faults.append(FieldError(key, _("At most %(count)s characters.", count=longest)))
    if _FORBIDDEN_IN_WORD.search(str(fields.get("doc_word") or "").strip()):
        faults.append(FieldError("doc_word", _("The word for numbers stands before 〔year〕: no spaces, digits or brackets.")))
    code = str(fields.get("uscc") or "").strip()
    if code and (wrong := uscc.explain(code)):
        faults.append(FieldError("uscc", wrong))
    return faults


def _cleaned(fields: dict[str, Any]) -> dict[str, Any]:
    cleaned = {key: value.strip() if isinstance(value, str) else value for key, value in fields.items()}
    if "uscc" in cleaned:
        cleaned["uscc"] = uscc.normalise(cleaned["uscc"]) if cleaned["uscc"] else None
    return cleaned


def _listed(names: list[str], most: int = 5) -> str:
    """The first few names, and a sign that there are more."""
    return "、".join(names[:most]) + ("…" if len(names) > most else "")
