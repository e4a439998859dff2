"""Cases that belong together: parts of a larger one, what follows from another, what is simply related."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.access.rows import beside
from core.access.viewer import Viewer
from core.case.act import add_event, need, session_of
from core.case.models import Case, Event, Link
from core.case.workflow import CLOSED
from core.errors import NotFound, Refusal
from core.words import N_
from core.words import gettext as _

PART_OF = "part_of"
RELATIONS: Mapping[str, tuple[str, str]] = {
    PART_OF: (N_("Part of"), N_("Has as a part")),
    "follows": (N_("Follows from"), N_("Led to")),
    "related": (N_("Related to"), N_("Related to")),
}
"""What a link says of the case it stands on, and what it says of the other one. A case is part of one case at most."""
DEEPEST = 20


@dataclass(frozen=True)
class Linked:
    """A case that is linked with the one at hand, and what it is to it."""

    link: Link
    case: Case
    label: str


def link(case: Case, other: Case, relation: str, *, actor: Viewer, note: str = "") -> Link:
    """Say that ``case`` is part of, follows from, or is related to ``other``; it stands on the timeline of both."""
    need(case, actor)
    if relation not in RELATIONS:
        raise Refusal(_("Use one of: %(names)s.", names=", ".join(RELATIONS)), "relation")
    if not other.visible_to(actor):
        raise NotFound(_("There is no case with this number that you may see."))
    if other.id == case.id:
        raise Refusal(_("A case cannot be linked with itself."), "other")
    session = session_of(case)
    for known in linked(session, case):
        same_way = known.link.case_id == case.id or relation == "related"
        if known.case.id == other.id and known.link.relation == relation and same_way:
            raise Refusal(_("These two cases are linked in this way already."), "other")
    if relation == PART_OF:
        _one_whole(session, case, other)
    made = Link(case_id=case.id, other_id=other.id, relation=relation)
    made.case, made.other = case, other
    session.add(made)
    add_event(case, actor, "linked", note=note, relation=relation, name=other.number)
    add_event(other, actor, "linked", note=note, relation=relation, name=case.number, back=True)
    return made


def unlink(case: Case, link_id: int, *, actor: Viewer, note: str = "") -> Event:
    """Take a link away again; that it was there stays on both timelines."""
    need(case, actor)
    session = session_of(case)
    found = next((known for known in linked(session, case) if known.link.id == link_id), None)
    if found is None:
        raise NotFound(_("There is no such link."))
    session.delete(found.link)
    add_event(found.case, actor, "unlinked", note=note, name=case.number)
    return add_event(case, actor, "unlinked", note=note, name=found.case.number)


def linked(session: Session, case: Case) -> list[Linked]:
    """The cases linked with this one that the session's viewer may see: two statements."""
    forth = session.execute(select(Link, Case).join(Case, Case.id == Link.other_id).where(Link.case_id == case.id)
                            .options(joinedload(Case.unit)).order_by(Link.id)).all()
    back = session.execute(select(Link, Case).join(Case, Case.id == Link.case_id).where(Link.other_id == case.id)
                           .options(joinedload(Case.unit)).order_by(Link.id)).all()
    return [Linked(row[0], row[1], _(RELATIONS[row[0].relation][0])) for row in forth] + \
           [Linked(row[0], row[1], _(RELATIONS[row[0].relation][1])) for row in back]


def parts(session: Session, case: Case) -> Sequence[Case]:
    """The cases that are part of this one, oldest first."""
    return session.scalars(select(Case).join(Link, Link.case_id == Case.id)
                           .where(Link.other_id == case.id, Link.relation == PART_OF).order_by(Case.id)).all()


def parts_are_closed(case: Any, data: Mapping[str, Any] | None) -> str | None:
    """A guard for workflows: the whole is not finished before its parts are. Asked when it is done, not for the button."""
    if data is None:
        return None
    left = [part.number for part in parts(session_of(case), case) if part.meaning is not CLOSED]
    return _("These parts are still open: %(numbers)s.", numbers="、".join(left[:5])) if left else None


def _one_whole(session: Session, case: Case, whole: Case) -> None:
    """A case is part of one other, and nothing is part of itself by a detour."""
    if session.scalar(select(Link.id).where(Link.case_id == case.id, Link.relation == PART_OF)) is not None:
        raise Refusal(_("This case is part of another one already."), "other")
    above: int | None = whole.id
    with beside(session, "whether cases are nested in a circle") as everything:
        for _step in range(DEEPEST):
            if above is None:
                return
            if above == case.id:
                raise Refusal(_("The other case is part of this one. It cannot be the other way round too."), "other")
            above = everything.scalar(select(Link.other_id).where(Link.case_id == above, Link.relation == PART_OF))
    raise Refusal(_("Cases are nested too deep here."), "other")
