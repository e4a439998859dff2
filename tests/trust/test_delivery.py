"""A signed letter goes out, comes back, and goes out another way."""
from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.audit import entries_of
from core.errors import Refusal
from core.letter import register
from core.letter.models import Letter, LetterState
from core.outbox.models import Channel, Message

from .conftest import Chancery


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
