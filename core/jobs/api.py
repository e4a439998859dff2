"""Long work over HTTP: ask for it, watch it, stop it, fetch its result.

Only kinds of work that were offered (:func:`offer`) can be asked for, each with its permission and the shape of its
parameters: work runs in a session that sees everything.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, send_file, url_for
from marshmallow import Schema, fields

from core.access.viewer import Viewer
from core.api.frame import SuiteApi, answer_json, caller, endpoint
from core.api.reading import body
from core.audit import plain
from core.db import db
from core.errors import NotAllowed, NotFound
from core.jobs import tasks
from core.words import N_
from core.words import gettext as _

Check = Callable[[Viewer, dict[str, Any]], None]


@dataclass(frozen=True)
class Offered:
    """A kind of work that programs may ask for. ``check(viewer, params)`` may refuse further."""

    permission: str
    schema: type[Schema]
    check: Check | None = None


_OFFERED: dict[str, Offered] = {}


def offer(kind: str, permission: str, schema: type[Schema], check: Check | None = None) -> None:
    """Let whoever has ``permission`` ask for the kind of work by API. The same offer twice is fine."""
    made = Offered(permission, schema, check)
    if _OFFERED.setdefault(kind, made) != made:
        raise ValueError(f"two offers for {kind}")


class ResultSchema(Schema):
    """The file that the work left."""

    sha256 = fields.String()
    name = fields.String(allow_none=True)
    size = fields.Integer(allow_none=True)


class TaskSchema(Schema):
    """Long work: its state, ``done`` of ``total``, pace in items a second, and its result when there is one."""

    id = fields.Integer()
    kind = fields.String()
    title = fields.String()
    state = fields.String()
    done = fields.Integer()
    total = fields.Integer(allow_none=True)
    pace = fields.Float(allow_none=True)
    message = fields.String()
    cancel_requested = fields.Boolean()
    created_at = fields.AwareDateTime()
    started_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    result = fields.Nested(ResultSchema, allow_none=True)


class TaskListSchema(Schema):
    """The caller's newest tasks."""

    items = fields.List(fields.Nested(TaskSchema))


class TaskApi(SuiteApi):
    """The caller's own long tasks; another's are not there."""

    route_base = "/api/v1/tasks"
    openapi_spec_tag = "Tasks"

    @endpoint("", summary=N_("The caller's newest tasks"), answer=TaskListSchema)
    def tasks(self) -> Response:
        """Newest first."""
        found = tasks.recent(db.session(), caller().user_id or 0)
        return answer_json({"items": [tasks.as_dict(task) for task in found]})

    @endpoint("/<kind>", "POST", summary=N_("Ask for long work"), answer=TaskSchema, status=202, body={"type": "object"},
              idempotent=True)
    def begin(self, kind: str) -> Response:
        """202 and the task's address in ``Location``."""
        viewer, offered = caller(), _OFFERED.get(kind)
        if offered is None or tasks.kind_of(kind) is None:
            raise NotFound(_("There is no such work."))
        if not viewer.may(offered.permission):
            raise NotAllowed(_("You may not start this work."))
        params = body(offered.schema)
        if offered.check is not None:
            offered.check(viewer, params)
        task = tasks.start(db.session(), kind, plain(params), viewer.user_id, bureau_id=viewer.bureau_id)
        return answer_json(tasks.as_dict(task), 202, Location=url_for("TaskApi.task", task_id=task.id))

    @endpoint("/<int:task_id>", summary=N_("How far a task is"), answer=TaskSchema)
    def task(self, task_id: int) -> Response:
        """State, n of N, result file."""
        return answer_json(tasks.as_dict(_own(task_id)))

    @endpoint("/<int:task_id>", "DELETE", summary=N_("Stop a task"), answer=TaskSchema)
    def cancel(self, task_id: int) -> Response:
        """At once while it waits, at its next checkpoint while it runs."""
        _own(task_id)
        return answer_json(tasks.as_dict(tasks.cancel(db.session(), task_id, caller().user_id or 0)))

    @endpoint("/<int:task_id>/result", summary=N_("The file that a task left"), media="application/octet-stream",
              answer={"type": "string", "format": "binary"})
    def result(self, task_id: int) -> Response:
        """The bytes, as a download."""
        task = _own(task_id)
        if not task.result_sha256:
            raise NotFound(_("This task has left no file."))
        stream = current_app.extensions["jobs"].files.open(task.result_sha256)
        return send_file(stream, "application/octet-stream", as_attachment=True,
                         download_name=task.result_name or "result")


def _own(task_id: int) -> Any:
    """The caller's task; ids beyond what the database counts to are nobody's."""
    viewer = caller()
    return tasks.find(db.session(), task_id if task_id < 2**31 else 0, viewer.user_id or 0)
