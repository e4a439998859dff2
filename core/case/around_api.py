"""What surrounds a case, over HTTP: links, merges, days held, suggestions; and the deeds that change it."""
from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from core.api.frame import SuiteApi, answer_json, caller, endpoint
from core.api.reading import body
from core.case import approving, clocks, deeds, describe, duplicates, held, links, query, replies
from core.case.around import Round
from core.case.models import Case
from core.db import db
from core.words import N_

ANY_OBJECT = {"type": "object"}


class DeedSchema(Schema):
    """Something that can be done around the case, and what must be given."""

    name = fields.String()
    label = fields.String()
    consequence = fields.String()
    asked = fields.List(fields.Dict(), data_key="fields", attribute="fields")


class DeedsSchema(Schema):
    """What the caller may do around the case."""

    items = fields.List(fields.Nested(DeedSchema))


class GivenSchema(Schema):
    """What a deed asks for."""

    data = fields.Dict(load_default=dict)


class AroundSchema(Schema):
    """Links, merge, days held per unit, cases that may be the same matter, rounds of approval."""

    merged_into = fields.String(allow_none=True)
    links = fields.List(fields.Dict())
    held = fields.List(fields.Dict())
    suggestions = fields.List(fields.Dict())
    approvals = fields.List(fields.Dict())


class RepliesSchema(Schema):
    """Words that are often written, filled in from the case."""

    items = fields.List(fields.Dict())


class AroundApi(SuiteApi):
    """What surrounds a case."""

    route_base = "/api/v1/cases"
    openapi_spec_tag = "Cases"

    @endpoint("/<number>/around", summary=N_("Links, merge, days held, suggestions"), answer=AroundSchema)
    def around(self, number: str) -> Response:
        """What surrounds the case, as far as the caller may see it."""
        caller()
        return answer_json(around_json(query.find_case(db.session(), number)))

    @endpoint("/<number>/deeds", summary=N_("What the caller may do around the case"), answer=DeedsSchema)
    def offers(self, number: str) -> Response:
        """Deeds with the fields that they ask for."""
        case, viewer = query.find_case(db.session(), number), caller()
        return answer_json({"items": [{
            "name": deed.name, "label": str(deed.label), "consequence": str(deed.consequence or ""),
            "fields": describe.schema_json(deed.form)} for deed in deeds.offers(case, viewer)]})

    @endpoint("/<number>/deeds/<deed>", "POST", summary=N_("Do something around the case"), answer=ANY_OBJECT, body=GivenSchema,
              idempotent=True)
    def do(self, number: str, deed: str) -> Response:
        """Do it; the case as it is afterwards, or its number and state when it is out of the caller's sight."""
        viewer, given = caller(), body(GivenSchema)
        case = query.find_case(db.session(), number)
        deeds.do_deed(case, deed, viewer, given["data"])
        db.session.flush()
        if case.visible_to(viewer):
            return answer_json(describe.case_json(case, viewer) | around_json(case))
        return answer_json({"number": case.number, "kind": case.kind, "state": case.state, "version": case.version})

    @endpoint("/<number>/replies", summary=N_("Words that are often written in this state"), answer=RepliesSchema)
    def replies(self, number: str) -> Response:
        """Filled in from the case."""
        caller()
        return answer_json({"items": [vars(each) for each in replies.ready(query.find_case(db.session(), number))]})


def around_json(case: Case) -> dict[str, Any]:
    """What surrounds the case, as its session's viewer may see it."""
    session, calendar = db.session(), clocks.calendar_of(db.session())
    into = session.get(Case, case.merged_into_id) if case.merged_into_id is not None else None
    return {
        "merged_into": into.number if into is not None else None,
        "links": [{"id": each.link.id, "relation": each.link.relation, "label": each.label, "number": each.case.number,
                   "title": each.case.title} for each in links.linked(session, case)],
        "held": [{"unit": {"code": each.unit.code, "name": each.unit.short_name}, "days": each.days,
                  "waiting": each.waiting, "now": each.now} for each in held.held(case, calendar)],
        "suggestions": [{"number": each.case.number, "title": each.case.title, "score": each.score,
                         "reason": each.reason} for each in duplicates.suggest(case)],
        "approvals": [round_json(each) for each in case.rounds],
    }


def round_json(found: Round) -> dict[str, Any]:
    """A round of approval: who was asked, who said what, whose turn it is."""
    turn = approving.asked_now(found) if found.ended_at is None else []
    return {
        "action": found.action, "how": found.how.value, "state": found.state.value, "asked_by": found.asked_by,
        "due_on": found.due_on.isoformat(), "note": found.note,
        "votes": [{"person": vote.user.name if vote.user else None, "role": vote.role, "added_by": vote.added_by,
                   "decision": vote.decision.value if vote.decision else None, "decided_by": vote.decided_by,
                   "note": vote.note, "now": vote in turn} for vote in found.votes]}
