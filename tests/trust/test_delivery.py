"""A signed letter goes out, comes back, and goes out another way."""
from __future__ import annotations

import email
from email import policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import moment, parameters
from core.audit import entries_of
from core.errors import Refusal
from core.letter import register
from core.letter.checking import check_file
from core.letter.models import Letter, LetterState
from core.outbox.channels import file_routes
from core.outbox.deliver import deliver_due, retry
from core.outbox.models import Channel, Message, MessageState

from .conftest import Chancery


def test_the_mail_carries_the_letter_unless_it_is_too_large(chancery: Chancery, system: Any, app: Flask,
                                                            tmp_path: Path) -> None:
    ids = [chancery.signed(title).id for title in ("门前枯树", "院内枯树")]
    for letter_id, limit in zip(ids, ("5", "0"), strict=True):
        with chancery.desk.of("lin") as (session, viewer):
            parameters.put(session, register.MAIL_MB.key, limit, None)
            register.send(session, session.get_one(Letter, letter_id), viewer, "office@example.com")
            session.commit()
    now = moment.now()
    with moment.at(now):
        assert deliver_due(system, now, file_routes(tmp_path), files=app.extensions["jobs"].files) == 2
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in tmp_path.glob("*.eml")]
    [alone, carrying] = sorted(mails, key=lambda mail: len(list(mail.iter_attachments())))
    letter, other = chancery.letter(ids[0]), chancery.letter(ids[1])
    [attached] = carrying.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", f"{letter.number} {letter.title}.pdf")
    assert attached.get_content() == register.pdf_of(letter), "the signed bytes, not one changed"
    assert check_file(system, attached.get_content())["valid"]
    for mail, about in ((carrying, letter), (alone, other)):
        body = mail.get_body()
        assert body is not None and f"/verify/{about.code}" in body.get_content() and str(about.number) in body.get_content()
    said = alone.get_body()
    assert not list(alone.iter_attachments()) and said is not None and "/portal" in said.get_content()


def test_a_letter_that_is_voided_while_its_mail_waits_does_not_go_out(chancery: Chancery, system: Any, app: Flask,
                                                                      tmp_path: Path) -> None:
    gone, kept = (chancery.signed(title).id for title in ("门前枯树", "院内枯树"))
    with chancery.desk.of("lin") as (session, viewer):
        for letter_id in (gone, kept):
            register.send(session, session.get_one(Letter, letter_id), viewer, "office@example.com")
        session.commit()
    with chancery.desk.of("han") as (session, viewer):
        register.void(session, session.get_one(Letter, gone), viewer, "树种写错")
        session.commit()
    now = moment.now()
    with moment.at(now):
        assert deliver_due(system, now, file_routes(tmp_path), files=app.extensions["jobs"].files) == 1
    told = {message.dedupe_key.split(":")[1]: message for message in system.scalars(
        select(Message).where(Message.channel == Channel.EMAIL))}
    assert told[str(kept)].state is MessageState.SENT
    stays = told[str(gone)]
    assert (stays.state, stays.last_error) == (MessageState.DEAD, "The letter was voided before it was sent.")
    with moment.at(now):
        assert retry(system, stays.id, now), "an administrator tries it once more"
        assert deliver_due(system, now, file_routes(tmp_path), files=app.extensions["jobs"].files) == 0
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_told_by_mail_returned_and_delivered_by_hand(chancery: Chancery, system: Any) -> None:
    letter_id = chancery.signed().id
    with chancery.desk.of("lin") as (session, viewer):
        letter = session.get_one(Letter, letter_id)
        for bad in ("", "office", "a@b", "x@example.com\nBcc: y@example.com"):
            with pytest.raises(Refusal):
                register.send(session, letter, viewer, bad)
        for _time in range(2):
            register.send(session, letter, viewer, "office@example.com")
        session.commit()
    message = system.scalars(select(Message).where(Message.channel == Channel.EMAIL)).one()
    code = str(chancery.letter(letter_id).code)
    assert message.address == "office@example.com" and code in message.link and "国槐" not in message.body
    assert chancery.letter(letter_id).state is LetterState.SIGNED, "told is not delivered"
    with chancery.desk.of("lin") as (session, viewer):
        letter = session.get_one(Letter, letter_id)
        register.deliver(session, letter, viewer, "邮寄 EMS 1234")
        with pytest.raises(Refusal):
            register.returned(session, letter, viewer, " ")
        register.returned(session, letter, viewer, "查无此人")
        session.commit()
    letter = chancery.letter(letter_id)
    assert (letter.state, letter.delivered_at, letter.delivery) == (LetterState.SIGNED, None, "")
    assert "returned" in [entry.action for entry in entries_of(system, "core_letter", letter_id)]
    with chancery.desk.of("lin") as (session, viewer):
        register.deliver(session, session.get_one(Letter, letter_id), viewer, "直接送达，王某签收")
        session.commit()
    case = chancery.letter(letter_id).case
    assert case is not None
    assert [event.action for event in case.events if event.kind == "letter"][-5:] == [
        "mail", "mail", "deliver", "returned", "deliver"]
