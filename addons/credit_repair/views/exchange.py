"""What others must act upon, objections, the month: lists and pages."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from addons.credit_repair import months, names, operations
from addons.credit_repair.forms import GROUNDS, BulletinForm, ObjectionForm
from addons.credit_repair.models import Bulletin, Objection, Sync
from addons.credit_repair.views.bulk import draft_letters
from addons.credit_repair.workflow import BULLETIN, OBJECTION, SYNC
from core import moment
from core.access.fields import mask_name, mask_phone
from core.case.screens import BulkAction, CaseScreen, ListColumn, ListFilter, Section
from core.security import request_viewer
from core.web.filters import month_label
from core.web.widgets import Text
from core.words import gettext as _

NUMBER, STATE, DUE = (ListColumn("number", _l("Number")), ListColumn("state", _l("State")),
                      ListColumn("due", _l("Due"), kind="due", sort="due_at"))


def _states(workflow: Any) -> ListFilter:
    return ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in workflow.states])


def _sync(case: Sync) -> Sequence[tuple[Any, Any]]:
    return ((_("Who holds the measure"), case.holder), (_("Measure to be lifted"), case.measure),
            (_("Party"), Text(case.party_name, note=case.uscc, note_mono=True)), (_("Decision numbers"), case.document_numbers),
            (_("Repaired on"), case.ended_on), (_("Signed receipt"), case.receipt), (_("Answered on"), case.answered_on))


def _objection(case: Objection) -> Sequence[tuple[Any, Any]]:
    viewer = request_viewer()
    clear = viewer.reach("credit_repair.objection:contact").covers(case.unit_id, (case.assignee_id,), viewer.user_id)
    penalty = case.penalty
    return ((_("Decision number"), Text(
        penalty.document_number, url=f"/cases/{penalty.number}", note=penalty.state_info.label) if penalty else ""),
            (_("Objection to"), case.ground), (_("What is objected"), case.content), (_("Site that differs"), case.site),
            (_("Number at Credit China"), case.external_number),
            (_("Who objects"), case.asker_name if clear else mask_name(case.asker_name)),
            (_("Phone"), case.asker_phone if clear else mask_phone(case.asker_phone)), (_("Answer"), case.answer),
            (_("Answered on"), case.answered_on))


def _figures(case: Bulletin) -> Sequence[tuple[Any, Any]]:
    said = case.figures
    return ((_("Month"), f"{case.month:%Y-%m}"), (_("Decisions reported"), said.get("reported")),
            (_("Compliance rate"), _beside_city(said, "compliance")),
            (_("Late rate"), _beside_city(said, "late")),
            (_("Late rate of the month before"), said.get("late_before")),
            (_("Source of the city's figures"), said.get("source")),
            (_("Put together at"), f"{moment.local(case.compiled_at):%Y-%m-%d %H:%M}" if case.compiled_at else ""),
            (_("Issued on"), case.issued_on))


def _beside_city(said: Mapping[str, Any], name: str) -> Text:
    city = said.get(f"city_{name}", "")
    return Text(said.get(name, ""), note=_("the city's average %(value)s", value=city) if city else "")


def _late(case: Bulletin) -> Sequence[tuple[Any, Any]]:
    return [(" ".join(name for name in (row["bureau"], row["section"]) if name != "—"), _(
        "%(count)s late, at most by %(days)s working days", count=row["count"], days=row["days"]))
        for row in case.late] or [(_("Nobody was late"), "")]


SYNC_SCREEN = CaseScreen(
    Sync, "results", _l("Shared results"),
    text=_l("Whoever still holds a measure against an enterprise whose credit is repaired: asked to lift it, and watched until "
            "the receipt is there."),
    columns=(NUMBER, ListColumn("holder", _l("Who holds the measure"), lambda row: row.holder),
             ListColumn("measure", _l("Measure to be lifted"), lambda row: Text(row.measure, cut=True)),
             ListColumn("party", _l("Party"), lambda row: Text(row.party_name, note=row.uscc, note_mono=True)), STATE, DUE,
             ListColumn("receipt", _l("Signed receipt"), lambda row: row.receipt),
             ListColumn("ended_on", _l("Repaired on"), kind="date", sort="ended_on")),
    filters=(ListFilter("q", _l("Matter or number")), _states(SYNC), ListFilter("holder", _l("Who holds the measure")),
             ListFilter("overdue", _l("Overdue"), "choice", [("1", _l("overdue only"))])),
    sections=(Section(_l("Exchange of results"), _sync),),
    bulk=(BulkAction("lifting", _l("Draft the letters"), draft_letters(names.LIFTING), "letter:draft"),),
    import_profile="credit_repair.receipts", export_profile="credit_repair.results",
    links=((_l("Letters to holders that are due"), f"/letters/due/{names.LIFTING}", "credit_repair.bulletin:create"),))
OBJECTION_SCREEN = CaseScreen(
    Objection, "objections", _l("Objections"),
    text=_l("An enterprise says that a published penalty is wrong or should not be public: checked, upheld or answered in "
            "time."),
    columns=(NUMBER, ListColumn("title", _l("Matter"), lambda row: Text(row.title, cut=True)),
             ListColumn("enterprise", _l("Enterprise")),
             ListColumn("ground", _l("Objection to"), lambda row: row.ground), STATE, DUE,
             ListColumn("opened_at", _l("Opened"), kind="datetime", sort="opened_at")),
    filters=(ListFilter("q", _l("Enterprise, code or number")), _states(OBJECTION),
             ListFilter("ground", _l("Objection to"), "choice", [(ground, ground) for ground in GROUNDS])),
    sections=(Section(_l("Objection to a penalty"), _objection),), form=ObjectionForm, create=operations.objection_from_form)
BULLETIN_SCREEN = CaseScreen(
    Bulletin, "bulletins", _l("Monthly bulletins"),
    text=_l("Month by month: who reported penalties late and by how much; compiled, signed and issued to the bureaus."),
    columns=(NUMBER, ListColumn("title", _l("Matter")),
             ListColumn("month", _l("Month"), lambda row: month_label(row.month), sort="month"), STATE, DUE,
             ListColumn("issued_on", _l("Issued on"), kind="date", sort="issued_on")),
    filters=(ListFilter("q", _l("Matter or number")), _states(BULLETIN)), order="-month",
    sections=(Section(_l("Figures"), _figures), Section(_l("Who was late"), _late)),
    bulk=(BulkAction("bulletin", _l("Draft the bulletin"), draft_letters(names.BULLETIN), "letter:draft"),),
    form=BulletinForm, create=months.bulletin_from_form)
