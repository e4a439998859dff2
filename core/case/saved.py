"""Searches that people keep under a name: for themselves, or shared with their bureau; each shows how much it finds."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode

from sqlalchemy import ColumnElement, ForeignKey, Select, String, UniqueConstraint, bindparam, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.access.preferences import LIKING
from core.access.rows import Scoped
from core.access.viewer import Viewer
from core.api.keyset import EXACT_TO, capped
from core.api.reading import Parameters
from core.case.models import Case
from core.case.query import conditions, read_filters
from core.db import Model
from core.errors import NotFound, Refusal
from core.words import gettext as _

MOST = 12
LEFT_OUT = ("cursor", "limit", "view", "month")
"""Parts of an address that say where one is, not what one looks for."""


class SavedSearch(Scoped, Model):
    """A search of a list under a name. ``query`` is the address's part after the question mark."""

    __tablename__ = "core_saved_search"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(1000))
    shared: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("user_id", "kind", "name"),)

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """One's own, and what somebody of the bureau shared."""
        return (cls.user_id == viewer.user_id) | (cls.shared.is_(True) & (cls.bureau_id == viewer.bureau_id))

    def writable_by(self, viewer: Viewer) -> bool:
        """Whoever keeps it."""
        return self.user_id == viewer.user_id


@dataclass(frozen=True)
class Found:
    """A saved search with how much it finds now; None when what it asks for cannot be asked any more."""

    search: SavedSearch
    count: int | None


def save(session: Session, viewer: Viewer, kind: type[Case], name: str, query: str, *, shared: bool = False) -> SavedSearch:
    """Keep the search under a name; the same name again replaces what was kept."""
    clean = " ".join(name.split())
    if not clean or len(clean) > 40:
        raise Refusal(_("Give it a name of at most 40 characters."), "name")
    given = {key: values for key, values in parse_qs(query).items() if key not in LEFT_OUT and any(values)}
    asked = Parameters({key: ",".join(values) for key, values in given.items()})
    read_filters(asked, viewer, kind)
    asked.done(ignore=("order",))
    if not given or len(query) > 1000:
        raise Refusal(_("Search for something first."), "query")
    identity = str(kind.__mapper__.polymorphic_identity)
    found = session.scalars(select(SavedSearch).where(
        SavedSearch.user_id == viewer.user_id, SavedSearch.kind == identity, SavedSearch.name == clean)).one_or_none()
    made = found or SavedSearch(user_id=viewer.user_id, kind=identity, name=clean)
    made.query, made.shared, made.bureau_id = urlencode(given, doseq=True), shared, viewer.bureau_id
    session.add(made)
    session.flush()
    return made


def remove(session: Session, search_id: int, viewer: Viewer) -> None:
    """Forget one's own search."""
    found = session.get(SavedSearch, search_id)
    if found is None or found.user_id != viewer.user_id:
        raise NotFound(_("There is no such search."))
    session.delete(found)
    session.flush()


def searches(session: Session, viewer: Viewer, kind: type[Case]) -> Sequence[Found]:
    """What is kept for a list, one's own first, with counts: two statements, however many there are."""
    return searches_and_liking(session, viewer, kind, "")[0]


def searches_and_liking(session: Session, viewer: Viewer, kind: type[Case],
                        liking: str) -> tuple[Sequence[Found], dict[str, Any]]:
    """The same, and what the person keeps under the name ``liking`` (:mod:`core.access.preferences`): no statement more."""
    rows = session.execute(_kept_for_a_list(), {
        "me": viewer.user_id, "list": kind.__mapper__.polymorphic_identity, "liking": liking}).all()
    kept = [search for search, _value in rows if search is not None]
    counting: dict[str, Any] = {}
    for search in kept:
        asked = Parameters({key: ",".join(values) for key, values in parse_qs(search.query).items()})
        filters = read_filters(asked, viewer, kind)
        if not asked.faults:
            rules = conditions(session, filters, viewer, kind)
            counting[str(search.id)] = capped(select(kind.id).where(*rules)).scalar_subquery().label(str(search.id))
    counts = session.execute(select(*counting.values())).one()._mapping if counting else {}
    return [Found(search, min(counts[str(search.id)], EXACT_TO) if str(search.id) in counts else None) for search in kept], \
        dict(rows[0][1] or {})


@cache
def _kept_for_a_list() -> Select[Any]:
    once = select(literal(1).label("row")).subquery()  # the liking comes even where no search is kept
    mine = SavedSearch.user_id == bindparam("me")
    return (select(SavedSearch, LIKING.scalar_subquery()).select_from(once)
            .outerjoin(SavedSearch, SavedSearch.kind == bindparam("list"))
            .order_by(mine.desc(), SavedSearch.name, SavedSearch.id).limit(MOST))
