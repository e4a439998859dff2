"""The register of letters over HTTP, and the bytes of a letter."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields
from sqlalchemy import Select, func, or_, select

from core import moment
from core.access.models import Unit
from core.api.frame import SuiteApi, answer_json, caller, endpoint, parameter
from core.api.keyset import ordering, page_of
from core.api.reading import Parameters
from core.audit import plain
from core.case.models import Case
from core.db import db
from core.errors import NotFound
from core.letter import register
from core.letter.models import Letter, LetterState
from core.party.models import Enterprise
from core.party.search import contains
from core.words import N_
from core.words import gettext as _

ORDERS: dict[str, tuple[Any, bool]] = {
    "drafted_at": (Letter.drafted_at, False), "signed_at": (Letter.signed_at, True), "number": (Letter.number, True)}
COLUMNS = (Letter.id, Letter.number, Letter.kind, Letter.state, Letter.title, Letter.addressee, Letter.drafted_at,
           Letter.signed_at, Letter.delivered_at, Letter.sha256, Letter.version)
LIST = (
    parameter("state", "draft, reviewed, signed, delivered, voided; separated by commas"),
    parameter("kind", "Kinds of letter, separated by commas"),
    parameter("bureau", "Codes of bureaus, separated by commas"),
    parameter("case", "The number of a case"),
    parameter("q", "Words: number, title, addressee"),
    parameter("order", "drafted_at, signed_at, number; with a minus the other way round"),
    parameter("limit", "Rows on a page", "integer", minimum=1),
    parameter("cursor", "Where the page begins: next_cursor of the page before"),
)


class LetterSchema(Schema):
    """A letter in the register."""

    id = fields.Integer()
    number = fields.String(allow_none=True)
    kind = fields.String()
    state = fields.String()
    title = fields.String()
    addressee = fields.String()
    case = fields.String(allow_none=True)
    enterprise = fields.String(allow_none=True)
    bureau = fields.String()
    drafted_at = fields.AwareDateTime()
    signed_at = fields.AwareDateTime(allow_none=True)
    issued_on = fields.Date(allow_none=True)
    delivered_at = fields.AwareDateTime(allow_none=True)
    sha256 = fields.String(allow_none=True)
    version = fields.Integer()


class LetterPageSchema(Schema):
    """A page of the register of letters."""

    items = fields.List(fields.Nested(LetterSchema))
    next_cursor = fields.String(allow_none=True)
    previous_cursor = fields.String(allow_none=True)
    count = fields.Dict()


class LetterApi(SuiteApi):
    """Letters that the caller may see."""

    route_base = "/api/v1/letters"
    openapi_spec_tag = "Letters"

    @endpoint("", summary=N_("The register of letters"), answer=LetterPageSchema, query=LIST)
    def letters(self) -> Response:
        """A page, newest drafts first."""
        caller()
        given = Parameters(request.args)
        statement = _narrowed(given)
        order = ordering(given.text("order"), ORDERS, Letter.id, "-drafted_at")
        limit, cursor = given.limit(), given.text("cursor")
        given.done()
        page = page_of(db.session(), statement, order, limit, name="letters", cursor=cursor,
                       counting=statement.with_only_columns(Letter.id, maintain_column_froms=True))
        return answer_json({
            "items": [_line(row) for row in page.rows], "next_cursor": page.next_cursor,
            "previous_cursor": page.previous_cursor, "count": page.count.as_dict() if page.count else None})

    @endpoint("/<int:letter_id>", summary=N_("One letter with its state and dates"), answer=LetterSchema)
    def letter(self, letter_id: int) -> Response:
        """One letter of the register."""
        caller()
        rule = Letter.id == (letter_id if letter_id < 2**31 else 0)
        row = db.session.execute(_selected().where(rule)).one_or_none()
        if row is None:
            raise _missing()
        return answer_json(_line(row))

    @endpoint("/<int:letter_id>/pdf", summary=N_("The bytes that were signed; before that a preview, marked as one"),
              answer={"type": "string", "format": "binary"}, media="application/pdf")
    def pdf(self, letter_id: int) -> Response:
        """The same bytes at every asking."""
        caller()
        found = db.session.scalars(select(Letter).where(
            Letter.id == (letter_id if letter_id < 2**31 else 0))).one_or_none()
        if found is None:
            raise _missing()
        return Response(register.pdf_of(found), mimetype="application/pdf")


def _selected() -> Select[Any]:
    columns: Sequence[Any] = COLUMNS
    return (select(*columns, Case.number.label("case_number"), Enterprise.name.label("enterprise"),
                   Unit.short_name.label("bureau")).select_from(Letter)
            .join(Unit, Unit.id == Letter.bureau_id).outerjoin(Case, Case.id == Letter.case_id)
            .outerjoin(Enterprise, Enterprise.id == func.coalesce(Letter.enterprise_id, Case.enterprise_id)))


def _narrowed(given: Parameters) -> Select[Any]:
    statement, states = _selected(), given.several("state")
    for name in states:
        if name not in set(LetterState):
            given.fault("state", _("Use one of: %(names)s.", names=", ".join(LetterState)))
    rules: list[Any] = []
    if states:
        rules.append(Letter.state.in_(states))
    return statement.where(*rules, *chosen_by(given))


def chosen_by(given: Parameters) -> list[Any]:
    """What holds of the letters that the filter finds: kind, bureau, case, words. Wants the case joined."""
    rules: list[Any] = []
    if kinds := given.several("kind"):
        rules.append(Letter.kind.in_(kinds))
    if bureaus := given.several("bureau"):
        rules.append(Letter.bureau_id.in_(select(Unit.id).where(Unit.code.in_(bureaus))))
    if number := given.text("case"):
        rules.append(Case.number == number.upper())
    rules += [or_(Letter.number.startswith(word, autoescape=True), contains(Letter.title, word),
                  contains(Letter.addressee, word)) for word in given.text("q").split()]
    return rules


def _line(row: Any) -> dict[str, Any]:
    issued = moment.local(row.signed_at).date() if row.signed_at else None
    return {column.key: plain(getattr(row, column.key)) for column in COLUMNS} | {
        "case": row.case_number, "enterprise": row.enterprise, "bureau": row.bureau, "issued_on": plain(issued)}


def _missing() -> NotFound:
    return NotFound(_("There is no letter with this number that you may see."))
