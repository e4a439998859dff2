"""A sheet for every list and register of the modules that declares none of its own: what stands in its columns, in its
order, of the rows that its filter finds. A list without 导出 is one that people copy by hand.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any

from flask import current_app
from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.access import current_viewer
from core.api.reading import OF_THE_PAGE, Parameters
from core.case import registers
from core.case.query import conditions, read_filters, select_cases
from core.case.registers import Register
from core.case.screens import CaseScreen, ListColumn
from core.tabular.profile import ExportColumn, ExportProfile, Person
from core.web.widgets import Due, Tag, Text
from core.words import gettext as _

_AS_THEY_ARE = (str, int, float, Decimal, dt.date, dt.time, type(None))


def code_of_screen(screen: CaseScreen) -> str:
    """The code of the sheet that belongs to a list of cases: its own, else the one made here."""
    return screen.export_profile or f"{screen.module}.{screen.name}.list"


def code_of_register(module: str, register: Register) -> str:
    """The code of the sheet that is made of a register."""
    return f"{module}.{register.name}.register"


def list_sheets() -> Iterator[ExportProfile]:
    """The sheets of all loaded lists and registers, in the words of the language that is spoken."""
    suite, screens = current_app.extensions["yingshang"], current_app.extensions.get("screens", {})
    for screen in screens.values():
        if not screen.export_profile:
            yield ExportProfile(
                code=code_of_screen(screen), title=str(screen.title), module=screen.module,
                permission=f"{screen.kind}:read", query=partial(_cases, screen),
                columns=tuple(_columns(screen.columns, partial(_of_case, screen))))
    for addon, register in suite.collect("views", "REGISTERS"):
        yield ExportProfile(
            code=code_of_register(addon.name, register), title=str(register.title), module=addon.name,
            permission=register.read, query=partial(_rows, register),
            columns=tuple(_columns(register.columns, lambda column: column.cell or attrgetter(column.key))))


def plain(value: Any) -> Any:
    """What a cell of a list says, as a cell of a sheet: days and numbers as such, the rest in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Text):
        return f"{plain(value.text)}（{value.note}）" if value.note else plain(value.text)
    if isinstance(value, Tag):
        return str(value.text)
    if isinstance(value, Due):
        return value.on
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], dt.date):
            return value[0]  # a day with marks behind it stays one that a sheet sorts by and reckons with
        return "、".join(str(plain(part)) for part in value if part not in ("", None))
    return value if isinstance(value, _AS_THEY_ARE) else str(value)


def _columns(declared: Sequence[ListColumn], reader: Callable[[ListColumn], Callable[[Any], Any]]) -> Iterator[ExportColumn]:
    for column in declared:
        yield ExportColumn(heading=str(column.label), value=partial(_told, reader(column)))
        if column.key == "enterprise" and column.cell is None:
            yield ExportColumn(heading=_("Credit code"), value="uscc")


def _told(read: Callable[[Any], Any], row: Any) -> Any:
    return plain(read(row))


def _of_case(screen: CaseScreen, column: ListColumn) -> Callable[[Any], Any]:
    """How a column of every case is read from a row."""
    if column.cell is not None:
        return column.cell
    match column.key:
        case "state":
            known = screen.case.workflow.known
            return lambda row: str(known[row.state].label) if row.state in known else row.state
        case "assignee":
            return lambda row: f"{row.assignee_last or ''}{row.assignee_first or ''}"
    return attrgetter({"enterprise": "enterprise_name", "due": "due_on", "unit": "unit_name", "bureau": "bureau_name"}.get(
        column.key, column.key))


def _cases(screen: CaseScreen, session: Session, given: Mapping[str, Any], _who: Person) -> Select[Any]:
    viewer, parameters, kind = current_viewer(session), Parameters(given), screen.case
    filters = read_filters(parameters, viewer, kind)
    parameters.done(ignore=OF_THE_PAGE)
    return select_cases(kind).where(*conditions(session, filters, viewer, kind)).order_by(kind.opened_at.desc(), kind.id.desc())


def _rows(register: Register, _session: Session, given: Mapping[str, Any], _who: Person) -> Select[Any]:
    order = getattr(register.model, register.order.removeprefix("-"))
    found = registers.rows_of(register, registers.asked(register, Parameters(given)))
    return found.order_by(order.desc() if register.order.startswith("-") else order, register.model.id)
