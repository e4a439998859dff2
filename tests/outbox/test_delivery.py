"""Messages leave the house at least once, under the same name each time, and none holds up another."""
from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import as_system
from core.outbox import Channel, Delivery, Message, MessageState, deliver_due, post
from core.outbox.channels import DeliveryError, Envelope, FileSink, Route, email_of, file_routes
from core.outbox.deliver import CLAIM, MAX_ATTEMPTS, back_off, retry

NOW = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


class Killed(BaseException):
    """What a worker sees when it is killed in the middle of a delivery."""


@dataclass
class Recorder:
    """An adapter that remembers what it sent, and does what ``hook`` wants first."""

    sent: list[Envelope] = field(default_factory=list)
    hook: Callable[[Envelope], None] = lambda envelope: None

    def send(self, envelope: Envelope) -> str:
        self.hook(envelope)
        self.sent.append(envelope)
        return f"r{len(self.sent)}"


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def routes(recorder: Recorder) -> dict[Channel, Route]:
    return {Channel.EMAIL: Route(recorder, email_of)}


@pytest.fixture(autouse=True)
def at_nine() -> Iterator[None]:
    from core.moment import at

    with at(NOW):
        yield


def mail(session: Session, to: int | str, key: str = "k", **more: object) -> int:
    message = post(session, to=to, channel=Channel.EMAIL, subject="S", body="B", dedupe_key=key, **more)  # type: ignore[arg-type]
    session.commit()
    return message.id


def state_of(session: Session, message_id: int) -> tuple[MessageState, int]:
    session.expire_all()
    message = session.get_one(Message, message_id)
    return message.state, message.attempts


def test_a_message_to_a_person_goes_to_the_address_of_their_account(session: Session, clerk: int, recorder: Recorder,
                                                                    routes: dict[Channel, Route]) -> None:
    message_id = mail(session, clerk)
    assert deliver_due(session, NOW, routes) == 1
    assert recorder.sent[0].to == "limin@example.cn"
    attempt = session.scalars(select(Delivery)).one()
    assert (attempt.ok, attempt.attempt, attempt.reference) == (True, 1, "r1")
    assert state_of(session, message_id) == (MessageState.SENT, 1)
    assert deliver_due(session, NOW, routes) == 0


def test_nothing_is_sent_before_it_is_due(session: Session, recorder: Recorder, routes: dict[Channel, Route]) -> None:
    mail(session, "a@example.cn", due_at=NOW + dt.timedelta(hours=1))
    assert deliver_due(session, NOW, routes) == 0
    assert deliver_due(session, NOW + dt.timedelta(hours=1), routes) == 1


def test_a_server_that_is_away_is_tried_again_later_and_later_and_given_up_for_all_to_see(
        session: Session, recorder: Recorder, routes: dict[Channel, Route]) -> None:
    def away(envelope: Envelope) -> None:
        raise DeliveryError("connection refused")

    recorder.hook = away
    message_id = mail(session, "a@example.cn")
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert deliver_due(session, now, routes) == 0
        expected = MessageState.DEAD if attempt == MAX_ATTEMPTS else MessageState.FAILED
        assert state_of(session, message_id) == (expected, attempt)
        deliver_due(session, now + back_off(attempt) - dt.timedelta(seconds=1), routes)
        assert state_of(session, message_id)[1] == attempt
        now += back_off(attempt)
    assert session.get_one(Message, message_id).last_error == "connection refused"
    recorder.hook = lambda envelope: None
    assert retry(session, message_id, now)
    assert deliver_due(session, now, routes) == 1


def test_waiting_doubles_and_has_a_bound() -> None:
    assert [back_off(n) for n in (1, 2, 3)] == [dt.timedelta(minutes=m) for m in (1, 2, 4)]
    assert back_off(1000) == dt.timedelta(hours=6)


def test_a_refused_address_is_not_tried_again_and_does_not_hold_up_the_next(
        session: Session, recorder: Recorder, routes: dict[Channel, Route]) -> None:
    def refuse(envelope: Envelope) -> None:
        if envelope.to == "nobody@example.cn":
            raise DeliveryError("no such user", permanent=True)

    recorder.hook = refuse
    bad, good = mail(session, "nobody@example.cn", "a"), mail(session, "a@example.cn", "b")
    assert deliver_due(session, NOW, routes) == 1
    assert state_of(session, bad)[0] is MessageState.DEAD
    assert state_of(session, good)[0] is MessageState.SENT


@pytest.mark.parametrize("to", [4711, "1"])
def test_a_message_without_a_way_is_given_up_with_its_reason(session: Session, recorder: Recorder, to: int | str,
                                                             clerk: int, routes: dict[Channel, Route]) -> None:
    channel = Channel.SMS if to == "1" else Channel.EMAIL
    recipient: int | str = to
    if isinstance(to, int):  # the account has lost its address
        from core.access import User

        session.get_one(User, clerk).email = ""
        recipient = clerk
    message = post(session, to=recipient, channel=channel, subject="S", body="B", dedupe_key="k")
    session.commit()
    assert deliver_due(session, NOW, routes) == 0
    assert state_of(session, message.id)[0] is MessageState.DEAD
    assert session.get_one(Message, message.id).last_error


def test_a_delivery_killed_in_the_middle_is_made_up_for_under_the_same_name(
        app: Flask, session: Session, recorder: Recorder, routes: dict[Channel, Route], tmp_path: Path) -> None:
    message_id = mail(session, "a@example.cn")
    sink = FileSink(tmp_path)

    def killed_after_sending(envelope: Envelope) -> None:
        sink.send(envelope)
        raise Killed

    recorder.hook = killed_after_sending
    with as_system("a worker that is killed") as doomed, pytest.raises(Killed):
        deliver_due(doomed, NOW, routes)
    assert deliver_due(session, NOW, {Channel.EMAIL: Route(sink, email_of)}) == 0  # the claim still stands
    assert deliver_due(session, NOW + CLAIM, {Channel.EMAIL: Route(sink, email_of)}) == 1
    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert [d.ok for d in session.scalars(select(Delivery).order_by(Delivery.attempt))] == [None, True]
    assert state_of(session, message_id) == (MessageState.SENT, 2)


def test_a_message_that_kills_every_worker_ends_as_dead(session: Session, recorder: Recorder,
                                                        routes: dict[Channel, Route]) -> None:
    def kill(envelope: Envelope) -> None:
        raise Killed

    recorder.hook = kill
    message_id = mail(session, "a@example.cn")
    for turn in range(MAX_ATTEMPTS):
        with as_system("a worker that is killed") as doomed, pytest.raises(Killed):
            deliver_due(doomed, NOW + turn * CLAIM, routes)
    assert deliver_due(session, NOW + MAX_ATTEMPTS * CLAIM, routes) == 0
    assert state_of(session, message_id)[0] is MessageState.DEAD


def test_two_workers_at_once_send_each_message_once(app: Flask, session: Session, recorder: Recorder,
                                                    routes: dict[Channel, Route]) -> None:
    for number in range(20):
        mail(session, "a@example.cn", f"k{number}")
    delivered: list[int] = []

    def work() -> None:
        with app.app_context(), as_system("worker") as own:
            delivered.append(deliver_due(own, NOW, routes))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(delivered) == 20
    assert len({envelope.message_id for envelope in recorder.sent}) == len(recorder.sent) == 20


def test_a_run_is_bounded_and_ends_when_the_worker_is_told_to_stop(session: Session, recorder: Recorder,
                                                                   routes: dict[Channel, Route]) -> None:
    for number in range(5):
        mail(session, "a@example.cn", f"k{number}")
    assert deliver_due(session, NOW, routes, limit=2) == 2
    assert deliver_due(session, NOW, routes, stop=lambda: len(recorder.sent) >= 3) == 1
    assert deliver_due(session, NOW, routes) == 2


def test_no_transaction_is_open_while_the_other_side_takes_its_time(session: Session, recorder: Recorder,
                                                                    routes: dict[Channel, Route]) -> None:
    open_ones = []
    recorder.hook = lambda envelope: open_ones.append(session.in_transaction())
    mail(session, "a@example.cn")
    deliver_due(session, NOW, routes)
    assert open_ones == [False]


def test_without_settings_every_channel_ends_in_a_folder(session: Session, clerk: int, tmp_path: Path) -> None:
    for channel in (Channel.EMAIL, Channel.SMS, Channel.WECOM):
        post(session, to=clerk, channel=channel, subject="S", body="逾期", dedupe_key=channel, link="/cases/1")
    session.commit()
    assert deliver_due(session, NOW, file_routes(tmp_path / "mail")) == 3
    assert sorted("".join(path.suffixes[-2:]) for path in (tmp_path / "mail").iterdir()) == [".eml", ".sms.txt", ".wecom.txt"]
