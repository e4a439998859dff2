"""What the registers share: rows that hold from one day to another, and looking up what a form names."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from addons.districts.models import FOREVER
from core import moment
from core.access import Unit, Viewer
from core.access.models import Staff
from core.case.registers import RegisterFilter
from core.case.screens import ListColumn
from core.errors import NotAllowed, Refusal
from core.party.models import Enterprise
from core.party.picking import find_enterprise
from core.web.widgets import Tag
from core.words import gettext as _

READ, EDIT = "districts.register:read", "districts.register:edit"
IN_FORCE = (("now", _l("in force")), ("over", _l("over")), ("all", _l("all")))


def until(row: Any) -> Any:
    """The last day on which a row holds; nothing when it has no end."""
    return row.valid_to - dt.timedelta(days=1) if row.valid_to != FOREVER else ""


def standing(row: Any) -> Tag:
    """Whether it holds today."""
    today = moment.today()
    if row.valid_to <= today:
        return Tag(_("over"))
    return Tag(_("in force"), "g") if row.valid_from <= today else Tag(_("to come"), "b")


def on_day(key: str, label: Any, sort: str = "", day: Any = None) -> ListColumn:
    """A column of whole days; the year is written where it is not this one."""
    def cell(row: Any) -> dt.date | None:
        return (day(row) if day is not None else getattr(row, key)) or None

    return ListColumn(key, label, cell, kind="date", sort=sort)


def days() -> tuple[ListColumn, ...]:
    """Columns of a row that holds from one day to another."""
    return (on_day("valid_from", _l("From"), "valid_from"), on_day("until", _l("Until"), day=until),
            ListColumn("standing", _l("State"), standing))


def in_force(model: Any) -> RegisterFilter:
    """Rows that hold today (as long as nothing else was asked for), those that are over, or all."""
    def rule(value: str) -> Any:
        today = moment.today()
        return {"now": model.valid_to > today, "over": model.valid_to <= today}.get(value, model.id.is_not(None))

    return RegisterFilter("standing", _l("State"), rule, "choice", IN_FORCE, "now")


def between(column: Any, since: dt.date | None, until: dt.date | None) -> Any:
    """Days of a span, either end of which may be open."""
    if since is None:
        return column <= until
    return column >= since if until is None else column.between(since, until)


def holds(row: Any) -> bool:
    """Whether it can still be ended."""
    return bool(row.valid_to > moment.today())


def end(row: Any, on: dt.date) -> None:
    """It no longer holds from ``on``; refused for a day before it began or after it ends already."""
    if on <= row.valid_from:
        raise Refusal(_("It holds from %(day)s: end it after that day.", day=row.valid_from), "on")
    if on > row.valid_to:
        raise Refusal(_("It ends before that day already."), "on")
    row.valid_to = on


def end_row(session: Session, viewer: Viewer, row: Any, data: Mapping[str, Any]) -> None:
    """End a row on which nothing else hangs. The reason stands in the log."""
    from core.audit import record

    end(row, data["on"])
    record(session, "ended", type(row).__tablename__, row.id, str(row.id), on=data["on"], reason=data["reason"])


def the_unit(session: Session, key: int, viewer: Viewer, permission: str = EDIT) -> Unit:
    """The unit that a form names, of which the person keeps the register."""
    found = session.get(Unit, key)
    if found is None or not found.active:
        raise Refusal(_("This unit is not in use."), "unit")
    if not viewer.reach(permission).covers(found.id):
        raise NotAllowed(_("You may not do this for that unit."))
    return found


def the_person(session: Session, key: int, field: str = "user") -> Staff:
    """The person that a form names."""
    found = session.get(Staff, key)
    if found is None or not found.active:
        raise Refusal(_("There is no such person."), field)
    return found


def the_enterprise(session: Session, words: str, field: str = "enterprise") -> Enterprise:
    """The enterprise that a form names: picked, or by its code or whole name."""
    found = find_enterprise(session, words)
    if found is None:
        raise Refusal(_("The register has no enterprise “%(name)s”. Use its credit code.", name=words), field)
    return found


def split(words: str) -> list[str]:
    """Words separated by 、 or commas or lines, each once."""
    for sign in ("，", ",", "\n", "；", " "):
        words = words.replace(sign, "、")
    return list(dict.fromkeys(word.strip() for word in words.split("、") if word.strip()))


def sentence(text: str) -> str:
    """The beginning of a long text, for a list."""
    return text if len(text) <= 60 else f"{text[:59]}…"
