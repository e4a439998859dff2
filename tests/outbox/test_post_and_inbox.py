"""A message exists if and only if its fact does, and a person's inbox is nobody else's."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.moment import at
from core.outbox import Channel, Message, MessageState, dismiss, inbox, mark_read, post, unread_count

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


def warn(session: Session, to: int | str, key: str, **more: object) -> Message:
    given = {"channel": Channel.INAPP, "subject": "Due in 3 working days", "body": "Case 17", "link": "/cases/17"} | more
    return post(session, to=to, dedupe_key=key, **given)  # type: ignore[arg-type]


def how_many(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Message)) or 0


def test_a_fact_that_is_rolled_back_tells_nobody(session: Session, clerk: int) -> None:
    warn(session, clerk, "case:17")
    session.rollback()
    assert how_many(session) == 0
    assert inbox(session, clerk) == []


def test_one_occasion_is_told_once(session: Session, clerk: int) -> None:
    first = warn(session, clerk, "case:17:3d")
    session.commit()
    again = warn(session, clerk, "case:17:3d", subject="Another wording")
    session.commit()
    assert again.id == first.id
    assert again.subject == "Due in 3 working days"
    assert how_many(session) == 1


def test_a_message_to_the_inbox_is_delivered_by_being_there(session: Session, clerk: int) -> None:
    message = warn(session, clerk, "case:17", case_id=17)
    assert (message.state, message.case_id) == (MessageState.SENT, 17)
    assert [m.id for m in inbox(session, clerk)] == [message.id]


def test_a_message_for_tomorrow_is_seen_tomorrow(session: Session, clerk: int) -> None:
    with at(NINE):
        warn(session, clerk, "tomorrow", due_at=NINE + dt.timedelta(days=1))
        assert unread_count(session, clerk) == 0
    with at(NINE + dt.timedelta(days=1)):
        assert unread_count(session, clerk) == 1


def test_reading_is_the_persons_own_affair(session: Session, clerk: int, colleague: int) -> None:
    mine, other = warn(session, clerk, "a"), warn(session, colleague, "b")
    assert mark_read(session, clerk, [mine.id, other.id]) == 1
    assert (unread_count(session, clerk), unread_count(session, colleague)) == (0, 1)
    assert inbox(session, clerk, unread_only=True) == []
    assert len(inbox(session, clerk)) == 1


def test_marking_all_as_read_twice_changes_nothing_more(session: Session, clerk: int) -> None:
    for key in "abc":
        warn(session, clerk, key)
    assert mark_read(session, clerk) == 3
    assert mark_read(session, clerk) == 0


def test_what_is_dismissed_leaves_the_inbox_and_stays_in_the_record(session: Session, clerk: int, colleague: int) -> None:
    mine = warn(session, clerk, "a")
    assert dismiss(session, colleague, [mine.id]) == 0
    assert dismiss(session, clerk, [mine.id]) == 1
    assert inbox(session, clerk) == []
    assert how_many(session) == 1


def test_the_inbox_is_turned_page_by_page_without_losing_or_repeating_any(session: Session, clerk: int) -> None:
    for day in range(7):
        with at(NINE + dt.timedelta(days=day // 2)):  # some share the same instant
            warn(session, clerk, f"day {day}")
    seen: list[Message] = []
    with at(NINE + dt.timedelta(days=9)):
        while page := inbox(session, clerk, before=seen[-1] if seen else None, limit=2):
            seen += page
    assert [m.dedupe_key for m in seen] == [f"day {n}" for n in (6, 5, 4, 3, 2, 1, 0)]


def test_counting_stops_at_a_hundred(session: Session, clerk: int) -> None:
    for number in range(105):
        warn(session, clerk, f"n{number}")
    assert unread_count(session, clerk) == 100


def test_an_e_mail_is_not_in_the_inbox(session: Session, clerk: int) -> None:
    warn(session, clerk, "mail", channel=Channel.EMAIL)
    assert inbox(session, clerk) == []


def test_a_line_break_cannot_forge_a_header(session: Session) -> None:
    message = warn(session, "a@example.cn", "x", channel=Channel.EMAIL, subject="Hello\r\nBcc: all@example.cn " + "长" * 300)
    assert message.subject.startswith("Hello Bcc: all@example.cn 长")
    assert len(message.subject) == 200


@pytest.mark.parametrize(("to", "channel", "key"), [
    ("a@example.cn", "inapp", "k"), ("  ", "email", "k"), (1, "email", ""), (1, "email", "k" * 201), (1, "pigeon", "k")])
def test_what_a_message_lacks_is_the_callers_fault(session: Session, to: int | str, channel: str, key: str) -> None:
    with pytest.raises(ValueError):
        post(session, to=to, channel=channel, subject="s", body="b", dedupe_key=key)
