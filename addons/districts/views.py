"""What the module shows."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from addons.districts import deeds, operations, words
from addons.districts.forms.needs import NeedForm
from addons.districts.models import Handover, Meeting, Need, Order, Supervision
from addons.districts.registers import REGISTERS
from addons.districts.reports import MENU, READ, REPORTS, contact_of, served_by
from addons.districts.stats import INDICATORS
from addons.districts.workflow.followups import HANDOVER, MEETING, SUPERVISION
from addons.districts.workflow.needs import NEED
from addons.districts.workflow.orders import ORDER
from core import moment
from core.access import Viewer
from core.access.fields import mask_name, mask_phone
from core.board.stats import compute
from core.case.screens import Card, CaseScreen, ListColumn, ListFilter, Panel, Section
from core.portal.declare import Entry
from core.security import request_viewer
from core.web.widgets import Stat, Step, Tag, Text, call
from core.words import gettext as _

OVERDUE = ListFilter("overdue", _l("Overdue"), "choice", [("1", _l("overdue only"))])


def _given(*facts: tuple[Any, Any]) -> Sequence[tuple[Any, Any]]:
    """What is known: a need goes one of many ways, and what belongs to the others is not listed."""
    return [(label, value) for label, value in facts if getattr(value, "text", value) not in ("", None)]


def _contact(case: Any) -> Any:
    viewer = request_viewer()
    clear = viewer.reach(f"{case.kind}:contact").covers(case.unit_id, (case.assignee_id, case.created_by_id), viewer.user_id)
    name, phone = case.contact_name, case.contact_phone
    return call(phone, name) if clear else call(mask_phone(phone), mask_name(name))


def _matter(case: Need) -> Sequence[tuple[Any, Any]]:
    return _given((_("Enterprise at receipt"), Text(case.enterprise_name, url=f"/enterprises/{case.enterprise_id}"
                                              if case.enterprise_id else "")),
            (_("Contact"), _contact(case)), (_("Category"), f"{case.category} · {case.sort}"),
            (_("Channel"), "、".join(f"{words.CHANNEL_NAMES[c.channel]} {c.channel_no}".strip() for c in case.channels)),
            (_("First asker"), case.first_asker.name if case.first_asker else ""),
            (_("What is asked for"), case.text), (_("Level"), words.LEVELS[case.level]),
            (_("Complex"), _("complex, promised for %(day)s", day=case.promised_on) if case.complex else _("general")),
            (_("Material asked for"), case.wanted_material), (_("Where it is stuck"), case.obstacle),
            (_("Opinion of the competent bureau"), case.opinion))


def _outcome(case: Need) -> Sequence[tuple[Any, Any]]:
    rating = case.rating
    return _given((_("Kind of result"), case.result_class), (_("Reply"), case.reply_text),
            (_("Basis of the reply"), case.reply_basis), (_("How it was answered"), case.reply_mode),
            (_("Excluded as"), case.excluded), (_("Guidance"), case.guidance), (_("Objection"), case.objection),
            (_("Outcome of the review"), case.review_outcome), (_("Explanation"), case.explain_text),
            (_("Signed for the bureau"), case.explain_by_bureau), (_("Signed for the street"), case.explain_by_street),
            (_("Rating"), f"{words.SCORE_WORDS[rating.score]} {rating.comment}".strip() if rating else
             _("not rated yet") if case.answered_at else ""))


def _rounds(case: Need) -> Sequence[tuple[Any, Any]]:
    rows = []
    for each in case.ledger:
        told = _("returned: %(ground)s", ground=each.ground) if each.returned_at else _("answered") if each.answered_at else (
            _("no longer in hand") if each.ended_at else _("in hand") if each.signed_at else _("to be signed for"))
        rows.append((str(each.unit), [Text(each.order_number, url=f"/cases/{each.order_number}", mono=True),
                                      f"{told} {each.reason or each.result}".strip()]))
    return rows


def _steps(case: Need) -> list[Step]:
    answered = case.answered_at is not None
    return [Step(_("Need received"), True), Step(_("First response"), case.responded_at is not None),
            Step(_("Answered"), answered), Step(_("Receipt of the answer confirmed"), case.confirmed_at is not None),
            Step(_("Rated"), case.rating is not None)]


def _order(case: Order) -> Sequence[tuple[Any, Any]]:
    return _given((_("Number of the need"), Text(case.need_number, url=f"/cases/{case.need_number}", mono=True)),
            (_("Sent by"), case.sender_name), (_("First asker"), case.first_asker_name),
            (_("Enterprise at receipt"), case.enterprise_name), (_("Contact"), _contact(case)),
            (_("Category"), case.category), (_("What is asked for"), case.text), (_("What the street has done"), case.done),
            (_("What is wanted"), case.wanted),
            (_("Dispatch number"), _("%(times)s, decided finally", times=case.round) if case.final else case.round),
            (_("Lead unit"), case.lead))


def _handled(case: Order) -> Sequence[tuple[Any, Any]]:
    return _given((_("Handling section"), case.section), (_("Handling person and phone"), case.handler),
            (_("Promised for"), case.promised_on), (_("Ground of the return"), case.ground),
            (_("Reason of the return"), case.reason), (_("Result"), case.reply))


def _agenda(case: Meeting) -> Sequence[tuple[Any, Any]]:
    return [(m.title, [Text(m.need_number, url=f"/cases/{m.need_number}", mono=True),
                       f"{m.lead}：{m.task}（{m.due_on:%Y-%m-%d}）" if m.lead is not None and m.due_on is not None
                       else _("not resolved yet")]) for m in case.matters]


def _meeting(case: Meeting) -> Sequence[tuple[Any, Any]]:
    return _given((_("Meets on"), case.meets_on), (_("Place"), case.place), (_("Chair"), case.chair),
            (_("Present"), case.present), (_("Absent"), case.absent), (_("In attendance"), case.attending))


def _supervision(case: Supervision) -> Sequence[tuple[Any, Any]]:
    return _given((_("Number of the need"), Text(case.need_number, url=f"/cases/{case.need_number}", mono=True)),
            (_("Supervised unit"), case.target_name), (_("Main problem"), case.problem), (_("Was due on"), case.was_due_on),
            (_("Working days late"), case.days_late), (_("Instruction"), case.instruction),
            (_("Instructed by"), case.instructed_by), (_("Feedback of the unit"), case.feedback))


def _handover(case: Handover) -> Sequence[tuple[Any, Any]]:
    return _given((_("Number of the supervision"), case.supervision_number), (_("Unit concerned"), case.target_name),
            (_("Handed to"), case.receiver), (_("Facts"), case.facts), (_("List of evidence"), case.evidence_list),
            (_("Impact"), case.impact), (_("Receipt"), case.receipt))


def month_figures(session: Session, viewer: Viewer) -> list[Stat]:
    """The figures that a desk shows: one statement each."""
    shown = ("districts.on_time", "districts.first_response", "districts.satisfied", "districts.rated")
    found = []
    for indicator in INDICATORS:
        if indicator.code in shown:
            figure = compute(session, indicator, moment.today())
            found.append(Stat(indicator.title, figure.shown, figure.ratio, indicator.formula, figure.as_of,
                              f"/stats/{indicator.code}"))
    return found


def _level(row: Any) -> Tag:
    return Tag(words.LEVELS[row.level], "y" if row.level >= 3 else "")


def _holder(row: Any) -> Text:
    """Who has it, and below whose house that is."""
    return Text(f"{row.assignee_last or ''}{row.assignee_first or ''}" or "—", note=row.unit_name)


SCREENS = [
    CaseScreen(
        Need, "needs", _l("Needs"),
        text=_l("What enterprises ask for: screened, handled on the spot or passed to a department, answered in time "
                "and rated by the enterprise."),
        columns=(ListColumn("number", _l("Number")), ListColumn("enterprise", _l("Enterprise")),
                 ListColumn("title", _l("Matter"), lambda row: Text(row.title, note=row.category, cut=True)),
                 ListColumn("state", _l("State")), ListColumn("due", _l("Due"), kind="due", sort="due_at"),
                 ListColumn("level", _l("Level"), _level), ListColumn("assignee", _l("Responsible"), _holder),
                 ListColumn("unit", _l("Street"), hidden=True),
                 ListColumn("opened_at", _l("Received at"), kind="datetime", sort="opened_at")),
        filters=(ListFilter("q", _l("Enterprise, code or number")),
                 ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in NEED.states]),
                 ListFilter("category", _l("Category"), "choice", [(c, c) for c in words.CATEGORIES]),
                 ListFilter("channel", _l("Channel"), "choice", words.CHANNELS),
                 ListFilter("level", _l("Level"), "choice", list(words.LEVELS.items())),
                 ListFilter("complex", _l("Complex"), "choice", [("1", _l("complex")), ("0", _l("general"))]),
                 ListFilter("supervised", _l("Supervised"), "choice", [("1", _l("supervised only"))]), OVERDUE),
        sections=(Section(_l("The matter"), _matter), Section(_l("With other units"), _rounds),
                  Section(_l("Answer and verdict"), _outcome)),
        form=NeedForm, create=operations.enter_need, steps=_steps, import_profile="districts.hotline",
        export_profile="districts.needs"),
    CaseScreen(
        Order, "orders", _l("Orders to departments"),
        text=_l("A street calls a department (吹哨): it signs for the matter, handles it and reports, or returns it "
                "with a ground."),
        columns=(ListColumn("number", _l("Number")), ListColumn("enterprise", _l("Enterprise")),
                 ListColumn("title", _l("Matter"), lambda row: Text(row.title, cut=True)), ListColumn("state", _l("State")),
                 ListColumn("due", _l("Due"), kind="due", sort="due_at"), ListColumn("unit", _l("Unit")),
                 ListColumn("sender_name", _l("Sent by"), lambda row: Text(
                     row.sender_name.removeprefix("天津市宁河区"), cut=True)),
                 ListColumn("level", _l("Level"), _level, hidden=True),
                 ListColumn("opened_at", _l("Sent at"), kind="datetime", sort="opened_at")),
        filters=(ListFilter("q", _l("Enterprise, code or number")),
                 ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in ORDER.states]), OVERDUE),
        sections=(Section(_l("The matter"), _order), Section(_l("Handling"), _handled)), export_profile="districts.orders"),
    CaseScreen(
        Meeting, "meetings", _l("Joint meetings"),
        text=_l("Meetings on matters that no unit can settle alone: agenda, minutes, and who does what by when."),
        columns=(ListColumn("number", _l("Number")), ListColumn("title", _l("Matter")), ListColumn("state", _l("State")),
                 ListColumn("meets_on", _l("Meets on"), kind="date", sort="meets_on"), ListColumn("chair", _l("Chair"))),
        filters=(ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in MEETING.states]),),
        sections=(Section(_l("The meeting"), _meeting), Section(_l("Agenda and resolutions"), _agenda)), order="-opened_at"),
    CaseScreen(
        Supervision, "supervisions", _l("Supervision"),
        text=_l("Matters that are watched because a unit was late: what was asked of it and what it answered."),
        columns=(ListColumn("number", _l("Number")), ListColumn("enterprise", _l("Enterprise")),
                 ListColumn("title", _l("Matter"), lambda row: Text(row.title, cut=True)), ListColumn("state", _l("State")),
                 ListColumn("due", _l("Due"), kind="due", sort="due_at"),
                 ListColumn("target_name", _l("Supervised unit")), ListColumn("days_late", _l("Working days late"))),
        filters=(ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in SUPERVISION.states]), OVERDUE),
        sections=(Section(_l("The matter"), _supervision),)),
    CaseScreen(
        Handover, "handovers", _l("Hand-overs"),
        text=_l("Matters that are handed to another body because they show more than slowness; what came of it."),
        columns=(ListColumn("number", _l("Number")), ListColumn("target_name", _l("Unit concerned")),
                 ListColumn("receiver", _l("Handed to")), ListColumn("state", _l("State")),
                 ListColumn("opened_at", _l("Opened"), kind="datetime", sort="opened_at")),
        filters=(ListFilter("state", _l("State"), "choice", [(s.name, s.label) for s in HANDOVER.states]),),
        sections=(Section(_l("The matter"), _handover),)),
]
CARDS = [Card(_l("Needs this month"), month_figures, "stats:read", "/board")]
SLOTS = {
    "enterprise.panels": [Panel(_l("Service officer"), READ, served_by),
                          Panel(_l("Contact of the enterprise"), "districts.agent:read", contact_of)],
    "portal.home": [Entry(_l("Hand in a need"), "/portal/submit/need", _l(
        "Money, land, people, permits, power, roads: whatever is difficult for your enterprise"), main=True)]}

__all__ = ["CARDS", "MENU", "REGISTERS", "REPORTS", "SCREENS", "SLOTS", "deeds"]
