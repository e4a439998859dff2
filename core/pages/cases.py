"""The case page: facts, timeline, what to do next; its actions, clocks, files."""
from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core import moment
from core.access.models import Appointment, Staff, Unit
from core.audit import record
from core.case import Case, act, clocks, duty
from core.case.files import attach, open_file, remove_file
from core.case.models import Attachment, CaseTask, Clock, Confidentiality
from core.case.replies import ready
from core.case.retention import retention
from core.case.workflow import Action as Step
from core.errors import Changed, NotFound, Refusal
from core.jobs.case_file import start_building
from core.letter.models import Letter, LetterState
from core.pages import case_view, draw
from core.pages.around import asked_people, named_approvers, names_people
from core.pages.around import shown as around
from core.pages.found import the_case
from core.pages.frame import request_session, screen_of
from core.security import request_viewer
from core.web import Crumb, allow_framing
from core.web.forms import Field, form_fields, load_form
from core.web.widgets import Action

pages = Blueprint("cases", __name__)


@pages.get("/cases/<number>")
def case_page(number: str) -> str:
    """The page of a case."""
    case, viewer, session = the_case(number), request_viewer(), request_session()
    screen = screen_of(case.kind)
    if case.confidentiality is Confidentiality.RESTRICTED or duty.reads_by_leave(case, viewer):
        record(session, "read", "core_case", case.id, case.number)
        session.commit()
    calendar = clocks.calendar_of(session)
    buttons, more = case_view.buttons(case, calendar)
    letters = session.scalars(select(Letter).where(Letter.case_id == case.id).order_by(Letter.id)).all()
    return render_template(
        "pages/case.html", case=case, screen=screen, title=case.title, state=draw.state_tag(case),
        crumbs=[Crumb(screen.title, screen.url) if screen else Crumb(_("Cases"), "/"), Crumb(case.number)],
        due_label=case_view.due_label(case), urgent=case_view.urgent(case, calendar),
        sections=[(section.title, section.facts(case)) for section in screen.sections] if screen else [],
        due=draw.due_of_case(case, calendar), clocks=[_clock_row(case, clock, calendar) for clock in case.clocks],
        events=[draw.timeline_event(case, event) for event in reversed(case.events)], buttons=buttons, more=more,
        steps=screen.steps(case) if screen and screen.steps else [],
        letters=[draw.letter_row(letter) for letter in letters],
        files=case_view.files(case), tasks=case.tasks,
        upload=case_view.upload_field(case), people=_duty_buttons(case), viewer=viewer,
        keep=retention(session, case) if case.closed_at else None,
        case_file=Action(_("File of the case (PDF)"), f"/cases/{case.number}/file", method="post", name="case-file"),
        around=around(case, calendar))


@pages.get("/cases/<number>/print")
def print_case(number: str) -> str:
    """The case on paper: facts, clocks with their explanations, timeline."""
    case, session = the_case(number), request_session()
    screen, calendar = screen_of(case.kind), clocks.calendar_of(session)
    return render_template("pages/case_print.html", case=case, title=case.title, state=case.state_info,
                           sections=[(s.title, s.facts(case)) for s in screen.sections] if screen else [],
                           clocks=[case_view.explained_clock(case, clock, calendar)
                                   for clock in case.clocks if clock.result is None],
                           due=draw.due_of_case(case, calendar),
                           events=[draw.timeline_event(case, event) for event in case.events])


@pages.get("/cases/<number>/clocks/<int:clock_id>")
def clock_page(number: str, clock_id: int) -> str:
    """为什么是这天: the explanation of a clock's date."""
    case, session = the_case(number), request_session()
    clock = next((c for c in case.clocks if c.id == clock_id), None)
    if clock is None:
        raise NotFound(_("There is no such clock."))
    told = case_view.explained_clock(case, clock, clocks.calendar_of(session))
    return render_template("pages/clock.html", case=case, explained=told,
                           title=_("Why this day"), crumbs=[Crumb(case.number, f"/cases/{case.number}")])


@pages.get("/cases/<number>/due")
def why(number: str) -> str:
    """From a list to the explanation of the case's most urgent date."""
    case = the_case(number)
    clock = clocks.running(case, case.due_code) or next((c for c in reversed(case.clocks)), None)
    if clock is None:
        raise NotFound(_("There is no such clock."))
    return clock_page(number, clock.id)


@pages.get("/cases/<number>/steps")
def steps(number: str) -> str:
    """更多: from a list to everything that can be done with a case now, and why the rest cannot."""
    case = the_case(number)
    beside, more = case_view.buttons(case, clocks.calendar_of(request_session()))
    return render_template("pages/steps.html", case=case, state=draw.state_tag(case), buttons=[*more, *beside],
                           title=_("Next"), crumbs=[Crumb(case.number, f"/cases/{case.number}"), Crumb(_("Next"))])


@pages.get("/cases/<number>/access")
def access(number: str) -> str:
    """谁能看到: who sees this case, and by which role."""
    return case_view.who_can_see(the_case(number))


@pages.route("/cases/<number>/do/<name>", methods=["GET", "POST"])
def action(number: str, name: str) -> str | Response | tuple[str, int]:
    """Do an action. With a form, GET shows it; a refusal keeps what was typed."""
    case = the_case(number)
    declared = case.workflow.action(name)
    if declared is None:
        raise NotFound(_("There is no action %(action)s for this case.", action=name))
    schema = declared.data() if declared.data else None
    errors: Any = ()
    general: list[str] = []
    conflict: list[Any] = []
    given: dict[str, Any] = {}
    note, version = request.form.get("note", ""), request.form.get("version", type=int)
    if request.method == "POST":
        try:
            given = load_form(schema, request.form) if schema else {}
            data = dict(schema.dump(given)) if schema else None
            act.do(case, name, actor=request_viewer(), note=note, version=version, data=data, approvers=named_approvers(case))
            request_session().commit()
        except Refusal as refusal:
            request_session().rollback()
            if schema is None and refusal.status != 409 and not names_people(declared):
                flash(refusal.message, "error")
                return redirect(f"/cases/{number}")
            errors, general = refusal.errors, [] if refusal.errors else [refusal.message]
            case = the_case(number)
            if isinstance(refusal, Changed):
                conflict, general = _both_versions(case, declared), []
        else:
            flash(_done(case, declared), "success")
            return redirect(f"/cases/{number}")
    hindered = act.hindrance(case, declared, request_viewer(), None) if request.method == "GET" else None
    shown: Any = request.form if request.method == "POST" else _defaults(case, declared)
    offered = ready(case, name)
    page = render_template(
        "pages/action.html", case=case, action=declared, general=general,
        fields=(form_fields(schema, shown, errors) if schema else []) + asked_people(declared, errors),
        note=note or next((each.text for each in offered if each.name == request.args.get("reply")), ""), replies=offered,
        note_error=next((e.message for e in errors if e.field == "note"), ""), version=case.version,
        title=declared.label, conflict=conflict, latest=case.events[-1],
        hindered=hindered.message if hindered is not None else "",
        told=case_view.told_before(case, declared, clocks.calendar_of(request_session())),
        crumbs=[Crumb(case.number, f"/cases/{case.number}"), Crumb(declared.label)])
    return (page, 422) if request.method == "POST" else page


@pages.post("/cases/<number>/notes")
def note(number: str) -> Response:
    """Write into the timeline."""
    case = the_case(number)
    return _then(case, lambda: act.note_down(case, request_viewer(), request.form.get("note", ""),
                                             public=bool(request.form.get("public"))), _("Noted."))


@pages.route("/cases/<number>/duty/<what>", methods=["GET", "POST"])
def hand_over(number: str, what: str) -> str | Response | tuple[str, int]:
    """Assign, pass on, return, reopen: who has the case. A refusal keeps what was typed."""
    case, session, viewer = the_case(number), request_session(), request_viewer()
    if what not in _DUTY_TITLES:
        raise NotFound(_("There is no such page."))
    if request.method == "GET":
        return _duty_page(case, what)
    reason = request.form.get("note", "")

    def work() -> Any:
        if what == "assign":
            person = session.get(Staff, request.form.get("person", 0, type=int))
            if person is None:
                raise Refusal(_("Choose who is to be responsible."), "person")
            return duty.assign(case, person, actor=viewer, note=reason)
        if what == "pass_on":
            text = request.form.get("unit", "").strip()
            unit = session.get(Unit, int(text)) if text.isdigit() else duty.unit_named(session, text)
            if unit is None:
                raise Refusal(_("Choose the unit that is to have the case."), "unit")
            return duty.pass_on(case, unit, actor=viewer, note=reason)
        if what == "send_back":
            return duty.send_back(case, actor=viewer, note=reason)
        return duty.reopen(case, actor=viewer, note=reason)

    try:
        work()
        session.commit()
    except Refusal as refusal:
        session.rollback()
        return _duty_page(the_case(number), what, refusal), 422
    flash(_("Done."), "success")
    return redirect(f"/cases/{number}" if case.visible_to(viewer) else "/")


def _duty_page(case: Case, what: str, refusal: Refusal | None = None) -> str:
    given, must = request.form, what != "assign"
    fields = [Field("note", _("Reason") if must else _("Note"), "textarea", given.get("note", ""), required=must)]
    if what == "assign":
        fields.insert(0, Field("person", _("Responsible"), "choice", given.get("person", case.assignee_id or ""), required=True,
                               choices=_colleagues(case)))
    elif what == "pass_on":
        fields.insert(0, Field("unit", _("Unit"), "picker", given.get("unit", ""), required=True, picker="/pick/units",
                               shown=given.get("unit__label", "")))
    told = []
    if what == "pass_on":
        told = [_("The case goes to that unit; its periods run on."), _("Who is responsible there, that unit names.")]
    elif what == "send_back" and (unit := duty.sender(case)) is not None:
        told = [_("The case goes back to %(unit)s.", unit=str(unit))]
    for field in fields:
        field.errors = [e.message for e in refusal.errors if e.field == field.name] if refusal else []
    general = [refusal.message] if refusal and not any(field.errors for field in fields) else []
    return render_template("pages/duty.html", case=case, what=what, title=_DUTY_TITLES[what](), fields=fields, told=told,
                           general=general, crumbs=[Crumb(case.number, f"/cases/{case.number}")])


@pages.post("/cases/<number>/tasks")
def add_task(number: str) -> Response:
    """Add something to be done."""
    case = the_case(number)
    return _then(case, lambda: duty.add_task(case, request.form.get("title", ""), actor=request_viewer()), _("Added."))


@pages.post("/cases/<number>/tasks/<int:task_id>/done")
def finish_task(number: str, task_id: int) -> Response:
    """Tick a task off."""
    case = the_case(number)
    task = next((t for t in case.tasks if t.id == task_id), None)
    if task is None:
        raise NotFound(_("There is no such task."))
    found: CaseTask = task
    return _then(case, lambda: duty.finish_task(found, actor=request_viewer()), _("Done."))


@pages.post("/cases/<number>/file")
def build_file(number: str) -> Response:
    """Have the case's file (卷宗) bound in the background."""
    case, session = the_case(number), request_session()
    start_building(session, case)
    session.commit()
    flash(_("The file is being bound. You find it here as soon as it is ready."), "success")
    return redirect("/tasks")


@pages.post("/cases/<number>/files")
def upload(number: str) -> Response:
    """Attach one or more files."""
    case = the_case(number)

    def work() -> Any:
        uploads = [f for f in request.files.getlist("file") if f.filename]
        if not uploads:
            raise Refusal(_("Choose a file first."), "file")
        return [attach(case, request_viewer(), f.filename or "", cast(BinaryIO, f.stream),
                       category=request.form.get("category", "")) for f in uploads]

    if request.accept_mimetypes.best == "application/json":  # one by one, with progress
        made = work()[-1]
        request_session().commit()
        return jsonify(id=made.id, name=made.name, size=made.size, url=f"/cases/{number}/files/{made.id}")
    return _then(case, work, _("Attached."))


@pages.get("/cases/<number>/files/<int:file_id>")
def download(number: str, file_id: int) -> Response:
    """An attachment, streamed from the store. Pictures and PDF are shown in the page, everything else is downloaded."""
    case = the_case(number)
    found = next((a for a in case.attachments if a.id == file_id and a.removed_at is None), None)
    if found is None:
        raise NotFound(_("There is no such file."))
    shown = found.content_type in ("application/pdf", "image/png", "image/jpeg") and "download" not in request.args
    answer = send_file(open_file(found), mimetype=found.content_type, as_attachment=not shown, download_name=found.name)
    return allow_framing(answer) if shown else answer


@pages.post("/cases/<number>/files/<int:file_id>/remove")
def remove(number: str, file_id: int) -> Response:
    """Take a file out of the case; the bytes stay in the store, the fact in the log."""
    case = the_case(number)
    found = next((a for a in case.attachments if a.id == file_id and a.removed_at is None), None)
    if found is None:
        raise NotFound(_("There is no such file."))
    attachment: Attachment = found
    return _then(case, lambda: remove_file(case, attachment, request_viewer(), request.form.get("note", "")), _("Removed."))


def _then(case: Case, work: Any, said: str) -> Response:
    """Do ``work``, commit, and go back to the case with an answer; a refusal is shown there, nothing is changed."""
    number, session = case.number, request_session()
    try:
        work()
        session.commit()
    except Refusal as refusal:
        session.rollback()
        flash(refusal.message, "error")
    else:
        flash(said, "success")
    return redirect(f"/cases/{number}")


def _duty_buttons(case: Case) -> list[Action]:
    viewer = request_viewer()

    def may(verb: str) -> bool:
        return viewer.reach(f"{case.kind}:{verb}").covers(case.unit_id, (case.assignee_id,), viewer.user_id)

    base, found = f"/cases/{case.number}/duty", []
    if may("assign") and case.meaning.value != "closed":
        found = [Action(_("Assign"), f"{base}/assign", drawer=True, name="assign"),
                 Action(_("Pass on"), f"{base}/pass_on", drawer=True, name="pass-on")]
        if any(event.kind == "passed_on" and event.data.get("to") == case.unit_id for event in case.events):
            found.append(Action(_("Return"), f"{base}/send_back", drawer=True, name="send-back"))
    if may("reopen") and case.meaning.value == "closed" and case.merged_into_id is None:
        found.append(Action(_("Reopen"), f"{base}/reopen", drawer=True, name="reopen"))
    return found


_DUTY_TITLES = {"assign": lambda: _("Assign"), "pass_on": lambda: _("Pass on"), "send_back": lambda: _("Return"),
                "reopen": lambda: _("Reopen")}


def _colleagues(case: Case) -> list[tuple[int, str]]:
    """Who holds a role of the case's module in its unit or bureau today."""
    today = moment.today()
    rows = request_session().scalars(
        select(Appointment).options(joinedload(Appointment.user), joinedload(Appointment.role), joinedload(Appointment.unit))
        .where(Appointment.unit_id.in_([case.unit_id, case.bureau_id]), Appointment.valid_from <= today)
        .order_by(Appointment.user_id).limit(200))
    return list({a.user_id: (a.user_id, f"{a.user.name}（{a.unit.short_name}）") for a in rows
                 if a.role.name.startswith(f"{case.module}.") and (a.valid_to is None or a.valid_to >= today)
                 and a.user.active}.values())


def _clock_row(case: Case, clock: Clock, calendar: Any) -> dict[str, Any]:
    deadline = case.workflow.deadline(clock.code)
    return {"label": deadline.label if deadline else clock.code, "due": draw.due_of_clock(case, clock, calendar),
            "running": clock.running}


def _defaults(case: Case, declared: Any) -> dict[str, Any]:
    """What a form begins with: the case's own values under the same names."""
    names = declared.data().fields if declared.data else {}
    return {name: getattr(case, name) for name in names if getattr(case, name, None) not in (None, "")}


def _done(case: Case, step: Step) -> str:
    """What was done, and the way to the letter that it left to be reviewed."""
    said = str(_("Done: %(action)s.", action=step.label))
    drafted = request_session().execute(
        select(Letter.id, Letter.title).where(Letter.case_id == case.id, Letter.state == LetterState.DRAFT)
        .order_by(Letter.id.desc()).limit(1)).first() if step.letter else None
    if drafted is None:
        return said
    return Markup('{}{} <a href="/letters/{}" data-test="drafted">{}</a>').format(
        said, _("“%(letter)s” is drafted. Somebody else reviews and signs it.", letter=drafted.title), drafted.id,
        _("Read the draft"))


def _both_versions(case: Case, declared: Any) -> list[Any]:
    """What is stored now beside what was sent: ``(label, theirs, mine, differs)``."""
    rows: list[Any] = [(_("State"), draw.state_tag(case), "", False)]
    if declared.data is None:
        return rows
    stored, sent = (form_fields(declared.data(), data) for data in (_defaults(case, declared), request.form))
    for theirs, mine in zip(stored, sent, strict=True):
        words = {str(value): label for value, label in mine.choices}
        shown = [words.get(str(one.value), one.value) for one in (theirs, mine)]
        rows.append((mine.label, *shown, str(theirs.value) != str(mine.value)))
    return rows


def buffered(data: bytes) -> io.BytesIO:
    """Bytes as a file to send."""
    return io.BytesIO(data)
