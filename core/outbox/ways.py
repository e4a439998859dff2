"""How the channels leave the house, as an administrator chose it on a page; what nobody chose is as the settings say.

What was typed lies encrypted under the installation's key. A choice holds from the next message on, in every process.
"""
from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import moment
from core.db import Model, UtcDateTime, enum_column
from core.errors import Refusal
from core.outbox.channels import (
    DeliveryError,
    Envelope,
    Route,
    SmsGateway,
    SmtpMail,
    WeComRobot,
    email_of,
    everyone,
    file_routes,
    nobody,
    person_number,
)
from core.outbox.models import Channel
from core.settings import Mail, Settings
from core.words import N_
from core.words import gettext as _

log = logging.getLogger(__name__)

FILES, CONSOLE = "files", "console"
_NOWHERE = {FILES: N_("Files in the data folder"), CONSOLE: N_("Console of the server")}
ADAPTERS: Mapping[Channel, Mapping[str, Any]] = {
    Channel.EMAIL: {"smtp": N_("Mail server (SMTP)"), **_NOWHERE},
    Channel.SMS: {"gateway": N_("SMS gateway (HTTP)"), **_NOWHERE},
    Channel.WECOM: {"robot": N_("WeCom group robot"), **_NOWHERE},
}
"""The channels whose way can be chosen, and what there is to choose from."""


class ChannelWay(Model):
    """The way that was chosen for a channel; ``sealed`` is what it needs, encrypted."""

    __tablename__ = "core_channel_way"
    __audited__ = True

    channel: Mapped[Channel] = mapped_column(enum_column(Channel), primary_key=True)
    adapter: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Console:
    """For demonstrations: the message is written where the server writes its own words, and goes nowhere."""

    def send(self, envelope: Envelope) -> str:
        """Write it down."""
        log.warning("%s to %s: %s %s", envelope.channel, envelope.to, envelope.subject, envelope.text)
        return "console"


def choose(session: Session, settings: Settings, channel: Channel, adapter: str, given: Mapping[str, Any],
           by: int | None) -> None:
    """Let a channel leave by that adapter from now on; an empty one: as the settings say. Flushes."""
    row = session.get(ChannelWay, channel)
    if not adapter:
        if row is not None:
            session.delete(row)
        session.flush()
        return
    if adapter not in ADAPTERS.get(channel, {}):
        raise Refusal(_("Choose one of the values offered."), "adapter")
    make(settings, channel, adapter, given)
    sealed = _box(settings).encrypt(json.dumps(dict(given)).encode()).decode()
    if row is None:
        session.add(ChannelWay(channel=channel, adapter=adapter, sealed=sealed, by_id=by, at=moment.now()))
    else:
        row.adapter, row.sealed, row.by_id, row.at = adapter, sealed, by, moment.now()
    session.flush()


def chosen(session: Session, settings: Settings, channel: Channel) -> tuple[str, dict[str, Any]]:
    """The adapter that was chosen and what it was given; empty when nobody chose, or the key was changed since."""
    row = session.get(ChannelWay, channel)
    return (row.adapter, _open(settings, row.sealed)) if row is not None else ("", {})


def routes_now(session: Session, settings: Settings, usual: Mapping[Channel, Route]) -> dict[Channel, Route]:
    """The routes of this moment: the usual ones, and in their place what was chosen. One statement."""
    found = dict(usual)
    for row in session.scalars(select(ChannelWay)):
        try:
            found[row.channel] = make(settings, row.channel, row.adapter, _open(settings, row.sealed))
        except Refusal as fault:
            log.error("the way of %s cannot be used, the usual one is taken: %s", row.channel, fault.message)
    return found


def make(settings: Settings, channel: Channel, adapter: str, given: Mapping[str, Any]) -> Route:
    """The route of an adapter. :class:`Refusal` when something is missing that it needs."""
    def needed(name: str) -> str:
        value = str(given.get(name) or "").strip()
        if not value:
            raise Refusal(_("Please fill this in."), name)
        return value

    match adapter:
        case "smtp":
            server = Mail(host=needed("host"), port=int(given.get("port") or 25), security=given.get("security") or "none",
                          user=str(given.get("user") or ""), password=str(given.get("password") or ""), sender=needed("sender"))
            return Route(SmtpMail(server), email_of)
        case "gateway":
            return Route(SmsGateway(_address(needed("url")), str(given.get("token") or "")), nobody)
        case "robot":
            return Route(WeComRobot(_address(needed("url"))), everyone)
        case "console":
            return Route(Console(), email_of if channel is Channel.EMAIL else person_number)
    return file_routes(settings.var / "mail", settings.mail.sender)[channel]


def try_now(route: Route, channel: Channel, to: str) -> str:
    """Send a trial at once, past the outbox. What the other side calls it; :class:`Refusal` with its own words if it fails."""
    now = moment.now()
    trial = Envelope(message_id=0, attempt=1, channel=channel, to=to, subject=_("Trial message"),
                     body=_("If you read this, the channel works."), link="", dedupe_key=f"trial:{channel}:{now.isoformat()}",
                     created_at=now)
    try:
        return route.adapter.send(trial)
    except DeliveryError as fault:
        raise Refusal(_("It was not sent: %(why)s", why=str(fault)), "to") from fault


def _address(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise Refusal(_("Give a whole address that begins with https:// or http://."), "url")
    return text


def _box(settings: Settings) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"channels|" + settings.secret_key.encode()).digest()))


def _open(settings: Settings, sealed: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(_box(settings).decrypt(sealed.encode()))
    except InvalidToken:  # the installation's key was changed: what was encrypted with the old one is lost
        return {}
    return found
