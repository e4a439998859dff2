"""The ladders of reminders, for whoever wants to know when he will hear of what."""
from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from core.case import Case
from core.case.arranging import PERMISSION
from core.case.ladders import ladders
from core.letter import register
from core.pages.admin_roles import role_titles
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web import Crumb

pages = Blueprint("ladders", __name__)


@pages.get("/ladders")
@needs("")
def index() -> str:
    """Of each duty of the kinds of case that the person works with: when, whom, by which channel, with which letter."""
    viewer = request_viewer()
    kinds = [kind for kind in Case.loaded() if viewer.may(f"{kind}:read") or viewer.is_admin]
    titles = names()
    return render_template("pages/ladders.html", title=_("Reminders"), crumbs=[Crumb(_("Reminders"))],
                           arranges=viewer.may(PERMISSION),
                           found=ladders(request_session(), viewer.bureau_id, titles, kinds) if kinds else [])


def names() -> dict[str, str]:
    """What roles and letters are called, by their names."""
    found = role_titles()
    return found | {name: kind.name for name, kind in register.letter_kinds().items()}
