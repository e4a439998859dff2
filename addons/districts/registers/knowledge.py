"""The handbook of answers with its review dates, trainings, model cases, and common issues with the policy reserve."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session, joinedload, selectinload

from addons.districts import words
from addons.districts.forms.registers import (
    HandbookForm,
    IssueForm,
    ModelCaseForm,
    ReasonForm,
    Reviewed,
    Settled,
    TrainingForm,
)
from addons.districts.models import Handbook, Issue, IssueNeed, ModelCase, Training
from addons.districts.registers.common import between, on_day, sentence, the_unit
from core import moment
from core.access import Viewer
from core.audit import record
from core.case.registers import Register, RegisterFilter, RegisterStep
from core.case.screens import ListColumn
from core.errors import Refusal
from core.web.widgets import Tag, Text
from core.words import gettext as _

Data = Mapping[str, Any]
READ, EDIT, ISSUE = "districts.handbook:read", "districts.handbook:edit", "districts.issue:edit"
CATEGORIES = tuple((category, category) for category in words.CATEGORIES)
PUBLISHED = (("1", _l("published")), ("0", _l("withdrawn")))


def _save(model: Any, names: tuple[str, ...]) -> Any:
    """Add or change a row of a unit: the form's fields under their own names."""
    def save(session: Session, viewer: Viewer, row: Any, data: Data) -> Any:
        unit = the_unit(session, data["unit"], viewer, EDIT)
        if row is None:
            row = model()
            session.add(row)
        row.unit_id = unit.id
        for name in names:
            setattr(row, name, data[name])
        session.flush()
        return row
    return save


def _values(names: tuple[str, ...]) -> Any:
    return lambda row: {"unit": row.unit_id, "unit__label": str(row.unit), **{name: getattr(row, name) for name in names}}


def _withdraw(session: Session, viewer: Viewer, row: Any, data: Data) -> None:
    row.published = False
    record(session, "ended", type(row).__tablename__, row.id, str(row.id), reason=data["reason"])


def _take_out(session: Session, viewer: Viewer, row: Any, data: Data) -> str:
    record(session, "ended", type(row).__tablename__, row.id, row.title, reason=data["reason"])
    session.delete(row)
    return _("Taken out.")


def _review(session: Session, viewer: Viewer, row: Handbook, data: Data) -> None:
    if data["review_on"] <= moment.today():
        raise Refusal(_("Name a day after today."), "review_on")
    row.review_on = data["review_on"]


def _review_tag(row: Handbook) -> Any:
    due = row.published and row.review_on <= moment.today()
    return [row.review_on, Tag(_("review is due"), "y")] if due else row.review_on


def _shown(row: Any) -> Tag:
    return Tag(_("published"), "g") if row.published else Tag(_("not published"))


def _published(model: Any, default: str = "") -> RegisterFilter:
    return RegisterFilter("published", _l("Published"), lambda v: model.published.is_(v == "1"), "choice", PUBLISHED, default)


BOOK = ("question", "answer", "category", "basis", "review_on")
HANDBOOK = Register(
    "handbook", _l("Handbook of answers"), Handbook, read=READ, edit=EDIT, form=HandbookForm, save=_save(Handbook, BOOK),
    values=_values(BOOK), label=lambda h: str(h.question), loads=(joinedload(Handbook.unit),), group="knowledge",
    text=_l("Answers that were given and hold: what enterprises ask often, with the provision and who answers for it."),
    order="category", searched=(Handbook.question, Handbook.answer, Handbook.basis),
    facts=lambda h: ((_("Category"), h.category), (_("Answer given"), h.answer), (_("Provision"), h.basis),
                     (_("Answered for by"), str(h.unit)), (_("To be reviewed on"), _review_tag(h)),
                     (_("Published"), _shown(h))),
    columns=(ListColumn("question", _l("Question")), ListColumn("category", _l("Category"), sort="category"),
             ListColumn("answer", _l("Answer given"), lambda h: Text(sentence(h.answer), note=h.basis)),
             ListColumn("unit", _l("Answered for by"), lambda h: str(h.unit)),
             on_day("review_on", _l("To be reviewed on"), "review_on", _review_tag)),
    filters=(RegisterFilter("category", _l("Category"), lambda v: Handbook.category == v, "choice", CATEGORIES),
             RegisterFilter("review", _l("To be reviewed on"), lambda s, u: between(Handbook.review_on, s, u), "range"),
             _published(Handbook, "1")),
    steps=(RegisterStep("review", _l("Looked at again"), Reviewed, _review, lambda h: h.published),
           RegisterStep("end", _l("Withdraw"), ReasonForm, _withdraw, lambda h: h.published, danger=True,
                        consequence=_l("Officers no longer find it."))))

TRAINED = ("title", "on", "sort", "people")
TRAININGS = Register(
    "trainings", _l("Trainings"), Training, read=READ, edit=EDIT, form=TrainingForm, save=_save(Training, TRAINED),
    values=_values(TRAINED), label=lambda t: str(t.title), loads=(joinedload(Training.unit),), group="knowledge", order="-on",
    searched=(Training.title, Training.people),
    facts=lambda t: ((_("Day"), t.on), (_("Sort"), t.sort), (_("Given by"), str(t.unit)), (_("Participants"), t.people)),
    columns=(ListColumn("title", _l("Title")), on_day("on", _l("Day"), "on"),
             ListColumn("sort", _l("Sort")), ListColumn("unit", _l("Given by"), lambda t: str(t.unit)),
             ListColumn("people", _l("Participants"), lambda t: sentence(t.people))),
    filters=(RegisterFilter("on", _l("Day"), lambda s, u: between(Training.on, s, u), "range"),),
    steps=(RegisterStep("end", _l("Take out"), ReasonForm, _take_out, danger=True,
                        consequence=_l("It is taken out of the register; the log keeps it.")),))

MODEL = ("title", "story", "on", "published")
MODEL_CASES = Register(
    "model_cases", _l("Model cases"), ModelCase, read=READ, edit=EDIT, form=ModelCaseForm, save=_save(ModelCase, MODEL),
    values=_values(MODEL), label=lambda m: str(m.title), loads=(joinedload(ModelCase.unit),), group="knowledge", order="-on",
    searched=(ModelCase.title, ModelCase.story),
    facts=lambda m: ((_("Day"), m.on), (_("Unit"), str(m.unit)), (_("Story"), m.story), (_("Published"), _shown(m))),
    columns=(ListColumn("title", _l("Title")), on_day("on", _l("Day"), "on"),
             ListColumn("unit", _l("Unit"), lambda m: str(m.unit)),
             ListColumn("story", _l("Story"), lambda m: sentence(m.story)), ListColumn("published", _l("Published"), _shown)),
    filters=(_published(ModelCase),),
    steps=(RegisterStep("end", _l("Withdraw"), ReasonForm, _withdraw, lambda m: m.published, danger=True),))


def _save_issue(session: Session, viewer: Viewer, row: Issue | None, data: Data) -> Issue:
    if row is None:
        row = Issue()
        session.add(row)
    for name in ("title", "category", "cause", "reserve", "proposal", "noticed_on"):
        setattr(row, name, data[name])
    for each in row.links:
        if row.reserve and hasattr(each.case, "reserve"):
            each.case.reserve = True
    session.flush()
    return row


def _settle(session: Session, viewer: Viewer, row: Issue, data: Data) -> None:
    if data["on"] < row.noticed_on:
        raise Refusal(_("It was noticed on %(day)s only.", day=row.noticed_on), "on")
    row.settled_on, row.outcome = data["on"], data["outcome"]


def _issue_state(row: Issue) -> Tag:
    if row.settled_on is not None:
        return Tag(_("settled"), "g")
    return Tag(_("in the policy reserve"), "b") if row.reserve else Tag(_("watched"))


def _needs(row: Issue) -> Any:
    return [Text(link.case.number, url=f"/cases/{link.case.number}", mono=True, note=link.case.title)
            for link in row.links if link.case is not None][:50]


ISSUES = Register(
    "issues", _l("Common issues and policy reserve"), Issue, read="districts.register:read", edit=ISSUE, form=IssueForm,
    save=_save_issue, unit=lambda row: None, label=lambda i: str(i.title),
    text=_l("What many enterprises ask for and no single answer settles: its cause, the policy proposed, and what came of it."),
    values=lambda i: {name: getattr(i, name) for name in ("title", "category", "cause", "reserve", "proposal", "noticed_on")},
    loads=(selectinload(Issue.links).joinedload(IssueNeed.case),), order="-noticed_on", searched=(Issue.title, Issue.cause),
    facts=lambda i: ((_("Category"), i.category), (_("Cause"), i.cause), (_("State"), _issue_state(i)),
                     (_("Proposed policy"), i.proposal), (_("Noticed on"), i.noticed_on), (_("Settled on"), i.settled_on),
                     (_("Outcome"), i.outcome), (_("Needs"), _needs(i))),
    columns=(ListColumn("title", _l("Title")), ListColumn("category", _l("Category")),
             ListColumn("needs", _l("Needs"), lambda i: len(i.links), kind="number"),
             ListColumn("state", _l("State"), _issue_state), ListColumn("proposal", _l("Proposed policy"),
                                                                       lambda i: sentence(i.proposal)),
             on_day("noticed_on", _l("Noticed on"), "noticed_on")),
    filters=(RegisterFilter("category", _l("Category"), lambda v: Issue.category == v, "choice", CATEGORIES),
             RegisterFilter("reserve", _l("In the policy reserve"), lambda v: Issue.reserve.is_(v == "1"), "choice",
                            (("1", _l("yes")), ("0", _l("no")))),
             RegisterFilter("settled", _l("Settled"), lambda v: Issue.settled_on.is_not(None) if v == "1"
                            else Issue.settled_on.is_(None), "choice", (("1", _l("yes")), ("0", _l("no"))), "0")),
    steps=(RegisterStep("settle", _l("Settle"), Settled, _settle, lambda i: i.settled_on is None),))
