"""通知公告: read by everybody, written by administrators and by those who hold the permission in their bureau."""
from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import dictionary, notices
from core.access.models import Unit
from core.errors import NotAllowed, Refusal
from core.pages.frame import needs, request_session
from core.pages.saving import save
from core.security import request_viewer
from core.web import Crumb

pages = Blueprint("notices", __name__)


@pages.get("/notices")
@needs("")
def index() -> str:
    """What is up."""
    session = request_session()
    return render_template("pages/notices.html", title=_("Notices"), crumbs=[Crumb(_("Notices"))],
                           notices=notices.current(session), kinds=dict(dictionary.choices(session, "core.notice")),
                           may_write=request_viewer().may(notices.EDIT))


@pages.get("/notices/<int:notice_id>")
@needs("")
def show(notice_id: int) -> str:
    """One notice; from now on it counts as read."""
    session = request_session()
    found = notices.find(session, notice_id)
    page = render_template("pages/notice.html", title=found.title, notice=found,
                           kinds=dict(dictionary.choices(session, "core.notice")),
                           crumbs=[Crumb(_("Notices"), "/notices"), Crumb(found.title)])
    notices.mark_read(session, found)
    session.commit()
    return page


@pages.route("/admin/notices", methods=["GET", "POST"])
@needs(notices.EDIT)
def write() -> str | Response:
    """Put one up; who has read which."""
    session, viewer = request_session(), request_viewer()
    everywhere = viewer.reach(notices.EDIT).everywhere
    if request.method == "POST":
        return save(lambda: _publish(everywhere), "/admin/notices", _("The notice is up."))
    bureaus = session.scalars(select(Unit).where(Unit.id == Unit.bureau_id, Unit.active.is_(True))
                              .order_by(Unit.position, Unit.id)).all() if everywhere else []
    return render_template("pages/admin_notices.html", title=_("Write notices"), crumbs=[Crumb(_("Write notices"))],
                           found=notices.everything(session), kinds=dictionary.choices(session, "core.notice"),
                           bureaus=bureaus, everywhere=everywhere)


@pages.post("/admin/notices/<int:notice_id>/withdraw")
@needs(notices.EDIT)
def withdraw(notice_id: int) -> Response:
    """Take one down."""
    def work() -> None:
        found = notices.find(request_session(), notice_id)
        if not found.writable_by(request_viewer()):
            raise NotAllowed(_("This notice is another bureau's."))
        notices.withdraw(request_session(), notice_id)

    return save(work, "/admin/notices", _("The notice is down."))


def _publish(everywhere: bool) -> None:
    form, viewer = request.form, request_viewer()
    try:
        until = dt.date.fromisoformat(form["until"]) if form.get("until") else None
    except ValueError:
        raise Refusal(_("%(text)s is no day. Write it like 2026-11-23.", text=form["until"]), "until") from None
    notices.publish(request_session(), title=form.get("title", ""), body=form.get("body", ""), kind=form.get("kind", "notice"),
                    bureau_id=form.get("bureau", type=int) if everywhere else viewer.bureau_id, pinned="pinned" in form,
                    until=until, by=viewer.user_id)
