"""The repair cases: list and page."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import object_session

from addons.credit_repair import names, operations
from addons.credit_repair.counter import suspicions
from addons.credit_repair.forms import AGENTS, CHANNELS, RepairForm
from addons.credit_repair.models import Repair, Sync
from addons.credit_repair.views.bulk import draft_letters
from addons.credit_repair.views.penalty import duties
from addons.credit_repair.workflow import REPAIR
from core import moment
from core.access.fields import mask_name, mask_phone
from core.case.screens import BulkAction, CaseScreen, ListColumn, ListFilter, Section
from core.security import request_viewer
from core.web.widgets import Step, Tag, Text
from core.words import gettext as _


def _repair_penalties(case: Repair) -> Sequence[tuple[Any, Any]]:
    rows = []
    for item in case.penalties:
        if item.penalty is None:
            continue
        committed = _("commitment of %(day)s", day=item.committed_on) if item.committed_on else _("no commitment yet")
        rows.append((item.penalty.document_number, Text(
            _("may apply from %(day)s; %(duties)s; %(commitment)s", day=item.penalty.first_day(moment.today()),
              duties=duties(item.penalty), commitment=committed), url=f"/cases/{item.penalty.number}")))
    return rows


def _application(case: Repair) -> Sequence[tuple[Any, Any]]:
    viewer = request_viewer()
    clear = viewer.reach("credit_repair.repair:contact").covers(case.unit_id, (case.assignee_id, case.created_by_id),
                                                                viewer.user_id)
    always = (
        (_("Agent"), case.agent_name if clear else mask_name(case.agent_name)),
        (_("Phone"), case.agent_phone if clear else mask_phone(case.agent_phone)),
        (_("Where it was asked for"), dict(CHANNELS).get(case.channel)), (_("May apply from"), case.eligible_on),
        (_("Proof that the duties are performed"), _("there") if case.proof else _("missing")),
        (_("Credit commitment"), _("there") if case.commitment else _("missing")), *_suspicion(case))
    later = (
        (_("Who the agent is"), dict(AGENTS).get(case.agent_role) if case.agent_name else ""),
        (_("Authorisation seen"), Text(_("yes") if case.authorised else _("no"), note=(case.authorised_until and _(
            "until %(day)s", day=case.authorised_until)) or "") if case.agent_name else ""),
        (_("Bundle"), Text(case.bundle, url=f"/credit_repair/repairs?bundle={case.bundle}") if case.bundle else ""),
        (_("Missing"), "；".join(case.missing)), (_("To be completed by"), case.complete_by),
        (_("Number at Credit China"), case.external_number),
        (_("Filed with the counter's help"), _("yes") if case.assisted else ""), (_("Submitted on"), case.submitted_on),
        (_("Pushed on"), case.pushed_on), (_("Accepted on"), case.accepted_on), (_("Not accepted on"), case.declined_on),
        (_("Repair decided on"), case.decided_on), (_("Ground of the decision"), case.reason),
        (_("Condition that is not met"), case.condition), (_("What must be put right"), case.remedy))
    return [*always, *((label, value) for label, value in later if value)]


def _suspicion(case: Repair) -> Sequence[tuple[Any, Any]]:
    session = object_session(case)
    if session is None or not case.agent_phone:
        return ()
    found = suspicions(session, moment.today(), case.agent_phone)
    return [(_("Attention"), Tag(_("this telephone stands on applications of %(count)s enterprises",
                                   count=item.enterprises), "r")) for item in found]


def _exchanges(case: Repair) -> Sequence[tuple[Any, Any]]:
    session = object_session(case)
    if session is None:
        return ()
    rows = session.scalars(select(Sync).where(Sync.repair_id == case.id).order_by(Sync.id)).all()
    return [(row.holder, Text(row.measure, url=f"/cases/{row.number}", note=row.state_info.label)) for row in rows] or [
        (_("Measures because of these decisions"), _("none"))]


def _repair_steps(case: Repair) -> list[Step]:
    ended = case.state in ("synced", "closed")
    waits = case.eligible_on is not None and case.eligible_on > moment.today()
    owing = "；".join(f"{penalty.document_number}：{duties(penalty)}" for penalty in case.unperformed)
    return [Step(_("The minimum period is over"), not waits, case.eligible_on or ""),
            Step(_("Duties performed"), not owing, owing),
            Step(_("Proof that the duties are performed"), case.proof), Step(_("Credit commitment"), case.commitment),
            Step(_("Submitted to Credit China"), case.submitted_on is not None, case.external_number),
            Step(_("Pushed to the authority"), case.pushed_on is not None),
            Step(_("Application accepted"), case.accepted_on is not None),
            Step(_("Repair approved"), ended or case.state == "approved"),
            Step(_("Publicity ended, sanctions lifted"), ended)]


SCREEN = CaseScreen(
    Repair, "repairs", _l("Repair cases"),
    text=_l("Applications to end the publicity of a penalty early: advice, papers, acceptance, check, decision, and that the "
            "result arrives wherever the penalty is held against the enterprise."),
    columns=(ListColumn("number", _l("Number")), ListColumn("enterprise", _l("Enterprise")),
             ListColumn("title", _l("Decision"), lambda row: row.title.removeprefix(row.enterprise_name or "").strip("：: ")),
             ListColumn("state", _l("State")),
             ListColumn("due", _l("Due"), kind="due", sort="due_at"),
             ListColumn("eligible_on", _l("May apply from"), kind="date", sort="eligible_on"),
             ListColumn("assignee", _l("Responsible")),
             ListColumn("opened_at", _l("Opened"), kind="datetime", sort="opened_at", hidden=True)),
    filters=(ListFilter("q", _l("Enterprise, code or number")),
             ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in REPAIR.states]),
             ListFilter("overdue", _l("Overdue"), "choice", [("1", _l("overdue only"))]),
             ListFilter("external_number", _l("Number at Credit China")), ListFilter("bundle", _l("Bundle"))),
    sections=(Section(_l("Application"), _application), Section(_l("Penalties"), _repair_penalties),
              Section(_l("Who must lift a measure"), _exchanges)),
    bulk=(BulkAction("commitment", _l("Draft commitments to be signed"), draft_letters(names.COMMITMENT), "letter:draft"),),
    form=RepairForm, create=operations.repair_from_form, steps=_repair_steps)
