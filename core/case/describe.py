"""Cases as JSON: a line of a list, the whole case, its clocks, its timeline, what may be done. Plain dictionaries, made
without the database; :mod:`core.case.schemas` describes the same shapes to other programs.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from marshmallow import Schema

from core import moment
from core.access.fields import shown
from core.access.viewer import Viewer
from core.audit import plain
from core.calendar.workdays import WorkCalendar
from core.case import act, clocks
from core.case.models import Case, Clock, Event
from core.case.query import COLUMNS, case_fields
from core.case.workflow import Action
from core.words import gettext as _

Json = dict[str, Any]


def liner(viewer: Viewer, kind: type[Case] = Case) -> Callable[[Any], Json]:
    """A function that turns the rows of a list into JSON. What is the same for all rows is worked out once."""
    fields, kinds, now = case_fields(kind), Case.loaded(), moment.now()
    free, guarded = [field.name for field in fields if field.free], [field for field in fields if not field.free]

    @cache
    def words(kind_name: str, state: str) -> tuple[str, str]:
        of = kinds[kind_name]
        known = of.workflow.known.get(state)
        return str(of.kind_title), str(known.label) if known else state

    def line(row: Any) -> Json:
        title, label = words(row.kind, row.state)
        found = {
            "number": row.number, "kind": row.kind, "kind_title": title, "title": row.title, "state": row.state,
            "state_label": label, "meaning": row.meaning.value, "result": row.result,
            "confidentiality": row.confidentiality.value,
            "unit": {"code": row.unit_code, "name": row.unit_name},
            "bureau": {"code": row.bureau_code, "name": row.bureau_name},
            "enterprise": None if row.enterprise_id is None else {
                "id": row.enterprise_id, "uscc": row.uscc, "name": row.enterprise_name},
            "assignee": None if row.assignee_id is None else {
                "id": row.assignee_id, "name": f"{row.assignee_last or ''}{row.assignee_first or ''}"},
            "opened_at": _instant(row.opened_at), "closed_at": _instant(row.closed_at),
            "updated_at": _instant(row.updated_at), "due_at": _instant(row.due_at),
            "due_on": row.due_on.isoformat() if row.due_on else None, "due_code": row.due_code,
            "due_provisional": row.due_provisional, "due_paused": row.due_paused,
            "overdue": row.due_at is not None and row.due_at <= now and not row.due_paused,
            "returns": row.returns, "version": row.version,
        }
        if fields:
            found["fields"] = told = {name: plain(getattr(row, name)) for name in free}
            if guarded:
                seen = shown(guarded, row, viewer, row.unit_id, (row.assignee_id, row.created_by_id))
                told.update({name: plain(value) for name, value in seen.items()})
        return found

    return line


def case_json(case: Case, viewer: Viewer) -> Json:
    """The whole case: its line, its clocks, what ``viewer`` may do now, its timeline."""
    return line_of(case, viewer) | {
        "clocks": [clock_json(clock) for clock in case.clocks],
        "actions": [offer_json(offer.action, offer.enabled, offer.reason) for offer in act.available(case, viewer)],
        "events": [event_json(event) for event in case.events],
    }


def line_of(case: Case, viewer: Viewer) -> Json:
    """One case at hand as a list would show it, with its module's columns."""
    names = [*COLUMNS, *(field.name for field in case_fields(type(case)))]
    assignee, enterprise = case.assignee, case.enterprise
    related = {
        "id": case.id, "unit_code": case.unit.code, "unit_name": case.unit.short_name, "bureau_code": case.bureau.code,
        "bureau_name": case.bureau.short_name, "enterprise_name": enterprise.name if enterprise else None,
        "uscc": enterprise.uscc if enterprise else None, "assignee_last": assignee.last_name if assignee else "",
        "assignee_first": assignee.first_name if assignee else ""}
    return liner(viewer, type(case))(SimpleNamespace(**related | {name: getattr(case, name) for name in names}))


def clock_json(clock: Clock) -> Json:
    """A clock as it is stored."""
    deadline = clock.case.workflow.deadline(clock.code)
    return {
        "code": clock.code, "label": str(deadline.label) if deadline else clock.code, "rule_key": clock.rule_key,
        "rule_version": clock.rule_version_id, "basis": clock.basis, "is_law": clock.is_law, "amount": clock.amount,
        "unit": clock.unit, "start_at": _instant(clock.start_at), "start_label": clock.start_label,
        "start_event": clock.start_event_id, "due_on": clock.due_on.isoformat(), "due_at": _instant(clock.due_at),
        "provisional": clock.provisional, "paused": clock.paused, "stopped_at": _instant(clock.stopped_at),
        "result": clock.result.value if clock.result else None, "void_reason": clock.void_reason,
        "pauses": clock.pauses, "extensions": clock.extensions,
    }


def clock_explained(clock: Clock, calendar: WorkCalendar) -> Json:
    """A clock with its way from the start to the due date, day by day."""
    told = clocks.explanation(clock, calendar).as_dict()
    return clock_json(clock) | {"days": told["days"], "spans": told["spans"], "total": told["total"]}


def event_json(event: Event) -> Json:
    """An entry of the timeline."""
    action = event.case.workflow.action(event.action) if event.action else None
    return {
        "id": event.id, "at": _instant(event.at), "kind": event.kind, "action": event.action,
        "action_label": str(action.label) if action else "", "from_state": event.from_state,
        "to_state": event.to_state, "actor": event.actor, "note": event.note, "public": event.public,
        "data": event.data,
    }


def actions_json(case: Case, viewer: Viewer) -> list[Json]:
    """Every action of the kind that people do: whether ``viewer`` may do it now, and why not."""
    found = []
    for action in case.workflow.actions:
        if not action.system:
            why = act.hindrance(case, action, viewer, None)
            found.append(offer_json(action, why is None, why.message if why else ""))
    return found


def offer_json(action: Action, enabled: bool, reason: str = "") -> Json:
    """An action as it stands for somebody: possible, or not and why not; and what must be given to do it."""
    return {
        "name": action.name, "label": str(action.label), "enabled": enabled, "reason": reason, "note": action.note,
        "danger": action.danger, "consequence": str(action.consequence or ""), "target": action.target,
        "fields": schema_json(action.data) if action.data is not None else [],
    }


def schema_json(schema: type[Schema]) -> list[Json]:
    """What a form asks for."""
    return [{"name": field.data_key or name, "label": str(field.metadata.get("label", name)),
             "type": type(field).__name__.lower(), "required": field.required}
            for name, field in schema().fields.items() if not field.dump_only]


def kinds_json() -> Mapping[str, str]:
    """The kinds of case by name, with their titles."""
    return {name: str(kind.kind_title) for name, kind in sorted(Case.loaded().items())}


def _instant(value: dt.datetime | None) -> str | None:
    if value is None:
        return None
    return (value if value.tzinfo is dt.UTC else value.astimezone(dt.UTC)).isoformat()


def action_label(case: Case | type[Case], name: str) -> str:
    """What an action of the case is called."""
    action = case.workflow.action(name)
    return str(action.label) if action else name


def event_title(case: Case | type[Case], event: Event) -> str:
    """What happened, in a few words."""
    if event.kind == "action":
        label = action_label(case, event.action)
        if event.to_state != event.from_state and event.to_state in case.workflow.by_name:
            state = str(case.workflow.state(event.to_state).label)
            return label if label == state else f"{label} → {state}"
        return label
    name = event.data.get("name", "")
    letters = {"draft": _("Letter drafted"), "hand_back": _("Letter handed back"), "sign": _("Letter signed"),
               "deliver": _("Letter delivered"), "mail": _("Letter sent by e-mail"), "returned": _("Letter came back"),
               "void": _("Letter voided")}
    titles: dict[str, Any] = {
        "opened": _("Opened"), "note": _("Note"), "assigned": _("Assigned to %(name)s", name=name),
        "passed_on": _("Passed on to %(name)s", name=name), "returned": _("Returned to %(name)s", name=name),
        "reopened": _("Reopened"), "task": _("Task added"), "task_done": _("Task done"), "file": _("File attached"),
        "file_removed": _("File removed"), "clock": _("Due date computed anew"), "escalated": _("Overdue"),
        "approval_asked": _("Approval asked: %(action)s", action=action_label(case, event.action)),
        "approved": _("Agreed: %(action)s", action=action_label(case, event.action)),
        "rejected": _("Rejected: %(action)s", action=action_label(case, event.action)),
        "approval_withdrawn": _("Question taken back: %(action)s", action=action_label(case, event.action)),
        "signer_added": _("Also asked: %(name)s", name=name), "copied": _("Copied to %(name)s", name=name),
        "urged": _("Urged"), "enterprise": _("Enterprise"),
        "linked": _("Linked with %(name)s", name=name), "unlinked": _("No longer linked with %(name)s", name=name),
        "merged": _("%(name)s was merged into this one", name=name) if event.data.get("back")
        else _("Merged into %(name)s", name=name),
        "unmerged": _("Merge with %(name)s undone", name=name),
        "evaluated": _("Rated: %(score)s of 5", score=event.data.get("score", "")), "told": _("Informed"),
        "letter": letters.get(event.action, _("Letter")),
    }
    return str(titles.get(event.kind, event.kind))
