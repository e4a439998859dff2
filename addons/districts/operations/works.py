"""Visits (never more often than the limit), common issues, the handbook's review."""
from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from addons.districts.channels import Incoming
from addons.districts.models.needs import Need
from addons.districts.models.works import Handbook, Issue, IssueNeed, Visit
from addons.districts.operations.needs import submit_need
from core import moment
from core.access import Unit, Viewer
from core.errors import Refusal
from core.party.models import Enterprise
from core.rules.lookup import lookup
from core.words import gettext as _


def plan_visit(session: Session, actor: Viewer, enterprise: Enterprise, unit: Unit, on: dt.date, *, purpose: str = "",
               module: str = "districts", asked_for: bool = False) -> Visit:
    """Put a visit into the one calendar of all modules. Refused when the enterprise has its visits of that month already,
    unless it asked for this one (避免重复服务); the refusal says who is coming."""
    _keep_limit(session, enterprise, unit, on, asked_for)
    made = Visit(unit_id=unit.id, user_id=actor.user_id, enterprise_id=enterprise.id, module=module, on=on, purpose=purpose,
                 asked_for=asked_for)
    session.add(made)
    session.flush()
    return made


def _keep_limit(session: Session, enterprise: Enterprise, unit: Unit, on: dt.date, asked_for: bool,
                besides: int | None = None) -> None:
    most = int(lookup(session, "visit.max_per_month", on, unit.bureau_id).value)
    first, last = on.replace(day=1), on.replace(day=calendar.monthrange(on.year, on.month)[1])
    known = session.scalars(select(Visit).where(Visit.enterprise_id == enterprise.id, Visit.on.between(first, last),
                                                Visit.asked_for.is_(False), Visit.called_off == "",
                                                *([] if besides is None else [Visit.id != besides]))).all()
    if not asked_for and len(known) >= most:
        raise Refusal(_("%(name)s is visited on %(days)s already: once a month is enough unless it asks.",
                        name=enterprise.name, days="、".join(sorted({str(v.on) for v in known}))), "on")


def finish_visit(session: Session, actor: Viewer, visit: Visit, *, identity_shown: bool, found: str = "",
                 needs: Sequence[Incoming] = ()) -> list[Need]:
    """What the visit brought: needs, or none. The officer must have shown who he is (主动亮明身份)."""
    if visit.done or visit.called_off:
        raise Refusal(_("This visit is over."))
    if not identity_shown:
        raise Refusal(_("Show your identity first, and say what you are there for."), "identity_shown")
    visit.done, visit.identity_shown, visit.found, visit.needs = True, True, found, len(needs)
    enterprise = session.get(Enterprise, visit.enterprise_id)
    made = [submit_need(session, actor, given, enterprise=enterprise, unit=session.get(Unit, visit.unit_id))
            for given in needs]
    session.flush()
    return made


def move_visit(session: Session, visit: Visit, on: dt.date, purpose: str, asked_for: bool) -> Visit:
    """Another day or purpose for a visit that was not made yet; the limit holds for it as for a new one."""
    if visit.done or visit.called_off:
        raise Refusal(_("This visit is over."))
    enterprise, unit = session.get_one(Enterprise, visit.enterprise_id), session.get_one(Unit, visit.unit_id)
    if (on, asked_for) != (visit.on, visit.asked_for):
        _keep_limit(session, enterprise, unit, on, asked_for, besides=visit.id)
    visit.on, visit.purpose, visit.asked_for = on, purpose, asked_for
    session.flush()
    return visit


def call_off(session: Session, visit: Visit, reason: str) -> None:
    """A planned visit is not made: it no longer counts against the limit."""
    if visit.done or visit.called_off:
        raise Refusal(_("This visit is over."))
    visit.called_off = reason
    session.flush()


def link_issue(session: Session, issue: Issue, need: Need) -> None:
    """Needs of several enterprises with one cause: not one matter, but one issue. Again changes nothing."""
    known = session.scalar(select(IssueNeed.id).where(IssueNeed.issue_id == issue.id, IssueNeed.case_id == need.id))
    if known is None:
        issue.links.append(IssueNeed(case=need))
    need.reserve = need.reserve or issue.reserve
    session.flush()


MONTHS = 6
"""So many months stand side by side."""


def by_category(session: Session, month: dt.date) -> dict[str, list[int]]:
    """Category → how many needs were received in each of the last :data:`MONTHS` months, the oldest first; less merged ones and
    those that were not accepted. One statement a month."""
    found: dict[str, list[int]] = {}
    first = month.replace(day=1)
    starts = [first]
    while len(starts) < MONTHS:
        starts.append((starts[-1] - dt.timedelta(days=1)).replace(day=1))
    ends = [(first + dt.timedelta(days=32)).replace(day=1), *starts[:-1]]
    for place, (since, until) in enumerate(zip(reversed(starts), reversed(ends), strict=True)):
        for category, count in session.execute(select(Need.category, func.count()).where(
                Need.opened_at >= moment.start_of(since), Need.opened_at < moment.start_of(until),
                Need.merged_into_id.is_(None), Need.state != "not_accepted").group_by(Need.category)):
            found.setdefault(category, [0] * MONTHS)[place] = count
    return found


def frequent(session: Session, month: dt.date) -> list[tuple[str, int, int]]:
    """高频问题预警: ``(category, this month, the month before)`` where needs grew by the share and to the number that the
    parameters name."""
    growth = int(lookup(session, "need.warn_growth", month).value)
    least = int(lookup(session, "need.warn_least", month).value)
    return sorted((category, counts[-1], counts[-2]) for category, counts in by_category(session, month).items()
                  if counts[-1] >= least and counts[-1] * 100 >= counts[-2] * (100 + growth))


def to_review(session: Session, on: dt.date) -> Sequence[Handbook]:
    """Entries of the handbook whose review is due."""
    return session.scalars(select(Handbook).where(Handbook.review_on <= on).order_by(Handbook.review_on).limit(200)).all()
