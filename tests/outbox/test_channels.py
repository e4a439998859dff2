"""What the mail server and the gateways get to see, and what their answers mean."""
from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from core.outbox.channels import (
    DeliveryError,
    Envelope,
    FileSink,
    SmsGateway,
    SmtpMail,
    WeComRobot,
    compose,
    routes_from,
)
from core.outbox.models import Channel
from core.settings import Mail, Settings

WRITTEN = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


def envelope(to: str = "li@example.cn", attempt: int = 1, **more: str) -> Envelope:
    given = {"subject": "还剩3个工作日", "body": "案件17", "link": "https://example.cn/cases/17"} | more
    return Envelope(message_id=1, attempt=attempt, channel=Channel.EMAIL, to=to, dedupe_key="clock:17:warn", created_at=WRITTEN,
                    **given)


class MailServer(socketserver.StreamRequestHandler):
    """Speaks enough SMTP to take a message, or to refuse a recipient."""

    received: list[bytes]
    recipient_answer: bytes

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline().strip():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                type(self).received.append(b"".join(lines))
                self.wfile.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(type(self).recipient_answer if verb == b"RCPT" else b"250 ok\r\n")


@contextmanager
def mail_server(answer: bytes = b"250 ok\r\n") -> Iterator[tuple[Mail, list[bytes]]]:
    handler = type("Handler", (MailServer,), {"received": [], "recipient_answer": answer})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Mail(host="127.0.0.1", port=server.server_address[1], timeout=5), handler.received
        finally:
            server.shutdown()
            thread.join()


def test_a_mail_arrives_with_its_chinese_text_and_a_stable_name() -> None:
    with mail_server() as (server, received):
        SmtpMail(server).send(envelope(attempt=1))
        SmtpMail(server).send(envelope(attempt=2))
    assert received[0] == received[1]
    mail = email.message_from_bytes(received[0], policy=email.policy.default)
    assert mail["Subject"] == "还剩3个工作日"
    assert mail["Message-ID"].endswith("@localhost>")
    assert mail["Date"].endswith("09:00:00 +0800")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "案件17" in mail.get_content() and "https://example.cn/cases/17" in mail.get_content()


@pytest.mark.parametrize(("answer", "permanent"), [(b"550 no such user\r\n", True), (b"451 come back\r\n", False)])
def test_the_servers_answer_decides_whether_it_is_tried_again(answer: bytes, permanent: bool) -> None:
    with mail_server(answer) as (server, received), pytest.raises(DeliveryError) as refused:
        SmtpMail(server).send(envelope())
    assert refused.value.permanent is permanent
    assert received == []


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with mail_server() as (server, _received):
        pass
    with pytest.raises(DeliveryError) as refused:
        SmtpMail(server).send(envelope())
    assert not refused.value.permanent


@pytest.mark.parametrize("to", ["a@example.cn\nBcc: b@example.cn", "a@example.cn\r\n\r\nbody"])
def test_an_address_cannot_smuggle_in_a_header(to: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        compose(envelope(to), "s@example.cn")
    assert refused.value.permanent


def test_the_folder_gets_one_private_file_a_message(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "mail")
    assert sink.send(envelope(attempt=1)) == sink.send(envelope(attempt=2))
    file = next((tmp_path / "mail").iterdir())
    assert (file.suffix, file.stat().st_mode & 0o777) == (".eml", 0o600)


def answering(answer: httpx.Response | Exception, seen: list[httpx.Request] | None = None) -> httpx.Client:
    def handle(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.Client(transport=httpx.MockTransport(handle))


def test_the_robot_mentions_the_person_and_stays_within_its_length() -> None:
    seen: list[httpx.Request] = []
    robot = WeComRobot("https://wecom.test/send?key=s3cret",
                       client=lambda: answering(httpx.Response(200, json={"errcode": 0, "errmsg": "ok"}), seen))
    assert robot.send(envelope("13800000000", body="长" * 2000)) == "ok"
    text = json.loads(seen[0].content)["text"]
    assert text["mentioned_mobile_list"] == ["13800000000"]
    assert 2040 < len(text["content"].encode()) <= 2048


@pytest.mark.parametrize(("answer", "permanent"), [
    (httpx.Response(200, json={"errcode": 45009, "errmsg": "too often"}), False),
    (httpx.Response(200, json={"errcode": 93000, "errmsg": "no such robot"}), True),
    (httpx.Response(500), False), (httpx.Response(404), True), (httpx.Response(302), False),
    (httpx.Response(200, text="<html>"), False), (httpx.Response(200, json=[1]), False),
    (httpx.ConnectTimeout("https://wecom.test/send?key=s3cret"), False)])
def test_the_robots_refusals_never_tell_its_key(answer: httpx.Response | Exception, permanent: bool) -> None:
    robot = WeComRobot("https://wecom.test/send?key=s3cret", client=lambda: answering(answer))
    with pytest.raises(DeliveryError) as refused:
        robot.send(envelope("@all"))
    assert refused.value.permanent is permanent
    assert "s3cret" not in str(refused.value) + repr(robot)


def test_the_gateway_for_sms_gets_the_same_id_on_every_attempt() -> None:
    seen: list[httpx.Request] = []
    gateway = SmsGateway("https://sms.test/send", "t0ken", lambda: answering(httpx.Response(200, json={"id": "g7"}), seen))
    assert [gateway.send(envelope("13800000000", attempt=n)) for n in (1, 2)] == ["g7", "g7"]
    first, second = (json.loads(request.content) for request in seen)
    assert first == second
    assert seen[0].headers["Authorization"] == "Bearer t0ken"


def test_the_settings_choose_the_way(tmp_path: Path) -> None:
    plain = routes_from(Settings.load({"YINGSHANG_VAR": str(tmp_path)}))
    assert isinstance(plain[Channel.EMAIL].adapter, FileSink)
    chosen = routes_from(Settings.load({"YINGSHANG_VAR": str(tmp_path), "YINGSHANG_MAIL_HOST": "mail.example.cn",
                                        "YINGSHANG_WECOM_WEBHOOK": "https://wecom.test/send"}))
    assert isinstance(chosen[Channel.EMAIL].adapter, SmtpMail)
    assert isinstance(chosen[Channel.WECOM].adapter, WeComRobot)
    assert isinstance(chosen[Channel.SMS].adapter, FileSink)
