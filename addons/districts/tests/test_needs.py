"""A need on the way that most needs take: received, answered, confirmed, rated."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from addons.districts.operations import add_material, dissatisfied, object_to_refusal, rate
from addons.districts.tests.helpers import ANSWER, accepted, clock, do, order_of, receive, sent
from core import moment
from core.access import Scope
from core.access.rows import in_the_name_of
from core.case.boxes import in_box
from core.case.models import ClockResult
from core.errors import NotAllowed, Refusal
from core.letter.models import Letter
from core.rules.register import override
from core.testing.people import give_role

D = dt.date


def replies(team):
    """What the drafted letters of reply say."""
    return [letter.fields["reply"] for letter in team.session.scalars(
        select(Letter).where(Letter.kind == "districts.reply").order_by(Letter.id))]


def test_the_seven_working_days_run_from_receipt_whenever_that_was(team):
    with moment.at(D(2026, 2, 11)):
        plain = receive(team)
        assert clock(plain, "total").due_on == D(2026, 2, 27)  # across the Spring Festival; Saturday 14 February counts
        assert clock(plain, "first_response").due_on == D(2026, 2, 12)
    with moment.at(D(2026, 9, 30)):
        assert clock(receive(team, title="国庆前"), "total").due_on == D(2026, 10, 15)  # Saturday 10 October counts


def test_answered_on_the_spot_confirmed_by_the_first_asker_and_rated_once(team):
    with moment.at(D(2026, 4, 28)):
        need = receive(team)
        assert (need.state, need.first_asker_id) == ("new", team.people["wang"].id)
        do(team, need, "answer", "wang", **ANSWER)
        assert clock(need, "total").result is ClockResult.ON_TIME
        with pytest.raises(Refusal):
            do(team, need, "close", "lead")
        do(team, need, "confirm_answer", "wang")
        rate(team.session, need, 5, attitude=5, address="198.51.100.7")
        assert (need.state, need.rating.score, need.rating.address) == ("closed", 5, "198.51.100.7")
        with pytest.raises(Refusal):
            rate(team.session, need, 1)


def test_the_department_signs_reports_and_the_street_answers_a_general_need(team):
    with moment.at(D(2026, 4, 28)):
        need = accepted(team)
        do(team, need, "whistle", "wang", note="不属本级职责")
        order = sent(team, need)
        assert (need.state, need.unit.code, order.unit.code) == ("dispatched", "120117001", "SAMR")
        assert clock(order, "handle").due_on == clock(need, "total").due_on == D(2026, 5, 11)
    with moment.at(D(2026, 4, 29)):
        do(team, order, "sign_in", "samr", section="执法科")
        assert need.state == "handling"
    with moment.at(D(2026, 5, 8)):
        do(team, order, "report", "samr", **ANSWER)
        assert (need.state, need.ledger[0].result) == ("feedback", ANSWER["reply"])
        do(team, need, "answer", "lead", **ANSWER)
    assert clock(need, "total").result is ClockResult.ON_TIME


def test_a_complex_need_has_its_promised_day_and_the_department_answers_the_enterprise(team):
    with moment.at(D(2026, 4, 28)):
        need = accepted(team)
        do(team, need, "confirm_complex", "lead", note="涉及多个部门")
        assert clock(need, "total").result is ClockResult.VOID
        assert need.promised_on == D(2026, 5, 21)
        order = sent(team, need)
        do(team, order, "sign_in", "samr", promised_on="2026-06-05")
        assert need.promised_on == clock(need, "promised").due_on == clock(order, "handle").due_on == D(2026, 6, 5)
    with moment.at(D(2026, 6, 4)):
        do(team, order, "report", "samr", **ANSWER)
    assert (need.state, need.answering_id) == ("answered", None) or need.state == "answered"
    assert clock(need, "promised").result is ClockResult.ON_TIME
    assert replies(team) == [ANSWER["reply"]]


def test_waiting_for_the_enterprise_stops_every_clock_and_its_material_starts_them_again(team):
    with moment.at(D(2026, 4, 28)):
        need = accepted(team)
        order = sent(team, need)
        do(team, order, "sign_in", "samr")
    with moment.at(D(2026, 4, 29)):
        with pytest.raises(Refusal):
            do(team, need, "suspend", "wang", reason="等待企业补充材料", material=" ")
        do(team, need, "suspend", "wang", reason="等待企业补充材料", material="营业执照复印件、租赁合同")
        assert clock(need, "total").paused
        assert clock(order, "handle").paused
    with moment.at(D(2026, 5, 7)):
        add_material(team.session, need, "材料已补齐")
        assert (need.state, need.suspended_from) == ("handling", "")
        assert not clock(order, "handle").paused
        assert clock(need, "total").due_on > D(2026, 5, 11)


def test_a_refusal_names_the_ground_and_may_be_objected_to_once_within_its_days(team):
    with moment.at(D(2026, 4, 28)):
        need = receive(team, title="与邻居官司", text="我公司与邻居的官司法院已经立案，希望你们出面给法院打招呼。")
        do(team, need, "refuse", "wang", ground="涉法涉诉", guidance="宁河区人民法院诉讼服务中心", phone="022-00000000")
        assert (need.result_class, need.meaning.value) == ("不予受理", "closed")
        assert clock(need, "total").result is ClockResult.VOID
    with moment.at(D(2026, 5, 6)):
        object_to_refusal(team.session, need, "我问的是政策。")
        with pytest.raises(Refusal):
            object_to_refusal(team.session, need, "再来一次。")
        do(team, need, "overturn", "hub", note="属政策咨询")
        assert (need.state, need.review_outcome) == ("local", "改正")
    with moment.at(D(2026, 5, 6)):
        late = receive(team, title="另一件")
        do(team, late, "refuse", "wang", ground="信访", guidance="信访部门")
    with moment.at(D(2026, 5, 20)), pytest.raises(Refusal):
        object_to_refusal(team.session, late, "太晚了吧。")


def test_what_cannot_be_met_is_signed_by_bureau_and_street(team):
    with moment.at(D(2026, 4, 28)):
        need = accepted(team)
        order = sent(team, need)
        do(team, order, "sign_in", "samr")
        with pytest.raises(NotAllowed):
            do(team, order, "explain", "samr", reason="现行政策未覆盖", explanation="现行政策不支持。", basis="某办法第三条")
        do(team, order, "explain", "samrchief", reason="现行政策未覆盖", explanation="现行政策不支持。", basis="某办法第三条",
           reserve=True)
        assert (need.state, need.explain_by_bureau, need.reserve) == ("explaining", "孙华", True)
        give_role(team, "samrchief", "孙华", "districts.chief", "120117001", Scope.UNIT_TREE)
        with in_the_name_of(team.session, team.viewer("samrchief")), pytest.raises(Refusal, match="须由他人"):
            do(team, need, "sign_explanation", "samrchief")  # two signatures are those of two people
        do(team, need, "sign_explanation", "chief")
        assert (need.state, need.result_class, need.explain_by_street) == ("unmet", "解释说明", "赵敏")


def test_the_enterprise_reopens_it_once_and_the_old_verdict_no_longer_counts(team):
    with moment.at(D(2026, 4, 28)):
        need = receive(team)
        do(team, need, "answer", "wang", **ANSWER)
        rate(team.session, need, 1, comment="没修")
        dissatisfied(team.session, need, "根本没有修。")
        assert (need.state, need.reopened, need.rating) == ("local", 1, None)
        assert clock(need, "total").running
        do(team, need, "answer", "wang", **{**ANSWER, "reply": "路灯今天换了新灯头。"})
        assert replies(team) == [ANSWER["reply"], "路灯今天换了新灯头。"], "each answer has its letter"
        rate(team.session, need, 4)
        with pytest.raises(Refusal):
            dissatisfied(team.session, need, "还是没有。")
        assert [r.superseded for r in need.ratings] == [True, False]


def test_five_levels_are_climbed_and_each_is_recorded(team):
    with moment.at(D(2026, 4, 28)):
        need = accepted(team)
        order = sent(team, need)
        do(team, order, "sign_in", "samr")
        do(team, order, "unsolvable", "samr", note="需多部门会商，建议由城管委牵头。")
        assert (need.state, need.opinion[:4]) == ("feedback", "需多部门")
        do(team, need, "to_hub", "lead", obstacle="职责交叉")
        assert (need.level, need.state) == (3, "hub")
        do(team, need, "decide_unit", "hub", unit=team.unit("CGW").id, done="已会商", wanted="牵头解决")
        final = order_of(team, need)
        assert final.final
        with pytest.raises(Refusal):
            do(team, final, "return_it", "city", ground="不属本单位职责", reason="不是我们的事")
        do(team, final, "sign_in", "city")
        do(team, final, "unsolvable", "city", note="需区领导协调。")
        do(team, need, "to_leader", "lead", proposal="明确资金来源")
        do(team, need, "leader_decides", "mayor", unit=team.unit("CGW").id, due_on="2026-05-29", way="由城管委负责修复")
        assert (need.level, need.state) == (4, "assigned")
        do(team, need, "to_city", "hub", ground="超出区级权限", basis="权限清单", done="已逐级办理", wanted="请市级协调")
        assert (need.level, need.state) == (5, "city")
        assert all(not each.open for each in need.ledger)


def test_a_leader_reads_his_own_streets_and_what_is_raised_to_him(team):
    from addons.districts.models import Contact, Need
    from core.access import view_as
    from core.testing.people import give_role

    give_role(team, "mayor2", "马元", "districts.leader", "120117110", Scope.UNIT_TREE)
    with moment.at(D(2026, 4, 28)):
        team.session.add(Contact(unit_id=team.unit("120117001").id, duty="leader", name="马元", valid_from=D(2026, 1, 1),
                                 user_id=team.people["mayor2"].id))
        need, other = accepted(team), accepted(team, title="另一件")
        team.session.commit()
        for who, seen in (("mayor", {need.id, other.id}), ("mayor2", set())):
            with view_as(team.viewer(who)) as session:
                assert set(session.scalars(select(Need.id))) == seen
        do(team, need, "to_hub", "lead", obstacle="职责交叉")
        do(team, need, "to_leader", "hub", opinion="建议由城管委负责", proposal="明确资金来源")
        team.session.commit()
        with view_as(team.viewer("mayor2")) as session:
            assert set(session.scalars(select(Need.id))) == {need.id}
            assert session.scalars(select(Need.id).where(in_box("todo", team.viewer("mayor2")))).all() == [need.id]
        do(team, need, "leader_decides", "mayor", unit=team.unit("CGW").id, due_on="2026-05-29", way="由城管委负责修复")
        team.session.commit()
        with view_as(team.viewer("mayor2")) as session:
            assert session.scalars(select(Need.id).where(in_box("todo", team.viewer("mayor2")))).all() == []


def test_the_seven_days_run_from_the_acceptance_where_the_parameter_says_so(team):
    override(team.session, team.unit("120117001").id, "need.start_event", "accepted", "按区里要求", team.people["admin"].id,
             D(2026, 1, 1))
    team.session.commit()
    with moment.at(D(2026, 4, 28)):
        need = receive(team)
        assert [c.code for c in need.clocks if c.code == "total"] == []
    with moment.at(D(2026, 4, 29)):
        do(team, need, "accept", "wang")
        assert clock(need, "total").due_on == D(2026, 5, 12)


def test_another_street_sees_nothing_and_a_village_gets_nothing(team):
    need = accepted(team)
    with pytest.raises(NotAllowed):
        do(team, need, "answer", "qi", **ANSWER)
    with pytest.raises(Refusal):
        do(team, need, "dispatch", "lead", unit=team.unit("VILLAGE").id, done="无", wanted="请代办")
