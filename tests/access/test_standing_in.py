"""AB角: while somebody is away another one acts in his place, on the days that were arranged and no longer."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import moment
from core.access import Scope, standing_in
from core.access.models import Appointment
from core.audit import AuditEntry
from core.case import approving
from core.case.boxes import in_box
from core.case.models import Case
from core.case.recipients import recipients
from core.errors import NotAllowed, Refusal
from core.isolation import prove
from core.party.people import end_appointment
from core.testing.people import give_role
from trial_people import Desk, find


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def arrange(desk: Desk, first: str, last: str, who: str = "han", deputy: str = "zhao") -> None:
    session = desk.district.session
    with moment.at(day("02-10")):
        standing_in.lend(session, desk.person(who), desk.person(deputy), day(first), day(last), "出差")
    session.commit()


def test_the_deputy_decides_on_the_days_that_were_arranged_and_signs_in_both_names(desk: Desk) -> None:
    arrange(desk, "02-12", "02-24")
    number = desk.opens("lin", species="国槐")
    desk.does("lin", number, "accept")
    with moment.at(day("02-11")):
        assert not desk.sees("zhao", number), "not yet"
    with moment.at(day("02-13")):
        assert desk.sees("zhao", number)
        assert desk.person("zhao").id in recipients(desk.district.session, desk.case(number), ("tree_felling.head",))
    with moment.at(day("02-25")):
        assert not desk.sees("zhao", number), "no longer"
    with pytest.raises(NotAllowed), moment.at(day("02-13")):
        desk.does("zhao", number, "ask", day("02-13"), note="缺图")  # a clerk's step: the head could not do it either
    desk.does("zhao", number, "refuse", day("02-13"), note="不同意")
    event = desk.case(number).events[-1]
    assert event.actor_id == desk.person("zhao").id and event.actor in ("赵窗口（代韩科长）", "赵窗口 for 韩科长")
    own = desk.opens("zhao", unit="SAMR", on=day("02-13"))
    desk.does("zhao", own, "accept", day("02-13"))
    assert desk.case(own).events[-1].actor == "赵窗口", "by his own role he signs alone"


def test_cases_and_questions_of_the_one_who_is_away_lie_on_the_deputys_desk(desk: Desk) -> None:
    """Somebody who sees only his own cases: the deputy sees those, and nothing else."""
    give_role(desk.district, "ma", "马办事", "tree_felling.clerk", "CGW", Scope.OWN)
    desk.district.session.commit()
    mine, other = desk.opens("lin"), desk.opens("lin")
    with moment.at(day("02-11")), desk.of("han") as (session, _han):
        find(session, mine).assignee_id = desk.person("ma").id
        session.commit()
    arrange(desk, "02-12", "02-24", who="ma", deputy="sun")
    with moment.at(day("02-12")):
        assert desk.sees("sun", mine) and not desk.sees("sun", other)
        with desk.of("sun") as (session, sun):
            assert set(session.scalars(select(Case.number).where(in_box("todo", sun)))) == {mine}
        desk.does("lin", other, "accept", day("02-12"))
        desk.does("lin", other, "replant", day("02-12"), data={"trees": 1}, approvers=[desk.person("ma").id])
        assert desk.sees("sun", other), "what may be read to decide, the deputy may read to decide"
        with desk.of("sun") as (session, sun):
            approving.decide(find(session, other), True, actor=sun)
            session.commit()
        vote = desk.case(other).rounds[0].votes[0]
        assert vote.decided_by_id == desk.person("sun").id and "马办事" in vote.decided_by


def test_nothing_is_lent_on_nor_longer_than_it_is_held(desk: Desk) -> None:
    arrange(desk, "02-12", "02-24")
    session = desk.district.session
    for who, deputy, first, last in (("han", "lin", "02-20", "02-28"), ("han", "han", "03-01", "03-02"),
                                     ("lin", "sun", "02-14", "02-13"), ("admin", "sun", "02-14", "02-15")):
        with pytest.raises(Refusal), moment.at(day("02-10")):
            standing_in.lend(session, desk.person(who), desk.person(deputy), day(first), day(last), "出差")
    with moment.at(day("02-13")):
        standing_in.lend(session, desk.person("zhao"), desk.person("sun"), day("02-13"), day("02-20"), "病假")
        session.commit()
        assert {h.lent_by_id for h in session.scalars(select(Appointment).where(
            Appointment.user_id == desk.person("sun").id, Appointment.lent_by_id.is_not(None)))} == {desk.person("zhao").id}
        assert standing_in.away(session, [desk.person("han").id, desk.person("lin").id]) == {desk.person("han").id}
        held = session.scalars(select(Appointment).where(Appointment.user_id == desk.person("han").id)).one()
        end_appointment(session, held, day("02-16"))
        session.commit()
    number = desk.opens("lin")
    for on, sees in (("02-16", True), ("02-17", False)):
        with moment.at(day(on)):
            assert desk.sees("zhao", number) is sees


def test_reading_for_a_time_is_put_on_record_each_time(desk: Desk, login: Callable[[str], FlaskClient]) -> None:
    number = desk.opens("lin")
    morning = dt.datetime(2026, 2, 12, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    with moment.at(morning):
        browser = login("lin")
        told = browser.post(f"/cases/{number}/deeds/let_read", data={
            "person": "sun", "until": "2026-02-14", "note": "会商"})
        assert told.status_code == 302
        assert "孙法规" in browser.get(f"/cases/{number}").get_data(as_text=True)
        browser.get("/logout/")
        login("sun").get(f"/cases/{number}")
        session = desk.district.session
        reads = session.scalars(select(AuditEntry).where(AuditEntry.action == "read", AuditEntry.subject == "core_case")).all()
        assert [(entry.actor, entry.label) for entry in reads] == [("孙法规", number)]
        page = browser.get("/account/standing-in").get_data(as_text=True)
        assert "data-picker" in page
        refused = browser.post("/account/standing-in", data={
            "deputy": desk.person("lin").id, "first": "2026-02-13", "last": "2026-02-12", "reason": "出差"})
        assert refused.status_code == 422 and "出差" in refused.get_data(as_text=True)
        browser.post("/account/standing-in", data={
            "deputy": desk.person("lin").id, "first": "2026-02-12", "last": "2026-02-13", "reason": "出差"})
        assert "林办事" in browser.get("/account/standing-in").get_data(as_text=True)
        browser.post(f"/account/standing-in/{desk.person('lin').id}/end")
        session.expire_all()
        assert standing_in.deputies(session, [desk.person("sun").id]) == []
    with moment.at(dt.datetime(2026, 2, 15, 9, tzinfo=morning.tzinfo)):
        assert browser.get(f"/cases/{number}").status_code == 404


@pytest.mark.walk
def test_the_proof_of_isolation_holds_with_deputies_and_readers(desk: Desk, app: Flask) -> None:
    give_role(desk.district, "ma", "马办事", "tree_felling.clerk", "CGW", Scope.OWN)
    arrange(desk, "02-12", "02-24", who="ma", deputy="sun")
    with moment.at(day("02-12")):
        for clerk, unit in (("lin", "CGW"), ("zhao", "SAMR"), ("zhao", "SAMR-LAW")):
            number = desk.opens(clerk, unit=unit, title=f"{unit} 门前的老槐树", on=day("02-12"))
            if unit == "CGW":
                desk.case(number).assignee_id = desk.person("ma").id
                desk.district.session.commit()
        told = prove(app, under="/cases")
        assert told["leaks"] == [] and told["shown"]
