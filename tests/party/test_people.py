"""An administrator keeps accounts and roles."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from werkzeug.security import check_password_hash

from core import moment
from core.access import Scope, build_viewer
from core.access.models import Appointment
from core.audit import entries_of
from core.errors import Invalid, Refusal
from core.party.people import (
    activate_person,
    create_person,
    deactivate_person,
    end_appointment,
    give_role,
    password_fault,
    reset_password,
    split_name,
)
from core.testing.people import PASSWORD

GOOD, OTHER = "Rfyx-abcd-Mnpq-2468", "Zzkw-mnop-Trqs-9753"
DAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def a_monday():
    with moment.at(DAY):
        yield


@pytest.fixture
def zhang(people, session):
    made = create_person(session, username="Zhangwei", name="张伟", password=GOOD, post="承办人")
    session.commit()
    return made


def held(session, person):
    return session.scalars(select(Appointment).where(Appointment.user_id == person.id)).all()


@pytest.mark.parametrize(("name", "parts"), [("李华", ("李", "华")), ("欧阳娜娜", ("欧阳", "娜娜")), ("欧阳", ("欧", "阳")),
                                             ("诸葛 明", ("诸葛", "明"))])
def test_family_and_given_name(name, parts):
    assert split_name(name) == parts


def test_a_new_person_signs_in_and_must_choose_a_password(zhang, people, client):
    assert (zhang.username, zhang.name, zhang.must_change_password) == ("zhangwei", "张伟", True)
    client.post("/login/", data={"username": "zhangwei", "password": GOOD})
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] == str(zhang.id)


def test_all_faults_of_a_new_person_are_told_at_once(zhang, session):
    with pytest.raises(Invalid) as refusal:
        create_person(session, username="1x", name="张", password="short", email="nowhere")
    assert [error.field for error in refusal.value.errors] == ["username", "name", "email", "password"]
    with pytest.raises(Invalid, match="已被使用"):
        create_person(session, username="ZHANGWEI", name="张维", password=OTHER)


@pytest.mark.parametrize("password", ["Ab1-xyzAb2x", "abcdefghijklmnop", "Zhangwei-AB-2026", "AB-xyz-2026-张伟"])
def test_weak_passwords_are_refused(password):
    assert password_fault(password, "zhangwei", "张伟")


def test_a_reset_ends_sessions_and_lifts_a_lock_and_is_logged_without_the_password(zhang, session):
    zhang.fail_login_count, before = 7, zhang.session_version
    reset_password(session, zhang, OTHER)
    assert check_password_hash(zhang.password, OTHER) and zhang.session_version == before + 1
    assert zhang.fail_login_count == 0 and zhang.must_change_password
    logged = entries_of(session, "ab_user", zhang.id)
    assert "password reset" in {entry.action for entry in logged}
    assert not any(secret in str(entry.changes) for entry in logged for secret in (OTHER, zhang.password))
    with pytest.raises(Refusal):
        reset_password(session, zhang, "password")


def test_an_account_that_is_switched_off_sees_nothing(zhang, people, session):
    give_role(session, zhang, "core.register", people.unit("SAMR"), Scope.ALL)
    assert build_viewer(session, zhang.id).may("enterprise:read")
    deactivate_person(session, zhang)
    assert build_viewer(session, zhang.id).user_id is None
    with pytest.raises(Refusal):
        give_role(session, zhang, "core.auditor", people.unit("SAMR"))
    activate_person(session, zhang)
    assert build_viewer(session, zhang.id).may("enterprise:read")


def test_nobody_switches_himself_off_and_one_administrator_remains(people, zhang, session):
    admin = people.people["admin"]
    with pytest.raises(Refusal, match="自己的账号"):
        deactivate_person(session, admin, by=admin.id)
    for act in (lambda: deactivate_person(session, admin, by=zhang.id),
                lambda: end_appointment(session, held(session, admin)[0])):
        with pytest.raises(Refusal, match="唯一的管理员"):
            act()
    give_role(session, zhang, "Admin", people.unit("NDRC"), Scope.ALL)
    end_appointment(session, held(session, admin)[0])
    assert not build_viewer(session, admin.id).is_admin and build_viewer(session, zhang.id).is_admin


def test_an_appointment_ends_and_stays_on_record(zhang, people, session):
    made = give_role(session, zhang, "core.auditor", people.unit("SAMR"), valid_from=DAY - dt.timedelta(days=30))
    end_appointment(session, made, DAY)
    assert build_viewer(session, zhang.id).may("audit:read"), "the last day counts"
    end_appointment(session, made)
    assert made.valid_to == DAY - dt.timedelta(days=1) and not build_viewer(session, zhang.id).may("audit:read")


def test_an_appointment_of_today_is_taken_back_and_the_log_keeps_it(zhang, people, session):
    made = give_role(session, zhang, "core.auditor", people.unit("SAMR"))
    key = made.id
    end_appointment(session, made)
    assert not held(session, zhang)
    assert [entry.action for entry in entries_of(session, "core_appointment", key)] == ["deleted", "created"]


def test_days_the_wrong_way_round_and_retired_units_are_refused(zhang, people, session):
    with pytest.raises(Refusal, match="早于起始日期"):
        give_role(session, zhang, "core.auditor", people.unit("SAMR"), valid_to=DAY - dt.timedelta(days=1))
    people.unit("CGW").active = False
    with pytest.raises(Refusal, match="已停用"):
        give_role(session, zhang, "core.auditor", people.unit("CGW"))


def test_the_invented_districts_password_is_not_one_we_would_take():
    assert password_fault(PASSWORD)
