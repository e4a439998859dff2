"""What the module shows: the penalty register, the repair cases, the month's figures, an enterprise's penalties."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.credit_repair import operations
from addons.credit_repair.forms import NewPenalty, NewRepair
from addons.credit_repair.letters import TIERS
from addons.credit_repair.models import NOTICE, PRENOTICE, Penalty, Repair
from addons.credit_repair.stats import INDICATORS
from addons.credit_repair.workflow import PENALTY, REPAIR
from core import moment
from core.access import Viewer
from core.board.stats import compute
from core.case.screens import BulkAction, Card, CaseScreen, ListColumn, ListFilter, Panel, Section
from core.errors import Refusal
from core.letter import register
from core.party.models import Enterprise
from core.web.widgets import Stat, Step, Tag, Text


def _amount(row: Any) -> Text:
    return Text(row.kinds.replace(";", "、"), note=operations.money(row.fine))


def _letter(row: Any) -> Tag:
    if row.served_on is None:
        return Tag(_("not served yet"), "")
    return Tag(_("with letter"), "g") if row.served_with_letter else Tag(_("without letter"), "r")


def _decision(case: Penalty) -> Sequence[tuple[Any, Any]]:
    return ((_("Decision number"), case.document_number), (_("Decided on"), case.decided_on),
            (_("Authority"), case.authority_name), (_("Kinds of penalty"), case.kinds.replace(";", "、")),
            (_("Fine (10,000 yuan)"), operations.money(case.fine)), (_("Confiscated (10,000 yuan)"),
                                                                   operations.money(case.confiscated)),
            (_("Kind of violation"), case.violation), (_("Facts"), case.facts), (_("Legal basis"), case.legal_basis),
            (_("Penalty"), case.content), (_("Rejected because"), case.reject_reason))


def _party(case: Penalty) -> Sequence[tuple[Any, Any]]:
    url = f"/enterprises/{case.enterprise_id}" if case.enterprise_id else ""
    return ((_("Party"), Text(case.party_name, url=url)), (_("Credit code"), Text(case.uscc or "", mono=True)),
            (_("Kind of party"), case.party_type))


def _publicity(case: Penalty) -> Sequence[tuple[Any, Any]]:
    told = case.publicity()
    rows: list[tuple[Any, Any]] = [
        (_("Tier"), TIERS[told.tier]), (_("Publicity"), _("from %(start)s, at the longest until %(end)s", start=told.starts,
                                                          end=told.max_last)),
        (_("Minimum period"), told.min_last and _("until %(day)s", day=told.min_last)),
        (_("May apply from"), told.apply_from), (_("Duties performed on"), case.performed_on),
        (_("Served on"), case.served_on), (_("Served with the repair letter"), _letter(case))]
    if case.market_system:
        rows.append((_("Published in the market system on"), case.market_published_on or _("not yet")))
    return rows


def _penalty_steps(case: Penalty) -> list[Step]:
    order = ("drafted", "legal_review", "publish_review", "reviewed", "reported", "validated", "published")
    place = order.index(case.state) if case.state in order else len(order)
    return [Step(_("Entered"), place > 0), Step(_("Legal review"), place > 1), Step(_("Publication review"), place > 2),
            Step(_("Reported"), place > 3), Step(_("Accepted by the platform"), place > 4),
            Step(_("Repair letter signed"), case.repair_letter, url=""), Step(_("Served with the letter"), case.served_with_letter),
            Step(_("Published"), place > 5)]


def _repair_penalties(case: Repair) -> Sequence[tuple[Any, Any]]:
    rows = []
    for item in case.penalties:
        told = item.penalty.publicity()
        state = _("performed") if item.penalty.performed_on else _("duties open")
        rows.append((Text(item.penalty.document_number, url=f"/cases/{item.penalty.number}"),
                     _("may apply from %(day)s; %(state)s", day=told.apply_from, state=state)))
    return rows


def _application(case: Repair) -> Sequence[tuple[Any, Any]]:
    return ((_("Agent"), case.agent_name), (_("Phone"), case.agent_phone),
            (_("Proof that the duties are performed"), _("there") if case.proof else _("missing")),
            (_("Credit commitment"), _("there") if case.commitment else _("missing")),
            (_("Number at Credit China"), case.external_number), (_("Submitted on"), case.submitted_on),
            (_("Pushed on"), case.pushed_on), (_("Decided on"), case.decided_on), (_("May apply from"), case.waiting_until))


def _repair_steps(case: Repair) -> list[Step]:
    order = ("submitted", "pushed", "accepted", "checking", "approved", "synced", "closed")
    place = order.index(case.state) if case.state in order else -1
    return [Step(_("The minimum period is over"), case.blocked_until is None, note=case.blocked_until or ""),
            Step(_("Proof that the duties are performed"), case.proof), Step(_("Credit commitment"), case.commitment),
            Step(_("Submitted to Credit China"), place >= 0), Step(_("Accepted"), place >= 2),
            Step(_("Repair approved"), place >= 4), Step(_("Publicity stopped, sanctions lifted"), place >= 5)]


def draft_letters(kind: str) -> Any:
    """A bulk action that drafts the letter of a kind for each selected case."""
    def run(session: Session, viewer: Viewer, cases: Sequence[Any], note: str) -> list[tuple[Any, str, bool]]:
        told = []
        for case in cases:
            try:
                with session.begin_nested():
                    letter = register.draft(session, register.kind_named(kind), case, viewer)
                told.append((case, letter.title, True))
            except Refusal as refusal:
                told.append((case, refusal.message, False))
        return told
    return run


def month_figures(session: Session, viewer: Viewer) -> list[Stat]:
    """The month so far: one statement a figure."""
    found = []
    for indicator in INDICATORS:
        figure = compute(session, indicator, moment.today())
        found.append(Stat(indicator.title, figure.percent, figure.ratio, indicator.formula, figure.as_of,
                          f"/stats/{indicator.code}"))
    return found


def penalties_of(session: Session, viewer: Viewer, enterprise: Enterprise) -> tuple[Sequence[Any], Sequence[Sequence[Any]], Any]:
    """All penalties of an enterprise: tier, first day to apply, what is missing."""
    rows = []
    for penalty in session.scalars(select(Penalty).where(Penalty.enterprise_id == enterprise.id)
                                   .order_by(Penalty.decided_on.desc()).limit(100)):
        told = penalty.publicity()
        missing = [] if penalty.performed_on else [_("duties open")]
        if told.apply_from > moment.today():
            missing.append(_("minimum period until %(day)s", day=told.min_last))
        state = PENALTY.state(penalty.state)
        rows.append([Text(penalty.document_number, url=f"/cases/{penalty.number}"), penalty.authority_name, penalty.decided_on,
                     TIERS[told.tier], told.apply_from, told.max_last,
                     "、".join(str(word) for word in missing) or _("nothing: may apply"), Tag(state.label)])
    return ([_("Decision number"), _("Authority"), _("Decided on"), _("Tier"), _("May apply from"), _("Publicity until"),
             _("Still missing"), _("State")], rows, len(rows))


SCREENS = [
    CaseScreen(
        Penalty, "penalties", _l("Administrative penalties"),
        columns=(
            ListColumn("document", _l("Decision number"), lambda row: Text(row.document_number, url=f"/cases/{row.number}")),
            ListColumn("enterprise", _l("Party")), ListColumn("bureau", _l("Authority")),
            ListColumn("amount", _l("Kind and amount"), _amount),
            ListColumn("decided_on", _l("Decided on"), kind="date", sort="decided_on"), ListColumn("state", _l("State")),
            ListColumn("due", _l("Due"), kind="due", sort="due_at"), ListColumn("letter", _l("Letter with decision"), _letter),
            ListColumn("number", _l("Number"), hidden=True)),
        filters=(ListFilter("q", _l("Party, code or number")), ListFilter("document_number", _l("Decision number")),
                 ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in PENALTY.states]),
                 ListFilter("decided_on", _l("Decided on"), "range"),
                 ListFilter("overdue", _l("Overdue"), "choice", [("1", _l("overdue only"))])),
        sections=(Section(_l("Party"), _party), Section(_l("Decision"), _decision), Section(_l("Publicity"), _publicity)),
        order="-decided_on", form=NewPenalty, create=operations.enter_by_hand, steps=_penalty_steps,
        import_profile="credit_repair.penalties", export_profile="credit_repair.penalties",
        bulk=(BulkAction("notice", _l("Draft repair letters"), draft_letters(NOTICE), "letter:draft",
                         _l("A draft is written for each; another person reviews and a third one signs.")),),
        links=((_l("Letters that are due"), f"/letters/due/{NOTICE}", "letter:draft"),
               (_l("Pre-notices that are due"), f"/letters/due/{PRENOTICE}", "letter:draft"))),
    CaseScreen(
        Repair, "repairs", _l("Repair cases"),
        columns=(ListColumn("number", _l("Number")), ListColumn("enterprise", _l("Enterprise")),
                 ListColumn("title", _l("Matter"), lambda row: Text(row.title, cut=True)), ListColumn("state", _l("State")),
                 ListColumn("due", _l("Due"), kind="due", sort="due_at"), ListColumn("assignee", _l("Responsible")),
                 ListColumn("opened_at", _l("Opened"), kind="datetime", sort="opened_at")),
        filters=(ListFilter("q", _l("Enterprise, code or number")),
                 ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in REPAIR.states]),
                 ListFilter("overdue", _l("Overdue"), "choice", [("1", _l("overdue only"))]),
                 ListFilter("external_number", _l("Number at Credit China"))),
        sections=(Section(_l("Application"), _application), Section(_l("Penalties"), _repair_penalties)),
        form=NewRepair, create=operations.open_at_window, steps=_repair_steps),
]
CARDS = [Card(_l("This month"), month_figures, "stats:read", "/stats")]
SLOTS = {"enterprise.panels": [Panel(_l("Administrative penalties"), "credit_repair.penalty:read", penalties_of)]}
