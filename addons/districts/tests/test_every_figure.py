"""Every figure that the module publishes, reckoned by hand on one month of nine needs. A figure that is added to the module
without a line here fails."""
from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from addons.districts.models import Supervision
from addons.districts.operations import merge_needs, rate
from addons.districts.stats import INDICATORS
from addons.districts.tests.helpers import ANSWER, do, order_of, receive, sent
from core import moment
from core.access import Scope
from core.board.stats import compute
from core.testing.people import District, give_role

D = dt.date
pytestmark = pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)  # the other files of figures try both

COUNTED = {  # of each figure: numerator and denominator in April
    "on_time": (2, 4),  # due in April: lamp and gate in time, road late, tax open; a complex one's seven days are void
    "closed": (3, 8),  # the refused and the merged one are out of all that was received; lamp, gate, road are closed
    "solved": (2, 3), "explained": (1, 3),
    "first_response": (7, 8),  # nobody turned to tax within a day
    "returned": (2, 4),  # gate one order, road three: two returned, one to sign the explanation
    "level_1": (4, 8), "level_2": (1, 8), "level_3": (1, 8), "level_4": (1, 8), "level_5": (1, 8), "raised": (2, 8),
    "overdue": (2, 8), "supervised": (1, 8), "cleared": (1, 1),
    "satisfied": (1, 2),  # lamp 5, gate 3: who says nothing is not satisfied and not dissatisfied
    "rated": (2, 3),
    "late_reclassified": (1, 2), "reserve": (1, 8), "hotline_taken": (1, 2)}
AMOUNTS = {"handling_days": 5, "handling_median": 3, "handling_p90": 10,  # lamp 2, gate 3, road 10 working days
           "returned_twice": 1,  # road
           "response_hours": 11 / 7}  # 2, 2, 3 and four times one office hour
OF_THE_REGISTER = {"covered", "per_officer", "visited", "visit_needs", "visited_twice"}
"""Reckoned in ``test_figures``: they rest on the register and the visits, not on needs."""


def at(day: int, hour: int = 10) -> Any:
    """That hour of a day in April."""
    return moment.at(moment.start_of(D(2026, 4, day)) + dt.timedelta(hours=hour))


def happened(team: District) -> None:
    """What the month brought: each need by the word that the table calls it by."""
    with at(7):
        lamp, gate, road, _tax, raised, late, refused = (receive(team, title=title) for title in (
            "路灯", "大门", "道路", "税务咨询", "提级", "改复杂", "不受理"))
        do(team, refused, "refuse", "wang", ground="信访", guidance="区信访办")
    with at(7, 11):
        merge_needs(team.session, team.viewer("hub"), receive(team, title="路灯又不亮"), lamp)
    for hour, needs in ((11, (raised, late)), (12, (lamp, gate)), (13, (road,))):
        with at(7, hour):
            for need in needs:
                do(team, need, "accept", "wang")
    with at(8):
        do(team, raised, "confirm_complex", "lead", note="涉及三个部门", promised_on="2026-05-20")
        order = sent(team, gate)
        do(team, order, "sign_in", "samr", section="执法科")
        do(team, order, "report", "samr", **ANSWER)
        for unit, person in (("SAMR", "samr"), ("CGW", "city")):
            do(team, sent(team, road, unit), "return_it", person, ground="不属本单位职责", reason="三定规定未列。")
    with at(9):
        do(team, lamp, "answer", "wang", **ANSWER)
        rate(team.session, lamp, 5)
        do(team, raised, "to_hub", "lead", obstacle="职责交叉")
        do(team, raised, "to_leader", "lead", opinion="建议明确管养单位", proposal="由城管委牵头")
    with at(10):
        do(team, gate, "answer", "wang", **ANSWER)
        rate(team.session, gate, 3)
    with at(15):
        do(team, late, "allow_complex", "chief", note="确需多部门", promised_on="2026-05-21")
        do(team, late, "to_hub", "lead", obstacle="跨区道路")
        do(team, late, "to_city", "hub", ground="跨区域", basis="市政道路管理权限", done="已会商", wanted="请市级协调")
        do(team, road, "to_hub", "lead", obstacle="经费无来源")
    with at(20):
        do(team, road, "supervise", "hub", unit=team.unit("CGW").id, problem="久拖未决")
        do(team, road, "explain", "hub", competent=team.unit("CGW").id, reason="现行政策未覆盖",
           explanation="本年度经费已经用完。", basis="《某管理办法》第三条", reserve=True)
        do(team, order_of(team, road), "sign_in", "city")
        do(team, order_of(team, road), "explain", "citychief", reason="现行政策未覆盖", explanation="本年度经费已经用完。",
           basis="《某管理办法》第三条", reserve=True)
    with at(21):
        do(team, road, "sign_explanation", "chief")
        watched = team.session.scalars(select(Supervision)).one()
        do(team, watched, "instruct", "dcs", instruction="请督查室跟踪。", by="区领导")
        do(team, watched, "track", "dcs")
        do(team, watched, "answer", "dcs", feedback="已整改。")
        do(team, watched, "clear", "dcs", note="已办结")
    with at(23):
        orders = [receive(team, "grid", title=f"工单{n}", channel="12345", channel_no=f"G-{n}", urgency=urgency)
                  for n, urgency in enumerate(("normal", "life"))]
    with at(23, 11):
        for need in orders:
            do(team, need, "accept", "wang")


def test_every_figure_is_what_a_person_counts(team: District) -> None:
    give_role(team, "citychief", "成刚", "districts.bureau_chief", "CGW", Scope.UNIT_TREE)
    team.session.commit()
    happened(team)
    with at(30):
        found = {i.code.partition(".")[2]: compute(team.session, i, D(2026, 4, 1)) for i in INDICATORS}
    assert found.keys() == COUNTED.keys() | AMOUNTS.keys() | OF_THE_REGISTER
    assert {name: (found[name].numerator, found[name].denominator) for name in COUNTED} == COUNTED
    assert {name: found[name].value for name in AMOUNTS} == pytest.approx(AMOUNTS)
