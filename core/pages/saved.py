"""Saved searches: keep what is being looked for under a name, for oneself or for the bureau; forget it again."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from core.case import saved
from core.case.screens import CaseScreen
from core.errors import NotFound, Refusal
from core.pages.frame import may_see, needs, request_session, screens
from core.pages.saving import save as keep
from core.security import request_viewer
from core.web import Crumb
from core.web.forms import FormSchema, form_fields, load_form
from core.web.widgets import Action, Saved

pages = Blueprint("saved", __name__)


class SearchForm(FormSchema):
    """A name, and whether colleagues see it."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=40), metadata={"label": _l("Name")})
    shared = fields.Boolean(load_default=False, metadata={"label": _l("Share it with my bureau")})


@pages.route("/saved-searches", methods=["GET", "POST"])
@needs("")
def new() -> str | Response | tuple[str, int]:
    """Keep the search of the list ``screen`` that ``query`` says; below it those that are kept."""
    args = request.values
    screen = screens().get(args.get("screen", ""))
    if screen is None:
        raise NotFound(_("There is no such page."))
    may_see(request_viewer(), f"{screen.kind}:read")
    session, viewer, schema, query = request_session(), request_viewer(), SearchForm(), args.get("query", "")
    errors: Any = ()
    general: list[str] = []
    if request.method == "POST":
        try:
            given = load_form(schema, request.form)
            saved.save(session, viewer, screen.case, given["name"], query, shared=given["shared"])
            session.commit()
        except Refusal as refusal:
            session.rollback()
            errors, general = [e for e in refusal.errors if e.field in schema.fields], \
                [e.message for e in refusal.errors if e.field not in schema.fields] or \
                ([] if refusal.errors else [refusal.message])
        else:
            flash(_("Saved."), "success")
            return redirect(f"{screen.url}?{query}")
    mine = [each.search for each in saved.searches(session, viewer, screen.case) if each.search.user_id == viewer.user_id]
    page = render_template(
        "pages/saved.html", title=_("Save this search"), screen=screen, query=query, mine=mine, general=general,
        fields=form_fields(schema, request.form, errors), name=args.get("screen", ""),
        crumbs=[Crumb(screen.title, screen.url), Crumb(_("Save this search"))])
    return (page, 422) if request.method == "POST" else page


@pages.post("/saved-searches/<int:search_id>/remove")
@needs("")
def remove(search_id: int) -> Response:
    """Forget a search."""
    return keep(lambda: saved.remove(request_session(), search_id, request_viewer()), "/",
                _("Removed."))


def shown(screen: CaseScreen, liking: str) -> tuple[list[Saved], Mapping[str, Any]]:
    """The searches that are kept for a list, with their counts, and what the person keeps under the name ``liking``."""
    here = request.query_string.decode()
    found, liked = saved.searches_and_liking(request_session(), request_viewer(), screen.case, liking)
    return [Saved(each.search.name, f"{screen.url}?{each.search.query}", each.count, current=each.search.query == here,
                  shared=each.search.shared) for each in found], liked


def button(screen: CaseScreen) -> list[Action]:
    """The way to keep what is looked for now; not there while nothing is."""
    query = request.query_string
    if not query:
        return []
    address = f"/saved-searches?screen={quote(f'{screen.module}/{screen.name}')}&query={quote(query.decode())}"
    return [Action(_("Save this search"), address, drawer=True, name="save-search")]
