"""The registers of the service as tables: districts, officers, whom nobody serves, liaisons, visits, handbook, model cases."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from addons.districts.models import Area, Contact, Handbook, Issue, IssueNeed, ModelCase, Post, Serving, Training, Visit
from addons.districts.operations.areas import gaps
from addons.districts.operations.serving import coverage, primary_of, unserved
from addons.districts.operations.works import frequent
from core import moment
from core.access import Viewer
from core.access.models import Staff
from core.case.screens import Answer, MenuEntry, Report
from core.party.models import Enterprise
from core.web.widgets import Text
from core.words import gettext as _

READ = "districts.register:read"
SHOWN = 500


def districts(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """Districts with their sides, officers and enterprises; what is missing."""
    today = moment.today()
    served = dict(session.execute(select(Serving.post_id, func.count()).where(
        Serving.valid_from <= today, Serving.valid_to > today).group_by(Serving.post_id)).all())
    posts = session.scalars(select(Post).options(joinedload(Post.user), joinedload(Post.area), joinedload(Post.unit)).where(
        Post.valid_from <= today, Post.valid_to > today).order_by(Post.unit_id, Post.area_id, Post.part).limit(SHOWN)).all()
    areas = session.scalars(select(Area).options(joinedload(Area.unit)).where(
        Area.valid_from <= today, Area.valid_to > today).order_by(Area.code).limit(SHOWN)).all()
    covered, active = coverage(session, today)
    return [
        Answer(_("Second-level districts"), _("%(covered)s of %(active)s active enterprises have their officer.",
                                             covered=covered, active=active),
               [_("Street"), _("Code"), _("Name"), _("East to"), _("South to"), _("West to"), _("North to")],
               [[str(a.unit), a.code, a.name, a.east, a.south, a.west, a.north] for a in areas]),
        Answer(_("Service officers"), "", [_("Street"), _("Name"), _("A or B"), _("Service officer"), _("Office line"),
                                          _("Enterprises")],
               [[str(p.unit), p.area.name, p.part, p.user.name, p.office_phone, served.get(p.id, 0)] for p in posts]),
        Answer(_("What is missing"), "", [_("Fault")], [[fault] for fault in gaps(session, today)[:SHOWN]])]


def nobody(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """无人认领: active enterprises whom nobody serves."""
    found = unserved(session)
    return [Answer(_("Enterprises that nobody serves"), _("The first %(count)s; most are assigned as soon as the district of "
                                                         "their address has an officer.", count=len(found)),
                   [_("Enterprise"), _("District"), _("Address")],
                   [[Text(e.name, url=f"/enterprises/{e.id}"), e.district_code, e.address] for e in found])]


def roster(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """为企服务联络名单: who can be asked about what."""
    today = moment.today()
    rows = session.scalars(select(Contact).options(joinedload(Contact.unit)).where(
        Contact.valid_from <= today, Contact.valid_to > today).order_by(Contact.unit_id, Contact.duty).limit(SHOWN)).all()
    duties = {"chief": _("Deputy leader of a street"), "section": _("Lead section of a street"),
              "liaison": _("Liaison of a bureau"), "leader": _("District leader")}
    return [Answer(_("Liaison roster"), "", [_("Unit"), _("Duty"), _("Name"), _("Post"), _("Office line"),
                                            _("Fields of expertise")],
                   [[str(c.unit), duties[c.duty], c.name, c.post, c.phone, c.expertise] for c in rows])]


def visits(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """The one calendar of visits, of all modules; enterprises visited more than once a month."""
    since = moment.today().replace(day=1)
    rows = session.scalars(select(Visit).options(joinedload(Visit.enterprise), joinedload(Visit.unit), joinedload(Visit.user))
                           .where(Visit.on >= since).order_by(Visit.on, Visit.id).limit(SHOWN)).all()
    times: dict[int, int] = {}
    for visit in rows:
        if (visit.on.year, visit.on.month) == (since.year, since.month):
            times[visit.enterprise_id] = times.get(visit.enterprise_id, 0) + 1
    return [Answer(_("Visits from this month on"), _("Visited more than once this month: %(count)s.",
                                                    count=sum(n > 1 for n in times.values())),
                   [_("Day"), _("Enterprise"), _("Unit"), _("Service officer"), _("Purpose"), _("Done"), _("Needs found")],
                   [[v.on, v.enterprise.name, str(v.unit), v.user.name if v.user else "", v.purpose, v.done, v.needs]
                    for v in rows])]


def knowledge(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """百问应答手册, training, model cases."""
    today = moment.today()
    book = session.scalars(select(Handbook).options(joinedload(Handbook.unit)).order_by(Handbook.category, Handbook.id)
                           .limit(SHOWN)).all()
    training = session.scalars(select(Training).order_by(Training.on.desc()).limit(50)).all()
    models = session.scalars(select(ModelCase).options(joinedload(ModelCase.unit)).order_by(ModelCase.on.desc())
                             .limit(50)).all()
    return [
        Answer(_("Handbook of answers"), _("Reviews that are due: %(count)s.", count=sum(b.review_on <= today for b in book)),
               [_("Category"), _("Question"), _("Answer given"), _("Provision"), _("Unit"), _("To be reviewed on")],
               [[b.category, b.question, b.answer, b.basis, str(b.unit), b.review_on] for b in book]),
        Answer(_("Trainings"), "", [_("Day"), _("Title"), _("Participants")], [[t.on, t.title, t.people] for t in training]),
        Answer(_("Model cases"), "", [_("Day"), _("Title"), _("Story"), _("Unit")],
               [[m.on, m.title, m.story, str(m.unit)] for m in models])]


def problems(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """高频问题 of the month, and common issues with the policy reserve."""
    counted = select(IssueNeed.issue_id, func.count().label("needs")).group_by(IssueNeed.issue_id).subquery()
    issues = session.execute(select(Issue, counted.c.needs).outerjoin(counted, counted.c.issue_id == Issue.id)
                             .order_by(Issue.noticed_on.desc()).limit(SHOWN)).all()
    return [Answer(_("Frequent problems of the month"), "", [_("Category"), _("This month"), _("The month before")],
                   [list(row) for row in frequent(session, moment.today())]),
            Answer(_("Common issues"), "", [_("Title"), _("Category"), _("Needs"), _("In the policy reserve")],
                   [[row.Issue.title, row.Issue.category, row.needs or 0, row.Issue.reserve] for row in issues])]


def served_by(session: Session, viewer: Viewer, enterprise: Enterprise,
              ) -> tuple[Sequence[Any], Sequence[Sequence[Any]], Any]:
    """An enterprise's page: who serves it and who served it before."""
    rows = session.scalars(select(Serving).options(joinedload(Serving.post).joinedload(Post.user),
                                                   joinedload(Serving.post).joinedload(Post.area))
                           .where(Serving.enterprise_id == enterprise.id).order_by(Serving.valid_from.desc()).limit(20)).all()
    now = primary_of(session, enterprise.id, moment.today())
    person = session.get(Staff, now.user_id) if now else None
    note = _("Service officer: %(name)s.", name=person.name) if person else _("Nobody serves this enterprise.")
    return ([_("Service officer"), _("Second-level district"), _("From"), _("Until"), _("Reason")],
            [[s.post.user.name, s.post.area.name, s.valid_from, s.valid_to if s.valid_to.year < 9999 else _("today"), s.reason]
             for s in rows], note)


REPORTS = [
    Report("districts", _l("Districts and officers"), READ, districts),
    Report("unserved", _l("Enterprises that nobody serves"), READ, nobody),
    Report("roster", _l("Liaison roster"), READ, roster),
    Report("visits", _l("Visits"), "districts.visit:read", visits),
    Report("knowledge", _l("Handbook, training, model cases"), "districts.handbook:read", knowledge),
    Report("problems", _l("Frequent problems and common issues"), READ, problems),
]
MENU = [MenuEntry(report.title, f"/districts/reports/{report.name}", report.permission) for report in REPORTS]
