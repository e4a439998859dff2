"""AB角: who stands in for me while I am away, and for whom I stand in."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from core.access import as_system, standing_in
from core.access.models import Staff
from core.errors import NotFound, Refusal
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web import Crumb
from core.web.forms import FormSchema, form_fields, load_form

pages = Blueprint("standing_in", __name__)
URL = "/account/standing-in"


class StandInForm(FormSchema):
    """Who, from which day to which, and why."""

    deputy = fields.Integer(required=True, metadata={"label": _l("Stands in for me"), "widget": "picker",
                                                     "picker": "/pick/people"})
    first = fields.Date(required=True, metadata={"label": _l("From")})
    last = fields.Date(required=True, metadata={"label": _l("Up to and including")})
    reason = fields.String(required=True, validate=validate.Length(min=1, max=200), metadata={"label": _l("Reason")})


@pages.route(URL, methods=["GET", "POST"])
@needs("")
def index() -> str | Response | tuple[str, int]:
    """What is arranged, and a new arrangement. What was typed stays when it is refused."""
    viewer, schema = request_viewer(), StandInForm()
    errors: Any = ()
    general: list[str] = []
    if request.method == "POST":
        try:
            given = load_form(schema, request.form)
            with as_system("somebody stands in", viewer.name) as session:
                session.info["viewer"] = viewer  # the log names who arranged it
                person, deputy = session.get_one(Staff, viewer.user_id or 0), session.get(Staff, given["deputy"])
                if deputy is None:
                    raise Refusal(_("There is no such person."), "deputy")
                standing_in.lend(session, person, deputy, given["first"], given["last"], given["reason"])
                session.commit()
        except Refusal as refusal:
            errors, general = refusal.errors, [] if refusal.errors else [refusal.message]
        else:
            flash(_("Saved."), "success")
            return redirect(URL)
    page = render_template(
        "pages/standing_in.html", title=_("Standing in"), crumbs=[Crumb(_("Standing in"))], url=URL, me=viewer.user_id,
        found=standing_in.arrangements(request_session(), [viewer.user_id or 0]), general=general,
        fields=form_fields(schema, request.form, errors))
    return (page, 422) if request.method == "POST" else page


@pages.post(f"{URL}/<int:deputy_id>/end")
@needs("")
def end(deputy_id: int) -> Response:
    """I am back."""
    session = request_session()
    person, deputy = session.get(Staff, request_viewer().user_id or 0), session.get(Staff, deputy_id)
    if person is None or deputy is None:
        raise NotFound(_("There is no such person."))
    standing_in.end(session, person, deputy)
    session.commit()
    flash(_("Saved."), "success")
    return redirect(URL)
