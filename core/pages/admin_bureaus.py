"""All bureaus on one sheet, for the first day and for a reform: names, words in numbers, who imposes penalties."""
from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.models import Unit
from core.errors import Invalid
from core.pages.frame import needs, request_session
from core.party import units as tree_of
from core.web import Crumb

pages = Blueprint("bureaus", __name__)
FIELDS = ("short_name", "doc_word")
"""What is typed; the form names it ``<field>-<id of the unit>``, and ``is_enforcer-<id>`` for the box."""


@pages.route("/admin/units/sheet", methods=["GET", "POST"])
@needs("unit:edit")
def sheet() -> str | Response | tuple[str, int]:
    """Every bureau, street and park in use with its names and its word. All of it is saved, or nothing: a row that cannot be is
    named beside its field, and what was typed stays."""
    session, form = request_session(), request.form
    bureaus = session.scalars(select(Unit).where(Unit.id == Unit.bureau_id, Unit.active.is_(True))
                              .order_by(Unit.position, Unit.id)).all()
    faults: dict[str, str] = {}
    typed = {f"{field}-{unit.id}": form.get(f"{field}-{unit.id}", getattr(unit, field)) for unit in bureaus
             for field in FIELDS}
    ticked = {unit.id for unit in bureaus if (f"is_enforcer-{unit.id}" in form if form else unit.is_enforcer)}
    if form:
        for unit in bureaus:
            try:
                tree_of.change_unit(session, unit, is_enforcer=unit.id in ticked,
                                    **{field: typed[f"{field}-{unit.id}"] for field in FIELDS})
            except Invalid as invalid:
                faults |= {f"{error.field}-{unit.id}": error.message for error in invalid.errors}
        if not faults:
            session.commit()
            flash(_("Saved."), "success")
            return redirect("/admin/units/sheet")
        session.rollback()
    page = render_template("pages/admin_bureaus.html", title=_("Bureaus on one sheet"), bureaus=bureaus, typed=typed,
                           ticked=ticked, faults=faults,
                           crumbs=[Crumb(_("Units"), "/admin/units"), Crumb(_("Bureaus on one sheet"))])
    return (page, 422) if faults else page
