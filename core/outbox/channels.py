"""How a message leaves the house: one adapter a channel. Without settings everything goes to files under ``var/mail``.

An adapter knows no database: it gets an :class:`Envelope` and has one method, ``send(envelope) -> reference``; it
raises :class:`DeliveryError` and nothing else when the other side cannot or will not take the message. A bureau's own
SMS gateway is another class with that method.
"""
from __future__ import annotations

import datetime as dt
import hashlib
import mimetypes
import os
import smtplib
import ssl
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from core import moment
from core.outbox.models import Channel
from core.settings import Mail, Settings

if TYPE_CHECKING:
    import httpx


class DeliveryError(Exception):
    """The message was not delivered; ``permanent`` means that trying again would not help."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


def http_client() -> httpx.Client:
    """What posts to gateways and other programs."""
    import httpx  # only a process that delivers pays for it

    return httpx.Client(timeout=20.0)


@dataclass(frozen=True)
class Envelope:
    """One attempt to deliver one message: what is to be said, and where it goes."""

    message_id: int
    attempt: int
    channel: Channel
    to: str
    subject: str
    body: str
    link: str
    dedupe_key: str
    created_at: dt.datetime
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)
    """What an e-mail carries along; the other channels say the words only."""

    @property
    def text(self) -> str:
        """The body with the link below it."""
        return f"{self.body}\n\n{self.link}" if self.link else self.body

    @property
    def fingerprint(self) -> str:
        """The same for the same message on every attempt, and telling nobody outside what the occasion was."""
        occasion = f"{self.dedupe_key}|{self.created_at.astimezone(dt.UTC).isoformat()}"
        return hashlib.sha256(occasion.encode()).hexdigest()[:32]


class Adapter(Protocol):
    """What delivers the messages of one channel."""

    def send(self, envelope: Envelope) -> str:
        """Deliver and return what the other side calls it. Raises :class:`DeliveryError`."""


AddressBook = Callable[[Session, int], str]
"""Finds a person's address on a channel: ``(session, user id) -> address``, empty when there is none."""


def email_of(session: Session, user_id: int) -> str:
    """The e-mail address of the person's account."""
    users = table("ab_user", column("id"), column("email"))
    return session.scalar(select(users.c.email).where(users.c.id == user_id)) or ""


def person_number(session: Session, user_id: int) -> str:
    """For sinks that need no real address: which person it would have gone to."""
    return f"person {user_id}"


@dataclass(frozen=True)
class Route:
    """A channel in use: its adapter, and the book in which a person's address on it is found."""

    adapter: Adapter
    book: AddressBook


def compose(envelope: Envelope, sender: str) -> EmailMessage:
    """The e-mail of a message: the same bytes each time, so that a second delivery is recognised as the first one."""
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"], mail["To"], mail["Subject"] = sender, envelope.to, envelope.subject
    except ValueError as fault:  # a line break or another thing that must not stand in a header
        raise DeliveryError(f"not an address: {fault}", permanent=True) from fault
    mail["Date"] = moment.local(envelope.created_at)
    mail["Message-ID"] = f"<{envelope.fingerprint}@{sender.rpartition('@')[2].strip(' >') or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(envelope.text, cte="base64")
    if envelope.file:
        kind, _encoding = mimetypes.guess_type(envelope.file_name)
        main, _slash, sub = (kind or "application/octet-stream").partition("/")
        mail.add_attachment(envelope.file, maintype=main, subtype=sub, filename=envelope.file_name)
        mail.set_boundary(f"=_{envelope.fingerprint}")
    return mail


@dataclass(frozen=True)
class SmtpMail:
    """E-mail through a mail server."""

    server: Mail

    def send(self, envelope: Envelope) -> str:
        mail = compose(envelope, self.server.sender)
        try:
            with self._connect() as smtp:
                smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _reason in refused.recipients.values()]
            raise DeliveryError(str(refused), permanent=all(code >= 500 for code in codes)) from refused
        except smtplib.SMTPResponseException as answer:
            raise DeliveryError(str(answer), permanent=answer.smtp_code in (552, 553, 554)) from answer
        except (smtplib.SMTPException, OSError, UnicodeError) as fault:
            raise DeliveryError(f"{type(fault).__name__}: {fault}") from fault
        return str(mail["Message-ID"])

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        if server.security == "ssl":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout,
                                                  context=ssl.create_default_context())
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            if server.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password)
        except (smtplib.SMTPException, OSError):
            smtp.close()
            raise
        return smtp


@dataclass(frozen=True)
class FileSink:
    """Writes messages to a folder instead of sending them: ``.eml`` for e-mail, ``.txt`` for the rest. The default
    everywhere.
    """

    folder: Path
    sender: str = "yingshang@localhost"

    def send(self, envelope: Envelope) -> str:
        if envelope.channel is Channel.EMAIL:
            name = f"{envelope.fingerprint}.eml"
            content = compose(envelope, self.sender).as_bytes()
        else:
            name = f"{envelope.fingerprint}.{envelope.channel}.txt"
            content = f"To: {envelope.to}\n{envelope.subject}\n\n{envelope.text}\n".encode()
        temporary = self.folder / f".{uuid.uuid4().hex}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(content)
            temporary.replace(self.folder / name)
        except OSError as fault:
            raise DeliveryError(f"{type(fault).__name__}: {fault}") from fault
        return name


@dataclass(frozen=True)
class SmsGateway:
    """SMS through an HTTP gateway with this protocol; a bureau's own gateway is another class, or a few lines in
    between.

    ``POST url``, ``Authorization: Bearer token``, JSON ``{"id": …, "phone": …, "text": …}``; 2xx with JSON ``{"id":
    …}`` is accepted, 400, 404 and 422 are final refusals, anything else is tried again. ``id`` is the same for the same
    message.
    """

    url: str
    token: str = field(default="", repr=False)
    client: Callable[[], httpx.Client] = http_client

    def send(self, envelope: Envelope) -> str:
        payload = {"id": envelope.fingerprint, "phone": envelope.to, "text": envelope.text}
        answer = _post_json(self.client, self.url, payload, {"Authorization": f"Bearer {self.token}"})
        return str(answer.get("id", ""))


@dataclass(frozen=True)
class WeComRobot:
    """WeCom (企业微信) through a group robot's webhook.

    ``POST`` JSON ``{"msgtype": "text", "text": {"content": …, "mentioned_mobile_list": […]}}``; the answer is
    ``{"errcode": 0, "errmsg": "ok"}``. Content may have 2,048 bytes, a robot 20 messages a minute (errcode 45009
    beyond, which is tried again). The address of a message is the mobile number to mention, or ``@all``.
    """

    webhook: str = field(repr=False)
    client: Callable[[], httpx.Client] = http_client

    def send(self, envelope: Envelope) -> str:
        text = f"{envelope.subject}\n{envelope.text}".encode()[:2048].decode(errors="ignore")
        answer = _post_json(self.client, self.webhook,
                            {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": [envelope.to]}}, {})
        code = answer.get("errcode")
        if code != 0:
            raise DeliveryError(f"WeCom {code}: {answer.get('errmsg')}", permanent=code not in (-1, 45009))
        return "ok"


def file_routes(folder: Path, sender: str = Mail.sender) -> dict[Channel, Route]:
    """The default: every channel out of the house ends in ``folder``."""
    sink = FileSink(folder, sender)
    return {Channel.EMAIL: Route(sink, email_of), Channel.SMS: Route(sink, person_number),
            Channel.WECOM: Route(sink, person_number)}


def everyone(session: Session, user_id: int) -> str:
    """For a group robot: the suite keeps no mobile numbers of people, so the whole group is mentioned."""
    return "@all"


def nobody(session: Session, user_id: int) -> str:
    """For short messages: they go to numbers outside; of its own people the suite writes to the inbox."""
    return ""


def routes_from(settings: Settings) -> dict[Channel, Route]:
    """The routes that the settings choose; a channel that they say nothing of goes to files under ``var/mail``."""
    routes = file_routes(settings.var / "mail", settings.mail.sender)
    if settings.mail.host:
        routes[Channel.EMAIL] = Route(SmtpMail(settings.mail), email_of)
    if settings.wecom.webhook:
        routes[Channel.WECOM] = Route(WeComRobot(settings.wecom.webhook), everyone)
    if settings.sms.url:
        routes[Channel.SMS] = Route(SmsGateway(settings.sms.url, settings.sms.token), nobody)
    return routes


def _post_json(client: Callable[[], httpx.Client], url: str, payload: Mapping[str, object],
               headers: Mapping[str, str]) -> dict[str, object]:
    """Post and read a JSON object. The address may hold a secret key, so it never stands in an error."""
    import httpx  # see above

    try:
        with client() as http:
            answer = http.post(url, json=payload, headers=dict(headers))
        if answer.is_error or answer.is_redirect:
            raise DeliveryError(f"HTTP {answer.status_code}", permanent=answer.status_code in (400, 404, 422))
        content = answer.json()
    except httpx.InvalidURL as fault:
        raise DeliveryError("the address of the gateway is not valid", permanent=True) from fault
    except (httpx.HTTPError, ValueError) as fault:
        raise DeliveryError(type(fault).__name__) from fault
    if not isinstance(content, dict):
        raise DeliveryError("the gateway's answer is not a JSON object")
    return content

