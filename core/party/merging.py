"""Two records of one enterprise become one, and two again when it was a mistake.

Whatever refers to the record that goes (cases, penalties, whatever a module keeps) refers to the other one afterwards.
Which rows that were is written down, and exactly those go back when the merge is undone.
"""
from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Table, inspect, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import moment
from core.access.rows import beside, current_viewer
from core.db import Model
from core.errors import NotAllowed, Refusal
from core.party.models import Enterprise, EnterpriseMerge, EnterpriseName
from core.party.picking import PROVISIONAL
from core.signals import enterprises_merged
from core.words import gettext as _

MERGE = "enterprise:merge"
OWN = {"core_enterprise", "core_enterprise_merge", "core_enterprise_name", "core_enterprise_address"}
CHUNK = 500
_FORM = re.compile(r"[（）()\s·.,，。、]|有限责任公司|有限公司|公司|股份")


@dataclass(frozen=True)
class Likeness:
    """A record that may be the same enterprise, and why."""

    enterprise: Enterprise
    reason: str


def suggest(session: Session, enterprise: Enterprise, limit: int = 5) -> list[Likeness]:
    """Records that may be the same enterprise: by registration number, organisation code, or (also former) name."""
    if enterprise.merged_into_id is not None:
        return []
    names = {enterprise.name, *(name.name for name in enterprise.names)}
    former = select(EnterpriseName.enterprise_id).where(EnterpriseName.name.in_(names))
    ways = [Enterprise.name.in_(names), Enterprise.id.in_(former), Enterprise.name.startswith(_stem(enterprise.name))]
    ways += [Enterprise.reg_no == enterprise.reg_no] if enterprise.reg_no else []
    ways += [Enterprise.org_code == enterprise.org_code] if enterprise.org_code else []
    found = session.scalars(select(Enterprise).where(
        Enterprise.id != enterprise.id, Enterprise.merged_into_id.is_(None), or_(*ways)).order_by(Enterprise.id).limit(50))
    told = [Likeness(other, reason) for other in found if (reason := _reason(enterprise, other, names))]
    return told[:limit]


def merge(session: Session, gone: Enterprise, into: Enterprise, reason: str) -> EnterpriseMerge:
    """Let ``into`` stand for ``gone`` from now on. Refused when rows of both cannot stand beside one another."""
    viewer = current_viewer(session)
    if not viewer.may(MERGE):
        raise NotAllowed(_("You may not merge records of enterprises."))
    if not reason.strip():
        raise Refusal(_("Give a reason."), "reason")
    if gone.id == into.id:
        raise Refusal(_("A record cannot be merged with itself."), "other")
    if gone.merged_into_id is not None or into.merged_into_id is not None:
        raise Refusal(_("One of the two was merged already."), "other")
    if gone.uscc and into.uscc and gone.source != PROVISIONAL and into.source != PROVISIONAL:
        raise Refusal(_("Both have a credit code from the register: these are two enterprises."), "other")
    moved = _point(session, {column.table.name: None for column in _references(_present(session))}, gone.id, into.id)
    gone.merged_into_id = into.id
    made = EnterpriseMerge(gone_id=gone.id, into_id=into.id, moved=moved, reason=reason.strip(), by_id=viewer.user_id,
                           at=moment.now())
    session.add(made)
    if gone.name != into.name and gone.name not in [name.name for name in into.names]:
        into.names.append(EnterpriseName(name=gone.name, valid_to=moment.today()))
    session.flush()
    enterprises_merged.send(session, gone=gone, into=into, moved=moved, undone=False)
    return made


def may_go(record: Enterprise) -> bool:
    """Whether another record may stand for this one: not for one that the register itself has given a credit code."""
    return record.merged_into_id is None and (not record.uscc or record.source == PROVISIONAL)


def undo(session: Session, merged: EnterpriseMerge) -> None:
    """Separate the two records again; rows that refer to another enterprise by now are left where they are."""
    viewer = current_viewer(session)
    if not viewer.may(MERGE):
        raise NotAllowed(_("You may not merge records of enterprises."))
    if merged.undone_at is not None:
        raise Refusal(_("This merge was undone already."))
    gone, into = session.get_one(Enterprise, merged.gone_id), session.get_one(Enterprise, merged.into_id)
    moved = _point(session, merged.moved, into.id, gone.id)
    gone.merged_into_id = None
    merged.undone_at, merged.undone_by_id = moment.now(), viewer.user_id
    for name in [n for n in into.names if n.name == gone.name and n.valid_to == moment.local(merged.at).date()]:
        session.delete(name)
    session.flush()
    enterprises_merged.send(session, gone=gone, into=into, moved=moved, undone=True)


def history(session: Session, enterprise: Enterprise) -> Sequence[EnterpriseMerge]:
    """The merges in which the record took part, newest first."""
    return session.scalars(select(EnterpriseMerge).where(or_(
        EnterpriseMerge.gone_id == enterprise.id, EnterpriseMerge.into_id == enterprise.id))
        .order_by(EnterpriseMerge.id.desc()).limit(50)).all()


def _present(session: Session) -> Collection[str]:
    """The names of the tables that the database has."""
    return inspect(session.connection()).get_table_names()


def _references(present: Collection[str]) -> Iterator[Column[int]]:
    """Every column that refers to an enterprise, core's and the modules', of the tables that the database has."""
    for table in Model.metadata.sorted_tables:
        if table.name not in OWN and table.name in present:
            for key in table.foreign_keys:
                if key.column is Enterprise.__table__.c.id:
                    yield key.parent


def _point(session: Session, rows: Mapping[str, Sequence[int] | None], before: int, after: int) -> dict[str, list[int]]:
    """Let the rows (None: all) that refer to ``before`` refer to ``after``; returns which did, by table."""
    moved: dict[str, list[int]] = {}
    with beside(session, "records of enterprises are merged or separated") as everything:
        for column in _references(_present(everything)):
            table: Table = column.table
            wanted = rows.get(table.name, ())
            ids = [key for key in everything.scalars(select(table.c.id).where(column == before).order_by(table.c.id))
                   if wanted is None or key in set(wanted)]
            for start in range(0, len(ids), CHUNK):
                try:
                    everything.execute(update(table).where(table.c.id.in_(ids[start:start + CHUNK]))
                                       .values({column.name: after}))
                except IntegrityError as clash:
                    raise Refusal(_("Both records have an entry in %(table)s that may exist once. Settle that first.",
                                    table=table.name)) from clash
            if ids:
                moved[table.name] = sorted({*moved.get(table.name, ()), *ids})
    return moved


def _reason(one: Enterprise, other: Enterprise, names: set[str]) -> str:
    if one.reg_no and one.reg_no == other.reg_no:
        return _("the same registration number")
    if one.org_code and one.org_code == other.org_code:
        return _("the same organisation code")
    if other.name in names:
        return _("the same name")
    if names & {name.name for name in other.names}:
        return _("bore this name before")
    return _("nearly the same name") if _FORM.sub("", one.name) == _FORM.sub("", other.name) else ""


def _stem(name: str) -> str:
    """The beginning of a name by which candidates are found in the index."""
    return name[:6]
