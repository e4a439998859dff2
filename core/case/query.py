"""The list of cases: one query for the pages, the API, saved filters and exports.

The session's row rule limits what is found; nothing here asks past it. A page is one statement with the names of what
the rows refer to, and its count another one.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectin_polymorphic

from core import moment
from core.access.fields import FieldInfo, fields_of
from core.access.models import Staff, Unit
from core.access.rows import current_viewer
from core.access.viewer import Viewer
from core.api.keyset import Ordering, Page, first_page, ordering, page_of, paged
from core.api.reading import Parameters
from core.case.boxes import BOXES, in_box, overdue_rule
from core.case.columns import column_rule, read_columns, value_type
from core.case.models import Case
from core.case.search import matching
from core.case.workflow import Meaning
from core.errors import NotFound
from core.party.models import Enterprise
from core.words import gettext as _

DEFAULT_ORDER = "-opened_at"
COLUMNS = ("kind", "number", "title", "state", "meaning", "result", "confidentiality", "unit_id", "bureau_id",
           "enterprise_id", "assignee_id", "created_by_id", "opened_at", "closed_at", "updated_at", "due_at", "due_on",
           "due_code", "due_provisional", "due_paused", "returns", "version")
ORDERS = {"number": False, "title": False, "state": False, "kind": False, "opened_at": False, "updated_at": False,
          "due_at": True, "closed_at": True}
"""The columns by which a list may be ordered, and whether they can be empty."""


@dataclass(frozen=True)
class CaseFilters:
    """What is asked for; empty means all. Units and districts by code, people as ``me``, ``none``, id or account."""

    state: tuple[str, ...] = ()
    meaning: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    bureau: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    assignee: str = ""
    overdue: bool | None = None
    due_before: dt.date | None = None
    due_on: dt.date | None = None
    opened_from: dt.date | None = None
    opened_to: dt.date | None = None
    enterprise: str = ""
    q: str = ""
    box: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """A module's own columns: ``fine``, ``fine_from``, ``fine_to`` → value. Only for a list of one kind."""

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) not in ((), "", None, {}) for f in fields(self))


def case_fields(kind: type[Case]) -> tuple[FieldInfo, ...]:
    """The columns that the module adds to a kind of case; none for all kinds together."""
    return () if kind is Case else fields_of(kind, str(kind.__mapper__.polymorphic_identity))


def read_filters(given: Parameters, viewer: Viewer, kind: type[Case] = Case) -> CaseFilters:
    """Filters from an address. Faults are gathered in ``given``; the caller ends with ``given.done()``."""
    kinds, meanings = given.several("kind"), given.several("meaning")
    for name in kinds:
        if name not in Case.loaded():
            given.fault("kind", _("There is no kind %(kind)s.", kind=name))
    for name in meanings:
        if name not in set(Meaning):
            given.fault("meaning", _("Use one of: %(names)s.", names=", ".join(Meaning)))
    return CaseFilters(
        given.several("state"), meanings, kinds, given.several("bureau"), given.several("district"),
        given.text("assignee"), given.flag("overdue"), given.date("due_before"), given.date("due_on"),
        given.date("opened_from"),
        given.date("opened_to"), given.text("enterprise"), given.text("q"), given.choice("box", BOXES),
        read_columns(given, case_fields(kind), viewer))


def list_cases(session: Session, filters: CaseFilters, *, kind: type[Case] = Case, kinds: Iterable[str] | None = None,
               where: Sequence[ColumnElement[bool]] = (), order: str = "", limit: int = 50, cursor: str = "",
               counted: bool = True) -> Page:
    """One page of the cases that the session's viewer may see, as rows of values.

    Rows have the attributes :data:`COLUMNS` and ``id``, ``unit_code``, ``unit_name``, ``bureau_code``, ``bureau_name``,
    ``enterprise_name``, ``uscc``, ``assignee_last``, ``assignee_first``, and the columns of ``kind``. ``kinds`` limits
    a mixed list to some kinds (a module's); ``where`` adds conditions of a screen's own.
    """
    rules = [*conditions(session, filters, current_viewer(session), kind), *where]
    if kinds is not None:
        rules.append(kind.kind.in_(sorted(kinds)))
    chosen, name = order_of(session, kind, order), f"cases {kind.__name__}"
    if not (rules or cursor):
        made = _first_page(kind, chosen, limit, counted)  # type: ignore[arg-type]  # mapped classes can be hashed
        return first_page(session, made, chosen, limit, name=name, counted=counted)
    counting = _counting(filters, kind, rules, where) if counted else None
    return page_of(session, select_cases(kind).where(*rules), chosen, limit, name=name, cursor=cursor, counting=counting)


@lru_cache(maxsize=256)
def _first_page(kind: Any, order: Ordering, limit: int, counted: bool) -> Select[Any]:
    """The beginning of a list as it opens, which is what is mostly asked for: put together once."""
    counting = _counting(CaseFilters(), kind, (), ()) if counted else None
    return paged(select_cases(kind), order, limit, counting)


def order_of(session: Session, kind: type[Case], order: str = "") -> Ordering:
    """The order that is asked for: a column of every case, or one of the kind's that the viewer sees in clear."""
    viewer = current_viewer(session)
    allowed = {name: (getattr(kind, name), nullable) for name, nullable in ORDERS.items()}
    allowed |= {f.name: (f.column, bool(f.column.property.columns[0].nullable)) for f in case_fields(kind)
                if f.clear(viewer) and value_type(f.column) not in (dict, list, object)}
    return ordering(order, allowed, _key(kind), DEFAULT_ORDER)


def select_cases(kind: type[Case] = Case) -> Select[Any]:
    """The columns of a list's rows, with the names of what they refer to. Built once for each kind."""
    return _select_cases(kind)  # type: ignore[arg-type]  # mapped classes can be hashed


@cache
def _select_cases(kind: Any) -> Select[Any]:
    own = [getattr(kind, name) for name in COLUMNS]
    related = (*_unit(kind.unit_id, "unit"), *_unit(kind.bureau_id, "bureau"),
               Enterprise.name.label("enterprise_name"), Enterprise.uscc,
               Staff.last_name.label("assignee_last"), Staff.first_name.label("assignee_first"))
    return (select(_key(kind).label("id"), *own, *related, *(f.column for f in case_fields(kind))).select_from(kind)
            .outerjoin(Enterprise, Enterprise.id == kind.enterprise_id).outerjoin(Staff, Staff.id == kind.assignee_id))


def _unit(id_: Any, name: str) -> list[Any]:
    """Code and short name of a unit, looked up for each row that is shown. Joined, two more tables would make the database
    think about the best order of six longer than it then works."""
    unit = aliased(Unit)
    return [select(column).where(unit.id == id_).scalar_subquery().label(f"{name}_{label}")
            for column, label in ((unit.code, "code"), (unit.short_name, "name"))]


def most_urgent(session: Session, kind: type[Case], filters: CaseFilters, each: int) -> Sequence[Row[Any]]:
    """Of every state the ``each`` cases that are due first, as rows of a list. One statement."""
    rules, key = conditions(session, filters, current_viewer(session), kind), _key(kind)
    urgency = (kind.due_at.is_(None), kind.due_at, key)
    place = func.row_number().over(partition_by=kind.state, order_by=urgency).label("place")
    ranked = select(key.label("key"), place).select_from(kind).where(*rules).subquery()
    return session.execute(select_cases(kind).join(ranked, ranked.c.key == key).where(ranked.c.place <= each)
                           .order_by(*urgency)).all()


def conditions(session: Session, filters: CaseFilters, viewer: Viewer, kind: type[Case] = Case) -> list[Any]:
    """The filters as conditions on ``kind``."""
    found: list[Any] = [getattr(kind, name).in_(getattr(filters, name)) for name in ("state", "meaning", "kind")
                        if getattr(filters, name)]
    if filters.bureau:
        found.append(kind.bureau_id.in_(select(Unit.id).where(Unit.code.in_(filters.bureau))))
    if filters.district or filters.enterprise:
        found.append(kind.enterprise_id.in_(select(Enterprise.id).where(*_enterprises(filters))))
    if filters.assignee:
        found.append(_assignee(filters.assignee, viewer, kind))
    if filters.overdue is not None:
        now = moment.now()
        found.append(overdue_rule(now) if filters.overdue else
                     kind.due_at.is_(None) | (kind.due_at > now) | kind.due_paused.is_(True))
    if filters.due_before is not None:  # the instant lets the index narrow it down, the day says it exactly
        found += [kind.due_at < moment.start_of(filters.due_before + dt.timedelta(days=1)),
                  kind.due_on < filters.due_before]
    if filters.due_on is not None:
        found.append(kind.due_on == filters.due_on)
    if filters.opened_from is not None:
        found.append(kind.opened_at >= moment.start_of(filters.opened_from))
    if filters.opened_to is not None:
        found.append(kind.opened_at < moment.start_of(filters.opened_to + dt.timedelta(days=1)))
    if filters.q:
        found.append(matching(filters.q, session.get_bind().dialect.name))
    if filters.box:
        found.append(in_box(filters.box, viewer))
    known = {f.name: f for f in case_fields(kind)}
    found += [column_rule(known, name, value) for name, value in filters.columns.items()]
    return found


def find_case(session: Session, number: str) -> Case:
    """The case with that number, whole. :class:`NotFound` alike when there is none and when it may not be seen."""
    statement = (select(Case).where(Case.number == number.strip().upper())
                 .options(selectin_polymorphic(Case, list(Case.loaded().values())), joinedload(Case.unit),
                          joinedload(Case.bureau), joinedload(Case.enterprise), joinedload(Case.assignee)))
    found = session.scalars(statement).one_or_none() if len(number) <= 40 and number.isprintable() else None
    if found is None:
        raise NotFound(_("There is no case with this number that you may see."))
    return found


def _key(kind: type[Case]) -> Any:
    """The id as the case's own table has it: a subclass's is its own table's, by which no index is ordered."""
    return Case.__table__.c.id if kind is not Case else Case.id


def _counting(filters: CaseFilters, kind: type[Case], rules: Sequence[ColumnElement[bool]],
              where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The ids of all rows, to be counted: without the names that a row shows, and without the kind's own table where no
    condition asks for it."""
    if kind is Case or where or filters.columns:
        return select(_key(kind)).select_from(kind).where(*rules)
    kinds = [mapper.polymorphic_identity for mapper in kind.__mapper__.self_and_descendants]
    return select(Case.id).where(Case.kind.in_(kinds), *rules)


def _enterprises(filters: CaseFilters) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = []
    if filters.district:
        # a street's code is the beginning of the codes of the smaller districts in it
        beginnings = [Enterprise.district_code.startswith(code, autoescape=True) for code in filters.district]
        rules.append(or_(*beginnings))
    if filters.enterprise:
        wanted = filters.enterprise.upper()
        short = wanted.isascii() and wanted.isdigit() and len(wanted) < 10
        rules.append(Enterprise.id == int(wanted) if short else
                     (Enterprise.uscc == wanted) | (Enterprise.reg_no == wanted))
    return rules


def _assignee(wanted: str, viewer: Viewer, kind: type[Case]) -> ColumnElement[bool]:
    if wanted == "none":
        return kind.assignee_id.is_(None)
    if wanted == "me":
        return kind.assignee_id == viewer.user_id
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        return kind.assignee_id == int(wanted)
    return kind.assignee_id.in_(select(Staff.id).where(Staff.username == wanted))


__all__ = ["CaseFilters", "Page", "case_fields", "conditions", "find_case", "list_cases", "order_of",
           "read_filters", "select_cases"]
