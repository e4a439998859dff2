"""The figures of the plan by hand: what each counts, out of what, on a register small enough to count on one's fingers."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from addons.districts.models import Area, Need, Post, Visit
from addons.districts.operations.serving import assign_officer
from addons.districts.operations.works import by_category
from addons.districts.reports import problems, repeated
from addons.districts.stats import INDICATORS
from addons.districts.tests.helpers import ANSWER, accepted, do, receive, sent
from core import moment
from core.board.stats import behind, by_bureau, compute, series
from core.party.models import Enterprise

D = dt.date


def figures(team, month, bureau_id=None):
    """Every figure of a month, by its name."""
    return {i.code.partition(".")[2]: compute(team.session, i, month, bureau_id) for i in INDICATORS}


def indicator(name):
    """The declaration."""
    return next(i for i in INDICATORS if i.code == f"districts.{name}")


def test_mean_median_and_ninth_decile_of_the_days_to_the_answer(team):
    days = (D(2026, 4, 7), D(2026, 4, 8), D(2026, 4, 9), D(2026, 4, 14))  # 1, 2, 3, 6 days (4 to 6 April: holiday)
    with moment.at(D(2026, 4, 3)):
        needs = [accepted(team, title=f"第{n}件事项") for n in range(len(days))]
    for need, day in zip(needs, days, strict=True):
        with moment.at(day):
            do(team, need, "answer", "wang", **ANSWER)
    with moment.at(D(2026, 4, 20)):
        found = figures(team, D(2026, 4, 1))
        assert [n.answer_days for n in team.session.scalars(select(Need).order_by(Need.id))] == [1, 2, 3, 6]
        assert (found["handling_days"].value, found["handling_median"].value, found["handling_p90"].value) == (3, 2.5, 6)
        assert found["handling_median"].shown == "2.5 工作日" and found["handling_median"].ratio == "n=4"
        p90 = indicator("handling_p90")
        assert [amount for _id, amount in behind(team.session, p90, D(2026, 4, 1))] == [1, 2, 3, 6]
        assert by_bureau(team.session, p90, D(2026, 4, 1))[team.unit("120117001").id].value == 6
        assert [f.value for _m, f in series(team.session, indicator("handling_median"), D(2026, 4, 1), months=2)] == [None, 2.5]
        assert found["on_time"].ratio == "4/4"


def test_coverage_visits_and_returns(team):
    session, street = team.session, team.unit("120117001")
    with moment.at(D(2026, 4, 8)):
        area = Area(unit_id=street.id, code="120117001-1", name="示例片区", valid_from=D(2026, 1, 1))
        session.add(area)
        session.flush()
        post = Post(user_id=team.people["wang"].id, unit_id=street.id, area_id=area.id, valid_from=D(2026, 1, 1))
        session.add(post)
        session.flush()
        shops = session.scalars(select(Enterprise).order_by(Enterprise.id)).all()
        session.add(Enterprise(name="示例注销户", reg_no="1", status="注销", district_code="120117001"))
        for shop in shops[:2]:
            assign_officer(session, shop, post, D(2026, 2, 2))
        session.add_all(Visit(unit_id=street.id, enterprise_id=shop.id, on=day, done=done, needs=needs, asked_for=asked)
                        for shop, day, done, needs, asked in (
            (shops[0], D(2026, 4, 2), True, 2, False), (shops[0], D(2026, 4, 7), True, 0, False),
            (shops[1], D(2026, 4, 7), True, 1, False), (shops[1], D(2026, 4, 8), True, 0, True),
            (shops[2], D(2026, 4, 8), False, 0, False), (shops[2], D(2026, 3, 31), True, 5, False)))
        need, other = accepted(team), accepted(team, title="另一件事项")
        for unit, person in (("SAMR", "samr"), ("CGW", "city")):
            do(team, sent(team, need, unit), "return_it", person, ground="不属本单位职责", reason="三定规定未列。")
        sent(team, other)
        found, other_street = figures(team, D(2026, 4, 1)), figures(team, D(2026, 4, 1), team.unit("120117110").id)
        told = repeated(session, team.viewer("hub"), {})[0].rows
    assert found["covered"].ratio == "2/3" and found["covered"].percent == "66.7%"  # the one that has ended does not count
    assert found["per_officer"].value == 2
    assert found["visited"].ratio == "2/3" and found["visit_needs"].value == pytest.approx(3 / 4)
    assert (found["visited_twice"].numerator, [row[2] for row in told]) == (1, [2])
    assert found["returned"].ratio == "2/3" and found["returned_twice"].numerator == 1
    assert (other_street["covered"].denominator, other_street["visited"].value) == (0, None)


def test_frequent_problems_by_category_and_month_with_share_growth_and_warning(team):
    for month, count in ((3, 2), (4, 5)):
        with moment.at(D(2026, month, 9)):
            for n in range(count):
                receive(team, number=1 + n % 3, title=f"{month}月第{n}件")
    with moment.at(D(2026, 4, 10)):
        refused = receive(team, title="不受理的")
        do(team, refused, "refuse", "wang", ground="信访", guidance="信访部门")
        assert by_category(team.session, D(2026, 4, 10)) == {"其他": [0, 0, 0, 0, 2, 5]}
        row = problems(team.session, team.viewer("hub"), {})[0].rows[0]
    assert list(row[:7]) == ["其他", 0, 0, 0, 0, 2, 5] and list(row[7:9]) == ["100.0%", "+150%"] and row[9].tone == "y"
