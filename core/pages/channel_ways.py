"""By which way a channel leaves the house: chosen, given what it needs, and tried, on one page."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from core.audit import record
from core.errors import NotFound, Refusal
from core.outbox import ways
from core.outbox.models import Channel
from core.pages.admin_watch import adapter_words, channel_words
from core.pages.frame import needs, request_session
from core.security import request_viewer
from core.web import Crumb
from core.web.forms import FormSchema, form_fields, load_form

pages = Blueprint("channel_ways", __name__)
KEPT = ("password", "token")
"""Fields whose present value is never shown: left empty, it stays."""


class MailForm(FormSchema):
    """A mail server."""

    host = fields.String(load_default="", metadata={"label": _l("Server"), "help": _l("Such as smtp.example.gov.cn")})
    port = fields.Integer(load_default=25, validate=validate.Range(1, 65_535), metadata={"label": _l("Port")})
    security = fields.String(load_default="none", validate=validate.OneOf(
        ("none", "starttls", "ssl"), (_l("none"), "STARTTLS", "SSL/TLS")), metadata={"label": _l("Encryption")})
    user = fields.String(load_default="", metadata={"label": _l("Account")})
    password = fields.String(load_default="", metadata={
        "label": _l("Password"), "kind": "password", "help": _l("Left empty, the present one stays.")})
    sender = fields.String(load_default="", metadata={"label": _l("Sender’s address")})


class SmsForm(FormSchema):
    """An SMS gateway."""

    url = fields.String(load_default="", metadata={"label": _l("Address of the gateway")})
    token = fields.String(load_default="", metadata={
        "label": _l("Key"), "kind": "password", "help": _l("Left empty, the present one stays.")})


class RobotForm(FormSchema):
    """A group robot."""

    url = fields.String(load_default="", metadata={"label": _l("Address of the robot")})


FORMS: dict[Channel, type[FormSchema]] = {Channel.EMAIL: MailForm, Channel.SMS: SmsForm, Channel.WECOM: RobotForm}


@pages.route("/admin/channels/<name>", methods=["GET", "POST"])
@needs("parameter:edit")
def way(name: str) -> str | Response | tuple[str, int]:
    """Choose the adapter and save what it needs; below, send a trial at once by the way that is in force."""
    channel, session, settings = _channel(name), request_session(), _settings()
    schema, (adapter, given) = FORMS[channel](), ways.chosen(session, settings, channel)
    errors: Any = ()
    if request.method == "POST":
        try:
            typed = load_form(schema, request.form)
            typed |= {key: given.get(key, "") for key in KEPT if key in typed and not typed[key]}
            ways.choose(session, settings, channel, request.form.get("adapter", ""), typed, request_viewer().user_id)
            session.commit()
        except Refusal as refusal:
            session.rollback()
            errors = refusal.errors
        else:
            flash(_("Saved. Try it now."), "success")
            return redirect(f"/admin/channels/{name}")
    shown = request.form.to_dict() if request.method == "POST" else {k: v for k, v in given.items() if k not in KEPT}
    title = channel_words()[channel]
    page = render_template(
        "pages/channel_way.html", title=title, crumbs=[Crumb(_("Channels"), "/admin/channels"), Crumb(title)], name=name,
        to=request.args.get("to", ""), adapter=request.form.get("adapter", adapter), adapters=ways.ADAPTERS[channel],
        fields=form_fields(schema, shown, errors), now=adapter_words(_routes().get(channel)), is_mail=channel is Channel.EMAIL)
    return (page, 422) if errors else page


@pages.post("/admin/channels/<name>/trial")
@needs("parameter:edit")
def trial(name: str) -> Response:
    """A trial message, sent while one waits; how it ended stands on the page and in the log."""
    channel, session, to = _channel(name), request_session(), request.form.get("to", "").strip()[:254]
    try:
        if not to:
            raise Refusal(_("Write the address to which the trial is to go."), "to")
        told = ways.try_now(_routes()[channel], channel, to)
    except Refusal as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Sent: the other side calls it %(name)s.", name=told), "success")
        record(session, "tried", "core_channel_way", channel.value, to)
        session.commit()
    return redirect(f"/admin/channels/{name}")


def _routes() -> Any:
    return ways.routes_now(request_session(), _settings(), current_app.extensions["jobs"].routes)


def _settings() -> Any:
    return current_app.extensions["yingshang"].settings


def _channel(name: str) -> Channel:
    found = next((channel for channel in FORMS if channel.value == name), None)
    if found is None:
        raise NotFound(_("There is no such page."))
    return found
