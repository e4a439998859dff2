"""How a bureau's letters read: its own wording of a module's letters, with preview, versions, differences, the way back."""
from __future__ import annotations

import datetime as dt

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.access.models import Unit
from core.errors import NotFound, Refusal
from core.letter import wording
from core.letter.bodytext import MAX_TEMPLATE
from core.letter.content import chinese_date
from core.letter.kinds import LetterKind
from core.letter.register import kind_named, letter_kinds
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web import Crumb, allow_framing
from core.web.widgets import Action, Confirm

pages = Blueprint("wordings", __name__, url_prefix="/letters/wordings")


@pages.get("")
@needs(wording.PERMISSION)
def index() -> str:
    """The letters of the modules that the bureau uses, and which text is in force."""
    bureau, session = the_bureau(), request_session()
    rows = [(kind, wording.in_force(session, bureau.id, kind.kind)) for kind in _kinds()]
    return render_template("pages/wordings.html", rows=rows, bureau=bureau, title=_("Texts of letters"),
                           crumbs=[Crumb(_("Letters"), "/letters"), Crumb(_("Texts"))])


@pages.route("/<kind>", methods=["GET", "POST"])
@needs(wording.PERMISSION)
def text(kind: str) -> str | tuple[str, int] | Response:
    """The editor of one text; saving makes a new version. What was refused stays as it was typed."""
    declared, bureau, session = the_kind(kind), the_bureau(), request_session()
    if request.method == "GET":
        return _editor(declared, bureau, wording.text_of(session, bureau.id, declared, _version_in_force(declared, bureau)))
    try:
        wording.save(session, declared, bureau, request.form.get("text", ""), request.form.get("reason", ""),
                     request_viewer())
        session.commit()
    except Refusal as refusal:
        session.rollback()
        return _editor(declared, bureau, request.form.get("text", ""), request.form.get("reason", ""), refusal), 422
    flash(_("Saved. New letters are written with this text."), "success")
    return redirect(f"/letters/wordings/{kind}")


@pages.post("/<kind>/preview")
@needs(wording.PERMISSION)
def preview(kind: str) -> Response:
    """The text as typed, with the sample values, marked 样稿; or a sentence that says what is wrong with it."""
    declared, bureau = the_kind(kind), the_bureau()
    try:
        answer = make_response(wording.preview(declared, bureau, request.form.get("text", "")))
        answer.mimetype = "application/pdf"
    except Refusal as refusal:
        answer = make_response(render_template("pages/wording_refused.html", refusal=refusal, title=_("Preview")), 422)
    return allow_framing(answer)


@pages.post("/<kind>/restore")
@needs(wording.PERMISSION)
def restore(kind: str) -> Response:
    """Back to an earlier version, or to the module's own text."""
    declared, bureau, session = the_kind(kind), the_bureau(), request_session()
    try:
        wording.restore(session, declared, bureau, request.form.get("version", 0, type=int), request_viewer())
        session.commit()
    except Refusal as refusal:
        session.rollback()
        flash(refusal.message, "error")
    else:
        flash(_("Saved. New letters are written with this text."), "success")
    return redirect(f"/letters/wordings/{kind}")


def the_bureau() -> Unit:
    """The bureau whose texts the viewer words: his own."""
    viewer = request_viewer()
    found = request_session().get(Unit, viewer.bureau_id) if viewer.bureau_id else None
    if found is None or not viewer.reach(wording.PERMISSION).covers(found.id):
        raise NotFound(_("There is no such page."))
    return found


def the_kind(name: str) -> LetterKind:
    """A kind of letter of a module that the bureau uses."""
    declared = kind_named(name)
    if declared not in _kinds():
        raise NotFound(_("There is no letter of the kind %(kind)s.", kind=name))
    return declared


def _kinds() -> list[LetterKind]:
    modules = request_viewer().modules
    return [kind for kind in letter_kinds().values() if kind.kind.partition(".")[0] in modules]


def _version_in_force(declared: LetterKind, bureau: Unit) -> int:
    present = wording.in_force(request_session(), bureau.id, declared.kind)
    return present.version if present else wording.MODULES_OWN


def _editor(declared: LetterKind, bureau: Unit, typed: str, reason: str = "", refusal: Refusal | None = None) -> str:
    session = request_session()
    in_force = _version_in_force(declared, bureau)
    version, against = request.args.get("version", type=int), request.args.get("against", in_force, type=int)
    lines = None if version is None else list(wording.difference(
        wording.text_of(session, bureau.id, declared, against), wording.text_of(session, bureau.id, declared, version)))
    suite = current_app.extensions["yingshang"]
    module = next(_(addon.title) for addon in suite.addons if addon.name == declared.kind.partition(".")[0])
    return render_template(
        "pages/wording.html", kind=declared, bureau=bureau, typed=typed, reason=reason, refusal=refusal, module=module,
        versions=wording.versions(session, bureau.id, declared.kind), in_force=in_force, lines=lines, version=version,
        against=against, most=MAX_TEMPLATE, restore=_restoring(declared, version or 0),
        fields=[(field, _shown(field.sample)) for field in declared.fields], title=declared.name,
        crumbs=[Crumb(_("Letters"), "/letters"), Crumb(_("Texts"), "/letters/wordings"), Crumb(declared.name)])


def _restoring(declared: LetterKind, version: int) -> Action:
    return Action(_("Go back to this text"), f"/letters/wordings/{declared.kind}/restore", method="post", tone="go",
                  name="restore", data={"version": version},
                  confirm=Confirm(_("Go back to this text"), [_("It becomes a new version; no version is lost."),
                                                              _("Letters that are drafted already keep their text.")], ""))


def _shown(sample: object) -> str:
    """A field's example as the letter prints it."""
    if isinstance(sample, dt.date):
        return chinese_date(sample)
    return "…" if isinstance(sample, list | tuple | dict) else str(sample)
