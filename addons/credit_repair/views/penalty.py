"""The penalty register and the page of a decision."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from addons.credit_repair import names, operations
from addons.credit_repair.forms import TIERS, PenaltyForm
from addons.credit_repair.letters import money
from addons.credit_repair.models import Penalty
from addons.credit_repair.tiers import Publicity
from addons.credit_repair.views.bulk import draft_letters
from addons.credit_repair.workflow import PENALTY
from core import moment
from core.case.screens import BulkAction, CaseScreen, ListColumn, ListFilter, Section
from core.web.widgets import Step, Tag, Text
from core.words import gettext as _


def _amount(row: Any) -> Text:
    return Text(row.kinds.replace(";", "、"), note=money(row.fine))


def _letter(row: Any) -> Tag:
    if row.served_on is None:
        return Tag(_("not served yet"), "")
    return Tag(_("with letter"), "g") if row.served_with_letter else Tag(_("without letter"), "r")


def _decision(case: Penalty) -> Sequence[tuple[Any, Any]]:
    rows = ((_("Decision number"), case.document_number), (_("Decided on"), case.decided_on),
            (_("Authority"), case.authority_name), (_("Kinds of penalty"), case.kinds.replace(";", "、")),
            (_("Amount of the fine"), money(case.fine)), (_("Amount confiscated"), money(case.confiscated)),
            (_("Kind of violation"), case.violation), (_("Facts of the violation"), case.facts),
            (_("Legal basis"), case.legal_basis),
            (_("Penalty"), case.content), (_("Licence withheld or revoked"), case.licence),
            (_("Rejected because"), case.reject_reason), (_("Remark"), case.remark))
    return [(label, value) for label, value in rows if value]


def _party(case: Penalty) -> Sequence[tuple[Any, Any]]:
    url = f"/enterprises/{case.enterprise_id}" if case.enterprise_id else ""
    return ((_("Party"), Text(case.party_name, url=url)), (_("Credit code"), Text(case.uscc or "", mono=True)),
            (_("Kind of party"), case.party_type))


def _publicity(case: Penalty) -> Sequence[tuple[Any, Any]]:
    told = case.publicity()
    rows: list[tuple[Any, Any]] = [
        (_("Tier"), tier_tag(case.tier)), (_("Published until"), case.published_until),
        (_("Repair from"), Tag(_("excluded by law"), "r") if case.unrepairable else case.first_day(case.decided_on)),
        (_("Why these days"), " ".join(told.explained())), (_("Served on"), case.served_on),
        (_("Letter with decision"), _letter(case)), (_("Signed receipt"), case.receipt)]
    later = case.publicity(moment.today())
    if later.versions != told.versions and (later.apply_from, later.max_last) != (told.apply_from, told.max_last):
        rows.append((_("If repair is asked for today"), " ".join(later.explained())))
    if case.market_system:
        samr: Publicity = case.publicity(samr=True)
        rows += [(_("In the market system"), " ".join(samr.explained())),
                 (_("Published in the market system on"), case.market_published_on or _("not published there yet"))]
    if case.unrepairable:
        rows.append((_("Cannot be repaired because"), case.unrepairable))
    if case.revocation:
        rows += [(case.revocation, Text(f"{case.revoked_by} {case.revoked_on:%Y-%m-%d}", note=case.revocation_reason)),
                 (_("Public explanation"), case.explanation_number or _("not signed yet"))]
    return rows


def duties(case: Penalty) -> str:
    """The duties that remain, in words."""
    words = {"pay": _("money to be paid"), "correct": _("violation to be put right")}
    return "、".join(words[name] for name in case.unperformed) or _("performed")


def _duty_rows(case: Penalty) -> Sequence[tuple[Any, Any]]:
    today = moment.today()
    rows: list[tuple[Any, Any]] = [(_("Duties"), duties(case)), (_("Paid in full on"), case.paid_on),
                                   (_("Violation put right on"), case.corrected_on)]
    if case.plan_number:
        rows.append((_("Deferred by"), case.plan_number))
        rows += [(_("Instalment of %(day)s", day=part.due_on), Text(money(part.amount), note=(part.paid_on and _(
            "paid on %(day)s", day=part.paid_on)) or _("not paid yet"))) for part in case.instalments]
    if case.litigation:
        rows.append((_("Review or lawsuit"), f"{case.litigation} {case.litigation_from} – {case.litigation_to or ''}"))
    late = case.late_fine(today)
    if late:
        rows.append((_("Added for paying late, until today"), Text(money(late), note=_(
            "Three per cent a day, at most the fine itself; days of a review or lawsuit do not count."))))
    return rows


def _side(case: Penalty) -> Sequence[tuple[Any, Any]]:
    rows: list[tuple[Any, Any]] = [(sanction.holder, sanction.measure) for sanction in case.sanctions]
    if case.ruling:
        rows.append((_("Ruling of the court"), Text(case.ruling, note=case.shielded_on or "")))
    if case.successor is not None:
        rows.append((_("Successor enterprise"), Text(case.successor.name, url=f"/enterprises/{case.successor_id}",
                                          note=f"{case.succession} {case.succeeded_on}")))
    if case.barred_until is not None:
        rows.append((_("No repair until"), case.barred_until))
    if case.outside:
        rows.append((_("Decided outside the district"), _("kept for service, counts in no figure")))
    for old in case.versions:
        rows.append((_("Version %(n)s, replaced by %(instrument)s", n=old.revision + 1, instrument=old.instrument),
                     Text(old.values.get("content", ""), note=moment.local(old.replaced_at).date())))
    return rows or [(_("Sanctions and other notes"), _("none"))]


def tier_tag(tier: Any) -> Tag:
    """The tier in words."""
    return Tag(dict(TIERS)[str(tier)], {"light": "g", "general": "y", "serious": "r"}[str(tier)])


def _penalty_steps(case: Penalty) -> list[Step]:
    order = ("draft", "legal_review", "publish_review", "reviewed", "reported", "validated", "published")
    place = 3 if case.state == "rejected" else order.index(case.state) if case.state in order else len(order)
    taken_down = [] if case.state not in ("revoking", "withdrawn") else [
        Step(_("Public explanation signed"), bool(case.explanation_number), case.explanation_number),
        Step(_("Taken down or corrected"), case.state == "withdrawn")]
    return [Step(_("Entered"), place > 0), Step(_("Legal review"), place > 1), Step(_("Publication review"), place > 2),
            Step(_("Sent to the platform"), place > 3), Step(_("Accepted by the platform"), place > 4),
            Step(_("Repair letter signed"), bool(case.notice_number) or case.served_with_letter, case.notice_number),
            Step(_("Served with the letter"), case.served_with_letter), Step(_("Made public"), place > 5),
            Step(_("Duties performed"), case.performed, duties(case)), *taken_down]


SCREEN = CaseScreen(
    Penalty, "penalties", _l("Administrative penalties"),
    text=_l("Every decision of penalty on its way from entry and two reviews to the platform, until its publicity ends."),
    columns=(
        ListColumn("document", _l("Decision number"), lambda row: Text(
            row.document_number, url=f"/cases/{row.number}", note=row.bureau_name)),
        ListColumn("enterprise", _l("Party")), ListColumn("bureau", _l("Authority"), hidden=True),
        ListColumn("amount", _l("Kind and amount"), _amount),
        ListColumn("decided_on", _l("Decided on"), kind="date", sort="decided_on"), ListColumn("state", _l("State")),
        ListColumn("due", _l("Due"), kind="due", sort="due_at"), ListColumn("letter", _l("Letter with decision"), _letter),
        ListColumn("tier", _l("Tier"), lambda row: tier_tag(row.tier), hidden=True),
        ListColumn("apply_from", _l("Repair from"), kind="date", sort="apply_from", hidden=True),
        ListColumn("published_until", _l("Published until"), kind="date", sort="published_until", hidden=True),
        ListColumn("number", _l("Number"), hidden=True)),
    filters=(ListFilter("q", _l("Party, code or number")), ListFilter("document_number", _l("Decision number")),
             ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in PENALTY.states]),
             ListFilter("decided_on", _l("Decided on"), "range"), ListFilter("tier", _l("Tier"), "choice", TIERS),
             ListFilter("apply_from", _l("Repair from"), "range"),
             ListFilter("served_with_letter", _l("Served with the repair letter"), "choice",
                        [("1", _l("with letter")), ("0", _l("without letter"))]),
             ListFilter("overdue", _l("Overdue"), "choice", [("1", _l("overdue only"))])),
    sections=(Section(_l("Party"), _party), Section(_l("Decision"), _decision), Section(_l("Publicity"), _publicity),
              Section(_l("Duties"), _duty_rows), Section(_l("Sanctions, succession, versions"), _side)),
    order="-decided_on", form=PenaltyForm, create=operations.penalty_by_hand, steps=_penalty_steps,
    import_profile="credit_repair.penalties", export_profile="credit_repair.penalties",
    bulk=(BulkAction("notice", _l("Draft repair letters"), draft_letters(names.NOTICE), "letter:draft",
                     _l("A draft is written for each; another person reviews and a third one signs.")),),
    links=((_l("Letters that are due"), f"/letters/due/{names.NOTICE}", "letter:draft"),
           (_l("Pre-notices that are due"), f"/letters/due/{names.PRENOTICE}", "letter:draft"),
           (_l("Notices before the end that are due"), f"/letters/due/{names.LAST_NOTICE}", "letter:draft"),
           (_l("Reminders that are due"), f"/letters/due/{names.REMINDER}", "credit_repair.bulletin:create")))
