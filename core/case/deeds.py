"""Deeds: what people do around a case beside the steps of its workflow: link, merge, copy to, urge …

A deed is declared once, with :func:`deed`. The case page draws its button and its form from the declaration, programs
find it under ``/api/v1/cases/<number>/deeds``; both come in by :func:`do_deed`. Those of every case are in
:mod:`core.case.usual_deeds`; a module declares its own in the same way.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, missing, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Staff, Unit
from core.access.viewer import Viewer
from core.api.reading import load
from core.case.act import session_of
from core.case.models import Case
from core.case.query import find_case
from core.case.workflow import CLOSED
from core.errors import NotAllowed, NotFound, Refusal
from core.web.forms import FormSchema
from core.words import gettext as _

Run = Callable[[Case, Viewer, Mapping[str, Any]], Any]
Offered = Callable[[Case, Viewer], bool]


@dataclass(frozen=True)
class Deed:
    """Something that can be done around a case. ``form`` is what must be given, ``offered`` says to whom it is there.

    ``consequence`` is shown before. ``button`` False: the page offers it elsewhere than among its buttons.
    """

    name: str
    label: Any
    form: type[FormSchema]
    run: Run
    offered: Offered
    consequence: Any = ""
    button: bool = True


DEEDS: dict[str, Deed] = {}


def deed(name: str, label: Any, form: type[FormSchema], offered: Offered, *, consequence: Any = "",
         button: bool = True) -> Callable[[Run], Run]:
    """Declare a deed; the decorated function does it: ``run(case, actor, data)``."""
    def register(run: Run) -> Run:
        if name in DEEDS and DEEDS[name].run is not run:
            raise ValueError(f"two deeds are named {name}")
        DEEDS[name] = Deed(name, label, form, run, offered, consequence, button)
        return run
    return register


def offers(case: Case, actor: Viewer) -> list[Deed]:
    """What ``actor`` may do around the case now, in the order of declaration."""
    return [each for each in DEEDS.values() if each.offered(case, actor)]


def the_deed(case: Case, name: str, actor: Viewer) -> Deed:
    """The deed called ``name``; :class:`NotFound` when there is none, :class:`NotAllowed` when it is not offered."""
    found = DEEDS.get(name)
    if found is None:
        raise NotFound(_("There is no such page."))
    if not found.offered(case, actor):
        raise NotAllowed(_("You may not do this on this case."))
    return found


def do_deed(case: Case, name: str, actor: Viewer, given: Mapping[str, Any]) -> Any:
    """Do it with what was given, read by the deed's form. The caller commits."""
    found = the_deed(case, name, actor)
    return found.run(case, actor, load(found.form, given))


def manages(case: Case, actor: Viewer) -> bool:
    """Whether the person may say who works on the case and what becomes of it."""
    return case.merged_into_id is None and actor.reach(f"{case.kind}:assign").covers(
        case.unit_id, (case.assignee_id,), actor.user_id)


def manages_open(case: Case, actor: Viewer) -> bool:
    """The same while the case is not closed."""
    return case.meaning is not CLOSED and manages(case, actor)


def nowhere(_case: Case, _actor: Viewer) -> bool:
    """Never offered as a button: whether it may be done is for the operation to say."""
    return True


def the_person(case: Case, text: str, field: str = "person") -> Staff:
    """The active person with that id or user name."""
    rule = Staff.id == int(text) if _is_id(text) else Staff.username == text
    found = session_of(case).scalars(select(Staff).where(rule, Staff.active.is_(True))).one_or_none()
    if found is None:
        raise Refusal(_("There is no such person."), field)
    return found


def the_unit(session: Session, text: str) -> Unit:
    """The unit with that id or code."""
    rule = Unit.id == int(text) if _is_id(text) else Unit.code == text
    found = session.scalars(select(Unit).where(rule, Unit.active.is_(True))).one_or_none()
    if found is None:
        raise Refusal(_("There is no unit %(code)s.", code=text), "unit")
    return found


def the_other(case: Case, number: str) -> Case:
    """Another case by its number, as far as the session's viewer may see it."""
    try:
        return find_case(session_of(case), number)
    except NotFound as unknown:
        raise Refusal(unknown.message, "other") from None


def text(label: Any, *, required: bool = True, longest: int = 2000, **meta: Any) -> fields.String:
    """A field of one text."""
    return fields.String(required=required, load_default=missing if required else "", metadata={"label": label, **meta},
                         validate=validate.Length(min=1 if required else 0, max=longest))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
