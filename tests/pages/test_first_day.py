"""The first day: people by sheet, the steps with what is missing, and the demonstration's switcher."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from sqlalchemy import select

from core.access.models import Appointment, Staff, Unit
from core.demo.accounts import DOMAIN, write_passwords
from core.outbox import ways
from core.outbox.models import Channel, Delivery
from core.outbox.post import post

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


def test_the_sheet_for_people_offers_units_and_roles_and_takes_a_units_name(people, browser, session):
    admin = browser("admin")
    book = load_workbook(io.BytesIO(admin.get("/import/people/template").data))
    offered = {cell for column in book["选项"].iter_cols(values_only=True) for cell in column if cell}
    assert {"SAMR-LAW 法规科", "NDRC 区发改委"} <= offered
    rules = {str(rule.sqref).split("3:")[0]: rule for rule in book.worksheets[0].data_validations.dataValidation}
    assert "选项" in rules["C"].formula1 and "审计员" in rules["G"].formula1 + str(offered)
    text = "\n".join([HEAD, "lixm,李晓明,SAMR-LAW 法规科,审计员,,A-good-Start-2026",
                      "zhaoy,赵云,执法大队,审计员,,A-good-Start-2026"])
    page = admin.post("/import/people", data={"file": (io.BytesIO(text.encode()), "人员.csv")},
                      content_type="multipart/form-data").text
    sha256 = page.split('name="sha256" value="')[1].split('"')[0]
    admin.post("/import/people", data={"confirm": "1", "name": "人员.csv", "sha256": sha256, "rows": "2"})
    unit = select(Unit.code).join(Appointment, Appointment.unit_id == Unit.id).join(Staff, Staff.id == Appointment.user_id)
    assert [session.scalars(unit.where(Staff.username == name)).one() for name in ("lixm", "zhaoy")
            ] == ["SAMR-LAW", "SAMR-TEAM"]


def test_the_first_steps_say_what_is_missing(people, browser):
    page = browser("admin").get("/start").text
    assert 'data-test="setup"' in page and 'data-test="next-step"' in page and "/start/4" in page


def test_all_bureaus_get_their_words_on_one_sheet(people, browser, session):
    admin, samr, city = browser("admin"), people.unit("SAMR"), people.unit("CGW")
    page = admin.get("/admin/units/sheet").text
    assert f'id="doc_word-{samr.id}" value="宁市监"' in page
    typed = {f"{field}-{unit.id}": getattr(unit, field) for unit in people.units.values() if unit.bureau_id == unit.id
             for field in ("short_name", "doc_word")}
    wrong = admin.post("/admin/units/sheet", data=typed | {f"doc_word-{city.id}": "宁 城管", f"doc_word-{samr.id}": "宁市监管"})
    assert wrong.status_code == 422 and 'value="宁 城管"' in wrong.text and 'value="宁市监管"' in wrong.text  # as typed
    assert f'id="doc_word-{city.id}-fault"' in wrong.text and f'id="doc_word-{samr.id}-fault"' not in wrong.text
    session.expire_all()
    assert samr.doc_word == "宁市监"  # all of it or nothing
    admin.post("/admin/units/sheet", data=typed | {f"doc_word-{samr.id}": "宁市监管", f"is_enforcer-{city.id}": "1"})
    session.expire_all()
    assert (samr.doc_word, samr.is_enforcer, city.is_enforcer) == ("宁市监管", False, True)


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


def test_the_wizard_leads_from_page_to_page_and_can_be_left(people, browser):
    admin = browser("admin")
    assert admin.get("/start/3").location == "/admin/modules"
    page = admin.get("/admin/modules").text
    assert 'data-test="wizard"' in page and 'href="/start/4"' in page
    assert 'data-test="wizard"' not in admin.get("/admin/people").text  # not a page of this step
    assert admin.get("/start/7").location == "/admin/channels/sms"
    assert 'data-test="wizard-end"' in admin.get("/admin/channels/sms").text
    assert admin.get("/start/0").location == "/start"
    assert 'data-test="wizard"' not in admin.get("/admin/channels/sms").text


def test_mail_and_short_messages_are_set_and_tried_on_a_page(people, browser, session, app):
    admin, jobs = browser("admin"), app.extensions["jobs"]
    settings = app.extensions["yingshang"].settings
    refused = admin.post("/admin/channels/email", data={"adapter": "smtp", "host": "", "sender": "a@example.invalid"})
    assert refused.status_code == 422 and "a@example.invalid" in refused.text
    given = {"adapter": "smtp", "host": "127.0.0.1", "port": "1", "security": "none", "user": "ys", "password": "geheim",
             "sender": "a@example.invalid"}
    assert admin.post("/admin/channels/email", data=given).status_code == 302
    page = admin.get("/admin/channels/email").text
    assert 'value="127.0.0.1"' in page and "geheim" not in page
    admin.post("/admin/channels/email", data=given | {"password": "", "port": "2"})  # left empty: the present one stays
    assert ways.chosen(session, settings, Channel.EMAIL)[1]["password"] == "geheim"
    assert "geheim" not in session.scalars(select(ways.ChannelWay.sealed)).one()
    failed = admin.post("/admin/channels/email/trial", data={"to": "b@example.invalid"}, follow_redirects=True).text
    assert "ConnectionRefusedError" in failed
    admin.post("/admin/channels/sms", data={"adapter": "console"})
    assert "console" in admin.post("/admin/channels/sms/trial", data={"to": "13800000000"}, follow_redirects=True).text
    post(session, to="13800000000", channel=Channel.SMS, subject="x", body="y", dedupe_key="trial")
    session.commit()
    session.expire_all()
    jobs.run_job("core.sweep")
    session.expire_all()
    assert session.scalars(select(Delivery.reference).where(Delivery.channel == Channel.SMS)).all() == ["console"]
    admin.post("/admin/channels/email", data={"adapter": ""})
    assert Channel.EMAIL not in {way.channel for way in session.scalars(select(ways.ChannelWay))}
    assert browser("zhou").get("/admin/channels/sms").status_code in (302, 403)
