"""Beside the main road: shared results, false promises, materials, the month's bulletin, what-if, who is due for a letter."""
from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from sqlalchemy import event, func, insert, select

from addons.credit_repair import names, whatif
from addons.credit_repair.imports import EXPORTS, IMPORTS
from addons.credit_repair.jobs import remind_of_instalments
from addons.credit_repair.letters import due
from addons.credit_repair.models import Bulletin, CityAverage, MonthCount, Objection, Penalty, Repair, Sync
from addons.credit_repair.months import monthly, open_bulletin
from addons.credit_repair.operations import open_objection, open_repair, over
from addons.credit_repair.stats import INDICATORS
from addons.credit_repair.tests.helpers import enter
from addons.credit_repair.tests.test_penalties import NAME_DIFFERS, clock, publish, to_reported
from addons.credit_repair.tests.test_repairs import ALL_ENDED, BOTH, published, to_pushed
from addons.credit_repair.tiers import Tier
from core import moment
from core.access import Scope, view_as
from core.access.models import Staff
from core.board.stats import compute, month_of
from core.case import act
from core.case.models import Case, ClockResult
from core.db import db
from core.errors import NotAllowed, Refusal
from core.letter import register
from core.letter.batch import issue_for
from core.letter.models import Letter
from core.outbox.models import Message
from core.party.models import Enterprise
from core.party.uscc import make_uscc
from core.rules.models import RuleVersion
from core.tabular.exporting import run_export
from core.tabular.importing import run_import
from core.testing.people import give_role

D = dt.date
JAN, APR = D(2026, 1, 15), D(2026, 4, 28)
FIGURES = {item.code.partition(".")[2]: item for item in INDICATORS}


def figure(team, code, month):
    return compute(team.session, FIGURES[code], month)


@pytest.fixture
def lead(app, monkeypatch):
    """The credit section's bureau of the invented district leads."""
    monkeypatch.setitem(app.extensions["yingshang"]._values["credit_repair"], "lead_bureau", "NDRC")


def repaired(team, *sanctions):
    """A penalty that is repaired on 6 May; ``sanctions`` are (holder, measure)."""
    with moment.at(JAN):
        penalty = published(team, decided_on=JAN, number="津宁市监罚〔2026〕90号", serial=9)
        for holder, measure in sanctions:
            act.do(penalty, "note_sanction", actor=team.viewer("zhou"), data={"holder": holder, "measure": measure})
    with moment.at(APR):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty], agent_name="赵明", agent_role="legal_rep")
        to_pushed(team, repair)
        act.do(repair, "accept", actor=team.viewer("qian"), data={})
    with moment.at(D(2026, 5, 6)):
        act.do(repair, "approve", actor=team.viewer("qian"), data={})
        team.session.commit()
    return penalty, repair


def csv_of(tmp_path, *rows):
    path = tmp_path / "表.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def test_results_are_shared_and_recognised_with_receipts_before_the_repair_is_closed(team, lead, tmp_path):
    penalty, repair = repaired(team, ("CGW", "限制户外广告设置许可"), ("示例信用查询网", "网站公示"))
    assert penalty.state == "terminated"  # publicity ends with the decision
    bureau, site = team.session.scalars(select(Sync).order_by(Sync.id)).all()
    assert (bureau.unit.code, bureau.holder, clock(bureau, "sync").due_on) == ("CGW", "区城管委", D(2026, 5, 9))
    with view_as(team.viewer("wang")) as session:  # the holder sees what he must lift, and not the repair behind it
        assert [case.number for case in session.scalars(select(Sync))] == [bureau.number]
        assert session.scalars(select(Repair)).all() == []
    with moment.at(D(2026, 5, 7)):
        with pytest.raises(Refusal, match="示例信用查询网"):
            act.do(repair, "sync", actor=team.viewer("zhou"), data=ALL_ENDED)
        letter = issue_for(team.session, bureau, names.LIFTING)
        assert letter.addressee == "区城管委"
        act.do(bureau, "confirm", actor=team.viewer("wang"), data={"receipt": "宁城管回1号"})
        out = io.BytesIO()
        run_export(team.session, EXPORTS[1], out, {}, team.viewer("zhou"), format="csv")
        assert site.number in out.getvalue().decode("utf-8-sig")
        sheet = csv_of(tmp_path, ["编号", "回执编号", "办结日期"], [site.number, "网站回1号", "2026-05-07"], ["NH-XT-1",
            "无", ""])
        told = run_import(team.session, IMPORTS[1], sheet, by=team.viewer("zhou"), bureau_id=None, skip_errors=True)
        assert [(error.row, error.column) for error in told.errors] == [(3, "编号")]
        act.do(repair, "sync", actor=team.viewer("zhou"), data=ALL_ENDED)
        result = issue_for(team.session, repair, names.RESULT)
        act.do(repair, "close", actor=team.viewer("zhou"))
    assert result.fields["copies"] == "区城管委，示例信用查询网"
    assert figure(team, "shared_in_time", D(2026, 5, 1)).ratio == "2/2"
    assert repair.result == "repaired"


def test_a_false_promise_brings_publicity_and_measures_back_and_bars_repair(team, app):
    penalty, repair = repaired(team, ("CGW", "限制户外广告设置许可"))
    with moment.at(D(2026, 6, 1)):
        act.do(repair, "revoke", actor=team.viewer("zhou"), note="提供虚假材料",
               data={"facts": "缴款票据系伪造", "found_on": "2026-06-01"})
        letter = issue_for(team.session, repair, names.REVOKED)
        team.session.commit()
    assert (repair.state, repair.result, penalty.state) == ("revoked", "revoked", "published")
    assert (penalty.barred_until, penalty.published_until) == (D(2027, 6, 1), D(2027, 6, 1))  # a year anew, and a year's bar
    assert letter.fields["falsehood"] == "提供虚假材料"
    waiting, again = team.session.scalars(select(Sync).order_by(Sync.id)).all()
    assert (waiting.state, again.state) == ("void", "asked")
    assert again.measure.endswith("限制户外广告设置许可")
    with moment.at(D(2026, 7, 1)):
        later = open_repair(team.session, team.viewer("zheng"), [penalty])
        act.do(later, "precheck", actor=team.viewer("zheng"))
    assert later.eligible_on == D(2027, 6, 2)


def test_materials_are_asked_for_at_once_and_what_is_not_completed_counts_as_withdrawn(team, app):
    with moment.at(JAN):
        penalty = published(team, decided_on=JAN)
    with moment.at(APR):
        repair = open_repair(team.session, team.viewer("zheng"), [penalty], agent_name="李四")
        act.do(repair, "precheck", actor=team.viewer("zheng"))
        act.do(repair, "ask_materials", actor=team.viewer("zheng"), data={
            "items": "义务履行完毕证明：缺缴款票据\n信用承诺书：未加盖公章", "complete_by": "2026-05-08"})
        letter = team.session.scalars(select(Letter).where(Letter.case_id == repair.id)).one()
        act.do(repair, "receive", actor=team.viewer("zheng"), data=BOTH)
        with pytest.raises(Refusal):
            act.do(repair, "submit", actor=team.viewer("zheng"), data={"external_number": "1"})  # no authorisation
        act.do(repair, "authorise", actor=team.viewer("zheng"), data={
            "agent_role": "staff", "authorised_from": "2026-04-01", "authorised_until": "2026-04-30"})
    assert letter.kind == names.SUPPLEMENT
    assert letter.fields["items"] == ["义务履行完毕证明：缺缴款票据", "信用承诺书：未加盖公章"]
    with moment.at(D(2026, 5, 8)):
        over(team.session, moment.now())
        assert repair.state == "materials"
        with pytest.raises(Refusal, match="2026-04-30"):
            act.do(repair, "submit", actor=team.viewer("zheng"), data={"external_number": "1"})
    with moment.at(D(2026, 5, 9)):
        over(team.session, moment.now())
    assert (repair.state, repair.result) == ("withdrawn", "not_completed")


def test_an_objection_that_is_right_takes_the_record_down_and_one_that_is_wrong_does_not(team, app):
    with moment.at(APR):
        penalty = published(team, decided_on=JAN)
        right, wrong = (open_objection(team.session, team.viewer("zheng"), penalty, ground="信息有误", content=text)
                        for text in ("罚款金额有误", "没有违法"))
        act.do(wrong, "dismiss", actor=team.viewer("qian"), data={"answer": "事实清楚"})
        act.do(right, "uphold", actor=team.viewer("qian"), data={"answer": "金额录入错误"})
    assert clock(wrong, "answer").result is ClockResult.ON_TIME
    assert (penalty.state, penalty.revocation, penalty.revoked_by) == ("revoking", "信息有误", right.number)
    assert team.session.scalar(select(func.count()).select_from(Objection)) == 2


def late_month(team):
    """March: one accepted in time, one rejected first and late, of SAMR."""
    with moment.at(D(2026, 3, 2)):
        good, bad = (enter(team, serial=n, number=f"津宁市监罚〔2026〕{n}号", decided_on=D(2026, 3, 2)) for n in (1, 2))
        for case in (good, bad):
            to_reported(team, case)
        act.do(bad, "reject", actor=team.viewer("li"), data=NAME_DIFFERS)
    with moment.at(D(2026, 3, 4)):
        act.do(good, "accept", actor=team.viewer("li"), data={})
    with moment.at(D(2026, 3, 18)):
        act.do(bad, "mend", actor=team.viewer("qian"))
        to_reported(team, bad)
        act.do(bad, "accept", actor=team.viewer("li"), data={})
        team.session.commit()
    return good, bad


def test_the_month_is_closed_with_a_bulletin_that_names_who_was_late(team, lead, tmp_path):
    late_month(team)
    sheet = csv_of(tmp_path, ["月份", "指标", "全市平均", "来源"], ["2026-03-01", "迟报率", "3.5%", "市通报3期"],
                   ["2026-03-15", "合规率", "0.969", "市通报3期"])
    with moment.at(D(2026, 4, 7)):
        assert run_import(team.session, IMPORTS[3], sheet, by=team.viewer("zhou"), bureau_id=None).as_dict()["created"] == 2
        assert monthly(team.session, moment.now()) == {"opened": 1}
        assert monthly(team.session, moment.now()) == {"opened": 0}
        case = team.session.scalars(select(Bulletin)).one()
        assert (case.figures["reported"], case.figures["late"], case.figures["city_late"]) == (2, "50.0%", "3.5%")
        [row] = case.late
        assert (row["bureau"], row["section"], row["count"], row["days"]) == ("区市场监管局", "执法大队", 1, 5)
        [issue] = [each for each in act.available(case, team.viewer("wu")) if each.action.name == "issue"]
        assert issue.reason, "the button says that the letter is to be signed first"
        with pytest.raises(Refusal):
            act.do(case, "issue", actor=team.viewer("wu"))
        give_role(team, "ma", "马丽", "credit_repair.lawyer", "NDRC", Scope.UNIT_TREE)
        team.session.commit()
        for who, seen in (("ma", [case.id]), ("sun", [])):  # its own bureau's second pair of eyes, not another's
            with view_as(team.viewer(who)) as session:
                assert list(session.scalars(select(Bulletin.id))) == seen
        letter = issue_for(team.session, case, names.BULLETIN)
        assert register.pdf_of(letter).startswith(b"%PDF")
        act.do(case, "issue", actor=team.viewer("wu"))
        team.session.commit()
        assert clock(case, "explain").due_on == D(2026, 4, 14)
        assert told_of(team, case) == {"qian", "sun", "li"}  # the named section, and who answers for its bureau; not CGW
        clerk = team.viewer("qian")
        with view_as(clerk) as session:  # they read what is said of them, and answer in it, for as long as they have to
            act.note_down(session.get_one(Bulletin, case.id), clerk, "系统升级所致，已整改。")
            session.commit()
    with moment.at(D(2026, 4, 15)), view_as(team.viewer("qian")) as session:
        assert session.scalars(select(Bulletin)).all() == []
    with moment.at(D(2026, 4, 15)):
        with pytest.raises(Refusal, match=r"already|已有"):
            open_bulletin(team.session, team.viewer("zhou"), D(2026, 3, 20))
        assert FIGURES["late"].compared(team.session, month_of(D(2026, 3, 1))).source == "市通报3期"


def told_of(team, case):
    """The user names of those who have a message about the case."""
    return set(team.session.scalars(select(Staff.username).join(Message, Message.recipient_id == Staff.id).where(
        Message.case_id == case.id)))


def test_every_figure_of_the_month(team, tmp_path):
    late_month(team)
    sheet = csv_of(tmp_path, ["月份", "单位", "处罚决定数", "免予公示数", "抽查数", "抽查发现未报数"],
                   ["2026-03-01", "区市场监管局", "6", "2", "10", "1"])
    with moment.at(D(2026, 4, 7)):
        told = run_import(team.session, IMPORTS[2], sheet, by=team.viewer("zhou"), bureau_id=None)
        team.session.commit()
        march = D(2026, 3, 1)
        assert told.as_dict()["created"] == 1
        assert (figure(team, "unreported", march).ratio, figure(team, "completeness", march).ratio) == ("1/10", "2/4")
        assert (figure(team, "quick", march).ratio, figure(team, "report_time", march).value) == ("1/2", (2 + 12) / 2)
        with view_as(team.viewer("wang")) as session:
            assert session.scalars(select(MonthCount)).all() == []
    _penalty, repair = repaired(team)
    may = D(2026, 5, 1)
    with moment.at(D(2026, 5, 31)):
        assert [figure(team, code, D(2026, 4, 1)).numerator for code in ("applied", "by_counter", "acceptance",
                                                                         "finished")] == [
            1, 1, 1, 1]
        assert [figure(team, code, may).ratio for code in ("decided_in_time", "repairs_on_time", "repaired")] == [
            "1/1", "1/1", "1/1"]
        assert (figure(team, "accepted_in_time", D(2026, 4, 1)).ratio, figure(team, "repair_time", may).value) == ("1/1", 3)
        assert figure(team, "repair_time", may).shown.startswith("3.0")
    assert repair.total_days == 3


def test_a_pre_notice_bears_fruit_when_repair_is_asked_for_within_thirty_days(team, lead):
    with moment.at(JAN):
        penalty = published(team, decided_on=JAN)
    with moment.at(D(2026, 4, 1)):
        issue_for(team.session, penalty, names.PRENOTICE)
    with moment.at(APR):
        to_pushed(team, open_repair(team.session, team.viewer("zheng"), [penalty]))
        assert figure(team, "converted", D(2026, 4, 1)).ratio == "1/1"


def test_the_lead_bureaus_letter_is_reviewed_by_who_knows_the_case_and_signed_by_its_own_people(team, lead):
    with moment.at(JAN):
        penalty = published(team, decided_on=JAN)
    with moment.at(D(2026, 4, 1)):
        letter = register.draft(team.session, register.kind_named(names.PRENOTICE), penalty, team.viewer("zhou"))
        register.review(team.session, letter, team.viewer("sun"))  # the lawyer of the bureau that imposed it
        with pytest.raises(NotAllowed):
            register.sign(team.session, letter, team.viewer("li"))  # signs for that bureau, not for the lead one
        assert letter not in register.pending(team.session, team.viewer("li"))
        assert letter in register.pending(team.session, team.viewer("wu"))
        register.sign(team.session, letter, team.viewer("wu"))
        assert letter.bureau_id == team.unit("NDRC").id


def test_reminders_and_last_notices_are_due_on_their_days(team, lead):
    with moment.at(D(2026, 3, 2)):
        case = enter(team, decided_on=D(2026, 3, 2))
        team.session.commit()
    with moment.at(D(2026, 3, 4)):
        assert due.reminders(team.session, moment.today()) == []
    with moment.at(D(2026, 3, 5)):  # the third working day
        assert due.reminders(team.session, moment.today()) == [case.id]
        first = issue_for(team.session, case, names.REMINDER)
        assert first.fields["nth"] == 3
    with moment.at(D(2026, 3, 9)):
        second = issue_for(team.session, case, names.REMINDER)  # the fifth
        assert (second.id != first.id, second.fields["nth"]) == (True, 5)
        publish(team, case)
        assert due.reminders(team.session, moment.today()) == []
    with moment.at(D(2029, 2, 1)):
        assert due.last_notices(team.session, D(2029, 1, 30)) == []
        assert due.last_notices(team.session, moment.today()) == [case.id]


def test_instalments_are_reminded_of_once_before_and_once_after_their_day(team):
    with moment.at(JAN):
        case = published(team, performed=False, decided_on=JAN)
        act.do(case, "plan", actor=team.viewer("qian"), data={"number": "批1号", "parts": "2026-03-31 0.5"})
        team.session.commit()
    for day, told in ((D(2026, 3, 27), 0), (D(2026, 3, 28), 1), (D(2026, 3, 31), 0), (D(2026, 4, 1), 1), (D(2026, 4, 9), 0)):
        with moment.at(day):
            assert remind_of_instalments(team.session, moment.now()) == {"told": told}


def test_what_if_says_how_many_would_move_and_who_gets_which_letter_when_and_writes_nothing(team, login):
    with moment.at(D(2026, 4, 27)):
        small = published(team, decided_on=D(2026, 4, 27))
        big = enter(team, serial=2, number="津宁市监罚〔2026〕2号", decided_on=D(2026, 4, 27), fine=Decimal(60),
                    content="罚款60万元")
        team.session.commit()
        before = team.session.execute(select(Case.id, Case.version).order_by(Case.id)).all()
        longer = whatif.try_out(team.session, {"general_min": 6}, D(2025, 4, 28), D(2026, 4, 28))
        stricter = whatif.try_out(team.session, {"huge_fine": 50}, D(2025, 4, 28), D(2026, 4, 28))
        sooner = whatif.try_out(team.session, {"before_min": 30}, D(2025, 4, 28), D(2026, 4, 28))
        nothing = whatif.try_out(team.session, {}, D(2025, 4, 28), D(2026, 4, 28))
        page = login("zhou").get("/credit_repair/reports/whatif?ask=1&general_min=6").get_data(as_text=True)
    assert (longer.counted, len(longer.moved), nothing.moved) == (2, 2, [])
    assert [(m.number, m.then.tier) for m in stricter.moved] == [(big.number, Tier.SERIOUS)]
    assert {(m.letter_now, m.letter_then) for m in sooner.moved} == {(D(2026, 7, 12), D(2026, 6, 27))}
    assert small.document_number in page
    team.session.rollback()
    assert team.session.execute(select(Case.id, Case.version).order_by(Case.id)).all() == before
    assert team.session.scalars(select(RuleVersion.value).where(RuleVersion.key == "credit.v2.general_min")).all() == [3]


def test_pre_notices_are_found_by_the_same_statements_however_many_enterprises_there_are(team):
    with moment.at(D(2026, 4, 2)):
        first = enter(team, decided_on=D(2026, 4, 2))
        publish(team, first)
        team.session.commit()
    with moment.at(D(2026, 6, 20)):
        one = statements(lambda: due.prenotices(team.session, D(2026, 6, 20)))
        enterprises = copies(team, first, 40)
        some = statements(lambda: due.prenotices(team.session, D(2026, 6, 20)))
        enterprises |= copies(team, first, 400)
        many = statements(lambda: due.prenotices(team.session, D(2026, 6, 20)))
        found = due.prenotices(team.session, D(2026, 6, 20))
    assert (one, some, many) == (one, one, one) and one <= 3
    assert (len(enterprises), len(found)) == (440, 441)


def copies(team, case, count):
    """So many more decisions like ``case``, each against an enterprise of its own, written straight into the tables; the
    enterprises."""
    last = team.session.scalar(select(func.max(Case.id)))
    serials = range(last + 1, last + 1 + count)
    firms = [Enterprise(uscc=make_uscc("120117", 900_000 + n), name=f"示例第{n}企业") for n in serials]
    team.session.add_all(firms)
    team.session.flush()
    own = dict(zip(serials, firms, strict=True))
    for table, changed in (
            (Case.__table__, lambda n: {"number": f"NH-XY-20260402-9{n}", "query_code": f"{n:08d}",
                                        "enterprise_id": own[n].id}),
            (Penalty.__table__, lambda n: {"document_number": f"津宁市监罚〔2026〕复{n}号", "party_name": own[n].name,
                                           "uscc": own[n].uscc})):
        row = dict(team.session.execute(select(table).where(table.c.id == case.id)).one()._mapping)
        team.session.execute(insert(table), [{**row, "id": n, **changed(n)} for n in serials])
    team.session.commit()
    return {firm.id for firm in firms}


def statements(work):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_citys_average_is_public_and_a_share(team, tmp_path):
    sheet = csv_of(tmp_path, ["月份", "指标", "全市平均", "来源"], ["2026-03-01", "迟报率", "百分之三", "市通报3期"])
    with moment.at(D(2026, 4, 7)):
        told = run_import(team.session, IMPORTS[3], sheet, by=team.viewer("zhou"), bureau_id=None)
    assert [(error.row, error.column) for error in told.errors] == [(2, "全市平均")]
    assert team.session.scalars(select(CityAverage)).all() == []
