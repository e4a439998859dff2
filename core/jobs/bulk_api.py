"""A step or a deed for many cases over HTTP: at once and told row by row, or as long work when there are very many."""
from __future__ import annotations

from flask import Response, url_for
from marshmallow import Schema, fields, validate

from core.api.frame import SuiteApi, answer_json, caller, endpoint
from core.api.reading import body
from core.case import bulk, deeds
from core.case.models import Case
from core.db import db
from core.errors import Refusal
from core.jobs import tasks
from core.jobs.bulk import start_bulk
from core.words import N_
from core.words import gettext as _


class BulkSchema(Schema):
    """A step (``action``) or a deed (``deed``) for many cases."""

    numbers = fields.List(fields.String(validate=validate.Length(max=40)), required=True,
                          validate=validate.Length(1, bulk.EVER))
    action = fields.String(load_default="")
    deed = fields.String(load_default="")
    note = fields.String(load_default="")
    data = fields.Dict(load_default=None, allow_none=True)


class OutcomeSchema(Schema):
    """How it went with one case."""

    number = fields.String()
    title = fields.String()
    done = fields.Boolean()
    message = fields.String()


class OutcomesSchema(Schema):
    """How it went, row by row."""

    items = fields.List(fields.Nested(OutcomeSchema))


class BulkApi(SuiteApi):
    """Many cases at once."""

    route_base = "/api/v1/cases"
    openapi_spec_tag = "Cases"

    @endpoint("/bulk", "POST", summary=N_("Do a step or a deed for many cases; very many become a task"),
              answer=OutcomesSchema, body=BulkSchema, idempotent=True)
    def many(self) -> Response:
        """What is refused for one case leaves the others done. For very many 202 and the task's address in ``Location``: its
        result is a sheet that tells the same, row by row."""
        viewer, given, session = caller(), body(BulkSchema), db.session()
        if bool(given["action"]) == bool(given["deed"]):
            raise Refusal(_("Give either an action or a deed."), "action")
        numbers = list(dict.fromkeys(given["numbers"]))
        if len(numbers) > bulk.MOST:
            name, title = _named(given["action"], given["deed"])
            task = start_bulk(session, name, title, numbers, given["note"], given["data"])
            return answer_json(tasks.as_dict(task), 202, Location=url_for("TaskApi.task", task_id=task.id))
        told = bulk.act_on(session, viewer, numbers, given["action"], given["note"], given["data"]) \
            if given["action"] else bulk.deed_on(session, viewer, numbers, given["deed"], given["data"] or {})
        return answer_json({"items": [vars(outcome) for outcome in told]})


def _named(action: str, deed: str) -> tuple[str, str]:
    """The work as a task names it, and its title: what no kind of case knows is refused before anybody waits for it."""
    if deed:
        if deed not in deeds.DEEDS:
            raise Refusal(_("There is no action %(action)s.", action=deed), "deed")
        return f"deed.{deed}", str(deeds.DEEDS[deed].label)
    steps = (step for kind in Case.loaded().values() for step in kind.workflow.actions if step.name == action)
    step = next(steps, None)
    if step is None:
        raise Refusal(_("There is no action %(action)s.", action=action), "action")
    return f"do.{action}", str(step.label)
