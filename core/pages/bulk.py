"""One thing done to many selected cases: a form where something must be given, then how it went row by row."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.api.reading import OF_THE_PAGE, Parameters
from core.case import Case, bulk, deeds
from core.case.bulk import Outcome
from core.case.query import conditions, read_filters
from core.case.screens import BulkAction, CaseScreen
from core.case.workflow import Action as Step
from core.errors import NotFound, Refusal
from core.jobs.bulk import start_bulk
from core.pages.frame import may_see, request_session
from core.security import request_viewer
from core.web import Crumb, widgets
from core.web.forms import form_fields, load_form

DEEDS = ("assign", "pass_on", "copy", "urge")
"""The deeds around a case that a list offers for many at once, to those who manage its cases."""


def bar(screen: CaseScreen) -> list[widgets.Action]:
    """What the bar over selected rows offers beside the module's own: steps that are declared so, and deeds."""
    viewer, found = request_viewer(), []
    for step in screen.case.workflow.actions:
        if step.bulk and not _asks(step) and any(role in viewer.roles for role in step.roles):
            confirm = widgets.Confirm(step.label, [step.consequence] if step.consequence else [],
                                      "required" if step.note else "optional", reason_label="" if step.note else _("Note"))
            found.append(widgets.Action(step.label, f"{screen.url}/bulk/do.{step.name}", method="post", confirm=confirm,
                                        tone="red" if step.danger else "", name=f"bulk-{step.name}"))
    if viewer.may(f"{screen.kind}:assign"):
        found += [widgets.Action(deeds.DEEDS[name].label, f"{screen.url}/bulk/deed.{name}", method="post",
                                 name=f"bulk-{name}") for name in DEEDS]
    return found


def _asks(step: Step) -> bool:
    """Whether the step cannot be done without something being filled in."""
    return step.data is not None and any(field.required for field in step.data().fields.values())


def answer(screen: CaseScreen, action: str) -> str | Response | tuple[str, int]:
    """Do what was asked for the selected cases, or for all that the query finds, and tell how it went. Very many are work
    for the background."""
    session, viewer = request_session(), request_viewer()
    sort, _dot, name = action.partition(".")
    try:
        numbers = _numbers(screen)
        if sort == "deed" and name in DEEDS:
            may_see(viewer, f"{screen.kind}:assign")
            return _deed(screen, deeds.DEEDS[name], numbers)
        note = request.form.get("note", "")
        title = getattr(screen.case.workflow.action(name), "label", name) if sort == "do" else _declared(screen, action).label
        if len(numbers) > bulk.MOST:
            return _in_background(screen, action, title, numbers, note)
        if sort == "do":
            outcomes = bulk.act_on(session, viewer, numbers, name, note)
        else:
            cases = session.scalars(select(Case).where(Case.number.in_(numbers)).order_by(Case.id)).all()
            outcomes = [Outcome(case.number, case.title, ok, sentence)
                        for case, sentence, ok in _declared(screen, action).run(session, viewer, cases, note)]
        session.commit()
    except NotFound:
        raise
    except Refusal as refusal:
        session.rollback()
        flash(refusal.message, "error")
        return redirect(screen.url)
    return _told(screen, title, outcomes)


def _numbers(screen: CaseScreen) -> list[str]:
    """The numbers of the selected cases; of all that the query of the list finds, when that was asked for."""
    query = request.form.get("everything")
    if query is None:
        return list(dict.fromkeys(request.form.getlist("ids")))[:bulk.EVER]
    given = Parameters({name: ",".join(values) for name, values in parse_qs(query.strip()).items()})
    filters, kind, session = read_filters(given, request_viewer(), screen.case), screen.case, request_session()
    given.done(ignore=OF_THE_PAGE)
    found = session.scalars(select(kind.number).where(*conditions(session, filters, request_viewer(), kind))
                            .order_by(kind.id).limit(bulk.EVER + 1)).all()
    if len(found) > bulk.EVER:
        raise Refusal(_("The query finds more than %(n)s cases. Narrow it down.", n=bulk.EVER))
    return list(found)


def _declared(screen: CaseScreen, action: str) -> BulkAction:
    """A module's own bulk action, which reports by itself."""
    declared = next((b for b in screen.bulk if b.name == action), None)
    if declared is None:
        raise NotFound(_("There is no such page."))
    may_see(request_viewer(), declared.permission)
    return declared


def _in_background(screen: CaseScreen, action: str, title: Any, numbers: Sequence[str], note: str = "",
                   given: Mapping[str, Any] | None = None) -> Response:
    start_bulk(request_session(), action, str(title), numbers, note, given, screen)
    request_session().commit()
    flash(_("%(n)s cases are worked on in the background. The report, row by row, is with your tasks.", n=len(numbers)),
          "success")
    return redirect("/tasks")


def _deed(screen: CaseScreen, deed: deeds.Deed, numbers: Sequence[str]) -> str | Response | tuple[str, int]:
    """First the form with the selected cases, then the deed for each of them."""
    schema, session = deed.form(), request_session()
    errors: Any = ()
    general: list[str] = []
    if "sent" in request.form:
        try:
            given = load_form(schema, request.form)
            if len(numbers) > bulk.MOST:
                posted = {name: request.form.get(name, "") for name in schema.fields}
                return _in_background(screen, f"deed.{deed.name}", deed.label, numbers, given=posted)
            outcomes = bulk.each(session, numbers, lambda case: deeds.the_deed(case, deed.name, request_viewer()).run(
                case, request_viewer(), given))
            session.commit()
            return _told(screen, deed.label, outcomes)
        except Refusal as refusal:
            session.rollback()
            errors, general = refusal.errors, [] if refusal.errors else [refusal.message]
    page = render_template(
        "pages/bulk_form.html", deed=deed, fields=form_fields(schema, request.form, errors), general=general,
        numbers=numbers, everything=request.form.get("everything"), url=f"{screen.url}/bulk/deed.{deed.name}",
        back=screen.url, title=deed.label, crumbs=[Crumb(screen.title, screen.url), Crumb(deed.label)])
    return (page, 422) if errors or general else page


def _told(screen: CaseScreen, title: Any, outcomes: Sequence[Outcome]) -> str:
    done = sum(outcome.done for outcome in outcomes)
    flash(_("Done for %(done)s of %(all)s.", done=done, all=len(outcomes)), "success" if done == len(outcomes) else "info")
    return render_template("pages/bulk.html", outcomes=outcomes, title=title, back=screen.url,
                           crumbs=[Crumb(screen.title, screen.url), Crumb(title)])
