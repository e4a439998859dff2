"""Cases that may be one matter entered twice: suggested, never merged by themselves."""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from core.case.act import session_of
from core.case.models import Case
from core.words import gettext as _

LOOKED_AT = 60
"""So many of the newest candidates are compared; more than a person would go through."""
BEGINNING = 4
"""So many characters at the beginning of a title make a candidate of a case."""
ALIKE = 0.55
"""How alike the titles of two cases of one enterprise must be; those of two enterprises must be nearly the same."""
NEARLY_THE_SAME = 0.8


@dataclass(frozen=True)
class Suggestion:
    """A case that may be the same matter, how sure that is (0 to 1), and why."""

    case: Case
    score: float
    reason: str


def suggest(case: Case, limit: int = 5) -> list[Suggestion]:
    """Cases that may be the same matter as ``case``, out of those that the session's viewer may see, likeliest first."""
    if case.merged_into_id is not None:
        return []
    known = {name: getattr(case, name) for name in case.alike}
    return alike(session_of(case), type(case), title=case.title, enterprise_id=case.enterprise_id, at=case.opened_at,
                 without=case.id, limit=limit, **known)


def alike(session: Session, kind: type[Case], *, title: str, enterprise_id: int | None, at: dt.datetime,
          without: int | None = None, limit: int = 5, **values: Any) -> list[Suggestion]:
    """The same for a case that is about to be entered. One statement.

    A candidate is of the kind, not merged, opened within the kind's ``alike_days``, and shares the enterprise, the
    beginning of the title, or one of the ``values`` (columns that the kind names in ``alike``).
    """
    near = dt.timedelta(days=kind.alike_days)
    shared = [kind.title.startswith(title[:BEGINNING], autoescape=True)] if kind.alike_titles else []
    shared += [kind.enterprise_id == enterprise_id] if kind.alike_titles and enterprise_id is not None else []
    shared += [getattr(kind, name) == value for name, value in values.items() if value not in (None, "")]
    if not shared:
        return []
    rules = [kind.merged_into_id.is_(None), kind.opened_at.between(at - near, at + near), or_(*shared)]
    rules += [kind.id != without] if without is not None else []
    found = session.scalars(select(kind).where(and_(*rules)).options(joinedload(kind.unit))
                            .order_by(kind.opened_at.desc()).limit(LOOKED_AT)).all()
    told = [made for case in found if (made := _judged(case, title, enterprise_id, values)) is not None]
    return sorted(told, key=lambda suggestion: -suggestion.score)[:limit]


def _judged(case: Case, title: str, enterprise_id: int | None, values: dict[str, Any]) -> Suggestion | None:
    same = [name for name, value in values.items() if value not in (None, "") and getattr(case, name) == value]
    likeness = SequenceMatcher(None, case.title, title, autojunk=False).ratio()
    one_enterprise = enterprise_id is not None and case.enterprise_id == enterprise_id
    if same:
        return Suggestion(case, 1.0, _("the same particulars"))
    if case.alike_titles and likeness >= (ALIKE if one_enterprise else NEARLY_THE_SAME):
        return Suggestion(case, round(likeness, 2), _("the same enterprise and a similar title") if one_enterprise
                          else _("nearly the same title"))
    return None
