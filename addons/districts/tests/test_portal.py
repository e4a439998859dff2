"""From the owner's telephone: hand in, follow, add, object, be answered, rate; nobody rates in his place."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from addons.districts.models import Agent, Need, SealedText
from addons.districts.models.areas import Area, Post
from addons.districts.operations.serving import assign_officer
from addons.districts.tests.helpers import ANSWER, TEXT, do
from core import moment
from core.outbox.models import Message
from core.party.models import Enterprise
from core.party.uscc import make_uscc
from core.portal.frame import CASES
from core.portal.models import PublicCase, Token
from core.testing.people import District

PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00"
       b"\rIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82")
Hand = Callable[..., Need]


@pytest.fixture
def hand_in(client: FlaskClient, team: District) -> Hand:
    """The owner of the first enterprise hands a need in; the need."""
    def send(key: str = "the-key-of-the-first-form", text: str = TEXT, title: str = "门口路灯不亮", **more: Any) -> Need:
        got = client.post("/portal/submit/need", data={
            "key": key, "enterprise": make_uscc("120117", 1), "title": title, "text": text, "category": "水电气",
            "contact_name": "张店主", "contact_phone": "13812345678", **more})
        assert got.status_code == 303, got.text
        with client.session_transaction() as cookie:
            number = list(cookie[CASES])[-1]
        team.session.expire_all()
        return team.session.scalars(select(Need).where(Need.number == number)).one()
    return send


def step(client: FlaskClient, need: Need, name: str, **data: Any) -> int:
    """A step of the owner."""
    got = client.post(f"/portal/cases/{need.number}/{name}", data={"key": f"{name}-{need.id}-0123456789", **data})
    return got.status_code


def page(client: FlaskClient, need: Need) -> str:
    """What the owner sees."""
    return client.get(f"/portal/cases/{need.number}").text


def test_a_need_from_the_telephone_to_its_verdict(client: FlaskClient, team: District, hand_in: Hand, app: Flask) -> None:
    need = hand_in(files=[(BytesIO(PNG), "路灯.png")])
    assert (need.channel, need.enterprise_name, need.contact_phone) == ("portal", "天津示例1号商贸有限公司", "13812345678")
    assert [a.name for a in need.attachments] == ["路灯.png"]
    seen = page(client, need)
    assert TEXT in seen and need.number in seen and need.due_on is not None and "13812345678" not in seen
    total = next(c for c in need.clocks if c.code == "total")
    assert total.due_on.isoformat() in seen and "7 个工作日" in seen
    do(team, need, "accept", "hub")
    do(team, need, "suspend", "hub", reason="等待企业补充材料", material="现场照片")
    team.session.commit()
    assert step(client, need, "material", text="照片已补，电话13987654321") == 303
    team.session.expire_all()
    assert need.state == "local" and "139****4321" in page(client, need)
    do(team, need, "answer", "hub", **ANSWER)
    team.session.commit()
    seen = page(client, need)
    assert ANSWER["reply"] in seen
    message = team.session.scalars(select(Message).where(Message.dedupe_key.like("portal:token:%"))).one()
    assert message.address == "19900000001", "the contact in the register, not the one who wrote"
    link = re.search(r"/portal/rate/\S+", message.body)
    assert link is not None
    assert ANSWER["reply"] in client.get(link[0]).text
    rating = {"key": "rating-0123456789abcdef", "score": "5", "comment": "很快"}
    assert client.post(link[0], data=rating).status_code == 303
    assert client.post(link[0], data=rating).status_code == 404
    team.session.expire_all()
    assert need.state == "closed" and need.rating is not None and need.rating.score == 5 and need.rating.address
    assert team.session.scalars(select(Token)).one().used_from == need.rating.address
    team.session.commit()
    listed = client.get("/portal/lists/needs").text
    assert "水电气：已解决" in listed and need.title not in listed and need.enterprise_name not in listed


def test_before_the_answer_nobody_can_rate_and_afterwards_the_owner_may_disagree_once(
        client: FlaskClient, team: District, hand_in: Hand) -> None:
    need = hand_in()
    assert team.session.scalars(select(Token)).all() == []
    assert client.get(f"/portal/cases/{need.number}/rate").status_code == 404
    do(team, need, "accept", "hub")
    do(team, need, "answer", "hub", **ANSWER)
    team.session.commit()
    assert step(client, need, "dissatisfied", reason="灯还是不亮") == 303
    team.session.expire_all()
    assert need.state == "local" and need.reopened == 1
    do(team, need, "answer", "hub", **ANSWER)
    team.session.commit()
    assert "step-dissatisfied" not in page(client, need)
    again = client.post(f"/portal/cases/{need.number}/dissatisfied", data={"key": "another-key-0123456789", "reason": "x"})
    assert again.status_code == 422


def test_a_refusal_says_where_to_turn_and_is_reviewed_once(client: FlaskClient, team: District, hand_in: Hand) -> None:
    need = hand_in(text="我与房东的合同官司还没有判，请帮我催法院。")
    do(team, need, "refuse", "hub", ground="涉法涉诉", guidance="宁河区人民法院诉讼服务中心")
    team.session.commit()
    seen = page(client, need)
    assert "宁河区人民法院诉讼服务中心" in seen and "step-object" in seen
    assert step(client, need, "object", reason="只是想请你们协调") == 303
    assert "step-object" not in page(client, need)
    team.session.expire_all()
    assert need.objected_at is not None


def test_what_is_personal_is_masked_and_of_a_secret_only_the_receipt_is_shown(
        client: FlaskClient, team: District, hand_in: Hand) -> None:
    need = hand_in(text="我的身份证120221198506150018，卡号6222020302000000000，请退保证金。")
    seen = page(client, need)
    assert "120221198506150018" not in seen and "6222020302000000000" not in seen and "退保证金" in seen
    need = hand_in("the-key-of-the-second-form", text="这个文件是国家秘密，机密级，请看附件里的内容。", title="机密级文件")
    seen = page(client, need)
    assert need.number in seen and "机密" not in seen and need.confidentiality == "restricted"
    team.session.commit()
    held = team.session.scalars(select(PublicCase).where(PublicCase.number == need.number)).one()
    assert held.text == "" and "机密" not in held.title
    assert team.session.scalars(select(SealedText.id)).all()


def test_the_link_for_rating_never_goes_to_an_officers_own_number(client: FlaskClient, team: District, hand_in: Hand) -> None:
    session, officer = team.session, team.people["wang"]
    enterprise = session.scalars(select(Enterprise).where(Enterprise.uscc == make_uscc("120117", 1))).one()
    officer.phone, enterprise.phone = "139 1111 2222", "13911112222"
    session.commit()
    first = hand_in(contact_phone="13911112222")  # the officer has typed his own everywhere
    do(team, first, "accept", "hub")
    do(team, first, "answer", "hub", **ANSWER)
    session.commit()
    sent = select(Message).where(Message.dedupe_key.like("portal:token:%"))
    assert session.scalars(sent).all() == []
    session.add(Agent(enterprise_id=enterprise.id, unit_id=team.unit("120117001").id, name="张店主", mobile="13812349999",
                      consent=True, confirmed_on=moment.today()))
    session.commit()
    need = hand_in("the-key-of-another-form", title="另一件", contact_phone="13911112222")
    do(team, need, "accept", "hub")
    do(team, need, "answer", "hub", **ANSWER)
    session.commit()
    assert [message.address for message in session.scalars(sent)] == ["13812349999"]
    link = re.search(r"/portal/rate/\S+", session.scalars(sent).one().body)
    assert link is not None
    client.post(link[0], data={"key": "rating-0123456789abcdef", "score": "4", "response": "5", "attitude": "5",
                               "outcome": "3"})
    session.expire_all()
    assert need.rating is not None
    assert (need.rating.score, need.rating.response, need.rating.attitude, need.rating.outcome) == (4, 5, 5, 3)


def test_the_code_on_an_officers_notice_brings_a_new_shop_to_his_street(client: FlaskClient, team: District,
                                                                       hand_in: Hand) -> None:
    session = team.session
    area = Area(unit_id=team.unit("120117001").id, code="120117001-1", name="示例片区", valid_from=dt.date(2020, 1, 1))
    session.add(area)
    session.flush()
    session.add(Post(user_id=team.people["wang"].id, unit_id=team.unit("120117001").id, area_id=area.id,
                     valid_from=dt.date(2020, 1, 1)))
    session.commit()
    assert 'value="120117001-1"' in client.get("/portal/submit/need?area=120117001-1").text
    need = hand_in(enterprise="刚开业的小吃店", area="120117001-1")
    assert (need.unit.code, need.assignee_id, need.area_code) == ("120117001", team.people["wang"].id, "120117001-1")
    assert hand_in("a-key-with-a-made-up-area", enterprise="另一家小吃店", area="不存在").unit.code == "NH-ZWB"


def test_two_taps_make_one_need(client: FlaskClient, team: District, hand_in: Hand) -> None:
    assert hand_in().id == hand_in().id
    assert len(team.session.scalars(select(Need.id)).all()) == 1


def test_an_enterprise_that_the_register_does_not_know_is_heard_too(client: FlaskClient, team: District,
                                                                    hand_in: Hand) -> None:
    with moment.at(moment.now()):
        need = hand_in(enterprise="新开的小店")
    assert need.enterprise_id is None and need.enterprise_name == "新开的小店" and need.unit.code == "NH-ZWB"


def test_who_serves_me_is_told_by_whole_name_or_code_with_an_office_line(client: FlaskClient, team: District) -> None:
    session = team.session
    area = Area(unit_id=team.unit("120117001").id, code="120117001-1", name="示例片区", valid_from=dt.date(2020, 1, 1))
    session.add(area)
    session.flush()
    post = Post(user_id=team.people["wang"].id, unit_id=team.unit("120117001").id, area_id=area.id,
                office_phone="022-69591111", mobile="13911112222", valid_from=dt.date(2020, 1, 1))
    session.add(post)
    session.flush()
    enterprise = session.scalars(select(Enterprise).where(Enterprise.uscc == make_uscc("120117", 1))).one()
    assign_officer(session, enterprise, post, moment.today(), reason="示例")
    session.commit()
    for asked in (enterprise.name, str(enterprise.uscc).lower()):
        seen = client.get("/portal/find/officer", query_string={"q": asked}).text
        assert "王芳" in seen and "022-69591111" in seen and "示例片区" in seen
        assert "13911112222" not in seen and str(enterprise.phone) not in seen
    for asked in (enterprise.name[:6], "没有这家店", "%"):
        assert "王芳" not in client.get("/portal/find/officer", query_string={"q": asked}).text
