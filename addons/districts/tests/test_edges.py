"""The module's edge cases, each by its name. Those of districts and of the register are in their own files."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from addons.districts.channels import ADAPTERS, Incoming
from addons.districts.jobs import over
from addons.districts.models import Need, SealedText
from addons.districts.operations import add_material, merge_needs, rate, similar_needs, split_need, submit_need
from addons.districts.tests.helpers import ANSWER, accepted, clock, do, order_of, receive, sent
from core import moment
from core.access import view_as
from core.case.boxes import in_box
from core.case.models import ClockResult
from core.errors import NotAllowed, Refusal
from core.letter.models import Letter
from core.party.models import Enterprise

D = dt.date


def when(*parts: int) -> dt.datetime:
    """An instant of the district's own clock."""
    return moment.start_of(D(*parts[:3])) + dt.timedelta(hours=parts[3], minutes=parts[4])


def test_edge_01_a_need_at_23_30_on_the_eve_of_the_holiday_or_within_it(team):
    with moment.at(when(2026, 2, 14, 23, 30)):
        eve = receive(team, title="节前", channel="portal", who="hub")
    with moment.at(when(2026, 2, 16, 10, 0)):
        inside = receive(team, title="节中", channel="portal", who="hub")
    assert clock(eve, "total").due_on == clock(inside, "total").due_on == D(2026, 3, 3)
    assert clock(inside, "first_response").due_on == D(2026, 2, 24)


def test_edge_04_an_enterprise_that_has_ended_is_asked_first(team):
    need = accepted(team)
    with pytest.raises(Refusal):
        do(team, need, "deregistered", "lead", note="主体已注销", asked=False)
    do(team, need, "deregistered", "lead", note="主体已注销", asked=True)
    assert (need.state, need.result) == ("withdrawn", "主体注销")


def test_edge_05_one_matter_through_three_channels_is_merged_and_the_earliest_limit_governs(team):
    with moment.at(when(2026, 4, 28, 9, 0)):
        first = receive(team)
    with moment.at(when(2026, 4, 29, 9, 0)):
        hotline = receive(team, "grid", channel="12345", channel_no="G-1", due_at=when(2026, 5, 7, 23, 0))
        cloud = receive(team, "hub", channel="cloud", channel_no="C-1")
        assert {n.id for n in similar_needs(team.session, first.enterprise_id, first.title, besides=first.id)} == {
            cloud.id, hotline.id}
        merge_needs(team.session, team.viewer("hub"), hotline, first)
        kept = merge_needs(team.session, team.viewer("hub"), first, cloud)
        assert kept is first
        assert {(c.channel, c.channel_no) for c in first.channels} >= {("12345", "G-1"), ("cloud", "C-1")}
        assert (hotline.result, cloud.result, clock(hotline, "total").result) == ("merged", "merged", ClockResult.VOID)
        assert clock(first, "channel").due_on == D(2026, 5, 7)
        assert first.due_code in ("channel", "first_response")
        do(team, first, "answer", "wang", **ANSWER)
        assert all(c.replied_at is not None for c in first.channels)
        again = receive(team, "grid", channel="12345", channel_no="G-1")
        assert again.id == first.id  # the hotline sends its order a second time


def test_edge_06_two_enterprises_with_one_cause_are_not_merged(team):
    one, other = receive(team), receive(team, number=2)
    with pytest.raises(Refusal):
        merge_needs(team.session, team.viewer("hub"), one, other)


def to_do(team, who):
    """The needs on somebody's desk."""
    team.session.commit()
    with view_as(team.viewer(who)) as session:
        return list(session.scalars(select(Need.id).where(in_box("todo", team.viewer(who)))))


def test_edge_08_ping_pong_does_not_reset_the_clock_and_the_hub_decides_the_third_dispatch(team):
    with moment.at(when(2026, 4, 28, 9, 0)):
        need = accepted(team)
        due = clock(need, "total").due_on
        for unit, person in (("SAMR", "samr"), ("CGW", "city")):
            order = sent(team, need, unit)
            do(team, order, "return_it", person, ground="不属本单位职责", reason="三定规定未列。")
            assert team.session.scalars(select(Letter).where(Letter.kind == "districts.order")).all() == [], "taken back"
        assert (need.returns, need.state) == (2, "returned")
        assert clock(need, "total").due_on == due
        with pytest.raises(Refusal):
            sent(team, need)
        assert to_do(team, "hub") == [need.id], "who must decide finds it on his desk"
        do(team, need, "decide_unit", "hub", unit=team.unit("SAMR").id, done="已协调", wanted="由市场监管局办理")
        assert to_do(team, "hub") == []
        with pytest.raises(Refusal):
            do(team, order_of(team, need), "return_it", "samr", ground="不属本单位职责", reason="仍不属。")
        assert clock(need, "total").due_on == due
        letters = team.session.scalars(select(Letter).where(Letter.kind == "districts.order").order_by(Letter.id)).all()
        assert [(each.addressee, each.fields["returnable"]) for each in letters] == [
            (team.unit("SAMR").name, False)], "that of each order that came back was taken back"


def test_edge_08_who_does_not_return_in_time_has_accepted(team):
    with moment.at(when(2026, 4, 28, 9, 0)):
        need = accepted(team)
        order = sent(team, need)
    with moment.at(when(2026, 4, 30, 9, 0)):
        with pytest.raises(Refusal):
            do(team, order, "return_it", "samr", ground="不属本单位职责", reason="晚了。")
        over(team.session, moment.now())
        over(team.session, moment.now())
        assert (order.state, need.state) == ("handling", "handling")


def test_edge_09_a_need_cannot_be_made_complex_on_day_7_to_escape_being_late(team):
    with moment.at(when(2026, 4, 28, 9, 0)):
        need = accepted(team)
    with moment.at(when(2026, 5, 11, 9, 0)):
        with pytest.raises(Refusal):
            do(team, need, "confirm_complex", "lead", note="复杂")
        do(team, need, "allow_complex", "chief", note="确需多部门")
        assert (need.reclassified_day, need.complex) == (7, True)


def test_edge_10_no_rating_before_the_answer_none_twice_none_by_the_officer(team):
    need = accepted(team)
    with pytest.raises(Refusal):
        rate(team.session, need, 5)
    do(team, need, "answer", "wang", **ANSWER)
    with pytest.raises(NotAllowed):
        rate(team.session, need, 5, actor=team.viewer("wang"))
    rate(team.session, need, 4, address="203.0.113.5")
    with pytest.raises(Refusal):
        rate(team.session, need, 5)
    assert [r.address for r in need.ratings] == ["203.0.113.5"]


def test_edge_11_an_identity_number_is_masked_at_entry_and_a_secret_is_restricted(team):
    need = receive(team, text="我的身份证号是110101199003074610，请查询贷款贴息进度。")
    assert "199003" not in need.text
    sealed = team.session.scalars(select(SealedText).where(SealedText.case_id == need.id)).one()
    assert "110101199003074610" in sealed.original
    secret = receive(team, title="配方", text="我公司的商业秘密配方被前员工带走，请予协助处理。")
    assert secret.confidentiality.value == "restricted"
    with pytest.raises(Refusal):
        do(team, secret, "accept", "wang")
    do(team, secret, "seal", "lead", why="商业秘密")
    assert (secret.text, secret.sealed) == ("（内容已封存）", True)
    team.session.commit()
    with view_as(team.viewer("wang")) as officers:
        assert officers.scalars(select(SealedText)).all() == []


def test_edge_12_a_petition_and_a_service_matter_are_split_and_only_one_is_refused(team):
    need = receive(team, text="对征地补偿不满要求信访处理，另外门口道路的路灯坏了请修复。")
    other = split_need(team.session, team.viewer("wang"), need, title="征地补偿", text="对征地补偿不满，要求信访处理。",
                       remaining="门口道路的路灯坏了请修复。")
    do(team, other, "refuse", "wang", ground="信访", guidance="区信访办")
    do(team, need, "accept", "wang")
    assert (other.state, need.state, other.opened_at) == ("not_accepted", "local", need.opened_at)


def test_edge_13_two_of_one_name_are_not_guessed_and_the_name_at_receipt_stays(team):
    team.session.add_all(Enterprise(reg_no=f"12022160000000{n}", name="宁河示例小吃店", kind="个体工商户") for n in (1, 2))
    team.session.commit()
    given = Incoming("officer", "排烟", "请问小吃店排烟设施有什么要求？", enterprise_name="宁河示例小吃店")
    need = submit_need(team.session, team.viewer("wang"), given, unit=team.unit("120117001"))
    assert (need.enterprise_id, need.enterprise_name) == (None, "宁河示例小吃店")
    known = receive(team)
    known.enterprise.name = "天津示例新名称有限公司"
    assert known.enterprise_name == "天津示例1号商贸有限公司"


def test_edge_14_an_oral_answer_of_the_city_needs_a_note(team):
    need = accepted(team)
    do(team, need, "to_hub", "lead", obstacle="跨区道路")
    do(team, need, "to_city", "hub", ground="跨区域", basis="市政道路管理权限", done="已会商", wanted="请市级协调")
    with pytest.raises(Refusal):
        do(team, need, "answer", "hub", **ANSWER)
    with pytest.raises(Refusal):
        do(team, need, "city_answers", "hub", answer="同意", oral=True, evidence="电话")
    do(team, need, "city_answers", "hub", answer="同意", oral=True, evidence="5月8日市办张某电话答复胡静，同意协调。")
    assert (need.state, need.level) == ("local", 5)


def test_edge_17_the_leader_sees_the_date_that_the_letter_prints(team):
    from addons.districts.letters import acceptance

    with moment.at(when(2026, 9, 30, 9, 0)):
        need = accepted(team)
    assert acceptance(need)["due"].day == clock(need, "total").due_on == D(2026, 10, 15)


def test_silence_closes_after_five_working_days_and_waiting_ends_by_itself(team):
    with moment.at(when(2026, 4, 28, 9, 0)):
        need, waiting = accepted(team), accepted(team, title="另一件")
        do(team, need, "answer", "wang", **ANSWER)
        do(team, waiting, "suspend", "wang", reason="等待企业补充材料", material="合同")
    with moment.at(when(2026, 5, 10, 9, 0)):
        over(team.session, moment.now())
        assert (need.state, need.result, need.rating) == ("closed", "silent", None)
    with moment.at(when(2026, 5, 20, 9, 0)):
        over(team.session, moment.now())
        over(team.session, moment.now())
        assert waiting.state == "local"
        with pytest.raises(Refusal):
            add_material(team.session, need, "晚了")


def test_every_channel_is_an_adapter_of_one_shape(team):
    hotline = ADAPTERS["12345"].read({"诉求内容": "园区突然停电，生产线全停了。", "工单编号": "G-9", "诉求类型": "诉求"})
    assert (hotline.urgency, hotline.channel_no) == ("livelihood", "G-9")
    with moment.at(when(2026, 2, 16, 3, 0)):
        need = submit_need(team.session, team.viewer("grid"), hotline, unit=team.unit("120117001"))
        assert clock(need, "take_livelihood").due_at == when(2026, 2, 16, 3, 30)  # the wall clock, on holidays too
    with pytest.raises(Refusal):
        ADAPTERS["jinchanfa"].read({})
    assert ADAPTERS["12345"].reply(need) is not None


def test_in_their_own_sessions_people_do_all_this_and_see_no_more_than_they_may(team):
    """The bureau's step reaches the street's need though the bureau cannot see it."""
    need = accepted(team)
    order = sent(team, need)
    team.session.commit()
    with view_as(team.viewer("samr")) as theirs:
        from addons.districts.models import Order
        from core.case import act

        assert theirs.scalars(select(Need)).all() == []
        mine = theirs.get_one(Order, order.id)
        act.do(mine, "sign_in", actor=team.viewer("samr"), data={"section": "执法科"})
        act.do(mine, "report", actor=team.viewer("samr"), data=ANSWER)
        theirs.commit()
    team.session.expire_all()
    assert (need.state, order.state) == ("feedback", "reported")
    with view_as(team.viewer("qi")) as strangers:
        assert strangers.scalars(select(Need)).all() == []
