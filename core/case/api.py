"""Cases over HTTP: lists, one case, its timeline, clocks and actions; opening cases; doing actions."""
from __future__ import annotations

from typing import Any

from apispec import APISpec
from flask import Response, request, url_for

from core import audit
from core.access.viewer import Viewer
from core.api.frame import SuiteApi, answer_json, caller, endpoint, parameter
from core.api.reading import Parameters, body
from core.case import act, clocks, describe, duty, query
from core.case.boxes import BOXES
from core.case.deeds import the_person
from core.case.models import Case, Confidentiality
from core.case.opening import kinds_of, open_wanted, schema_of
from core.case.schemas import (
    ActSchema,
    CasePageSchema,
    CaseSchema,
    ClocksSchema,
    OffersSchema,
    OpenSchema,
    TimelineSchema,
    columns_schema,
)
from core.db import db
from core.errors import Changed, NotFound
from core.words import N_
from core.words import gettext as _

LIST = (
    parameter("state", "Names of states, separated by commas"),
    parameter("meaning", "open, waiting, closed"),
    parameter("kind", "Kinds of case, separated by commas"),
    parameter("bureau", "Codes of bureaus, separated by commas"),
    parameter("district", "Codes of the districts in which the enterprise lies"),
    parameter("assignee", "me, none, the id or the account of a person"),
    parameter("overdue", "1: the most urgent clock has run out", "boolean"),
    parameter("due_before", "Due earlier than this day", format="date"),
    parameter("due_on", "Due on this day", format="date"),
    parameter("opened_from", "Opened on this day or later", format="date"),
    parameter("opened_to", "Opened on this day or earlier", format="date"),
    parameter("enterprise", "Unified social credit code, registration number or id"),
    parameter("q", "Words: number, name, code, initials, title"),
    parameter("box", "A box of the caller's desk", enum=list(BOXES)),
    parameter("order", "A column; with a minus the other way round", example="-opened_at"),
    parameter("limit", "Rows on a page", "integer", minimum=1),
    parameter("cursor", "Where the page begins: next_cursor of the page before"),
)


class CaseApi(SuiteApi):
    """All kinds of case, and each module's own."""

    route_base = "/api/v1"
    openapi_spec_tag = "Cases"

    @endpoint("/cases", summary=N_("Cases of every kind"), answer=CasePageSchema, query=LIST)
    def cases(self) -> Response:
        """A page of all cases that the caller may see."""
        return _page(caller(), Case)

    @endpoint("/cases/<number>", summary=N_("A case with its clocks, timeline and actions"), answer=CaseSchema)
    def case(self, number: str) -> Response:
        """The whole case. Reading a restricted one is logged."""
        viewer, case = caller(), query.find_case(db.session(), number)
        if case.confidentiality is Confidentiality.RESTRICTED or duty.reads_by_leave(case, viewer):
            audit.record(db.session(), "read", "core_case", case.id, case.number)
            db.session.commit()
        return answer_json(describe.case_json(case, viewer))

    @endpoint("/cases/<number>/timeline", summary=N_("What happened, oldest first"), answer=TimelineSchema)
    def timeline(self, number: str) -> Response:
        """The events of the case."""
        events = query.find_case(db.session(), number).events
        return answer_json({"items": [describe.event_json(event) for event in events]})

    @endpoint("/cases/<number>/clocks", summary=N_("The clocks, explained day by day"), answer=ClocksSchema)
    def clocks(self, number: str) -> Response:
        """Each clock with its legal basis and the way to its due date."""
        found, calendar = query.find_case(db.session(), number).clocks, clocks.calendar_of(db.session())
        return answer_json({"items": [describe.clock_explained(clock, calendar) for clock in found]})

    @endpoint("/cases/<number>/actions", summary=N_("What the caller may do, and why not the rest"), answer=OffersSchema)
    def actions(self, number: str) -> Response:
        """Every action of the workflow as it stands for the caller."""
        case = query.find_case(db.session(), number)
        return answer_json({"items": describe.actions_json(case, caller())})

    @endpoint("/cases/<number>/actions/<action>", "POST", answer=CaseSchema, body=ActSchema, idempotent=True,
              summary=N_("Do an action: 403 not allowed, 409 changed meanwhile, 422 refused with reasons"))
    def act(self, number: str, action: str) -> Response:
        """Do the action; the case as it is afterwards, or its number and state when it is out of the caller's sight."""
        viewer, given = caller(), body(ActSchema)
        case = query.find_case(db.session(), number)
        try:
            act.do(case, action, actor=viewer, note=given["note"], version=given["version"], data=given["data"],
                   approvers=[the_person(case, name, "approvers").id for name in given["approvers"]])
        except Changed as changed:
            raise _told(changed, number) from None
        _as_kept(case)
        if case.visible_to(viewer):
            return answer_json(describe.case_json(case, viewer))
        return answer_json({"number": case.number, "kind": case.kind, "state": case.state, "version": case.version})

    @endpoint("/<module>/<register>", summary=N_("The cases of one kind with its own columns as filters; register cases: "
                                                      "all of the module"), answer=CasePageSchema, query=LIST)
    def register(self, module: str, register: str) -> Response:
        """A page of one module's register; 404 to whom the module is not there."""
        viewer, kinds = caller(), kinds_of(module)
        seen = {f"{module}.{name}": kind for name, kind in kinds.items() if viewer.may(f"{module}.{name}:read")}
        if register == "cases" and seen:
            return _page(viewer, Case, seen)
        if f"{module}.{register}" not in seen:
            raise NotFound(_("There is nothing here."))
        return _page(viewer, kinds[register])

    @endpoint("/<module>/cases", "POST", summary=N_("Open a case"), answer=CaseSchema, status=201, body=OpenSchema,
              idempotent=True)
    def open(self, module: str) -> Response:
        """Open a case; where it is, is in ``Location``."""
        viewer = caller()
        case = _as_kept(open_wanted(db.session(), viewer, module, body(OpenSchema)))
        return answer_json(describe.case_json(case, viewer), 201,
                           Location=url_for("CaseApi.case", number=case.number))

    def add_api_spec(self, api_spec: APISpec) -> None:
        """The general routes, and each kind's register with its own columns by name."""
        super().add_api_spec(api_spec)
        for name, kind in sorted(Case.loaded().items()):
            module, _dot, register = name.partition(".")
            columns = [parameter(field.name, str(field.label)).spec() for field in query.case_fields(kind)]
            listed = CaseApi.register.operation  # type: ignore[attr-defined]  # set by endpoint()
            api_spec.components.schema(f"{name}.fields", schema=columns_schema(kind))
            if schema_of(name) is not columns_schema(kind):
                api_spec.components.schema(f"{name}.data", schema=schema_of(name))
            spec: dict[str, Any] = listed.spec()
            spec["summary"], spec["tags"] = str(kind.kind_title), [module]
            spec["parameters"] = [p for p in spec["parameters"] if p["in"] != "path"] + columns
            api_spec.path(path=f"{self.route_base}/{module}/{register}", operations={"get": spec})


def _page(viewer: Viewer, kind: type[Case], kinds: dict[str, type[Case]] | None = None) -> Response:
    given = Parameters(request.args)
    filters = query.read_filters(given, viewer, kind)
    order, limit, cursor = given.text("order"), given.limit(), given.text("cursor")
    given.done()
    page = query.list_cases(db.session(), filters, kind=kind, kinds=kinds, order=order, limit=limit, cursor=cursor)
    line = describe.liner(viewer, kind)
    return answer_json({
        "items": [line(row) for row in page.rows], "next_cursor": page.next_cursor,
        "previous_cursor": page.previous_cursor, "count": page.count.as_dict() if page.count else None})


def _as_kept(case: Case) -> Case:
    """The case with its module's columns as the database keeps them: 3.5 is answered as 3.50, now as later."""
    names = [field.name for field in query.case_fields(type(case))]
    if names:
        db.session.flush()
        db.session.refresh(case, names)
    return case


def _told(changed: Changed, number: str) -> Changed:
    """The refusal with the version that the case has now, for the caller to look at."""
    if "version" in changed.details:
        return changed
    db.session.rollback()
    db.session.expire_all()
    return Changed(changed.message, version=query.find_case(db.session(), number).version)
