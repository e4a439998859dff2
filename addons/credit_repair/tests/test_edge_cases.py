"""The eighteen cases that go wrong in practice, each by its name; and the days at the seams."""
from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from addons.credit_repair.imports import IMPORTS
from addons.credit_repair.models import Penalty
from addons.credit_repair.names import EXPLANATION, NOTICE
from addons.credit_repair.operations import open_bundle, open_objection, open_repair, over
from addons.credit_repair.stats import COMPLIANCE, LATE
from addons.credit_repair.tests.helpers import HEADINGS, enter, sheet_row
from addons.credit_repair.tests.test_penalties import NAME_DIFFERS, clock, form, publish, to_reported
from addons.credit_repair.tests.test_repairs import BOTH, published, to_pushed
from addons.credit_repair.tiers import Tier, late_fine
from core import moment
from core.access import UnitKind
from core.board.stats import compute
from core.case import act, clocks
from core.case.models import ClockResult
from core.errors import Refusal
from core.letter import register
from core.letter.batch import issue_for
from core.party.models import EnterpriseName
from core.party.uscc import make_uscc
from core.rules.models import RuleVersion
from core.tabular.importing import run_import

D = dt.date
JAN, APR = D(2026, 1, 15), D(2026, 4, 28)


def revoke(team, case, outcome="撤销", day=APR):
    act.do(case, "revoke", actor=team.viewer("sun"), note="事实认定不清",
           data={"outcome": outcome, "instrument": "宁政复决〔2026〕8号", "effective_on": day.isoformat()})
    return issue_for(team.session, case, EXPLANATION)


def sheet(team, tmp_path, *rows, by="qian", unit="SAMR", **more):
    path = tmp_path / "表.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, HEADINGS)
        writer.writeheader()
        writer.writerows(rows)
    return run_import(team.session, IMPORTS[0], path, by=team.viewer(by), bureau_id=team.unit(unit).id, **more)


def test_case_1_a_penalty_revoked_while_a_repair_is_open_is_withdrawn_and_the_repair_is_no_longer_needed(team, app):
    with moment.at(JAN):
        penalty = published(team, decided_on=JAN)
    with moment.at(APR):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        letter = revoke(team, penalty)
        assert clock(penalty, "withdraw").due_on == D(2026, 5, 6)  # 3 working days over the holiday
        act.do(penalty, "withdraw", actor=team.viewer("sun"))
    assert (repair.state, repair.result) == ("lapsed", "not_needed")
    assert penalty.state == "withdrawn"
    assert penalty.explanation_number == letter.number
    assert team.session.scalars(select(Penalty).where(Penalty.state.in_(("published", "terminated")))).all() == []


def test_case_2_a_halved_fine_is_withdrawn_and_published_anew_from_the_original_day(team, app):
    with moment.at(JAN):
        penalty = published(team, decided_on=JAN)
    with moment.at(D(2026, 2, 10)):
        revoke(team, penalty, "变更", D(2026, 2, 10))
        act.do(penalty, "correct", actor=team.viewer("qian"))
        act.do(penalty, "edit", actor=team.viewer("qian"), data=form(decided_on=JAN.isoformat(), fine="0.25",
                                                                    content="罚款2500元"))
        publish(team, penalty)
    [before] = penalty.versions
    assert (before.revision, before.values["content"], penalty.content) == (0, "罚款5000元", "罚款2500元")
    assert (penalty.revision, penalty.apply_from) == (1, D(2026, 4, 16))
    with moment.at(D(2026, 3, 2)):  # and what was changed once may be revoked later: with an explanation of its own
        second = revoke(team, penalty, "撤销", D(2026, 3, 2))
        act.do(penalty, "withdraw", actor=team.viewer("sun"))
    assert second.occasion == "revision 1"


def test_case_3_several_penalties_each_have_their_minimum_and_a_bundle_is_partly_eligible(team):
    with moment.at(D(2026, 3, 2)):
        old = published(team, decided_on=JAN)
        new = published(team, decided_on=D(2026, 3, 2), number="津宁市监罚〔2026〕2号")
    with moment.at(APR):
        now, later = open_bundle(team.session, team.viewer("zheng"), [old, new])
        assert (now.subjects, later.subjects) == ([old], [new])
        assert now.bundle == later.bundle == now.number
        to_pushed(team, now)
        act.do(later, "precheck", actor=team.viewer("zheng"))
        act.do(later, "wait", actor=team.viewer("zheng"))
    assert [item.committed_on for item in now.penalties] == [APR]  # one commitment for each penalty
    assert later.eligible_on == D(2026, 6, 3)


def test_case_4_a_fine_with_a_revoked_licence_is_serious_and_the_longest_period_governs(team):
    with moment.at(D(2026, 4, 1)):
        case = enter(team, decided_on=D(2026, 4, 1), kinds="罚款;吊销许可证件", licence="食品经营许可证")
    assert case.tier is Tier.SERIOUS
    assert (case.apply_from, case.max_last) == (D(2027, 4, 2), D(2029, 4, 1))


def test_case_5_the_first_day_is_the_day_after_and_a_later_rule_never_lengthens(team):
    with moment.at(JAN):
        case = published(team, decided_on=JAN)
    assert (case.min_last, case.apply_from, case.published_until) == (D(2026, 4, 15), D(2026, 4, 16), D(2029, 1, 15))
    told = case.publicity(D(2026, 5, 6))
    assert (told.apply_from, told.max_last) == (D(2026, 4, 16), D(2027, 1, 15))
    with moment.at(D(2026, 5, 6)):
        over(team.session, moment.now())
        assert case.published_until == D(2029, 1, 15)  # by default the rules of its own day hold until it is repaired
        version = team.session.scalars(select(RuleVersion).where(RuleVersion.key == "credit.recompute_old")).one()
        version.value = True  # another installation's parameter
        team.session.commit()
        over(team.session, moment.now())
        over(team.session, moment.now())
    assert case.published_until == D(2027, 1, 15)
    assert [event.action for event in case.events].count("recompute_end") == 1


def test_case_6_the_seventh_working_day_after_13_february_is_2_march(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
    assert clock(case, "publish").due_on == D(2026, 3, 2)


def test_case_7_a_fine_in_instalments_is_paid_with_the_last_one(team):
    with moment.at(JAN):
        case = published(team, performed=False, decided_on=JAN)
        qian = team.viewer("qian")
        act.do(case, "put_right", actor=qian, data={"corrected_on": "2026-01-15"})
        for wrong in ("2026-03-31 0.25", "三月 0.5", "2026-03-31 0.5x"):
            with pytest.raises(Refusal):
                act.do(case, "plan", actor=qian, data={"number": "批1号", "parts": wrong})
        act.do(case, "plan", actor=qian, data={"number": "宁市监缓〔2026〕1号", "parts": "2026-03-31 0.25\n2026-06-30 0.25"})
    with moment.at(D(2026, 3, 31)):
        act.do(case, "pay_instalment", actor=qian, data={"paid_on": "2026-03-31"})
        assert case.unperformed == ("pay",)
    with moment.at(D(2026, 6, 30)):
        act.do(case, "pay_instalment", actor=qian, data={"paid_on": "2026-06-30"})
    assert case.performed
    assert case.paid_on == D(2026, 6, 30)


def test_case_8_a_fine_in_litigation_stays_public_and_costs_nothing_more_meanwhile(team, app):
    with moment.at(JAN):
        case = published(team, performed=False, decided_on=JAN)
        issue_for(team.session, case, NOTICE)
        act.do(case, "serve", actor=team.viewer("qian"), data={"served_on": "2026-01-15", "served_how": "直接送达"})
    due = clock(case, "fine").due_on
    with moment.at(due + dt.timedelta(days=10)):
        assert case.late_fine(moment.today()) == Decimal("0.15")
        act.do(case, "litigate", actor=team.viewer("qian"), data={"number": "（2026）津0117行初1号",
                                                                  "since": moment.today().isoformat()})
    assert case.state == "published"
    assert case.late_fine(due + dt.timedelta(days=90)) == Decimal("0.135")  # nine days counted before it
    with moment.at(due + dt.timedelta(days=60)):
        act.do(case, "end_litigation", actor=team.viewer("sun"), data={"ended_on": moment.today().isoformat()})
    assert case.late_fine(due + dt.timedelta(days=61)) == Decimal("0.15")
    assert late_fine(Decimal("0.5"), due, due + dt.timedelta(days=400)) == Decimal("0.5")  # at most the fine itself


def test_case_9_a_simple_procedure_is_blocked_and_if_published_withdrawn(team, tmp_path, app):
    with moment.at(D(2026, 11, 24)):
        told = sheet(team, tmp_path, sheet_row(1, 适用程序="简易程序"), sheet_row(2, 处罚类别="警告",
                                                                                  **{"罚款金额（万元）": ""}))
        assert {(error.row, error.column) for error in told.errors} == {(2, "适用程序"), (3, "处罚类别")}
        case = enter(team, procedure="简易程序", decided_on=D(2026, 11, 20))
        with pytest.raises(Refusal, match=r"简易|simple"):
            act.do(case, "submit", actor=team.viewer("qian"))
    with moment.at(JAN):
        out = published(team, decided_on=JAN, number="津宁市监罚〔2026〕9号")
        revoke(team, out, "信息有误", JAN)
        act.do(out, "withdraw", actor=team.viewer("sun"))
    assert out.state == "withdrawn"


@pytest.mark.parametrize("field", ["facts", "content", "remark"])
def test_case_10_numbers_of_persons_do_not_reach_publication(team, field):
    with moment.at(D(2026, 2, 13)):
        case = enter(team, **{field: "当事人王某，身份证号120221198001011234，住芦台街道"})
        with pytest.raises(Refusal, match="120221"):
            act.do(case, "submit", actor=team.viewer("qian"))


def test_case_11_a_renamed_or_merged_party_stays_under_its_name_and_is_linked_to_its_successor(team, login):
    with moment.at(JAN):
        penalty = published(team, decided_on=JAN)
        party = penalty.enterprise
        party.names.append(EnterpriseName(name=party.name, valid_from=D(2020, 1, 1), valid_to=D(2026, 2, 1)))
        party.name = "天津示例新名商贸有限公司"
        team.session.commit()
        again = enter(team, decided_on=JAN, number="津宁市监罚〔2026〕2号")  # the name of its day still fits
    assert again.enterprise_id == penalty.enterprise_id
    with moment.at(D(2026, 4, 1)):
        act.do(penalty, "succeed", actor=team.viewer("zhou"), data={
            "uscc": make_uscc("120117", 77), "name": "天津示例合并有限公司", "how": "合并", "succeeded_on": "2026-03-02"})
        team.session.commit()
    with moment.at(APR):
        panel = login("zheng").get(f"/enterprises/{penalty.successor_id}").text.partition('data-test="panel"')[2]
        assert panel.index('data-test="act-bundle"') < panel.index("<table")  # all applications at once: no row among penalties
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        team.session.commit()
        page = login("zhou").get(f"/enterprises/{penalty.successor_id}").get_data(as_text=True)
    assert repair.enterprise_id == penalty.successor_id
    assert penalty.party_name == "天津示例1号商贸有限公司"
    assert penalty.document_number in page


def test_case_12_yuan_typed_into_a_column_of_ten_thousand_yuan_is_noticed(team, tmp_path):
    with moment.at(D(2026, 11, 24)):
        told = sheet(team, tmp_path, sheet_row(1, **{"罚款金额（万元）": "5000"}),
                     sheet_row(2, **{"罚款金额（万元）": "2000元"}),
                     sheet_row(3, 处罚内容="罚款2000元", **{"罚款金额（万元）": "0.2"}), dry_run=True, skip_errors=True)
    assert [(error.row, error.column) for error in told.errors] == [(2, "罚款金额（万元）"), (3, "罚款金额（万元）")]


def test_case_13_a_row_rejected_on_the_seventh_day_keeps_both_instants_and_is_late(team):
    with moment.at(D(2026, 2, 13)):
        case = enter(team)
    with moment.at(D(2026, 3, 2)):
        to_reported(team, case)
        act.do(case, "reject", actor=team.viewer("li"), data=NAME_DIFFERS)
    with moment.at(D(2026, 3, 3)):
        act.do(case, "mend", actor=team.viewer("qian"))
        to_reported(team, case)
        act.do(case, "accept", actor=team.viewer("li"), data={})
        late, right = compute(team.session, LATE, D(2026, 3, 1)), compute(team.session, COMPLIANCE, D(2026, 3, 1))
    assert moment.local(case.first_sent_at).date() == D(2026, 3, 2)
    assert moment.local(case.accepted_at).date() == D(2026, 3, 3)
    assert clock(case, "publish").result is ClockResult.LATE
    assert (late.ratio, right.ratio, case.report_days) == ("1/1", "0/1", 8)


def test_case_14_reorganisation_shields_a_failed_plan_restores_a_finished_one_ends(team):
    ruling = {"court": "天津市宁河区人民法院", "number": "（2026）津0117破1号", "day": "2026-04-28"}
    with moment.at(JAN):
        failed = published(team, decided_on=JAN)
        done = published(team, decided_on=JAN, number="津宁市监罚〔2026〕2号")
    with moment.at(APR):
        for case in (failed, done):
            act.do(case, "shield", actor=team.viewer("zhou"), data=ruling)
            assert case.state == "shielded"
    with moment.at(D(2026, 9, 1)):
        act.do(failed, "restore", actor=team.viewer("zhou"), note="重整计划不能执行")
        act.do(done, "complete_plan", actor=team.viewer("zhou"), data={**ruling, "number": "（2026）津0117破1号之三",
                                                                       "day": "2026-09-01"})
    assert (failed.state, failed.published_until) == ("published", D(2029, 1, 15))
    assert (done.state, done.result) == ("terminated", "restructured")


def test_case_15_a_site_that_still_shows_the_record_must_follow_credit_china(team):
    from addons.credit_repair.models import Sync

    with moment.at(JAN):
        penalty = published(team, decided_on=JAN)
    with moment.at(APR):
        objection = open_objection(team.session, team.viewer("zheng"), penalty, ground="结果不一致", content="已修复仍显示",
                                   site="示例信用查询网")
        assert clock(objection, "answer").due_on == D(2026, 5, 11)
        act.do(objection, "check", actor=team.viewer("qian"))
        act.do(objection, "uphold", actor=team.viewer("qian"), data={"answer": "已函告该网站更正"})
        team.session.commit()
        [asked] = team.session.scalars(select(Sync)).all()
        assert (asked.holder, asked.state, clock(asked, "sync").due_on) == ("示例信用查询网", "asked", D(2026, 5, 6))
        act.do(asked, "confirm", actor=team.viewer("zhou"), data={"receipt": "回1号"})
        act.do(asked, "differ", actor=team.viewer("zhou"), note="仍在显示")
    assert (asked.state, asked.receipt) == ("differs", "")


def test_case_16_an_authority_outside_is_visible_for_service_and_counts_in_no_figure(team, tmp_path, app, monkeypatch):
    monkeypatch.setitem(app.extensions["yingshang"]._values["credit_repair"], "lead_bureau", "NDRC")
    with moment.at(D(2026, 11, 24)):
        row = sheet_row(1, 处罚机关="天津市生态环境局", 处罚机关统一社会信用代码="111200000000000001",
                        处罚决定日期="2026-11-20")
        told = sheet(team, tmp_path, row, by="zhou", unit="NDRC")
        team.session.commit()
        case = team.session.scalars(select(Penalty)).one()
        figures = [compute(team.session, item, D(2026, 11, 1)).denominator for item in (COMPLIANCE, LATE)]
    assert [warning.column for warning in told.warnings if warning.column == "处罚机关"] == ["处罚机关"]
    assert (case.outside, case.state, [c.code for c in case.clocks]) == (True, "published", [])
    assert figures == [0, 0]
    team.unit("CGW").kind = UnitKind.OUTSIDE
    with moment.at(D(2026, 11, 24)):
        assert open_repair(team.session, team.viewer("zheng"), [case]).number


def test_case_17_letters_say_that_it_is_free_and_one_telephone_on_many_applications_is_noticed(team, app, login):
    from addons.credit_repair.counter import suspicions, tell_of_suspicion

    repairs = []
    with moment.at(JAN):
        for n in range(1, 4):
            penalty = published(team, decided_on=JAN, serial=n, number=f"津宁市监罚〔2026〕{n}号")
            with moment.at(APR):
                repairs.append(open_repair(team.session, team.viewer("zheng"), [penalty], agent_name="代某",
                                           agent_phone="13900000000"))
        letter = register.draft(team.session, register.kind_named(NOTICE), penalty, team.viewer("qian"))
    team.session.commit()
    with moment.at(APR):
        [found] = suspicions(team.session, APR)
        assert (found.phone, found.enterprises) == ("13900000000", 3)
        assert tell_of_suspicion(team.session, moment.now()) == {"told": 1}
        team.session.commit()
        page = login("zheng").get(f"/cases/{repairs[0].number}").get_data(as_text=True)
        report = login("zheng").get("/credit_repair/reports/agents").get_data(as_text=True)
    assert "不收取任何费用" in register.kind_named(NOTICE).source()
    assert letter.title == "信用修复告知书"
    assert "13900000000" in report
    assert "3" in page


def test_case_18_a_natural_person_belongs_to_another_table(team, tmp_path):
    with moment.at(D(2026, 11, 24)):
        told = sheet(team, tmp_path, sheet_row(1, 行政相对人类别="自然人"), dry_run=True)
    assert [(error.column, error.value) for error in told.errors] == [("行政相对人类别", "自然人")]
    assert "法人及非法人组织" in told.errors[0].message


def test_at_the_seam_of_31_march_and_1_april_each_decision_follows_the_rules_of_its_day(team):
    with moment.at(D(2026, 4, 1)):
        old = enter(team, decided_on=D(2026, 3, 31))
        new = enter(team, decided_on=D(2026, 4, 1), number="津宁市监罚〔2026〕2号")
    assert (old.rule_version, old.apply_from, old.max_last) == ("v1", D(2026, 7, 1), D(2029, 3, 31))
    assert (new.rule_version, new.apply_from, new.max_last) == ("v2", D(2026, 7, 2), D(2027, 4, 1))


def test_at_the_end_of_a_month_30_november_gives_28_february(team):
    with moment.at(D(2026, 11, 30)):
        case = enter(team, decided_on=D(2026, 11, 30))
    assert (case.min_last, case.apply_from) == (D(2027, 2, 28), D(2027, 3, 1))


NEXT_YEAR = """date,kind,name
2027-01-01,holiday,元旦
2027-01-02,holiday,元旦
2027-01-03,holiday,元旦
2027-01-04,holiday,元旦
2027-02-05,holiday,除夕
2027-02-06,holiday,春节
2027-02-07,holiday,春节
2027-02-08,holiday,春节
2027-04-05,holiday,清明节
2027-05-01,holiday,劳动节
2027-05-02,holiday,劳动节
2027-06-09,holiday,端午节
2027-09-15,holiday,中秋节
2027-10-01,holiday,国庆节
2027-10-02,holiday,国庆节
2027-10-03,holiday,国庆节
""".encode()


def test_31_december_without_next_years_calendar_is_provisional_and_moves_when_it_is_published(team):
    from core.calendar.store import confirm, import_calendar

    with moment.at(D(2026, 12, 31)):
        case = enter(team, decided_on=D(2026, 12, 31))
        running = clocks.running(case, "publish")
        assert (running.due_on, running.provisional, case.due_provisional) == (D(2027, 1, 12), True, True)
        letter = register.draft(team.session, register.kind_named(NOTICE), case, team.viewer("qian"))
        assert letter.fields["report_by"] == {"due": "2027-01-12", "provisional": True}
        made = import_calendar(team.session, NEXT_YEAR, by=team.people["wu"].id)
        confirm(team.session, made.id, by=team.people["admin"].id)
        team.session.expire_all()
        running = clocks.running(case, "publish")
    assert (running.due_on, running.provisional) == (D(2027, 1, 13), False)
    assert clocks.explanation(running).due.due_on == D(2027, 1, 13)
    assert next(event.data["old"] for event in case.events if event.action == "calendar") == "2027-01-12"


def test_a_commitment_is_the_partys_paper(team, app):
    from addons.credit_repair.names import COMMITMENT

    with moment.at(JAN):
        penalty = published(team, decided_on=JAN)
    with moment.at(APR):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty])
        act.do(repair, "precheck", actor=team.viewer("zheng"))
        act.do(repair, "receive", actor=team.viewer("zheng"), data=BOTH)
        paper = register.draft(team.session, register.kind_named(COMMITMENT), repair, team.viewer("zheng"))
        assert register.pdf_of(paper).startswith(b"%PDF")
        register.review(team.session, paper, team.viewer("wu"))
        with pytest.raises(Refusal):
            register.sign(team.session, paper, team.viewer("wu"))
