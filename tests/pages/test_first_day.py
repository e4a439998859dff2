"""The first day: people by sheet, the steps with what is missing, and the demonstration's switcher."""

from __future__ import annotations

import io

from sqlalchemy import select

from core.access.models import Appointment, Staff
from core.demo.accounts import DOMAIN, write_passwords

HEAD = "用户名,姓名,单位编码,角色,数据范围,初始密码"


def test_people_arrive_by_sheet_with_their_roles_and_wrong_rows_are_named(people, browser, session):
    admin = browser("admin")
    text = "\n".join([HEAD, "lixm,李晓明,SAMR-LAW,core.register,本部门,A-good-Start-2026",
                      "wangw,王伟,NOWHERE,core.register,,x"])
    page = admin.post("/import/people", data={"file": (io.BytesIO(text.encode()), "人员.csv")},
                      content_type="multipart/form-data").text
    assert "NOWHERE" in page
    sha256 = page.split('name="sha256" value="')[1].split('"')[0]
    admin.post("/import/people", data={"confirm": "1", "skip": "1", "name": "人员.csv", "sha256": sha256, "rows": "2"})
    made = session.scalars(select(Staff).where(Staff.username == "lixm")).one()
    held = session.scalars(select(Appointment).where(Appointment.user_id == made.id)).one()
    assert (held.unit.code, held.scope.value, made.must_change_password) == ("SAMR-LAW", "unit", True)
    assert session.scalars(select(Staff).where(Staff.username == "wangw")).first() is None


def test_the_first_steps_say_what_is_missing(people, browser):
    page = browser("admin").get("/start").text
    assert 'data-test="setup"' in page and 'data-test="next-step"' in page and "/import/people" in page


def test_one_demonstration_account_becomes_another_and_no_real_one(people, browser, session, app):
    for name in ("admin",):
        people.people[name].email = f"{name}@{DOMAIN}"
    other = Staff(username="demo2", last_name="陈", first_name="静", email=f"demo2@{DOMAIN}", active=True, session_version=1)
    real = Staff(username="real", last_name="真", first_name="人", email="real@example.invalid", active=True, session_version=1)
    session.add_all([other, real])
    session.commit()
    here = browser("admin")
    assert here.get("/demo").status_code == 404  # not a demonstration: nobody can become somebody else
    write_passwords(app.extensions["yingshang"].settings.var, {"admin": "x", "demo2": "y"})
    try:
        assert "demo2" in here.get("/demo").text or here.get("/demo").status_code == 200
        assert here.post("/demo/real").status_code == 404
        assert here.post("/demo/demo2").status_code == 302
        assert "陈静" in here.get("/account").text
    finally:
        (app.extensions["yingshang"].settings.var / "demo-accounts.json").unlink()
