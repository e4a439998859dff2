"""Intended penalties: the list and the page."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from addons.credit_repair import names, priors
from addons.credit_repair.forms import PriorForm
from addons.credit_repair.letters import money
from addons.credit_repair.models import PriorNotice
from addons.credit_repair.views.bulk import draft_letters
from addons.credit_repair.views.penalty import tier_tag
from addons.credit_repair.workflow import PRIOR
from core.case.screens import BulkAction, CaseScreen, ListColumn, ListFilter, Section
from core.web.widgets import Text
from core.words import gettext as _


def _intended(case: PriorNotice) -> Sequence[tuple[Any, Any]]:
    return ((_("Party"), Text(case.party_name, note=case.uscc, note_mono=True)),
            (_("Number of the prior notice"), case.document_number), (_("Day of the prior notice"), case.noticed_on),
            (_("Put on file on"), case.filed_on), (_("Kind of violation"), case.violation),
            (_("Intended kinds of penalty"), case.kinds.replace(";", "、")),
            (_("Intended fine (10,000 yuan)"), money(case.fine)), (_("Pre-notice"), case.notice_number),
            (_("Served on"), Text(case.told_on or "", note=f"{case.told_how} {case.receipt}".strip())),
            (_("Decision that followed"), Text(case.penalty.document_number, url=f"/cases/{case.penalty.number}")
             if case.penalty else ""))


def _effect(case: PriorNotice) -> Sequence[tuple[Any, Any]]:
    told = case.publicity()
    return ((_("Tier"), tier_tag(told.tier)), (_("Were it decided today"), " ".join(told.explained())))


SCREEN = CaseScreen(
    PriorNotice, "priors", _l("Prior notices"),
    text=_l("Penalties that are intended but not decided yet, so that the party is told beforehand what they would mean for "
            "its "
            "credit."),
    columns=(ListColumn("document", _l("Number of the prior notice"),
                        lambda row: Text(row.document_number, url=f"/cases/{row.number}")),
             ListColumn("enterprise", _l("Party")), ListColumn("state", _l("State")),
             ListColumn("noticed_on", _l("Day of the prior notice"), kind="date", sort="noticed_on"),
             ListColumn("amount", _l("Intended penalty"), lambda row: Text(row.kinds.replace(";", "、"), note=money(row.fine))),
             ListColumn("due", _l("Due"), kind="due", sort="due_at"), ListColumn("assignee", _l("Responsible"))),
    filters=(ListFilter("q", _l("Party, code or number")), ListFilter("document_number", _l("Number of the prior notice")),
             ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in PRIOR.states]),
             ListFilter("overdue", _l("Overdue"), "choice", [("1", _l("overdue only"))])),
    sections=(Section(_l("Intended penalty"), _intended), Section(_l("Effect on credit"), _effect)),
    form=PriorForm, create=priors.prior_from_form,
    bulk=(BulkAction("consequences", _l("Draft the pre-notices"), draft_letters(names.CONSEQUENCES), "letter:draft"),),
    links=((_l("Pre-notices that are due"), f"/letters/due/{names.CONSEQUENCES}", "letter:draft"),))
