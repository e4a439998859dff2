"""What the module shows: registers, repair cases, shared results, objections, the month; an enterprise's penalties."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from addons.credit_repair import counter, operations, whatif
from addons.credit_repair.models import Penalty
from addons.credit_repair.stats import INDICATORS
from addons.credit_repair.tiers import ONE_DAY
from addons.credit_repair.views import exchange, penalty, prior, repair
from addons.credit_repair.views.penalty import duties, tier_tag
from addons.credit_repair.workflow import PENALTY
from core import moment
from core.access import Viewer
from core.board.stats import compute
from core.case.screens import Card, MenuEntry, Panel, PanelTable, Report
from core.party.models import Enterprise
from core.web.widgets import Action, Stat, Tag, Text
from core.words import gettext as _

ON_THE_DESK = ("credit_repair.compliance", "credit_repair.late", "credit_repair.letters", "credit_repair.repairs_on_time")


def month_figures(session: Session, viewer: Viewer) -> list[Stat]:
    """The month so far, the four figures of the plan: one statement a figure."""
    found = []
    for indicator in INDICATORS:
        if indicator.code not in ON_THE_DESK:
            continue
        figure = compute(session, indicator, moment.today())
        found.append(Stat(indicator.title, figure.shown, figure.ratio, indicator.formula, figure.as_of,
                          f"/stats/{indicator.code}"))
    return found


def penalties_of(session: Session, viewer: Viewer, enterprise: Enterprise) -> PanelTable:
    """All penalties of an enterprise and of those whom it succeeded: class, first day to apply, what is missing, the open
    case; and the one bundle of applications, with what can be asked for now and what only later."""
    penalties = session.scalars(select(Penalty).where(or_(
        Penalty.enterprise_id == enterprise.id, Penalty.successor_id == enterprise.id)).order_by(Penalty.decided_on.desc())
        .limit(100)).all()
    busy, today = operations.in_repair(session, penalties), moment.today()
    rows: list[list[Any]] = []
    ready = later = 0
    for case in penalties:
        published, number, first = case.state == "published", busy.get(case.id, ""), case.first_day(today)
        missing = [duties(case)] if published and not case.performed else []
        if published and case.unrepairable:
            missing = [_("excluded by law: %(basis)s", basis=case.unrepairable)]
        elif published and first > today:
            missing.append(_("minimum period until %(day)s", day=first - ONE_DAY))
        ready += published and not missing and not number
        later += published and bool(missing) and not number and not case.unrepairable
        rows.append([Text(case.document_number, url=f"/cases/{case.number}",
                          note="" if case.party_name == enterprise.name else case.party_name),
                     case.authority_name, case.decided_on, tier_tag(case.tier), first, case.published_until,
                     Tag(PENALTY.state(case.state).label), _missing(number, missing, published)])
    note = _("%(count)s penalties, repair of %(ready)s can be asked for now.", count=len(penalties), ready=ready)
    acts = []
    if (ready or later) and viewer.may("credit_repair.repair:create"):
        filled = urlencode({"uscc": enterprise.id, "uscc__label": enterprise.name})
        acts = [Action(_("One bundle of applications"), f"/credit_repair/repairs/new?{filled}", tone="go" if ready else "",
                       name="bundle")]
        note = _("%(ready)s now, %(later)s when their day has come", ready=ready, later=later)
    return PanelTable([_("Decision number"), _("Authority"), _("Decided on"), _("Tier"), _("Repair from"), _("Published until"),
                       _("State"), _("Still missing, or open case")], rows, note, acts)


def _missing(number: str, missing: Sequence[str], published: bool) -> Any:
    if number:
        return Text(number, url=f"/cases/{number}", mono=True)
    return "、".join(missing) or (_("nothing: may apply") if published else "")


SCREENS = [penalty.SCREEN, prior.SCREEN, repair.SCREEN, exchange.SYNC_SCREEN, exchange.OBJECTION_SCREEN,
           exchange.BULLETIN_SCREEN]
CARDS = [Card(_l("This month"), month_figures, "stats:read", "/board")]
REPORTS = [
    Report("whatif", _l("What if another rule held"), "credit_repair.whatif:read", whatif.report, whatif.WhatIfForm,
           _l("A year of the register under changed limits. What holds today is filled in: change what you want to try. "
              "Nothing is changed by it."), whatif.present),
    Report("agents", _l("Suspicion of paid agents"), "credit_repair.repair:create", counter.suspicion_report),
]
MENU = [MenuEntry(_l("What if another rule held"), "/credit_repair/reports/whatif", "credit_repair.whatif:read"),
        MenuEntry(_l("Suspicion of paid agents"), "/credit_repair/reports/agents", "credit_repair.repair:create")]
SLOTS = {"enterprise.panels": [Panel(_l("Administrative penalties"), "credit_repair.penalty:read", penalties_of)]}
