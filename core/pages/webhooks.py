"""Webhooks: which addresses are told of a bureau's cases; their secrets; where their deliveries are logged."""
from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.models import Unit
from core.case import Case
from core.errors import NotFound, Refusal
from core.outbox import webhooks
from core.outbox.webhooks import Webhook
from core.pages.frame import needs, request_session
from core.pages.saving import save
from core.web import Crumb

pages = Blueprint("webhooks", __name__)
URL = "/admin/webhooks"


@pages.route(URL, methods=["GET", "POST"])
@needs("webhook:edit")
def index() -> str | Response:
    """What is registered, and a new one."""
    session, form = request_session(), request.form
    if request.method == "POST":
        def work() -> None:
            bureau = session.get(Unit, form.get("bureau", 0, type=int))
            if bureau is None:
                raise Refusal(_("Choose a bureau."), "bureau")
            known = select(Webhook.id).where(Webhook.bureau_id == bureau.id, Webhook.url == form.get("url", "").strip())
            if session.scalar(known) is not None:
                raise Refusal(_("This address is registered already."), "url")
            webhooks.register(session, bureau.id, form.get("url", ""), [k for k in form.getlist("kinds") if k in Case.loaded()])

        return save(work, URL, _("Saved."))
    found = session.execute(select(Webhook, Unit).join(Unit, Unit.id == Webhook.bureau_id).order_by(Webhook.id)).all()
    key = current_app.config["SECRET_KEY"]
    bureaus = session.scalars(select(Unit).where(Unit.id == Unit.bureau_id, Unit.active.is_(True)).order_by(Unit.path)).all()
    return render_template(
        "pages/webhooks.html", title=_("Webhooks"), crumbs=[Crumb(_("Webhooks"))], bureaus=bureaus,
        found=[(hook, unit, webhooks.secret_of(key, hook.url)) for hook, unit in found],
        kinds={name: kind.kind_title for name, kind in sorted(Case.loaded().items())})


@pages.post(f"{URL}/<int:hook_id>/switch")
@needs("webhook:edit")
def switch(hook_id: int) -> Response:
    """Switch one off or on."""
    def work() -> None:
        found = request_session().get(Webhook, hook_id)
        if found is None:
            raise NotFound(_("There is no such page."))
        found.active = not found.active

    return save(work, URL, _("Saved."))
