"""Legal periods and parameters, and the values that bureaus have in their place."""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import moment
from core.access.models import Unit
from core.errors import NotFound, Refusal
from core.pages.frame import needs, request_session
from core.pages.saving import save
from core.rules.loader import RuleUnit
from core.rules.lookup import Rule, book
from core.rules.models import RuleOverride
from core.rules.register import end_override, override
from core.security import request_viewer
from core.web import Crumb
from core.web.forms import FormSchema, form_fields, load_form
from core.web.widgets import Action, Confirm

pages = Blueprint("rules", __name__)
URL = "/rules"


class OwnValueForm(FormSchema):
    """A bureau's own value."""

    bureau = fields.Integer(required=True, metadata={"label": _l("Bureau"), "widget": "choice", "choices": lambda: [
        (str(unit.id), unit.short_name) for unit in _bureaus()]})
    value = fields.String(required=True, metadata={"label": _l("Value"), "help": _l(
        "In the unit of the rule; of a yes or no: true or false.")})
    valid_from = fields.Date(required=True, metadata={"label": _l("Holds from")})
    valid_to = fields.Date(load_default=None, allow_none=True, metadata={
        "label": _l("Holds until"), "help": _l("Left empty: until it is ended.")})
    reason = fields.String(required=True, metadata={"label": _l("Reason"), "widget": "textarea"})


@pages.get(URL)
@needs("")
def index() -> str:
    """The legal periods and parameters: value, unit, basis, from when to when, and what the own bureau decided."""
    viewer, found = request_viewer(), book(request_session())
    rows: list[tuple[Rule, Rule | None, bool]] = []
    for key in found.keys:
        for place, version in enumerate(found.versions(key)):
            held = version
            if version.valid_from <= moment.today() and (version.valid_to is None or moment.today() <= version.valid_to):
                held = found.rule(key, moment.today(), viewer.bureau_id)
            rows.append((version, held if held.overridden_by else None, not place))
    rows.sort(key=lambda row: not row[0].is_law)  # the law first, then what each house settles for itself
    return render_template("pages/rules.html", title=_("Legal periods"), crumbs=[Crumb(_("Legal periods"))], rows=rows,
                           may_override=viewer.may("rule:override"))


@pages.route(f"{URL}/<key>", methods=["GET", "POST"])
@needs("rule:override")
def rule(key: str) -> str | Response | tuple[str, int]:
    """One rule with its versions, the values of the bureaus, and one more."""
    session, versions = request_session(), book(request_session()).versions(key)
    if not versions:
        raise NotFound(_("There is no such page."))
    errors: Any = ()
    general: list[str] = []
    if request.method == "POST":
        try:
            given = load_form(OwnValueForm(), request.form)
            if given["bureau"] not in {unit.id for unit in _bureaus()}:
                raise Refusal(_("Choose a bureau."), "bureau")
            override(session, given["bureau"], key, _read(versions[-1].unit, given["value"]), given["reason"],
                     request_viewer().user_id or 0, given["valid_from"], given["valid_to"])
            session.commit()
            flash(_("Saved."), "success")
            return redirect(f"{URL}/{key}")
        except Refusal as refusal:
            session.rollback()
            errors, general = refusal.errors, [] if refusal.errors else [refusal.message]
    asked: Any = request.form if request.method == "POST" else {"valid_from": moment.today(),
                                                                "bureau": request_viewer().bureau_id}
    own = session.execute(select(RuleOverride, Unit.short_name).join(Unit, Unit.id == RuleOverride.bureau_id).where(
        RuleOverride.key == key).order_by(RuleOverride.valid_from.desc(), RuleOverride.id.desc())).all()
    shown = [(row, name, _ending(row)) for row, name in own if _reached(row.bureau_id)]
    page = render_template(
        "pages/rule.html", title=versions[-1].title, crumbs=[Crumb(_("Legal periods"), URL), Crumb(versions[-1].title)],
        key=key, versions=versions, own=shown, general=general,
        fields=form_fields(OwnValueForm(), asked, errors))
    return (page, 422) if errors or general else page


@pages.post(f"{URL}/<key>/end")
@needs("rule:override")
def end(key: str) -> Response:
    """A bureau's value holds for the last time today."""
    session, own = request_session(), request.form.get("own", 0, type=int)
    found = session.get(RuleOverride, own)
    if found is None or found.key != key or not _reached(found.bureau_id):
        raise NotFound(_("There is no such page."))
    return save(lambda: end_override(session, own, moment.today()), f"{URL}/{key}", _("It holds for the last time today."))


def _reached(bureau_id: int) -> bool:
    """Whether the person may settle rules for that bureau."""
    return request_viewer().reach("rule:override").covers(bureau_id)


def _bureaus() -> list[Unit]:
    found = request_session().scalars(select(Unit).where(Unit.id == Unit.bureau_id, Unit.active.is_(True)).order_by(Unit.path))
    return [unit for unit in found if _reached(unit.id)]


def _read(unit: RuleUnit, text: str) -> Any:
    """What was typed as a value of the rule's unit; what does not fit is left for the register to refuse by name."""
    text = text.strip()
    if unit is RuleUnit.BOOL:
        return {"true": True, "false": False, str(_("yes")): True, str(_("no")): False}.get(text, text)
    if unit is RuleUnit.TEXT:
        return text
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _ending(row: RuleOverride) -> Action | None:
    """The button that ends a value which holds today."""
    today: dt.date = moment.today()
    if row.valid_from > today or (row.valid_to is not None and row.valid_to <= today):
        return None
    return Action(_("End it"), f"{URL}/{row.key}/end", method="post", name=f"end-{row.id}", data={"own": str(row.id)},
                  confirm=Confirm(_("End it"), [_("From tomorrow on the rule itself holds again.")], ""))
