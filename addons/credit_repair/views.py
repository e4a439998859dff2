"""What the module shows: the penalty register, the repair cases, the month's figures, an enterprise's penalties."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.credit_repair import operations
from addons.credit_repair.forms import CHANNELS, TIERS, PenaltyForm, RepairForm
from addons.credit_repair.guards import NOTICE, PRENOTICE
from addons.credit_repair.letters import money
from addons.credit_repair.models import Penalty, Repair
from addons.credit_repair.stats import INDICATORS
from addons.credit_repair.tiers import Publicity
from addons.credit_repair.workflow import PENALTY, REPAIR
from core import moment
from core.access import Viewer
from core.access.fields import mask_name, mask_phone
from core.board.stats import compute
from core.case import act
from core.case.screens import BulkAction, Card, CaseScreen, ListColumn, ListFilter, Panel, Section
from core.errors import Refusal
from core.letter import register
from core.party.models import Enterprise
from core.security import request_viewer
from core.web.widgets import Stat, Step, Tag, Text


def _amount(row: Any) -> Text:
    return Text(row.kinds.replace(";", "、"), note=money(row.fine))


def _letter(row: Any) -> Tag:
    if row.served_on is None:
        return Tag(_("not served yet"), "")
    return Tag(_("with letter"), "g") if row.served_with_letter else Tag(_("without letter"), "r")


def _decision(case: Penalty) -> Sequence[tuple[Any, Any]]:
    return ((_("Decision number"), case.document_number), (_("Decided on"), case.decided_on),
            (_("Authority"), case.authority_name), (_("Kinds of penalty"), case.kinds.replace(";", "、")),
            (_("Fine (10,000 yuan)"), money(case.fine)), (_("Confiscated (10,000 yuan)"),
                                                                   money(case.confiscated)),
            (_("Kind of violation"), case.violation), (_("Facts"), case.facts), (_("Legal basis"), case.legal_basis),
            (_("Penalty"), case.content), (_("Rejected because"), case.reject_reason))


def _party(case: Penalty) -> Sequence[tuple[Any, Any]]:
    url = f"/enterprises/{case.enterprise_id}" if case.enterprise_id else ""
    return ((_("Party"), Text(case.party_name, url=url)), (_("Credit code"), Text(case.uscc or "", mono=True)),
            (_("Kind of party"), case.party_type))


def _publicity(case: Penalty) -> Sequence[tuple[Any, Any]]:
    told = case.publicity()
    rows: list[tuple[Any, Any]] = [
        (_("Tier"), tier_tag(case.tier)), (_("Published until"), case.published_until), (_("Repair from"), told.apply_from),
        (_("Why these days"), " ".join(told.explained())), (_("Served on"), case.served_on),
        (_("Letter with decision"), _letter(case)), (_("Receipt"), case.receipt), (_("Duties"), _duties(case))]
    later = case.publicity(moment.today())
    if later.versions != told.versions and (later.apply_from, later.max_last) != (told.apply_from, told.max_last):
        rows.append((_("If repair is asked for today"), " ".join(later.explained())))
    if case.market_system:
        samr: Publicity = case.publicity(samr=True)
        rows += [(_("In the market system"), " ".join(samr.explained())),
                 (_("Published in the market system on"), case.market_published_on or _("not published there yet"))]
    if case.revocation:
        rows.append((case.revocation, f"{case.revoked_by} {case.revoked_on:%Y-%m-%d}"))
    return rows


def _duties(case: Penalty) -> str:
    words = {"pay": _("money to be paid"), "correct": _("violation to be put right")}
    return "、".join(words[name] for name in case.unperformed) or _("performed")


def tier_tag(tier: Any) -> Tag:
    """The tier in words."""
    return Tag(dict(TIERS)[str(tier)], {"light": "g", "general": "y", "serious": "r"}[str(tier)])


def _penalty_steps(case: Penalty) -> list[Step]:
    order = ("draft", "legal_review", "publish_review", "reviewed", "reported", "validated", "published")
    place = 3 if case.state == "rejected" else order.index(case.state) if case.state in order else len(order)
    return [Step(_("Entered"), place > 0), Step(_("Legal review"), place > 1), Step(_("Publication review"), place > 2),
            Step(_("Reported"), place > 3), Step(_("Accepted by the platform"), place > 4),
            Step(_("Repair letter signed"), bool(case.notice_number), case.notice_number),
            Step(_("Served with the letter"), case.served_with_letter), Step(_("Published"), place > 5),
            Step(_("Duties performed"), case.performed, _duties(case))]


def _repair_penalties(case: Repair) -> Sequence[tuple[Any, Any]]:
    rows = []
    for item in case.penalties:
        if item.penalty is None:
            continue
        told = item.penalty.publicity(moment.today())
        committed = _("commitment of %(day)s", day=item.committed_on) if item.committed_on else _("no commitment yet")
        rows.append((Text(item.penalty.document_number, url=f"/cases/{item.penalty.number}"),
                     _("may apply from %(day)s; %(duties)s; %(commitment)s", day=told.apply_from, duties=_duties(item.penalty),
                       commitment=committed)))
    return rows


def _application(case: Repair) -> Sequence[tuple[Any, Any]]:
    viewer = request_viewer()
    clear = viewer.reach("credit_repair.repair:contact").covers(case.unit_id, (case.assignee_id, case.created_by_id),
                                                                viewer.user_id)
    return ((_("Agent"), case.agent_name if clear else mask_name(case.agent_name)),
            (_("Phone"), case.agent_phone if clear else mask_phone(case.agent_phone)),
            (_("Authorisation seen"), case.authorised), (_("Where it was asked for"), dict(CHANNELS).get(case.channel)),
            (_("Bundle"), case.bundle), (_("May apply from"), case.eligible_on),
            (_("Proof that the duties are performed"), _("there") if case.proof else _("missing")),
            (_("Credit commitment"), _("there") if case.commitment else _("missing")),
            (_("Number at Credit China"), case.external_number), (_("Submitted on"), case.submitted_on),
            (_("Pushed on"), case.pushed_on), (_("Accepted on"), case.accepted_on), (_("Decided on"), case.decided_on))


def _repair_steps(case: Repair) -> list[Step]:
    order = ("submitted", "pushed", "accepted", "checking", "approved", "synced", "closed")
    place = order.index(case.state) if case.state in order else -1
    waits = case.eligible_on is not None and case.eligible_on > moment.today()
    return [Step(_("The minimum period is over"), not waits, case.eligible_on or ""),
            Step(_("Proof that the duties are performed"), case.proof), Step(_("Credit commitment"), case.commitment),
            Step(_("Submitted to Credit China"), place >= 0), Step(_("Accepted"), place >= 2),
            Step(_("Repair approved"), place >= 4), Step(_("Publicity ended, sanctions lifted"), place >= 5)]


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
        found.append(Stat(indicator.title, figure.shown, figure.ratio, indicator.formula, figure.as_of,
                          f"/stats/{indicator.code}"))
    return found


def penalties_of(session: Session, viewer: Viewer, enterprise: Enterprise,
                 ) -> tuple[Sequence[Any], Sequence[Sequence[Any]], Any]:
    """All penalties of an enterprise: tier, first day to apply, what is missing, and the repair case that is open."""
    penalties = session.scalars(select(Penalty).where(Penalty.enterprise_id == enterprise.id)
                                .order_by(Penalty.decided_on.desc()).limit(100)).all()
    busy, rows, ready = operations.in_repair(session, penalties), [], 0
    for penalty in penalties:
        told = penalty.publicity(moment.today())
        missing = [] if penalty.performed else [_duties(penalty)]
        if told.apply_from > moment.today():
            missing.append(_("minimum period until %(day)s", day=told.min_last))
        published = penalty.state == "published"
        number = busy.get(penalty.id, "")
        ready += published and not missing and not number
        rows.append([Text(penalty.document_number, url=f"/cases/{penalty.number}"), penalty.authority_name, penalty.decided_on,
                     tier_tag(penalty.tier), told.apply_from, penalty.published_until, Tag(PENALTY.state(penalty.state).label),
                     Text(number, url=f"/cases/{number}", mono=True) if number else
                     "、".join(missing) or (_("nothing: may apply") if published else "")])
    return ([_("Decision number"), _("Authority"), _("Decided on"), _("Tier"), _("Repair from"), _("Published until"),
             _("State"), _("Still missing, or open case")], rows,
            _("%(count)s penalties, repair of %(ready)s can be asked for now.", count=len(rows), ready=ready))


def do_to_each(action: str) -> Any:
    """A bulk action that does one action on each selected case."""
    data: dict[str, Any] | None = {} if action in ("report", "accept", "publish") else None

    def run(session: Session, viewer: Viewer, cases: Sequence[Any], note: str) -> list[tuple[Any, str, bool]]:
        told = []
        for case in cases:
            try:
                with session.begin_nested():
                    act.do(case, action, actor=viewer, note=note, data=data)
                told.append((case, "", True))
            except Refusal as refusal:
                told.append((case, refusal.message, False))
        return told
    return run


def _each(action: str, permission: str = "credit_repair.penalty:read") -> BulkAction:
    declared = PENALTY.action(action)
    assert declared is not None
    return BulkAction(action, declared.label, do_to_each(action), permission, declared.consequence)


SCREENS = [
    CaseScreen(
        Penalty, "penalties", _l("Administrative penalties"),
        columns=(
            ListColumn("document", _l("Decision number"), lambda row: Text(row.document_number, url=f"/cases/{row.number}")),
            ListColumn("enterprise", _l("Party")), ListColumn("bureau", _l("Authority")),
            ListColumn("amount", _l("Kind and amount"), _amount),
            ListColumn("decided_on", _l("Decided on"), kind="date", sort="decided_on"), ListColumn("state", _l("State")),
            ListColumn("due", _l("Due"), kind="due", sort="due_at"), ListColumn("letter", _l("Letter with decision"), _letter),
            ListColumn("tier", _l("Tier"), lambda row: tier_tag(row.tier)),
            ListColumn("apply_from", _l("Repair from"), kind="date", sort="apply_from"),
            ListColumn("published_until", _l("Published until"), kind="date", sort="published_until", hidden=True),
            ListColumn("number", _l("Number"), hidden=True)),
        filters=(ListFilter("q", _l("Party, code or number")), ListFilter("document_number", _l("Decision number")),
                 ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in PENALTY.states]),
                 ListFilter("decided_on", _l("Decided on"), "range"), ListFilter("tier", _l("Tier"), "choice", TIERS),
                 ListFilter("apply_from", _l("Repair from"), "range"),
                 ListFilter("served_with_letter", _l("Served with the repair letter"), "choice",
                            [("1", _l("with letter")), ("0", _l("without letter"))]),
                 ListFilter("overdue", _l("Overdue"), "choice", [("1", _l("overdue only"))])),
        sections=(Section(_l("Party"), _party), Section(_l("Decision"), _decision), Section(_l("Publicity"), _publicity)),
        order="-decided_on", form=PenaltyForm, create=operations.penalty_by_hand, steps=_penalty_steps,
        import_profile="credit_repair.penalties", export_profile="credit_repair.penalties",
        bulk=(_each("submit", "credit_repair.penalty:create"), _each("pass_legal"), _each("pass_publication"), _each("report"),
              _each("accept"), _each("publish"),
              BulkAction("notice", _l("Draft repair letters"), draft_letters(NOTICE), "letter:draft",
                         _l("A draft is written for each; another person reviews and a third one signs.")),),
        links=((_l("Letters that are due"), f"/letters/due/{NOTICE}", "letter:draft"),
               (_l("Pre-notices that are due"), f"/letters/due/{PRENOTICE}", "letter:draft"))),
    CaseScreen(
        Repair, "repairs", _l("Repair cases"),
        columns=(ListColumn("number", _l("Number")), ListColumn("enterprise", _l("Enterprise")),
                 ListColumn("title", _l("Matter"), lambda row: Text(row.title, cut=True)), ListColumn("state", _l("State")),
                 ListColumn("due", _l("Due"), kind="due", sort="due_at"),
                 ListColumn("eligible_on", _l("May apply from"), kind="date", sort="eligible_on"),
                 ListColumn("assignee", _l("Responsible")),
                 ListColumn("opened_at", _l("Opened"), kind="datetime", sort="opened_at")),
        filters=(ListFilter("q", _l("Enterprise, code or number")),
                 ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in REPAIR.states]),
                 ListFilter("overdue", _l("Overdue"), "choice", [("1", _l("overdue only"))]),
                 ListFilter("external_number", _l("Number at Credit China"))),
        sections=(Section(_l("Application"), _application), Section(_l("Penalties"), _repair_penalties)),
        form=RepairForm, create=operations.repair_from_form, steps=_repair_steps),
]
CARDS = [Card(_l("This month"), month_figures, "stats:read", "/stats")]
SLOTS = {"enterprise.panels": [Panel(_l("Administrative penalties"), "credit_repair.penalty:read", penalties_of)]}
