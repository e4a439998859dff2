"""The register of enterprises over HTTP, with telephone numbers and names masked for whoever need not know them."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from core.access.fields import fields_of, shown
from core.access.viewer import Viewer
from core.api.frame import SuiteApi, answer_json, caller, endpoint, parameter
from core.api.keyset import Page, ordering, page_of
from core.api.reading import Parameters
from core.audit import plain
from core.db import db
from core.errors import NotAllowed, NotFound
from core.party.models import Enterprise, EnterpriseName
from core.party.search import enterprises_matching
from core.words import N_
from core.words import gettext as _

READ = "enterprise:read"
ORDERS: dict[str, tuple[Any, bool]] = {
    "id": (Enterprise.id, False), "name": (Enterprise.name, False), "uscc": (Enterprise.uscc, True),
    "registered_on": (Enterprise.registered_on, True)}
FIELDS = fields_of(Enterprise, "enterprise", ("version",))


class EnterpriseSchema(Schema):
    """An enterprise of the register."""

    id = fields.Integer()
    uscc = fields.String(allow_none=True)
    reg_no = fields.String(allow_none=True)
    org_code = fields.String(allow_none=True)
    name = fields.String()
    pinyin = fields.String()
    status = fields.String()
    kind = fields.String(allow_none=True)
    legal_rep = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    registered_address = fields.String(allow_none=True)
    business_address = fields.String(allow_none=True)
    industry = fields.String(allow_none=True)
    registered_on = fields.Date(allow_none=True)
    registrar = fields.String(allow_none=True)
    district_code = fields.String(allow_none=True)
    source = fields.String()
    verified = fields.Boolean()
    updated_at = fields.AwareDateTime(allow_none=True)
    former_names = fields.List(fields.Dict(), metadata={"description": "Only of one enterprise, not in lists"})


class EnterprisePageSchema(Schema):
    """A page of the register."""

    items = fields.List(fields.Nested(EnterpriseSchema))
    next_cursor = fields.String(allow_none=True)
    previous_cursor = fields.String(allow_none=True)
    count = fields.Dict()


LIST = (
    parameter("q", "Words: a part of the name, the beginning of a code or of the name's initials"),
    parameter("status", "存续, 注销 …, separated by commas"),
    parameter("district", "Codes of districts, separated by commas"),
    parameter("verified", "0: taken over from a sheet and not found in the register yet", "boolean"),
    parameter("order", "id, name, uscc, registered_on; with a minus the other way round"),
    parameter("limit", "Rows on a page", "integer", minimum=1),
    parameter("cursor", "Where the page begins: next_cursor of the page before"),
)


class EnterpriseApi(SuiteApi):
    """The register of enterprises."""

    route_base = "/api/v1/enterprises"
    openapi_spec_tag = "Enterprises"

    @endpoint("", summary=N_("The register of enterprises"), answer=EnterprisePageSchema, query=LIST)
    def enterprises(self) -> Response:
        """A page of the register."""
        viewer, given = _reader(), Parameters(request.args)
        statement = narrowed(given)
        order, limit, cursor = given.text("order"), given.limit(), given.text("cursor")
        given.done()
        page = list_enterprises(db.session(), statement, order, limit, cursor)
        line = liner(viewer)
        return answer_json({
            "items": [line(row) for row in page.rows], "next_cursor": page.next_cursor,
            "previous_cursor": page.previous_cursor, "count": page.count.as_dict() if page.count else None})

    @endpoint("/<code>", summary=N_("An enterprise by its code, registration number or id"), answer=EnterpriseSchema)
    def enterprise(self, code: str) -> Response:
        """The enterprise with its former names."""
        line, wanted = liner(_reader()), code.strip().upper()
        rule = (Enterprise.id == int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10
                else or_(Enterprise.uscc == wanted, Enterprise.reg_no == wanted))
        found = db.session.scalars(select(Enterprise).where(rule).limit(1)).one_or_none() if _plain(wanted) else None
        if found is None:
            raise NotFound(_("The register has no enterprise with the code %(code)s.", code=code))
        names = db.session.scalars(select(EnterpriseName).where(EnterpriseName.enterprise_id == found.id)
                                   .order_by(EnterpriseName.valid_to))
        return answer_json(line(found) | {"former_names": [
            {"name": name.name, "valid_from": plain(name.valid_from), "valid_to": plain(name.valid_to)}
            for name in names]})


def narrowed(given: Parameters) -> Select[Any]:
    """The register's columns, narrowed by the parameters."""
    statement = select(Enterprise.id, *(field.column for field in FIELDS))
    if words := given.text("q"):
        statement = statement.where(enterprises_matching(words))
    if status := given.several("status"):
        statement = statement.where(Enterprise.status.in_(status))
    if district := given.several("district"):
        statement = statement.where(or_(*(Enterprise.district_code.startswith(code, autoescape=True)
                                          for code in district)))
    verified = given.flag("verified")
    return statement if verified is None else statement.where(Enterprise.verified.is_(verified))


def list_enterprises(session: Session, statement: Select[Any], order: str = "", limit: int = 50,
                     cursor: str = "") -> Page:
    """One page of a :func:`narrowed` register: a statement, and one for the count."""
    return page_of(session, statement, ordering(order, ORDERS, Enterprise.id, "id"), limit, name="enterprises",
                   cursor=cursor, counting=statement.with_only_columns(Enterprise.id))


def liner(viewer: Viewer) -> Callable[[Any], dict[str, Any]]:
    """A function that turns rows of the register into JSON as ``viewer`` may see them."""
    def line(row: Any) -> dict[str, Any]:
        return {"id": row.id} | {name: plain(value) for name, value in shown(FIELDS, row, viewer).items()}
    return line


def _plain(code: str) -> bool:
    """Whether the database can be asked for it at all."""
    return code.isprintable() and len(code) <= 50


def _reader() -> Viewer:
    viewer = caller()
    if not viewer.may(READ):
        raise NotAllowed(_("You may not read the register of enterprises."))
    return viewer
