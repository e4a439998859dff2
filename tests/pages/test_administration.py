"""What an administrator does: units, people, roles of the house's own, words, notices, and a look at the machine."""

from __future__ import annotations

import re

from sqlalchemy import select

from core import moment, parameters
from core.access.copies import RoleCopy, permissions_of
from core.access.models import Appointment, Staff, Unit
from core.audit import AuditEntry
from core.dictionary import entries, sync_dictionaries
from core.errors import NotFound
from core.outbox.models import Channel, Message, MessageState
from core.outbox.post import post
from core.rules.models import RuleOverride
from core.testing.people import give_role

PAGES = ("/admin/units", "/admin/people", "/admin/roles", "/admin/modules", "/admin/parameters", "/admin/dictionaries",
         "/admin/notices", "/admin/log", "/admin/log?kind=reads", "/admin/log?kind=signins", "/admin/online", "/admin/jobs",
         "/admin/channels", "/admin/health", "/admin/api", "/notices", "/account", "/account/second-factor")


def test_every_page_opens_for_an_administrator_and_for_nobody_without_the_right(people, browser):
    admin = browser("admin")
    assert {path: admin.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)
    give_role(people, "sun", "孙立", "core.register", "SAMR")
    people.session.commit()
    other = browser("sun")
    assert {path: other.get(path).status_code for path in PAGES} == {
        path: 403 if path.startswith("/admin") else 200 for path in PAGES}


def test_a_unit_is_made_changed_and_retired(people, browser, session):
    admin, bureau = browser("admin"), people.unit("SAMR")
    admin.post("/admin/units", data={"code": "SAMR-NEW", "name": "信用监管科", "kind": "section", "parent": bureau.id})
    made = session.scalars(select(Unit).where(Unit.code == "SAMR-NEW")).one()
    assert made.bureau_id == bureau.id
    assert "信用监管科" in admin.get(f"/admin/units?unit={made.id}").text
    admin.post(f"/admin/units/{made.id}", data={"name": "信用科", "short_name": "信用科", "parent": str(bureau.id)})
    admin.post(f"/admin/units/{made.id}", data={"switch": "1"})
    session.expire_all()
    assert (made.name, made.active) == ("信用科", False)
    admin.post(f"/admin/units/{bureau.id}", data={"name": "", "short_name": "局"})
    session.expire_all()
    assert bureau.name == "区市场监管局"  # refused


def test_a_role_is_copied_changed_and_gives_what_it_says(people, browser, session):
    admin = browser("admin")
    roles = admin.get("/admin/roles").text
    assert "Keeper of the register" in roles or "企业名录管理员" in roles
    source = session.scalars(select(Appointment)).first()
    assert source is not None
    register = _role(session, "core.register")
    admin.post(f"/admin/roles/{register}/copy", data={"title": "只读登记"})
    copied = session.scalars(select(RoleCopy)).one()
    admin.post(f"/admin/roles/{copied.role_id}", data={"title": "只读登记", "permission": ["enterprise:read"]})
    assert permissions_of(session, copied.role_id) == {"enterprise:read"}
    admin.post(f"/admin/roles/{copied.role_id}", data={"title": "越权", "permission": ["people:edit"]})
    assert permissions_of(session, copied.role_id) == {"enterprise:read"}  # never offered to this role
    name = f"core.own_{1}"
    give_role(people, "zhou", "周平", name, "SAMR")
    viewer = people.viewer("zhou")
    session.commit()
    assert viewer.may("enterprise:read") and not viewer.may("enterprise:contact")
    seen = admin.get(f"/admin/people/{people.people['zhou'].id}/sees").text
    assert "enterprise:read" in seen and "enterprise:contact" not in seen
    admin.post(f"/admin/roles/{copied.role_id}/remove")
    assert session.get(RoleCopy, copied.role_id) is not None  # somebody holds it
    assert session.scalars(select(AuditEntry).where(AuditEntry.subject == "core_role_copy",
                                                    AuditEntry.action == "changed")).all()


def test_an_account_from_its_first_day_to_its_last(people, browser, session):
    admin, unit = browser("admin"), people.unit("SAMR-LAW")
    answer = admin.post("/admin/people", data={"username": "qian", "name": "钱一", "post": "经办人",
                                               "password": "A-good-Start-2026"})
    person = session.scalars(select(Staff).where(Staff.username == "qian")).one()
    assert answer.location == f"/admin/people/{person.id}"
    admin.post(f"/admin/people/{person.id}/role", data={"role": "core.register", "unit": unit.id, "scope": "unit_tree"})
    held = session.scalars(select(Appointment).where(Appointment.user_id == person.id)).one()
    assert "法规科" in admin.get(answer.location).text
    admin.post(f"/admin/people/{person.id}/role", data={
        "role": "core.auditor", "unit": unit.id, "scope": "custom", "custom": [unit.id, unit.bureau_id]})
    assert "自定义" in (page := admin.get(answer.location).text) or "chosen units" in page
    log = admin.get("/admin/log").text
    assert "→ 钱一" in log and f"{unit.short_name}" in log and "→ custom" not in log  # people and units by name
    people.session.expire_all()
    asked = {query: "qian" in admin.get(f"/admin/people?{query}").text for query in (
        "role=core.register", "role=Admin", "state=never", "state=locked", f"unit={unit.bureau_id}&role=core.register")}
    assert asked == {"role=core.register": True, "role=Admin": False, "state=never": True, "state=locked": False,
                     f"unit={unit.bureau_id}&role=core.register": True}
    admin.post(f"/admin/people/{person.id}/change", data={"name": "钱小一", "post": "科长"})
    session.expire_all()
    assert (person.name, person.post) == ("钱小一", "科长")
    short = admin.post("/admin/people", data={"username": "q2", "name": "钱二", "password": "weak"}, follow_redirects=True)
    assert 'data-field="password"' in short.text  # what is wrong is told at its field
    admin.post(f"/admin/people/{person.id}/end", data={"appointment": held.id})
    assert held.id not in session.scalars(select(Appointment.id).where(Appointment.user_id == person.id)).all()
    admin.post(f"/admin/people/{person.id}/switch")
    session.expire_all()
    assert not person.active
    me = people.people["admin"]
    admin.post(f"/admin/people/{me.id}/switch")
    session.expire_all()
    assert me.active


def test_a_complaint_about_the_whole_is_said_and_nothing_is_saved(people, browser, session, monkeypatch):
    admin, put = browser("admin"), parameters.put

    def gone(session, key, text, by):
        if key == "security.lock_minutes":
            raise NotFound("这个参数刚刚被撤掉")
        return put(session, key, text, by)

    monkeypatch.setattr(parameters, "put", gone)
    told = admin.post("/admin/parameters", follow_redirects=True, data={
        "security.idle_minutes": "45", "security.lock_minutes": "20"}).text
    assert "这个参数刚刚被撤掉" in told
    session.rollback()
    assert parameters.values(session)["security.idle_minutes"] == 0


def test_words_are_kept_and_offered_at_once(people, browser, session):
    sync_dictionaries(session)
    session.commit()
    admin = browser("admin")
    admin.post("/admin/dictionaries", data={"code:core.post": "driver", "label:core.post": "驾驶员"})
    assert "驾驶员" in admin.get("/admin/people").text
    ids = {entry.code: entry.id for entry in entries(session)["core.post"]}
    admin.post("/admin/dictionaries", data={f"active:{ids['driver']}": "0", f"label:{ids['law']}": "合法性审核"})
    assert "驾驶员" not in (offered := admin.get("/admin/people").text) and "合法性审核" in offered
    log = select(AuditEntry).where(AuditEntry.subject == "core_dictionary_entry", AuditEntry.action == "changed")
    assert sorted(str(entry.changes) for entry in session.scalars(log)) == [
        "{'active': [True, False]}", "{'label': ['法制审核', '合法性审核']}"]  # one a line, of what was changed
    refused = admin.post("/admin/dictionaries", follow_redirects=True, data={
        f"label:{ids['head']}": "", f"position:{ids['clerk']}": "第一", f"label:{ids['window']}": "窗口员"}).text
    assert f'data-field="label:{ids["head"]}"' in refused and f'data-field="position:{ids["clerk"]}"' in refused
    assert "窗口员" not in admin.get("/admin/dictionaries").text  # all, or nothing
    admin.post("/admin/dictionaries", data={"label:core.post": "调研员"})
    admin.post("/admin/dictionaries", data={"label:core.post": "督导员", "code:core.post": "driver"})
    words = {entry.code: entry.label for entry in entries(session)["core.post"]}
    assert (words["dyy"], words["driver"]) == ("调研员", "驾驶员")  # a code is made; one that is there is not taken over
    assert sync_dictionaries(session) == {"made": 0}


def test_a_notice_reaches_those_whom_it_is_for_and_is_read_on_record(people, browser, session):
    admin, bureau = browser("admin"), people.unit("SAMR")
    give_role(people, "sun", "孙立", "core.register", "SAMR-LAW")
    give_role(people, "wu", "吴云", "core.register", "CGW")
    session.commit()
    admin.post("/admin/notices", data={"title": "系统维护", "body": "周六停机", "pinned": "1"})
    admin.post("/admin/notices", data={"title": "局内会议", "body": "九点", "bureau": bureau.id})
    admin.post("/admin/notices", data={"title": "", "body": "无题"})
    browsers = {name: browser(name) for name in ("sun", "wu")}
    count = re.compile(r'menu-notices">[^<]*<span class="n"><span[^>]*>[^<]*</span>(\d)')
    counted = {name: count.search(browsers[name].get("/start").text) for name in browsers}
    assert {name: found and found[1] for name, found in counted.items()} == {"sun": "2", "wu": "1"}  # the menu says so
    assert "局内会议" in browsers["sun"].get("/notices").text
    assert "局内会议" not in browsers["wu"].get("/notices").text
    assert browsers["wu"].get("/notices/2").status_code == 404
    assert browsers["sun"].get("/notices/2").status_code == 200
    assert 'class="unread"' in browsers["sun"].get("/notices").text
    admin.post("/admin/notices/2/withdraw")
    assert "局内会议" not in browsers["sun"].get("/notices").text


def test_a_message_that_was_given_up_is_sent_again(people, browser, session):
    sent = post(session, to="someone@example.invalid", channel="email", subject="通知", body="…", dedupe_key="x")
    sent.state = MessageState.DEAD
    session.commit()
    admin = browser("admin")
    assert "someone@example.invalid" in admin.get("/admin/channels?state=dead").text
    admin.post(f"/admin/channels/{sent.id}/retry")
    admin.post("/admin/channels/try", data={"channel": "sms", "to": "13800000000"})
    session.expire_all()
    assert sent.state is MessageState.PENDING
    assert session.scalars(select(Message).where(Message.channel == Channel.SMS)).one().address == "13800000000"


def _role(session, name):
    from flask_appbuilder.security.sqla.models import Role

    return session.scalars(select(Role.id).where(Role.name == name)).one()


def test_a_bureaus_own_value_is_settled_and_ended_on_the_rules_page(people, browser, session):
    admin, bureau = browser("admin"), people.unit("SAMR")
    page = "/rules/escalate.bureau"
    assert f'href="{page}"' in admin.get("/rules").text
    given = {"bureau": str(bureau.id), "value": "x", "valid_from": "2020-01-01", "reason": "本单位另定"}
    refused = admin.post(page, data=given)
    assert refused.status_code == 422 and "本单位另定" in refused.text  # what was typed stays
    assert admin.post(page, data=given | {"value": "5"}).status_code == 302
    assert admin.post(page, data=given | {"value": "6"}).status_code == 422  # one at a time
    own = session.scalars(select(RuleOverride)).one()
    assert (own.bureau_id, own.value, own.valid_to) == (bureau.id, 5, None) and "本单位另定" in admin.get(page).text
    give_role(people, "mei", "梅兰", "Admin", "NDRC")  # of one bureau: another's values are not hers to see or to settle
    people.session.commit()
    mei, theirs = browser("mei"), str(people.unit("NDRC").id)
    assert "本单位另定" not in mei.get(page).text
    assert mei.post(page, data=given | {"value": "7", "valid_from": "2030-01-01"}).status_code == 422
    assert mei.post(page, data=given | {"bureau": theirs, "value": "7"}).status_code == 302
    assert mei.post(f"{page}/end", data={"own": str(own.id)}).status_code == 404
    admin.post(f"{page}/end", data={"own": str(own.id)})
    session.expire_all()
    assert own.valid_to == moment.today() and admin.get("/rules/no.such").status_code == 404
    give_role(people, "sun", "孙立", "core.register", "SAMR")
    people.session.commit()
    assert browser("sun").get(page).status_code == 403 and page not in browser("sun").get("/rules").text
