"""Signing in: the picture code, the lock, the second factor, who is online, and what the house demands first."""

from __future__ import annotations

import datetime as dt
import re

import pyotp
import pytest
from sqlalchemy import select

from core import moment, parameters
from core.access.models import Staff
from core.audit import AuditEntry
from core.security import captcha, sessions
from core.security.models import LoginSession, SecondFactor
from core.testing.people import PASSWORD, make_person

pytestmark = pytest.mark.usefixtures("people")
SIGNS = "ABCDE"


@pytest.fixture
def known_picture(monkeypatch):
    """Every picture says :data:`SIGNS`."""
    signs = iter(SIGNS * 100)
    monkeypatch.setattr("secrets.SystemRandom.choice", lambda _self, _from: next(signs))


def settle(session, **values):
    for key, value in values.items():
        parameters.put(session, f"security.{key}", str(value), None)
    session.commit()


def test_after_wrong_passwords_a_picture_is_asked_for_and_then_the_account_is_locked(browser, session, known_picture):
    settle(session, captcha_after=2, login_attempts=4)
    client = browser("")
    client.sign_in("admin", "wrong")
    assert 'name="picture"' not in client.get("/login/").text
    assert 'name="picture"' in client.sign_in("admin", "wrong").text
    assert client.sign_in("admin", PASSWORD).status_code == 200  # right, but without the picture
    assert client.get("/login/picture.png").mimetype == "image/png"
    assert client.sign_in("admin", PASSWORD, picture="XXXXX").status_code == 200
    client.get("/login/picture.png")
    assert client.sign_in("admin", PASSWORD, picture=SIGNS.lower()).status_code == 302
    client.get("/logout/")
    for _turn in range(4):
        client.get("/login/picture.png")
        client.sign_in("admin", "wrong", picture=SIGNS)
    client.get("/login/picture.png")
    assert client.sign_in("admin", PASSWORD, picture=SIGNS).status_code == 200
    with moment.at(moment.now() + dt.timedelta(minutes=16)):
        client.get("/login/picture.png")
        assert client.sign_in("admin", PASSWORD, picture=SIGNS).status_code == 302
    outcomes = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == "admin")).all()
    assert {"wrong password", "locked", "signed in"} <= set(outcomes)


def test_a_name_that_nobody_bears_is_asked_for_the_picture_all_the_same(browser, session):
    settle(session, captcha_after=1)
    client = browser("")
    answers = [client.post("/login/", data={"username": "nobody", "password": "x"}).text for _turn in range(2)]
    assert all('name="picture"' in page for page in answers)


def test_a_picture_is_answered_once_and_for_five_minutes(app, known_picture):
    with app.test_request_context():
        captcha.draw()
        assert captcha.right(SIGNS)
        assert not captcha.right(SIGNS)
        captcha.draw()
        with moment.at(moment.now() + dt.timedelta(minutes=6)):
            assert not captcha.right(SIGNS)


def test_an_administrator_sees_who_is_online_and_signs_somebody_out(browser, session):
    there, elsewhere = browser("admin"), browser("admin")
    page = there.get("/admin/online").text
    assert page.count("/end") == 2
    other = session.scalars(select(LoginSession).order_by(LoginSession.id.desc())).first()
    assert there.post(f"/admin/online/{other.id}/end").status_code == 302
    assert elsewhere.get("/admin/units").location.startswith("/login/")
    assert there.get("/admin/units").status_code == 200
    there.get("/logout/")
    session.expire_all()
    assert sessions.count_online(session) == 0


def test_whoever_is_away_too_long_is_signed_out(browser, session):
    settle(session, idle_minutes=30)
    away, now = browser("admin"), moment.now()
    with moment.at(now + dt.timedelta(minutes=20)):
        assert away.get("/admin/units").status_code == 200
    with moment.at(now + dt.timedelta(minutes=51)):
        assert away.get("/admin/units").status_code == 302


def test_a_second_factor_is_set_up_asked_for_and_its_codes_count_once(browser, session):
    client = browser("admin")
    page = client.post("/account/second-factor", follow_redirects=True).text
    secret = re.search(r'data-copy="([A-Z2-7]{32})"', page).group(1)
    assert "data:image/svg" in page
    assert session.scalars(select(SecondFactor.confirmed_at)).one() is None
    spare = re.findall(r'class="mono">([0-9a-f-]{14})<',
                       client.post("/account/second-factor", data={"code": _code(secret)}).text)
    assert len(spare) == 8
    assert session.get(SecondFactor, session.scalars(select(Staff.id).where(Staff.username == "admin")).one()).secret != secret
    client.get("/logout/")
    assert client.sign_in("admin", PASSWORD).location == "/login/code"
    assert client.get("/admin/units").status_code == 302  # not in yet
    assert client.post("/login/code", data={"code": _code(secret)}).status_code == 200  # that code was used
    with moment.at(moment.now() + dt.timedelta(minutes=1)):
        assert client.post("/login/code", data={"code": _code(secret)}).status_code == 302
        assert client.get("/admin/units").status_code == 200
        client.get("/logout/")
        client.sign_in("admin", PASSWORD)
        assert client.post("/login/code", data={"code": spare[0]}).status_code == 302
        client.get("/logout/")
        client.sign_in("admin", PASSWORD)
        assert client.post("/login/code", data={"code": spare[0]}).status_code == 200
        token = {"username": "admin", "password": PASSWORD, "provider": "db"}
        assert client.post("/api/v1/security/login", json=token).status_code == 401
    with moment.at(moment.now() + dt.timedelta(minutes=3)):
        assert client.post("/api/v1/security/login", json=token,
                           headers={"X-Second-Factor": _code(secret)}).status_code == 200


def test_the_house_may_demand_a_second_factor_and_a_new_password(browser, session):
    here = browser("admin")
    settle(session, second_factor="administrators")
    assert here.get("/admin/units").location == "/account/second-factor"
    assert here.get("/account/second-factor").status_code == 200
    settle(session, second_factor="optional", password_days=90)
    assert here.get("/admin/units").status_code == 200
    with moment.at(moment.now() + dt.timedelta(days=91)):
        assert browser("admin").get("/admin/units").location == "/resetmypassword/form"


def test_the_length_of_passwords_is_a_parameter_that_holds_at_once(browser, session):
    here = browser("admin")
    answer = here.post("/admin/parameters", data={"security.password_length": "20"})
    assert answer.status_code == 302
    here.post("/admin/people", data={"username": "qian", "name": "钱一", "password": "Sixteen-signs-16"})
    assert session.scalars(select(Staff).where(Staff.username == "qian")).first() is None
    here.post("/admin/parameters", data={"security.password_length": "3"})
    assert parameters.values(session)["security.password_length"] == 20  # below what is allowed
    told = session.scalars(select(AuditEntry).where(AuditEntry.subject == "core_parameter")).one()
    assert told.changes["value"] == [None, 20]


def _code(secret: str) -> str:
    return pyotp.TOTP(secret).at(int(moment.now().timestamp()))


def test_everybody_chooses_a_password_of_his_own(browser, session):
    make_person(session, "nobody", "无角色")  # holds no role, and may that all the same
    session.commit()
    assert browser("nobody").get("/resetmypassword/form").status_code == 200
