"""What the registers tell when they are put together: coverage, whom nobody serves, who was visited twice, what comes often."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from addons.districts.models import Agent, Area, Post, Serving, Visit
from addons.districts.operations.areas import gaps
from addons.districts.operations.outlines import unfilled
from addons.districts.operations.serving import coverage, primary_of, unserved
from addons.districts.operations.works import MONTHS, by_category
from core import moment
from core.access import Unit, Viewer
from core.access.models import Staff
from core.board.map import outlines
from core.case.screens import Answer, MenuEntry, PanelTable, Report
from core.party.models import Enterprise
from core.rules.lookup import lookup
from core.web.widgets import Action, Tag, Text, call
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
    own: dict[int, list[Post]] = {}
    for post in posts:
        own.setdefault(post.area_id, []).append(post)
    return [
        Answer(_("Second-level districts"), _("%(covered)s of %(active)s active enterprises have their officer.",
                                             covered=covered, active=active),
               [_("Street"), _("Code"), _("Name"), _("Service officers"), _("Enterprises")],
               [[str(a.unit), Text(a.code, url=f"/districts/registers/areas/{a.id}", mono=True), a.name,
                 "、".join(f"{p.user.name}（{p.part}）" for p in own.get(a.id, [])),
                 sum(served.get(p.id, 0) for p in own.get(a.id, []))] for a in areas]),
        Answer(_("What is missing"), "", [_("Fault")], [[fault] for fault in gaps(session, today)[:SHOWN]],
               _("Every street has its second-level districts, and each of them an officer.")),
        Answer(_("On the district's own map"), _("Reckoned on a grid of points, to about two in a hundred of an area."),
               [_("Fault")], [[fault] for fault in unfilled(session, today, outlines(
                   current_app.extensions["yingshang"].settings.var))[:SHOWN]],
               _("The second-level districts fill every street and reach beyond none."))]


def nobody(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """无人认领: active enterprises whom nobody serves."""
    found = unserved(session)
    return [Answer(_("Enterprises that nobody serves"), _("The first %(count)s; most are assigned as soon as the district of "
                                                         "their address has an officer.", count=len(found)) if found else "",
                   [_("Enterprise"), _("District"), _("Address"), ""],
                   [[Text(e.name, url=f"/enterprises/{e.id}"), e.district_code, e.address,
                     Text(_("Give it an officer"), url=f"/districts/registers/servings/new?{urlencode(_named(e))}")
                     if viewer.may("districts.register:edit") else ""] for e in found],
                   _("Every active enterprise has its officer."))]


def _named(enterprise: Enterprise) -> dict[str, Any]:
    return {"enterprise": enterprise.id, "enterprise__label": enterprise.name, "on": moment.today()}


def repeated(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """重复走访: whom somebody visited more than once in a month of the last three, without being asked."""
    since = (moment.today().replace(day=1) - dt.timedelta(days=62)).replace(day=1)
    rows = session.execute(select(Visit.enterprise_id, Enterprise.name, Visit.on, Unit.short_name, Visit.module).join(
        Enterprise, Enterprise.id == Visit.enterprise_id).join(Unit, Unit.id == Visit.unit_id).where(
        Visit.on >= since, Visit.done.is_(True), Visit.asked_for.is_(False)).order_by(Visit.on).limit(5000))
    seen: dict[tuple[int, str], list[Any]] = {}
    for row in rows:
        seen.setdefault((row.enterprise_id, f"{row.on:%Y-%m}"), []).append(row)
    return [Answer(_("Enterprises visited more than once"), _("Without having asked for it, month by month since %(day)s.",
                                                            day=since),
                   [_("Month"), _("Enterprise"), _("Times"), _("Days and units")],
                   [[month, Text(found[0].name, url=f"/enterprises/{key}"), len(found),
                     "、".join(f"{each.on:%m-%d} {each.short_name}" for each in found)]
                    for (key, month), found in sorted(seen.items(), key=lambda item: item[0][1], reverse=True)
                    if len(found) > 1][:SHOWN], _("No enterprise was visited twice in a month without asking for it."))]


def problems(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """高频问题: categories month by month, their share, their growth and the warning; how much of it went into the reserve."""
    first = moment.today().replace(day=1)
    months = by_category(session, first)
    least, growth = (int(lookup(session, key, first).value) for key in ("need.warn_least", "need.warn_growth"))
    total = sum(counts[-1] for counts in months.values())
    rows = []
    for category, counts in sorted(months.items(), key=lambda item: (-item[1][-1], item[0])):
        now, before = counts[-1], counts[-2]
        warned = now >= least and now * 100 >= before * (100 + growth)
        rows.append([category, *counts, f"{now / total * 100:.1f}%" if total else "—",
                     "—" if not before else "0%" if now == before else f"{(now - before) / before * 100:+.0f}%",
                     Tag(_("warning"), "y") if warned else ""])
    names = [f"{(first.year * 12 + first.month - 1 - back) // 12}-{(first.month - 1 - back) % 12 + 1:02d}"
             for back in range(MONTHS - 1, -1, -1)]
    return [Answer(_("Frequent problems"), _(
        "Needs received, less merged and not accepted ones, by category and month. Share: of this month's needs. A warning "
        "stands where there are %(least)s needs or more and %(growth)s%% more than the month before.", least=least,
        growth=growth), [_("Category"), *names, _("Share"), _("Growth"), _("Warning")], rows)]


def served_by(session: Session, viewer: Viewer, enterprise: Enterprise) -> PanelTable:
    """An enterprise's page: who serves it and who served it before."""
    rows = session.scalars(select(Serving).options(joinedload(Serving.post).joinedload(Post.user),
                                                   joinedload(Serving.post).joinedload(Post.area))
                           .where(Serving.enterprise_id == enterprise.id).order_by(Serving.valid_from.desc()).limit(20)).all()
    now = primary_of(session, enterprise.id, moment.today())
    person = session.get(Staff, now.user_id) if now else None
    filled = urlencode({"enterprise": enterprise.id, "enterprise__label": enterprise.name})
    note = _("Service officer: %(name)s.", name=person.name) if person else _("Nobody serves this enterprise.")
    return PanelTable(
        [_("Service officer"), _("Second-level district"), _("From"), _("Until"), _("Reason")],
        [[s.post.user.name, s.post.area.name, s.valid_from, s.valid_to if s.valid_to.year < 9999 else _("until now"), s.reason]
         for s in rows], note, [Action(label, f"{url}?{filled}", name=name) for label, url, name, permission in (
             (_("Enter a need"), "/districts/needs/new", "enter-need", "districts.need:create"),
             (_("Plan a visit"), "/districts/registers/visits/new", "plan-visit", "districts.visit:edit"))
             if viewer.may(permission) and (now is None or viewer.reach(permission).covers(now.unit_id))])


def contact_of(session: Session, viewer: Viewer, enterprise: Enterprise) -> PanelTable:
    """An enterprise's page: whom its officer calls."""
    found = session.scalars(select(Agent).where(Agent.enterprise_id == enterprise.id)).one_or_none()
    if found is None:
        filled = urlencode({"enterprise": enterprise.id, "enterprise__label": enterprise.name})
        return PanelTable([], [], _("No contact was recorded yet."), [
            Action(_("Record the contact"), f"/districts/registers/agents/new?{filled}", name="record-contact")]
            if viewer.may("districts.agent:edit") else [])
    return PanelTable(
        [_("Contact"), _("Mobile"), _("Post"), _("Agreed"), _("Confirmed on")],
        [[Text(found.name, url=f"/districts/registers/agents/{found.id}"), call(found.mobile), found.position,
          _("yes") if found.consent else _("no"), found.confirmed_on]])


REPORTS = [
    Report("districts", _l("Coverage of the districts"), READ, districts,
           text=_l("Whether every part of the district has an A and a B officer, and how many enterprises each serves.")),
    Report("unserved", _l("Enterprises that nobody serves"), READ, nobody,
           text=_l("Enterprises without an officer, and why: assign them, or mend the address.")),
    Report("repeated", _l("Enterprises visited more than once"), "districts.visit:read", repeated,
           text=_l("Who was visited more than once in a month without having asked for it: plan the next visits together.")),
    Report("problems", _l("Frequent problems"), READ, problems,
           text=_l("What enterprises ask for most often, by category and month: the material for common issues and policy.")),
]
MENU = [
    MenuEntry(_l("Districts and officers"), "/districts/registers/officers", READ),
    MenuEntry(_l("Coverage of the districts"), "/districts/reports/districts", READ),
    MenuEntry(_l("Enterprises that nobody serves"), "/districts/reports/unserved", READ),
    MenuEntry(_l("Liaison roster"), "/districts/registers/roster", READ),
    MenuEntry(_l("Visits"), "/districts/registers/visits", "districts.visit:read"),
    MenuEntry(_l("Enterprises visited more than once"), "/districts/reports/repeated", "districts.visit:read"),
    MenuEntry(_l("Handbook, training, model cases"), "/districts/registers/handbook", "districts.handbook:read"),
    MenuEntry(_l("Frequent problems"), "/districts/reports/problems", READ),
    MenuEntry(_l("Common issues and policy reserve"), "/districts/registers/issues", READ),
]
