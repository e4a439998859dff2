"""The registers in the browser: added to, changed, ended by whoever may; refused forms keep what was typed; the log tells."""
from __future__ import annotations

import datetime as dt
import json
import re
from io import BytesIO
from typing import Any

import pytest
from flask import current_app
from openpyxl import load_workbook
from sqlalchemy import select

from addons.districts.models import Agent, Area, Contact, Handbook, Issue, Need, Post, PublicServing, Serving, Training, Visit
from addons.districts.tests.helpers import receive
from core import moment
from core.access import Scope
from core.jobs import exports
from core.jobs.models import Task
from core.jobs.running import run_task
from core.letter import register
from core.letter.models import Letter, LetterState
from core.party.models import Enterprise
from core.testing.people import District, give_role

D = dt.date
BASE = "/districts/registers"
TODAY = D(2026, 4, 28)
pytestmark = pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)


@pytest.fixture
def desk(team: District, browser: Any) -> Any:
    """``desk("hub").save("areas/new", …)``: somebody at his desk, on a day in spring."""
    class Desk:
        def __init__(self, who: str) -> None:
            self.browser = browser(who)

        def see(self, path: str, status: int = 200) -> str:
            got = self.browser.get(f"{BASE}/{path}")
            assert got.status_code == status, got.text
            return got.data.decode("utf-8", "replace")

        def save(self, path: str, status: int = 302, **data: Any) -> str:
            got = self.browser.post(f"{BASE}/{path}", data=data)
            assert got.status_code == status, re.findall(r'class="complaint".*?</p>|<li>.*?</li>', got.text)
            team.session.rollback()
            team.session.expire_all()
            return str(got.text)

    with moment.at(moment.start_of(TODAY) + dt.timedelta(hours=9)):
        yield Desk


def one(team: District, model: Any, *rule: Any) -> Any:
    """The newest row."""
    return team.session.scalars(select(model).where(*rule).order_by(
        model.__mapper__.primary_key[0].desc()).limit(1)).one()


def drawn(team: District, desk: Any, **more: Any) -> Area:
    """A district of the first street, with its officer and the one who stands in."""
    street = team.unit("120117001").id
    desk.save("areas/new", unit=street, code="120117001-01", name="示例东片区", words="示例路、东大街", east="示例河",
              valid_from="2026-04-01", polygon="117.1,39.1\n117.2,39.1\n117.2,39.2", **more)
    area: Area = one(team, Area)
    for part, who in (("A", "wang"), ("B", "lead")):
        desk.save("officers/new", user=team.people[who].id, area=area.id, part=part, office_phone="022-69590001",
                  mobile="13900000001" if part == "A" else "", valid_from="2026-04-01")
    return area


def test_districts_and_officers_are_drawn_corrected_versioned_handed_over_and_ended(team: District, desk: Any) -> None:
    hub = desk("hub")
    area = drawn(team, hub)
    assert team.session.scalars(select(Serving)).all(), "whose address lies there has its officer at once"
    assert one(team, PublicServing).officer == "王芳"
    public = hub.browser.get("/portal/lists/districts").text
    assert all(word in public for word in ("示例东片区", "东至示例河", "王芳、李强", "022-69590001"))
    assert "13900000001" not in public, "a mobile number is nobody's business"
    text = hub.save("areas/new", 422, unit=team.unit("120117001").id, code="120117001-02", name="重叠片区", words="示例路",
                    valid_from="2026-04-01")
    assert "重叠片区" in text and "示例路" in text, "the form keeps what was typed and says what is wrong"
    seen = hub.see(f"areas/{area.id}/edit")
    digest = re.search(r'name="seen" value="(\w+)"', seen)
    assert digest is not None
    typed = {"unit": area.unit_id, "code": area.code, "name": "示例东片区（改）", "words": "示例路、东大街", "polygon": ""}
    hub.save(f"areas/{area.id}/edit", **typed, valid_from="2026-04-01", seen=digest[1])
    assert (area.name, area.polygon) == ("示例东片区（改）", None)
    late = hub.save(f"areas/{area.id}/edit", 422, **typed | {"name": "另一个人改的"}, valid_from="2026-04-01", seen=digest[1])
    assert 'data-test="conflict"' in late and "另一个人改的" in late
    assert "wang" not in hub.see(f"areas/{area.id}") and "示例东片区（改）" in hub.see("areas")
    hub.save(f"areas/{area.id}/edit", **typed, valid_from="2026-05-06")
    newer = one(team, Area)
    assert (newer.id != area.id, area.valid_to, {p.area_id for p in team.session.scalars(select(Post))}) == (
        True, D(2026, 5, 6), {newer.id})
    first, second = team.session.scalars(select(Post).order_by(Post.id)).all()
    hub.save(f"officers/{first.id}/do/end", 422, on="2026-05-06", reason="调离")
    need = receive(team)
    hub.save(f"officers/{first.id}/do/hand_over", successor=second.id, on="2026-04-28", reason="调离")
    assert {s.post_id for s in team.session.scalars(select(Serving).where(Serving.valid_to > TODAY))} == {second.id}
    assert team.session.get_one(Need, need.id).assignee_id == team.people["lead"].id
    letters = team.session.scalars(select(Letter).where(Letter.case_id.is_(None)).order_by(Letter.id)).all()
    assert [(each.kind, each.addressee, each.state) for each in letters] == [
        ("districts.officer_change", f"天津示例{n}号商贸有限公司", LetterState.DRAFT) for n in (1, 2, 3)]
    assert [each.enterprise and each.enterprise.name for each in letters] == [each.addressee for each in letters]
    assert need.number in letters[0].fields["open_cases"] and "没有未办结" in letters[1].fields["open_cases"]
    found = desk("chief").browser.get("/letters/batches/new?act=review&kind=districts.officer_change").text
    assert "为企服务人员变更告知" in found and all(each.addressee in found for each in letters)
    team.unit("120117001").doc_word = "示芦街"
    register.review(team.session, letters[0], team.viewer("lead"))
    register.sign(team.session, letters[0], team.viewer("chief"))
    team.session.commit()
    book = hub.browser.get("/export/letters?format=csv&state=signed").text
    assert f"{letters[0].number},{letters[0].title}" in book and "李强" in book, "with whose hands it went through"
    assert letters[1].addressee not in book
    chief = desk("chief").browser.get(f"/letters/{letters[1].id}").text
    assert "您有权签发本件，但审核人不得再签发" in chief, "whoever could sign is told before he reviews"
    of_the_first = f"/enterprises/{letters[0].enterprise_id}"
    assert f'href="/letters/{letters[0].id}"' in desk("chief").browser.get(of_the_first).text
    assert "/letters/" not in desk("sun").browser.get(of_the_first).text, "a bureau that may not read the street's letters"
    assert browser_pdf(hub, f"officers/{second.id}/papers/notice.pdf")
    told = hub.see(f"officers/{second.id}")
    assert "变更记录" in told and "胡静" in told and "收件人" not in told
    hub.save(f"officers/{second.id}/edit", user=second.user_id, area=newer.id, part="A", office_phone="022-69590009",
             valid_from="2026-04-01")
    assert one(team, PublicServing).phone == "022-69590009"


def browser_pdf(desk: Any, path: str) -> bool:
    """Whether a PDF comes."""
    return desk.see(path).startswith("%PDF")


def test_a_street_keeps_its_own_registers_and_nobody_elses(team: District, desk: Any) -> None:
    area = drawn(team, desk("hub"))
    other, own = team.unit("120117110").id, team.unit("120117001").id
    lead = desk("lead")
    form = {"duty": "section", "name": "周敏", "post": "科长", "phone": "022-69590002", "expertise": "融资、用地"}
    lead.save("roster/new", unit=own, valid_from="2026-04-01", **form)
    lead.save("roster/new", 422, unit=other, valid_from="2026-04-01", **form)
    assert "融资" in lead.see("roster?q=用地") and "周敏" not in lead.see("roster?q=知识产权")
    contact = one(team, Contact)
    lead.save(f"roster/{contact.id}/do/end", on="2026-04-29", reason="轮岗")
    assert contact.valid_to == D(2026, 4, 29)
    lead.save("leaders/new", 422, unit=own, name="示例领导", valid_from="2026-04-01")
    far = desk("qilead")
    far.see(f"areas/{area.id}/edit", 403)
    far.save(f"areas/{area.id}/do/end", 403, on="2026-06-01", reason="不该能改")
    assert "新增" not in desk("samr").see("areas")
    desk("mayor").see("areas/new", 403)


def test_visits_and_contacts_are_kept_by_their_street_and_seen_by_no_other(
        team: District, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(team, desk("hub"))
    enterprise = one(team, Enterprise)
    officer = desk("wang")
    plan = {"enterprise": enterprise.id, "on": "2026-04-29", "purpose": "例行走访"}
    officer.save("visits/new", **plan)
    visit = one(team, Visit)
    again = officer.save("visits/new", 422, **plan | {"on": "2026-04-30"})
    assert "2026-04-29" in again and "例行走访" in again
    officer.save(f"visits/{visit.id}/do/finish", 422, identity_shown="")
    officer.save(f"visits/{visit.id}/do/finish", identity_shown="1", title="路灯不亮", text="门口的路灯坏了很久，请尽快修复。",
                 category="其他")
    assert (visit.done, visit.needs, one(team, Need).channel) == (True, 1, "visit")
    month = officer.see("visits?view=month&month=2026-04")
    day = re.search(r'data-day="2026-04-29".*?</td>', month, re.S)
    assert day is not None and enterprise.name in day[0] and f"visits/{visit.id}" in day[0] and "on_from=2026-04-29" in day[0]
    assert enterprise.name not in officer.see("visits?view=month&month=2026-06")
    assert enterprise.name not in officer.see("visits?view=month&month=2026-04&state=planned"), "the filters hold here too"
    officer.save(f"visits/{visit.id}/do/call_off", 403, reason="晚了")
    officer.save("agents/new", 422, enterprise=enterprise.id, name="张店主", mobile="13900000001")  # the officer's own
    officer.save("agents/new", enterprise=enterprise.id, name="张店主", mobile="13812340000", consent="1")
    agent = one(team, Agent)
    assert agent.unit_id == team.unit("120117001").id and "13812340000" in officer.see(f"agents/{agent.id}")
    assert 'href="tel:13812340000"' in officer.see(f"visits/{visit.id}"), "a thumb calls before it visits"
    card = officer.browser.get(f"/enterprises/{enterprise.id}").text
    assert 'data-test="act-enter-need"' in card and 'data-test="act-plan-visit"' in card and "tel:13812340000" in card
    assert enterprise.name not in officer.see("visits") and enterprise.name in officer.see("visits?state=done")
    hub = desk("hub")
    assert "/export/districts.visits.register/ask?state=done" in hub.see("visits?state=done"), "every list goes out as a sheet"
    sheet = "/export/districts.visits.register?format=csv"
    assert "例行走访" not in hub.browser.get(sheet).text, "what the list hides as long as nothing is asked for"
    assert "04-29 周三" in hub.see("visits?state=done")
    assert f"2026-04-29,{enterprise.name}" in hub.browser.get(f"{sheet}&state=").text
    book = load_workbook(BytesIO(hub.browser.get(sheet.replace("csv", "xlsx") + "&state=").data)).active
    assert book is not None and [str(book["A2"].value), book["A2"].is_date, book["A2"].number_format] == [
        "2026-04-29 00:00:00", True, "yyyy-mm-dd"], "a day in a sheet is one to sort by and to reckon with"
    assert officer.browser.get(sheet).status_code == 403, "an officer takes no sheets away"
    monkeypatch.setattr(exports, "AT_ONCE", 0)  # from here on, every sheet is too long to wait for
    both, need = f"state=closed&state={one(team, Need).state}", one(team, Need)
    assert both.replace("&", "&amp;") in hub.browser.get(f"/export/districts.needs/ask?{both}").text
    assert hub.browser.get(f"/export/districts.needs?format=csv&{both}").location == f"/export/districts.needs/ask?{both}"
    hub.browser.post(f"/export/districts.needs/task?{both}", data={"format": "csv"})
    run_task(current_app.extensions["jobs"], (task := one(team, Task)).id)
    team.session.refresh(task)
    assert task.result_sha256 and need.number in hub.browser.get(f"/tasks/{task.id}/result").text, "the whole filter counts"
    stranger = desk("qi")
    assert "act-enter-need" not in stranger.browser.get(f"/enterprises/{enterprise.id}").text, "it is another street's"
    for path in (f"visits/{visit.id}", f"agents/{agent.id}", f"agents/{agent.id}/edit"):
        stranger.see(path, 404)
    assert enterprise.name not in stranger.see("visits?view=month&month=2026-04")
    assert "例行走访" not in stranger.see("visits?state=") and "13812340000" not in stranger.see("agents")
    desk("samr").see("agents", 403)


def test_handbook_trainings_model_cases_and_issues_have_their_lives(team: District, desk: Any) -> None:
    own = team.unit("SAMR").id
    liaison = desk("samr")
    entry = {"question": "如何办理食品经营许可变更？", "answer": "网上提交申请。", "category": "审批", "unit": own}
    text = liaison.save("handbook/new", 422, **entry | {"answer": ""}, review_on="2026-07-01")
    assert "如何办理食品经营许可变更？" in text
    liaison.save("handbook/new", **entry, review_on="2026-04-20")
    row = one(team, Handbook)
    assert "应当复核" in liaison.see("handbook")
    told = desk("hub").browser.get("/export/districts.handbook.register?format=csv").text
    assert ",2026-04-20\r\n" in told or ",2026-04-20," in told, "the mark beside the day does not go into the sheet"
    liaison.save(f"handbook/{row.id}/do/review", 422, review_on="2026-04-28")
    liaison.save(f"handbook/{row.id}/do/review", review_on="2026-10-28")
    liaison.save(f"handbook/{row.id}/do/end", reason="政策已调整")
    assert not row.published and "食品经营许可" not in liaison.see("handbook")
    assert "食品经营许可" in liaison.see("handbook?published=0")
    hub = desk("hub")
    hub.save("trainings/new", title="沟通技巧培训", on="2026-04-20", unit=team.unit("NH-ZWB").id, sort="沟通技巧")
    training = one(team, Training)
    hub.save(f"trainings/{training.id}/do/end", reason="重复登记")
    assert team.session.scalars(select(Training)).all() == []
    hub.save("model_cases/new", title="一天修好路灯", story="当日吹哨，次日修复。", unit=team.unit("NH-ZWB").id,
             on="2026-04-20", published="1")
    hub.save("issues/new", title="园区道路封闭", category="物流", reserve="1", noticed_on="2026-04-20")
    issue = one(team, Issue)
    need = receive(team)
    found = hub.see("issues/pick?q=道路")
    assert f'"id":{issue.id}' in found.replace(" ", "")
    for title in ("道路照明不足", "乡村道路塌陷", "办事窗口道路不明"):
        hub.save("issues/new", title=title, category="物流", reserve="1", noticed_on="2026-04-20")
    labels = [item["label"] for item in json.loads(hub.see("issues/pick?q=道路"))["items"]]
    assert labels[0] == "道路照明不足" and labels[1:] == sorted(labels[1:])  # what begins so, then by name
    from core.case.deeds import do_deed

    do_deed(need, "common_issue", team.viewer("hub"), {"issue": issue.id})
    team.session.commit()
    assert need.reserve and need.number in hub.see(f"issues/{issue.id}")
    hub.save(f"issues/{issue.id}/do/settle", 422, on="2026-04-01", outcome="已通车")
    hub.save(f"issues/{issue.id}/do/settle", on="2026-04-28", outcome="已通车")
    assert "园区道路封闭" not in hub.see("issues") and "园区道路封闭" in hub.see("issues?settled=1")


def test_a_village_may_not_be_given_the_work_on_the_form_either(team: District, desk: Any) -> None:
    area = drawn(team, desk("hub"))
    give_role(team, "cun", "村干部", "districts.officer", "VILLAGE", Scope.UNIT)
    team.session.commit()
    text = desk("hub").save("officers/new", 422, user=team.people["cun"].id, user__label="村干部", area=area.id,
                            valid_from="2026-04-28")
    assert "村干部" in text
