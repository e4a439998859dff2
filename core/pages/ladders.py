"""The ladders of reminders, for whoever wants to know when he will hear of what."""
from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _

from core.case import Case
from core.case.ladders import ladders
from core.letter import register
from core.pages.frame import needs
from core.security import request_viewer
from core.web import Crumb

pages = Blueprint("ladders", __name__)


@pages.get("/ladders")
@needs("")
def index() -> str:
    """Of each duty of the kinds of case that the person works with: when, whom, by which channel, with which letter."""
    viewer = request_viewer()
    kinds = [kind for kind in Case.loaded() if viewer.may(f"{kind}:read") or viewer.is_admin]
    titles = {role.name: role.title for role in current_app.extensions["roles"]}
    titles |= {name: kind.name for name, kind in register.letter_kinds().items()}
    return render_template("pages/ladders.html", title=_("Reminders"), crumbs=[Crumb(_("Reminders"))],
                           found=ladders(titles, kinds) if kinds else [])
