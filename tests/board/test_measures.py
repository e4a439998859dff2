"""A step that names a letter drafts it; a report answers with tables and writes nothing."""
from __future__ import annotations

from typing import Any

from core.board.stats import Compared, Figure, Indicator, Measure, compute
from core.moment import now


def test_a_figure_is_a_share_a_mean_or_a_number() -> None:
    assert Figure(1, 4, 0.25, now()).shown == "25.0%"
    assert Figure(10, 4, 2.5, now(), Measure.MEAN, "天").shown == "2.5 天"
    assert Figure(3, 3, 3.0, now(), Measure.COUNT, "件").shown == "3 件"
    assert Figure(0, 0, None, now(), Measure.MEAN).shown == "—"


def test_a_figure_may_rest_on_numbers_that_were_reported(session: Any) -> None:
    from sqlalchemy import literal, select

    told = Indicator("x.y", "报送", "报送数 ÷ 应报送数", totals=lambda _period, _bureau: select(literal(3), literal(4)),
                     compared=lambda _session, _period: Compared(0.5, "全市"))
    assert compute(session, told, now().date()).ratio == "3/4"


def test_there_is_no_report_of_that_name(people: Any, login: Any) -> None:
    assert login("admin").get("/credit_repair/reports/nothing").status_code == 404
