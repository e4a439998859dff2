"""为什么我看不到: administrators get the rules, staff a sentence that does not give away whether the number exists."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from core import moment
from core.access.explain import why_not
from core.case import duty
from core.module_switch import BureauModule
from core.testing.people import give_role
from trial_people import Desk


def rules(desk: Desk, number: str, username: str) -> list[tuple[str, bool]]:
    """``(role, covers)`` of each rule."""
    told = why_not(desk.district.session, number, desk.person(username))
    return [(rule["role"], rule["covers"]) for rule in told["rules"]]


def test_every_grant_is_listed_with_its_outcome(desk: Desk) -> None:
    number = desk.opens("lin")
    give_role(desk.district, "zhao", "赵窗口", "tree_felling.head", "CGW")
    desk.district.session.commit()
    assert rules(desk, number, "zhao") == [("tree_felling.clerk", False), ("tree_felling.head", True)]
    assert rules(desk, number, "admin") == [("Admin", False)], "an administrator reads no cases, and is told why"


def test_each_reason_is_told_in_its_own_words(desk: Desk) -> None:
    number, session = desk.opens("lin"), desk.district.session
    sentences = set()

    def told(username: str) -> str:
        sentence: str = why_not(session, number, desk.person(username))["rules"][0]["sentence"]
        sentences.add(sentence)
        return sentence

    assert "区城管委" in told("zhao")
    assert "tree_felling.permit:read" in told("admin")
    session.execute(text("UPDATE core_appointment SET valid_to = '2026-03-01' WHERE user_id = :u"),
                    {"u": desk.person("han").id})
    session.commit()
    session.expire_all()
    assert "2026-03-01" in told("han")
    session.delete(session.get_one(BureauModule, (desk.district.unit("SAMR").id, "tree_felling")))
    session.commit()
    assert "tree_felling" in told("sun")
    desk.person("lin").active = False
    session.commit()
    told("lin")
    assert len(sentences) == 5
    assert why_not(session, "NH-SM-20200101-0001", desk.person("han"))["rules"][0]["covers"] is False


def test_ones_own_case_and_reading_for_a_time_are_rules_too(desk: Desk) -> None:
    number = desk.opens("lin")
    with moment.at(dt.date(2026, 2, 12)):
        with desk.of("han") as (session, han):
            from trial_people import find

            duty.let_read(session, find(session, number), desk.person("sun"), moment.as_instant(dt.date(2026, 2, 20)), "会签",
                          actor=han)
            session.commit()
        told = why_not(desk.district.session, number, desk.person("sun"))
        assert told["allowed"] and told["ask"] == [] and "2026-02-20" in told["rules"][-1]["sentence"]
    with moment.at(dt.date(2026, 2, 21)):
        assert not why_not(desk.district.session, number, desk.person("sun"))["allowed"]


def test_a_case_of_a_module_that_is_gone_is_explained(desk: Desk) -> None:
    number, session = desk.opens("lin"), desk.district.session
    session.execute(text("UPDATE core_case SET kind = 'noise.permit' WHERE number = :n"), {"n": number})
    session.commit()
    told = why_not(session, number, desk.person("han"))
    assert not told["allowed"] and "noise.permit" in told["rules"][0]["sentence"]


@pytest.mark.parametrize("username", ["zhao", "sun"])
def test_staff_learn_the_same_of_a_foreign_number_and_of_none(desk: Desk, username: str) -> None:
    number, session = desk.opens("lin"), desk.district.session
    asker = desk.district.viewer(username)
    foreign = why_not(session, number, desk.person(username), asker=asker)
    nothing = why_not(session, "NH-SM-20260211-9999", desk.person(username), asker=asker)
    assert foreign == nothing and foreign["ask"] == ["管理员"] and number not in str(foreign)
    own = why_not(session, number, desk.person("han"), asker=desk.district.viewer("han"))
    assert own["allowed"] and len(own["rules"]) == 1 and "区城管委" not in str(own)


def test_somebody_who_may_explain_access_gets_the_rules(desk: Desk) -> None:
    number = desk.opens("lin")
    told = why_not(desk.district.session, number.lower(), desk.person("zhao"), asker=desk.district.viewer("admin"))
    assert told["rules"][0]["role"] == "tree_felling.clerk"
