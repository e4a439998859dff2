"""Many letters as one act over HTTP: chosen by the filter of the register or one by one, done as a long task, and how each of
them ended."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request, url_for
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from core.access.viewer import Viewer
from core.api.frame import SuiteApi, answer_json, caller, endpoint, parameter
from core.api.keyset import ordering, page_of
from core.api.reading import Parameters, body
from core.case.models import Case
from core.db import db
from core.errors import NotAllowed, NotFound, Refusal
from core.jobs import letter_batch, tasks
from core.jobs.api import TaskSchema
from core.letter import batches
from core.letter.api import chosen_by
from core.letter.batch_models import BatchAct, BatchItem, ItemState, LetterBatch
from core.letter.models import Letter
from core.words import N_
from core.words import gettext as _

FILTER = ("kind", "bureau", "case", "q")


class LetterBatchSchema(Schema):
    """What is to be done, and with which letters: those of ``ids`` in that order, or all that the filter finds."""

    act = fields.String(required=True, validate=validate.OneOf([act.value for act in BatchAct]),
                        metadata={"description": "review and sign deal with each letter; zip and print put them into one file"})
    ids = fields.List(fields.Integer(strict=True, validate=validate.Range(1, 2**31 - 1)),
                      validate=validate.Length(1, batches.MOST))
    kind = fields.String(metadata={"description": "Kinds of letter, separated by commas"})
    bureau = fields.String(metadata={"description": "Codes of bureaus, separated by commas"})
    case = fields.String(metadata={"description": "The number of a case"})
    q = fields.String(metadata={"description": "Words: number, title, addressee"})


class BatchLetterSchema(Schema):
    """A letter of a batch: ``waiting``, ``done`` or ``refused`` with the reason."""

    letter = fields.Integer()
    number = fields.String(allow_none=True)
    state = fields.String()
    reason = fields.String()


class BatchLettersSchema(Schema):
    """A page of the letters of a batch."""

    items = fields.List(fields.Nested(BatchLetterSchema))
    next_cursor = fields.String(allow_none=True)
    previous_cursor = fields.String(allow_none=True)
    count = fields.Dict()


class LetterBatchApi(SuiteApi):
    """Batches of letters; what watches and stops them is the same as for other tasks."""

    route_base = "/api/v1/tasks"
    openapi_spec_tag = "Letters"

    @endpoint(f"/{batches.KIND}", "POST", summary=N_("Review, sign or bundle many letters as one act"), answer=TaskSchema,
              status=202, body=LetterBatchSchema, idempotent=True)
    def begin(self) -> Response:
        """202 and the task's address in ``Location``."""
        viewer, given = caller(), body(LetterBatchSchema)
        act = BatchAct(given.pop("act"))
        if not viewer.may(batches.NEEDS[act][0]):
            raise NotAllowed(_("You may not do this with this letter."))
        batch = batches.begin(db.session(), act, _ids(viewer, act, given), viewer, _filter(given))
        task = letter_batch.start(db.session(), batch, viewer)
        return answer_json(tasks.as_dict(task), 202, Location=url_for("TaskApi.task", task_id=task.id))

    @endpoint("/<int:task_id>/letters", summary=N_("How each letter of a batch ended"), answer=BatchLettersSchema, query=(
        parameter("state", "waiting, done, refused; separated by commas"),
        parameter("limit", "Rows on a page", "integer", minimum=1),
        parameter("cursor", "Where the page begins: next_cursor of the page before")))
    def letters(self, task_id: int) -> Response:
        """In the order of the batch."""
        batch, given = _of_task(caller(), task_id), Parameters(request.args)
        states = given.several("state")
        for name in states:
            if name not in set(ItemState):
                given.fault("state", _("Use one of: %(names)s.", names=", ".join(ItemState)))
        limit, cursor = given.limit(), given.text("cursor")
        given.done()
        columns: Sequence[Any] = (BatchItem.letter_id, Letter.number, BatchItem.state, BatchItem.reason)
        statement = (select(*columns).select_from(BatchItem).outerjoin(Letter, Letter.id == BatchItem.letter_id)
                     .where(BatchItem.batch_id == batch.id))
        if states:
            statement = statement.where(BatchItem.state.in_(states))
        order = ordering("place", {"place": (BatchItem.place, False)}, BatchItem.place, "place")
        page = page_of(db.session(), statement, order, limit, name=f"letters of {batch.id}", cursor=cursor,
                       counting=statement.with_only_columns(BatchItem.place, maintain_column_froms=True))
        return answer_json({
            "items": [{"letter": row.letter_id, "number": row.number, "state": row.state.value, "reason": row.reason}
                      for row in page.rows],
            "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor,
            "count": page.count.as_dict() if page.count else None})


def _filter(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in FILTER if name in given}


def _ids(viewer: Viewer, act: BatchAct, given: dict[str, Any]) -> list[int]:
    """The letters that are meant. One that the caller may not see is refused like one that does not exist."""
    if "ids" in given:
        if _filter(given):
            raise Refusal(_("Name the letters or a filter, not both."), "ids")
        wanted = list(dict.fromkeys(given["ids"]))
        seen = set(db.session.scalars(select(Letter.id).where(Letter.id.in_(wanted))))
        missing = [str(one) for one in wanted if one not in seen]
        if missing:
            raise Refusal(_("There are no letters %(ids)s that you may see.", ids=", ".join(missing[:20])), "ids")
        return wanted
    reading = Parameters(_filter(given))
    rules = chosen_by(reading)
    reading.done()
    found = select(Letter.id).outerjoin(Case, Case.id == Letter.case_id).where(*batches.meant(viewer, act), *rules)
    return list(db.session.scalars(found.order_by(Letter.id).limit(batches.MOST + 1)))


def _of_task(viewer: Viewer, task_id: int) -> LetterBatch:
    task = tasks.find(db.session(), task_id if task_id < 2**31 else 0, viewer.user_id or 0)
    batch = db.session.scalars(select(LetterBatch).where(LetterBatch.task_id == task.id)).one_or_none()
    if batch is None:
        raise NotFound(_("There is no such batch."))
    return batch
