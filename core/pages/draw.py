"""From records to widgets: due dates, timeline entries, letters."""
from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from core import moment
from core.calendar import WorkCalendar, remaining_workdays
from core.case import Case, Clock, ClockResult
from core.case.describe import event_title
from core.case.models import Event
from core.jobs.models import Task, TaskState
from core.letter.models import Letter, LetterState
from core.web import widgets

TONES = {"brand": "b", "ok": "g", "warn": "y", "seal": "r", "idle": ""}
LETTER_TONES = {LetterState.DRAFT: "y", LetterState.REVIEWED: "b", LetterState.SIGNED: "g", LetterState.DELIVERED: "g",
                LetterState.VOIDED: ""}


def state_tag(case: Case) -> widgets.Tag:
    """The state of a case as a tag."""
    state = case.state_info
    return widgets.Tag(state.label, TONES.get(state.colour, ""))


def due_of_case(case: Case, calendar: WorkCalendar) -> widgets.Due | None:
    """The most urgent running clock of a case, from what is stored on the case itself."""
    if case.due_on is None:
        return None
    left = remaining_workdays(moment.today(), case.due_on, calendar)
    if case.due_at is not None and moment.now() >= case.due_at and left == 0:
        left = -1  # the last day is over, though no working day has passed since
    return widgets.Due(case.due_on, left, "paused" if case.due_paused else "running", case.due_provisional,
                       why_url=f"/cases/{case.number}/due")


def due_of_clock(case: Case, clock: Clock, calendar: WorkCalendar) -> widgets.Due:
    """One clock: running, paused, met, late or void."""
    url = f"/cases/{case.number}/clocks/{clock.id}"
    if clock.result is not None:
        state = {ClockResult.ON_TIME: "met", ClockResult.LATE: "late", ClockResult.VOID: "void"}[clock.result]
        return widgets.Due(clock.due_on, None, state, why_url=url)
    left = remaining_workdays(moment.today(), clock.due_on, calendar)
    if moment.now() >= clock.due_at and left == 0:
        left = -1
    return widgets.Due(clock.due_on, left, "paused" if clock.paused else "running", clock.provisional, why_url=url)


def timeline_event(case: Case, event: Event) -> widgets.Event:
    """One entry of the timeline in words."""
    return widgets.Event(event.at, event_title(case, event), event.actor, event.note,
                         "out" if event.public else "sys" if event.actor_id is None else "")


def letter_state(letter: Letter) -> widgets.Tag:
    """The state of a letter as a tag."""
    words = {LetterState.DRAFT: _("To be reviewed"), LetterState.REVIEWED: _("To be signed"),
             LetterState.SIGNED: _("Signed"), LetterState.DELIVERED: _("Delivered"), LetterState.VOIDED: _("Voided")}
    return widgets.Tag(words[letter.state], LETTER_TONES[letter.state])


def letter_row(letter: Letter) -> dict[str, Any]:
    """A letter in a short list."""
    return {"url": f"/letters/{letter.id}", "title": letter.title, "number": letter.number or _("no number yet"),
            "state": letter_state(letter)}


def task_progress(task: Task) -> widgets.Progress:
    """A long task: n of N, its result, and the way to stop it."""
    running = task.state in (TaskState.QUEUED, TaskState.RUNNING)
    return widgets.Progress(
        task.title, task.done, task.total or 0, task.state.value, task.message, id=task.id,
        poll_url=f"/api/v1/tasks/{task.id}" if running else "",
        cancel=widgets.Action(_("Cancel"), f"/tasks/{task.id}/cancel", method="post") if running else None,
        result=widgets.Action(_("Result"), f"/tasks/{task.id}/result") if task.result_sha256 else None)
